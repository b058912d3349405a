//! Steps and settings of the stories about asking for leave.

use jiff::civil::Date;
use simulators::slack::{Answer, Person, SignedRequest, signature};
use timeoff::leave::days::{Holiday, WorkingWeek};
use timeoff::leave::model::Portion;
use timeoff::leave::store;
use timeoff::tenant::store::{self as tenant, PersonChange};

use super::House;
use super::house::id;

impl House {
    /// Types a command, fills fields of the form, and gives what the form then shows.
    pub async fn sees_form(
        &self,
        person: &Person,
        command: &str,
        fields: &[(&str, &str)],
    ) -> String {
        self.types(person, command).await;
        for (label, value) in fields {
            self.fills(person, label, value).await;
        }
        person.modal().text()
    }

    /// The same, sent: the messages beside the fields, or nothing when it was accepted.
    pub async fn is_told(&self, person: &Person, command: &str, fields: &[(&str, &str)]) -> String {
        self.sees_form(person, command, fields).await;
        beside_fields(&self.submits(person).await)
    }

    /// The line of the open form that says what the choice means.
    pub async fn summary(&self, person: &Person, command: &str, fields: &[(&str, &str)]) -> String {
        let form = self.sees_form(person, command, fields).await;
        form.lines()
            .skip_while(|line| !(line.starts_with('*') || line.starts_with(":warning:")))
            .take_while(|line| !line.starts_with("Reason"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Asks and is approved by Ben.
    pub async fn takes(&self, person: &Person, command: &str, fields: &[(&str, &str)]) {
        assert_eq!(self.is_told(person, command, fields).await, "");
        self.presses(&self.ben(), "Approve").await;
    }

    /// Waits until something is seen; for what follows a job that failed.
    pub async fn until(&self, seen: impl Fn() -> bool) {
        let waiting = async {
            while !seen() {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), waiting)
            .await
            .expect("it is never seen");
    }

    /// Sends a request as it is, such as a copy or a changed one.
    pub async fn sends(&self, request: &SignedRequest) -> Answer {
        let answer = self.slack.send(request).await.expect("the app answers");
        self.settle().await;
        answer
    }

    /// A request with a word of its body changed, signed anew.
    pub fn forged(&self, request: &SignedRequest, from: &str, to: &str) -> SignedRequest {
        let mut forged = request.clone();
        forged.body = request.body.replace(from, to);
        assert_ne!(forged.body, request.body, "nothing to change");
        let timestamp = forged
            .headers
            .iter()
            .find(|(name, _)| name == "X-Slack-Request-Timestamp")
            .map(|(_, value)| value.parse().expect("seconds"))
            .expect("a timestamp");
        for (name, value) in &mut forged.headers {
            if name == "X-Slack-Signature" {
                *value = signature(
                    self.slack.signing_secret(),
                    timestamp,
                    forged.body.as_bytes(),
                );
            }
        }
        forged
    }

    /// A working week such as `FF-aF--` from a day on; `None`: of the workspace.
    pub async fn week(&self, user: Option<&str>, days: &str, from: &str) {
        let from: Date = from.parse().expect("a date");
        let week = WorkingWeek::parse(days, from, 480, "11:00,15:00,19:00").expect("a week");
        let mut tx = self.tx().await;
        store::save_working_week(&mut tx, user.map(id).as_ref(), &week)
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
    }

    /// A public holiday of a place.
    pub async fn holiday(&self, location: &str, day: &str, portion: Portion, name: &str) {
        let day: Date = day.parse().expect("a date");
        let holiday = Holiday {
            portion,
            name: name.to_owned(),
        };
        let mut tx = self.tx().await;
        store::save_holiday(&mut tx, location, day, &holiday)
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
    }

    /// What an admin sets for a person.
    pub async fn sets(&self, user: &str, change: PersonChange<'_>) {
        let mut tx = self.tx().await;
        assert!(
            tenant::change_person(&mut tx, &id(user), &change)
                .await
                .expect("saved"),
            "nobody is {user}"
        );
        tx.commit().await.expect("committed");
    }

    /// The counted days of all leave: date, part, minutes, leave year, state.
    pub async fn records(&self) -> String {
        self.value(
            "SELECT coalesce(string_agg(concat_ws(' ', day, portion, minutes || ' min', leave_year, state), E'\\n' ORDER BY action_id, day, portion), '')
             FROM leave_record",
        )
        .await
    }
}

/// “Field: message” for each message beside a field of a form.
pub fn beside_fields(form: &str) -> String {
    let lines: Vec<&str> = form.lines().collect();
    let told: Vec<String> = lines
        .windows(2)
        .filter_map(|pair| {
            let message = pair[1].strip_prefix("  ! ")?;
            let label = pair[0].split([':', '(']).next()?.trim();
            Some(format!("{label}: {message}"))
        })
        .collect();
    told.join("\n")
}
