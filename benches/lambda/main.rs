//! How long a function in AWS Lambda takes, from nothing to the ack and from there until its
//! environment is free: timeoff's, beside the least that a function for Slack can do, and beside
//! Bolt for Python.
//!
//! Run it with `./scripts/bench lambda`. The three take turns, so that what else the machine does
//! meets all of them; the ratios say more than the figures.

#![allow(clippy::expect_used)] // a measurement that cannot go on says so

#[path = "../../tests/system/functions/cloud.rs"]
#[allow(dead_code)]
mod cloud;
mod figures;
mod functions;
#[path = "../../tests/system/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod support;
mod throttle;

use std::time::{Duration, Instant};

use cloud::Cloud;
use figures::{Figures, table};
use functions::Candidate;
use simulators::lambda::{End, Function, FunctionConfig};
use throttle::Throttle;

/// How often each takes its turn: at full speed, and throttled.
const TURNS: (usize, usize) = (15, 5);
/// How many requests follow the one that starts it, in each turn.
const WARM: (usize, usize) = (20, 10);
/// Longer than anything takes, throttled too. Lambda would stop a start after 10 seconds, and then
/// try it once more: what takes so long shall be seen here as long as it is.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::main]
async fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::var_os("TIMEOFF_BENCH_LAMBDA").is_none() {
        println!("Run it with ./scripts/bench lambda, which makes what it measures.");
        return;
    }
    let cloud = Cloud::open().await;
    let candidates = functions::furnish(&cloud).await;
    for candidate in &candidates {
        refuses_strangers(&cloud, candidate).await;
    }
    println!(
        "Parameter Store (moto) answers in {:.1} ms, the database in {:.2} ms.",
        parameter_store(&cloud).await.as_secs_f64() * 1e3,
        database(&cloud).await.as_secs_f64() * 1e3
    );

    let measured = take_turns(&cloud, &candidates, TURNS.0, WARM.0, None).await;
    println!("\nAt full speed\n\n{}", table(&measured, true));
    match Throttle::to_share(&cloud.path) {
        Ok(throttle) => {
            let measured = take_turns(&cloud, &candidates, TURNS.1, WARM.1, Some(&throttle)).await;
            println!("\nWith {throttle}\n\n{}", table(&measured, false));
        }
        Err(why) => println!("\nNot throttled to the share of a 256 MB function: {why}."),
    }
    assert_eq!(cloud.slack.problems(), Vec::<String>::new());
}

/// Each in its turn, round after round. The first round counts for nothing: it fills the caches of
/// the file system.
async fn take_turns(
    cloud: &Cloud,
    candidates: &[Candidate; 3],
    turns: usize,
    warm: usize,
    throttle: Option<&Throttle>,
) -> [Figures; 3] {
    let mut all = [(); 3].map(|()| Figures::default());
    for round in 0..=turns {
        for (candidate, figures) in candidates.iter().zip(&mut all) {
            let mut config = candidate.config.clone();
            config.limits.init = PATIENCE;
            config.limits.timeout = PATIENCE;
            if let Some(throttle) = throttle {
                throttle.wrap(&mut config);
            }
            let mut ignored = Figures::default();
            let figures = if round == 0 { &mut ignored } else { figures };
            turn(cloud, candidate, config, warm, figures).await;
        }
    }
    for (candidate, figures) in candidates.iter().zip(&mut all) {
        figures.package = candidate.package;
    }
    all
}

/// One environment: a cold start, and then requests one after the other.
async fn turn(
    cloud: &Cloud,
    candidate: &Candidate,
    config: FunctionConfig,
    warm: usize,
    figures: &mut Figures,
) {
    let function = Function::new(config).expect("a function");
    let before = candidate.done(cloud).await;
    for number in 0..=warm {
        let invocation = function.invoke(&functions::command(cloud)).await;
        let times = invocation.when_free().await;
        let answer = invocation.response();
        let well = answer["statusCode"] == 200
            && answer["body"].as_str().is_none_or(str::is_empty)
            && times.end == End::Free
            && invocation.is_cold() == (number == 0);
        assert!(
            well,
            "{}: {:?}, {times:?}\n{}",
            candidate.name,
            invocation.answer,
            function.log().expect("a log").join("\n")
        );
        if let Some(cold) = times.cold_start {
            figures.cold.push(cold);
            figures.free_after_cold.push(cold + times.after);
        } else {
            figures.warm.push(times.response);
            figures.free_after_warm.push(times.response + times.after);
        }
        if number == warm {
            let environment = invocation.environment().expect("it was started");
            let memory = environment.peak_memory().expect("the kernel says");
            figures.peak_memory = figures.peak_memory.max(memory);
            environment.kill();
            environment.gone().await;
        }
    }
    let expected = before.map(|before| before + i64::try_from(warm + 1).expect("few"));
    assert_eq!(
        candidate.done(cloud).await,
        expected,
        "{} did something else:\n{}",
        candidate.name,
        function.log().expect("a log").join("\n")
    );
}

/// What does not check the signature is no match for what does.
async fn refuses_strangers(cloud: &Cloud, candidate: &Candidate) {
    let function = Function::new(candidate.config.clone()).expect("a function");
    let mut forged = functions::command(cloud);
    forged["headers"]["x-slack-signature"] = format!("v0={}", "0".repeat(64)).into();
    let invocation = function.invoke(&forged).await;
    assert_eq!(
        invocation.response()["statusCode"],
        401,
        "{}: {:?}\n{}",
        candidate.name,
        invocation.answer,
        function.log().expect("a log").join("\n")
    );
}

/// How long the emulated AWS takes for the parameters: a part of the cold starts.
async fn parameter_store(cloud: &Cloud) -> Duration {
    let client = aws_sdk_ssm::Client::new(&cloud::aws());
    let mut all = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        client
            .get_parameters_by_path()
            .path(format!("{}/api", cloud.path))
            .with_decryption(true)
            .send()
            .await
            .expect("Parameter Store answers");
        all.push(begun.elapsed());
    }
    figures::percentile(&all, 50)
}

/// How long the database takes for nothing, over the connection of the bench.
async fn database(cloud: &Cloud) -> Duration {
    let mut all = Vec::new();
    for _ in 0..100 {
        let begun = Instant::now();
        cloud.count("SELECT 1::bigint").await;
        all.push(begun.elapsed());
    }
    figures::percentile(&all, 50)
}
