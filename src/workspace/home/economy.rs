//! Nothing is read or built twice: one query sees all that decides a view. Where its hash is that
//! of the view that was built last, the same blocks are published, and that is all.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::paging::Pages;
use super::store::Look;
use crate::clients::blocks::{SlackBlock, context};
use crate::clients::google_calendar::GoogleAccount;
use crate::leave::words;
use crate::services::Services;
use crate::tenant::Person;
use crate::tenant::home::COOLDOWN;
use crate::tenant::model::zone;

/// To be raised whenever a view of the same data is to look different: what was built by another
/// version is not shown again. A test keeps a whole view beside it.
pub(super) const VERSION: u32 = 2;

/// What a view shows, as a hash: the version, the data, the person's day, the pages of its lists.
pub(super) fn hash(services: &Services, look: &Look, pages: &Pages, now: Timestamp) -> String {
    let today = look.person.as_ref().map(|person| person.today(now));
    let outside = &services.outside;
    let configured = (
        outside.google.as_ref().map(GoogleAccount::email),
        &outside.calendar_id,
        outside.harvest_account.as_ref().map(|it| it.account_id),
        services.openai.is_some(),
        services.oauth.as_ref().map(|app| app.install_link()),
    );
    let parts = [
        VERSION.to_string(),
        look.seen.clone(),
        format!(
            "{:?}",
            (look.waits, look.approves, look.failed, look.status_is_on)
        ),
        format!("{:?}", look.person),
        format!("{today:?}"),
        // A working week begins on the workspace's day.
        now.to_zoned(zone(&look.settings.zone)).date().to_string(),
        format!("{pages:?}"),
        format!("{configured:?}"),
    ];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// What stands above a view that was asked for again too soon; `None`: it is not too soon any more.
pub(super) fn please_wait(fresh_at: Option<Timestamp>, now: Timestamp) -> Option<SlackBlock> {
    let left = COOLDOWN - now.duration_since(fresh_at?);
    // The part of a second that is left is waited for too.
    let seconds = (left + SignedDuration::from_nanos(999_999_999)).as_secs();
    (seconds > 0).then(|| {
        let wait = words::counted(usize::try_from(seconds).unwrap_or(60), "second", "seconds");
        context(&format!(
            ":hourglass_flowing_sand: No new data. Wait {wait} before refreshing again."
        ))
    })
}

/// When the view was true, on the person's clock.
pub(super) fn as_of(person: &Person, now: Timestamp) -> SlackBlock {
    let local = now.to_zoned(person.zone.clone());
    let (today, time) = (local.date(), local.time().strftime("%H:%M"));
    context(&format!("As of {}, {time}.", words::day(today, today)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(passed: SignedDuration) -> String {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        match please_wait(Some(now - passed), now) {
            Some(block) => serde_json::json!(block)["elements"][0]["text"]
                .as_str()
                .unwrap()
                .to_owned(),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn the_seconds_that_are_left_are_counted() {
        let told = [
            SignedDuration::ZERO,
            SignedDuration::from_secs(18),
            SignedDuration::from_millis(58_001),
            SignedDuration::from_millis(59_001),
            SignedDuration::from_secs(60),
            SignedDuration::from_secs(3600),
        ]
        .map(told);
        insta::assert_snapshot!(told.join("\n"), @"
        :hourglass_flowing_sand: No new data. Wait 60 seconds before refreshing again.
        :hourglass_flowing_sand: No new data. Wait 42 seconds before refreshing again.
        :hourglass_flowing_sand: No new data. Wait 2 seconds before refreshing again.
        :hourglass_flowing_sand: No new data. Wait 1 second before refreshing again.
        nothing
        nothing
        ");
    }
}
