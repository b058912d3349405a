//! The Home tab of a large company.

use insta::assert_snapshot;

use crate::support::{House, OTHER};

/// 500 people, each off today and on Friday.
const CROWD: &str = "WITH people AS (
         INSERT INTO person (workspace_id, user_id, name, time_zone)
         SELECT 'T1', 'U_' || n, 'Person ' || lpad(n::text, 3, '0'), 'UTC' FROM generate_series(1, 500) n RETURNING user_id),
     actions AS (
         INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at)
         SELECT 'T1', user_id, 'vacation', '2026-03-02', '2026-03-06', 'full', 'completed', 'approver', now(), now() FROM people RETURNING action_id, user_id)
     INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
     SELECT 'T1', action_id, user_id, 'vacation', day, 'full', 480, 2026, 'completed', now()
     FROM actions, unnest(ARRAY[date '2026-03-02', '2026-03-06']) AS days (day)";

#[tokio::test]
async fn everybody_of_500_is_found_by_turning_pages() {
    let house = House::with_neighbours().await;
    let (carla, other) = (house.carla(), house.slack.person(OTHER, "U_CARLA"));
    house.execute(CROWD).await;
    let first = house.opens_home(&carla).await;
    let shown = |home: &str| -> Vec<String> {
        let today = home.split("*Off in the next").next().unwrap_or_default();
        let people = today.lines().filter(|line| line.starts_with("• Person"));
        people.map(str::to_owned).collect()
    };
    let mut seen = shown(&first);
    assert_snapshot!(first.lines().filter(|line| !line.contains("Person")).collect::<Vec<_>>().join("\n"), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March* (1–20 of 500)
    [Next]
    *Off in the next two weeks, until Mon 16 March* (1–20 of 500)
    [Next]
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    == Settings ==
    *Leave channel*
    #leave. A question of mine lapses after 1 hour.
    I listen for “leave”, “ooo”, “wfh”, “sick”, “vacation”, “pto” and “day off”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” is not posted.
    Approved leave is not announced.
    People are reminded of their own leave the day before.  [Change]
    *Data*
    Kept for 30 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    Off. This timeoff has no Google account.
    *Harvest*
    Off.  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
    for _ in 1..25 {
        // A minute holds only so many presses.
        house.pass(jiff::SignedDuration::from_secs(3));
        seen.extend(shown(&house.presses_home(&carla, "Next").await));
    }
    let everybody: Vec<String> = (1..=500).map(|n| format!("• Person {n:03}")).collect();
    assert_eq!(seen, everybody);
    let last = carla.home();
    assert!(
        last.contains("(481–500 of 500)") && last.contains("(1–20 of 500)"),
        "{last}"
    );
    // The page stays when something changes, and goes back to the first when the tab is opened.
    house.asks(&carla, "2026-03-09", "2026-03-09").await;
    assert!(
        carla.home().contains("(481–500 of 500)"),
        "{}",
        carla.home()
    );
    let before = house.presses_home(&carla, "Previous").await;
    assert!(before.contains("(461–480 of 500)"), "{before}");
    assert!(
        house
            .opens_home(&carla)
            .await
            .contains("*Off today, Mon 2 March* (1–20 of 500)")
    );
    assert!(!house.opens_home(&other).await.contains("of 500"));
    assert!(carla.toasts().is_empty());
    assert_eq!(house.slack.problems(), Vec::<String>::new());
}

#[tokio::test]
async fn a_page_that_is_gone_shows_the_last_there_is() {
    let house = House::open().await;
    let asha = house.asha();
    for day in ["09", "10", "11", "12", "13", "16", "17", "18", "19"] {
        house
            .is_away(&asha, &format!("2026-03-{day}"), &format!("2026-03-{day}"))
            .await;
    }
    house.opens_home(&asha).await;
    let home = house.presses_home(&asha, "Next").await;
    assert!(home.contains("*Your leave* (9 of 9)"), "{home}");
    let home = house.presses_home(&asha, "Cancel leave").await;
    assert!(
        !home.contains("*Your leave*") && home.contains("Mon 9 March"),
        "{home}"
    );
}
