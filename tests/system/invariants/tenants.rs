//! Invariant 5: a tenant sees only itself. Tables and functions come from the catalogue, so that
//! a new one cannot be forgotten.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use timeoff::platform::db::Db;
use timeoff::platform::ids::WorkspaceId;

use crate::migrations::{database_with_history, tables};
use crate::support::Database;

/// Tables that belong to no tenant. Of these the app's role reads one row of `enterprise` at most.
const OF_NO_TENANT: [&str; 3] = ["_sqlx_migrations", "enterprise", "oauth_state"];
/// Functions that look across tenants.
const ACROSS_TENANTS: [&str; 28] = [
    // Twice: without kinds for the version before.
    "claim_job",
    "claim_job",
    "enterprise_secrets",
    // Twice: without a version of the list for the version before. So is `join_enterprise`.
    "enterprise_was_read",
    "enterprise_was_read",
    "enterprises_to_read",
    "failed_syncs",
    "find_api_key",
    "forget_api_nonces",
    "forget_enterprises",
    "forget_homes",
    "forget_old",
    "forget_told",
    "join_enterprise",
    "join_enterprise",
    "leave_enterprise",
    "oldest_waiting_job",
    "pause_enterprise",
    "paused_workspace_ids",
    "redeem_oauth_state",
    "replace_enterprise_secret",
    "save_enterprise",
    "schema_version",
    "sweep_jobs",
    "sweep_jobs",
    "take_environment",
    "unfinished_jobs",
    "workspace_ids",
];

/// PostgreSQL's code for a privilege or policy that says no.
const REFUSED: &str = "42501";

/// All tables whose rows belong to tenants.
async fn of_tenants(owner: &PgPool) -> Vec<String> {
    let mut all = tables(owner).await;
    all.retain(|table| !OF_NO_TENANT.contains(&table.as_str()));
    all
}

/// A connection that works as the app does.
async fn as_app(database: &Database, workspace: Option<&str>) -> PgConnection {
    let mut connection = PgConnection::connect(&database.url)
        .await
        .expect("PostgreSQL answers");
    connection
        .execute("SET ROLE timeoff_app")
        .await
        .expect("the role is there");
    if let Some(workspace) = workspace {
        sqlx::query("SELECT set_config('timeoff.workspace', $1, false)")
            .bind(workspace)
            .execute(&mut connection)
            .await
            .expect("a workspace");
    }
    connection
}

async fn strings(owner: &PgPool, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(owner).await.expect(sql)
}

async fn count(connection: &mut PgConnection, sql: String) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.clone()))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Runs a statement that must be refused, in a transaction of its own.
async fn refused(connection: &mut PgConnection, sql: &str, row: Option<&Value>) {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    if let Some(row) = row {
        query = query.bind(row);
    }
    let mut tx = connection.begin().await.expect("a transaction");
    let error = query.execute(&mut *tx).await.expect_err(sql);
    let code = error
        .as_database_error()
        .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    assert_eq!(code.as_deref(), Some(REFUSED), "{sql}: {error}");
    tx.rollback().await.expect("taken back");
}

/// Runs a statement that must touch nothing (or be refused); how many rows it touched.
async fn touches_nothing(connection: &mut PgConnection, sql: &str) {
    let mut tx = connection.begin().await.expect("a transaction");
    match sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut *tx)
        .await
    {
        Ok(done) => assert_eq!(done.rows_affected(), 0, "{sql}"),
        Err(error) => {
            let code = error
                .as_database_error()
                .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some(REFUSED), "{sql}: {error}");
        }
    }
    tx.rollback().await.expect("taken back");
}

#[tokio::test]
async fn every_table_belongs_to_a_tenant_and_has_the_one_policy() {
    let database = Database::migrated().await;
    let unprotected = strings(
        &database.owner,
        "SELECT c.relname::text FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT (
             c.relrowsecurity
             AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND a.attnotnull AND a.atttypid = 'text'::regtype)
             AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) = 1)
         ORDER BY 1",
    )
    .await;
    assert_eq!(unprotected, OF_NO_TENANT);
    let policies = strings(
        &database.owner,
        "SELECT DISTINCT format('%s %s %s %s %s', permissive, roles, cmd, qual, with_check) FROM pg_policies WHERE schemaname = 'public' AND tablename <> 'enterprise'",
    )
    .await;
    assert_eq!(
        policies,
        ["PERMISSIVE {public} ALL (workspace_id = current_workspace()) "],
        "a policy of another kind needs a test of its own"
    );
    // What is no table could show rows of tables past their policies.
    let others = strings(&database.owner, "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')").await;
    assert_eq!(others, Vec::<String>::new());
}

#[tokio::test]
async fn the_role_of_the_app_cannot_step_around_the_policies() {
    let database = Database::migrated().await;
    let odd = strings(
        &database.owner,
        "SELECT 'may do too much' FROM pg_roles WHERE rolname = 'timeoff_app' AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb)
         UNION ALL SELECT 'owns ' || relname FROM pg_class WHERE relowner = 'timeoff_app'::regrole
         UNION ALL SELECT 'owns ' || proname FROM pg_proc WHERE proowner = 'timeoff_app'::regrole
         UNION ALL SELECT 'is a member of ' || roleid::regrole FROM pg_auth_members WHERE member = 'timeoff_app'::regrole
         UNION ALL SELECT 'may create in public' WHERE has_schema_privilege('timeoff_app', 'public', 'CREATE')
         UNION ALL SELECT 'may use _sqlx_migrations' WHERE has_table_privilege('timeoff_app', '_sqlx_migrations', 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
         UNION ALL SELECT 'may truncate ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND has_table_privilege('timeoff_app', oid, 'TRUNCATE, TRIGGER, REFERENCES')
         UNION ALL SELECT 'may change the audit log' WHERE has_table_privilege('timeoff_app', 'audit_log', 'UPDATE, DELETE')",
    )
    .await;
    assert_eq!(odd, Vec::<String>::new());
}

#[tokio::test]
async fn the_functions_that_look_across_tenants_are_known_and_only_for_the_app() {
    let database = Database::migrated().await;
    let names = strings(&database.owner, "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1").await;
    assert_eq!(names, ACROSS_TENANTS);
    let grants = strings(
        &database.owner,
        "SELECT DISTINCT coalesce(nullif(acl.grantee, 0)::regrole::text, 'PUBLIC') FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
         WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND acl.grantee <> p.proowner",
    )
    .await;
    assert_eq!(grants, ["timeoff_app"]);
    // A temporary table of the caller must not stand in for one of ours.
    let paths = strings(&database.owner, "SELECT DISTINCT unnest(proconfig) FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace").await;
    assert_eq!(paths, ["search_path=pg_catalog, public, pg_temp"]);

    let mut stranger = PgConnection::connect(&database.url)
        .await
        .expect("PostgreSQL answers");
    let role = format!("stranger_{}", std::process::id());
    stranger
        .execute(AssertSqlSafe(format!("CREATE ROLE {role}")))
        .await
        .expect("a role");
    stranger
        .execute(AssertSqlSafe(format!("SET ROLE {role}")))
        .await
        .expect("the role");
    for call in [
        "claim_job(now(), '1 min')",
        "sweep_jobs(now())",
        "unfinished_jobs(now())",
        "workspace_ids()",
        "forget_old(now(), now())",
        "find_api_key('key_1')",
        "forget_api_nonces(now())",
        "redeem_oauth_state('n', now())",
        "save_enterprise('E1', 'n', 'U1', 't', '{}', 'U1', now())",
        "join_enterprise('T9', 'n', 'E1', now())",
        "join_enterprise('T9', 'n', 'E1', 0, now())",
        "pause_enterprise('E1', now(), now())",
        "leave_enterprise('E1', '{T2}', now(), now())",
        "enterprises_to_read()",
        "enterprise_was_read('E1', now(), now())",
        "enterprise_was_read('E1', now(), 0, now())",
        "forget_enterprises()",
        "forget_told()",
        "enterprise_secrets('', 10)",
        "replace_enterprise_secret('E1', 'a', 'b')",
        "paused_workspace_ids()",
    ] {
        refused(&mut stranger, &format!("SELECT {call}"), None).await;
    }
    stranger
        .execute(AssertSqlSafe(format!("RESET ROLE; DROP ROLE {role}")))
        .await
        .expect("dropped");
}

#[tokio::test]
async fn without_a_tenant_no_row_is_seen_changed_or_added() {
    let database = database_with_history().await;
    for workspace in [
        None,
        Some(""),
        Some("T_NOBODY"),
        Some("T1' OR true --"),
        Some("%"),
    ] {
        let mut app = as_app(&database, workspace).await;
        for table in of_tenants(&database.owner).await {
            assert_eq!(
                count(&mut app, format!("SELECT count(*) FROM {table}")).await,
                0,
                "{table} as {workspace:?}"
            );
            touches_nothing(
                &mut app,
                &format!("UPDATE {table} SET workspace_id = workspace_id"),
            )
            .await;
            touches_nothing(&mut app, &format!("DELETE FROM {table}")).await;
            let row = one_row(&database, &table, "T1").await;
            refused(&mut app, &insert(&database, &table).await, Some(&row)).await;
        }
    }
}

#[tokio::test]
async fn with_a_tenant_only_its_rows_are_seen_changed_or_added() {
    let database = database_with_history().await;
    for (own, other) in [("T1", "T2"), ("T2", "T1")] {
        let mut app = as_app(&database, Some(own)).await;
        for table in of_tenants(&database.owner).await {
            let all: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT count(*) FROM {table} WHERE workspace_id = '{own}'"
            )))
            .fetch_one(&database.owner)
            .await
            .expect("readable");
            assert!(
                all > 0,
                "{table} has no row of {own}: this test would prove nothing. Add one to tests/system/migrations/data"
            );
            assert_eq!(
                count(&mut app, format!("SELECT count(*) FROM {table}")).await,
                all,
                "{table}"
            );
            assert_eq!(
                count(
                    &mut app,
                    format!("SELECT count(*) FROM {table} WHERE workspace_id <> '{own}'")
                )
                .await,
                0,
                "{table}"
            );
            // Neither by asking for it, nor by changing it, nor by giving it away.
            touches_nothing(
                &mut app,
                &format!(
                    "UPDATE {table} SET workspace_id = '{own}' WHERE workspace_id = '{other}'"
                ),
            )
            .await;
            touches_nothing(
                &mut app,
                &format!("DELETE FROM {table} WHERE workspace_id = '{other}'"),
            )
            .await;
            refused(
                &mut app,
                &format!("UPDATE {table} SET workspace_id = '{other}'"),
                None,
            )
            .await;
            let row = one_row(&database, &table, other).await;
            refused(&mut app, &insert(&database, &table).await, Some(&row)).await;
            refused(&mut app, &format!("TRUNCATE {table} CASCADE"), None).await;
        }
    }
}

/// The one policy of another kind: an organization's row is for its own workspaces to read.
#[tokio::test]
async fn a_tenant_sees_its_own_organization_and_changes_none() {
    let database = database_with_history().await;
    let all: i64 = sqlx::query_scalar("SELECT count(*) FROM enterprise")
        .fetch_one(&database.owner)
        .await
        .expect("readable");
    assert!(all > 1, "this test would prove nothing");
    for (workspace, seen) in [
        (Some("T2"), Some("E1")),
        (Some("T1"), None),
        (Some("T3"), None),
        (Some("E1"), None),
        (None, None),
    ] {
        let mut app = as_app(&database, workspace).await;
        let found: Vec<String> = sqlx::query_scalar("SELECT enterprise_id FROM enterprise")
            .fetch_all(&mut app)
            .await
            .expect("readable");
        assert_eq!(found, seen.into_iter().collect::<Vec<_>>(), "{workspace:?}");
        for change in [
            "INSERT INTO enterprise SELECT * FROM enterprise",
            "UPDATE enterprise SET bot_token = 'mine'",
            "DELETE FROM enterprise",
            "TRUNCATE enterprise",
            "SELECT * FROM oauth_state",
            "INSERT INTO oauth_state VALUES ('n', now())",
            "DELETE FROM oauth_state",
        ] {
            refused(&mut app, change, None).await;
        }
    }
}

/// One whole row of a tenant, as its owner sees it.
async fn one_row(database: &Database, table: &str, workspace: &str) -> Value {
    sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT to_jsonb(t) FROM {table} t WHERE workspace_id = '{workspace}' LIMIT 1"
    )))
    .fetch_one(&database.owner)
    .await
    .unwrap_or_else(|error| {
        panic!(
            "{table} has no row of {workspace}; add one to tests/system/migrations/data: {error}"
        )
    })
}

/// The statement that adds a row given as JSON; a generated column makes itself.
async fn insert(database: &Database, table: &str) -> String {
    let columns: String = sqlx::query_scalar(
        "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'",
    )
    .bind(table)
    .fetch_one(&database.owner)
    .await
    .expect("the catalogue");
    format!(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
         SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1)"
    )
}

#[tokio::test]
async fn a_tenant_does_not_outlast_its_transaction() {
    let database = database_with_history().await;
    // One connection, so the next user gets the one that was just used.
    let db = Db::connect_lazy(database.server(), 1);
    let team = WorkspaceId::parse("T1").expect("a team id");
    let people = "SELECT count(*) FROM person";
    for end in ["commit", "rollback", "drop"] {
        let mut tx = db
            .begin(&team, "2026-03-02T09:00:00Z".parse().expect("a time"))
            .await
            .expect("a transaction");
        let seen: i64 = sqlx::query_scalar(people)
            .fetch_one(tx.conn())
            .await
            .expect("readable");
        assert_eq!(seen, 4);
        match end {
            "commit" => tx.commit().await.expect("committed"),
            "rollback" => tx.rollback().await.expect("taken back"),
            _ => drop(tx),
        }
        let seen: i64 = sqlx::query_scalar(people)
            .fetch_one(&db.across_workspaces().await.expect("a pool"))
            .await
            .expect("readable");
        assert_eq!(seen, 0, "after {end}");
    }
    // Whatever role the URL names, the app's connections have only this one.
    let role: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(&db.across_workspaces().await.expect("a pool"))
        .await
        .expect("readable");
    assert_eq!(role, "timeoff_app");
    db.close().await;
}

#[tokio::test]
async fn the_audit_log_is_never_changed_even_by_its_owner() {
    let database = database_with_history().await;
    let mut owner = PgConnection::connect(&database.url)
        .await
        .expect("PostgreSQL answers");
    let error = owner
        .execute("UPDATE audit_log SET actor = 'nobody'")
        .await
        .expect_err("append-only");
    assert!(error.to_string().contains("append-only"), "{error}");
}
