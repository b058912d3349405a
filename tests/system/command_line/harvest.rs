//! Who people are in Harvest.

use insta::assert_snapshot;
use simulators::harvest::HarvestUser;
use simulators::service::Fault;
use simulators::slack::Clock;

use super::admin;
use crate::support::{House, MONDAY, Outside, timeoff};

/// Runs `timeoff admin harvest-users` with the database and Harvest configured.
async fn harvest_users(house: &House, outside: &Outside) -> String {
    let environment = outside.environment();
    let mut variables: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    variables.push(("DATABASE_URL", &house.database.url));
    timeoff(&["admin", "harvest-users"], &variables, "")
        .await
        .screen()
}

#[tokio::test]
async fn people_are_found_in_harvest_by_their_address() {
    let house = House::open().await;
    let outside = Outside::both(&Clock::manual(MONDAY.parse().unwrap()));
    outside.start().await;
    let harvest = outside.harvest.as_ref().unwrap();
    harvest.add_user(HarvestUser::new(75, "Dev Patel", "dev@example.com").inactive());
    let said = admin(&house, &["person", "U_CARLA", "--harvest-id", "900"]).await;
    assert_eq!(said, "Saved.");
    assert_snapshot!(harvest_users(&house, &outside).await, @"
    Found by email address:
      Asha Rao: 71
      Ben Okafor: 72
    Known already:
      Carla Mendes: 900
    Not in Harvest under their Slack address:
      Dev Patel (U_DEV)
    Their leave is not entered in Harvest. `timeoff admin person USER --harvest-id ID` says who they are.
    ");
    assert_snapshot!(harvest_users(&house, &outside).await, @"
    Known already:
      Asha Rao: 71
      Ben Okafor: 72
      Carla Mendes: 900
    Not in Harvest under their Slack address:
      Dev Patel (U_DEV)
    Their leave is not entered in Harvest. `timeoff admin person USER --harvest-id ID` says who they are.
    ");
    assert_snapshot!(admin(&house, &["people"]).await, @"
    USER     NAME          TIME ZONE      TEAM  PLACE  APPROVER  HARVEST  ADMIN
    U_ASHA   Asha Rao      Asia/Kolkata                          71
    U_BEN    Ben Okafor    Europe/London                         72
    U_CARLA  Carla Mendes  Europe/Madrid                         900      yes
    U_DEV    Dev Patel     Europe/London
    ");
    let log: String = house
        .value("SELECT string_agg(concat_ws(' ', actor, subject, action, detail), E'\\n' ORDER BY audit_id) FROM audit_log WHERE subject LIKE 'person:%'")
        .await;
    assert_snapshot!(log, @r#"
    timeoff person:U_CARLA changed {"by": "command line"}
    timeoff person:U_ASHA harvest_id {"by": "email", "harvest_user_id": 71}
    timeoff person:U_BEN harvest_id {"by": "email", "harvest_user_id": 72}
    "#);
}

#[tokio::test]
async fn a_harvest_id_is_a_number_and_can_be_cleared() {
    let house = House::open().await;
    for wrong in ["Asha", "0", "-5", "99999999999999999999"] {
        let id = format!("--harvest-id={wrong}");
        let said = admin(&house, &["person", "U_ASHA", &id]).await;
        assert_eq!(
            said,
            format!("“{wrong}” is no Harvest id: those are numbers.\n(failed)")
        );
    }
    admin(&house, &["person", "U_ASHA", "--harvest-id", "71"]).await;
    admin(&house, &["person", "U_ASHA", "--harvest-id", ""]).await;
    let ids: i64 = house
        .value("SELECT count(harvest_user_id) FROM person")
        .await;
    assert_eq!(ids, 0);
}

#[tokio::test]
async fn when_harvest_does_not_answer_nothing_is_changed() {
    let house = House::open().await;
    assert_snapshot!(admin(&house, &["harvest-users"]).await, @"
    Harvest is not connected: `timeoff admin harvest --help` says how, or set the HARVEST_ variables first.
    (failed)
    ");
    let outside = Outside::both(&Clock::manual(MONDAY.parse().unwrap()));
    outside.start().await;
    let harvest = outside.harvest.as_ref().unwrap();
    harvest.fault("users.list", Fault::ServerError, None);
    assert_snapshot!(harvest_users(&house, &outside).await, @"
    Harvest answered 500: There was a server error.
    (failed)
    ");
    let ids: i64 = house
        .value("SELECT count(harvest_user_id) FROM person")
        .await;
    assert_eq!(ids, 0);
}
