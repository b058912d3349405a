//! What Slack says of people, taken over into the directory.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::clients::slack::Member;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// Who of those that the directory does not know is added to it. Whoever is known is changed in any
/// case, and whoever has left Slack is never added.
#[derive(Debug, Clone, Copy)]
pub enum Adds<'a> {
    /// Everybody.
    Everybody,
    /// These alone.
    Only(&'a [SlackUserId]),
    /// Nobody.
    Nobody,
}

/// What became of members that Slack told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// How many of them are in the directory and in Slack.
    pub people: i32,
    /// How many are new.
    pub added: i32,
    /// How many have left Slack since.
    pub deactivated: i32,
    /// How many had left and are back.
    pub returned: i32,
}

/// Takes over what Slack says of members; what admins set (team, approver, place) stays. Bots and
/// people from elsewhere are left out.
pub async fn save_members(
    tx: &mut TenantTx,
    members: &[Member],
    adds: Adds<'_>,
) -> Result<Saved, sqlx::Error> {
    // Nobody twice: Slack's pages may overlap, and the last word counts.
    let people: HashMap<&str, &Member> = members
        .iter()
        .filter(|member| member.is_person() && member.is_of(tx.workspace()))
        .map(|member| (member.id.as_str(), member))
        .collect();
    // In one order for everybody who locks rows.
    let mut people: Vec<&Member> = people.into_values().collect();
    people.sort_unstable_by_key(|member| member.id.as_str());
    let column = |of: fn(&Member) -> &str| -> Vec<String> {
        people.iter().map(|member| of(member).to_owned()).collect()
    };
    let optional = |of: fn(&Member) -> Option<&str>| -> Vec<Option<String>> {
        people
            .iter()
            .map(|member| of(member).map(str::to_owned))
            .collect()
    };
    let flags =
        |of: fn(&Member) -> bool| -> Vec<bool> { people.iter().map(|member| of(member)).collect() };
    let only: Option<Vec<String>> = match adds {
        Adds::Everybody => None,
        Adds::Only(users) => Some(users.iter().map(ToString::to_string).collect()),
        Adds::Nobody => Some(Vec::new()),
    };
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let saved = sqlx::query!(
        r#"WITH told AS (
               SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::bool[], $8::bool[])
                   AS t (user_id, name, email, time_zone, is_admin, is_owner, in_slack)),
           before AS (SELECT user_id, in_slack FROM person WHERE user_id IN (SELECT user_id FROM told)),
           taken AS (
               SELECT told.*, before.in_slack AS was_in_slack FROM told LEFT JOIN before USING (user_id)
               WHERE before.user_id IS NOT NULL OR (told.in_slack AND ($9::text[] IS NULL OR user_id = ANY($9)))),
           saved AS (
               INSERT INTO person (workspace_id, user_id, name, email, time_zone, is_admin, is_owner, in_slack, told_at)
               SELECT $1, user_id, name, email, coalesce(time_zone, 'UTC'), is_admin, is_owner, in_slack, $10 FROM taken
               ON CONFLICT (workspace_id, user_id) DO UPDATE SET name = excluded.name, email = coalesce(excluded.email, person.email),
                   time_zone = coalesce((SELECT t.time_zone FROM told t WHERE t.user_id = excluded.user_id), person.time_zone),
                   is_admin = excluded.is_admin, is_owner = excluded.is_owner, in_slack = excluded.in_slack, told_at = excluded.told_at)
           SELECT count(*) FILTER (WHERE in_slack) AS "people!", count(*) FILTER (WHERE was_in_slack IS NULL) AS "added!",
               count(*) FILTER (WHERE was_in_slack AND NOT in_slack) AS "deactivated!",
               count(*) FILTER (WHERE NOT was_in_slack AND in_slack) AS "returned!" FROM taken"#,
        workspace,
        &column(|member| member.id.as_str()),
        &column(Member::display_name),
        &optional(Member::email) as _,
        &optional(|member| member.tz.as_deref()) as _,
        &flags(Member::is_admin),
        &flags(Member::is_owner),
        &flags(Member::is_active),
        only.as_deref() as _,
        now.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Saved {
        people: counted(saved.people),
        added: counted(saved.added),
        deactivated: counted(saved.deactivated),
        returned: counted(saved.returned),
    })
}

fn counted(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The same for one member.
pub async fn save_member(
    tx: &mut TenantTx,
    member: &Member,
    adds: Adds<'_>,
) -> Result<(), sqlx::Error> {
    save_members(tx, std::slice::from_ref(member), adds)
        .await
        .map(drop)
}

/// Notes that Slack told of people whose profile could not be read: they have not left.
pub async fn note_told(tx: &mut TenantTx, users: &[SlackUserId]) -> Result<(), sqlx::Error> {
    let now = tx.now();
    let users: Vec<String> = users.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "UPDATE person SET told_at = $2 WHERE user_id = ANY($1)",
        &users,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whoever Slack has not told of since an instant has left without a word. Returns how many those
/// are.
pub async fn who_left(tx: &mut TenantTx, since: Timestamp) -> Result<i32, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE person SET in_slack = false WHERE in_slack AND (told_at IS NULL OR told_at < $1)",
        since.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}
