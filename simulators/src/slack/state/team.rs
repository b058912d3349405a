//! A workspace with everything in it.

use std::collections::HashMap;

use super::{
    super::{
        model::{Member, Workspace},
        view::View,
    },
    ChannelState, Installation, Status,
};

pub(crate) struct Team {
    pub workspace: Workspace,
    pub people: Vec<Member>,
    pub channels: Vec<ChannelState>,
    pub app: Option<Installation>,
    pub modals: HashMap<String, Vec<View>>,
    pub homes: HashMap<String, View>,
    pub toasts: HashMap<String, Vec<Toast>>,
    /// The last message that a person has read: (person, channel) → ts.
    pub read: HashMap<(String, String), String>,
    /// Statuses as they were set, also when their time is over.
    pub statuses: HashMap<String, Status>,
}

#[derive(Clone, Debug)]
pub(crate) struct Toast {
    pub id: String,
    pub text: String,
}

impl Team {
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            people: Vec::new(),
            channels: Vec::new(),
            app: None,
            modals: HashMap::new(),
            homes: HashMap::new(),
            toasts: HashMap::new(),
            read: HashMap::new(),
            statuses: HashMap::new(),
        }
    }

    pub fn person(&self, id: &str) -> Option<&Member> {
        self.people.iter().find(|person| person.id == id)
    }

    pub fn channel(&self, id: &str) -> Option<&ChannelState> {
        self.channels.iter().find(|channel| channel.info.id == id)
    }

    pub fn channel_mut(&mut self, id: &str) -> Option<&mut ChannelState> {
        self.channels
            .iter_mut()
            .find(|channel| channel.info.id == id)
    }

    /// By id, or by name with or without `#`.
    pub fn find_channel(&self, name: &str) -> Option<&ChannelState> {
        self.channel(name).or_else(|| {
            let name = name.trim_start_matches('#');
            self.channels
                .iter()
                .find(|channel| !channel.is_im && channel.info.name == name)
        })
    }

    pub fn bot_user_id(&self) -> &str {
        self.app.as_ref().map_or("", |app| &app.bot_user_id)
    }

    /// A bot hears only what is said where it is a member.
    pub fn app_hears(&self, channel_id: &str) -> bool {
        let bot = self.bot_user_id();
        !bot.is_empty()
            && self
                .channel(channel_id)
                .is_some_and(|channel| channel.has(bot))
    }

    pub fn view(&self, id: &str) -> Option<&View> {
        self.modals
            .values()
            .flatten()
            .chain(self.homes.values())
            .find(|view| view.id == id)
    }

    pub fn view_mut(&mut self, id: &str) -> Option<&mut View> {
        self.modals
            .values_mut()
            .flatten()
            .chain(self.homes.values_mut())
            .find(|view| view.id == id)
    }
}
