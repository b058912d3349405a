//! Each step as the request that Slack sends for it. A step that needs what is not there yet, such as
//! a button in a message that no job has posted, has to wait.

use serde_json::{Value, json};
use simulators::slack::{Person, Shown, SignedRequest};

use super::ledger::{Answers, Kind};
use super::plan::{Move, Planned, Step, Who, approver};
use super::town::{LEAVE, Town, day, in_words, mark, name, team, user};

const FORM: &str = "application/x-www-form-urlencoded";

/// How far somebody's request has come.
#[derive(Debug, Default, Clone)]
pub struct Progress {
    /// Which of the workspace's days it is about.
    day: usize,
    /// Where it was written, if that was in the leave channel.
    written: Option<Shown>,
}

/// What is sent at the same moment.
pub struct Built {
    /// Different requests; each is sent as often as the plan says.
    pub requests: Vec<(Kind, SignedRequest)>,
    pub answers: Answers,
    /// The jobs that each request promises, if it is clear which.
    pub promises: Option<&'static str>,
    /// The person's new name.
    pub renamed: Option<String>,
}

impl Built {
    fn silent(kind: Kind, request: SignedRequest, promises: Option<&'static str>) -> Self {
        Self {
            requests: vec![(kind, request)],
            answers: Answers::Silence,
            promises,
            renamed: None,
        }
    }
}

/// Builds the requests of a step; `None`: not yet.
pub fn build(town: &Town, who: Who, planned: &Planned, progress: &mut Progress) -> Option<Built> {
    let scene = Scene {
        town,
        who,
        person: town.slack.person(&team(who.0), &user(who.1)),
    };
    Some(match &planned.step {
        Step::Home => scene.event(
            Kind::Home,
            &json!({"type": "app_home_opened", "user": user(who.1), "channel": "D0HOME", "tab": "home"}),
            Some("home.publish"),
        ),
        Step::Profile(number) => {
            let name = format!("{} ({number})", name(who.0, who.1));
            let mut built = scene.event(Kind::Profile, &scene.profile(&name), None);
            built.renamed = Some(name);
            built
        }
        Step::Unknown => scene.event(
            Kind::Unknown,
            &json!({"type": "emoji_changed", "subtype": "add", "name": mark(who.0).to_lowercase()}),
            None,
        ),
        Step::Elsewhere => {
            let text = format!("on leave on {}, {}", day(who.0, 0), mark(who.0));
            let (_, request) = scene.person.says_request("#general", &text);
            Built::silent(Kind::Elsewhere, request, None)
        }
        Step::Look(word) => {
            let request = scene
                .person
                .command_request("#general", &format!("/timeoff {word}"));
            Built {
                answers: Answers::OneSpeaks,
                ..Built::silent(Kind::Look, request, None)
            }
        }
        Step::Command(number) => {
            progress.day = *number;
            progress.written = None;
            let typed = format!("/timeoff {}", day(who.0, *number));
            let request = scene.person.command_request("#general", &typed);
            Built::silent(Kind::Command, request, Some("leave.open_form"))
        }
        Step::Submit => {
            let (_, request) = scene.form(progress.day)?;
            Built::silent(Kind::Form, request, Some("leave.ask_approvers"))
        }
        Step::SubmitInVain => {
            let (_, request) = scene.form(progress.day)?;
            Built {
                answers: Answers::Errors,
                ..Built::silent(Kind::Form, request, None)
            }
        }
        Step::SubmitTwice => {
            let (view, request) = scene.form(progress.day)?;
            let rival = request.body.replace(&view, &format!("{view}R"));
            let rival = town.slack.signed(&request.path, FORM, rival);
            Built {
                requests: vec![(Kind::Form, request), (Kind::Form, rival)],
                answers: Answers::OneWins,
                promises: None,
                renamed: None,
            }
        }
        Step::Write(number) => {
            progress.day = *number;
            let text = format!("on leave on {}", day(who.0, *number));
            let (shown, request) = scene.person.says_request(LEAVE, &text);
            progress.written = Some(shown);
            Built::silent(Kind::Message, request, Some("leave.read_message"))
        }
        Step::Answer(button) => {
            let reply = scene.person.find_reply(progress.written.as_ref()?)?;
            let request = scene.person.press_request_on(&reply, button)?;
            let promises = (*button == "Confirm").then_some("leave.ask_approvers");
            Built::silent(Kind::Press, request, promises)
        }
        Step::AtOnce(moves) => scene.at_once(moves, progress)?,
    })
}

/// A copy of a request, as Slack marks it when it is a further attempt at an event.
pub fn copy(request: &SignedRequest, number: usize) -> SignedRequest {
    let mut copy = request.clone();
    if number > 0 && copy.path == "/slack/events" {
        let headers = [
            ("X-Slack-Retry-Num", number.to_string()),
            ("X-Slack-Retry-Reason", "http_timeout".to_owned()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value));
        copy.headers.extend(headers);
    }
    copy
}

/// The dialog that was sent closes in front of its person, as Slack's client closes it.
pub async fn close_form(town: &Town, who: Who) {
    let person = town.slack.person(&team(who.0), &user(who.1));
    if let Some(form) = person.find_modal() {
        form.close().await;
    }
}

struct Scene<'a> {
    town: &'a Town,
    who: Who,
    person: Person,
}

impl Scene<'_> {
    fn event(&self, kind: Kind, event: &Value, promises: Option<&'static str>) -> Built {
        let envelope = self.town.slack.event_envelope(&team(self.who.0), event);
        Built::silent(
            kind,
            self.town.slack.event_request(&envelope, None),
            promises,
        )
    }

    fn profile(&self, name: &str) -> Value {
        let (workspace, person) = self.who;
        json!({
            "type": "user_change",
            "user": {
                "id": user(person), "team_id": team(workspace), "name": name, "deleted": false, "is_bot": false,
                "is_admin": person == super::town::APPROVERS.len(), "tz": "Etc/UTC",
                "profile": {"real_name": name, "display_name": name},
            },
        })
    }

    /// The open form with this day in it, and the request of sending it.
    fn form(&self, number: usize) -> Option<(String, SignedRequest)> {
        let form = self.person.find_modal()?;
        let view = form.json();
        let day = day(self.who.0, number).to_string();
        (view["callback_id"] == "leave.form" && view["state"].to_string().contains(&day))
            .then(|| (view["id"].as_str().unwrap_or_default().to_owned(), form))
            .map(|(id, form)| (id, form.submit_request()))
    }

    fn at_once(&self, moves: &[Move], progress: &Progress) -> Option<Built> {
        let mut built = Vec::new();
        for one in moves {
            built.push(self.move_on(one, progress)?);
        }
        let alone = built.len() == 1;
        Some(Built {
            promises: built[0].2.filter(|_| alone),
            answers: if !alone && moves.iter().any(|it| matches!(it, Move::Deny(_))) {
                Answers::AtMostOneSpeaks
            } else {
                Answers::Silence
            },
            requests: built
                .into_iter()
                .map(|(kind, request, _)| (kind, request))
                .collect(),
            renamed: None,
        })
    }

    fn move_on(
        &self,
        one: &Move,
        progress: &Progress,
    ) -> Option<(Kind, SignedRequest, Option<&'static str>)> {
        Some(match one {
            Move::Approve(by) => (
                Kind::Press,
                self.press_as_approver(*by, "Approve", progress)?,
                Some("leave.sync"),
            ),
            Move::PressDeny(by) => (
                Kind::Press,
                self.press_as_approver(*by, "Deny", progress)?,
                Some("leave.ask_for_note"),
            ),
            Move::Deny(by) => {
                let press = self.press_as_approver(*by, "Deny", progress)?;
                let action = payload(&press)["actions"][0]["value"].clone();
                (Kind::Denial, self.denial(*by, &action), None)
            }
            Move::Cancel => (Kind::Press, self.cancel(progress)?, None),
            Move::Stray(by) => {
                let press = self.press_as_approver(*by, "Approve", progress)?;
                let (own, other) = (
                    team(self.who.0),
                    team((self.who.0 + 1) % self.town.size.workspaces),
                );
                let mut stray = payload(&press);
                stray["team"]["id"] = json!(other);
                stray["user"]["team_id"] = json!(other);
                assert_eq!(payload(&press)["team"]["id"], json!(own));
                (Kind::Press, self.signed(&stray), None)
            }
        })
    }

    fn press_as_approver(
        &self,
        by: usize,
        button: &str,
        progress: &Progress,
    ) -> Option<SignedRequest> {
        let approver = self.town.slack.person(&team(self.who.0), approver(by));
        let asks = format!("<@{}> asks for *", user(self.who.1));
        let day = in_words(day(self.who.0, progress.day));
        let message = approver.find_message("@app", &[&asks, &day])?;
        approver.press_request_on(&message, button)
    }

    fn cancel(&self, progress: &Progress) -> Option<SignedRequest> {
        let message = if let Some(written) = &progress.written {
            self.person.find_reply(written)?
        } else {
            let day = in_words(day(self.who.0, progress.day));
            self.person.find_message("@app", &[&day])?
        };
        ["Cancel request", "Cancel leave"]
            .iter()
            .find_map(|button| self.person.press_request_on(&message, button))
    }

    fn denial(&self, by: usize, action: &Value) -> SignedRequest {
        let (team, user) = (team(self.who.0), approver(by));
        let view = format!("V{team}{user}{}", action.as_str().unwrap_or_default());
        let payload = json!({
            "type": "view_submission",
            "team": {"id": team, "domain": "company"},
            "user": {"id": user, "username": "approver", "name": "approver", "team_id": team},
            "view": {
                "id": view, "team_id": team, "type": "modal", "callback_id": "leave.denial", "private_metadata": action,
                "state": {"values": {"note": {"note": {"type": "plain_text_input", "value": format!("Not then, {}", mark(self.who.0))}}}},
            },
        });
        self.signed(&payload)
    }

    fn signed(&self, payload: &Value) -> SignedRequest {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        self.town.slack.signed("/slack/interactivity", FORM, body)
    }
}

/// The payload of an interaction.
fn payload(request: &SignedRequest) -> Value {
    let mut fields = form_urlencoded::parse(request.body.as_bytes());
    let (_, payload) = fields
        .find(|(name, _)| name == "payload")
        .expect("an interaction");
    serde_json::from_str(&payload).expect("JSON")
}
