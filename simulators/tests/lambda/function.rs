//! The function: `lambda_runtime` with an internal extension of `lambda-extension`.

use std::time::Duration;

use lambda_extension::{Extension, NextEvent, service_fn as extension_fn};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use simulators::lambda::{Function, FunctionConfig};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::raw;

/// A function whose start behaves as `start` says.
pub fn config(start: &str) -> FunctionConfig {
    let mut config = FunctionConfig::new("peer", std::env::current_exe().unwrap());
    config.arguments = ["--ignored", "--exact", "function::peer", "--nocapture"]
        .map(str::to_owned)
        .to_vec();
    config.limits.timeout = Duration::from_secs(20);
    config.variable("START", start)
}

pub fn function(start: &str) -> Function {
    Function::new(config(start)).unwrap()
}

/// Not a test: what the simulator starts.
#[test]
#[ignore = "the other tests start it as a Lambda function"]
fn peer() {
    let Ok(start) = std::env::var("START") else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match start.as_str() {
        "exit" => {
            println!("no parameters");
            std::process::exit(7);
        }
        "hang" => std::thread::sleep(Duration::from_mins(10)),
        "plain" => runtime.block_on(plain()).unwrap(),
        "extended" => runtime.block_on(extended()).unwrap(),
        "rules" => runtime.block_on(raw::rules()),
        "events" => runtime.block_on(raw::events()),
        "init-error" => runtime.block_on(raw::init_error()),
        "extension-init-error" => runtime.block_on(raw::extension_init_error()),
        "extension-exit-error" => runtime.block_on(raw::extension_exit_error()),
        start => panic!("unknown START {start}"),
    }
}

async fn plain() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

/// The extension works after the response for as long as the event says, unless it says `forever`.
async fn extended() -> Result<(), Error> {
    let mut told_to_end = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        told_to_end.recv().await;
        println!("told to end");
        std::process::exit(0);
    });
    let (tell, heard) = mpsc::unbounded_channel::<Value>();
    let heard = std::sync::Arc::new(tokio::sync::Mutex::new(heard));
    let extension = Extension::new()
        .with_extension_name("after-response")
        .with_events(&["INVOKE"])
        .with_events_processor(extension_fn(move |event: lambda_extension::LambdaEvent| {
            let heard = std::sync::Arc::clone(&heard);
            async move {
                let NextEvent::Invoke(_) = event.next else {
                    return Err("an event that nobody asked for".into());
                };
                let after = heard.lock().await.recv().await.unwrap_or_default();
                match &after {
                    Value::Null => {}
                    Value::Number(milliseconds) => {
                        let milliseconds = milliseconds.as_u64().unwrap_or_default();
                        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                        println!("worked after the response");
                    }
                    _ => std::future::pending().await,
                }
                Ok::<_, Error>(())
            }
        }))
        .register()
        .await?;
    let handler = service_fn(move |event: LambdaEvent<Value>| {
        let tell = tell.clone();
        async move {
            let after = event.payload["after"].clone();
            let response = handle(event).await;
            let _ = tell.send(after);
            response
        }
    });
    let (runtime, extension) = tokio::join!(lambda_runtime::run(handler), extension.run());
    runtime.and(extension)
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let LambdaEvent { payload, context } = event;
    match payload["do"].as_str() {
        Some("fail") => return Err("this cannot be done".into()),
        Some("exit") => std::process::exit(3),
        Some("hang") => std::future::pending().await,
        Some("large") => return Ok(Value::from("x".repeat(7 << 20))),
        Some("tick") => {
            tokio::spawn(async {
                loop {
                    println!("tick");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
        Some("wait") => {
            println!("waiting");
            let milliseconds = payload["milliseconds"].as_u64().unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        _ => {}
    }
    eprintln!("handled {}", payload["name"]);
    let environment: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
    Ok(json!({
        "hello": payload["name"],
        "request_id": context.request_id,
        "arn": context.invoked_function_arn,
        "left": context.deadline.saturating_sub(u64::try_from(now())?),
        "trace": context.xray_trace_id,
        "variables": environment,
        "pid": std::process::id(),
    }))
}

fn now() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis()
}
