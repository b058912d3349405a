//! One person's profile is asked for at most once an hour.

use jiff::SignedDuration;
use simulators::slack::{Fault, Member};

use crate::support::{House, OTHER, Plan, TEAM};

/// Somebody in both workspaces whom the app does not know.
fn with_newcomers(house: &House, member: impl Fn(Member) -> Member) {
    for team in [TEAM, OTHER] {
        let nia = member(Member::new("U_NIA", "nia").real_name("Nia Okoro"));
        house.slack.add_person(team, nia);
        house.slack.add_to_channel(team, "C_LEAVE", "U_NIA");
    }
}

fn asked(house: &House) -> usize {
    house.slack.calls("users.info").len()
}

#[tokio::test]
async fn ten_messages_at_once_ask_once_and_all_are_answered() {
    let house = House::build(Plan {
        connections: 4,
        workers: 8,
        ..Plan::default()
    })
    .await;
    house.neighbours_move_in().await;
    with_newcomers(&house, |nia| nia);
    house.slack.clear_calls();
    let slow = Fault::Slow(std::time::Duration::from_millis(300));
    house.slack.fault("users.info", slow, Some(1));
    house.stop_workers();
    let nia = house.slack.person(TEAM, "U_NIA");
    for day in 10..20 {
        nia.says("#leave", &format!("on leave on the {day}th"))
            .await;
    }
    house.start_workers();
    house.settle().await;
    // Who came while Slack was asked comes again.
    for _ in 0..5 {
        house.pass(SignedDuration::from_secs(2));
        house.settle().await;
    }
    assert_eq!(asked(&house), 1);
    let answered: i64 = house
        .value("SELECT count(*) FROM channel_reply WHERE workspace_id = 'T1'")
        .await;
    assert_eq!(answered, 10);
    // Next door she is somebody else.
    let other = house.slack.person(OTHER, "U_NIA");
    house.writes(&other, "on leave tomorrow").await;
    assert_eq!(asked(&house), 2);
}

#[tokio::test]
async fn who_is_no_person_of_this_workspace_is_asked_for_once_an_hour() {
    let house = House::with_neighbours().await;
    with_newcomers(&house, Member::stranger);
    house.slack.clear_calls();
    let nia = house.slack.person(TEAM, "U_NIA");
    for _ in 0..5 {
        house.writes(&nia, "on leave tomorrow").await;
        house.types(&nia, "/timeoff list").await;
    }
    assert_eq!(asked(&house), 1);
    house.pass(SignedDuration::from_mins(59));
    house.writes(&nia, "on leave tomorrow").await;
    assert_eq!(asked(&house), 1);
    house.pass(SignedDuration::from_mins(2));
    house.writes(&nia, "on leave tomorrow").await;
    assert_eq!(asked(&house), 2);
    let known: i64 = house
        .value("SELECT count(*) FROM person WHERE user_id = 'U_NIA'")
        .await;
    assert_eq!(known, 0);
}

#[tokio::test]
async fn whom_slack_does_not_know_is_asked_for_once_an_hour() {
    let house = House::open().await;
    with_newcomers(&house, |nia| nia);
    house.slack.clear_calls();
    house.slack.fault(
        "users.info",
        Fault::Error("user_not_found".to_owned()),
        None,
    );
    let nia = house.slack.person(TEAM, "U_NIA");
    for _ in 0..3 {
        house.writes(&nia, "on leave tomorrow").await;
    }
    assert_eq!(asked(&house), 1);
}

#[tokio::test]
async fn a_trouble_that_passes_is_no_answer() {
    let house = House::open().await;
    with_newcomers(&house, |nia| nia);
    house.slack.clear_calls();
    house
        .slack
        .fault("users.info", Fault::RateLimited(7), Some(1));
    let nia = house.slack.person(TEAM, "U_NIA");
    house.writes(&nia, "on leave tomorrow").await;
    house.pass(SignedDuration::from_secs(7));
    house.settle().await;
    assert_eq!(asked(&house), 2);
    assert!(nia.channel("#leave").contains("did I read you right"));
}

#[tokio::test]
async fn who_opens_their_home_when_the_asker_has_just_died_is_known_a_minute_later() {
    let house = House::open().await;
    with_newcomers(&house, |nia| nia);
    house
        .execute("INSERT INTO profile_look_up (workspace_id, user_id, asked_at) VALUES ('T1', 'U_NIA', '2026-03-02 09:00:00Z')")
        .await;
    let nia = house.slack.person(TEAM, "U_NIA");
    house.opens_home(&nia).await;
    for _ in 0..7 {
        house.pass(SignedDuration::from_secs(10));
        house.settle().await;
    }
    assert!(nia.home().contains("Nothing planned"), "{}", nia.home());
}

#[tokio::test]
async fn whoever_died_while_asking_keeps_nobody_from_asking_again() {
    let house = House::open().await;
    with_newcomers(&house, |nia| nia);
    house.slack.clear_calls();
    house
        .execute("INSERT INTO profile_look_up (workspace_id, user_id, asked_at) VALUES ('T1', 'U_NIA', '2026-03-02 08:59:30Z')")
        .await;
    let nia = house.slack.person(TEAM, "U_NIA");
    house.writes(&nia, "on leave tomorrow").await;
    assert_eq!(asked(&house), 0, "somebody may be asking");
    for _ in 0..5 {
        house.pass(SignedDuration::from_secs(10));
        house.settle().await;
    }
    assert_eq!(asked(&house), 1);
    assert!(nia.channel("#leave").contains("did I read you right"));
}
