//! A deployment: both functions, their parameters, their database, and Slack.

use std::path::PathBuf;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Credentials;
use aws_sdk_ssm::types::ParameterType;
use jiff::civil::Weekday;
use jiff::{ToSpan, Zoned};
use serde_json::{Value, json};
use simulators::Cable;
use simulators::lambda::{ApiGateway, Function, FunctionConfig, Invocation, Limits};
use simulators::rds::{RdsConfig, RdsSim};
use simulators::slack::{Person, SlackSim, SlackSimConfig};
use timeoff::platform::config::STORED;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::parameters;

use crate::support::{Database, server, slack_with_people};

pub const OWNER_PASSWORD: &str = "planted-owner-password";
const ACCESS_KEY: (&str, &str, &str) = ("AKIAPLANTED", "planted-secret-key", "planted-session");

/// A deployment that is wired, with nothing started in it yet.
pub struct Cloud {
    pub slack: SlackSim,
    pub rds: RdsSim,
    pub database: Database,
    /// The way to Parameter Store.
    pub store: Cable,
    pub api: Function,
    pub schedule: Function,
    pub gateway: ApiGateway,
    /// `/timeoff/<stage>`.
    pub path: String,
    certificate: PathBuf,
}

/// What is different about a deployment.
#[derive(Default)]
pub struct Plan {
    /// Variables of both functions beside the usual ones.
    pub variables: Vec<(&'static str, String)>,
    /// How long the API function may take; as in the template without it.
    pub api_timeout: Option<Duration>,
}

impl Cloud {
    /// A deployment with nobody installed.
    pub async fn build(plan: Plan) -> Self {
        let (slack, token) = slack_with_people(SlackSimConfig {
            retry_delays: vec![Duration::ZERO; 3],
            ..SlackSimConfig::default()
        });
        slack.start().await.expect("Slack listens");
        let database = Database::empty().await;
        let upstream = url::Url::parse(&server()).expect("a URL");
        let upstream = format!(
            "{}:{}",
            upstream.host_str().expect("a host"),
            upstream.port().expect("a port")
        );
        let rds = RdsSim::start(RdsConfig::new(upstream))
            .await
            .expect("RDS listens");
        rds.add_access_key(ACCESS_KEY.0, ACCESS_KEY.1, Some(ACCESS_KEY.2));
        for user in ["timeoff_api", "timeoff_schedule"] {
            rds.add_iam_user(user, user);
        }
        rds.add_password_user("timeoff_owner", OWNER_PASSWORD, "postgres");

        let stage = database.name().replace('_', "-");
        let path = format!("/timeoff/{stage}");
        let key = Keyring::generate_key();
        let aws = aws();
        for (variable, value) in [
            ("SLACK_SIGNING_SECRET", slack.signing_secret()),
            ("SLACK_BOT_TOKEN", &token),
            ("SLACK_API_URL", &slack.api_url()),
            ("TOKEN_ENCRYPTION_KEYS", &key),
        ] {
            put(&aws, &path, variable, value).await;
        }
        put(&aws, &path, "DB_OWNER_PASSWORD", OWNER_PASSWORD).await;

        let certificate = std::env::temp_dir().join(format!("{stage}.pem"));
        std::fs::write(&certificate, rds.ca_pem()).expect("a certificate file");
        let endpoint = url::Url::parse(&endpoint()).expect("a URL");
        let store = Cable::to(format!(
            "{}:{}",
            endpoint.host_str().expect("a host"),
            endpoint.port().expect("a port")
        ))
        .await
        .expect("a free port");

        let function = |name: &str, timeout: Duration| {
            let mut config = FunctionConfig::new(
                format!("{stage}-{name}"),
                binaries().join(match name {
                    "api" => "ApiFunction/bootstrap",
                    _ => "ScheduleFunction/bootstrap",
                }),
            );
            config.limits = Limits {
                timeout,
                ..Limits::default()
            };
            config.credentials = simulators::lambda::Credentials {
                access_key_id: ACCESS_KEY.0.to_owned(),
                secret_access_key: ACCESS_KEY.1.to_owned(),
                session_token: ACCESS_KEY.2.to_owned(),
            };
            let mut config = config
                .variable("TIMEOFF_STAGE", &stage)
                .variable("TIMEOFF_SSM_PATH", format!("{path}/{name}"))
                .variable("AWS_ENDPOINT_URL", format!("http://{}", store.address()))
                .variable("DB_HOST", rds.host())
                .variable("DB_PORT", rds.port().to_string())
                .variable("DB_NAME", database.name())
                .variable("DB_USER", format!("timeoff_{name}"))
                .variable("DB_OWNER_USER", "timeoff_owner")
                .variable("DB_AUTH", "iam")
                .variable("DB_ROOT_CERT", certificate.display().to_string());
            for (variable, value) in &plan.variables {
                config = config.variable(*variable, value);
            }
            Function::new(config).expect("a function")
        };
        let api = function("api", plan.api_timeout.unwrap_or(Duration::from_mins(1)));
        let schedule = function("schedule", Duration::from_mins(2));
        let gateway = ApiGateway::start(api.clone()).await.expect("a free port");
        slack.set_app_url(gateway.url());
        Self {
            slack,
            rds,
            database,
            store,
            api,
            schedule,
            gateway,
            path,
            certificate,
        }
    }

    /// A deployment that is migrated and installed, with Ben as the approver.
    pub async fn open() -> Self {
        Self::with(Plan::default()).await
    }

    pub async fn with(plan: Plan) -> Self {
        let cloud = Self::build(plan).await;
        let migrated = cloud.asks("migrate").await;
        assert_eq!(migrated.response()["installed"], "T1", "{}", cloud.log());
        cloud.round().await;
        cloud
            .execute("UPDATE workspace SET settings = settings || '{\"approvers\": [\"U_BEN\"], \"leave_channel\": \"C_LEAVE\"}', setup_done_at = now()")
            .await;
        cloud
    }

    /// Asks the schedule function for something, as a deployment does.
    pub async fn asks(&self, command: &str) -> Invocation {
        let invocation = self.schedule.invoke(&json!({"command": command})).await;
        invocation.when_free().await;
        invocation
    }

    /// One round of the schedule.
    pub async fn round(&self) -> Value {
        let invocation = self
            .schedule
            .invoke(&json!({"version": "0", "detail-type": "Scheduled Event"}))
            .await;
        invocation.when_free().await;
        invocation.response().clone()
    }

    /// Waits until Slack and the API function are at rest; what was carried out meanwhile.
    pub async fn settle(&self) -> Vec<Invocation> {
        let mut all = Vec::new();
        loop {
            self.slack.settle().await;
            let more = self.gateway.settle().await;
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }

    /// `person` opens the form and chooses a day on which they are free.
    pub async fn fills_form(&self, person: &Person) {
        person.types("#general", "/timeoff").await;
        self.settle().await;
        person.modal().fill("First day", &free_day()).await;
        self.settle().await;
    }

    pub async fn execute(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.database.owner)
            .await
            .expect(sql);
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database.owner)
            .await
            .expect(sql)
    }

    /// Puts a secret where both functions read it, or the one that does.
    pub async fn put(&self, variable: &str, value: &str) {
        put(&aws(), &self.path, variable, value).await;
    }

    /// What both functions logged.
    pub fn log(&self) -> String {
        let lines = |function: &Function| function.log().expect("a log").join("\n");
        format!("{}\n{}", lines(&self.api), lines(&self.schedule))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // It is only a file in the temporary folder.
        let _ = std::fs::remove_file(&self.certificate);
    }
}

/// A Wednesday in two weeks or three: the functions know no other time than the present.
fn free_day() -> String {
    let today = Zoned::now().date();
    let soon = today.saturating_add(14.days());
    soon.nth_weekday(1, Weekday::Wednesday)
        .expect("a calendar does not end so soon")
        .to_string()
}

/// Where the release binaries are.
fn binaries() -> PathBuf {
    let folder = std::env::var("TIMEOFF_LAMBDA_BINARIES")
        .expect("TIMEOFF_LAMBDA_BINARIES: run `scripts/test`, or `scripts/build x86_64` and set it to .aws-sam/build");
    std::fs::canonicalize(folder).expect("the folder of the release binaries")
}

/// Where the emulated AWS is.
pub fn endpoint() -> String {
    std::env::var("TEST_AWS_ENDPOINT_URL")
        .expect("TEST_AWS_ENDPOINT_URL: run `scripts/test`, or start moto_server and set it")
}

pub fn aws() -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(aws_sdk_ssm::config::SharedCredentialsProvider::new(
            Credentials::new("test", "test", None, None, "test"),
        ))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint())
        .build()
}

async fn put(aws: &SdkConfig, path: &str, variable: &str, value: &str) {
    let stored = STORED
        .iter()
        .find(|stored| stored.variable == variable)
        .expect("a variable of Parameter Store");
    let client = Client::new(aws);
    for function in ["api", "schedule"] {
        if function == "api" && !stored.api {
            continue;
        }
        client
            .put_parameter()
            .name(format!("{path}/{function}/{}", parameters::name(variable)))
            .value(value)
            .r#type(ParameterType::SecureString)
            .overwrite(true)
            .send()
            .await
            .expect("Parameter Store answers");
    }
}
