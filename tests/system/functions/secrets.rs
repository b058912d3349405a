//! `timeoff secrets`: into Parameter Store and back, without a word of what is in them.

use std::path::PathBuf;

use insta::assert_snapshot;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::parameters::Parameters;

use super::cloud::{aws, endpoint};
use crate::support::{Said, timeoff};

/// A stage and a file of secrets of its own for each test.
struct Desk {
    stage: String,
    file: PathBuf,
}

impl Desk {
    fn new(test: &str, secrets: &str) -> Self {
        let stage = format!("{test}-{}", std::process::id());
        let file = std::env::temp_dir().join(format!("{stage}.env"));
        std::fs::write(&file, secrets).expect("a file");
        Self { stage, file }
    }

    async fn secrets(&self, arguments: &[&str]) -> String {
        let endpoint = endpoint();
        let mut all = vec!["secrets"];
        all.extend(arguments);
        all.extend(["--stage", &self.stage]);
        let variables = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        let said: Said = timeoff(&all, &variables, "").await;
        said.screen()
            .replace(&self.file.display().to_string(), "FILE")
            .replace(&self.stage, "STAGE")
    }

    async fn push(&self) -> String {
        self.secrets(&["push", "--file", &self.file.display().to_string()])
            .await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // It is only a file in the temporary folder.
        let _ = std::fs::remove_file(&self.file);
    }
}

#[tokio::test]
async fn secrets_are_stored_for_each_function_and_nobody_sees_them() {
    let key = Keyring::generate_key();
    let desk = Desk::new(
        "whole",
        &format!(
            "# Of the Slack app\nSLACK_SIGNING_SECRET=0123456789abcdef0123456789abcdef\nSLACK_BOT_TOKEN=xoxb-planted\nTOKEN_ENCRYPTION_KEYS={key}\nDB_OWNER_PASSWORD='planted-#owner'\n"
        ),
    );
    assert_snapshot!(desk.secrets(&["check"]).await, @"
    Parameters under /timeoff/STAGE/api: 0, under /timeoff/STAGE/schedule: 0.
      - /timeoff/STAGE/api: SLACK_SIGNING_SECRET is missing: from “Basic Information” of the Slack app
      - /timeoff/STAGE/api: TOKEN_ENCRYPTION_KEYS is missing: make one with `timeoff keys generate`
      - /timeoff/STAGE/api: SLACK_BOT_TOKEN is missing, and SLACK_CLIENT_ID too: without either no workspace is installed
      - /timeoff/STAGE/schedule: SLACK_SIGNING_SECRET is missing: from “Basic Information” of the Slack app
      - /timeoff/STAGE/schedule: TOKEN_ENCRYPTION_KEYS is missing: make one with `timeoff keys generate`
      - /timeoff/STAGE/schedule: DB_OWNER_PASSWORD is missing: the database is made with it, and migrated
      - /timeoff/STAGE/schedule: SLACK_BOT_TOKEN is missing, and SLACK_CLIENT_ID too: without either no workspace is installed
    (failed)
    ");
    let pushed = desk.push().await;
    assert_snapshot!(pushed, @"
    Stored for STAGE:
      DB_OWNER_PASSWORD
      SLACK_BOT_TOKEN
      SLACK_SIGNING_SECRET
      TOKEN_ENCRYPTION_KEYS
    Functions that are running read them when they start anew. See what is missing with `timeoff secrets check --stage STAGE`.
    ");
    assert_snapshot!(desk.secrets(&["check"]).await, @"
    Parameters under /timeoff/STAGE/api: 3, under /timeoff/STAGE/schedule: 4.
    Nothing is missing.
    ");
    assert!(!pushed.contains("planted") && !pushed.contains(&key));
    let stored = |function: &'static str| {
        let path = format!("/timeoff/{}/{function}", desk.stage);
        async move { Parameters::load(&aws(), &path).await.expect("readable") }
    };
    let (api, schedule) = (stored("api").await, stored("schedule").await);
    assert_eq!(api.get("SLACK_BOT_TOKEN"), Some("xoxb-planted"));
    assert_eq!(
        api.get("DB_OWNER_PASSWORD"),
        None,
        "not the affair of the one that answers Slack"
    );
    assert_eq!(schedule.get("DB_OWNER_PASSWORD"), Some("planted-#owner"));
}

#[tokio::test]
async fn more_than_one_page_of_secrets_is_read_whole() {
    let key = Keyring::generate_key();
    let desk = Desk::new(
        "pages",
        &format!(
            "SLACK_SIGNING_SECRET=0123456789abcdef0123456789abcdef\nTOKEN_ENCRYPTION_KEYS={key}\nDB_OWNER_PASSWORD=password\nOPENAI_API_KEY=k\nAI_MODEL=m\nSLACK_BOT_TOKEN=xoxb-1234\n\
             HARVEST_ACCESS_TOKEN=t\nHARVEST_ACCOUNT_ID=1\nHARVEST_PROJECT_ID=2\nHARVEST_VACATION_TASK_ID=3\nHARVEST_SICK_TASK_ID=4\nPUBLIC_URL=https://timeoff.example.com\n"
        ),
    );
    desk.push().await;
    assert_snapshot!(desk.secrets(&["check"]).await, @"
    Parameters under /timeoff/STAGE/api: 11, under /timeoff/STAGE/schedule: 12.
    Nothing is missing.
    ");
}

#[tokio::test]
async fn a_file_with_something_wrong_is_not_stored_and_not_quoted() {
    let desk = Desk::new(
        "wrong",
        "SLACK_BOT_TOKEN=xoxb-…\nSLACK_SIGNING_SECRET=…\nDB_OWNER_PASSWORD=short\nTOKEN_ENCRYPTION_KEYS=planted\nDATABASE_URL=postgres://planted\nSLAK_SIGNING_SECRET=planted\nAI_MODEL=\n",
    );
    assert_snapshot!(desk.push().await, @r#"
    Nothing was stored. In FILE:
      - SLACK_BOT_TOKEN is malformed: after xoxb- come letters, digits and hyphens
      - SLACK_SIGNING_SECRET is malformed: Slack's have 32 digits and letters from a to f
      - DB_OWNER_PASSWORD is malformed: RDS takes 8 to 128 characters, no spaces and none of / @ "
      - DATABASE_URL is not a setting that is kept in Parameter Store
      - SLAK_SIGNING_SECRET is not a setting that is kept in Parameter Store
      - AI_MODEL is empty
      - TOKEN_ENCRYPTION_KEYS is malformed: key 1 of the list is not a Fernet key (32 bytes, URL-safe base64)
    (failed)
    "#);
    std::fs::write(&desk.file, "SLACK_SIGNING_SECRET planted\n").expect("a file");
    assert_snapshot!(desk.push().await, @"
    Entry 1 of FILE is not NAME=value.
    (failed)
    ");
    std::fs::write(&desk.file, "\n").expect("a file");
    assert_snapshot!(desk.push().await, @"
    There is nothing in FILE.
    (failed)
    ");
    assert_snapshot!(desk.secrets(&["push", "--file", "/no/such/file"]).await, @"
    Cannot read /no/such/file: No such file or directory (os error 2)
    (failed)
    ");
}

#[tokio::test]
async fn without_credentials_it_says_what_is_missing() {
    let said = timeoff(
        &["secrets", "check", "--stage", "staging"],
        &[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("HOME", "/nonexistent"),
        ],
        "",
    )
    .await;
    assert!(!said.success);
    assert!(said.err.contains("credentials"), "{}", said.err);
    let said = timeoff(&["secrets", "check", "--stage", "Staging!"], &[], "").await;
    assert_snapshot!(said.err.lines().next().unwrap_or_default(), @"error: invalid value 'Staging!' for '--stage <STAGE>': lower-case letters, digits and hyphens, such as staging");
}
