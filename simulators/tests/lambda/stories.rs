//! What becomes of invocations, with the real clients.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use simulators::lambda::{End, Function};

use crate::function::{config, function};

#[tokio::test(flavor = "multi_thread")]
async fn answers_cold_then_warm() {
    let function = function("plain");
    let first = function.invoke(&json!({"name": "Asha"})).await;
    let response = first.response();
    assert_eq!(response["hello"], "Asha", "{:?}", first.answer);
    assert_eq!(response["request_id"], first.request_id);
    assert_eq!(
        response["arn"],
        "arn:aws:lambda:eu-central-1:123456789012:function:peer"
    );
    let left = response["left"].as_u64().unwrap();
    assert!((15_000..=20_000).contains(&left), "{left} ms are left");
    assert!(response["trace"].as_str().unwrap().starts_with("Root=1-"));
    assert!(first.is_cold());
    let times = first.when_free().await;
    assert_eq!(times.end, End::Free);
    assert_eq!(times.cold_start, first.cold_start);

    let second = function.invoke(&json!({"name": "Ben"})).await;
    assert!(!second.is_cold());
    assert_eq!(second.response()["pid"], response["pid"]);
    second.when_free().await;
    let log = function.log().unwrap();
    assert!(log.contains(&r#"handled "Asha""#.to_owned()), "{log:?}");
    assert!(log.contains(&r#"handled "Ben""#.to_owned()), "{log:?}");
    let memory = second.environment().unwrap().peak_memory().unwrap();
    assert!((1 << 20..1 << 30).contains(&memory), "{memory} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn has_the_variables_of_lambda_and_its_own_alone() {
    let function = Function::new(config("plain").variable("AWS_REGION", "mars-1")).unwrap();
    let invocation = function.invoke(&json!({})).await;
    let names = invocation.response()["variables"]
        .as_array()
        .unwrap()
        .iter();
    // What the test harness and the Lambda client set for themselves is not ours.
    let ours = |name: &&str| !name.starts_with("RUST_") && *name != "_X_AMZN_TRACE_ID";
    let mut names: Vec<_> = names.filter_map(|it| it.as_str()).filter(ours).collect();
    names.sort_unstable();
    assert_snapshot!(names.join("\n"), @r"
    AWS_ACCESS_KEY_ID
    AWS_DEFAULT_REGION
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE
    AWS_LAMBDA_FUNCTION_NAME
    AWS_LAMBDA_FUNCTION_VERSION
    AWS_LAMBDA_INITIALIZATION_TYPE
    AWS_LAMBDA_LOG_GROUP_NAME
    AWS_LAMBDA_LOG_STREAM_NAME
    AWS_LAMBDA_RUNTIME_API
    AWS_REGION
    AWS_SECRET_ACCESS_KEY
    AWS_SESSION_TOKEN
    LAMBDA_RUNTIME_DIR
    LAMBDA_TASK_ROOT
    LANG
    PATH
    START
    TZ
    _HANDLER
    ");
    let arn = &invocation.response()["arn"];
    assert!(arn.as_str().unwrap().contains("eu-central-1"), "{arn}");
}

#[tokio::test(flavor = "multi_thread")]
async fn is_busy_until_the_extension_asks_again() {
    let function = function("extended");
    let first = function.invoke(&json!({"after": 400})).await;
    assert_eq!(first.error(), None);
    assert!(!first.environment().unwrap().is_frozen());
    let worked = "worked after the response".to_owned();
    assert!(!function.log().unwrap().contains(&worked));

    // Busy means busy: another environment takes what comes meanwhile.
    let meanwhile = function.invoke(&json!({"after": null})).await;
    assert!(meanwhile.is_cold());
    assert_ne!(meanwhile.response()["pid"], first.response()["pid"]);

    let times = first.when_free().await;
    assert_eq!(times.end, End::Free);
    assert!(
        times.after >= Duration::from_millis(390),
        "{:?}",
        times.after
    );
    assert!(function.log().unwrap().contains(&worked));
    assert!(first.environment().unwrap().is_frozen());
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_the_deadline_what_works_on_after_the_response() {
    let mut config = config("extended");
    config.limits.timeout = Duration::from_secs(1);
    let function = Function::new(config).unwrap();
    let first = function
        .invoke(&json!({"name": "Asha", "after": "forever"}))
        .await;
    assert_eq!(first.response()["hello"], "Asha");
    let times = first.when_free().await;
    assert_eq!(times.end, End::TimedOut);
    assert!(!first.environment().unwrap().is_running());

    let second = function.invoke(&json!({"after": 0})).await;
    assert!(second.is_cold());
    assert_eq!(second.when_free().await.end, End::Free);
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_the_deadline_what_does_not_answer() {
    let mut config = config("plain");
    config.limits.timeout = Duration::from_millis(700);
    let function = Function::new(config).unwrap();
    let invocation = function.invoke(&json!({"do": "hang"})).await;
    let error = invocation.error().unwrap();
    assert_eq!(error.error_type, "Sandbox.Timedout");
    assert!(
        error
            .error_message
            .ends_with("Task timed out after 0.70 seconds")
    );
    assert_eq!(invocation.status, 200);
    assert_eq!(invocation.when_free().await.end, End::TimedOut);
    assert!(function.environments().is_empty());
    assert!(function.invoke(&json!({})).await.is_cold());
}

#[tokio::test(flavor = "multi_thread")]
async fn does_not_run_while_frozen() {
    let function = function("plain");
    let first = function.invoke(&json!({"do": "tick"})).await;
    first.when_free().await;
    let environment = first.environment().unwrap().clone();
    assert!(environment.is_frozen());
    let ticks = || {
        function
            .log()
            .unwrap()
            .iter()
            .filter(|it| *it == "tick")
            .count()
    };
    let before = ticks();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(ticks(), before, "a frozen process has written");

    environment.thaw();
    while ticks() < before + 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hands_out_the_error_of_the_handler() {
    let function = function("plain");
    let invocation = function.invoke(&json!({"do": "fail"})).await;
    assert_eq!(invocation.status, 200);
    assert_eq!(
        invocation.error().unwrap().error_message,
        "this cannot be done"
    );
    assert_eq!(invocation.when_free().await.end, End::Free);
    assert!(!function.invoke(&json!({})).await.is_cold());
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_that_the_process_ended() {
    let function = function("plain");
    let invocation = function.invoke(&json!({"do": "exit"})).await;
    let id = &invocation.request_id;
    assert_eq!(
        invocation.error().unwrap().to_string(),
        format!(
            "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: exit status 3"
        )
    );
    assert!(matches!(invocation.when_free().await.end, End::Gone(_)));
    assert!(function.invoke(&json!({})).await.is_cold());
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_a_failed_start_once_more() {
    let function = function("exit");
    let invocation = function.invoke(&json!({})).await;
    let error = invocation.error().unwrap();
    assert_eq!(error.error_type, "Runtime.ExitError");
    assert!(error.error_message.ends_with("exit status 7"), "{error}");
    assert!(!invocation.is_cold());
    assert!(invocation.environment().is_none());
    let log = function.log().unwrap();
    let starts = log.iter().filter(|it| it.contains("no parameters"));
    assert_eq!(starts.count(), 2, "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_up_a_start_that_takes_too_long() {
    let mut config = config("hang");
    config.limits.init = Duration::from_millis(200);
    config.limits.timeout = Duration::from_millis(300);
    let function = Function::new(config).unwrap();
    let invocation = function.invoke(&json!({})).await;
    let error = invocation.error().unwrap();
    assert!(
        error
            .error_message
            .ends_with("timed out after 0.30 seconds"),
        "{error}"
    );
    assert!(function.environments().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_is_too_large_either_way() {
    let function = function("plain");
    let invocation = function.invoke(&json!("x".repeat(7 << 20))).await;
    assert_eq!(invocation.status, 413);
    assert!(function.environments().is_empty());

    let invocation = function.invoke(&json!({"do": "large"})).await;
    assert_eq!(
        invocation.error().unwrap().error_type,
        "Function.ResponseSizeTooLarge"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn throttles_beyond_the_reserved_concurrency() {
    let mut config = config("plain");
    config.limits.concurrency = 1;
    let function = Function::new(config).unwrap();
    let slow = tokio::spawn({
        let function = function.clone();
        async move {
            function
                .invoke(&json!({"do": "wait", "milliseconds": 500}))
                .await
        }
    });
    while !function.log().unwrap().contains(&"waiting".to_owned()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = function.invoke(&json!({})).await;
    assert_eq!(second.status, 429);
    let slow = slow.await.unwrap();
    assert_eq!(slow.error(), None);
    slow.when_free().await;
    assert_eq!(function.invoke(&json!({})).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_after_the_response_ends_the_work() {
    let function = function("extended");
    let invocation = function.invoke(&json!({"after": 5_000})).await;
    invocation.environment().unwrap().kill();
    let times = invocation.when_free().await;
    assert!(matches!(times.end, End::Gone(_)), "{times:?}");
    assert!(times.after < Duration::from_secs(4));
    let log = function.log().unwrap();
    assert!(
        !log.contains(&"worked after the response".to_owned()),
        "{log:?}"
    );
    assert!(function.invoke(&json!({"after": 0})).await.is_cold());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_with_an_extension_is_told_to_end() {
    let function = function("extended");
    let invocation = function.invoke(&json!({"after": null})).await;
    invocation.when_free().await;
    let environment = invocation.environment().unwrap();
    environment.shut_down().await;
    assert!(!environment.is_running());
    let log = function.log().unwrap();
    assert!(log.contains(&"told to end".to_owned()), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_a_program_that_is_not_there() {
    let mut config = config("plain");
    config.binary = "/nowhere/bootstrap".into();
    config.task_root = Some("/".into());
    let function = Function::new(config).unwrap();
    let invocation = function.invoke(&json!({})).await;
    assert_eq!(
        invocation.error().unwrap().error_type,
        "Runtime.InvalidEntrypoint"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_keeps_the_processes_and_the_last_one_ends_them() {
    let function = function("plain");
    let kept = function.clone();
    let pid = {
        let invocation = function.invoke(&json!({})).await;
        invocation.when_free().await;
        invocation.environment().unwrap().pid()
    };
    drop(function);
    let alive = || std::path::Path::new(&format!("/proc/{pid}/status")).exists();
    assert!(alive());
    drop(kept);
    while alive() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
