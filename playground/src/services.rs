//! The services beside Slack: a pretend Google Calendar and a pretend Harvest, with their pages.

use anyhow::{Context, Result};
use simulators::google_calendar::{GoogleCalendarConfig, GoogleCalendarSim};
use simulators::harvest::{HarvestConfig, HarvestSim};
use simulators::service::Link;
use tokio::task::JoinHandle;

use crate::company;
use crate::folder::DataFolder;
use crate::free_port;

/// The services on their ports, until they are dropped.
pub struct PretendServices {
    /// Google Calendar.
    pub calendar: GoogleCalendarSim,
    /// Harvest.
    pub harvest: HarvestSim,
    servers: Vec<JoinHandle<()>>,
}

impl PretendServices {
    /// Opens them on free ports from `port` on (0: any), with what the folder keeps of them.
    pub async fn open(port: u16, folder: &DataFolder) -> Result<Self> {
        let calendar = GoogleCalendarSim::new(GoogleCalendarConfig::default());
        calendar
            .keep_in(&folder.calendar())
            .context("the pretend calendar's file cannot be read")?;
        let harvest = HarvestSim::new(HarvestConfig::default());
        harvest
            .keep_in(&folder.time_sheet())
            .context("the pretend time sheet's file cannot be read")?;
        company::open_time_sheets(&harvest);
        let (address, calendar_server) = calendar.serve(free_port(port).await?)?;
        let next = if port == 0 {
            0
        } else {
            address.port().saturating_add(1)
        };
        let (_, harvest_server) = harvest.serve(free_port(next).await?)?;
        Ok(Self {
            calendar,
            harvest,
            servers: vec![calendar_server, harvest_server],
        })
    }

    /// The variables with which the app uses them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = self.calendar.environment();
        variables.extend(self.harvest.environment());
        variables
    }

    /// Links their pages and Slack's to one another; gives what Slack's page links to.
    pub fn link(&self, slack_url: &str) -> Vec<Link> {
        let link = |label: &str, url: &str| Link {
            label: label.to_owned(),
            url: url.to_owned(),
        };
        let slack = link("Slack", slack_url);
        let calendar = link("Calendar", &self.calendar.page_url());
        let harvest = link("Time sheet", &self.harvest.page_url());
        self.calendar
            .set_links(vec![slack.clone(), harvest.clone()]);
        self.harvest.set_links(vec![slack, calendar.clone()]);
        vec![calendar, harvest]
    }
}

impl Drop for PretendServices {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

impl std::fmt::Debug for PretendServices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PretendServices")
            .field("calendar", &self.calendar.page_url())
            .field("harvest", &self.harvest.page_url())
            .finish_non_exhaustive()
    }
}
