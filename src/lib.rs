//! timeoff: a Slack time-off system.
//!
//! The rooms, from the ground up; imports go down only:
//!
//! | room | what lives there |
//! |---|---|
//! | [`platform`] | configuration, database, secrets, clock, telemetry |
//! | [`clients`], [`jobs`] | Slack's Web API, Google Calendar, Harvest; durable work after the ack |
//! | [`services`] | the handful of things every feature may use |
//! | [`tenant`] | which workspace, which people, which settings, and speaking to them |
//! | [`gateway`] | a raw request becomes a trusted one: verify, parse, dedupe, limit, ack |
//! | [`leave`] | the time-off domain |
//! | [`admin`] | the signed API for programs of people admins |
//! | [`workspace`] | running a workspace: install, people, the App Home tab |
//! | [`routes`] | one table: what arrives → who handles it |
//! | [`app`], [`schedule`] | everything wired once; what the clock starts |
//! | [`lambda`] | the app as two functions in AWS Lambda |

pub mod admin;
pub mod app;
pub mod clients;
pub mod gateway;
pub mod jobs;
pub mod lambda;
pub mod leave;
pub mod platform;
pub mod routes;
pub mod schedule;
pub mod services;
pub mod tenant;
pub mod workspace;
