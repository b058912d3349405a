//! Every migration, applied to a database that holds realistic rows from the step before.
//!
//! `data/NNNN.sql` fills the tables as they stand after migration NNNN: whoever adds a migration
//! adds the rows that the next one will find.

mod compatible;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use timeoff::platform::db::{Db, MIGRATIONS, Server};

use crate::support::{Database, server, timeoff};

fn data(version: i64) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/system/migrations/data/{version:04}.sql"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "migration {version} needs rows for the next one to find, in {}: {error}",
            path.display()
        )
    })
}

fn versions() -> Vec<i64> {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .collect()
}

/// All tables of ours.
pub async fn tables(owner: &PgPool) -> Vec<String> {
    sqlx::query_scalar("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '_sqlx_migrations' ORDER BY 1")
        .fetch_all(owner)
        .await
        .expect("the catalogue")
}

/// A database that went through every step with rows in it.
pub async fn database_with_history() -> Database {
    let database = Database::empty().await;
    for version in versions() {
        MIGRATIONS
            .run_to(version, &database.owner)
            .await
            .unwrap_or_else(|error| panic!("migration {version}: {error}"));
        fill(&database.owner, version).await;
    }
    database
}

async fn fill(owner: &PgPool, version: i64) {
    owner
        .execute(AssertSqlSafe(data(version)))
        .await
        .unwrap_or_else(|error| panic!("data/{version:04}.sql: {error}"));
}

type Rows = BTreeMap<String, Vec<Value>>;

/// Every row of every table.
async fn rows(owner: &PgPool) -> Rows {
    let mut all = Rows::new();
    for table in tables(owner).await {
        let rows = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)::text"
        )))
        .fetch_all(owner)
        .await
        .expect("readable");
        all.insert(table, rows);
    }
    all
}

/// Whether `after` still says everything that `before` said; it may say more.
fn survives(before: &Value, after: &Value) -> bool {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return false;
    };
    before
        .iter()
        .all(|(column, value)| after.get(column).is_none_or(|now| now == value))
}

#[tokio::test]
async fn a_version_that_came_back_finds_the_newer_schema_good() {
    let database = Database::migrated().await;
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9000, 'from a newer version', true, '', 0)";
    database.owner.execute(newer).await.expect("noted");
    let new = Db::migrate(&database.server()).await;
    assert_eq!(new.expect("nothing to do"), Vec::<i64>::new());
}

#[tokio::test]
async fn every_migration_keeps_the_rows_of_the_step_before() {
    let database = Database::empty().await;
    let mut before = Rows::new();
    for version in versions() {
        MIGRATIONS
            .run_to(version, &database.owner)
            .await
            .unwrap_or_else(|error| panic!("migration {version}: {error}"));
        let after = rows(&database.owner).await;
        for (table, old) in &before {
            let new = after
                .get(table)
                .unwrap_or_else(|| panic!("migration {version} drops {table}"));
            assert_eq!(
                new.len(),
                old.len(),
                "migration {version} changes the number of rows of {table}"
            );
            for row in old {
                assert!(
                    new.iter().any(|now| survives(row, now)),
                    "migration {version} loses or changes a row of {table}: {row}"
                );
            }
        }
        fill(&database.owner, version).await;
        before = rows(&database.owner).await;
        for (table, rows) in &before {
            assert!(
                !rows.is_empty(),
                "data/{version:04}.sql leaves {table} empty: the next migration would be tried on nothing"
            );
        }
    }
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let database = database_with_history().await;
    let before = rows(&database.owner).await;
    let schema = schema(&database.owner).await;
    for _ in 0..2 {
        Db::migrate(&database.server()).await.expect("up to date");
    }
    assert_eq!(rows(&database.owner).await, before);
    assert_eq!(self::schema(&database.owner).await, schema);
}

#[tokio::test]
async fn two_processes_that_migrate_at_once_do_not_disturb_each_other() {
    let database = Database::empty().await;
    let (one, other) = {
        let server = database.server();
        tokio::join!(Db::migrate(&server), Db::migrate(&server))
    };
    one.expect("one of them migrates");
    other.expect("the other waits");
    assert!(!tables(&database.owner).await.is_empty());
}

#[tokio::test]
async fn step_by_step_and_at_once_lead_to_the_same_schema() {
    let (stepped, at_once) = (database_with_history().await, Database::migrated().await);
    assert_eq!(schema(&stepped.owner).await, schema(&at_once.owner).await);
}

#[tokio::test]
async fn an_ordinary_role_that_may_create_roles_can_migrate_and_run() {
    let database = Database::empty().await;
    let name = database
        .url
        .rsplit_once('/')
        .expect("a database name")
        .1
        .to_owned();
    let role = format!("owner_of_{name}");
    let mut admin = PgConnection::connect(&server())
        .await
        .expect("PostgreSQL answers");
    admin
        .execute(AssertSqlSafe(format!("CREATE ROLE {role} LOGIN CREATEROLE NOSUPERUSER PASSWORD 'x'; ALTER DATABASE {name} OWNER TO {role}")))
        .await
        .expect("a role");
    // Where another owner has made it on this server, only who may grant it can migrate (PostgreSQL 16).
    admin
        .execute(AssertSqlSafe(format!("DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'timeoff_app') THEN GRANT timeoff_app TO {role} WITH ADMIN OPTION; END IF; END $$")))
        .await
        .expect("granted");
    let mut url = url::Url::parse(&database.url).expect("a URL");
    url.set_username(&role).expect("a user");
    url.set_password(Some("x")).expect("a password");

    let said = timeoff(&["migrate"], &[("DATABASE_URL", url.as_str())], "").await;
    assert!(said.success, "{}", said.screen());
    for version in versions() {
        fill(&database.owner, version).await;
    }
    let said = timeoff(
        &["admin", "--workspace", "T1", "people"],
        &[("DATABASE_URL", url.as_str())],
        "",
    )
    .await;
    assert!(
        said.success && said.out.contains("Asha Rao") && !said.out.contains("Ola"),
        "{}",
        said.screen()
    );
    let db = Db::connect_lazy(Server::from_url(url.as_str()).expect("a URL"), 1);
    timeoff::jobs::forget_old(&db, "2030-01-01T00:00:00Z".parse().expect("a time"))
        .await
        .expect("functions of the owner work for the app's role");
    let jobs: i64 = sqlx::query_scalar("SELECT count(*) FROM seen_request")
        .fetch_one(&database.owner)
        .await
        .expect("readable");
    assert_eq!(jobs, 0);
    db.close().await;
    admin
        .execute(AssertSqlSafe(format!(
            "REASSIGN OWNED BY {role} TO CURRENT_USER"
        )))
        .await
        .ok();
}

/// Tables, columns, constraints, indexes, functions and policies, as PostgreSQL describes them.
async fn schema(owner: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'
         UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
         UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')
         UNION ALL SELECT format('%s %s %s %s', tablename, policyname, qual, with_check) FROM pg_policies WHERE schemaname = 'public'
         ORDER BY line",
    )
    .fetch_all(owner)
    .await
    .expect("the catalogue")
}
