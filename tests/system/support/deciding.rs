//! Steps and sights of the stories about approvals.

use simulators::slack::Person;
use timeoff::leave::days;
use timeoff::leave::model::{ActionState, LeaveSpan, Portion};
use timeoff::leave::store;
use timeoff::leave::store::{Change, Inserted};
use timeoff::tenant::Settings;
use timeoff::tenant::store::{self as tenant, Actor};

use super::House;
use super::house::{TEAM, id};

impl House {
    /// `person` is on approved leave; nobody is told of it.
    pub async fn is_away(&self, person: &Person, first: &str, last: &str) {
        self.is_away_in(TEAM, person, first, last).await;
    }

    /// The same in a workspace.
    pub async fn is_away_in(&self, team: &str, person: &Person, first: &str, last: &str) {
        let mut tx = self.tx_in(team).await;
        let user = id(person.id());
        let known = tenant::person(&mut tx, &user).await.expect("readable");
        let day = |text: &str| text.parse().expect("a date");
        let span = LeaveSpan::new(day(first), day(last), Portion::Full).expect("in order");
        let settings = Settings::default();
        let calendar = store::calendar(
            &mut tx,
            &known.expect("a person"),
            &settings,
            span.first(),
            span.last(),
        )
        .await
        .expect("a calendar");
        let types = store::leave_types(&mut tx).await.expect("types");
        let new = store::NewAction {
            user: &user,
            leave_type: &types[0],
            span,
            reason: None,
            days: &days::count(&calendar, &span),
        };
        let Inserted::Whole(action) = store::insert_action(&mut tx, &new).await.expect("written")
        else {
            panic!("{} has leave then already", person.id());
        };
        for step in [
            ActionState::Pending,
            ActionState::Confirmed,
            ActionState::Processing,
            ActionState::Completed,
        ]
        .windows(2)
        {
            let change = Change {
                from: step[0],
                to: step[1],
                actor: Actor::System,
                note: None,
            };
            let done = store::change_state(&mut tx, action, change).await;
            assert!(done.expect("approved"));
        }
        store::settle_records(&mut tx, action)
            .await
            .expect("settled");
        tx.commit().await.expect("committed");
    }

    /// How often the app rang at `person`: messages posted to them, not changed ones.
    pub fn rings(&self, person: &Person) -> usize {
        let posts = self.slack.calls("chat.postMessage");
        posts
            .iter()
            .filter(|post| post["channel"] == person.id())
            .count()
    }
}

/// How many messages of the app `person` sees in their direct messages.
pub fn messages(person: &Person) -> usize {
    person
        .dm()
        .lines()
        .filter(|line| line.starts_with("timeoff"))
        .count()
}

/// The newest message of the app to `person`.
pub fn latest(person: &Person) -> String {
    let message = person.last_message("@app");
    message
        .map(|message| person.text_of(&message))
        .unwrap_or_default()
}
