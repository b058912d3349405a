//! The key of stored secrets is exchanged while the system runs, and nothing is left under the old one.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgPool};
use timeoff::platform::clock::Clock;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::Db;
use timeoff::tenant::rotation::rotate;

use crate::migrations::{database_with_history, tables};
use crate::support::{Database, House, OTHER, Plan, TEAM, logs, timeoff};

/// Everything that is stored encrypted, by its column, in a document of the column too: what Fernet
/// makes begins so.
async fn encrypted(owner: &PgPool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (table, column, _) in columns(owner).await {
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT (regexp_matches({column}::text, 'gAAAAA[A-Za-z0-9_=-]+', 'g'))[1] FROM {table}"
        )))
        .fetch_all(owner)
        .await
        .expect("readable");
        let place = format!("{table}.{column}");
        all.extend(found.into_iter().map(|text| (place.clone(), text)));
    }
    all
}

/// Every column that can hold a text: table, column, type.
async fn columns(owner: &PgPool) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for table in tables(owner).await {
        let columns: Vec<(String, String)> = sqlx::query_as(
            "SELECT column_name::text, data_type::text FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = $1 AND data_type IN ('text', 'jsonb')",
        )
        .bind(&table)
        .fetch_all(owner)
        .await
        .expect("the catalogue");
        all.extend(
            columns
                .into_iter()
                .map(|(column, kind)| (table.clone(), column, kind)),
        );
    }
    all
}

/// A database with history whose secrets are under a key; the history has texts in their places.
async fn database_under(old: &Keyring) -> Database {
    let database = database_with_history().await;
    let columns = columns(&database.owner).await;
    for (place, text) in encrypted(&database.owner).await {
        let (table, column, kind) = columns
            .iter()
            .find(|(table, column, _)| place == format!("{table}.{column}"))
            .expect("a column");
        let secret = old.encrypt(&format!("secret of {text}"));
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE {table} SET {column} = replace({column}::text, $1, $2)::{kind} WHERE strpos({column}::text, $1) > 0"
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
        "harvest_account.access_token",
        "job.payload",
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

/// More secrets than one batch takes, of a workspace that is at work.
#[tokio::test]
async fn the_app_serves_while_many_secrets_are_exchanged() {
    const PEOPLE: usize = 250;
    let (old_key, new_key) = (Keyring::generate_key(), Keyring::generate_key());
    let old = Keyring::parse(&old_key).expect("a key");
    let both = Keyring::parse(&format!("{new_key},{old_key}")).expect("keys");
    let new = Keyring::parse(&new_key).expect("a key");
    let house = House::build(Plan {
        keys: Some(format!("{new_key},{old_key}")),
        ..Plan::default()
    })
    .await;
    house.neighbours_move_in().await;
    let owner = &house.database.owner;
    for team in [TEAM, OTHER] {
        for number in 0..PEOPLE {
            sqlx::query("INSERT INTO user_token (workspace_id, user_id, token, scopes, granted_at) VALUES ($1, $2, $3, '{}', now())")
                .bind(team)
                .bind(format!("U_P{number}"))
                .bind(old.encrypt(&format!("{team} {number}")))
                .execute(owner)
                .await
                .expect("stored");
        }
        let stored: String =
            sqlx::query_scalar("SELECT bot_token FROM workspace WHERE workspace_id = $1")
                .bind(team)
                .fetch_one(owner)
                .await
                .expect("installed");
        let token = both.decrypt(&stored).expect("a token");
        sqlx::query("UPDATE workspace SET bot_token = $2 WHERE workspace_id = $1")
            .bind(team)
            .bind(old.encrypt(&token))
            .execute(owner)
            .await
            .expect("stored");
    }
    let db = Db::connect_lazy(house.database.server(), 1);
    let (asha, other_asha) = (house.asha(), house.slack.person(OTHER, "U_ASHA"));
    let (rotated, ()) = tokio::join!(rotate(&db, &both, &Clock::System), async {
        for _ in 0..10 {
            house.types(&asha, "/timeoff list").await;
            house.types(&other_asha, "/timeoff list").await;
        }
    });
    db.close().await;
    let rotated = rotated.expect("rotated");
    assert_eq!((rotated.exchanged, rotated.kept), (2 * (PEOPLE + 1), 0));
    assert!(rotated.unreadable.is_empty());
    for person in [&asha, &other_asha] {
        let answers = person.channel("#general");
        assert_eq!(answers.matches("Nothing planned").count(), 10, "{answers}");
    }
    // Nobody's token became another's.
    let tokens: Vec<(String, String, String)> =
        sqlx::query_as("SELECT workspace_id, user_id, token FROM user_token")
            .fetch_all(owner)
            .await
            .expect("readable");
    assert_eq!(tokens.len(), 2 * PEOPLE);
    for (team, user, token) in tokens {
        let opened = new.decrypt(&token).expect("under the new key");
        assert_eq!(opened, format!("{team} {}", user.trim_start_matches("U_P")));
    }
}
