//! What a test or the playground puts into the simulated Slack.

/// A workspace (Slack's API says team).
#[derive(Clone, Debug)]
pub struct Workspace {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) domain: String,
    pub(crate) enterprise_id: Option<String>,
}

impl Workspace {
    /// A workspace whose domain follows from its name.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            domain: name
                .to_lowercase()
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect(),
            enterprise_id: None,
        }
    }

    /// Slack's team id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sets the part before `.slack.com`.
    #[must_use]
    pub fn domain(mut self, domain: &str) -> Self {
        domain.clone_into(&mut self.domain);
        self
    }

    /// Puts the workspace into an Enterprise organization.
    #[must_use]
    pub fn enterprise(mut self, id: &str) -> Self {
        self.enterprise_id = Some(id.to_owned());
        self
    }
}

/// A person or bot of a workspace (Slack's API says member or user).
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the flags of Slack's user object"
)]
pub struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) real_name: String,
    pub(crate) email: String,
    pub(crate) tz: String,
    pub(crate) title: String,
    pub(crate) is_admin: bool,
    pub(crate) is_owner: bool,
    pub(crate) is_bot: bool,
    pub(crate) deleted: bool,
}

impl Member {
    /// A person with an e-mail address made from `name`, in UTC.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            real_name: name.to_owned(),
            email: format!("{name}@example.com"),
            tz: "Etc/UTC".to_owned(),
            title: String::new(),
            is_admin: false,
            is_owner: false,
            is_bot: false,
            deleted: false,
        }
    }

    /// Sets the full name.
    #[must_use]
    pub fn real_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.real_name);
        self
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        email.clone_into(&mut self.email);
        self
    }

    /// Sets the time zone, by its IANA name.
    #[must_use]
    pub fn tz(mut self, tz: &str) -> Self {
        tz.clone_into(&mut self.tz);
        self
    }

    /// Sets the job title.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// Makes the person a workspace admin.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.is_admin = true;
        self
    }

    /// Makes the person a workspace owner, who is an admin too.
    #[must_use]
    pub fn owner(mut self) -> Self {
        self.is_admin = true;
        self.is_owner = true;
        self
    }

    /// Makes it a bot.
    #[must_use]
    pub fn bot(mut self) -> Self {
        self.is_bot = true;
        self
    }

    /// Deactivates the account.
    #[must_use]
    pub fn deactivated(mut self) -> Self {
        self.deleted = true;
        self
    }
}

/// A public or private channel.
#[derive(Clone, Debug)]
pub struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) is_private: bool,
    pub(crate) members: Vec<String>,
}

impl Channel {
    /// An empty public channel; `name` without `#`.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.trim_start_matches('#').to_owned(),
            topic: String::new(),
            is_private: false,
            members: Vec::new(),
        }
    }

    /// Sets the topic.
    #[must_use]
    pub fn topic(mut self, topic: &str) -> Self {
        topic.clone_into(&mut self.topic);
        self
    }

    /// Makes the channel private.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.is_private = true;
        self
    }

    /// Adds members by user id.
    #[must_use]
    pub fn members<I: IntoIterator<Item: Into<String>>>(mut self, members: I) -> Self {
        self.members.extend(members.into_iter().map(Into::into));
        self
    }
}

/// A slash command of the app.
#[derive(Clone, Debug)]
pub struct SlashCommand {
    /// With the slash: `/timeoff`.
    pub command: String,
    /// What Slack shows behind the command while a person types.
    pub hint: String,
    /// What the command does, in a few words.
    pub description: String,
}

/// How the app is configured at Slack.
///
/// <https://docs.slack.dev/reference/app-manifest>
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// The app's id (`A…`).
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// One line about the app.
    pub description: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// The slash commands; what people type that starts with one of them is sent as a command.
    pub commands: Vec<SlashCommand>,
    /// The subscribed bot events, in the words of the manifest (`message.channels`, …).
    pub events: Vec<String>,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            id: "A0TIMEOFF".to_owned(),
            name: "timeoff".to_owned(),
            description: "Ask for time off, and see who is away".to_owned(),
            client_id: "1111.2222".to_owned(),
            client_secret: "client-secret".to_owned(),
            commands: vec![SlashCommand {
                command: "/timeoff".to_owned(),
                hint: "[tomorrow | 5 Mar to 9 Mar | help]".to_owned(),
                description: "Ask for time off".to_owned(),
            }],
            events: [
                "message.channels",
                "message.groups",
                "message.im",
                "app_home_opened",
                "team_join",
                "user_change",
                "member_joined_channel",
                "app_uninstalled",
                "tokens_revoked",
                "team_access_granted",
                "team_access_revoked",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }
}

/// The bot scopes that the app asks for unless a test says otherwise.
pub const DEFAULT_SCOPES: &[&str] = &[
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
    "users:read.email",
];
