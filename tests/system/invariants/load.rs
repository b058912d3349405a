//! The small version, in every run of the tests; and whether it could fail.

use timeoff::clients::slack::{Bot, Message, Place};
use timeoff::platform::config::Secret;
use timeoff::platform::ids::WorkspaceId;

use crate::load::{Kind, Size, carry_out, check, send, town};
use crate::support::id;

#[tokio::test]
async fn no_request_is_lost_or_doubled_and_none_strays_into_another_workspace() {
    let report = carry_out(Size {
        workspaces: 8,
        people: 10,
        requests: 400,
        clients: 16,
        connections: 8,
        seed: 7,
    })
    .await;
    let sent: usize = report.acks.values().map(Vec::len).sum();
    assert_eq!(sent, 400);
    assert!(report.copies > 40, "{} copies", report.copies);
    assert_eq!(report.acks.len(), Kind::ALL.len(), "of every kind");
    assert!(
        report.violations.is_empty(),
        "{}",
        report.violations.join("\n")
    );
}

/// What the comparison is for: each of these must not go unseen.
const TAMPERING: [(&str, &str); 14] = [
    (
        "DELETE FROM pending_action WHERE action_id = (SELECT max(action_id) FROM pending_action)",
        "lost: ",
    ),
    (
        "INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at)
         SELECT workspace_id, user_id, leave_type, first_day, last_day, portion, 'cancelled', awaits, created_at, changed_at FROM pending_action LIMIT 1",
        "nobody asked for this, or it is there twice",
    ),
    (
        "UPDATE pending_action SET user_id = 'UP00' WHERE action_id = (SELECT min(action_id) FROM pending_action)",
        "nobody asked for this",
    ),
    (
        "UPDATE pending_action SET state = CASE state WHEN 'pending' THEN 'denied' ELSE 'pending' END",
        "wrong state",
    ),
    (
        "UPDATE pending_action SET decided_by = 'UP02' WHERE decided_by IS NOT NULL",
        "decided by somebody who was not asked",
    ),
    (
        "UPDATE leave_record SET day = day + 1000",
        "the records are not one for the day",
    ),
    (
        "DELETE FROM approval WHERE approver_id = 'UP01'",
        "the wrong people were asked",
    ),
    (
        "INSERT INTO audit_log (workspace_id, at, actor, subject, action, from_state, to_state)
         SELECT workspace_id, at, actor, subject, action, from_state, to_state FROM audit_log WHERE from_state = 'pending'",
        "not decided exactly once",
    ),
    (
        "INSERT INTO audit_log (workspace_id, at, actor, subject, action, to_state)
         SELECT 'T002', at, actor, subject, action, to_state FROM audit_log WHERE workspace_id = 'T001' AND subject LIKE 'action:%'",
        "another workspace's audit log",
    ),
    (
        "UPDATE posted_message SET workspace_id = 'T002' WHERE workspace_id = 'T001' AND key LIKE 'action:%'",
        "another workspace's message",
    ),
    (
        "UPDATE job SET workspace_id = 'T002', lane = NULL WHERE workspace_id = 'T001' AND payload ? 'action_id'",
        "a job for another workspace's request",
    ),
    (
        "UPDATE job SET state = 'failed' WHERE job_id = (SELECT max(job_id) FROM job)",
        "a job was not done",
    ),
    (
        "DELETE FROM job WHERE kind = 'home.publish'",
        "jobs home.publish instead of one",
    ),
    (
        "UPDATE person SET name = 'Somebody' WHERE user_id = 'UP03'",
        "is in the directory and should not be",
    ),
];

#[tokio::test]
async fn the_comparison_sees_what_is_lost_doubled_or_astray() {
    let sent = send(Size {
        workspaces: 2,
        people: 6,
        requests: 60,
        clients: 4,
        connections: 4,
        seed: 3,
    })
    .await;
    let found = check::compare(&sent).await.violations;
    assert!(found.is_empty(), "{}", found.join("\n"));
    for (tampering, complaint) in TAMPERING {
        // Owners bypass row-level security, but not the keys between tables.
        let mut owner = sent
            .town
            .database
            .owner
            .begin()
            .await
            .expect("a transaction");
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut *owner)
            .await
            .expect("without keys");
        let done = sqlx::query(tampering).execute(&mut *owner).await;
        assert!(done.expect(tampering).rows_affected() > 0, "{tampering}");
        let found = check::look(&sent, &mut owner).await.violations;
        assert!(
            found.iter().any(|it| it.contains(complaint)),
            "{tampering}\nwas seen as {found:#?}"
        );
        owner.rollback().await.expect("taken back");
    }
    // And what is said to the wrong workspace, or twice.
    let services = &sent.town.app.services;
    let token = sent
        .town
        .slack
        .bot_token(&town::team(0))
        .expect("installed");
    for _ in 0..2 {
        let message = Message::plain(format!("Vacation {}", town::mark(1)));
        let to = id("UP03");
        services
            .slack
            .post_message(
                Bot {
                    token: &Secret::new(token.clone()),
                    workspace: &WorkspaceId::parse(town::team(0)).expect("an id"),
                },
                Place::Dm(&to),
                &message,
                "tell:0",
            )
            .await
            .expect("posted");
    }
    let found = check::compare(&sent).await.violations;
    for complaint in ["W001 was told of [\"W002\"]", "posted twice"] {
        assert!(
            found.iter().any(|it| it.contains(complaint)),
            "{complaint}: {found:#?}"
        );
    }
    sent.town.close().await;
}
