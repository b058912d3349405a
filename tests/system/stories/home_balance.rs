//! How much leave is left, in the Home tab.

use insta::assert_snapshot;
use timeoff::leave::store::{self, OwnAllowance};

use crate::support::{House, OTHER, TEAM, id};

impl House {
    /// How much of a kind of leave everybody has a year.
    async fn allows(&self, team: &str, leave_type: &str, days: &str) {
        let mut tx = self.tx_in(team).await;
        let allowance = days.parse().expect("an allowance");
        let set = store::set_allowance(&mut tx, leave_type, Some(allowance)).await;
        assert!(set.expect("saved"), "no kind of leave is {leave_type}");
        tx.commit().await.expect("committed");
    }

    /// What one person has instead.
    async fn allows_one(
        &self,
        team: &str,
        user: &str,
        leave_type: &str,
        own: Option<OwnAllowance>,
    ) {
        let mut tx = self.tx_in(team).await;
        let set = store::set_own_allowance(&mut tx, &id(user), leave_type, own).await;
        assert!(set.expect("saved"), "nobody is {user}");
        tx.commit().await.expect("committed");
    }
}

fn balances(home: &str) -> String {
    home.lines()
        .filter(|line| line.contains(" left") || line.contains(" more than "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn a_balance_follows_requests_decisions_and_cancelling() {
    let house = House::with_neighbours().await;
    let (asha, ben) = (house.asha(), house.ben());
    let other = house.slack.person(OTHER, "U_ASHA");
    assert_eq!(
        balances(&house.opens_home(&asha).await),
        "",
        "no allowance, no balance"
    );
    house.allows(TEAM, "vacation", "25").await;
    house.allows(OTHER, "sick", "10.5").await;
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: 25 of 25 days left in 2026
    ");
    house
        .takes(&asha, "/timeoff 2026-03-05 to 2026-03-09", &[])
        .await;
    house
        .takes(
            &asha,
            "/timeoff 2026-03-12",
            &[("Part of the day", "Afternoon")],
        )
        .await;
    house.asks(&asha, "2026-03-16", "2026-03-18").await;
    // Nobody has touched the tab.
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    *How much you have left*
    *Vacation*: 21.5 of 25 days left in 2026 (3 waiting)
    *Vacation, Thu 5 – Mon 9 March*
    3 working days, approved  [Cancel leave]
    *Vacation, Thu 12 March, afternoon*
    half a working day, approved  [Cancel leave]
    *Vacation, Mon 16 – Wed 18 March*
    3 working days, waiting for approval  [Cancel request]
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Thu 5 – Mon 9 March, Thu 12 March (afternoon)
    ~ As of Mon 2 March, 14:30.
    ");
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(balances(&asha.home()), @"
    *How much you have left*
    *Vacation*: 21.5 of 25 days left in 2026
    ");
    house.presses_home(&asha, "Cancel leave").await;
    assert_snapshot!(balances(&asha.home()), @"
    *How much you have left*
    *Vacation*: 24.5 of 25 days left in 2026
    ");
    assert_snapshot!(balances(&house.opens_home(&other).await), @"
    *How much you have left*
    *Sick leave*: 10.5 of 10.5 days left in 2026
    ");
}

#[tokio::test]
async fn leave_of_the_next_year_has_its_own_line() {
    let house = House::open().await;
    let asha = house.asha();
    house.allows(TEAM, "vacation", "25").await;
    house.at("2026-12-21T09:00:00Z").await;
    house
        .takes(&asha, "/timeoff 2026-12-30 to 2027-01-05", &[])
        .await;
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: 23 of 25 days left in 2026
    *Vacation*: 22 of 25 days left in 2027
    ");
    // The new year begins on Asha's clock, five and a half hours before that of UTC.
    house.clocks("2026-12-31T18:29:00Z");
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: 23 of 25 days left in 2026
    *Vacation*: 22 of 25 days left in 2027
    ");
    house.clocks("2026-12-31T18:30:00Z");
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: 22 of 25 days left in 2027
    ");
    house
        .settings(|settings| settings.leave_year_starts = 4)
        .await;
    house
        .takes(&asha, "/timeoff 2027-03-31 to 2027-04-01", &[])
        .await;
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: 22 of 25 days left in 2026/27
    *Vacation*: 21 of 25 days left in 2027/28
    ");
}

#[tokio::test]
async fn a_person_may_have_more_less_or_no_limit() {
    let house = House::with_neighbours().await;
    let asha = house.asha();
    house.allows(TEAM, "vacation", "3").await;
    house.allows(OTHER, "vacation", "20").await;
    house.is_away(&asha, "2026-03-03", "2026-03-06").await;
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: :warning: 1 day more than the 3 days of 2026
    ");
    let days = |text: &str| Some(OwnAllowance::Days(text.parse().expect("an allowance")));
    house
        .allows_one(TEAM, "U_ASHA", "vacation", days("28"))
        .await;
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: 24 of 28 days left in 2026
    ");
    house
        .allows_one(TEAM, "U_ASHA", "vacation", Some(OwnAllowance::NoLimit))
        .await;
    assert_eq!(balances(&house.opens_home(&asha).await), "");
    house.allows_one(TEAM, "U_ASHA", "vacation", None).await;
    house.allows_one(TEAM, "U_ASHA", "sick", days("0")).await;
    assert_snapshot!(balances(&house.opens_home(&asha).await), @"
    *How much you have left*
    *Vacation*: :warning: 1 day more than the 3 days of 2026
    *Sick leave*: 0 of 0 days left in 2026
    ");
    // Ben is not Asha, and Asha next door is neither.
    assert_snapshot!(balances(&house.opens_home(&house.ben()).await), @"
    *How much you have left*
    *Vacation*: 3 of 3 days left in 2026
    ");
    let other = house.slack.person(OTHER, "U_ASHA");
    assert_snapshot!(balances(&house.opens_home(&other).await), @"
    *How much you have left*
    *Vacation*: 20 of 20 days left in 2026
    ");
}
