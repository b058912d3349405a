//! Saving a form of the settings: every field is checked, and what is wrong stands beside it.

use serde_json::{Map, Value, json};

use super::admins_only;
use super::channels::{EnterChannel, Purpose, chosen};
use super::form::{Form, mark};
use super::open::Shown;
use super::week::{Weeks, hours_and_days};
use crate::gateway::{Ack, Cx, ViewSubmission};
use crate::leave::days::WorkingWeek;
use crate::leave::{store as leave, views};
use crate::tenant::model::zone;
use crate::tenant::store::{self, Actor, Audit};
use crate::tenant::{Settings, WrongSettings, check_approvers};
use crate::workspace::people::{READ_AGAIN, follow_limit};

/// The dialog of a form, as `routes.rs` knows it.
pub const FORM: &str = "settings.form";

pub(super) const CHANGED_MEANWHILE: &str = "Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.";

/// Whether a submission is of this form.
pub fn is_form(submission: &ViewSubmission, form: Form) -> bool {
    serde_json::from_str::<Shown>(&submission.view.private_metadata)
        .is_ok_and(|shown| shown.form == form.key())
}

/// A form was submitted.
pub async fn submitted(cx: &mut Cx, submission: ViewSubmission) -> Result<Ack, sqlx::Error> {
    // Whoever opened it may have lost the right since.
    if let Err(why) = admins_only(cx) {
        return Ok(Ack::Show(Box::new(views::notice("Not saved", why))));
    }
    let shown: Shown = serde_json::from_str(&submission.view.private_metadata).unwrap_or_default();
    let (Some(form), Some(stored)) = (
        Form::of(&shown.form),
        store::settings_to_change(&mut cx.tx).await?,
    ) else {
        return Ok(Ack::Done);
    };
    let state = &submission.view.state;
    let before = stored.by_name();
    let (mut changes, mut wrong) = (Map::new(), Vec::new());
    for field in form.fields() {
        let Some(typed) = field.read(state) else {
            continue;
        };
        let name = field.setting.to_owned();
        // As it would be stored, so that “8:00” is no other time than “08:00:00”.
        let alone = Map::from_iter([(name.clone(), typed.clone())]);
        let value = stored
            .with(&alone)
            .ok()
            .and_then(|with| with.by_name().remove(&name))
            .unwrap_or(typed);
        let now = before.get(&name).unwrap_or(&Value::Null);
        let opened = shown.values.get(&name);
        if opened == Some(&mark(&value)) || *now == value {
            continue;
        }
        if opened.is_some_and(|opened| *opened != mark(now)) {
            wrong.push((name, CHANGED_MEANWHILE.to_owned()));
        } else {
            changes.insert(name, value);
        }
    }
    let week = if form == Form::WorkingTime {
        let today = cx.now().to_zoned(zone(&stored.zone)).date();
        let weeks = Weeks::read(&mut cx.tx, today).await?;
        let typed = weeks.typed(state, &shown.values);
        typed
            .unwrap_or_else(|errors| {
                wrong.extend(errors);
                None
            })
            .map(|week| (weeks.on(week.from).clone(), week))
    } else {
        None
    };
    match change(cx, &stored, &changes).await? {
        Ok(()) if wrong.is_empty() => {}
        Ok(()) => return Ok(Ack::FieldErrors(wrong)),
        Err(WrongSettings(errors)) => {
            wrong.extend(errors.into_iter().map(|error| {
                let fields = form.fields();
                if fields.iter().any(|it| it.setting == error.setting) {
                    return (error.setting, error.why);
                }
                // It stands in another dialog, so it is told beside the first field of this one.
                let first = fields.first().map_or("", |it| it.setting);
                (
                    first.to_owned(),
                    format!("{}: {}", error.setting, error.why),
                )
            }));
            return Ok(Ack::FieldErrors(wrong));
        }
    }
    if let Some((from, to)) = week {
        change_week(cx, &from, &to).await?;
    }
    Ok(Ack::Done)
}

/// Changes settings for the person who acts: checked, noted in the audit log, with all that
/// follows from it. The settings must be held by [`store::settings_to_change`].
pub async fn change(
    cx: &mut Cx,
    stored: &Settings,
    changes: &Map<String, Value>,
) -> Result<Result<(), WrongSettings>, sqlx::Error> {
    let to = match stored.with(changes) {
        Ok(to) => to,
        Err(wrong) => return Ok(Err(wrong)),
    };
    if let Some(wrong) = check_approvers(&mut cx.tx, stored, &to).await? {
        let unknown = match wrong.unknown.len() {
            1 => "one of them".to_owned(),
            count => format!("{count} of them"),
        };
        let unknown = format!(
            "I do not know {unknown}: an app, somebody from another workspace, or somebody whom I have not read from Slack yet. “{READ_AGAIN}” in my Home tab does that."
        );
        return Ok(Err(wrong.because(unknown)));
    }
    let changed = store::change_settings(&mut cx.tx, stored, &to).await?;
    if changed.is_empty() {
        return Ok(Ok(()));
    }
    audit(cx, "settings", Value::Object(changed)).await?;
    follow(cx, stored, &to).await?;
    cx.workspace.settings = to;
    Ok(Ok(()))
}

/// What a change of the settings brings about.
async fn follow(cx: &mut Cx, from: &Settings, to: &Settings) -> Result<(), sqlx::Error> {
    let Some(user) = cx.person.as_ref().map(|person| person.user.clone()) else {
        return Ok(());
    };
    let mut entered = Vec::new();
    for ((before, _), (now, purpose)) in chosen(from).into_iter().zip(chosen(to)) {
        let Some(channel) = now.filter(|_| before != now) else {
            continue;
        };
        // Once for a channel that is used twice.
        if purpose == Purpose::Post && entered.contains(&channel) {
            continue;
        }
        entered.push(channel);
        cx.enqueue(&EnterChannel {
            user: user.clone(),
            channel: channel.clone(),
            purpose,
        })
        .await?;
    }
    follow_limit(&mut cx.tx, &cx.correlation_id, from, to, Some(&user)).await?;
    Ok(())
}

/// Sets the working week from a day on. Leave that is booked keeps its days.
async fn change_week(cx: &mut Cx, from: &WorkingWeek, to: &WorkingWeek) -> Result<(), sqlx::Error> {
    leave::save_working_week(&mut cx.tx, None, to).await?;
    let detail = json!({
        "from": hours_and_days(from), "to": hours_and_days(to), "holds_from": to.from,
    });
    audit(cx, "week", detail).await
}

pub(super) async fn audit(cx: &mut Cx, subject: &str, detail: Value) -> Result<(), sqlx::Error> {
    let actor = match &cx.person {
        Some(person) => Actor::Person(&person.user),
        None => Actor::System,
    };
    let entry = Audit {
        actor,
        subject: subject.to_owned(),
        action: "changed",
        from: None,
        to: None,
        detail,
    };
    store::audit(&mut cx.tx, &entry).await
}
