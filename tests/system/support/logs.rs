//! Keeps what a test's app logs, and what must not be in it, for the search that `scripts/test`
//! makes after all tests. Without its folder, in `TIMEOFF_TEST_LOGS`, nothing is kept.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use timeoff::platform::telemetry::{Choice, JsonLines};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What is kept: all that the app says itself, and what its libraries tell those who look for a
/// fault. Not each statement of `sqlx`: it has placeholders for values, and the tests ask the
/// database all the time.
pub const EVERYTHING: &str = "debug,timeoff=trace,sqlx=info";

/// Where this test's files are, without the ending. A test is a process of its own.
fn place() -> Option<&'static PathBuf> {
    static PLACE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let place = PLACE.get_or_init(|| {
        let folder = std::env::var_os("TIMEOFF_TEST_LOGS").map(PathBuf::from)?;
        let thread = std::thread::current();
        let test: String = thread
            .name()
            .unwrap_or("unnamed")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        Some(folder.join(format!("{test}-{}", std::process::id())))
    });
    place.as_ref()
}

fn open(ending: &str) -> Option<File> {
    let path = place()?.with_extension(ending);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    Some(file.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The file of this test's log lines.
pub fn file() -> Option<File> {
    open("log")
}

/// From now on log lines are kept, as a log service would get them.
pub fn keep() {
    static KEPT: OnceLock<()> = OnceLock::new();
    KEPT.get_or_init(|| {
        if let Some(file) = file() {
            // A test that looks at the log itself is there first, and keeps nothing.
            let _ = tracing_subscriber::registry()
                .with(Choice::of(EVERYTHING))
                .with(JsonLines::new(Arc::new(file)))
                .try_init();
        }
    });
}

/// Notes what must not be in the log, as it is and as it travels in a URL or a form.
fn plant(text: &str) {
    if let Some(mut file) = open("planted") {
        let mut lines = format!("{text}\n");
        if text.contains(' ') {
            for coded in [text.replace(' ', "+"), text.replace(' ', "%20")] {
                lines += &coded;
                lines.push('\n');
            }
        }
        file.write_all(lines.as_bytes()).expect("it is noted");
    }
}

/// Notes a secret.
pub fn plant_secret(secret: &str) {
    for line in secret.lines().filter(|line| line.len() >= 8) {
        plant(line);
    }
}

/// Notes the value of a variable, if that is a secret.
pub fn plant_variable(name: &str, value: &str) {
    let secret = [
        "SECRET",
        "TOKEN",
        "KEY",
        "PASSWORD",
        "JSON_BASE64",
        "HEADERS",
    ];
    if secret.iter().any(|word| name.contains(word)) {
        plant_secret(value);
    }
}

/// Notes what a person writes: every run of words between the signs that a log line might write
/// in another way. A word or two may well be ours, such as a kind of leave.
pub fn plant_words(text: &str) {
    let words = match text.strip_prefix('/') {
        Some(command) => command.split_once(' ').map_or("", |(_, words)| words),
        None => text,
    };
    for run in words.split(|c: char| c.is_control() || r#""\<>&*_~`@#"#.contains(c)) {
        let run = run.trim();
        if run.len() >= 12 && run.contains(' ') {
            plant(run);
        }
    }
}
