//! The key of stored secrets is exchanged while the system runs, and nothing is left under the old one.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgPool};
use timeoff::platform::clock::Clock;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::Db;
use timeoff::tenant::rotation::rotate;

use crate::migrations::{database_with_history, tables};
use crate::support::{Database, logs, timeoff};

/// Every stored text that is encrypted, by its column: what Fernet makes begins so.
async fn encrypted(owner: &PgPool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for table in tables(owner).await {
        let columns: Vec<String> = sqlx::query_scalar(
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND data_type = 'text'",
        )
        .bind(&table)
        .fetch_all(owner)
        .await
        .expect("the catalogue");
        for column in columns {
            let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT {column} FROM {table} WHERE starts_with({column}, 'gAAAAA')"
            )))
            .fetch_all(owner)
            .await
            .expect("readable");
            all.extend(
                found
                    .into_iter()
                    .map(|text| (format!("{table}.{column}"), text)),
            );
        }
    }
    all
}

/// A database with history whose secrets are under a key; the history has texts in their places.
async fn database_under(old: &Keyring) -> Database {
    let database = database_with_history().await;
    for (place, text) in encrypted(&database.owner).await {
        let (table, column) = place.split_once('.').expect("a column");
        let secret = old.encrypt(&format!("secret of {text}"));
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE {table} SET {column} = $2 WHERE {column} = $1"
        )))
        .bind(text)
        .bind(secret)
        .execute(&database.owner)
        .await
        .expect("encrypted");
    }
    database
}

#[tokio::test]
async fn every_stored_secret_goes_under_the_first_key_wherever_it_is() {
    let (old_key, new_key) = (Keyring::generate_key(), Keyring::generate_key());
    let old = Keyring::parse(&old_key).expect("a key");
    let both = Keyring::parse(&format!("{new_key},{old_key}")).expect("keys");
    let new = Keyring::parse(&new_key).expect("a key");
    let database = database_under(&old).await;
    let before = encrypted(&database.owner).await;
    let places: BTreeSet<&str> = before.iter().map(|(place, _)| place.as_str()).collect();
    for place in [
        "workspace.bot_token",
        "enterprise.bot_token",
        "user_token.token",
    ] {
        assert!(
            places.contains(place),
            "nothing in {place}: this would prove nothing"
        );
    }
    let db = Db::connect_lazy(database.server(), 1);
    let rotated = rotate(&db, &both, &Clock::System).await.expect("rotated");
    assert_eq!(rotated.exchanged, before.len(), "{places:?}");
    assert!(rotated.kept == 0 && rotated.unreadable.is_empty());
    let after = encrypted(&database.owner).await;
    assert_eq!(after.len(), before.len());
    for (place, secret) in &after {
        let opened = new.decrypt(secret);
        assert!(
            opened.is_ok_and(|it| it.starts_with("secret of ")),
            "{place}"
        );
    }
    // Once more changes nothing.
    let again = rotate(&db, &both, &Clock::System).await.expect("rotated");
    assert_eq!((again.exchanged, again.kept), (0, before.len()));
    assert_eq!(encrypted(&database.owner).await, after);
    db.close().await;
}

#[tokio::test]
async fn a_secret_that_no_key_opens_is_named_and_stops_no_other() {
    let (old_key, new_key) = (Keyring::generate_key(), Keyring::generate_key());
    let old = Keyring::parse(&old_key).expect("a key");
    let database = database_under(&old).await;
    let lost = Keyring::parse(&Keyring::generate_key())
        .expect("a key")
        .encrypt("xoxb-lost");
    logs::plant_secret(&lost);
    sqlx::query("UPDATE workspace SET bot_token = $1 WHERE workspace_id = 'T1'")
        .bind(&lost)
        .execute(&database.owner)
        .await
        .expect("replaced");
    let keys = format!("{new_key},{old_key}");
    let environment = [
        ("DATABASE_URL", database.url.as_str()),
        ("TOKEN_ENCRYPTION_KEYS", keys.as_str()),
    ];
    let said = timeoff(&["keys", "rotate"], &environment, "").await;
    assert!(!said.success);
    let all = encrypted(&database.owner).await.len();
    assert_eq!(
        said.screen(),
        format!(
            "Encrypted {} secrets with the first key; 0 secrets had it already.\nNo key opens what is stored in\n  - workspace.bot_token of T1\nAdd the key that it was stored with to the end of the list, or install the app there again.\n(failed)",
            all - 1
        )
    );
    // With the keys that it needs it says so as well.
    sqlx::query("UPDATE workspace SET bot_token = NULL WHERE bot_token = $1")
        .bind(&lost)
        .execute(&database.owner)
        .await
        .expect("removed");
    let said = timeoff(&["keys", "rotate"], &environment, "").await;
    assert!(said.success, "{}", said.screen());
    assert_eq!(
        said.out,
        format!(
            "Encrypted 0 secrets with the first key; {} secrets had it already.\n",
            all - 1
        )
    );
    let said = timeoff(
        &["keys", "rotate"],
        &[("DATABASE_URL", database.url.as_str())],
        "",
    )
    .await;
    assert_eq!(
        said.screen(),
        "TOKEN_ENCRYPTION_KEYS is what timeoff runs with, the new key first: the list holds no key\n(failed)"
    );
}

/// Somebody installs the app between the look and the exchange: theirs stays.
#[tokio::test]
async fn what_is_stored_meanwhile_is_not_overwritten() {
    let (old_key, new_key) = (Keyring::generate_key(), Keyring::generate_key());
    let old = Keyring::parse(&old_key).expect("a key");
    let both = Keyring::parse(&format!("{new_key},{old_key}")).expect("keys");
    let database = database_under(&old).await;
    let newer = both.encrypt("xoxb-newer");
    // The row is being written while the exchange comes by, and waits for it.
    let mut writing = database.owner.begin().await.expect("a transaction");
    sqlx::query("UPDATE workspace SET bot_token = $1 WHERE workspace_id = 'T1'")
        .bind(&newer)
        .execute(&mut *writing)
        .await
        .expect("written");
    let db = Db::connect_lazy(database.server(), 1);
    let rotating = tokio::spawn({
        let db = db.clone();
        async move { rotate(&db, &both, &Clock::System).await }
    });
    let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits)
        .fetch_one(&database.owner)
        .await
        .expect("readable")
    {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    writing.commit().await.expect("committed");
    rotating.await.expect("ended").expect("rotated");
    let kept: String =
        sqlx::query_scalar("SELECT bot_token FROM workspace WHERE workspace_id = 'T1'")
            .fetch_one(&database.owner)
            .await
            .expect("readable");
    assert_eq!(kept, newer);
    db.close().await;
}
