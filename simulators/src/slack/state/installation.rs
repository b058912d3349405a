//! The app in a workspace, or in the workspaces of an organization: installing and removing it.

use serde_json::json;

use super::{super::model::Member, Outgoing, State, UserToken};

#[derive(Clone)]
pub(crate) struct Installation {
    pub token: String,
    pub scopes: Vec<String>,
    pub bot_user_id: String,
    pub bot_id: String,
    /// The organization installed it; its workspaces share the token.
    pub of_org: bool,
}

impl Installation {
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|it| it == scope)
    }
}

impl State {
    pub fn install(&mut self, team_id: &str, scopes: Vec<String>) -> String {
        let suffix = team_id.trim_start_matches('T').to_owned();
        let secret = self.next_secret(team_id);
        let token = format!("xoxb-{suffix}-{secret}");
        self.put_app(
            team_id,
            Installation {
                token: token.clone(),
                scopes,
                bot_user_id: format!("U0BOT{suffix}"),
                bot_id: format!("B0BOT{suffix}"),
                of_org: false,
            },
        );
        token
    }

    /// An organization installs the app for these workspaces of its own.
    pub fn install_org(
        &mut self,
        enterprise: &str,
        teams: &[String],
        scopes: Vec<String>,
    ) -> String {
        let suffix = enterprise.trim_start_matches('E').to_owned();
        let secret = self.next_secret(enterprise);
        let app = Installation {
            token: format!("xoxb-{suffix}-{secret}"),
            scopes,
            bot_user_id: format!("U0BOT{enterprise}"),
            bot_id: format!("B0BOT{enterprise}"),
            of_org: true,
        };
        for team in teams {
            self.put_app(team, app.clone());
        }
        app.token
    }

    fn put_app(&mut self, team_id: &str, new: Installation) {
        let (name, description) = (self.app.name.clone(), self.app.description.clone());
        let revoked = self.revoked.clone();
        let Some(team) = self.team_mut(team_id) else {
            return;
        };
        if let Some(app) = &mut team.app
            && app.of_org == new.of_org
            && !revoked.contains(&app.token)
        {
            // A further installation adds scopes and keeps the bot.
            for scope in new.scopes {
                if !app.scopes.contains(&scope) {
                    app.scopes.push(scope);
                }
            }
            app.token = new.token;
            return;
        }
        if team.person(&new.bot_user_id).is_none() {
            team.people.push(
                Member::new(&new.bot_user_id, &name)
                    .real_name(&name)
                    .title(&description)
                    .email("")
                    .bot(),
            );
        }
        team.app = Some(new);
    }

    /// The app is given to a further workspace of an organization that has it.
    pub fn grant_access(&mut self, enterprise: &str, team_id: &str) {
        let app = self.teams_of(enterprise).find_map(|id| {
            let app = self.team(&id)?.app.as_ref()?;
            app.of_org.then(|| app.clone())
        });
        let Some(app) = app else { return };
        self.put_app(team_id, app);
        self.tell_of_org(
            team_id,
            json!({"type": "team_access_granted", "team_ids": [team_id]}),
        );
        self.changed(team_id, None, "state");
    }

    /// The app is taken away from one workspace of an organization.
    pub fn revoke_access(&mut self, team_id: &str) {
        self.tell_of_org(
            team_id,
            json!({"type": "team_access_revoked", "team_ids": [team_id]}),
        );
        if let Some(team) = self.team_mut(team_id) {
            team.app = None;
        }
        self.forget_user_tokens(team_id);
        self.changed(team_id, None, "state");
    }

    pub fn teams_of(&self, enterprise: &str) -> impl Iterator<Item = String> {
        self.teams
            .iter()
            .filter(move |team| team.workspace.enterprise_id.as_deref() == Some(enterprise))
            .map(|team| team.workspace.id.clone())
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn tell_of_org(&mut self, team_id: &str, mut event: serde_json::Value) {
        event["event_ts"] = json!(self.next_ts());
        self.outbox.push(Outgoing {
            team: team_id.to_owned(),
            of_org: true,
            event,
        });
    }

    fn forget_user_tokens(&mut self, team_id: &str) {
        self.user_tokens.retain(|_, token| token.team != team_id);
    }

    /// A person lets the app act for them: the token.
    pub fn grant_user_token(&mut self, team: &str, user: &str, scopes: Vec<String>) -> String {
        let token = format!("xoxp-{}", self.next_secret(user));
        let of_person = UserToken {
            team: team.to_owned(),
            user: user.to_owned(),
            scopes,
        };
        self.user_tokens.insert(token.clone(), of_person);
        token
    }

    /// A person takes back what the app may do for them.
    pub fn revoke_user_tokens(&mut self, team_id: &str, user: &str) {
        let event_ts = self.next_ts();
        let mut gone = false;
        let revoked = &mut self.revoked;
        self.user_tokens.retain(|token, of| {
            let keep = of.team != team_id || of.user != user;
            if !keep {
                revoked.insert(token.clone());
                gone = true;
            }
            keep
        });
        if gone {
            let tokens = json!({"oauth": [user], "bot": []});
            let event = json!({"type": "tokens_revoked", "tokens": tokens, "event_ts": event_ts});
            self.tell_app(team_id, event);
        }
    }

    pub fn uninstall(&mut self, team_id: &str) {
        let event_ts = self.next_ts();
        let Some(app) = self.team(team_id).and_then(|team| team.app.as_ref()) else {
            return;
        };
        let (token, bot, of_org) = (app.token.clone(), app.bot_user_id.clone(), app.of_org);
        let teams: Vec<String> = self
            .teams_of_bot_token(&token)
            .map(|team| team.workspace.id.clone())
            .collect();
        self.revoked.insert(token);
        // The bot leaves its channels too.
        for team in self
            .teams
            .iter_mut()
            .filter(|team| teams.contains(&team.workspace.id))
        {
            for channel in team.channels.iter_mut().filter(|channel| !channel.is_im) {
                channel.info.members.retain(|member| *member != bot);
            }
        }
        let mut people = Vec::new();
        let revoked = &mut self.revoked;
        self.user_tokens.retain(|token, of| {
            let keep = !teams.contains(&of.team);
            if !keep {
                revoked.insert(token.clone());
                people.push(of.user.clone());
            }
            keep
        });
        people.sort();
        for event in [
            json!({"type": "tokens_revoked", "tokens": {"oauth": people, "bot": [bot]}, "event_ts": event_ts}),
            json!({"type": "app_uninstalled", "event_ts": event_ts}),
        ] {
            self.outbox.push(Outgoing {
                team: team_id.to_owned(),
                of_org,
                event,
            });
        }
        for team in teams {
            self.changed(&team, None, "state");
        }
    }
}
