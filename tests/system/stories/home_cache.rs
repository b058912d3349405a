//! The kept view of a Home tab never shows another person's, another day's or old things.

use insta::assert_snapshot;
use jiff::SignedDuration;
use simulators::slack::Person;

use crate::support::{House, OTHER, TEAM};

/// A view without the line that says when it was true, which is never kept.
fn body(home: &str) -> String {
    home.lines()
        .filter(|line| !line.contains("As of ") && !line.contains("No new data"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Everybody opens their tab: what they see is what they see when nothing was kept.
async fn all_see_what_is(house: &House, people: &[Person], after: &str) -> Vec<String> {
    let open = async || {
        for person in people {
            person.opens_home().await;
        }
        house.settle().await;
        let seen = people.iter().map(|person| body(&person.home()));
        seen.collect::<Vec<_>>()
    };
    let kept = open().await;
    house
        .execute("UPDATE home_view SET hash = 'of nothing'")
        .await;
    let built = open().await;
    assert_eq!(kept, built, "after {after}");
    built
}

/// Everything that a view is made of, changed one after the other.
const CHANGES: [&str; 54] = [
    "UPDATE leave_type SET allowance = 50 WHERE workspace_id = 'T1' AND leave_type = 'vacation'",
    "INSERT INTO person_allowance VALUES ('T1', 'U_ASHA', 'vacation', 41)",
    "UPDATE person_allowance SET half_days = NULL",
    "DELETE FROM person_allowance",
    "UPDATE leave_type SET name = 'Holiday' WHERE leave_type = 'vacation'",
    "UPDATE workspace SET settings = settings || '{\"leave_year_starts\": 4}'",
    "UPDATE person SET name = 'Zoë Patel' WHERE user_id = 'U_DEV'",
    "UPDATE person SET team = 'design' WHERE user_id = 'U_ASHA'",
    "UPDATE person SET team = 'design' WHERE user_id = 'U_DEV'",
    "UPDATE person SET switched_off = true WHERE user_id = 'U_DEV'",
    "UPDATE person SET switched_off = false WHERE user_id = 'U_DEV'",
    "UPDATE leave_record SET portion = 'half_am' WHERE user_id = 'U_DEV' AND day = '2026-03-04'",
    "UPDATE leave_record SET state = 'cancelled' WHERE user_id = 'U_DEV' AND day = '2026-03-05'",
    "UPDATE pending_action SET reason = 'another' WHERE state = 'pending'",
    "UPDATE pending_action SET overdue_told_at = now() WHERE state = 'pending'",
    "UPDATE pending_action SET last_day = last_day + 1 WHERE state = 'pending'",
    "UPDATE approval SET asked_at = asked_at - interval '1 day'",
    "INSERT INTO approval (workspace_id, action_id, approver_id, asked_at) SELECT workspace_id, action_id, 'U_DEV', now() FROM pending_action WHERE state = 'pending'",
    "DELETE FROM approval WHERE approver_id = 'U_BEN'",
    "INSERT INTO service_entry (workspace_id, action_id, service, first_day, last_day, portion, entry_key, state, error, changed_at) \
         SELECT workspace_id, min(action_id), 'harvest', '2026-03-04', '2026-03-04', 'full', 'k', 'failed', 'Harvest is down', now() FROM pending_action WHERE state = 'completed' GROUP BY workspace_id",
    "UPDATE service_entry SET error = 'Harvest answered 422'",
    "UPDATE service_entry SET state = 'waiting', error = NULL",
    "UPDATE service_entry SET state = 'done', error = NULL",
    "UPDATE workspace SET settings = settings || '{\"approvers\": []}'",
    "UPDATE workspace SET setup_done_at = NULL",
    "INSERT INTO setup_step VALUES ('T1', 'zone', 'skipped', 'U_CARLA', now())",
    "UPDATE workspace SET setup_done_at = now()",
    "INSERT INTO working_pattern VALUES ('T1', '', '2026-01-01', '{full,full,full,full,half_am,off,off}', 480, '08:00', '12:00', '17:00')",
    "UPDATE working_pattern SET starts_at = '07:30' WHERE user_id = ''",
    // Dev is away on the morning of the 4th and, from here on, of the 6th.
    "UPDATE leave_record SET day = '2026-03-06', state = 'completed', portion = 'half_am' WHERE user_id = 'U_DEV' AND day = '2026-03-05'",
    "INSERT INTO public_holiday VALUES ('T1', 'default', '2026-03-05', 'full', 'Fair')",
    "UPDATE person SET location = 'Lisbon' WHERE user_id = 'U_DEV'",
    "INSERT INTO working_pattern VALUES ('T1', 'U_DEV', '2026-01-01', '{full,full,full,off,full,off,off}', 480, '08:00', '12:00', '17:00')",
    "UPDATE working_pattern SET week = '{full,full,full,full,full,off,off}' WHERE user_id = 'U_DEV'",
    "INSERT INTO harvest_account VALUES ('T1', 'unreadable', 4711, 1, 2, 3, now())",
    "UPDATE harvest_account SET account_id = 4712",
    "DELETE FROM harvest_account",
    "UPDATE workspace SET settings = settings || '{\"calendar_id\": \"ours@group.calendar.google.com\"}' WHERE workspace_id = 'T1'",
    "UPDATE workspace SET settings = settings || '{\"retention_days\": 90}'",
    "UPDATE workspace SET settings = settings || '{\"digest_channel\": \"C_LEAVE\"}'",
    "UPDATE workspace SET scopes = array_remove(scopes, 'groups:read')",
    "INSERT INTO user_token VALUES ('T1', 'U_ASHA', 'unreadable', '{}', now())",
    "INSERT INTO leave_status VALUES ('T1', 'U_ASHA', 'cleared', NULL, NULL, NULL, NULL, now())",
    "UPDATE leave_status SET state = 'ending'",
    "DELETE FROM user_token",
    "UPDATE person SET approver_id = 'U_ASHA' WHERE user_id = 'U_BEN'",
    "UPDATE person SET in_slack = false WHERE user_id = 'U_ASHA'",
    "UPDATE person SET in_slack = true WHERE user_id = 'U_ASHA'",
    "UPDATE workspace SET settings = settings || '{\"approver_channel\": \"C_LEAVE\"}'",
    "UPDATE person SET is_admin = NOT is_admin",
    "UPDATE person SET time_zone = 'Pacific/Kiritimati'",
    "UPDATE leave_type SET active = false WHERE leave_type = 'vacation'",
    "WITH denied AS (UPDATE pending_action SET state = 'denied' WHERE state = 'pending' RETURNING action_id) \
         UPDATE leave_record SET state = 'cancelled' WHERE action_id IN (SELECT action_id FROM denied)",
    "DELETE FROM pending_action",
];

#[tokio::test]
async fn whatever_changes_is_seen_and_what_does_not_is_kept() {
    let house = House::with_services().await;
    house.neighbours_move_in().await;
    let people = [house.asha(), house.ben(), house.carla(), house.dev()];
    let neighbour = house.slack.person(OTHER, "U_BEN");
    house
        .is_away(&house.dev(), "2026-03-04", "2026-03-05")
        .await;
    house
        .is_away(&house.asha(), "2026-04-02", "2026-04-02")
        .await;
    house.asks(&house.asha(), "2026-03-09", "2026-03-10").await;
    for person in &people {
        house.opens_home(person).await;
    }
    house.opens_home(&neighbour).await;
    let mut before: Vec<String> = people.iter().map(|person| body(&person.home())).collect();
    let mut unseen = Vec::new();
    for change in CHANGES {
        house.execute(change).await;
        // The bucket of a person's presses fills again.
        house.pass(SignedDuration::from_secs(61));
        let after = all_see_what_is(&house, &people, change).await;
        if after == before {
            unseen.push(change);
        }
        before = after;
    }
    // These are no part of what anybody sees at that moment; all others are.
    assert_snapshot!(unseen.join("\n"), @"
    UPDATE person SET team = 'design' WHERE user_id = 'U_ASHA'
    UPDATE person SET team = 'design' WHERE user_id = 'U_DEV'
    UPDATE approval SET asked_at = asked_at - interval '1 day'
    UPDATE service_entry SET state = 'done', error = NULL
    INSERT INTO leave_status VALUES ('T1', 'U_ASHA', 'cleared', NULL, NULL, NULL, NULL, now())
    DELETE FROM user_token
    UPDATE person SET time_zone = 'Pacific/Kiritimati'
    ");
    house.pass(SignedDuration::from_secs(61));
    all_see_what_is(&house, &[neighbour], "all of that").await;
}

#[tokio::test]
async fn what_concerns_others_leaves_a_kept_view_as_it_is() {
    let house = House::with_neighbours().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.opens_home(&dev).await;
    let hash = "SELECT hash FROM home_view WHERE workspace_id = 'T1' AND user_id = 'U_DEV'";
    let first: String = house.value(hash).await;
    // What Asha asks for is nothing to Dev until it is approved; what happens next door never is.
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.is_away(&asha, "2026-12-01", "2026-12-04").await;
    let other = house.slack.person(OTHER, "U_ASHA");
    house.asks(&other, "2026-03-05", "2026-03-05").await;
    house
        .presses(&house.slack.person(OTHER, "U_BEN"), "Approve")
        .await;
    house.opens_home(&dev).await;
    assert_eq!(house.value::<String>(hash).await, first);
    house.presses(&house.ben(), "Approve").await;
    house.opens_home(&dev).await;
    assert_ne!(house.value::<String>(hash).await, first);
}

#[tokio::test]
async fn after_midnight_it_is_another_day_on_each_persons_clock() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .is_away(&house.dev(), "2026-03-02", "2026-03-02")
        .await;
    let today = |home: String| -> String {
        let lines = home
            .lines()
            .skip_while(|line| !line.starts_with("*Off today"));
        lines.take(2).collect::<Vec<_>>().join(" ")
    };
    house.clocks("2026-03-02T18:29:00Z");
    assert_snapshot!(today(house.opens_home(&asha).await), @"*Off today, Mon 2 March* • Dev Patel");
    house.opens_home(&ben).await;
    house.clocks("2026-03-02T18:30:00Z");
    assert_snapshot!(today(house.presses_home(&asha, "Refresh").await), @"*Off today, Tue 3 March* Nobody.");
    assert_snapshot!(today(house.presses_home(&ben, "Refresh").await), @"*Off today, Mon 2 March* • Dev Patel");
    // Who moves has another today at once.
    house
        .execute("UPDATE person SET time_zone = 'Asia/Tokyo' WHERE user_id = 'U_BEN'")
        .await;
    assert_snapshot!(today(house.presses_home(&ben, "Refresh").await), @"*Off today, Tue 3 March* Nobody.");
}

#[tokio::test]
async fn who_is_no_admin_any_more_sees_nothing_of_that_again() {
    let house = House::open().await;
    let carla = house.carla();
    house.settings(|settings| settings.approvers.clear()).await;
    assert!(house.opens_home(&carla).await.contains("For admins"));
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    assert!(
        !house
            .presses_home(&carla, "Refresh")
            .await
            .contains("For admins")
    );
}

#[tokio::test]
async fn what_another_version_kept_is_not_shown() {
    let house = House::open().await;
    let asha = house.asha();
    house.opens_home(&asha).await;
    let kept = body(&asha.home());
    // An unreadable block, under the right hash.
    house
        .execute("UPDATE home_view SET blocks = '[{\"type\": \"hologram\"}]', pages = '{\"holograms\": 3}'")
        .await;
    assert_eq!(body(&house.opens_home(&asha).await), kept);
    // A readable one, under the hash of another version.
    house
        .execute("UPDATE home_view SET blocks = '[{\"type\": \"divider\"}]', hash = 'of another version'")
        .await;
    assert_eq!(body(&house.opens_home(&asha).await), kept);
}

#[tokio::test]
async fn two_workspaces_and_two_people_keep_their_own() {
    let house = House::with_neighbours().await;
    house
        .is_away(&house.asha(), "2026-03-02", "2026-03-03")
        .await;
    house.opens_home(&house.asha()).await;
    for (team, user) in [(TEAM, "U_DEV"), (OTHER, "U_ASHA"), (OTHER, "U_DEV")] {
        house.opens_home(&house.slack.person(team, user)).await;
    }
    // Each once more, from what is kept.
    let mut seen = Vec::new();
    for (team, user) in [
        (TEAM, "U_ASHA"),
        (TEAM, "U_DEV"),
        (OTHER, "U_ASHA"),
        (OTHER, "U_DEV"),
    ] {
        let home = house.opens_home(&house.slack.person(team, user)).await;
        seen.push(format!("{team} {user}\n{}", body(&home)));
    }
    assert_snapshot!(seen.join("\n\n"), @"
    T1 U_ASHA
    == Your time off ==
    [Request time off] [Refresh]
    *Vacation, Mon 2 – Tue 3 March*
    2 working days, approved  [Cancel leave]
    ---
    *Off today, Mon 2 March*
    • Asha Rao, until Tue 3 March
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Tue 3 March

    T1 U_DEV
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    • Asha Rao, until Tue 3 March
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Tue 3 March

    T2 U_ASHA
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.

    T2 U_DEV
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ");
}
