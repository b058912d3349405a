//! The simulated Slack, held against what others know of Slack: Slack's own client for Python calls it and is called by it,
//! and every answer, event and interaction is compared with what Slack's own packages declare of it. What the app believes
//! of Slack is then more than what the same people wrote twice.

mod deliveries;
mod web_api;

use serde_json::Value;
use simulators::slack::{Channel, Member, SlackSim, Workspace};
use timeoff::clients::slack::{METHOD_SCOPES, USER_METHOD_SCOPES};

/// What is called beside the methods of the app, and what it needs: by tests, by the playground, or through a URL.
const BESIDE: [(&str, &[&str]); 3] = [
    ("response_url", &[]),
    ("conversations.info", &["channels:read"]),
    ("conversations.join", &["channels:join"]),
];

/// Every method, with the scopes that it needs.
fn methods() -> Vec<(&'static str, &'static [&'static str])> {
    let of_app = METHOD_SCOPES.iter().chain(USER_METHOD_SCOPES).copied();
    let beside = BESIDE
        .into_iter()
        .filter(|(name, _)| of_app.clone().all(|(method, _)| method != *name));
    of_app.clone().chain(beside).collect()
}

/// Exactly the scopes that a person's token needs.
fn user_scopes() -> Vec<&'static str> {
    let all = USER_METHOD_SCOPES.iter().flat_map(|(_, scopes)| *scopes);
    all.copied().collect()
}

/// Exactly the scopes that the bot's token needs.
fn scopes() -> Vec<&'static str> {
    let bots = METHOD_SCOPES.iter().chain(&BESIDE);
    let all = bots.flat_map(|(_, scopes)| *scopes);
    let mut all: Vec<&str> = all.copied().chain(["commands"]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Two workspaces with the same ids in them, the second one in an organization; one that leaves, one that comes, one that
/// gave the app no scope but that of its command, two of an organization that installed the app for both, and one whose bot
/// has the scopes of people.
fn fill(slack: &SlackSim) {
    slack.add_workspace(Workspace::new("T1", "Acme"));
    slack.add_workspace(Workspace::new("T2", "Ink & Sons").enterprise("E_INK"));
    slack.add_workspace(Workspace::new("T3", "Leaving"));
    slack.add_workspace(Workspace::new("T4", "Newcomers"));
    slack.add_workspace(Workspace::new("T5", "Careful"));
    slack.add_workspace(Workspace::new("T6", "Press").enterprise("E_ORG"));
    slack.add_workspace(Workspace::new("T7", "Bindery").enterprise("E_ORG"));
    slack.add_workspace(Workspace::new("T8", "Odd"));
    let asha = Member::new("U_ASHA", "asha").tz("Asia/Kolkata");
    slack.add_person("T1", asha.clone().real_name("Asha Rao").admin());
    slack.add_person("T1", Member::new("U_BEN", "ben").real_name("Ben Ray"));
    slack.add_person("T1", Member::new("U_ZOE", "zoe").real_name("Zoe Lind"));
    slack.add_person("T1", Member::new("U_GONE", "gone").deactivated());
    slack.add_person("T2", asha.real_name("Ashok Rana").owner());
    slack.add_person("T2", Member::new("U_BEN", "ben").real_name("Benita Roy"));
    slack.add_person("T4", Member::new("U_NORA", "nora").real_name("Nora Novak"));
    let olga = Member::new("U_OLGA", "olga").real_name("Olga Orlova");
    slack.add_person("T6", olga.clone().admin());
    slack.add_person("T7", olga);
    slack.add_person("T6", Member::new("U_ASHA", "asha").real_name("Asya Ro"));
    let everybody = ["U_ASHA", "U_BEN"];
    slack.add_channel("T1", Channel::new("C_LEAVE", "leave").members(everybody));
    slack.add_channel("T1", Channel::new("C_OTHERS", "others").members(["U_ZOE"]));
    slack.add_channel("T1", Channel::new("C_PARTY", "party").members(["U_ZOE"]));
    let private = |id, name| Channel::new(id, name).members(["U_ASHA"]).private();
    slack.add_channel("T1", private("G_LEADS", "leads"));
    slack.add_channel("T1", private("G_SECRET", "secret"));
    slack.add_channel("T2", Channel::new("C_LEAVE", "away").members(["U_ASHA"]));
    for team in ["T1", "T2", "T3"] {
        slack.install_app(team, &scopes());
    }
    slack.install_app("T5", &["commands"]);
    slack.install_app_in_org("E_ORG", &["T6", "T7"], &scopes());
    slack.install_app("T8", &user_scopes());
    slack.add_channel("T6", Channel::new("C_LEAVE", "gone").members(["U_ASHA"]));
    slack.add_app_to_channel("T6", "C_LEAVE");
    slack.add_app_to_channel("T1", "C_LEAVE");
    slack.add_app_to_channel("T1", "G_LEADS");
    slack.add_app_to_channel("T2", "C_LEAVE");
}

/// A list of what a program in Python reports, one a line.
#[track_caller]
fn lines(report: &Value, key: &str) -> String {
    let lines = report[key].as_array().expect("a list").iter();
    let lines: Vec<&str> = lines.map(|line| line.as_str().expect("a text")).collect();
    lines.join("\n")
}
