//! Leave types: a list in a dialog, and on top of it the form that adds or changes one. A type is
//! never deleted, because leave refers to it: it is taken out of use.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::admins_only;
use super::form::mark;
use super::save::{CHANGED_MEANWHILE, audit};
use crate::clients::blocks::{
    Input, SlackBlock, SlackModalView, actions, button, context, escape, modal, section_with_button,
};
use crate::gateway::{Ack, BlockAction, Cx, ViewState, ViewSubmission};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::leave::balance::Allowance;
use crate::leave::model::leave_type_name;
use crate::leave::store::{self as leave, ListedType};
use crate::leave::{request, views};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::Messenger;

/// The name of the list among the dialogs.
pub const LIST: &str = "leave_types";
/// Opens the form of one leave type, or of a new one.
pub const CHANGE: &str = "settings.leave_type";
/// That form, as `routes.rs` knows it.
pub const FORM: &str = "settings.leave_type_form";

const NAME: &str = "leave_type_name";
const APPROVAL: &str = "leave_type_approval";
const ALLOWANCE: &str = "leave_type_allowance";
const PLACE: &str = "leave_type_place";
const USE: &str = "leave_type_use";
const USED: &str = "used";
const FIRST: &str = "first";

/// As many as a menu can show.
const MOST: usize = 100;
/// The list shows so many: a dialog holds 100 blocks, with what stands below them.
const LISTED: usize = 97;
/// So many of them are out of use.
const MOST_RETIRED: usize = 80;

const DECIDED: [(&str, &str); 2] = [
    ("yes", "An approver decides"),
    ("no", "It is noted without asking"),
];

/// What the form remembers while it is open.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Shown {
    /// The leave type's key; `None`: a new one.
    key: Option<String>,
    /// The list below the form.
    list: String,
    /// The leave type as it was, by its mark.
    was: String,
}

/// The list.
pub(super) async fn list_view(tx: &mut TenantTx) -> Result<SlackModalView, sqlx::Error> {
    let types = leave::all_leave_types(tx, false).await?;
    let (used, retired): (Vec<_>, Vec<_>) = types.iter().partition(|it| it.active);
    let line = |it: &ListedType| {
        let how = match (it.active, it.needs_approval) {
            (false, _) => "not used any more",
            (true, true) => "an approver decides",
            (true, false) => "noted without asking",
        };
        let days = it.allowance.map_or_else(String::new, |allowance| {
            format!(", {allowance} days a year")
        });
        section_with_button(
            &format!("*{}*\n{how}{days}", escape(&it.name)),
            button(CHANGE, "Change", &it.key),
        )
    };
    let is_full = used.len() >= MOST;
    let unlisted = used.len().saturating_sub(LISTED);
    let mut blocks: Vec<SlackBlock> = used.into_iter().take(LISTED).map(line).collect();
    let room = (LISTED - blocks.len()).min(MOST_RETIRED);
    let hidden = retired.len().saturating_sub(room);
    blocks.extend(retired.into_iter().take(room).map(line));
    if unlisted > 0 {
        blocks.push(context(&format!(
            "{unlisted} more that people can ask for are not shown: take some out of use to see the rest."
        )));
    }
    if hidden > 0 {
        blocks.push(context(&format!(
            "{hidden} more that are not used any more are not shown. A new one with the same name brings each back."
        )));
    }
    blocks.push(if is_full {
        context(&format!(
            "There are {MOST} leave types that people can ask for, and more cannot be. Take one out of use to add another."
        ))
    } else {
        actions(
            "add_leave_type",
            vec![button(CHANGE, "Add a leave type", "")],
        )
    });
    Ok(modal(LIST, "Leave types", None, "", blocks))
}

/// Job: opens the form on top of the list.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenLeaveType {
    /// For whom.
    pub user: SlackUserId,
    /// Which; `None`: a new one.
    pub key: Option<String>,
    /// The list below it.
    pub list: String,
    /// Good for 3 seconds from the press.
    pub trigger_id: String,
}

impl Work for OpenLeaveType {
    const KIND: &'static str = "settings.open_leave_type";
    // The trigger is dead before a second attempt.
    const POLICY: Policy = Policy::NeverAgain;
}

/// Change or Add was pressed in the list.
pub async fn pressed(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return request::tell_presser(cx, &pressed, why.to_owned()).await;
    }
    cx.enqueue(&OpenLeaveType {
        user: pressed.user,
        key: Some(pressed.value).filter(|key| !key.is_empty()),
        list: pressed.view.map(|view| view.id).unwrap_or_default(),
        trigger_id: pressed.trigger_id,
    })
    .await?;
    Ok(Ack::Done)
}

/// Runs [`OpenLeaveType`].
pub async fn open(services: &Services, job: &Job) -> Result<(), JobError> {
    let open: OpenLeaveType = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let types = leave::all_leave_types(&mut tx, false).await?;
    tx.rollback().await?;
    let known = types.iter().find(|it| open.key.as_ref() == Some(&it.key));
    if open.key.is_some() && known.is_none() {
        return Ok(());
    }
    let view = form(&types, known, &open.list);
    let messenger = Messenger::of(services, &job.workspace).await?;
    services
        .slack
        .push_view(messenger.bot(), &open.trigger_id, &view)
        .await?;
    Ok(())
}

/// Tells the person that the form did not open.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let open: OpenLeaveType = job.work()?;
    let text = "Slack did not confirm that the dialog opened, and nothing was changed. If you do not see it, please press the button once more.";
    views::tell_opener(tx, job, open.user, None, text).await
}

fn form(types: &[ListedType], known: Option<&ListedType>, list: &str) -> SlackModalView {
    let others: Vec<&ListedType> = types
        .iter()
        .filter(|it| it.active && known.is_none_or(|known| known.key != it.key))
        .collect();
    let after: Vec<String> = others
        .iter()
        .map(|it| format!("After {}", it.name))
        .collect();
    let mut places = vec![(FIRST, "First")];
    places.extend(
        others
            .iter()
            .zip(&after)
            .map(|(it, after)| (it.key.as_str(), after.as_str())),
    );
    let before = known.and_then(|known| {
        let used = types.iter().filter(|it| it.active);
        used.take_while(|it| it.key != known.key).last()
    });
    let place = match (known, before) {
        (Some(known), None) if known.active => FIRST,
        (Some(known), Some(before)) if known.active => before.key.as_str(),
        _ => others.last().map_or(FIRST, |last| last.key.as_str()),
    };
    let decided = known.is_none_or(|known| known.needs_approval);
    let mut blocks = vec![
        Input::line(NAME, "Name", known.map(|known| known.name.as_str()))
            .hint("What people choose in the form, such as Parental leave.")
            .block(),
        Input::select(
            APPROVAL,
            "When somebody asks for it",
            &DECIDED,
            Some(if decided { "yes" } else { "no" }),
        )
        .block(),
        Input::number(
            ALLOWANCE,
            "Days a year",
            true,
            known.and_then(|known| known.allowance).map(|allowance| allowance.to_string()),
        )
        .optional()
        .hint("How much of it everybody has, such as 25 or 12.5; people see what is left. Empty: as many days as are agreed.")
        .block(),
        Input::select(
            PLACE,
            "Place in the form",
            &places[..places.len().min(MOST)],
            Some(place),
        )
        .block(),
    ];
    if let Some(known) = known {
        let ticked: &[&str] = if known.active { &[USED] } else { &[] };
        let choices = [(USED, "People can ask for it")];
        blocks.push(
            Input::checkboxes(USE, "In use", &choices, ticked)
                .optional()
                .hint("Leave that was taken keeps its type, in use or not.")
                .block(),
        );
    }
    let shown = Shown {
        key: known.map(|known| known.key.clone()),
        list: list.to_owned(),
        was: known.map(was).unwrap_or_default(),
    };
    // A key of up to 40 characters and a few more.
    let metadata = serde_json::to_string(&shown).unwrap_or_default();
    let title = if known.is_some() {
        "Change a leave type"
    } else {
        "Add a leave type"
    };
    modal(FORM, title, Some("Save"), &metadata, blocks)
}

fn was(known: &ListedType) -> String {
    let days = known.allowance.map(Allowance::half_days);
    mark(&json!([
        known.name,
        known.needs_approval,
        known.active,
        days
    ]))
}

/// The form was submitted.
pub async fn submitted(cx: &mut Cx, submission: ViewSubmission) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return Ok(Ack::Show(Box::new(views::notice("Not saved", why))));
    }
    let shown: Shown = serde_json::from_str(&submission.view.private_metadata).unwrap_or_default();
    let types = leave::all_leave_types(&mut cx.tx, true).await?;
    let known = types.iter().find(|it| shown.key.as_ref() == Some(&it.key));
    if known.is_some_and(|known| was(known) != shown.was) {
        return Ok(beside(NAME, CHANGED_MEANWHILE));
    }
    let state = &submission.view.state;
    let typed = match typed(&types, known, state) {
        Ok(typed) => typed,
        Err((field, why)) => return Ok(beside(field, &why)),
    };
    leave::write_leave_type(&mut cx.tx, &typed).await?;
    let order = order(&types, &typed.key, state.choice(PLACE).unwrap_or(FIRST));
    leave::order_leave_types(&mut cx.tx, &order).await?;
    let told = |it: &ListedType| {
        let days = it.allowance.map(|allowance| allowance.to_string());
        json!({"name": it.name, "needs_approval": it.needs_approval, "active": it.active, "days_a_year": days})
    };
    // A new one may be an old one that comes back.
    let before = types.iter().find(|it| it.key == typed.key);
    let detail = json!({"from": before.map(told), "to": told(&typed)});
    audit(cx, &format!("leave_type:{}", typed.key), detail).await?;
    if !shown.list.is_empty() {
        cx.enqueue(&ShowLeaveTypes { list: shown.list }).await?;
    }
    Ok(Ack::Done)
}

fn beside(field: &str, why: &str) -> Ack {
    Ack::FieldErrors(vec![(field.to_owned(), why.to_owned())])
}

/// The leave type as it is typed, or what is wrong and beside which field.
fn typed(
    types: &[ListedType],
    known: Option<&ListedType>,
    state: &ViewState,
) -> Result<ListedType, (&'static str, String)> {
    let name = leave_type_name(state.text(NAME).unwrap_or_default())
        .map_err(|why| (NAME, why.to_owned()))?;
    let same = types.iter().find(|it| {
        it.name.to_lowercase() == name.to_lowercase()
            && known.is_none_or(|known| known.key != it.key)
    });
    if let Some(same) = same.filter(|same| same.active || known.is_some()) {
        return Err((NAME, format!("There is “{}” already.", same.name)));
    }
    // A new one with the name of a retired one is that one again.
    let key = match (known, same) {
        (Some(it), _) | (None, Some(it)) => it.key.clone(),
        (None, None) => new_key(types, &name),
    };
    let active = !state.has(USE) || state.ticked(USE, USED);
    let others = types.iter().filter(|it| it.active && it.key != key).count();
    if !active && others == 0 {
        let why = "It is the only leave type that people can ask for. Add another one first.";
        return Err((USE, why.to_owned()));
    }
    if active && others >= MOST {
        let why = format!("There are {MOST} leave types already. Take one out of use first.");
        return Err((NAME, why));
    }
    let allowance = match state.text(ALLOWANCE).map(str::trim) {
        None | Some("") => None,
        Some(days) => {
            let read = days.parse::<Allowance>();
            Some(read.map_err(|bad| (ALLOWANCE, bad.to_string()))?)
        }
    };
    Ok(ListedType {
        key,
        name,
        needs_approval: state.choice(APPROVAL) != Some("no"),
        active,
        allowance,
    })
}

/// A key that no leave type has: the name in small letters, with a number if need be.
fn new_key(types: &[ListedType], name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let slug: String = slug.trim_end_matches('_').chars().take(36).collect();
    let slug = if slug.is_empty() {
        "leave".to_owned()
    } else {
        slug
    };
    let taken = |key: &str| types.iter().any(|it| it.key == key);
    if !taken(&slug) {
        return slug;
    }
    // One of so many numbers is free.
    (2..=types.len() + 2)
        .map(|number| format!("{slug}_{number}"))
        .find(|key| !taken(key))
        .unwrap_or(slug)
}

/// All keys with `key` after another, or first.
fn order(types: &[ListedType], key: &str, after: &str) -> Vec<String> {
    let mut keys: Vec<String> = types
        .iter()
        .map(|it| it.key.clone())
        .filter(|it| it != key)
        .collect();
    let at = keys
        .iter()
        .position(|it| it == after)
        .map_or(0, |before| before + 1);
    keys.insert(at, key.to_owned());
    keys
}

/// Job: shows the list anew, below the form that was just sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowLeaveTypes {
    /// The open dialog.
    pub list: String,
}

impl Work for ShowLeaveTypes {
    const KIND: &'static str = "settings.show_leave_types";
    const POLICY: Policy = Policy::UpTo(3);

    /// In order, so that the last list is what stays.
    fn lane(&self) -> Option<String> {
        Some(format!("view:{}", self.list))
    }
}

/// Runs [`ShowLeaveTypes`].
pub async fn show(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowLeaveTypes { list } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let view = list_view(&mut tx).await?;
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    match services
        .slack
        .update_view(messenger.bot(), &list, &view)
        .await
    {
        // The person closed it in the meantime.
        Err(error) if error.code == "not_found" => Ok(()),
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(key: &str, name: &str, active: bool) -> ListedType {
        ListedType {
            key: key.to_owned(),
            name: name.to_owned(),
            needs_approval: true,
            active,
            allowance: None,
        }
    }

    #[test]
    fn a_key_is_made_of_the_name() {
        let types = [
            listed("parental", "Parental", true),
            listed("leave", "…", true),
        ];
        for (name, key) in [
            ("Parental", "parental_2"),
            ("Time in lieu (TOIL)", "time_in_lieu_toil"),
            ("有給休暇", "leave_2"),
            ("Été", "t"),
        ] {
            assert_eq!(new_key(&types, name), key);
        }
        assert_eq!(new_key(&types, &"x".repeat(75)).len(), 36);
    }

    #[test]
    fn a_type_is_put_after_another() {
        let types = ["a", "b", "c"].map(|key| listed(key, key, true));
        assert_eq!(order(&types, "c", FIRST), ["c", "a", "b"]);
        assert_eq!(order(&types, "a", "b"), ["b", "a", "c"]);
        assert_eq!(order(&types, "new", "c"), ["a", "b", "c", "new"]);
        assert_eq!(order(&types, "new", "gone"), ["new", "a", "b", "c"]);
    }
}
