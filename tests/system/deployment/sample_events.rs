//! The events in `events/` are what API Gateway and EventBridge Scheduler hand to the functions.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Request};
use serde_json::Value;
use timeoff::gateway::verify::{Refused, verify};
use timeoff::gateway::{EventKind, Parsed, SlackRequest, parse};
use timeoff::routes::SLACK_PATHS;

/// Signs the examples; `scripts/sign-event` has it too.
const EXAMPLE_SECRET: &str = "0123456789abcdef0123456789abcdef";

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(project().join("events").join(folder))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    all.sort();
    all
}

fn name(file: &Path) -> String {
    file.file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

fn request(event: &str) -> Request {
    lambda_http::request::from_str(event).expect("an event of an HTTP API")
}

fn body(request: &Request) -> &[u8] {
    match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

fn sent_at(event: &str) -> Timestamp {
    let event: Value = serde_json::from_str(event).expect("JSON");
    let at = event["requestContext"]["timeEpoch"].as_i64();
    Timestamp::from_millisecond(at.expect("milliseconds")).expect("a time")
}

fn check_signature(request: &Request, now: Timestamp) -> Result<(), Refused> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let (timestamp, signature) = (
        header("x-slack-request-timestamp"),
        header("x-slack-signature"),
    );
    verify(EXAMPLE_SECRET, now, timestamp, signature, body(request))
}

/// What the gateway takes a body for.
fn meaning(body: &[u8]) -> String {
    match parse(body).expect("well-formed") {
        Parsed::Verification(challenge) => format!("challenge {challenge}"),
        Parsed::Unknown => "unknown".to_owned(),
        Parsed::Request(request) => match *request {
            SlackRequest::Command(it) => format!("{} {:?} by {}", it.command, it.text, it.user_id),
            SlackRequest::Action(it) => format!("{} {} by {}", it.action_id, it.value, it.user),
            SlackRequest::Submission(it) => {
                let days = ["first_day", "last_day"].map(|day| it.view.state.date(day));
                format!("{} {days:?} by {}", it.view.callback_id, it.user)
            }
            SlackRequest::Closed(it) => format!("{} closed", it.view.callback_id),
            SlackRequest::Event(it) => match it.kind {
                EventKind::AppHomeOpened(opened) => {
                    format!("{} opened by {}", opened.tab, opened.user)
                }
                EventKind::ChannelMessage(it) => {
                    format!("{:?} in {} by {}", it.text, it.channel, it.user)
                }
                other => format!("{other:?}"),
            },
        },
    }
}

#[test]
fn every_sample_event_is_understood() {
    let mut table = String::new();
    for file in files("api") {
        let event = std::fs::read_to_string(&file).expect("readable");
        let request = request(&event);
        let means = if request.method() == "GET" {
            assert!(body(&request).is_empty());
            String::new()
        } else {
            check_signature(&request, sent_at(&event)).expect("signed with the example's secret");
            meaning(body(&request))
        };
        let line = format!(
            "{} = {} {} {means}",
            name(&file),
            request.method(),
            request.uri().path()
        );
        table.push_str(line.trim_end());
        table.push('\n');
    }
    insta::assert_snapshot!(table, @r#"
    approve = POST /slack/interactivity leave.approve 1 by U0BEN
    command-with-words = POST /slack/commands /timeoff "tomorrow afternoon" by U0ASHA
    command = POST /slack/commands /timeoff "" by U0ASHA
    form = POST /slack/interactivity leave.form [Some("2026-03-16"), Some("2026-03-18")] by U0ASHA
    health = GET /api/health
    home-opened = POST /slack/events home opened by U0ASHA
    leave-channel-message = POST /slack/events "on leave tomorrow" in C0LEAVE by U0ASHA
    leaves-unsigned = GET /api/leaves
    unknown-event = POST /slack/events unknown
    url-verification = POST /slack/events challenge 3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P
    "#);
    for path in SLACK_PATHS.iter().chain(&["/api/health", "/api/leaves"]) {
        assert!(table.contains(path), "no sample event for {path}");
    }
}

#[test]
fn sample_events_for_the_schedule_are_commands_or_a_round() {
    let mut commands = Vec::new();
    for file in files("schedule") {
        let event: Value =
            serde_json::from_slice(&std::fs::read(&file).expect("readable")).expect("JSON");
        if let Some(command) = event["command"].as_str() {
            assert_eq!(command, name(&file));
            commands.push(command.to_owned());
        } else {
            assert_eq!(event["source"], "aws.scheduler");
        }
    }
    assert_eq!(commands, ["health", "migrate", "secrets-check"]);
}

/// What `scripts/sign-event` prints.
fn signed_now(file: &Path) -> String {
    let printed = Command::new(project().join("scripts/sign-event"))
        .arg(file)
        .env_remove("SLACK_SIGNING_SECRET")
        .output()
        .expect("Python runs");
    assert!(
        printed.status.success(),
        "{}",
        String::from_utf8_lossy(&printed.stderr)
    );
    String::from_utf8(printed.stdout).expect("UTF-8")
}

#[test]
fn a_sample_event_is_signed_anew_and_otherwise_left_as_it_is() {
    let now = Timestamp::now();
    for file in files("api") {
        let old = request(&std::fs::read_to_string(&file).expect("readable"));
        if old.method() == "GET" {
            continue;
        }
        assert_eq!(check_signature(&old, now), Err(Refused::TooOld));
        let new = request(&signed_now(&file));
        assert_eq!(check_signature(&new, now), Ok(()), "{}", file.display());
        assert_eq!(new.uri(), old.uri());
        if name(&file) != "form" {
            assert_eq!(meaning(body(&new)), meaning(body(&old)));
        }
    }
}

/// Leave in the past would be refused.
#[test]
fn the_days_of_a_sample_form_lie_ahead() {
    let form = request(&signed_now(&project().join("events/api/form.json")));
    let Parsed::Request(request) = parse(body(&form)).expect("well-formed") else {
        panic!("a request");
    };
    let SlackRequest::Submission(submission) = *request else {
        panic!("a submission");
    };
    let [first, last] = ["first_day", "last_day"].map(|field| {
        let day = submission.view.state.date(field).expect("a day");
        day.parse::<jiff::civil::Date>().expect("a date")
    });
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    assert!(first >= today + SignedDuration::from_hours(13 * 24));
    assert_eq!(first.weekday(), jiff::civil::Weekday::Monday);
    assert_eq!((last - first).get_days(), 2);
}
