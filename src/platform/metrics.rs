//! Figures for alarms and the dashboard, in CloudWatch's embedded metric format: a JSON line on
//! standard output, which CloudWatch Logs turns into metrics.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::io::Write as _;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clock::Clock;

/// Where the metrics are in CloudWatch.
pub const NAMESPACE: &str = "timeoff";
/// The one dimension of every metric: the stage that the functions belong to.
pub const DIMENSION: &str = "Stage";

/// What is counted or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// From the first byte of a request of Slack's to our answer.
    AckDuration,
    /// Requests whose answer is that something is wrong on our side.
    RequestsFailed,
    /// Environments that were started.
    ColdStarts,
    /// Jobs that did what they promised.
    JobsDone,
    /// Jobs that were given up.
    JobsFailed,
    /// Rounds of the schedule.
    ScheduleRuns,
    /// Leave whose sync failed, and waits for a person.
    FailedSyncs,
    /// How long the job that has been due for longest has waited.
    OldestWaitingJob,
}

impl Metric {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::AckDuration,
        Self::RequestsFailed,
        Self::ColdStarts,
        Self::JobsDone,
        Self::JobsFailed,
        Self::ScheduleRuns,
        Self::FailedSyncs,
        Self::OldestWaitingJob,
    ];

    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::AckDuration => "AckDuration",
            Self::RequestsFailed => "RequestsFailed",
            Self::ColdStarts => "ColdStarts",
            Self::JobsDone => "JobsDone",
            Self::JobsFailed => "JobsFailed",
            Self::ScheduleRuns => "ScheduleRuns",
            Self::FailedSyncs => "FailedSyncs",
            Self::OldestWaitingJob => "OldestWaitingJob",
        }
    }

    /// Its unit, in CloudWatch's words.
    pub fn unit(self) -> &'static str {
        match self {
            Self::AckDuration => "Milliseconds",
            Self::OldestWaitingJob => "Seconds",
            Self::RequestsFailed
            | Self::ColdStarts
            | Self::JobsDone
            | Self::JobsFailed
            | Self::ScheduleRuns
            | Self::FailedSyncs => "Count",
        }
    }
}

static STAGE: OnceLock<String> = OnceLock::new();

/// From now on metrics are printed. Only a Lambda function calls this: elsewhere nobody reads
/// them.
pub fn start(stage: &str) {
    // A second call comes from the same function of the same stage.
    let _ = STAGE.set(stage.to_owned());
}

/// Prints these values, each metric at most once, if metrics are on.
pub fn emit(values: &[(Metric, f64)]) {
    if let Some(stage) = STAGE.get() {
        let line = line(stage, Clock::System.now(), values) + "\n";
        // There is nobody to tell that the log cannot be written.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }
}

fn line(stage: &str, now: Timestamp, values: &[(Metric, f64)]) -> String {
    let definitions: Vec<Value> = values
        .iter()
        .map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()}))
        .collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [
                {"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": definitions},
            ],
        }),
    );
    line.insert(DIMENSION.to_owned(), stage.into());
    for (metric, value) in values {
        line.insert(metric.name().to_owned(), json!(value));
    }
    Value::Object(line).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of the specification's JSON schema, and what CloudWatch wants beyond it: a
    /// member for each dimension and each metric.
    fn check(line: &str) {
        assert!(!line.contains('\n'), "one line: {line}");
        let root: Value = serde_json::from_str(line).unwrap();
        let aws = root["_aws"].as_object().unwrap();
        assert!(
            aws["Timestamp"]
                .as_u64()
                .is_some_and(|ms| ms > 1_500_000_000_000)
        );
        let directives = aws["CloudWatchMetrics"].as_array().unwrap();
        assert!(!directives.is_empty());
        let named = |name: &str, most: usize| {
            let length = name.chars().count();
            assert!(
                (1..=most).contains(&length) && name.trim() == name,
                "{name}"
            );
        };
        for directive in directives {
            let namespace = directive["Namespace"].as_str().unwrap();
            named(namespace, 1024);
            assert!(!namespace.starts_with("AWS/"), "reserved");
            for set in directive["Dimensions"].as_array().unwrap() {
                let set = set.as_array().unwrap();
                assert!((1..=30).contains(&set.len()));
                for dimension in set {
                    let dimension = dimension.as_str().unwrap();
                    named(dimension, 250);
                    let value = root[dimension].as_str().unwrap();
                    assert!((1..=1024).contains(&value.len()) && value.is_ascii());
                }
            }
            let metrics = directive["Metrics"].as_array().unwrap();
            assert!((1..=100).contains(&metrics.len()));
            for metric in metrics {
                let name = metric["Name"].as_str().unwrap();
                named(name, 1024);
                assert!(root[name].is_number(), "{name}");
                let unit = metric["Unit"].as_str().unwrap();
                assert!(["Seconds", "Milliseconds", "Count"].contains(&unit));
            }
        }
    }

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let now: Timestamp = "2026-03-02T09:00:00.25Z".parse().unwrap();
        let values = [(Metric::AckDuration, 12.5), (Metric::RequestsFailed, 1.0)];
        let one = line("staging", now, &values);
        check(&one);
        insta::assert_snapshot!(one, @r#"{"AckDuration":12.5,"RequestsFailed":1.0,"Stage":"staging","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Stage"]],"Metrics":[{"Name":"AckDuration","Unit":"Milliseconds"},{"Name":"RequestsFailed","Unit":"Count"}],"Namespace":"timeoff"}],"Timestamp":1772442000250}}"#);
        check(&line("prod", now, &Metric::ALL.map(|metric| (metric, 0.0))));
    }

    #[test]
    fn every_metric_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> =
            Metric::ALL.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}
