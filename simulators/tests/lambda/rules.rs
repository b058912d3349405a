//! The rules of the two APIs, and what becomes of an environment whose runtime or extension gives
//! up.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use simulators::lambda::End;

use crate::function::function;

/// What the function said, without what the test harness around it says.
fn said(log: &[String]) -> String {
    let said = log.iter().filter(|line| {
        line.contains('→') || line.starts_with("registered") || line.contains("agree")
    });
    // The harness names the test before its first line.
    let said = said.map(|line| line.trim_start_matches("test function::peer ... "));
    said.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_lambda_refuses() {
    let function = function("rules");
    let invocation = function.invoke(&json!({})).await;
    assert_eq!(invocation.response(), &json!({"ok": true}));
    assert_eq!(invocation.when_free().await.end, End::Free);
    assert_snapshot!(said(&function.log().unwrap()), @r#"
    register without a name → 403 Extension.InvalidExtensionName: Empty extension name
    register without JSON → 403 InvalidRequestFormat: expected value at line 1 column 1
    register for SHUTDOWN → 403 Extension.InvalidEventType: SHUTDOWN: event is not supported for internal extensions
    registered: {"accountId":"123456789012","functionName":"peer","functionVersion":"$LATEST","handler":"bootstrap"}
    register again → 403 Extension.InvalidExtensionState: Extension with this name already registered
    next without an identifier → 403 Extension.MissingExtensionIdentifier: Missing Lambda-Extension-Identifier header
    next of a stranger → 403 Extension.UnknownExtensionIdentifier: Unknown extension stranger
    exit without a reason → 403 Extension.MissingHeader: Lambda-Extension-Function-Error-Type not found
    answer to nothing → 403 InvalidStateTransition: State transition from Ready to InvocationResponse failed for runtime. Error: State transition is not allowed
    register late → 403 Extension.RegistrationClosed: Extension registration closed already
    next while at work → 403 InvalidStateTransition: State transition from Running to Ready failed for runtime. Error: State transition is not allowed
    answer to another → 400 InvalidRequestID: Invalid request ID
    streamed answer → 400 InvalidFunctionResponseMode: Invalid function response mode
    answer → 202 {"status":"OK"}
    second answer → 403 InvalidStateTransition: State transition from Ready to InvocationResponse failed for runtime. Error: State transition is not allowed
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_extension_and_runtime_the_same_and_waits_for_both() {
    let function = function("events");
    let invocation = function.invoke(&json!({})).await;
    let times = invocation.when_free().await;
    assert_eq!(times.end, End::Free);
    assert!(
        times.after >= Duration::from_millis(290),
        "{:?}",
        times.after
    );
    assert_snapshot!(said(&function.log().unwrap()), @r#""INVOKE" "X-Amzn-Trace-Id" agree=true"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_why_the_start_failed() {
    let invocation = function("init-error").invoke(&json!({})).await;
    let error = invocation.error().unwrap();
    assert_eq!(
        error.to_string(),
        "Runtime.NoParameters: the parameters cannot be read"
    );
    assert_eq!(error.stack_trace, ["main", r#"{"line":7}"#]);

    let invocation = function("extension-init-error").invoke(&json!({})).await;
    let error = invocation.error().unwrap();
    assert_eq!(error.error_type, "Extension.NoConfiguration");
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_with_its_extension() {
    let function = function("extension-exit-error");
    let invocation = function.invoke(&json!({})).await;
    assert_eq!(invocation.error().unwrap().error_type, "Extension.GaveUp");
    assert!(matches!(invocation.when_free().await.end, End::Gone(_)));
    assert!(function.environments().is_empty());
}
