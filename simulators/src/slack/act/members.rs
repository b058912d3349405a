//! People who join the workspace or a channel, and changes of their profile.

use serde_json::json;

use super::super::{Member, SlackSim, api::member_json, state::State};

impl SlackSim {
    /// Someone new joins the workspace.
    ///
    /// <https://docs.slack.dev/reference/events/team_join>
    pub async fn join_workspace(&self, team: &str, person: Member) {
        self.with_delivered(|state| {
            let id = person.id.clone();
            if let Some(team) = state.team_mut(team) {
                team.people.push(person);
            }
            let user = member_json(state, team, &id, true);
            let event_ts = state.next_ts();
            state.tell_app(
                team,
                json!({"type": "team_join", "user": user, "event_ts": event_ts}),
            );
            state.changed(team, None, "state");
        })
        .await;
    }

    /// Someone's profile or account changes.
    ///
    /// <https://docs.slack.dev/reference/events/user_change>
    /// <https://docs.slack.dev/reference/events/user_profile_changed>
    pub async fn change_person(
        &self,
        team: &str,
        user: &str,
        change: impl FnOnce(Member) -> Member,
    ) {
        self.with_delivered(|state| {
            let Some(person) = state
                .team_mut(team)
                .and_then(|team| team.people.iter_mut().find(|it| it.id == user))
            else {
                return;
            };
            *person = change(person.clone());
            let user = member_json(state, team, user, true);
            let event_ts = state.next_ts();
            let cache_ts = state.clock.now().as_second();
            for kind in ["user_change", "user_profile_changed"] {
                state.tell_app(
                    team,
                    json!({"type": kind, "user": user, "cache_ts": cache_ts, "event_ts": event_ts}),
                );
            }
            state.changed(team, None, "state");
        })
        .await;
    }

    /// Someone (or the app) joins a channel.
    ///
    /// <https://docs.slack.dev/reference/events/member_joined_channel>
    pub async fn join_channel(&self, team: &str, channel: &str, user: &str) {
        self.with_delivered(|state| state.join(team, channel, user))
            .await;
    }
}

impl State {
    /// Adds a member, once, and queues the event.
    pub(crate) fn join(&mut self, team_id: &str, channel: &str, user: &str) {
        let event_ts = self.next_ts();
        let Some(team) = self.team_mut(team_id) else {
            return;
        };
        let Some(id) = team.find_channel(channel).map(|it| it.info.id.clone()) else {
            return;
        };
        let Some(channel) = team.channel_mut(&id) else {
            return;
        };
        if channel.has(user) {
            return;
        }
        channel.info.members.push(user.to_owned());
        let kind = if channel.info.is_private { "G" } else { "C" };
        if team.app_hears(&id) {
            self.tell_app(
                team_id,
                json!({
                    "type": "member_joined_channel",
                    "user": user,
                    "channel": id,
                    "channel_type": kind,
                    "team": team_id,
                    "event_ts": event_ts,
                }),
            );
        }
        self.changed(team_id, None, "state");
    }
}
