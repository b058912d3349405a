//! Asking for time off and getting it: the whole path.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn asha_asks_with_the_form_and_ben_approves() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());

    house.types(&asha, "/timeoff").await;
    assert_snapshot!(asha.modal().text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: ()
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Choose a day to see how many working days that is and who else is off.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    house.fills(&asha, "First day", "2026-03-05").await;
    house.fills(&asha, "Last day", "2026-03-09").await;
    assert_snapshot!(asha.modal().text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
    Last day (optional): (2026-03-09) ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Half days (optional): [ ] The first day begins at midday  [ ] The last day ends at midday
    *3 working days*: Thu 5 – Mon 9 March
    Not counted: Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    house.fills(&asha, "Reason", "Moving house").await;
    assert_eq!(house.submits(&asha).await, "");

    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Mon 9 March*
      3 working days
      :hourglass_flowing_sand: Waiting for @ben.
      ~ Your reason, seen only by your approvers and people admins: Moving house
      [Cancel request]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Mon 9 March*
      3 working days
      > Moving house
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");

    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Mon 9 March*
      3 working days
      :white_check_mark: Approved by @ben.
      ~ Your reason, seen only by your approvers and people admins: Moving house
      [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Mon 9 March*
      3 working days
      > Moving house
      :white_check_mark: Approved by you.
    ");
}
