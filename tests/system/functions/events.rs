//! The sample events, each handed to its function: under the simulated Lambda, and under the
//! emulator of `cargo lambda`.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use data_encoding::BASE64;
use insta::assert_snapshot;
use serde_json::Value;
use simulators::lambda::Function;
use tokio::net::TcpStream;

use super::cloud::{Cloud, Plan};
use crate::support::TEAM;

/// Every sample of a function, by name.
fn samples(function: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("events")
        .join(function);
    let mut samples: Vec<(String, PathBuf)> = std::fs::read_dir(&folder)
        .expect("the samples")
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            (
                path.file_stem()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                path,
            )
        })
        .collect();
    samples.sort();
    samples
}

fn read(sample: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(sample).expect("readable")).expect("JSON")
}

/// A sample as Slack would sign it now. Its people are the playground's: here they have the ids of
/// this Slack.
fn signed(cloud: &Cloud, sample: &Path) -> Value {
    let mut event = read(sample);
    if let Some(body) = event["body"].as_str() {
        let encoded = event["isBase64Encoded"] == true;
        let body = if encoded {
            String::from_utf8(BASE64.decode(body.as_bytes()).expect("base64")).expect("text")
        } else {
            body.to_owned()
        };
        let body = body
            .replace("T0LANTERN", TEAM)
            .replace("U0", "U_")
            .replace("C0", "C_");
        event["body"] = if encoded {
            BASE64.encode(body.as_bytes()).into()
        } else {
            body.into()
        };
    }
    let name = sample.file_name().expect("a name").to_string_lossy();
    let copy = std::env::temp_dir().join(format!("{}-{name}", cloud.database.name()));
    std::fs::write(&copy, event.to_string()).expect("a copy");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/sign-event");
    let output = std::process::Command::new(script)
        .arg(&copy)
        .env("SLACK_SIGNING_SECRET", cloud.slack.signing_secret())
        .output()
        .expect("scripts/sign-event runs");
    std::fs::remove_file(copy).expect("there");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

async fn answers(function: &Function, events: Vec<(String, Value)>) -> String {
    let mut answers = String::new();
    for (name, event) in events {
        let invocation = function.invoke(&event).await;
        invocation.when_free().await;
        let answer = invocation.response();
        let body = answer["body"].as_str().unwrap_or_default();
        writeln!(answers, "{name}: {} {body}", answer["statusCode"]).expect("a text grows");
    }
    answers
}

#[tokio::test]
async fn each_sample_of_the_api_is_answered() {
    let cloud = Cloud::open().await;
    // Ben approves what Asha has asked for.
    let mut all = samples("api");
    all.sort_by_key(|(name, _)| name == "approve");
    let events = all.into_iter().map(|(name, path)| {
        let event = signed(&cloud, &path);
        (name, event)
    });
    let answers = answers(&cloud.api, events.collect()).await;
    assert_snapshot!(answers, @r#"
    command: 200 
    command-with-words: 200 
    form: 200 
    health: 200 
    home-opened: 200 
    leave-channel-message: 200 
    leaves-unsigned: 401 {"error":{"code":"signature_missing","message":"The request is not signed. Sign it with a key of timeoff (RFC 9421, ed25519): it needs the headers Signature-Input and Signature. `timeoff keys add NAME` makes a key."}}
    unknown-event: 200 
    url-verification: 200 3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P
    approve: 200
    "#);
    // What the app says in Slack is an event too, for another environment, which takes a part of the jobs.
    let at_work = async {
        while cloud
            .count("SELECT count(*) FROM job WHERE state = 'running'")
            .await
            > 0
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), at_work)
        .await
        .expect("jobs come to an end");
    assert_eq!(
        cloud
            .count("SELECT count(*) FROM pending_action WHERE state = 'completed'")
            .await,
        1
    );
    assert_eq!(cloud.count("SELECT count(*) FROM channel_reply").await, 1);
}

#[tokio::test]
async fn each_sample_of_the_schedule_is_answered() {
    let cloud = Cloud::build(Plan::default()).await;
    // The database is new: first what makes it.
    let mut names: Vec<(String, PathBuf)> = samples("schedule");
    names.sort_by_key(|(name, _)| name != "migrate");
    for (name, path) in names {
        let invocation = cloud.schedule.invoke(&read(&path)).await;
        invocation.when_free().await;
        assert!(invocation.error().is_none(), "{name}: {invocation:?}");
    }
}

/// The emulator of `cargo lambda`, which knows nothing of ours: one for each function, because a
/// function that it did not start itself has no name there.
struct Emulator {
    process: tokio::process::Child,
    address: SocketAddr,
}

impl Emulator {
    async fn start() -> Self {
        let tools = std::env::var("TIMEOFF_AWS_TOOLS").expect(
            "TIMEOFF_AWS_TOOLS: run `scripts/test functions`, or set it to target/aws-tools/bin",
        );
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let process = tokio::process::Command::new(Path::new(&tools).join("cargo-lambda"))
            .args(["lambda", "watch", "--only-lambda-apis"])
            .args(["--invoke-address", "127.0.0.1"])
            .args(["--invoke-port", &address.port().to_string()])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("cargo-lambda runs");
        let up = async {
            while TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), up)
            .await
            .expect("the emulator listens");
        Self { process, address }
    }

    /// Runs a function's program as the emulator would.
    fn run(&self, function: &Function) -> tokio::process::Child {
        let config = function.config();
        tokio::process::Command::new(&config.binary)
            .env_clear()
            .envs(&config.environment)
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                format!("http://{}/.rt", self.address),
            )
            .env("AWS_LAMBDA_FUNCTION_NAME", "_")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_REGION", &config.region)
            .env("AWS_ACCESS_KEY_ID", &config.credentials.access_key_id)
            .env(
                "AWS_SECRET_ACCESS_KEY",
                &config.credentials.secret_access_key,
            )
            .env("AWS_SESSION_TOKEN", &config.credentials.session_token)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the function starts")
    }

    async fn invoke(&self, event: &Value) -> Value {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        let url = format!("http://{}/2015-03-31/functions/_/invocations", self.address);
        let answer = client
            .post(url)
            .body(event.to_string())
            .send()
            .await
            .expect("an answer");
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    }
}

#[tokio::test]
async fn each_sample_of_the_api_is_answered_under_cargo_lambda() {
    let cloud = Cloud::open().await;
    let mut emulator = Emulator::start().await;
    let mut function = emulator.run(&cloud.api);
    for (sample, path) in samples("api") {
        let answer = emulator.invoke(&signed(&cloud, &path)).await;
        let wanted = if sample == "leaves-unsigned" {
            401
        } else {
            200
        };
        assert_eq!(answer["statusCode"], wanted, "{sample}: {answer}");
    }
    function.kill().await.expect("ended");
    emulator.process.kill().await.expect("ended");
}

#[tokio::test]
async fn each_sample_of_the_schedule_is_answered_under_cargo_lambda() {
    let cloud = Cloud::open().await;
    let mut emulator = Emulator::start().await;
    let mut function = emulator.run(&cloud.schedule);
    for (sample, path) in samples("schedule") {
        let answer = emulator.invoke(&read(&path)).await;
        assert!(
            answer.is_object() && answer.get("errorMessage").is_none(),
            "{sample}: {answer}"
        );
    }
    function.kill().await.expect("ended");
    emulator.process.kill().await.expect("ended");
}
