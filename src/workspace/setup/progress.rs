//! How far a workspace has come in its set-up.

use super::store;
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::{Integrations, Settings};

/// A choice of the set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Where people write that they are away.
    LeaveChannel,
    /// Who decides.
    Approvers,
    /// The workspace's own zone.
    Zone,
    /// The calendar that shows leave.
    Calendar,
}

impl Step {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeaveChannel => "leave_channel",
            Self::Approvers => "approvers",
            Self::Zone => "zone",
            Self::Calendar => "calendar",
        }
    }

    /// What it is about.
    pub fn title(self) -> &'static str {
        match self {
            Self::LeaveChannel => "Leave channel",
            Self::Approvers => "Approvers",
            Self::Zone => "Time zone",
            Self::Calendar => "Google Calendar",
        }
    }

    /// The step of this name.
    pub fn of(name: &str) -> Option<Self> {
        [
            Self::LeaveChannel,
            Self::Approvers,
            Self::Zone,
            Self::Calendar,
        ]
        .into_iter()
        .find(|step| step.as_str() == name)
    }
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has dealt with it.
    Open,
    /// Something is chosen.
    Chosen,
    /// It is not wanted, or not yet.
    Skipped,
}

/// How far a workspace has come.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The steps, in order. Without a Google account there is no calendar to choose.
    pub steps: Vec<(Step, Standing)>,
    /// The calendar, if there is one.
    pub calendar: Option<String>,
    /// Whether the set-up is finished.
    pub is_done: bool,
}

impl Progress {
    /// Reads it. What is chosen elsewhere, in Home or by an operator, counts as well.
    pub async fn read(
        tx: &mut TenantTx,
        services: &Services,
        settings: &Settings,
    ) -> Result<Self, sqlx::Error> {
        let integrations = Integrations::of(tx, services).await?;
        let is_done = store::is_done(tx).await?.unwrap_or(true);
        Self::with(tx, services, settings, &integrations, is_done).await
    }

    /// The same where the workspace and its integrations were read already.
    pub async fn with(
        tx: &mut TenantTx,
        services: &Services,
        settings: &Settings,
        integrations: &Integrations,
        is_done: bool,
    ) -> Result<Self, sqlx::Error> {
        let answers = store::answers(tx).await?;
        let calendar = integrations.calendar.as_ref().map(|it| it.id().to_owned());
        let mut steps = vec![
            (Step::LeaveChannel, settings.leave_channel.is_some()),
            (
                Step::Approvers,
                !settings.approvers.is_empty() || settings.approver_channel.is_some(),
            ),
            (Step::Zone, settings.zone != Settings::default().zone),
        ];
        if services.outside.google.is_some() {
            steps.push((Step::Calendar, calendar.is_some()));
        }
        let steps = steps
            .into_iter()
            .map(|(step, chosen)| {
                let said = answers.iter().find(|said| said.step == step.as_str());
                let standing = match said.map(|said| said.state.as_str()) {
                    _ if chosen => Standing::Chosen,
                    Some("done") => Standing::Chosen,
                    Some(_) => Standing::Skipped,
                    None => Standing::Open,
                };
                (step, standing)
            })
            .collect();
        Ok(Self {
            steps,
            calendar,
            is_done,
        })
    }

    /// How many steps are dealt with.
    pub fn dealt_with(&self) -> usize {
        self.steps.len() - self.open().len()
    }

    /// The steps that are open.
    pub fn open(&self) -> Vec<Step> {
        self.steps
            .iter()
            .filter(|(_, standing)| *standing == Standing::Open)
            .map(|(step, _)| *step)
            .collect()
    }
}
