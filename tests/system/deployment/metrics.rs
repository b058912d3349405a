//! What the alarms and the dashboard look at is what the functions say.

use std::collections::BTreeSet;

use timeoff::platform::metrics::{DIMENSION, Metric, NAMESPACE};

#[test]
fn the_stack_watches_the_metrics_that_there_are() {
    let template = include_str!("../../../template.yaml");
    let lines: Vec<&str> = template.lines().map(str::trim).collect();
    // An alarm names its namespace beside its metric.
    let mut watched = BTreeSet::new();
    for (number, line) in lines.iter().enumerate() {
        if *line != format!("Namespace: {NAMESPACE}") {
            continue;
        }
        let around = &lines[number.saturating_sub(3)..(number + 4).min(lines.len())];
        let named = around
            .iter()
            .find_map(|line| line.strip_prefix("MetricName: "));
        watched.insert(named.expect("a metric beside its namespace"));
        assert!(
            around.iter().any(|line| line.contains(DIMENSION)),
            "{around:?}"
        );
    }
    let names: BTreeSet<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert!(!watched.is_empty());
    assert!(
        watched.is_subset(&names),
        "nobody says {:?}",
        watched.difference(&names)
    );
    for name in names {
        assert!(template.contains(name), "nobody looks at {name}");
    }
}
