//! Asking for time off and getting it: the whole path.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn asha_asks_with_the_form_and_ben_approves() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());

    house.types(&asha, "/timeoff").await;
    assert_snapshot!(asha.modal().text(), @"");
    house.fills(&asha, "First day", "2026-03-05").await;
    house.fills(&asha, "Last day", "2026-03-09").await;
    assert_snapshot!(asha.modal().text(), @"");
    house.fills(&asha, "Reason", "Moving house").await;
    assert_eq!(house.submits(&asha).await, "");

    assert_snapshot!(asha.dm(), @"");
    assert_snapshot!(ben.dm(), @"");

    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.dm(), @"");
    assert_snapshot!(ben.dm(), @"");
}
