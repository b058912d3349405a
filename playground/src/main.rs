//! `cargo run -p playground`: the whole system on this computer, with nothing to set up.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use playground::{Options, PAGE_PORT, start};
use timeoff::platform::telemetry::{self, LogFormat};

/// The whole time-off system on this computer: a database, a pretend Slack, Google Calendar and
/// Harvest in your browser, and the app.
///
/// Nothing leaves this computer, and no account is needed. Ctrl-C stops everything; the data stays for the next time.
#[derive(Debug, Parser)]
#[command(name = "playground", version)]
struct Arguments {
    /// Start again with an empty database.
    #[arg(long)]
    reset: bool,
    /// The port of the pretend Slack's page, when it is taken the next free one; the other pages follow it.
    #[arg(long, value_name = "N", default_value_t = PAGE_PORT)]
    port: u16,
    /// The folder that keeps the data.
    #[arg(long, value_name = "DIR", default_value = "playground-data")]
    data: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start(LogFormat::Text, "warn");
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Sorry, the playground could not go on: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    // Listens from the beginning, so that nothing is left half-started.
    let mut signals = Signals::listen()?;
    let options = Options {
        data: arguments.data.clone(),
        reset: arguments.reset,
        port: arguments.port,
        progress: |step| println!("{step} …"),
    };
    let playground = tokio::select! {
        started = start(options) => started?,
        () = signals.stop() => {
            println!("Stopped before everything had started.");
            return Ok(());
        }
    };
    println!(
        "\n\
         Everything runs. Asha writes “on leave tomorrow” in #leave or types /timeoff, Ben approves it, Carla looks after people.\n\
         Choose who you are at the top of the page. Harbour Books, the other workspace there, has no timeoff yet: add it and set it up.\n\
         The data stays in {}; Ctrl-C stops.\n\
         \n\
         Slack       {}\n\
         Calendar    {}\n\
         Time sheet  {}",
        arguments.data.display(),
        playground.page_url(),
        playground.services().calendar.page_url(),
        playground.services().harvest.page_url(),
    );
    signals.stop().await;
    println!("\nStopping …");
    tokio::select! {
        stopped = playground.stop() => stopped?,
        () = signals.stop() => {
            println!("Stopped at once; the database will tidy up at the next start.");
            std::process::exit(130);
        }
    }
    println!("Stopped. See you.");
    Ok(())
}

/// Ctrl-C and a polite kill.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(unix)]
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    fn listen() -> Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn stop(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
