//! The app in a workspace: installing and removing it.

use serde_json::json;

use super::{super::model::Member, State};

pub(crate) struct Installation {
    pub token: String,
    pub scopes: Vec<String>,
    pub bot_user_id: String,
    pub bot_id: String,
}

impl State {
    pub fn install(&mut self, team_id: &str, scopes: Vec<String>) -> String {
        let suffix = team_id.trim_start_matches('T').to_owned();
        let secret = self.next_secret(team_id);
        let token = format!("xoxb-{suffix}-{secret}");
        let (name, description) = (self.app.name.clone(), self.app.description.clone());
        let Some(team) = self.team_mut(team_id) else {
            return token;
        };
        let bot_user_id = format!("U0BOT{suffix}");
        let bot_id = format!("B0BOT{suffix}");
        if let Some(app) = &mut team.app {
            // A further installation adds scopes and keeps the bot.
            for scope in scopes {
                if !app.scopes.contains(&scope) {
                    app.scopes.push(scope);
                }
            }
            app.token.clone_from(&token);
            return token;
        }
        team.people.push(
            Member::new(&bot_user_id, &name)
                .real_name(&name)
                .title(&description)
                .email("")
                .bot(),
        );
        team.app = Some(Installation {
            token: token.clone(),
            scopes,
            bot_user_id,
            bot_id,
        });
        token
    }

    pub fn uninstall(&mut self, team_id: &str) {
        let event_ts = self.next_ts();
        let Some(app) = self.team(team_id).and_then(|team| team.app.as_ref()) else {
            return;
        };
        let (token, bot) = (app.token.clone(), app.bot_user_id.clone());
        self.revoked.insert(token);
        for event in [
            json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}, "event_ts": event_ts}),
            json!({"type": "app_uninstalled", "event_ts": event_ts}),
        ] {
            self.tell_app(team_id, event);
        }
        self.changed(team_id, None, "state");
    }
}
