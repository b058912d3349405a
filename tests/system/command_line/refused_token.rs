//! `timeoff all` with a `SLACK_BOT_TOKEN` that Slack refuses: its workspace removed the app.

use std::time::Duration;

use insta::assert_snapshot;
use jiff::Timestamp;
use timeoff::platform::crypto::Keyring;

use crate::support::{House, OTHER, Plan, Server, TEAM, timeoff};

/// Two workspaces, the first of which removed the app without our hearing of it.
struct Street {
    house: House,
    variables: Vec<(&'static str, String)>,
}

impl Street {
    async fn open() -> Self {
        let key = Keyring::generate_key();
        let house = House::build(Plan {
            keys: Some(key.clone()),
            ..Plan::default()
        })
        .await;
        house.neighbours_move_in().await;
        let stored: String = house
            .value("SELECT bot_token FROM workspace WHERE workspace_id = 'T1'")
            .await;
        let keyring = Keyring::parse(&key).expect("a key");
        let token = keyring.decrypt(&stored).expect("ours");
        house.slack.revoke_token(TEAM);
        // From here on the other process is the app.
        house.stop_workers();
        let variables = vec![
            ("DATABASE_URL", house.database.url.clone()),
            ("SLACK_SIGNING_SECRET", house.slack.signing_secret().into()),
            ("SLACK_BOT_TOKEN", token),
            ("SLACK_API_URL", house.slack.api_url()),
            ("TOKEN_ENCRYPTION_KEYS", key),
        ];
        Self { house, variables }
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        let each = self.variables.iter();
        each.map(|(name, value)| (*name, value.as_str())).collect()
    }
}

/// What the log says of the token; it may be read a moment after the server listens.
async fn complaint(server: &Server) -> String {
    for _ in 0..1000 {
        let errors = server.errors();
        let mut lines = errors.lines().filter(|line| line.contains("ERROR"));
        if let Some(found) =
            lines.find_map(|line| line.find("cannot install").map(|at| &line[at..]))
        {
            return found.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing in the log:\n{}", server.errors());
}

#[tokio::test]
async fn the_other_workspaces_are_served() {
    let street = Street::open().await;
    let server = Server::start(&street.variables()).await;
    assert_snapshot!(complaint(&server).await, @"cannot install the workspace of SLACK_BOT_TOKEN: Slack auth.test: token_revoked. All other workspaces are served. Install the app in that workspace again and set its new SLACK_BOT_TOKEN, or take SLACK_BOT_TOKEN out.");
    street.house.slack.set_app_url(&server.url);
    // The other process has the clock on the wall.
    street.house.clocks(&Timestamp::now().to_string());
    let asha = street.house.slack.person(OTHER, "U_ASHA");
    asha.types("#general", "/timeoff help").await;
    assert!(asha.channel("#general").contains("Here is what I can do"));
}

#[tokio::test]
async fn a_deployment_that_others_can_join_is_served() {
    let mut street = Street::open().await;
    street
        .house
        .execute("UPDATE workspace SET paused_at = now(), bot_token = NULL")
        .await;
    street.variables.extend([
        ("SLACK_CLIENT_ID", "1111.2222".to_owned()),
        ("SLACK_CLIENT_SECRET", "planted-client-secret".to_owned()),
        ("PUBLIC_URL", street.house.url.clone()),
    ]);
    let server = Server::start(&street.variables()).await;
    assert!(
        complaint(&server)
            .await
            .contains("take SLACK_BOT_TOKEN out")
    );
}

#[tokio::test]
async fn with_nothing_else_to_serve_the_start_fails() {
    let street = Street::open().await;
    // The first still has the refused token; the neighbours removed the app too.
    street
        .house
        .execute(
            "UPDATE workspace SET paused_at = now(), bot_token = NULL WHERE workspace_id = 'T2'",
        )
        .await;
    let mut variables = street.variables();
    variables.push(("LISTEN", "127.0.0.1:0"));
    let said = timeoff(&["all"], &variables, "").await;
    assert_snapshot!(said.screen(), @"
    cannot install the workspace of SLACK_BOT_TOKEN: Slack auth.test: token_revoked
    (failed)
    ");
}
