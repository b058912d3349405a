//! The simulated RDS in front of a real PostgreSQL (`TEST_DATABASE_URL`), with a real client and
//! the tokens of AWS's own signer.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

use std::str::FromStr;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_rds::auth_token::{AuthTokenGenerator, Config};
use aws_sdk_rds::config::Credentials;
use jiff::{SignedDuration, Timestamp};
use simulators::Clock;
use simulators::rds::{RdsConfig, RdsSim, TokensSeen};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{Connection, Error, Executor, Row};
use tokio::time::timeout;

const KEY: &str = "ASIAPRETENDED0000000";
const SECRET: &str = "pretended/secret+access/key";
const SESSION: &str = "pretended//session+token==";

struct House {
    rds: RdsSim,
    clock: Clock,
    database: String,
}

impl House {
    async fn new() -> Self {
        let url = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names a PostgreSQL");
        let server = PgConnectOptions::from_str(&url).unwrap();
        let clock = Clock::manual(Timestamp::now());
        let mut config = RdsConfig::new(format!("{}:{}", server.get_host(), server.get_port()));
        config.clock = clock.clone();
        let rds = RdsSim::start(config).await.unwrap();
        rds.add_access_key(KEY, SECRET, Some(SESSION));
        rds.add_iam_user("timeoff_api", server.get_username());
        rds.add_password_user("timeoff_owner", "first", server.get_username());
        let database = server.get_database().unwrap().to_owned();
        Self {
            rds,
            clock,
            database,
        }
    }

    fn options(&self, user: &str, password: &str) -> PgConnectOptions {
        PgConnectOptions::new()
            .host(self.rds.host())
            .port(self.rds.port())
            .database(&self.database)
            .username(user)
            .password(password)
            .application_name("a test of the simulators")
            .ssl_mode(PgSslMode::VerifyFull)
            .ssl_root_cert_from_pem(self.rds.ca_pem().as_bytes().to_vec())
    }

    async fn connect(&self, user: &str, password: &str) -> Result<PgConnection, Error> {
        PgConnection::connect_with(&self.options(user, password)).await
    }

    /// As the owner.
    async fn connected(&self) -> PgConnection {
        self.connect("timeoff_owner", "first").await.unwrap()
    }

    async fn token(&self, user: &str) -> String {
        self.token_with(
            user,
            Credentials::new(KEY, SECRET, Some(SESSION.to_owned()), None, "test"),
        )
        .await
    }

    async fn token_with(&self, user: &str, credentials: Credentials) -> String {
        let config = Config::builder()
            .hostname(self.rds.host())
            .port(self.rds.port().into())
            .username(user)
            .build()
            .unwrap();
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(credentials)
            .load()
            .await;
        let token = AuthTokenGenerator::new(config).auth_token(&sdk).await;
        token.unwrap().to_string()
    }
}

/// PostgreSQL's code and message.
fn refusal(result: Result<PgConnection, Error>) -> (String, String) {
    match result {
        Err(Error::Database(error)) => (
            error.code().unwrap_or_default().into_owned(),
            error.message().to_owned(),
        ),
        Err(error) => panic!("not PostgreSQL's refusal: {error}"),
        Ok(_) => panic!("connected"),
    }
}

async fn works(connection: &mut PgConnection) -> bool {
    let row = connection.fetch_one("select 6 * 7 as answer").await;
    row.is_ok_and(|row| row.get::<i32, _>("answer") == 42)
}

#[tokio::test]
async fn lets_in_with_a_token_of_the_real_signer() {
    let house = House::new().await;
    let token = house.token("timeoff_api").await;
    let mut connection = house.connect("timeoff_api", &token).await.unwrap();
    assert!(works(&mut connection).await);
    let row = connection
        .fetch_one("select current_database()::text, current_setting('application_name')")
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>(0), house.database);
    assert_eq!(row.get::<String, _>(1), "a test of the simulators");

    let again = house.connect("timeoff_api", &token).await.unwrap();
    let seen = TokensSeen {
        presented: 2,
        distinct: 1,
        accepted: 2,
    };
    assert_eq!(house.rds.tokens_seen(), seen);
    assert_eq!(house.rds.connections(), 2);
    assert_eq!(house.rds.refusals(), Vec::<String>::new());
    again.close().await.unwrap();
}

#[tokio::test]
async fn refuses_a_token_of_a_quarter_of_an_hour_ago() {
    let house = House::new().await;
    let token = house.token("timeoff_api").await;
    house.clock.advance(SignedDuration::from_mins(16));
    let (code, message) = refusal(house.connect("timeoff_api", &token).await);
    assert_eq!(code, "28000");
    assert_eq!(
        message,
        "PAM authentication failed for user \"timeoff_api\""
    );
    let refusals = house.rds.refusals();
    assert!(refusals[0].contains("it has expired"), "{refusals:?}");
}

#[tokio::test]
async fn refuses_the_tokens_of_others() {
    let house = House::new().await;
    house.rds.add_iam_user("timeoff_schedule", "postgres");
    let other = house.token("timeoff_schedule").await;
    let stranger = Credentials::new("AKIASTRANGER", SECRET, None, None, "test");
    let stranger = house.token_with("timeoff_api", stranger).await;
    let guessed = Credentials::new(KEY, "guessed", Some(SESSION.to_owned()), None, "test");
    let guessed = house.token_with("timeoff_api", guessed).await;
    let old = Credentials::new(KEY, SECRET, Some("old".to_owned()), None, "test");
    let old = house.token_with("timeoff_api", old).await;
    for token in [&other, &stranger, &guessed, &old, "a password"] {
        let (_, message) = refusal(house.connect("timeoff_api", token).await);
        assert_eq!(
            message,
            "PAM authentication failed for user \"timeoff_api\""
        );
    }
    insta::assert_snapshot!(house.rds.refusals().join("\n"), @r"
    timeoff_api: the token: DBUser is timeoff_schedule, not timeoff_api
    timeoff_api: the token: the access key AKIASTRANGER is unknown
    timeoff_api: the token: its signature is wrong
    timeoff_api: the token: its session token is not the key's
    timeoff_api: the token: it is no URL of the form host:port/?…
    ");
}

#[tokio::test]
async fn knows_passwords_and_their_changes() {
    let house = House::new().await;
    let mut connection = house.connected().await;
    assert!(house.rds.set_password("timeoff_owner", "second"));
    assert!(!house.rds.set_password("timeoff_api", "second"));
    assert!(works(&mut connection).await, "who is in stays in");

    let (code, message) = refusal(house.connect("timeoff_owner", "first").await);
    assert_eq!(code, "28P01");
    assert_eq!(
        message,
        "password authentication failed for user \"timeoff_owner\""
    );
    assert!(house.connect("timeoff_owner", "second").await.is_ok());
    let (code, _) = refusal(house.connect("nobody", "second").await);
    assert_eq!(code, "28P01");
}

#[tokio::test]
async fn demands_tls() {
    let house = House::new().await;
    let plain = house
        .options("timeoff_owner", "first")
        .ssl_mode(PgSslMode::Disable);
    let (code, message) = refusal(PgConnection::connect_with(&plain).await);
    assert_eq!(code, "28000");
    let expected = format!(
        "no pg_hba.conf entry for host \"127.0.0.1\", user \"timeoff_owner\", database \"{}\", no encryption",
        house.database
    );
    assert_eq!(message, expected);
}

#[tokio::test]
async fn has_a_certificate_that_is_checked() {
    let house = House::new().await;
    let other = House::new().await;
    let strange = house
        .options("timeoff_owner", "first")
        .ssl_root_cert_from_pem(other.rds.ca_pem().as_bytes().to_vec());
    let error = PgConnection::connect_with(&strange).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");

    let elsewhere = house.options("timeoff_owner", "first").host("127.0.0.1");
    let error = PgConnection::connect_with(&elsewhere).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn hands_on_what_postgresql_refuses() {
    let house = House::new().await;
    let nowhere = house
        .options("timeoff_owner", "first")
        .database("no_such_database");
    let (code, message) = refusal(PgConnection::connect_with(&nowhere).await);
    assert_eq!(code, "3D000");
    assert_eq!(message, "database \"no_such_database\" does not exist");
}

#[tokio::test]
async fn cuts_what_is_open() {
    let house = House::new().await;
    let mut connection = house.connected().await;
    house.rds.cut_all();
    assert!(!works(&mut connection).await);
    assert!(works(&mut house.connected().await).await);
}

#[tokio::test]
async fn stalls_what_is_open() {
    let house = House::new().await;
    let mut connection = house.connected().await;
    house.rds.stall_all();
    let waited = timeout(Duration::from_millis(300), works(&mut connection)).await;
    assert!(waited.is_err(), "a stalled connection has answered");
    assert_eq!(house.rds.connections(), 1, "the stalled one is still open");
    assert!(works(&mut house.connected().await).await);
    house.rds.cut_all();
    assert!(!works(&mut connection).await);
}

#[tokio::test]
async fn refuses_and_ignores() {
    let house = House::new().await;
    let mut connection = house.connected().await;
    house.rds.refuse(true);
    let error = house.connect("timeoff_owner", "first").await.unwrap_err();
    assert!(matches!(error, Error::Io(_) | Error::Tls(_)), "{error}");
    assert!(works(&mut connection).await);
    house.rds.refuse(false);
    assert!(house.connect("timeoff_owner", "first").await.is_ok());

    house.rds.ignore(true);
    let hung = house.connect("timeoff_owner", "first");
    assert!(timeout(Duration::from_millis(300), hung).await.is_err());
    house.rds.ignore(false);
    assert!(house.connect("timeoff_owner", "first").await.is_ok());
}
