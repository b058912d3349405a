//! New migrations leave the released version working: it serves requests while they run, and again
//! after a rollback. The rule, and what this cannot see, is in `docs/migrations.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;
use sqlx::{AssertSqlSafe, Column, Either, Executor, PgPool, SqlSafeStr, Statement, TypeInfo};
use timeoff::platform::db::MIGRATIONS;

use crate::support::Database;

/// What the released version asks of the database; written by `scripts/note-release`.
#[derive(Deserialize)]
struct Release {
    /// Its newest migration.
    migration: i64,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Query {
    #[serde(rename = "query")]
    statement: String,
    /// Types, in the words of `.sqlx`.
    parameters: Vec<String>,
    /// Name and type.
    columns: Vec<(String, String)>,
}

fn released() -> Release {
    serde_json::from_str(include_str!("released.json")).expect("what scripts/note-release wrote")
}

/// Something that a running version may rely on; the columns of `schema.sql`.
struct Thing {
    detail: String,
    relation: Option<String>,
    columns: BTreeSet<String>,
    tightens: bool,
}

type Schema = BTreeMap<String, Thing>;

type Line = (String, String, Option<String>, Vec<String>, bool);

async fn schema(owner: &PgPool) -> Schema {
    let lines: Vec<Line> = sqlx::query_as(include_str!("schema.sql"))
        .fetch_all(owner)
        .await
        .expect("the catalogue");
    lines
        .into_iter()
        .map(|(name, detail, relation, columns, tightens)| {
            let columns = columns.into_iter().collect();
            let thing = Thing {
                detail,
                relation,
                columns,
                tightens,
            };
            (name, thing)
        })
        .collect()
}

/// What a version that relies on `before` may trip over in `after`.
fn contractions(before: &Schema, after: &Schema) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (name, thing) in before.iter().filter(|(_, thing)| !thing.tightens) {
        match after.get(name) {
            None => drop(all.insert(format!("drops {name}"))),
            Some(now) if now.detail != thing.detail => drop(all.insert(format!("changes {name}"))),
            Some(_) => {}
        }
    }
    for (name, thing) in after.iter().filter(|(_, thing)| thing.tightens) {
        let verb = match before.get(name) {
            None if restricts(before, name, thing) => "adds",
            Some(old) if old.detail != thing.detail => "changes",
            _ => continue,
        };
        all.insert(format!("{verb} {name}"));
    }
    all
}

/// Whether a new restriction holds for rows as the version before writes them: it knows the table,
/// and the columns that it does not know are left to their defaults.
fn restricts(before: &Schema, name: &str, thing: &Thing) -> bool {
    let Some(relation) = &thing.relation else {
        return true;
    };
    if !before.contains_key(&format!("table {relation}")) {
        return false;
    }
    let known = |column: &String| before.contains_key(&format!("column {relation}.{column}"));
    if name.starts_with("value for column") {
        true
    } else if thing.detail.starts_with("CHECK") {
        thing.columns.iter().any(known)
    } else {
        thing.columns.iter().all(known)
    }
}

/// What unreleased migrations say of themselves: `-- Contracts: WHAT: why the released version can
/// live with it`.
fn declared<'a>(migrations: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    migrations
        .flat_map(str::lines)
        .filter_map(|line| line.trim().strip_prefix("-- Contracts: "))
        .map(|line| {
            let (what, why) = line.split_once(": ").unwrap_or((line, ""));
            assert!(
                why.len() > 10,
                "say why the released version can live with it: {line}"
            );
            what.to_owned()
        })
        .collect()
}

/// Queries of the released version that the schema cannot answer any more, or answers otherwise.
async fn broken(owner: &PgPool, queries: &[Query]) -> String {
    let mut broken = String::new();
    let mut connection = owner.acquire().await.expect("a connection");
    for query in queries {
        let text = AssertSqlSafe(query.statement.clone()).into_sql_str();
        let problem = match (&mut *connection).prepare(text).await {
            Ok(statement) => {
                let parameters: Vec<String> = match statement.parameters() {
                    Some(Either::Left(types)) => {
                        types.iter().map(|it| it.name().to_owned()).collect()
                    }
                    _ => Vec::new(),
                };
                let columns: Vec<(String, String)> = statement
                    .columns()
                    .iter()
                    .map(|it| (it.name().to_owned(), it.type_info().name().to_owned()))
                    .collect();
                let wanted = query
                    .columns
                    .iter()
                    .map(|(name, kind)| (name.clone(), in_sql(kind)));
                if parameters
                    != query
                        .parameters
                        .iter()
                        .map(|it| in_sql(it))
                        .collect::<Vec<_>>()
                {
                    format!("it takes {parameters:?} now")
                } else if columns != wanted.collect::<Vec<_>>() {
                    format!("it answers {columns:?} now")
                } else {
                    continue;
                }
            }
            Err(error) => error.to_string(),
        };
        let _ = writeln!(broken, "{problem}\n    {}", query.statement.trim());
    }
    broken
}

/// `Int8Array` of `.sqlx` is `INT8[]` in SQL.
fn in_sql(kind: &str) -> String {
    match kind.strip_suffix("Array") {
        Some(element) => format!("{}[]", element.to_uppercase()),
        None => kind.to_uppercase(),
    }
}

async fn released_schema(released: &Release) -> Database {
    let database = Database::empty().await;
    MIGRATIONS
        .run_to(released.migration, &database.owner)
        .await
        .expect("the released migrations apply");
    database
}

#[tokio::test]
async fn queries_of_the_released_version_work_on_the_new_schema() {
    let database = Database::migrated().await;
    let broken = broken(&database.owner, &released().queries).await;
    assert!(
        broken.is_empty(),
        "The released version would fail while this is deployed. First release a version without these queries, \
         then run scripts/note-release, then change the schema (docs/migrations.md):\n{broken}"
    );
}

#[tokio::test]
async fn new_migrations_take_away_only_what_they_say() {
    let released = released();
    let (old, new) = (released_schema(&released).await, Database::migrated().await);
    let found = contractions(&schema(&old.owner).await, &schema(&new.owner).await);
    let unreleased = MIGRATIONS
        .iter()
        .filter(|migration| migration.version > released.migration);
    let declared = declared(unreleased.map(|migration| migration.sql.as_str()));
    assert_eq!(
        found, declared,
        "\nLeft: what migrations since {:04} take away from the released version, or forbid it. Right: what they declare, as\n\
         -- Contracts: drops column a.b: why the released version can live with it\n\
         (docs/migrations.md says when it can)",
        released.migration
    );
}

/// The released schema after some statements: what they take away, and which queries break.
async fn after(statements: &str) -> (BTreeSet<String>, usize) {
    let released = released();
    let database = released_schema(&released).await;
    let before = schema(&database.owner).await;
    database
        .owner
        .execute(AssertSqlSafe(statements.to_owned()))
        .await
        .unwrap_or_else(|error| panic!("{statements}: {error}"));
    let found = contractions(&before, &schema(&database.owner).await);
    let broken = broken(&database.owner, &released.queries).await;
    (found, broken.matches("\n    ").count())
}

#[tokio::test]
async fn whatever_the_released_version_would_trip_over_is_found() {
    for (statements, expected) in [
        ("DROP TABLE service_skip", "drops table service_skip"),
        (
            "ALTER TABLE service_skip RENAME TO left_out",
            "drops table service_skip",
        ),
        (
            "ALTER TABLE person DROP COLUMN team",
            "drops column person.team",
        ),
        (
            "ALTER TABLE person RENAME COLUMN team TO squad",
            "drops column person.team",
        ),
        (
            "ALTER TABLE leave_record ALTER COLUMN minutes TYPE bigint",
            "changes column leave_record.minutes",
        ),
        (
            "DROP FUNCTION forget_old",
            "drops function forget_old(seen_before timestamp with time zone, jobs_before timestamp with time zone)",
        ),
        (
            "DROP FUNCTION workspace_ids; CREATE FUNCTION workspace_ids() RETURNS SETOF bigint LANGUAGE sql AS 'SELECT 1'",
            "changes function workspace_ids()",
        ),
    ] {
        let (found, broken) = after(statements).await;
        assert!(found.contains(expected), "{statements}: {found:?}");
        assert!(broken > 0, "{statements} breaks no query");
    }
}

/// PostgreSQL would prepare every query as before, and refuse rows or rights when they run.
#[tokio::test]
async fn what_the_released_version_would_be_refused_is_found() {
    for (statements, expected) in [
        (
            "ALTER TABLE person ALTER COLUMN team SET NOT NULL",
            "changes column person.team",
        ),
        (
            "ALTER TABLE person ALTER COLUMN name DROP NOT NULL",
            "changes column person.name",
        ),
        (
            "ALTER TABLE person ADD COLUMN grade text NOT NULL",
            "adds value for column person.grade in every INSERT",
        ),
        (
            "ALTER TABLE job ALTER COLUMN state DROP DEFAULT",
            "adds value for column job.state in every INSERT",
        ),
        (
            "ALTER TABLE person ADD CONSTRAINT named CHECK (name <> '')",
            "adds constraint named on person",
        ),
        (
            "ALTER TABLE person ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
            "adds constraint named on person",
        ),
        (
            "CREATE UNIQUE INDEX one_email ON person (workspace_id, email)",
            "adds uniqueness by one_email",
        ),
        (
            "DROP INDEX job_lane_runs_one",
            "drops unique index job_lane_runs_one",
        ),
        (
            "CREATE TRIGGER frozen BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "adds trigger frozen on person",
        ),
        (
            "DROP POLICY own_workspace ON person",
            "drops policy own_workspace on person",
        ),
        (
            "REVOKE UPDATE ON person FROM timeoff_app",
            "drops right to UPDATE person",
        ),
        (
            "REVOKE EXECUTE ON FUNCTION workspace_ids FROM timeoff_app",
            "drops right to EXECUTE workspace_ids()",
        ),
    ] {
        let (found, _) = after(statements).await;
        assert!(found.contains(expected), "{statements}: {found:?}");
    }
}

#[tokio::test]
async fn what_only_adds_is_not_a_contraction() {
    for statements in [
        "CREATE TABLE extra (id bigint PRIMARY KEY, name text NOT NULL UNIQUE CHECK (name <> ''))",
        "ALTER TABLE person ADD COLUMN grade text",
        "ALTER TABLE person ADD COLUMN grade text NOT NULL DEFAULT 'none' CHECK (grade <> '')",
        "ALTER TABLE person ADD COLUMN badge bigint UNIQUE",
        "CREATE INDEX person_email ON person (workspace_id, email)",
        "CREATE FUNCTION claim_job(how_many integer) RETURNS SETOF job LANGUAGE sql AS 'SELECT * FROM job LIMIT how_many'",
        "ALTER TABLE pending_action DROP CONSTRAINT pending_action_reason_check",
        "ALTER TABLE person ALTER COLUMN is_admin SET DEFAULT true",
    ] {
        let (found, broken) = after(statements).await;
        assert!(
            found.is_empty() && broken == 0,
            "{statements}: {found:?}, {broken} queries"
        );
    }
}

#[test]
fn a_contraction_is_declared_with_its_reason() {
    let migration = "-- Roles.\n-- Contracts: drops column person.team: nothing reads it since 0007\nALTER TABLE person DROP COLUMN team;\n";
    let declared = declared([migration].into_iter());
    assert_eq!(
        declared,
        BTreeSet::from(["drops column person.team".to_owned()])
    );
}
