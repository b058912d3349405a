//! The leave channel with the services around it: the reply follows the leave to the calendar and
//! Harvest, and a language model is asked where the rules are not sure.

use insta::assert_snapshot;
use serde_json::json;
use simulators::service::Fault;

use crate::support::{House, Outside};

const UNSURE: &str = "on leave Thursday and Tuesday";

async fn with_model() -> House {
    House::with(Outside::model()).await
}

#[tokio::test]
async fn the_reply_follows_the_leave_to_the_other_services() {
    let house = House::with_services().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "on leave on Thursday and Friday").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on Thursday and Friday
      ↳ timeoff: @asha, did I read you right?
          *Thu 5 – Fri 6 March* · Vacation · 2 working days
          ~ Confirm asks your approver. Once approved, it goes into the calendar and Harvest.
          [Confirm] [Edit] [Cancel]
    ");
    house.presses_in_leave(&asha, "Confirm").await;
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, None);
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on Thursday and Friday
      ↳ timeoff: *Thu 5 – Fri 6 March* · Vacation · 2 working days
          :white_check_mark: Approved by @ben.
          ✓ Calendar
          ✗ Harvest, Thu 5 – Fri 6 March not entered: Harvest answered 500: There was a server error.
          A people admin can retry.
          [Cancel leave]
    ");
    house.harvest().clear_faults();
    house.presses(&house.carla(), "Retry").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on Thursday and Friday
      ↳ timeoff: *Thu 5 – Fri 6 March* · Vacation · 2 working days
          :white_check_mark: Approved by @ben.
          ✓ Calendar · ✓ Harvest
          [Cancel leave]
    ");
    house.writes(&asha, "cancel my leave on Friday").await;
    house.presses_in_leave(&asha, "Yes, cancel").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-06: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    ");
}

#[tokio::test]
async fn a_model_is_asked_where_the_rules_are_not_sure() {
    let house = with_model().await;
    let asha = house.asha();
    let openai = house.outside.openai.as_ref().expect("a model");
    house.writes(&asha, "on leave tomorrow").await;
    assert!(openai.calls().is_empty());
    openai.answers(json!({"intent": "request", "days": [
        {"date": "2026-03-09", "weekday": "Monday", "portion": "half_am", "category": "vacation"},
    ]}));
    house.writes(&asha, UNSURE).await;
    let last = asha.last_message("#leave").expect("a reply");
    assert_snapshot!(asha.text_of(&last), @"
    timeoff: @asha, did I read you right?
      *Mon 9 March, morning* · Vacation · half a working day
      :warning: I did not understand all of it: please look twice.
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn without_the_model_the_rules_stand() {
    let house = with_model().await;
    let asha = house.asha();
    let openai = house.outside.openai.as_ref().expect("a model");
    openai.fault("responses.create", Fault::ServerError, None);
    house.writes(&asha, UNSURE).await;
    let last = asha.last_message("#leave").expect("a reply");
    assert_snapshot!(asha.text_of(&last), @"
    timeoff: @asha, did I read you right?
      *Tue 3 March* · Vacation · 1 working day  [Edit]
      *Thu 5 March* · Vacation · 1 working day  [Edit]
      :warning: I am not quite sure that I read this right. Please look at the days.
      ~ Confirm asks your approver.
      [Confirm] [Cancel]
    ");
}
