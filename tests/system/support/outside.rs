//! Google Calendar, Harvest and OpenAI around the app.

use std::time::Duration;

use jiff::Timestamp;
use simulators::google_calendar::{GoogleCalendarConfig, GoogleCalendarSim};
use simulators::harvest::{HarvestConfig, HarvestSim, HarvestUser};
use simulators::openai::{OpenAiConfig, OpenAiSim};
use simulators::slack::{Clock, Person};
use timeoff::platform::config::TimeLimits;
use timeoff::tenant::store as tenant;

use super::House;
use super::house::{MONDAY, Plan, id};

/// How long the app of a test waits for a service: long enough for a busy machine.
pub const SHORT: TimeLimits = TimeLimits {
    connect: Duration::from_secs(1),
    whole: Duration::from_secs(2),
};

/// Services that leave is synchronized with, or none.
#[derive(Default)]
pub struct Outside {
    pub calendar: Option<GoogleCalendarSim>,
    pub harvest: Option<HarvestSim>,
    pub openai: Option<OpenAiSim>,
}

impl Outside {
    /// Both; Asha, Ben and Carla are in Harvest, Dev is not.
    pub fn both(clock: &Clock) -> Self {
        let harvest = HarvestSim::new(HarvestConfig {
            clock: clock.clone(),
            ..HarvestConfig::default()
        });
        harvest.add_user(HarvestUser::new(71, "Asha Rao", "asha@example.com"));
        harvest.add_user(HarvestUser::new(72, "Ben Okafor", "Ben@example.com"));
        harvest.add_user(HarvestUser::new(73, "Carla Mendes", "carla@example.com"));
        Self {
            calendar: Some(GoogleCalendarSim::new(GoogleCalendarConfig {
                clock: clock.clone(),
                ..GoogleCalendarConfig::default()
            })),
            harvest: Some(harvest),
            openai: None,
        }
    }

    /// A language model.
    pub fn model() -> Self {
        Self {
            openai: Some(OpenAiSim::new(OpenAiConfig::default())),
            ..Self::default()
        }
    }

    pub async fn start(&self) {
        if let Some(calendar) = &self.calendar {
            calendar.start().await.expect("the calendar listens");
        }
        if let Some(harvest) = &self.harvest {
            harvest.start().await.expect("Harvest listens");
        }
        if let Some(openai) = &self.openai {
            openai.start().await.expect("OpenAI listens");
        }
    }

    /// The variables that make the app use them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = Vec::new();
        variables.extend(
            self.calendar
                .iter()
                .flat_map(GoogleCalendarSim::environment),
        );
        variables.extend(self.harvest.iter().flat_map(HarvestSim::environment));
        variables.extend(self.openai.iter().flat_map(OpenAiSim::environment));
        variables
    }

    /// Makes it another time there.
    pub fn clocks(&self, now: Timestamp) {
        if let Some(calendar) = &self.calendar {
            calendar.clock().set(now);
        }
        if let Some(harvest) = &self.harvest {
            harvest.clock().set(now);
        }
    }

    /// The calendar, an event a line.
    pub fn events(&self) -> String {
        let events: Vec<String> = self
            .calendar
            .iter()
            .flat_map(GoogleCalendarSim::events)
            .map(|event| event.to_string())
            .collect();
        events.join("\n")
    }

    /// The time sheet, an entry a line.
    pub fn time_sheet(&self) -> String {
        let entries: Vec<String> = self
            .harvest
            .iter()
            .flat_map(HarvestSim::entries)
            .map(|entry| entry.to_string())
            .collect();
        entries.join("\n")
    }
}

impl House {
    /// A house with a calendar and Harvest; Asha and Ben have their Harvest ids.
    pub async fn with_services() -> Self {
        let now: Timestamp = MONDAY.parse().expect("a timestamp");
        Box::pin(Self::with(Outside::both(&Clock::manual(now)))).await
    }

    /// A house with these services.
    pub async fn with(outside: Outside) -> Self {
        let house = Self::build(Plan {
            outside,
            ..Plan::default()
        })
        .await;
        for (user, harvest) in [("U_ASHA", 71), ("U_BEN", 72)] {
            let mut tx = house.tx().await;
            let set = tenant::set_harvest_user(&mut tx, &id(user), Some(harvest)).await;
            assert!(set.expect("saved"), "nobody is {user}");
            tx.commit().await.expect("committed");
        }
        house
    }

    pub fn calendar(&self) -> &GoogleCalendarSim {
        self.outside.calendar.as_ref().expect("a calendar")
    }

    pub fn harvest(&self) -> &HarvestSim {
        self.outside.harvest.as_ref().expect("Harvest")
    }

    /// What people see in the calendar and in the time sheet.
    pub fn outside(&self) -> String {
        let (events, time_sheet) = (self.outside.events(), self.outside.time_sheet());
        format!("{events}\n---\n{time_sheet}")
    }

    /// Each entry at a service as the app knows it: service, days, part, state.
    pub async fn entries(&self) -> String {
        self.value(
            "SELECT coalesce(string_agg(concat_ws(' ', service, first_day, last_day, portion, state, error), E'\\n' ORDER BY action_id, service, first_day, last_day, portion), '')
             FROM service_entry",
        )
        .await
    }

    /// Takes whole days off, approved by Ben.
    pub async fn is_granted(&self, person: &Person, first: &str, last: &str) {
        self.takes(person, &format!("/timeoff {first} to {last}"), &[])
            .await;
    }
}

impl House {
    /// A house with a calendar and Harvest for the workspace of `SLACK_BOT_TOKEN`, and the
    /// neighbours, who came by themselves and have neither.
    pub async fn with_services_and_neighbours() -> Self {
        let house = Self::with_services().await;
        house.neighbours_move_in().await;
        house
    }
}
