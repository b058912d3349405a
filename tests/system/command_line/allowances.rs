//! How much leave a year has, as an admin types it.

use insta::assert_snapshot;

use super::admin;
use crate::support::House;

#[tokio::test]
async fn allowances_are_set_for_everybody_and_for_one() {
    let house = House::open().await;
    let stored = "SELECT concat_ws(' ', (SELECT allowance FROM leave_type WHERE leave_type = 'vacation'),
        (SELECT string_agg(concat_ws(' ', user_id, leave_type, coalesce(half_days::text, 'no limit')), ', ' ORDER BY user_id) FROM person_allowance))";
    let vacation = [
        "leave-type",
        "vacation",
        "--name",
        "Vacation",
        "--allowance",
    ];
    let mut seen = Vec::new();
    for days in ["25", "12.5", "none", "30"] {
        let arguments: Vec<&str> = vacation.iter().copied().chain([days]).collect();
        let said = admin(&house, &arguments).await;
        seen.push(format!(
            "{days}: {} {}",
            said.trim(),
            house.value::<String>(stored).await
        ));
    }
    // What is not said stays.
    admin(&house, &["leave-type", "vacation", "--name", "Holiday"]).await;
    for own in [
        "vacation=28",
        "vacation=none",
        "vacation=",
        "sick=10",
        "wages=10",
        "vacation",
        "vacation=12.3",
    ] {
        let said = admin(&house, &["person", "U_ASHA", "--allowance", own]).await;
        seen.push(format!(
            "{own}: {} {}",
            said.trim(),
            house.value::<String>(stored).await
        ));
    }
    assert_snapshot!(seen.join("\n"), @"
    25: Saved. 50
    12.5: Saved. 25
    none: Saved. 
    30: Saved. 60
    vacation=28: Saved. 60 U_ASHA vacation 56
    vacation=none: Saved. 60 U_ASHA vacation no limit
    vacation=: Saved. 60
    sick=10: Saved. 60 U_ASHA sick 20
    wages=10: There is no leave type “wages”.
    (failed) 60 U_ASHA sick 20
    vacation: “vacation” is not TYPE=DAYS, such as vacation=28.
    (failed) 60 U_ASHA sick 20
    vacation=12.3: “12.3” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
    (failed) 60 U_ASHA sick 20
    ");
    let home = house.opens_home(&house.asha()).await;
    assert!(
        home.contains("*Holiday*: 30 of 30 days left in 2026"),
        "{home}"
    );
    let bad: Vec<&str> = vacation.iter().copied().chain(["400"]).collect();
    assert_snapshot!(admin(&house, &bad).await, @"
    “400” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
    (failed)
    ");
}
