//! Programs in Python, with clients that were written elsewhere.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The Python that has the clients' packages.
pub fn python() -> String {
    std::env::var("TIMEOFF_TEST_PYTHON").expect(
        "TIMEOFF_TEST_PYTHON is set by ./scripts/test: the Python of its virtual environment",
    )
}

/// A program of ours in `tests/system`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/system")
        .join(name)
}

/// A command that runs Python and leaves nothing beside the programs.
pub fn command() -> Command {
    let mut command = Command::new(python());
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Runs Python on a text: whether it was content, and what it wrote, first to the standard output.
pub async fn run(
    arguments: &[&str],
    variables: &[(&str, &str)],
    input: String,
) -> (bool, String, String) {
    let mut command = command();
    command.args(arguments).envs(variables.iter().copied());
    tokio::task::spawn_blocking(move || {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("it is read");
        drop(stdin);
        let output = child.wait_with_output().expect("Python ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.success(),
            text(&output.stdout),
            text(&output.stderr),
        )
    })
    .await
    .expect("waited for")
}
