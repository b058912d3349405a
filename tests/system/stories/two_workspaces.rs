//! Two workspaces in one installation, with the same ids for people and channels in both: each sees
//! itself alone.

use insta::assert_snapshot;

use crate::support::{House, OTHER};

#[tokio::test]
async fn the_same_person_and_channel_ids_are_others_next_door() {
    let house = House::with_neighbours().await;
    let (asha, ben) = (house.asha(), house.ben());
    let (other_asha, other_ben) = (
        house.slack.person(OTHER, "U_ASHA"),
        house.slack.person(OTHER, "U_BEN"),
    );
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    house
        .writes(&other_asha, "on leave on Thursday and Friday")
        .await;
    house.presses_in_leave(&other_asha, "Confirm").await;

    house.presses(&other_ben, "Approve").await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Fri 6 March*
      2 working days
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
    assert_snapshot!(other_ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by you.
    ");
    house.types(&house.dev(), "/timeoff who").await;
    assert_snapshot!(house.dev().channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      Nobody.
      *Off this week, Mon 2 – Sun 8 March*
      Nobody.
    ");
    let records: i64 = house
        .value("SELECT count(DISTINCT (workspace_id, state)) FROM leave_record")
        .await;
    assert_eq!(records, 2, "undecided here, approved next door");
}
