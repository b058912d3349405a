//! The methods of the Web API that are called, each with the bot scopes that the call needs.

/// Makes the type of methods, so that none can be called whose scopes are not written here; one that
/// nobody calls any more is dead code to the compiler.
macro_rules! methods {
    ($($method:ident = $name:literal needs [$($scope:literal),*])+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Method {
            $($method,)+
        }

        impl Method {
            /// Slack's name of it.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$method => $name,)+
                }
            }
        }

        /// Each method that the app calls, with the bot scopes that it needs for that: those of
        /// the kinds of conversation in which it is called. Source: the page of each method,
        /// <https://docs.slack.dev/reference/methods>.
        pub const METHOD_SCOPES: &[(&str, &[&str])] = &[$(($name, &[$($scope),*]),)+];
    };
}

methods! {
    AuthTest = "auth.test" needs []
    OauthAccess = "oauth.v2.access" needs []
    // Which workspaces an organization gave the app to.
    Teams = "auth.teams.list" needs []
    PostMessage = "chat.postMessage" needs ["chat:write"]
    PostEphemeral = "chat.postEphemeral" needs ["chat:write"]
    UpdateMessage = "chat.update" needs ["chat:write"]
    DeleteMessage = "chat.delete" needs ["chat:write"]
    // A message that an interrupted attempt may have posted is looked for in direct messages…
    OpenConversation = "conversations.open" needs ["im:write"]
    History = "conversations.history" needs ["im:history"]
    // … and in threads of the leave channel, where people also wrote before.
    Replies = "conversations.replies" needs ["channels:history", "groups:history"]
    // The members of a channel may be the approvers.
    Members = "conversations.members" needs ["channels:read", "groups:read"]
    // An admin chose a channel: is the app in it? A public one it joins by itself.
    ChannelInfo = "conversations.info" needs ["channels:read", "groups:read"]
    Join = "conversations.join" needs ["channels:join"]
    // The e-mail address finds a person in Harvest.
    User = "users.info" needs ["users:read", "users:read.email"]
    Users = "users.list" needs ["users:read", "users:read.email"]
    OpenView = "views.open" needs []
    PushView = "views.push" needs []
    UpdateView = "views.update" needs []
    PublishView = "views.publish" needs []
}
