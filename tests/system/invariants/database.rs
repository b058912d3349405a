//! The way to the database: what breaks is noticed and replaced within the request.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use timeoff::platform::db::{Db, Server, make_logins};
use timeoff::platform::ids::WorkspaceId;

use crate::support::{Cable, Database, server};

struct Line {
    database: Database,
    cable: Cable,
    db: Db,
}

impl Line {
    /// One connection, used once.
    async fn open() -> Self {
        let database = Database::migrated().await;
        let cable = Cable::to(&server()).await;
        let through = Server::from_url(&cable.through(&database.url)).expect("a URL");
        let line = Self {
            db: Db::connect_lazy(through, 1),
            database,
            cable,
        };
        line.works().await.expect("a first use");
        line
    }

    async fn works(&self) -> Result<(), sqlx::Error> {
        let team = WorkspaceId::parse("T1").expect("a team");
        self.db
            .begin(&team, Timestamp::now())
            .await?
            .rollback()
            .await
    }

    async fn backends(&self) -> Vec<i32> {
        let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'timeoff'";
        sqlx::query_scalar(sql)
            .fetch_all(&self.database.owner)
            .await
            .expect("readable")
    }
}

#[tokio::test]
async fn a_connection_that_the_server_ended_is_replaced() {
    let line = Line::open().await;
    let before = line.backends().await;
    sqlx::query("SELECT pg_terminate_backend($1)")
        .bind(before[0])
        .execute(&line.database.owner)
        .await
        .expect("ended");
    line.works().await.expect("another connection");
    assert_ne!(line.backends().await, before);
}

#[tokio::test]
async fn a_connection_that_broke_is_replaced() {
    let line = Line::open().await;
    line.cable.cut();
    line.cable.mend();
    line.works().await.expect("another connection");
}

#[tokio::test]
async fn a_connection_that_no_longer_answers_is_replaced_after_a_freeze() {
    let line = Line::open().await;
    // What is connected now never answers again; what is connected later does.
    line.cable.forget();
    let begun = Instant::now();
    line.db.after_freeze();
    line.works().await.expect("another connection");
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_healthy_connection_is_kept_after_a_freeze() {
    let line = Line::open().await;
    let before = line.backends().await;
    line.db.after_freeze();
    line.works().await.expect("the same connection");
    assert_eq!(line.backends().await, before);
}

#[tokio::test]
async fn a_database_that_is_away_is_an_error_and_comes_back() {
    let line = Line::open().await;
    line.cable.cut();
    line.works().await.expect_err("away");
    line.cable.mend();
    line.works().await.expect("back");
}

/// In Amazon RDS a member of `rds_iam`, even through another role, can log in with a password no
/// more; and since PostgreSQL 16 whoever creates a role is a member of it.
#[tokio::test]
async fn the_owner_does_not_become_a_member_of_the_users_that_it_makes() {
    let database = Database::migrated().await;
    let name = database.name();
    let (owner, login) = (format!("owner_{name}"), format!("login_{name}"));
    for statement in [
        format!("CREATE ROLE {owner} LOGIN CREATEROLE"),
        format!("GRANT timeoff_app TO {owner} WITH ADMIN OPTION"),
    ] {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&database.owner)
            .await
            .expect("an owner like that of RDS, who may not do everything");
    }
    let mut url = url::Url::parse(&database.url).expect("a URL");
    url.set_username(&owner).expect("a user");
    let server = Server::from_url(url.as_str()).expect("a URL");
    for _ in 0..2 {
        make_logins(&server, &[&login])
            .await
            .expect("made, or there already");
    }
    let members = "SELECT m.rolname::text || ' of ' || r.rolname FROM pg_auth_members a
        JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
        WHERE $1 IN (r.rolname, m.rolname) ORDER BY 1";
    let members: Vec<String> = sqlx::query_scalar(members)
        .bind(&login)
        .fetch_all(&database.owner)
        .await
        .expect("readable");
    assert_eq!(members, [format!("{login} of timeoff_app")]);
    for statement in [
        format!("DROP ROLE {login}"),
        format!("REVOKE timeoff_app FROM {owner} CASCADE"),
        format!("DROP ROLE {owner}"),
    ] {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&database.owner)
            .await
            .expect("gone again: roles belong to the whole server");
    }
}
