//! Leave types: added, changed, put in order, taken out of use, never deleted.

use insta::assert_snapshot;
use simulators::slack::Person;

use super::settings::refused;
use crate::support::{House, OTHER};

impl House {
    /// Presses in the list of leave types.
    async fn in_list(&self, admin: &Person, beside: Option<&str>, button: &str) -> String {
        match beside {
            Some(beside) => admin.modal().press_beside(beside, button).await,
            None => admin.modal().press(button).await,
        }
        self.settle().await;
        admin.modal().text()
    }
}

/// What the form offers.
async fn offered(house: &House, person: &Person) -> String {
    house.types(person, "/timeoff").await;
    let options: Vec<String> = person.modal().json()["blocks"][0]["element"]["options"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|option| {
            option["text"]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    person.modal().close().await;
    options.join(", ")
}

#[tokio::test]
async fn a_leave_type_is_added_changed_and_taken_out_of_use() {
    let house = House::with_neighbours().await;
    let (asha, carla) = (house.asha(), house.carla());
    assert_snapshot!(house.changes(&carla, "Leave types").await, @"
    # Leave types
    *Vacation*
    an approver decides  [Change]
    *Sick leave*
    noted without asking  [Change]
    [Add a leave type]
    [Close]
    ");
    assert_snapshot!(house.in_list(&carla, None, "Add a leave type").await, @"
    # Add a leave type
    Name: () ‹What people choose in the form, such as Parental leave.›
    When somebody asks for it: (An approver decides)
    Days a year (optional): () ‹How much of it everybody has, such as 25 or 12.5; people see what is left. Empty: as many days as are agreed.›
    Place in the form: (After Sick leave)
    [Save] [Cancel]
    ");
    let list = house
        .saves(
            &carla,
            &[
                ("Name", "Parental leave"),
                ("When somebody asks for it", "It is noted without asking"),
                ("Place in the form", "After Vacation"),
            ],
        )
        .await;
    assert_snapshot!(list, @"
    # Leave types
    *Vacation*
    an approver decides  [Change]
    *Parental leave*
    noted without asking  [Change]
    *Sick leave*
    noted without asking  [Change]
    [Add a leave type]
    [Close]
    ");
    assert_eq!(
        offered(&house, &asha).await,
        "Vacation, Parental leave, Sick leave"
    );

    assert_snapshot!(house.in_list(&carla, Some("*Parental leave*"), "Change").await, @"
    # Change a leave type
    Name: (Parental leave) ‹What people choose in the form, such as Parental leave.›
    When somebody asks for it: (It is noted without asking)
    Days a year (optional): () ‹How much of it everybody has, such as 25 or 12.5; people see what is left. Empty: as many days as are agreed.›
    Place in the form: (After Vacation)
    In use (optional): [x] People can ask for it ‹Leave that was taken keeps its type, in use or not.›
    [Save] [Cancel]
    ");
    let list = house
        .saves(
            &carla,
            &[("Name", "Family leave"), ("Place in the form", "First")],
        )
        .await;
    assert!(list.contains("*Family leave*"), "{list}");
    assert_eq!(
        offered(&house, &asha).await,
        "Family leave, Vacation, Sick leave"
    );

    house
        .in_list(&carla, Some("*Family leave*"), "Change")
        .await;
    assert_snapshot!(house.saves(&carla, &[("In use", "")]).await, @"
    # Leave types
    *Vacation*
    an approver decides  [Change]
    *Sick leave*
    noted without asking  [Change]
    *Family leave*
    not used any more  [Change]
    [Add a leave type]
    [Close]
    ");
    assert_eq!(offered(&house, &asha).await, "Vacation, Sick leave");

    // The same name brings it back.
    house.in_list(&carla, None, "Add a leave type").await;
    let list = house.saves(&carla, &[("Name", "family leave")]).await;
    assert!(
        list.contains("*family leave*\nan approver decides"),
        "{list}"
    );
    carla.modal().close().await;
    assert_eq!(
        offered(&house, &asha).await,
        "Vacation, Sick leave, family leave"
    );
    assert!(
        carla
            .home()
            .contains("Vacation, Sick leave (noted without asking) and family leave"),
        "{}",
        carla.home()
    );
    let noted: String = house
        .value("SELECT string_agg(subject || ' ' || detail, E'\\n' ORDER BY audit_id) FROM audit_log WHERE subject LIKE 'leave_type:%'")
        .await;
    assert_snapshot!(noted, @r#"
    leave_type:parental_leave {"to": {"name": "Parental leave", "active": true, "days_a_year": null, "needs_approval": false}, "from": null}
    leave_type:parental_leave {"to": {"name": "Family leave", "active": true, "days_a_year": null, "needs_approval": false}, "from": {"name": "Parental leave", "active": true, "days_a_year": null, "needs_approval": false}}
    leave_type:parental_leave {"to": {"name": "Family leave", "active": false, "days_a_year": null, "needs_approval": false}, "from": {"name": "Family leave", "active": true, "days_a_year": null, "needs_approval": false}}
    leave_type:parental_leave {"to": {"name": "family leave", "active": true, "days_a_year": null, "needs_approval": true}, "from": {"name": "Family leave", "active": false, "days_a_year": null, "needs_approval": false}}
    "#);
    let other = house.slack.person(OTHER, "U_ASHA");
    assert_eq!(offered(&house, &other).await, "Vacation, Sick leave");
}

#[tokio::test]
async fn leave_keeps_its_type_when_that_is_out_of_use() {
    let house = House::open().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    house.changes(&carla, "Leave types").await;
    house.in_list(&carla, Some("*Vacation*"), "Change").await;
    house.saves(&carla, &[("In use", "")]).await;
    carla.modal().close().await;
    asha.opens_home().await;
    house.settle().await;
    assert!(
        asha.home().contains("*Vacation, Thu 5 March*"),
        "{}",
        asha.home()
    );
    assert_eq!(offered(&house, &asha).await, "Sick leave");
}

#[tokio::test]
async fn a_wrong_leave_type_is_refused_beside_its_field() {
    let house = House::open().await;
    let carla = house.carla();
    house.changes(&carla, "Leave types").await;
    house.in_list(&carla, None, "Add a leave type").await;
    let mut said = Vec::new();
    for name in ["sick LEAVE", &"x".repeat(76), "  "] {
        said.push(refused(&house.saves(&carla, &[("Name", name)]).await));
    }
    carla.modal().close().await;
    house.in_list(&carla, Some("*Sick leave*"), "Change").await;
    said.push(refused(&house.saves(&carla, &[("Name", "Vacation")]).await));
    house
        .saves(&carla, &[("Name", "Sick leave"), ("In use", "")])
        .await;
    house.in_list(&carla, Some("*Vacation*"), "Change").await;
    said.push(refused(&house.saves(&carla, &[("In use", "")]).await));
    // Somebody else was faster.
    house
        .execute("UPDATE leave_type SET name = 'Holiday' WHERE leave_type = 'vacation'")
        .await;
    let left = house
        .saves(
            &carla,
            &[
                ("In use", "People can ask for it"),
                ("Name", "Annual leave"),
            ],
        )
        .await;
    said.push(refused(&left));
    assert_snapshot!(said.join("\n"), @"
    Name: There is “Sick leave” already.
    Name: The name must have 1 to 75 characters.
    Name: The name must have 1 to 75 characters.
    Name: There is “Vacation” already.
    In use (optional): It is the only leave type that people can ask for. Add another one first.
    Name: Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.
    ");
}

#[tokio::test]
async fn whoever_is_no_admin_changes_no_leave_type() {
    let house = House::open().await;
    let carla = house.carla();
    house.changes(&carla, "Leave types").await;
    house.in_list(&carla, None, "Add a leave type").await;
    house.fills(&carla, "Name", "Nap").await;
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    assert_snapshot!(house.submits(&carla).await, @"
    # Not saved
    Only admins of this workspace can change how timeoff works here. Nothing was changed.
    [Close]
    ");
    let types: i64 = house.value("SELECT count(*) FROM leave_type").await;
    assert_eq!(types, 2);
}

#[tokio::test]
async fn days_a_year_are_set_in_the_form_and_people_see_what_is_left() {
    let house = House::with_neighbours().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.changes(&carla, "Leave types").await;
    house.in_list(&carla, Some("Vacation"), "Change").await;
    house.fills(&carla, "Days a year", "400").await;
    assert_snapshot!(house.submits(&carla).await, @"
    # Change a leave type
    Name: (Vacation) ‹What people choose in the form, such as Parental leave.›
    When somebody asks for it: (An approver decides)
    Days a year (optional): (400) ‹How much of it everybody has, such as 25 or 12.5; people see what is left. Empty: as many days as are agreed.›
      ! “400” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
    Place in the form: (First)
    In use (optional): [x] People can ask for it ‹Leave that was taken keeps its type, in use or not.›
    [Save] [Cancel]
    ");
    house.fills(&carla, "Days a year", "12.5").await;
    assert_snapshot!(house.submits(&carla).await, @"
    # Leave types
    *Vacation*
    an approver decides, 12.5 days a year  [Change]
    *Sick leave*
    noted without asking  [Change]
    [Add a leave type]
    [Close]
    ");
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    asha.opens_home().await;
    house.settle().await;
    assert_snapshot!(asha.home().lines().take(4).collect::<Vec<_>>().join("\n"), @"
    == Your time off ==
    [Request time off] [Refresh]
    *How much you have left*
    *Vacation*: 11.5 of 12.5 days left in 2026
    ");
    let next_door = house.slack.person(OTHER, "U_ASHA");
    next_door.opens_home().await;
    house.settle().await;
    assert!(!next_door.home().contains("left"), "{}", next_door.home());
}

#[tokio::test]
async fn with_as_many_leave_types_as_there_can_be_none_is_to_be_added() {
    let house = House::open().await;
    let carla = house.carla();
    house
        .execute("INSERT INTO leave_type (workspace_id, leave_type, name, needs_approval, position) SELECT 'T1', 'kind_' || n, 'Kind ' || n, true, n FROM generate_series(10, 106) n")
        .await;
    // One more fits.
    let list = house.changes(&carla, "Leave types").await;
    assert!(list.contains("[Add a leave type]"), "{list}");
    house.in_list(&carla, None, "Add a leave type").await;
    let list = house.saves(&carla, &[("Name", "The hundredth")]).await;
    let last: Vec<&str> = list.lines().rev().take(5).collect();
    assert_snapshot!(last.into_iter().rev().collect::<Vec<_>>().join("\n"), @"
    *Kind 104*
    an approver decides  [Change]
    ~ 3 more that people can ask for are not shown: take some out of use to see the rest.
    ~ There are 100 leave types that people can ask for, and more cannot be. Take one out of use to add another.
    [Close]
    ");
    assert_eq!(list.matches("[Change]").count(), 97);
    // Take one out of use, and there is room again.
    house.in_list(&carla, Some("*Kind 50*"), "Change").await;
    let list = house.saves(&carla, &[("In use", "")]).await;
    assert!(list.contains("[Add a leave type]"), "{list}");
}
