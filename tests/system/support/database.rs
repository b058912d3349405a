//! A fresh database for each test, copied from one that is migrated once.

use sqlx::{Connection, Executor, PgConnection, PgPool};
use timeoff::platform::db::{Db, MIGRATIONS, Server};

/// A database of this test alone.
pub struct Database {
    pub url: String,
    pub owner: PgPool,
}

/// The server that `scripts/test` starts.
pub fn server() -> String {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL is set by ./scripts/test: the tests need its PostgreSQL")
}

fn on_server(name: &str) -> String {
    let server = server();
    let (base, _) = server
        .rsplit_once('/')
        .expect("TEST_DATABASE_URL ends with a database name");
    format!("{base}/{name}")
}

impl Database {
    /// A migrated, empty database.
    pub async fn migrated() -> Self {
        Self::copy_of(&template().await).await
    }

    /// A database without any table.
    pub async fn empty() -> Self {
        Self::copy_of("template0").await
    }

    async fn copy_of(template: &str) -> Self {
        let name = format!("t_{}_{:08x}", std::process::id(), rand_suffix());
        let mut server = PgConnection::connect(&server())
            .await
            .expect("PostgreSQL answers");
        server
            .execute(sqlx::AssertSqlSafe(format!(
                "CREATE DATABASE {name} TEMPLATE {template}"
            )))
            .await
            .expect("a copy of the template");
        let url = on_server(&name);
        let owner = PgPool::connect_lazy(&url).expect("a valid URL");
        Self { url, owner }
    }

    /// Its name within the server.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().expect("a name")
    }

    /// Where to connect to, for code that asks for a server.
    pub fn server(&self) -> Server {
        Server::from_url(&self.url).expect("a valid URL")
    }
}

fn rand_suffix() -> u32 {
    use std::hash::{BuildHasher, RandomState};
    u32::try_from(RandomState::new().hash_one(0) & 0xffff_ffff).expect("32 bits")
}

/// The name of a migrated database to copy; made by whichever test process comes first.
async fn template() -> String {
    let version: String = MIGRATIONS
        .iter()
        .flat_map(|migration| &migration.checksum[..2])
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
    let name = format!("template_{version}");
    let mut server = PgConnection::connect(&server())
        .await
        .expect("PostgreSQL answers");
    server
        .execute("SELECT pg_advisory_lock(7250)")
        .await
        .expect("a lock");
    let there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)",
    )
    .bind(&name)
    .fetch_one(&mut server)
    .await
    .expect("the catalogue");
    if !there {
        server
            .execute(sqlx::AssertSqlSafe(format!(
                "DROP DATABASE IF EXISTS {name}"
            )))
            .await
            .expect("a half-made template goes");
        server
            .execute(sqlx::AssertSqlSafe(format!(
                "CREATE DATABASE {name} TEMPLATE template0"
            )))
            .await
            .expect("a database");
        Db::migrate(&Server::from_url(&on_server(&name)).expect("a valid URL"))
            .await
            .expect("migrations apply");
        server
            .execute(sqlx::AssertSqlSafe(format!(
                "ALTER DATABASE {name} IS_TEMPLATE true"
            )))
            .await
            .expect("a template");
    }
    // The lock goes with the connection.
    server.close().await.expect("closed");
    name
}
