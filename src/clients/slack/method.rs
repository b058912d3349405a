//! The methods of the Web API that are called, each with the scopes that the call needs: of the bot's
//! token, or of one that a person gave.

/// Makes the type of methods, so that none can be called whose scopes are not written here; one that
/// nobody calls any more is dead code to the compiler.
macro_rules! methods {
    (
        bot { $($method:ident = $name:literal needs [$($scope:literal),*])+ }
        person { $($own:ident = $own_name:literal needs [$($own_scope:literal),*])+ }
    ) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Method {
            $($method,)+
            $($own,)+
        }

        impl Method {
            /// Slack's name of it.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$method => $name,)+
                    $(Self::$own => $own_name,)+
                }
            }
        }

        /// Each method that the app calls, with the bot scopes that it needs for that: those of
        /// the kinds of conversation in which it is called. Source: the page of each method,
        /// <https://docs.slack.dev/reference/methods>.
        pub const METHOD_SCOPES: &[(&str, &[&str])] = &[$(($name, &[$($scope),*]),)+];

        /// The same for what is called with the token of a person, with user scopes.
        pub const USER_METHOD_SCOPES: &[(&str, &[&str])] = &[$(($own_name, &[$($own_scope),*]),)+];
    };
}

methods! {
    bot {
        AuthTest = "auth.test" needs []
        OauthAccess = "oauth.v2.access" needs []
        // Which workspaces an organization gave the app to.
        Teams = "auth.teams.list" needs []
        PostMessage = "chat.postMessage" needs ["chat:write"]
        PostEphemeral = "chat.postEphemeral" needs ["chat:write"]
        UpdateMessage = "chat.update" needs ["chat:write"]
        DeleteMessage = "chat.delete" needs ["chat:write"]
        // A message that an interrupted attempt may have posted is looked for in direct messages and channels…
        OpenConversation = "conversations.open" needs ["im:write"]
        History = "conversations.history" needs ["im:history", "channels:history", "groups:history"]
        // … and in threads of the leave channel, where people also wrote before.
        Replies = "conversations.replies" needs ["channels:history", "groups:history"]
        // The members of a channel may be the approvers.
        Members = "conversations.members" needs ["channels:read", "groups:read"]
        // The e-mail address finds a person in Harvest.
        User = "users.info" needs ["users:read", "users:read.email"]
        Users = "users.list" needs ["users:read", "users:read.email"]
        OpenView = "views.open" needs []
        UpdateView = "views.update" needs []
        PublishView = "views.publish" needs []
    }
    // A person's own status in Slack, if they let the app set it.
    person {
        Profile = "users.profile.get" needs ["users.profile:read"]
        SetProfile = "users.profile.set" needs ["users.profile:write"]
        Revoke = "auth.revoke" needs []
    }
}
