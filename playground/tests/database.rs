//! The embedded PostgreSQL does what the app needs of it, and outlives rough treatment.
#![allow(clippy::unwrap_used, reason = "a test may, its helpers too")]

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Duration;

use playground::database::Database;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor};

async fn open(folder: &Path) -> Database {
    Database::open(folder).await.unwrap()
}

async fn connect(database: &Database) -> PgConnection {
    PgConnection::connect(&database.url()).await.unwrap()
}

async fn number(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn what_is_committed_survives_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    let mut connection = connect(&database).await;
    connection
        .execute("CREATE TABLE note (n bigint); INSERT INTO note VALUES (1)")
        .await
        .unwrap();
    // The client is still there, in the middle of a transaction that is never committed.
    connection
        .execute("BEGIN; INSERT INTO note VALUES (2)")
        .await
        .unwrap();
    database.stop().await.unwrap();
    assert!(connection.execute("SELECT 1").await.is_err());

    let database = open(folder.path()).await;
    let mut connection = connect(&database).await;
    assert_eq!(
        number(&mut connection, "SELECT sum(n)::bigint FROM note").await,
        1
    );
    connection.close().await.unwrap();
    database.stop().await.unwrap();
}

/// What the writer says before the number that it has just committed. The test harness writes lines of its own.
const COMMITTED: &str = "committed ";

/// Writes until it is killed; started by the test below, by its name.
#[tokio::test]
#[ignore = "part of what_is_committed_survives_a_kill"]
async fn writer_that_is_killed() {
    let Ok(folder) = std::env::var("PLAYGROUND_TEST_FOLDER") else {
        return;
    };
    let database = open(Path::new(&folder)).await;
    let mut connection = connect(&database).await;
    connection
        .execute("CREATE TABLE note (n bigint PRIMARY KEY)")
        .await
        .unwrap();
    for n in 1..i64::MAX {
        sqlx::query("INSERT INTO note VALUES ($1)")
            .bind(n)
            .execute(&mut connection)
            .await
            .unwrap();
        // On its way as one piece, so that a kill never leaves half of a number.
        std::io::stdout()
            .write_all(format!("{COMMITTED}{n}\n").as_bytes())
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_committed_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "writer_that_is_killed",
        ])
        .env("PLAYGROUND_TEST_FOLDER", folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let said = std::io::BufReader::new(writer.stdout.take().unwrap());
    let mut known = 0;
    for line in said.lines() {
        // The harness begins its line about the test before the first number, and does not end it.
        let line = line.unwrap();
        let Some((_, n)) = line.split_once(COMMITTED) else {
            continue;
        };
        known = n.parse().unwrap();
        // What it says while it is being killed is heard too, to the end.
        if known == 200 {
            writer.kill().unwrap();
        }
    }
    writer.wait().unwrap();
    assert!(known >= 200, "the writer got no further than {known}");

    let database = open(folder.path()).await;
    let mut connection = connect(&database).await;
    let found = number(&mut connection, "SELECT count(*) FROM note").await;
    let last = number(&mut connection, "SELECT max(n) FROM note").await;
    // One more may have been committed than the writer came to write down.
    assert!((known..=known + 1).contains(&found), "{known} {found}");
    assert_eq!(found, last);
    database.stop().await.unwrap();
}

#[tokio::test]
async fn a_client_that_vanishes_leaves_the_database_to_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    let address = database
        .url()
        .split('@')
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let mut connection = connect(&database).await;
    connection
        .execute("CREATE TABLE note (n bigint)")
        .await
        .unwrap();

    // Gone in the middle of a transaction.
    connection
        .execute("BEGIN; INSERT INTO note VALUES (1)")
        .await
        .unwrap();
    drop(connection);
    let mut connection = connect(&database).await;
    assert_eq!(
        number(&mut connection, "SELECT count(*) FROM note").await,
        0
    );

    // Gone while a statement runs.
    let long = connection.execute("SELECT count(*) FROM generate_series(1, 2000000)");
    tokio::time::timeout(Duration::from_millis(50), long)
        .await
        .unwrap_err();
    drop(connection);
    connect(&database).await.close().await.unwrap();

    // Gone with an answer unread, which resets the connection.
    let mut rude = std::net::TcpStream::connect(&address).unwrap();
    rude.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(rude);
    connect(&database).await.close().await.unwrap();

    // Somebody who speaks another language.
    let mut browser = std::net::TcpStream::connect(&address).unwrap();
    browser.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    connect(&database).await.close().await.unwrap();

    // Somebody who says nothing at all does not stand in the way.
    let _silent = std::net::TcpStream::connect(&address).unwrap();
    connect(&database).await.close().await.unwrap();
    database.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_connection_waits_its_turn_or_is_told_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    let first = connect(&database).await;
    let url = database.url();
    let second = tokio::spawn(async move { PgConnection::connect(&url).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!second.is_finished());
    first.close().await.unwrap();
    let second = second.await.unwrap().unwrap();

    let error = PgConnection::connect(&database.url()).await.unwrap_err();
    assert!(
        error.to_string().contains("one connection at a time"),
        "{error}"
    );
    second.close().await.unwrap();
    database.stop().await.unwrap();
}

async fn pool(database: &Database) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("SET ROLE timeoff_app").await?;
                Ok(())
            })
        })
        .connect(&database.url())
        .await
        .unwrap()
}

/// The real migrations, the role that row-level security binds, and the claim of a job, over one connection.
#[tokio::test]
async fn the_schema_works_in_it_with_its_role_and_its_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let migrations = sqlx::migrate::Migrator::new(migrations).await.unwrap();
    for start in ["first", "second"] {
        let database = open(folder.path()).await;
        let mut connection = connect(&database).await;
        migrations.run(&mut connection).await.unwrap();
        migrations.run(&mut connection).await.unwrap();
        connection.close().await.unwrap();

        let pool = pool(&database).await;
        let mut tx = pool.begin().await.unwrap();
        sqlx::query("SELECT set_config('timeoff.workspace', $1, true)")
            .bind(start)
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("INSERT INTO workspace (workspace_id, name, bot_user_id, bot_token, installed_at) VALUES ($1, $1, 'U', 't', now())")
            .bind(start)
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("INSERT INTO job (workspace_id, kind, payload, max_attempts, run_at, created_at, correlation_id) VALUES ($1, 'k', '{}', 1, now(), now(), 'c')")
            .bind(start)
            .execute(&mut *tx)
            .await
            .unwrap();
        let seen: Vec<String> = sqlx::query_scalar("SELECT workspace_id FROM workspace")
            .fetch_all(&mut *tx)
            .await
            .unwrap();
        assert_eq!(seen, [start], "another workspace shows");
        tx.commit().await.unwrap();

        let mut tx = pool.begin().await.unwrap();
        sqlx::query("SELECT set_config('timeoff.workspace', $1, true)")
            .bind(start)
            .execute(&mut *tx)
            .await
            .unwrap();
        let error = sqlx::query("INSERT INTO workspace (workspace_id, name, bot_user_id, bot_token, installed_at) VALUES ('other', 'n', 'U', 't', now())")
            .execute(&mut *tx)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("row-level security"), "{error}");
        tx.rollback().await.unwrap();

        let claim =
            "SELECT job_id FROM claim_job(now() + interval '1 second', interval '1 minute')";
        let first: Option<i64> = sqlx::query_scalar(claim)
            .fetch_optional(&pool)
            .await
            .unwrap();
        let second: Option<i64> = sqlx::query_scalar(claim)
            .fetch_optional(&pool)
            .await
            .unwrap();
        assert!(first.is_some() && second.is_none(), "{first:?} {second:?}");
        pool.close().await;
        database.stop().await.unwrap();
    }
}
