//! The work that requests promise: each job's payload and rules. The files of what people do
//! enqueue and run it.

use serde::{Deserialize, Serialize};

use super::model::PendingAction;
use super::store;
use crate::jobs::{self, Policy, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::home;

/// Job: shows the requester how their request stands, always in the same message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowRequest {
    /// Which request.
    pub action_id: i64,
}

impl Work for ShowRequest {
    const KIND: &'static str = "leave.show_request";
    const POLICY: Policy = Policy::UpTo(8);

    fn lane(&self) -> Option<String> {
        Some(format!("action:{}:requester", self.action_id))
    }
}

/// Job: shows in the leave channel how a reply stands, always in the same message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowReply {
    /// Which reply.
    pub reply_id: i64,
}

impl Work for ShowReply {
    const KIND: &'static str = "leave.show_reply";
    const POLICY: Policy = Policy::UpTo(8);

    fn lane(&self) -> Option<String> {
        Some(format!("reply:{}", self.reply_id))
    }
}

/// Job: finds the approvers of a request and asks them; for leave that needs no approval it
/// only tells them.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskApprovers {
    /// Which request.
    pub action_id: i64,
    /// Whether this was tried before and found nobody.
    pub again: bool,
}

impl Work for AskApprovers {
    const KIND: &'static str = "leave.ask_approvers";
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        // A look that waits for its hour holds up the others: one an hour is enough.
        Some(format!("action:{}:approvers", self.action_id))
    }
}

/// Job: shows one approver a request as it stands, always in the same message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowApproval {
    /// Which request.
    pub action_id: i64,
    /// To whom.
    pub approver: SlackUserId,
}

impl Work for ShowApproval {
    const KIND: &'static str = "leave.show_approval";
    // For an hour: nobody else knows that the request waits.
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(format!(
            "action:{}:approver:{}",
            self.action_id, self.approver
        ))
    }
}

/// Job: one message with everything that waits for an approver.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemindApprover {
    /// Whom.
    pub approver: SlackUserId,
}

impl Work for RemindApprover {
    const KIND: &'static str = "leave.remind_approver";
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(format!("reminder:{}", self.approver))
    }
}

/// Job: brings the last reminder of an approver up to date, if there is one.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshReminder {
    /// Whose.
    pub approver: SlackUserId,
}

impl Work for RefreshReminder {
    const KIND: &'static str = "leave.refresh_reminder";
    const POLICY: Policy = Policy::UpTo(5);

    fn lane(&self) -> Option<String> {
        Some(format!("reminder:{}", self.approver))
    }
}

/// Job: takes leave that was approved, changed or taken back to the calendar and the time sheet.
#[derive(Debug, Serialize, Deserialize)]
pub struct SyncLeave {
    /// Which.
    pub action_id: i64,
}

impl Work for SyncLeave {
    const KIND: &'static str = "leave.sync";
    // People delete leave there by hand, and only they know whether it should come back.
    const POLICY: Policy = Policy::NeverAgain;

    fn lane(&self) -> Option<String> {
        Some(format!("action:{}:sync", self.action_id))
    }
}

/// Job: tells an admin what failed at another service, and what became of it, always in the same
/// message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowFailedSync {
    /// Which leave.
    pub action_id: i64,
    /// Whom.
    pub admin: SlackUserId,
}

impl Work for ShowFailedSync {
    const KIND: &'static str = "leave.show_failed_sync";
    // For an hour: nobody else knows that it waits.
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(format!("action:{}:sync:{}", self.action_id, self.admin))
    }
}

/// Promises that the requester sees how their request stands: where they asked for it, and in
/// their Home tab.
pub async fn show_request(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    let Some(action) = store::action(tx, action_id).await? else {
        return Ok(());
    };
    show_where_asked(tx, correlation_id, &action).await?;
    home::follow(tx, correlation_id, &[action.user]).await
}

async fn show_where_asked(
    tx: &mut TenantTx,
    correlation_id: &str,
    action: &PendingAction,
) -> Result<(), sqlx::Error> {
    let action_id = action.id;
    match action.reply {
        Some(reply_id) => {
            jobs::enqueue(tx, correlation_id, &ShowReply { reply_id }).await?;
            for reply_id in store::replies_beside(tx, action_id).await? {
                jobs::enqueue(tx, correlation_id, &ShowReply { reply_id }).await?;
            }
            Ok(())
        }
        None => jobs::enqueue(tx, correlation_id, &ShowRequest { action_id }).await,
    }
}

/// Promises that every message about an action, and the Home tabs of those whom it concerns, show
/// its present state.
pub async fn refresh_messages(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    let mut concerned = Vec::new();
    if let Some(action) = store::action(tx, action_id).await? {
        show_where_asked(tx, correlation_id, &action).await?;
        concerned.push(action.user);
    }
    for approval in store::approvals(tx, action_id).await? {
        concerned.push(approval.approver.clone());
        jobs::enqueue(
            tx,
            correlation_id,
            &ShowApproval {
                action_id,
                approver: approval.approver.clone(),
            },
        )
        .await?;
        jobs::enqueue(
            tx,
            correlation_id,
            &RefreshReminder {
                approver: approval.approver,
            },
        )
        .await?;
    }
    home::follow(tx, correlation_id, &concerned).await
}
