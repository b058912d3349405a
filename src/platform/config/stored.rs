//! What may stand in Parameter Store, and which function reads it there.

/// A variable that a deployment keeps in Parameter Store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The variable.
    pub variable: &'static str,
    /// Whether the function that answers Slack reads it too. The one that the clock starts
    /// reads all.
    pub api: bool,
}

const fn both(variable: &'static str) -> Stored {
    Stored {
        variable,
        api: true,
    }
}

/// Every one of them. What is not here is set by the stack (`DB_HOST` …) or makes no sense in a
/// function (`LISTEN`).
pub const STORED: [Stored; 22] = [
    both("SLACK_SIGNING_SECRET"),
    both("SLACK_BOT_TOKEN"),
    both("SLACK_CLIENT_ID"),
    both("SLACK_CLIENT_SECRET"),
    both("SLACK_API_URL"),
    both("TOKEN_ENCRYPTION_KEYS"),
    both("PUBLIC_URL"),
    both("GOOGLE_SERVICE_ACCOUNT_JSON_BASE64"),
    both("GOOGLE_CALENDAR_ID"),
    both("GOOGLE_API_URL"),
    both("HARVEST_ACCESS_TOKEN"),
    both("HARVEST_ACCOUNT_ID"),
    both("HARVEST_PROJECT_ID"),
    both("HARVEST_VACATION_TASK_ID"),
    both("HARVEST_SICK_TASK_ID"),
    both("HARVEST_API_URL"),
    both("OPENAI_API_KEY"),
    both("OPENAI_BASE_URL"),
    both("AI_MODEL"),
    both("DB_PASSWORD"),
    both("OTEL_EXPORTER_OTLP_HEADERS"),
    Stored {
        variable: "DB_OWNER_PASSWORD",
        api: false,
    },
];

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;
    use crate::platform::config::Config;

    #[test]
    fn every_variable_is_stored_or_set_by_the_stack_or_of_no_use_in_a_function() {
        let elsewhere = [
            "DATABASE_URL",
            "DATABASE_CONNECTIONS",
            "LISTEN",
            "DB_HOST",
            "DB_PORT",
            "DB_NAME",
            "DB_USER",
            "DB_AUTH",
            "DB_ROOT_CERT",
            "DB_OWNER_USER",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "TIMEOFF_STAGE",
        ];
        let asked = RefCell::new(BTreeSet::new());
        // Once with everything there and once with nothing, to come by every branch.
        for value in [Some("x"), None] {
            let _ = Config::read(|name| {
                asked.borrow_mut().insert(name.to_owned());
                match name {
                    "DATABASE_URL" => None,
                    "DB_HOST" => Some("h".to_owned()),
                    _ => value.map(str::to_owned),
                }
            });
        }
        let known = |name: &String| {
            elsewhere.contains(&name.as_str())
                || STORED.iter().any(|stored| stored.variable == name)
        };
        let unknown: Vec<String> = asked
            .take()
            .into_iter()
            .filter(|name| !known(name))
            .collect();
        assert_eq!(unknown, Vec::<String>::new());
    }
}
