//! The database: one pool, and transactions that belong to one workspace.

mod logins;
mod relay;
mod server;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::error::DatabaseError;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Postgres, Transaction};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info, info_span};

pub use logins::{LOGINS, make_logins};
pub use server::{AskAgain, Server};

use super::ids::WorkspaceId;

/// The schema's history, compiled in. See `docs/migrations.md` for the rule of compatible changes.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// A connection that does not answer for so long is taken for dead.
const SIGN_OF_LIFE: Duration = Duration::from_millis(300);
/// What to log in with is renewed when it is this old, even if no connection seems to be needed.
const LOGIN_AGE: Duration = Duration::from_mins(5);
/// A new connection takes no longer than this, or there is none.
const CONNECT: Duration = Duration::from_secs(10);

/// Connections that all work as the role `timeoff_app`.
#[derive(Clone)]
pub struct Db {
    server: Server,
    connections: u32,
    pool: Arc<Mutex<Pool>>,
}

struct Pool {
    connections: PgPool,
    /// Tells pools apart.
    number: u64,
    /// When what it logs in with was made; `None`: not yet.
    login: Option<Instant>,
    /// Whether a connection may have died unseen, while the process was frozen.
    doubted: bool,
    /// Whether there has been a connection.
    connected: bool,
}

impl Db {
    /// Opens a pool of at most `connections`; the first connection is made on first use.
    /// Whatever user the server is asked as, every connection becomes `timeoff_app`, which
    /// row-level security binds.
    pub fn connect_lazy(server: Server, connections: u32) -> Self {
        let pool = Pool {
            connections: open(server.base(), connections),
            number: 0,
            login: None,
            doubted: false,
            connected: false,
        };
        Self {
            server,
            connections,
            pool: Arc::new(Mutex::new(pool)),
        }
    }

    /// Tries the database once, for a command that wants to say at once what is wrong with it.
    pub async fn check(server: &Server) -> Result<(), CheckError> {
        let mut connection = server.options().await?.connect().await?;
        let applied = applied(&mut connection).await;
        connection.close().await?;
        match applied {
            Ok(applied) if applied < newest() => Err(CheckError::NotMigrated),
            Ok(_) => Ok(()),
            // The table belongs to the role that migrates; this role may not look.
            Err(error) if has_code(&error, "42501") => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Brings the schema up to date, as the server's user, who must own it. Returns the versions
    /// that were new.
    pub async fn migrate(server: &Server) -> Result<Vec<i64>, MigrateError> {
        let mut connection = server.options().await?.connect().await?;
        let before = applied(&mut connection).await?;
        // A newer version may have been here and gone again: its schema serves this one too.
        let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().cloned().collect());
        migrator.set_ignore_missing(true);
        migrator.run(&mut connection).await?;
        connection.close().await?;
        let versions = MIGRATIONS.iter().map(|migration| migration.version);
        Ok(versions.filter(|version| Some(*version) > before).collect())
    }

    /// Whether the schema is that of this version or newer.
    pub async fn is_migrated(&self) -> Result<bool, sqlx::Error> {
        let pool = self.across_workspaces().await?;
        let applied = sqlx::query_scalar!(r#"SELECT schema_version() AS "version!""#)
            .fetch_one(&pool)
            .await;
        match applied {
            Ok(applied) => Ok(Some(applied) >= newest()),
            // Older than the function that is asked.
            Err(error) if has_code(&error, "42883") => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes the first connection, so that the first request finds it.
    pub async fn warm_up(&self) -> Result<(), sqlx::Error> {
        self.across_workspaces().await?.acquire().await.map(drop)
    }

    /// To be called after the process may have been frozen: a connection that died meanwhile is
    /// replaced when one is next asked for, whatever became of it.
    pub fn after_freeze(&self) {
        self.lock().doubted = true;
    }

    /// Whether the connection may have died unseen. Who is told so finds out. The first one while
    /// it is still being made is not meant: that may take its time.
    fn doubts(&self) -> bool {
        let mut held = self.lock();
        held.connected |= held.connections.num_idle() > 0;
        std::mem::take(&mut held.doubted) && held.connected
    }

    /// Does what only a living connection can do, or makes a new one for the next try.
    async fn sign_of_life<T>(
        &self,
        number: u64,
        sign: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Option<T> {
        let sign = tokio::time::timeout(SIGN_OF_LIFE, sign).await;
        if let Ok(Ok(sign)) = sign {
            return Some(sign);
        }
        info!("the connection to the database was lost; making a new one");
        self.start_anew(number);
        None
    }

    /// The pool, with what to log in with up to date.
    async fn ready(&self) -> Result<PgPool, sqlx::Error> {
        let (pool, _) = self.current();
        if self.server.login_ages() {
            let age = self.lock().login.map(|made| made.elapsed());
            let connects = pool.num_idle() == 0 && pool.size() < self.connections;
            if connects || age.is_none_or(|age| age > LOGIN_AGE) {
                pool.set_connect_options(self.server.options().await?);
                self.lock().login = Some(Instant::now());
            }
        }
        Ok(pool)
    }

    /// Whether what failed before anything was done is worth a second try.
    async fn may_heal(&self, error: &sqlx::Error) -> bool {
        match error {
            sqlx::Error::Io(_) => true,
            // The server is shutting down, or handed over to another.
            _ if ["57P01", "57P02", "57P03"]
                .iter()
                .any(|code| has_code(error, code)) =>
            {
                true
            }
            _ if has_code(error, "28P01") => self.server.ask_again().await,
            _ => false,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> (PgPool, u64) {
        let held = self.lock();
        (held.connections.clone(), held.number)
    }

    /// Leaves a pool and what is stuck in it behind, unless somebody else did already.
    fn start_anew(&self, number: u64) {
        let mut held = self.lock();
        if held.number != number {
            return;
        }
        let new = open(self.server.base(), self.connections);
        let old = std::mem::replace(&mut held.connections, new);
        held.number += 1;
        held.login = None;
        held.connected = false;
        drop(held);
        // Closing may wait for a connection that never answers.
        tokio::spawn(async move { old.close().await });
    }

    /// Begins a transaction that sees `workspace` and nothing else.
    pub async fn begin(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
    ) -> Result<TenantTx, sqlx::Error> {
        // One round trip. The id cannot hold anything but capitals, digits and underscores.
        let begin = format!("BEGIN; SET LOCAL timeoff.workspace = '{workspace}'");
        let span = span();
        let mut first = true;
        loop {
            let pool = self.ready().await?;
            let begun = pool.begin_with(AssertSqlSafe(begin.clone()));
            // Boxed: it would be twice in the future of every caller.
            let begun = Box::pin(begun.instrument(span.clone()));
            let begun = if self.doubts() {
                // Nothing is lost with it, so it is a sign of life as good as any.
                match self.sign_of_life(self.current().1, begun).await {
                    Some(tx) => Ok(tx),
                    None => continue,
                }
            } else {
                begun.await
            };
            match begun {
                Ok(tx) => {
                    self.lock().connected = true;
                    return Ok(TenantTx {
                        tx,
                        span,
                        workspace: workspace.clone(),
                        now,
                    });
                }
                Err(error) if first && self.may_heal(&error).await => first = false,
                Err(error) => return Err(error),
            }
        }
    }

    /// The pool itself, for the few calls that look across workspaces through the
    /// functions of the migrations.
    pub async fn across_workspaces(&self) -> Result<PgPool, sqlx::Error> {
        let (pool, number) = self.current();
        if self.doubts() {
            let ping = async { pool.acquire().await?.ping().await };
            self.sign_of_life(number, Box::pin(ping)).await;
        }
        self.ready().await
    }

    /// Closes the connections once their work is done.
    pub async fn close(&self) {
        self.current().0.close().await;
    }
}

fn open(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT)
        // Among several any may have died; a single one is looked after by `begin` and
        // `after_freeze`, without a round trip each time, and stays as long as it lives.
        .test_before_acquire(connections > 1)
        .idle_timeout((connections > 1).then_some(Duration::from_mins(10)))
        .max_lifetime((connections > 1).then_some(Duration::from_mins(30)))
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("SET ROLE timeoff_app").await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}

fn newest() -> Option<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).max()
}

/// The newest migration that a database has.
async fn applied(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let applied = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(connection)
        .await;
    match applied {
        // A database without the table is an empty one.
        Err(error) if has_code(&error, "42P01") => Ok(None),
        result => result,
    }
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    let found = error.as_database_error().and_then(DatabaseError::code);
    found.is_some_and(|found| found == code)
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
    /// A migration failed, or differs from the one that the database has.
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
