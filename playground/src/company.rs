//! The companies that live in the pretend Slack. The second has not got the app: somebody there can add
//! it. Ids of people and channels are those of the first, which tells nothing of who is meant.

use simulators::harvest::{HarvestSim, HarvestUser};
use simulators::slack::{Channel, Member, SlackSim, Workspace};
use timeoff::routes::bot_scopes;

/// The workspace's id.
pub const WORKSPACE: &str = "T0LANTERN";
/// Asha Rao, who asks for leave.
pub const ASHA: &str = "U0ASHA";
/// Ben Okafor, who approves it.
pub const BEN: &str = "U0BEN";
/// Carla Mendes, who looks after people and settings.
pub const CARLA: &str = "U0CARLA";

/// The channel in which people write that they are away.
pub const LEAVE: &str = "C0LEAVE";

/// The second workspace's id.
pub const NEIGHBOURS: &str = "T0HARBOUR";
/// Noor Haddad of the second workspace, its admin.
pub const NOOR: &str = "U0ASHA";
/// Luis Vega of the second workspace.
pub const LUIS: &str = "U0BEN";
/// Mia Lind of the second workspace.
pub const MIA: &str = "U0MIA";

/// Moves the second company in, which has no app yet.
pub fn neighbours_move_in(slack: &SlackSim) {
    slack.add_workspace(Workspace::new(NEIGHBOURS, "Harbour Books"));
    let people = [
        Member::new(NOOR, "noor")
            .real_name("Noor Haddad")
            .title("Runs the shop, workspace admin")
            .tz("Europe/Copenhagen")
            .admin(),
        Member::new(LUIS, "luis")
            .real_name("Luis Vega")
            .title("Bookseller, Copenhagen")
            .tz("Europe/Copenhagen"),
        Member::new(MIA, "mia")
            .real_name("Mia Lind")
            .title("Web shop, Malmö")
            .tz("Europe/Stockholm"),
    ];
    for person in people {
        slack.add_person(NEIGHBOURS, person);
    }
    for (id, name, topic) in [
        ("C0GENERAL", "general", "For everybody in the shop"),
        (LEAVE, "leave", "Who is away, and when"),
    ] {
        slack.add_channel(
            NEIGHBOURS,
            Channel::new(id, name)
                .topic(topic)
                .members([NOOR, LUIS, MIA]),
        );
    }
}

/// The second company has the app since an earlier time: with this token, in these channels.
pub fn neighbours_come_back(slack: &SlackSim, token: &str, channels: &[String]) {
    let scopes: Vec<&str> = bot_scopes().into_iter().collect();
    slack.restore_app(NEIGHBOURS, &scopes, token);
    for channel in channels {
        slack.add_app_to_channel(NEIGHBOURS, channel);
    }
}

/// Moves the company in, installs the app, and gives the app's bot token.
pub fn move_in(slack: &SlackSim) -> String {
    slack.add_workspace(Workspace::new(WORKSPACE, "Lantern Studio"));
    let people = [
        Member::new(ASHA, "asha")
            .real_name("Asha Rao")
            .title("Designer, Bengaluru")
            .tz("Asia/Kolkata"),
        Member::new(BEN, "ben")
            .real_name("Ben Okafor")
            .title("Head of design, London: approves leave")
            .tz("Europe/London"),
        Member::new(CARLA, "carla")
            .real_name("Carla Mendes")
            .title("People, Madrid: looks after settings")
            .tz("Europe/Madrid")
            .admin(),
    ];
    for person in people {
        slack.add_person(WORKSPACE, person);
    }
    for (id, name, topic) in [
        ("C0GENERAL", "general", "What everyone should know"),
        (
            LEAVE,
            "leave",
            "Away? Write it here: “on leave tomorrow”, “sick today”",
        ),
        ("C0RANDOM", "random", "Lunch, plants, weekend plans"),
    ] {
        slack.add_channel(
            WORKSPACE,
            Channel::new(id, name)
                .topic(topic)
                .members([ASHA, BEN, CARLA]),
        );
    }
    let scopes: Vec<&str> = bot_scopes().into_iter().collect();
    let token = slack.install_app(WORKSPACE, &scopes);
    slack.add_app_to_channel(WORKSPACE, LEAVE);
    token
}

/// Gives everybody a time sheet, under the address that Slack knows them by.
pub fn open_time_sheets(harvest: &HarvestSim) {
    for (id, name, email) in [
        (1_782_001, "Asha Rao", "asha@example.com"),
        (1_782_002, "Ben Okafor", "ben@example.com"),
        (1_782_003, "Carla Mendes", "carla@example.com"),
    ] {
        harvest.add_user(HarvestUser::new(id, name, email));
    }
}
