//! The operator's command as a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use super::logs;

/// What is in the environment of a command: these variables and nothing else of ours.
pub type Variables<'a> = &'a [(&'a str, &'a str)];

fn command(arguments: &[&str], variables: Variables<'_>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_timeoff"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        // No .env is found from here on upwards.
        .current_dir(Path::new("/"));
    command
}

/// What a command that ended has said.
#[derive(Debug)]
pub struct Said {
    pub success: bool,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Everything, as a person sees it in a terminal.
    pub fn screen(&self) -> String {
        let failed = if self.success { "" } else { "\n(failed)" };
        format!("{}{}", self.out, self.err).trim_end().to_owned() + failed
    }
}

/// Runs `timeoff` with arguments to its end.
pub async fn timeoff(arguments: &[&str], variables: Variables<'_>, input: &str) -> Said {
    let mut command = command(arguments, variables);
    let input = input.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that reads nothing may be gone already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the command ends");
        Said {
            success: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    })
    .await
    .expect("the command is waited for")
}

/// `timeoff all`, listening.
pub struct Server {
    child: Child,
    pub url: String,
    errors: Arc<Mutex<String>>,
}

impl Server {
    /// Starts the server on a free port and waits until it listens.
    pub async fn start(variables: Variables<'_>) -> Self {
        let mut command = command(&["all"], variables);
        for (name, value) in variables {
            logs::plant_variable(name, value);
        }
        let kept = logs::file();
        if kept.is_some() {
            command.env("RUST_LOG", logs::EVERYTHING);
        }
        let mut child = command
            .env("LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let out = child.stdout.take().expect("a pipe");
        let err = child.stderr.take().expect("a pipe");
        let (found, listening) = mpsc::channel();
        std::thread::spawn(move || {
            let mut before = String::new();
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let url = line
                    .strip_prefix("Listening on ")
                    .and_then(|rest| rest.split(". ").next());
                if let Some(url) = url {
                    // The test may not wait any more.
                    let _ = found.send(Ok(url.to_owned()));
                }
                before.push_str(&line);
                before.push('\n');
            }
            let _ = found.send(Err(before));
        });
        let errors = Arc::new(Mutex::new(String::new()));
        let text = errors.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let mut text = text.lock().expect("the reader is alone");
                text.push_str(&line);
                text.push('\n');
                if let Some(mut file) = kept.as_ref() {
                    writeln!(file, "{line}").expect("the log is kept");
                }
            }
        });
        let ended = errors.clone();
        let url = tokio::task::spawn_blocking(move || {
            match listening.recv_timeout(Duration::from_secs(30)) {
                Ok(Ok(url)) => url,
                Ok(Err(out)) => {
                    let _ = reader.join();
                    let errors = ended.lock().expect("nobody writes any more");
                    panic!("the server ended:\n{out}\n{errors}")
                }
                Err(error) => panic!("the server does not listen after 30 s: {error}"),
            }
        })
        .await
        .expect("the server listens");
        Self { child, url, errors }
    }

    /// What it has logged and complained about so far.
    pub fn errors(&self) -> String {
        self.errors.lock().expect("the text is whole").clone()
    }

    /// SIGKILL: the process does nothing more.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("the process ends");
    }

    /// SIGTERM, as an operator's service manager sends it; whether it ended well.
    pub async fn terminate(mut self) -> bool {
        let id = self.child.id().to_string();
        tokio::task::spawn_blocking(move || {
            let sent = Command::new("kill").args(["-TERM", &id]).status();
            assert!(sent.expect("kill is there").success());
            self.child.wait().expect("the process ends").success()
        })
        .await
        .expect("waited for")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
