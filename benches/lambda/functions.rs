//! The three that are measured, and what they are asked.

use std::path::{Path, PathBuf};

use aws_sdk_ssm::types::ParameterType;
use data_encoding::BASE64;
use serde_json::Value;
use simulators::lambda::FunctionConfig;

use crate::cloud::{self, Cloud};
use crate::support::TEAM;

/// Slack asks through API Gateway: a `/timeoff` that the examples also have.
const EVENT: &str = include_str!("../../events/api/command.json");
/// The authorities of Amazon RDS: whoever connects reads all of them, and so it is here.
const RDS_AUTHORITIES: &str = include_str!("../../infra/rds/global-bundle.pem");
const BOLT_PASSWORD: &str = "planted-bolt-password";

/// A function that is measured.
pub struct Candidate {
    pub name: &'static str,
    pub config: FunctionConfig,
    /// The size of what is uploaded, in bytes.
    pub package: u64,
    /// What it should have done once for each request.
    does: &'static [&'static str],
}

impl Candidate {
    /// How often it did what it should, by the database. All that it does it does equally often.
    pub async fn done(&self, cloud: &Cloud) -> Option<i64> {
        let mut done = None;
        for count in self.does {
            let counted = cloud.count(count).await;
            assert!(done.is_none_or(|done| done == counted), "{count}");
            done = Some(counted);
        }
        done
    }
}

/// The floor, timeoff, and Bolt, with all that they need.
pub async fn furnish(cloud: &Cloud) -> [Candidate; 3] {
    let home: PathBuf = std::env::var_os("TIMEOFF_BENCH_LAMBDA")
        .expect("TIMEOFF_BENCH_LAMBDA: run scripts/bench lambda")
        .into();
    let package = |name: &str| {
        let file = home.join(format!("{name}.zip"));
        std::fs::metadata(file).expect("a package").len()
    };
    let authorities = home.join("authorities.pem");
    std::fs::write(
        &authorities,
        [RDS_AUTHORITIES, cloud.rds.ca_pem()].join("\n"),
    )
    .expect("a file of certificates");
    let authorities = authorities.display().to_string();

    // One person asks everything, in one channel; nothing shall be in the way.
    cloud
        .execute("UPDATE workspace SET settings = settings || '{\"requests_per_minute\": 10000}', setup_done_at = now()")
        .await;
    let floor = FunctionConfig::new("floor", home.join("floor/bootstrap"))
        .variable("SLACK_SIGNING_SECRET", cloud.slack.signing_secret());
    let timeoff = cloud
        .api
        .config()
        .clone()
        .variable("AWS_ENDPOINT_URL", cloud::endpoint())
        .variable("DB_ROOT_CERT", &authorities);
    [
        Candidate {
            name: "floor",
            config: floor,
            package: package("floor"),
            does: &[],
        },
        Candidate {
            name: "timeoff",
            config: timeoff,
            package: package("timeoff"),
            // The form was promised, and opened after the ack.
            does: &["SELECT count(*) FROM job WHERE state = 'done' AND kind = 'leave.open_form'"],
        },
        Candidate {
            name: "Bolt",
            config: bolt(cloud, &home.join("bolt"), &authorities).await,
            package: package("bolt"),
            does: &["SELECT count(*) FROM bolt_request"],
        },
    ]
}

async fn bolt(cloud: &Cloud, home: &Path, authorities: &str) -> FunctionConfig {
    cloud
        .execute("CREATE TABLE bolt_request (trigger_id text PRIMARY KEY, user_id text NOT NULL, text text NOT NULL)")
        .await;
    cloud
        .rds
        .add_password_user("bolt", BOLT_PASSWORD, "postgres");
    let parameter = format!("{}/bolt/slack-signing-secret", cloud.path);
    aws_sdk_ssm::Client::new(&cloud::aws())
        .put_parameter()
        .name(&parameter)
        .value(cloud.slack.signing_secret())
        .r#type(ParameterType::SecureString)
        .send()
        .await
        .expect("Parameter Store answers");
    let mut config = FunctionConfig::new("bolt", home.join("runtime/bin/python"))
        .variable("AWS_ENDPOINT_URL", cloud::endpoint())
        .variable("SIGNING_SECRET_PARAMETER", parameter)
        .variable("DB_HOST", cloud.rds.host())
        .variable("DB_PORT", cloud.rds.port().to_string())
        .variable("DB_NAME", cloud.database.name())
        .variable("DB_USER", "bolt")
        .variable("DB_PASSWORD", BOLT_PASSWORD)
        .variable("DB_ROOT_CERT", authorities);
    "app.handle".clone_into(&mut config.handler);
    config.arguments = ["-m", "awslambdaric", "app.handle"]
        .map(str::to_owned)
        .to_vec();
    config.task_root = Some(home.join("package"));
    config
}

/// A `/timeoff` of Asha's, as API Gateway hands it on, signed now: each is another request.
pub fn command(cloud: &Cloud) -> Value {
    let request = cloud
        .slack
        .person(TEAM, "U_ASHA")
        .command_request("#general", "/timeoff");
    let mut event: Value = serde_json::from_str(EVENT).expect("a sample event");
    assert_eq!(event["rawPath"], *request.path);
    for (name, value) in &request.headers {
        event["headers"][name.to_lowercase()] = value.as_str().into();
    }
    event["headers"]["content-length"] = request.body.len().to_string().into();
    event["body"] = BASE64.encode(request.body.as_bytes()).into();
    event
}
