//! Who did what, when, from which state to which.

use insta::assert_snapshot;

use crate::support::House;

async fn log(house: &House) -> String {
    house
        .value(
            "SELECT string_agg(format('%s %s %s: %s → %s %s', to_char(at AT TIME ZONE 'UTC', 'DD HH24:MI'), actor, action,
                        coalesce(from_state, '-'), coalesce(to_state, '-'), detail), E'\\n' ORDER BY audit_id)
             FROM audit_log WHERE subject LIKE 'action:%'",
        )
        .await
}

#[tokio::test]
async fn every_decision_and_change_of_state_is_logged() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.types(&asha, "/timeoff 2026-03-05").await;
    house.fills(&asha, "Reason", "Secret surgery").await;
    assert_eq!(house.submits(&asha).await, "");
    house.at("2026-03-02T09:10:00Z").await;
    house.presses(&ben, "Approve").await;
    house.at("2026-03-02T09:20:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    house.at("2026-03-02T09:30:00Z").await;
    house.asks(&asha, "2026-03-06", "2026-03-06").await;
    house.presses(&ben, "Deny").await;
    house.fills(&ben, "Note", "Sorry").await;
    assert_eq!(house.submits(&ben).await, "");
    house.types(&asha, "/timeoff today").await;
    house.fills(&asha, "Leave type", "Sick leave").await;
    assert_eq!(house.submits(&asha).await, "");
    house.asks(&asha, "2026-03-10", "2026-03-10").await;
    house.presses(&asha, "Cancel request").await;
    let log = log(&house).await;
    assert_snapshot!(log, @r#"
    02 09:00 U_ASHA requested: - → pending {"last_day": "2026-03-05", "first_day": "2026-03-05", "leave_type": "vacation"}
    02 09:10 U_BEN confirmed: pending → confirmed {}
    02 09:10 timeoff processing: confirmed → processing {}
    02 09:10 timeoff completed: processing → completed {}
    02 09:20 U_ASHA cancelled: completed → cancelled {}
    02 09:30 U_ASHA requested: - → pending {"last_day": "2026-03-06", "first_day": "2026-03-06", "leave_type": "vacation"}
    02 09:30 U_BEN denied: pending → denied {}
    02 09:30 U_ASHA requested: - → pending {"last_day": "2026-03-02", "first_day": "2026-03-02", "leave_type": "sick"}
    02 09:30 timeoff confirmed: pending → confirmed {}
    02 09:30 timeoff processing: confirmed → processing {}
    02 09:30 timeoff completed: processing → completed {}
    02 09:30 U_ASHA requested: - → pending {"last_day": "2026-03-10", "first_day": "2026-03-10", "leave_type": "vacation"}
    02 09:30 U_ASHA cancelled: pending → cancelled {}
    "#);
    assert!(
        !log.contains("surgery"),
        "the reason is nobody else's business"
    );
    let one: i64 = house
        .value("SELECT count(DISTINCT subject) FROM audit_log WHERE subject LIKE 'action:%'")
        .await;
    assert_eq!(one, 4, "each entry names its request");
}

#[tokio::test]
async fn the_log_can_only_grow() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    for change in [
        "UPDATE audit_log SET actor = 'U_BEN'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
    ] {
        let mut tx = house.tx().await;
        let refused = sqlx::query(change).execute(tx.conn()).await.unwrap_err();
        assert!(
            refused.to_string().contains("permission denied"),
            "{change}: {refused}"
        );
    }
    let refused = sqlx::query("UPDATE audit_log SET actor = 'U_BEN'")
        .execute(&house.database.owner)
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("the audit log is append-only"),
        "{refused}"
    );
}
