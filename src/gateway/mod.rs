//! From a raw HTTP request to a trusted one, and to the ack.
//!
//! verify → parse → tenant → dedupe → rate limit → handler → commit → ack. The handler runs in
//! one transaction and makes no network call; what takes longer is a job in that transaction.

mod admit;
mod envelope;
mod events;
mod fields;
pub mod observe;
mod receive;
mod trouble;
pub mod verify;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

pub use envelope::{
    BlockAction, Malformed, Parsed, SlackRequest, SlashCommand, ViewClosed, ViewState,
    ViewSubmission, parse,
};
pub use events::{
    AppHomeOpened, ChannelMessage, DirectMessage, Event, EventKind, HEARD, Heard,
    InstallationChange,
};
pub use receive::{Gateway, RequestId, receive};

use crate::clients::blocks::SlackModalView;
use crate::clients::slack::Message;
use crate::jobs::{self, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, EnterpriseId};
use crate::tenant::{Person, Workspace};

/// The largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// What a handler works with: the transaction, and what was found out on the way to it.
pub struct Cx {
    /// The request's transaction, bound to its workspace.
    pub tx: TenantTx,
    /// The workspace.
    pub workspace: Workspace,
    /// The person who acts, if the directory knows them.
    pub person: Option<Person>,
    /// Names this request in every log line, of its jobs too.
    pub correlation_id: String,
}

impl Cx {
    /// The instant of the request.
    pub fn now(&self) -> Timestamp {
        self.tx.now()
    }

    /// Takes a token of a channel, for a request that turned out to be ours only in its handler.
    /// Too many: the answer to give.
    pub async fn take_token(&mut self, channel: &ChannelId) -> Result<Option<Ack>, sqlx::Error> {
        let (bucket, per_minute) = (
            channel.to_string(),
            self.workspace.settings.requests_per_minute,
        );
        let wait = admit::take_token(&mut self.tx, &bucket, per_minute).await?;
        Ok(wait.map(Ack::Wait))
    }

    /// Promises work that starts after the ack.
    pub async fn enqueue<W: Work>(&mut self, work: &W) -> Result<(), sqlx::Error> {
        jobs::enqueue(&mut self.tx, &self.correlation_id, work).await
    }
}

/// What Slack is told at once.
#[derive(Debug)]
pub enum Ack {
    /// Nothing more to say: an empty 200.
    Done,
    /// A command's answer, for the person alone.
    Reply(Message),
    /// What is wrong in a dialog, by block id. The transaction is taken back.
    FieldErrors(Vec<(String, String)>),
    /// The dialog becomes another.
    Show(Box<SlackModalView>),
    /// Too much at once: nothing was done, and the person is asked to wait.
    Wait(Wait),
}

/// How long to wait before more is taken from a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    bucket: String,
    seconds: i64,
}

/// A handler that is ready to run.
pub enum Handling {
    /// In a workspace that has the app.
    InWorkspace(HandleInWorkspace),
    /// Of an installation itself, in whatever state it is.
    OfInstallation(HandleInstallation),
}

/// Handles a request of a workspace that has the app.
pub type HandleInWorkspace =
    Box<dyn for<'c> FnOnce(&'c mut Cx) -> BoxFuture<'c, Result<Ack, sqlx::Error>> + Send>;

/// Handles a change of an installation. There may be no such workspace, and it may come twice.
pub type HandleInstallation =
    Box<dyn for<'t> FnOnce(&'t mut TenantTx) -> BoxFuture<'t, Result<(), sqlx::Error>> + Send>;

/// Finds the handler of a request. Implemented once, by `routes.rs`.
pub trait Routes: Send + Sync + 'static {
    /// `None`: nothing of ours, to be acknowledged and ignored.
    fn find(&self, request: SlackRequest) -> Option<Handling>;

    /// Takes in the workspace of the transaction, of which nothing is known yet, if its
    /// organization installed the app for its workspaces. `None`: it did not.
    fn adopt<'t>(
        &'t self,
        tx: &'t mut TenantTx,
        org: &'t EnterpriseId,
        correlation_id: &'t str,
    ) -> BoxFuture<'t, Result<Option<Workspace>, sqlx::Error>>;
}
