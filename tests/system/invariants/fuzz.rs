//! Bodies and signatures that nobody would think of: never a panic, never an answer of 500 and up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::payloads::{self, form, interaction};
use crate::support::{House, post};

/// A house, and a count of the panics anywhere in this process.
struct Stage {
    runtime: Runtime,
    house: House,
    panics: Arc<AtomicUsize>,
}

impl Stage {
    fn new() -> Self {
        let panics = Arc::new(AtomicUsize::new(0));
        let counted = panics.clone();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            counted.fetch_add(1, Ordering::Relaxed);
            usual(info);
        }));
        let runtime = Runtime::new().expect("a runtime");
        let house = runtime.block_on(async {
            let house = House::open().await;
            house
                .settings(|settings| settings.requests_per_minute = 10_000)
                .await;
            house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
            house.settle().await;
            house
        });
        Self {
            runtime,
            house,
            panics,
        }
    }

    /// Sends a signed body to one of the paths; what came back is fit for Slack.
    fn answers(&self, path: &str, body: &[u8]) -> Result<(), TestCaseError> {
        let reply = self.runtime.block_on(self.house.post(path, body));
        prop_assert!(
            reply.status < 500,
            "{} for {:?}: {:?}",
            reply.status,
            String::from_utf8_lossy(body),
            reply
        );
        prop_assert!(
            !reply.body.contains("went wrong"),
            "{:?} for {:?}",
            reply,
            String::from_utf8_lossy(body)
        );
        self.calm()
    }

    fn calm(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.panics.load(Ordering::Relaxed), 0, "a panic");
        Ok(())
    }

    /// Lets all the work that was promised come to an end.
    fn done(self) {
        self.runtime.block_on(async {
            self.house.settle().await;
            let panicked: i64 = self
                .house
                .value("SELECT count(*) FROM job WHERE error = 'panicked'")
                .await;
            assert_eq!(panicked, 0);
        });
        assert_eq!(self.panics.load(Ordering::Relaxed), 0);
    }
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    })
}

fn paths() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/slack/events",
        "/slack/interactivity",
        "/slack/commands",
    ])
}

/// Text that means something to somebody: ids, NUL, quotes, control characters, endless words.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        Just(String::new()),
        Just("\0".to_owned()),
        Just("a\0b".to_owned()),
        Just("9".repeat(5000)),
        // Nothing that PostgreSQL could compress.
        "[a-zA-Z0-9é]{3000,4000}",
        Just("9223372036854775808".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("-9999-01-01".to_owned()),
        Just("'; DROP TABLE job; --".to_owned()),
        prop::sample::select(vec![
            "T1",
            "T2",
            "U_ASHA",
            "U_BEN",
            "C_GENERAL",
            "leave.approve",
            "leave.form",
            "url_verification",
            "help",
            "list",
            "cancel",
            "who",
            "1"
        ])
        .prop_map(str::to_owned),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((texts(), inner), 0..4)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// One of Slack's real requests.
#[derive(Debug, Clone)]
enum Real {
    Event(Value),
    Interaction(Value),
    Command(Vec<(String, String)>),
}

fn real() -> impl Strategy<Value = Real> {
    let day = jiff::civil::date(2026, 3, 9);
    let interactions = [
        payloads::press("U_BEN", "leave.approve", "1", "1.1"),
        payloads::press("U_BEN", "leave.deny", "1", "1.2"),
        payloads::press("U_ASHA", "leave.cancel", "1", "1.3"),
        payloads::press("U_BEN", "leave.snooze", "tomorrow", "1.4"),
        payloads::press("U_ASHA", "leave.request", "home", "1.5"),
        payloads::asks_for("U_ASHA", "V1", day),
        payloads::denies("U_BEN", "V2", 1, "Too many are away"),
        payloads::chooses("U_ASHA", "V3", "1.6"),
        payloads::closes("U_ASHA", "V3"),
    ];
    let events = [
        payloads::home_opened("Ev1", "U_ASHA"),
        payloads::written_to("Ev2", "U_ASHA", "hello"),
        payloads::event(
            "Ev3",
            &json!({"type": "team_join", "user": {"id": "U_NEW"}}),
        ),
        json!({"type": "url_verification", "challenge": "c"}),
    ];
    let commands = [
        "",
        "help",
        "list",
        "who",
        "cancel",
        "tomorrow",
        "2026-08-03",
    ]
    .map(|text| {
        let fields = payloads::command("U_ASHA", "C_GENERAL", text, "t1");
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<Vec<_>>()
    });
    let all: Vec<Real> = events
        .into_iter()
        .map(Real::Event)
        .chain(interactions.into_iter().map(Real::Interaction))
        .chain(commands.into_iter().map(Real::Command))
        .collect();
    prop::sample::select(all)
}

/// A change of one place: another value, or none.
type Mutation = (Index, Option<Value>);

fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                found.push(format!("{here}/{index}"));
                pointers(value, &format!("{here}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                found.push(format!("{here}/{name}"));
                pointers(value, &format!("{here}/{name}"), found);
            }
        }
        _ => {}
    }
}

fn mutate(value: &mut Value, (place, change): &Mutation) {
    let mut places = Vec::new();
    pointers(value, "", &mut places);
    if places.is_empty() {
        return;
    }
    let place = place.get(&places);
    if let Some(other) = change {
        *value.pointer_mut(place).expect("found above") = other.clone();
        return;
    }
    let (parent, name) = place.rsplit_once('/').expect("a pointer");
    match value.pointer_mut(parent).expect("found above") {
        Value::Object(fields) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Value::Array(values) => {
            values.remove(name.parse::<usize>().expect("an index"));
        }
        _ => {}
    }
}

fn body(real: &Real, mutations: &[Mutation]) -> String {
    match real.clone() {
        Real::Event(mut payload) => {
            for mutation in mutations {
                mutate(&mut payload, mutation);
            }
            payload.to_string()
        }
        Real::Interaction(mut payload) => {
            for mutation in mutations {
                mutate(&mut payload, mutation);
            }
            interaction(&payload)
        }
        Real::Command(mut fields) => {
            for (place, change) in mutations {
                if fields.is_empty() {
                    break;
                }
                let at = place.index(fields.len());
                match change {
                    Some(Value::String(text)) => fields[at].1.clone_from(text),
                    Some(other) => fields[at].1 = other.to_string(),
                    None => drop(fields.remove(at)),
                }
            }
            form(
                &fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect::<Vec<_>>(),
            )
        }
    }
}

#[test]
fn real_requests_with_changed_places_are_answered() {
    let stage = Stage::new();
    let mutations = prop::collection::vec(
        (any::<Index>(), prop::option::weighted(0.8, values())),
        0..4,
    );
    runner(600)
        .run(&(paths(), real(), mutations), |(path, real, mutations)| {
            stage.answers(path, body(&real, &mutations).as_bytes())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    stage.done();
}

#[test]
fn real_requests_with_changed_bytes_are_answered() {
    let stage = Stage::new();
    let flips = prop::collection::vec((any::<Index>(), any::<u8>()), 1..6);
    let cut = prop::option::weighted(0.2, any::<Index>());
    runner(300)
        .run(
            &(paths(), real(), flips, cut),
            |(path, real, flips, cut)| {
                let mut bytes = body(&real, &[]).into_bytes();
                for (place, byte) in flips {
                    let at = place.index(bytes.len());
                    bytes[at] = byte;
                }
                if let Some(cut) = cut {
                    bytes.truncate(cut.index(bytes.len()));
                }
                stage.answers(path, &bytes)
            },
        )
        .unwrap_or_else(|error| panic!("{error}"));
    stage.done();
}

#[test]
fn any_signed_bytes_are_answered() {
    let stage = Stage::new();
    let bodies = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        values().prop_map(|value| value.to_string().into_bytes()),
        values().prop_map(|value| interaction(&value).into_bytes()),
        prop::collection::vec((texts(), texts()), 0..8).prop_map(|fields| form(
            &fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect::<Vec<_>>()
        )
        .into_bytes()),
    ];
    runner(300)
        .run(&(paths(), bodies), |(path, bytes)| {
            stage.answers(path, &bytes)
        })
        .unwrap_or_else(|error| panic!("{error}"));
    stage.done();
}

#[test]
fn any_signature_but_ours_is_refused() {
    let stage = Stage::new();
    let now = stage.house.now().as_second().to_string();
    // A header holds no line break; all else may come.
    let bytes = || {
        prop::collection::vec(
            any::<u8>().prop_filter("no line break", |byte| !b"\r\n\0".contains(byte)),
            0..80,
        )
    };
    let signatures = prop_oneof![
        bytes(),
        "v0=[0-9a-f]{0,80}".prop_map(String::into_bytes),
        "v0=.{0,64}"
            .prop_map(String::into_bytes)
            .prop_filter("no line break", |text| !text
                .iter()
                .any(|byte| b"\r\n\0".contains(byte))),
    ];
    let times = prop_oneof![
        bytes(),
        any::<i64>().prop_map(|time| time.to_string().into_bytes()),
        Just(now.into_bytes())
    ];
    let strategy = (
        signatures,
        times,
        prop::collection::vec(any::<u8>(), 0..200),
    );
    runner(300)
        .run(&strategy, |(signature, time, body)| {
            let headers: [(&str, &[u8]); 2] = [
                ("X-Slack-Signature", &signature),
                ("X-Slack-Request-Timestamp", &time),
            ];
            let reply =
                stage
                    .runtime
                    .block_on(post(&stage.house.url, "/slack/events", &headers, &body));
            // 400: control characters that HTTP itself does not allow.
            prop_assert!([400, 401].contains(&reply.status), "{:?}", reply);
            stage.calm()
        })
        .unwrap_or_else(|error| panic!("{error}"));
    stage.done();
}
