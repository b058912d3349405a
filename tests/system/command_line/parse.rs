//! `timeoff parse`: a message and what it would mean, without any configuration.

use insta::assert_snapshot;

use crate::support::timeoff;

async fn parse(arguments: &[&str], input: &str) -> String {
    let arguments: Vec<&str> = ["parse"].iter().chain(arguments).copied().collect();
    timeoff(&arguments, &[], input).await.screen()
}

#[tokio::test]
async fn a_message_is_explained() {
    let said = parse(
        &[
            "--today",
            "2026-01-06",
            "sick today, half day tomorrow afternoon",
        ],
        "",
    )
    .await;
    assert_snapshot!(said, @"
    Asks for leave:
      Tuesday, 6 January 2026: full day, sick
      Wednesday, 7 January 2026: afternoon, sick
    Confidence: high
    ");
    let said = parse(&["--today", "2026-01-06", "on leave from Monday"], "").await;
    assert_snapshot!(said, @"
    Wants leave, but the days are not clear.
    Confidence: high
    Unclear: I see that it starts on Monday, 12 January, but not when it ends.
    ");
    let said = parse(
        &[
            "--today",
            "2026-01-06",
            "--thread",
            "on leave on the 12th",
            "cancel it",
        ],
        "",
    )
    .await;
    assert_snapshot!(said, @"
    Takes leave back:
      Monday, 12 January 2026: full day, vacation
    Confidence: high
    ");
}

#[tokio::test]
async fn a_program_gets_the_whole_reading() {
    let said = parse(
        &[
            "--today",
            "2026-01-06",
            "--json",
            "was on leave 30/12/2025 and 5/1",
        ],
        "",
    )
    .await;
    let reading: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        reading,
        serde_json::json!({
            "intent": "request",
            "days": [{"date": "2026-01-05", "portion": "full", "category": "vacation"}],
            "confidence": "high",
            "doubts": ["Days before 1 January of this year cannot be added."],
            "dropped": ["2025-12-30"],
        })
    );
}

#[tokio::test]
async fn examples_are_answered_line_by_line() {
    let examples = concat!(
        r#"{"text": "On leave tomorrow", "today": "2026-01-06", "thread": [], "expect": {"intent": "none", "days": []}, "note": 1}"#,
        "\n",
        r#"{"text": "thanks!", "today": "2026-01-06"}"#,
        "\n",
    );
    assert_snapshot!(parse(&["--jsonl"], examples).await, @r#"
    {"intent":"request","days":[{"date":"2026-01-07","portion":"full","category":"vacation"}],"confidence":"high"}
    {"intent":"none","days":[],"confidence":"high"}
    "#);
}

#[tokio::test]
async fn a_line_that_is_no_example_is_named() {
    let examples = concat!(
        r#"{"text": "PTO", "today": "2026-01-06"}"#,
        "\n",
        r#"{"text": "PTO", "today": "6 January"}"#,
        "\n",
    );
    let said = timeoff(&["parse", "--jsonl"], &[], examples).await;
    assert!(!said.success);
    assert_eq!(said.out.lines().count(), 1, "the line before was answered");
    assert!(
        said.err.starts_with("Line 2 is not an example: "),
        "{}",
        said.err
    );
    let said = timeoff(&["parse", "--tz", "Asia/Atlantis", "PTO"], &[], "").await;
    assert!(!said.success);
    assert_snapshot!(said.err, @"There is no time zone called “Asia/Atlantis”.");
}
