//! The database: one pool, and transactions that belong to one workspace.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, Postgres, Transaction};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use super::ids::WorkspaceId;

/// The schema's history, compiled in. See `docs/design.md` for the rule of compatible changes.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// A pool of connections that all work as the role `timeoff_app`.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
}

impl Db {
    /// Opens a pool of at most `connections`; the first connection is made on first use.
    /// Whatever role the URL names, every connection becomes `timeoff_app`, which row-level
    /// security binds.
    pub fn connect_lazy(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(url)?.application_name("timeoff");
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("SET ROLE timeoff_app").await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    /// Tries the database once, for a command that wants to say at once what is wrong with it.
    pub async fn check(url: &str) -> Result<(), CheckError> {
        let mut connection = PgConnection::connect(url).await?;
        let applied: Result<Option<i64>, _> =
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
                .fetch_one(&mut connection)
                .await;
        connection.close().await?;
        let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
        match applied {
            Ok(applied) if applied < newest => Err(CheckError::NotMigrated),
            Ok(_) => Ok(()),
            Err(error) => match error.as_database_error().and_then(DatabaseError::code) {
                Some(code) if code == "42P01" => Err(CheckError::NotMigrated),
                // The table belongs to the role that migrates; this role may not look.
                Some(code) if code == "42501" => Ok(()),
                _ => Err(error.into()),
            },
        }
    }

    /// Brings the schema up to date, as the role of the URL, which must own it.
    pub async fn migrate(url: &str) -> Result<(), MigrateError> {
        let mut connection = PgConnection::connect(url).await?;
        MIGRATIONS.run(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Begins a transaction that sees `workspace` and nothing else.
    pub async fn begin(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
    ) -> Result<TenantTx, sqlx::Error> {
        // One round trip. The id cannot hold anything but capitals, digits and underscores.
        let begin = AssertSqlSafe(format!(
            "BEGIN; SET LOCAL timeoff.workspace = '{workspace}'"
        ));
        let span = span();
        let tx = self.pool.begin_with(begin).instrument(span.clone()).await?;
        Ok(TenantTx {
            tx,
            span,
            workspace: workspace.clone(),
            now,
        })
    }

    /// The pool itself, for the few calls that look across workspaces through the
    /// functions of the first migration.
    pub fn across_workspaces(&self) -> &PgPool {
        &self.pool
    }

    /// Closes the connections once their work is done.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The database is not ready for a command.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It could not be reached or refused the role.
    #[error("cannot reach the database: {0}")]
    Connect(#[from] sqlx::Error),
    /// It is empty, or older than this version.
    #[error("The database is not up to date. Run `timeoff migrate` first.")]
    NotMigrated,
}

/// The schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database could not be reached or refused the role.
    #[error("cannot reach the database: {0}")]
    Connect(#[from] sqlx::Error),
    /// A migration failed, or the database holds one that this version does not know.
    #[error("cannot migrate the database: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// A transaction of one workspace. Every store function takes it, none takes the pool,
/// so that no query can forget its tenant.
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    // Ends with the transaction.
    span: Span,
    workspace: WorkspaceId,
    now: Timestamp,
}

impl TenantTx {
    /// The connection, for a query.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// The workspace that this transaction sees.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// The instant that the transaction's rows carry.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Marks the point that [`TenantTx::rollback_to_savepoint`] returns to.
    pub async fn savepoint(&mut self) -> Result<(), sqlx::Error> {
        self.conn().execute("SAVEPOINT before").await.map(drop)
    }

    /// Takes back the changes since [`TenantTx::savepoint`]; the transaction goes on.
    pub async fn rollback_to_savepoint(&mut self) -> Result<(), sqlx::Error> {
        self.conn()
            .execute("ROLLBACK TO SAVEPOINT before")
            .await
            .map(drop)
    }

    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await?;
        self.span.record("outcome", "committed");
        Ok(())
    }

    /// Takes the changes back. Dropping does the same, but later.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.tx.rollback().await?;
        self.span.record("outcome", "rolled back");
        Ok(())
    }
}

/// A transaction as part of the request or job that it belongs to; by itself it is none of the
/// traces.
fn span() -> Span {
    if Span::current().is_none() {
        return Span::none();
    }
    info_span!(
        "transaction",
        otel.kind = "client",
        db.system.name = "postgresql",
        outcome = Empty,
    )
}

/// Whether the database refused a row because of the named unique index or constraint.
pub fn violates(error: &sqlx::Error, constraint_prefix: &str) -> bool {
    error
        .as_database_error()
        .filter(|e| e.is_unique_violation())
        .and_then(|e| e.constraint())
        .is_some_and(|name| name.starts_with(constraint_prefix))
}
