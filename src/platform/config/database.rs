//! Where the database is and how to log in there.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::{ConfigError, Secret};

/// Gives the value of a variable.
type Variables = fn(&str) -> Option<String>;

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DatabaseConfig {
    /// `DATABASE_URL`.
    Url(Secret),
    /// `DB_HOST` and its companions: always over TLS, and the server must prove its name.
    Server(DatabaseServer),
}

/// `DB_HOST`, `DB_PORT`, `DB_NAME`, `DB_USER`, `DB_AUTH`, `DB_PASSWORD`, `DB_ROOT_CERT`.
#[derive(Debug, Clone)]
pub struct DatabaseServer {
    /// The name that the server's certificate must carry.
    pub host: String,
    /// The port, 5432 unless told.
    pub port: u16,
    /// The database, `timeoff` unless told.
    pub name: String,
    /// The user.
    pub user: String,
    /// What the user proves who it is with.
    pub login: Login,
    /// A PEM file with the authorities that the server's certificate may come from. `None`: those
    /// of Amazon RDS.
    pub root_certificate: Option<PathBuf>,
}

/// What a database user proves who it is with.
#[derive(Debug, Clone)]
pub enum Login {
    /// `DB_AUTH=iam`: a token, signed anew for each connection.
    Iam,
    /// `DB_PASSWORD`.
    Password(Secret),
}

impl DatabaseConfig {
    /// Reads the variables of the user who serves requests.
    pub(super) fn read(
        get: &impl Fn(&str) -> Option<String>,
        wrong: &mut Vec<String>,
    ) -> Option<Self> {
        match (get("DATABASE_URL"), get("DB_HOST")) {
            (Some(_), Some(_)) => {
                wrong.push("DATABASE_URL and DB_HOST are both there: one of them says where the database is".to_owned());
                None
            }
            (None, Some(host)) => server(get, wrong, host).map(Self::Server),
            (url, None) => match url_problem(url.as_deref().unwrap_or_default()) {
                Some(problem) => {
                    wrong.push(problem);
                    None
                }
                None => url.map(|url| Self::Url(Secret::new(url))),
            },
        }
    }

    /// The same database as the user who owns the schema: `DB_OWNER_USER` with
    /// `DB_OWNER_PASSWORD`. A URL names the owner already.
    pub(super) fn read_owner(
        get: &impl Fn(&str) -> Option<String>,
        wrong: &mut Vec<String>,
    ) -> Option<Self> {
        Some(match Self::read(get, wrong)? {
            Self::Url(url) => Self::Url(url),
            Self::Server(server) => {
                let user = get("DB_OWNER_USER").unwrap_or_else(|| server.user.clone());
                let login = match get("DB_OWNER_PASSWORD") {
                    Some(password) => Login::Password(Secret::new(password)),
                    None => server.login,
                };
                Self::Server(DatabaseServer {
                    user,
                    login,
                    ..server
                })
            }
        })
    }

    /// The database alone, for a command that needs nothing else.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::of_environment(Self::read)
    }

    /// The database as its owner, for a command that changes the schema.
    pub fn owner_from_env() -> Result<Self, ConfigError> {
        Self::of_environment(Self::read_owner)
    }

    fn of_environment(
        read: fn(&Variables, &mut Vec<String>) -> Option<Self>,
    ) -> Result<Self, ConfigError> {
        let get: Variables = |name| super::present(std::env::var(name).ok());
        let mut wrong = Vec::new();
        read(&get, &mut wrong).ok_or(ConfigError(wrong))
    }
}

fn server(
    get: &impl Fn(&str) -> Option<String>,
    wrong: &mut Vec<String>,
    host: String,
) -> Option<DatabaseServer> {
    let before = wrong.len();
    let port = match get("DB_PORT").map(|port| port.parse::<u16>()) {
        None => 5432,
        Some(Ok(port)) => port,
        Some(Err(_)) => {
            wrong.push("DB_PORT is malformed: a port, such as 5432".to_owned());
            0
        }
    };
    let user = get("DB_USER").unwrap_or_else(|| {
        wrong.push("DB_USER is missing: the database's user".to_owned());
        String::new()
    });
    let login = match (get("DB_AUTH").as_deref(), get("DB_PASSWORD")) {
        (Some("iam"), _) => Some(Login::Iam),
        (None | Some("password"), Some(password)) => Some(Login::Password(Secret::new(password))),
        (None | Some("password"), None) => {
            wrong.push("DB_PASSWORD is missing: or set DB_AUTH to iam".to_owned());
            None
        }
        (Some(_), _) => {
            wrong.push("DB_AUTH is malformed: iam or password".to_owned());
            None
        }
    };
    if wrong.len() > before {
        return None;
    }
    Some(DatabaseServer {
        host,
        port,
        name: get("DB_NAME").unwrap_or_else(|| "timeoff".to_owned()),
        user,
        login: login?,
        root_certificate: get("DB_ROOT_CERT").map(PathBuf::from),
    })
}

fn url_problem(url: &str) -> Option<String> {
    if url.is_empty() {
        return Some(
            "DATABASE_URL is missing: the PostgreSQL database, as postgres://user:password@host/name"
                .to_owned(),
        );
    }
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Some("DATABASE_URL is malformed: it must begin with postgres://".to_owned());
    }
    PgConnectOptions::from_str(url)
        .err()
        .map(|_| "DATABASE_URL is malformed: its form is postgres://user:password@host:port/name, with special characters percent-encoded".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> (Option<DatabaseConfig>, Vec<String>) {
        let mut wrong = Vec::new();
        let get = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        (DatabaseConfig::read(&get, &mut wrong), wrong)
    }

    #[test]
    fn a_server_is_asked_for_by_its_parts() {
        let (database, wrong) = read(&[
            ("DB_HOST", "db.example.com"),
            ("DB_USER", "timeoff_api"),
            ("DB_AUTH", "iam"),
        ]);
        insta::assert_debug_snapshot!((database, wrong), @r#"
        (
            Some(
                Server(
                    DatabaseServer {
                        host: "db.example.com",
                        port: 5432,
                        name: "timeoff",
                        user: "timeoff_api",
                        login: Iam,
                        root_certificate: None,
                    },
                ),
            ),
            [],
        )
        "#);
    }

    #[test]
    fn every_missing_part_is_named_at_once() {
        let (_, wrong) = read(&[("DB_HOST", "db.example.com"), ("DB_PORT", "x")]);
        insta::assert_snapshot!(wrong.join("\n"), @"
        DB_PORT is malformed: a port, such as 5432
        DB_USER is missing: the database's user
        DB_PASSWORD is missing: or set DB_AUTH to iam
        ");
        let (_, wrong) = read(&[("DB_HOST", "h"), ("DB_USER", "u"), ("DB_AUTH", "kerberos")]);
        insta::assert_snapshot!(wrong.join("\n"), @"DB_AUTH is malformed: iam or password");
        let (_, wrong) = read(&[("DB_HOST", "h"), ("DATABASE_URL", "postgres://u@h/n")]);
        insta::assert_snapshot!(wrong.join("\n"), @"DATABASE_URL and DB_HOST are both there: one of them says where the database is");
    }

    #[test]
    fn the_owner_logs_in_with_its_own_password() {
        let variables = [
            ("DB_HOST", "h"),
            ("DB_USER", "timeoff_schedule"),
            ("DB_AUTH", "iam"),
            ("DB_OWNER_USER", "timeoff_owner"),
            ("DB_OWNER_PASSWORD", "planted"),
        ];
        let get = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let owner = DatabaseConfig::read_owner(&get, &mut Vec::new());
        let Some(DatabaseConfig::Server(owner)) = owner else {
            panic!("no server");
        };
        assert_eq!(owner.user, "timeoff_owner");
        assert!(matches!(owner.login, Login::Password(password) if password.expose() == "planted"));
    }
}
