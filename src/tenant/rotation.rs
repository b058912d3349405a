//! Exchanging the key that stored secrets are encrypted with, while the system runs.
//!
//! Whoever stores another kind of secret adds it to [`Column`]; a test looks for what was left out.

use std::collections::BTreeSet;

use super::store;
use crate::platform::clock::Clock;
use crate::platform::crypto::Keyring;
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::WorkspaceId;

/// How many secrets are exchanged in one transaction.
const BATCH: i64 = 100;

/// Where a tenant's secrets are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    /// `workspace.bot_token`
    WorkspaceBot,
    /// `user_token.token`
    Person,
    /// `harvest_account.access_token`
    Harvest,
    /// `job.payload`: the `access_token` that an account of Harvest is checked with. A removed
    /// workspace's job may wait for weeks.
    Job,
}

impl Column {
    const ALL: [Self; 4] = [Self::WorkspaceBot, Self::Person, Self::Harvest, Self::Job];

    fn name(self) -> &'static str {
        match self {
            Self::WorkspaceBot => "workspace.bot_token",
            Self::Person => "user_token.token",
            Self::Harvest => "harvest_account.access_token",
            Self::Job => "job.payload",
        }
    }

    /// The next secrets in the order of their rows' keys.
    async fn page(self, tx: &mut TenantTx, after: &str) -> Result<Vec<Stored>, sqlx::Error> {
        match self {
            Self::WorkspaceBot => {
                sqlx::query_as!(
                    Stored,
                    r#"SELECT workspace_id AS key, bot_token AS "secret!" FROM workspace
                       WHERE bot_token IS NOT NULL AND workspace_id > $1 ORDER BY workspace_id LIMIT $2"#,
                    after,
                    BATCH,
                )
                .fetch_all(tx.conn())
                .await
            }
            Self::Person => {
                sqlx::query_as!(
                    Stored,
                    "SELECT user_id AS key, token AS secret FROM user_token WHERE user_id > $1 ORDER BY user_id LIMIT $2",
                    after,
                    BATCH,
                )
                .fetch_all(tx.conn())
                .await
            }
            Self::Harvest => {
                sqlx::query_as!(
                    Stored,
                    "SELECT workspace_id AS key, access_token AS secret FROM harvest_account
                     WHERE workspace_id > $1 ORDER BY workspace_id LIMIT $2",
                    after,
                    BATCH,
                )
                .fetch_all(tx.conn())
                .await
            }
            Self::Job => {
                sqlx::query_as!(
                    Stored,
                    r#"SELECT lpad(job_id::text, 20, '0') AS "key!", payload ->> 'access_token' AS "secret!" FROM job
                       WHERE payload ? 'access_token' AND lpad(job_id::text, 20, '0') > $1 ORDER BY 1 LIMIT $2"#,
                    after,
                    BATCH,
                )
                .fetch_all(tx.conn())
                .await
            }
        }
    }

    /// Puts a secret in the place of an older form; `false`: somebody else was quicker.
    async fn replace(
        self,
        tx: &mut TenantTx,
        old: &Stored,
        new: &str,
    ) -> Result<bool, sqlx::Error> {
        let (key, old) = (&old.key, &old.secret);
        let done = match self {
            Self::WorkspaceBot => sqlx::query!(
                "UPDATE workspace SET bot_token = $3 WHERE workspace_id = $1 AND bot_token = $2",
                key,
                old,
                new
            )
            .execute(tx.conn()),
            Self::Person => sqlx::query!(
                "UPDATE user_token SET token = $3 WHERE user_id = $1 AND token = $2",
                key,
                old,
                new
            )
            .execute(tx.conn()),
            Self::Harvest => sqlx::query!(
                "UPDATE harvest_account SET access_token = $3 WHERE workspace_id = $1 AND access_token = $2",
                key,
                old,
                new
            )
            .execute(tx.conn()),
            Self::Job => sqlx::query!(
                "UPDATE job SET payload = jsonb_set(payload, '{access_token}', to_jsonb($3::text))
                 WHERE lpad(job_id::text, 20, '0') = $1 AND payload ->> 'access_token' = $2",
                key,
                old,
                new
            )
            .execute(tx.conn()),
        }
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// A stored secret, encrypted, and the key of its row.
pub(super) struct Stored {
    pub key: String,
    pub secret: String,
}

/// What became of the stored secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rotated {
    /// How many are under the first key now and were not before.
    pub exchanged: usize,
    /// How many were already.
    pub kept: usize,
    /// Where a secret is that no key opens: the column and the workspace.
    pub unreadable: BTreeSet<String>,
}

impl Rotated {
    /// The secret under the first key, if that is to be stored.
    fn count(
        &mut self,
        keyring: &Keyring,
        secret: &str,
        place: impl FnOnce() -> String,
    ) -> Option<String> {
        match keyring.rotate(secret) {
            Ok(None) => self.kept += 1,
            Ok(Some(new)) => return Some(new),
            Err(_) => drop(self.unreadable.insert(place())),
        }
        None
    }
}

/// Encrypts every stored secret with the first key. It may be interrupted and repeated, and secrets
/// may come, change and go meanwhile.
pub async fn rotate(db: &Db, keyring: &Keyring, clock: &Clock) -> Result<Rotated, sqlx::Error> {
    let mut rotated = Rotated::default();
    organizations(db, keyring, &mut rotated).await?;
    let mut workspaces = store::workspace_ids(db).await?;
    // What they stored waits with them.
    workspaces.extend(store::paused_workspace_ids(db).await?);
    for workspace in workspaces {
        for column in Column::ALL {
            tenant(db, keyring, clock, &workspace, column, &mut rotated).await?;
        }
    }
    Ok(rotated)
}

async fn tenant(
    db: &Db,
    keyring: &Keyring,
    clock: &Clock,
    workspace: &WorkspaceId,
    column: Column,
    rotated: &mut Rotated,
) -> Result<(), sqlx::Error> {
    let mut after = String::new();
    loop {
        let mut tx = db.begin(workspace, clock.now()).await?;
        let page = column.page(&mut tx, &after).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after.clone_from(&last.key);
        let mut exchanged = 0;
        for stored in &page {
            let place = || format!("{} of {workspace}", column.name());
            if let Some(new) = rotated.count(keyring, &stored.secret, place) {
                exchanged += usize::from(column.replace(&mut tx, stored, &new).await?);
            }
        }
        tx.commit().await?;
        rotated.exchanged += exchanged;
    }
}

async fn organizations(
    db: &Db,
    keyring: &Keyring,
    rotated: &mut Rotated,
) -> Result<(), sqlx::Error> {
    let mut after = String::new();
    loop {
        let page = store::enterprise_secrets(db, &after, BATCH).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after.clone_from(&last.key);
        for stored in &page {
            let place = || format!("enterprise.bot_token of {}", stored.key);
            if let Some(new) = rotated.count(keyring, &stored.secret, place) {
                let done = store::replace_enterprise_secret(db, stored, &new).await?;
                rotated.exchanged += usize::from(done);
            }
        }
    }
}
