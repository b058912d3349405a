//! Secrets of a deployment, in Parameter Store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::DisplayErrorContext;
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use clap::{Args, Subcommand};
use timeoff::platform::aws;
use timeoff::platform::config::{Config, STORED, Stored};
use timeoff::platform::parameters::{self, Parameters};

use crate::Failure;

#[derive(Subcommand)]
pub enum Secrets {
    /// Put the secrets of a file into Parameter Store, for the functions of a stage.
    Push {
        #[command(flatten)]
        stage: Stage,
        /// A file of lines NAME=value, like .env.
        #[arg(long)]
        file: PathBuf,
    },
    /// Say what is missing or malformed in Parameter Store.
    Check {
        #[command(flatten)]
        stage: Stage,
    },
}

#[derive(Args)]
pub struct Stage {
    /// The deployment: staging or prod, or a name of your own.
    #[arg(long, value_parser = stage)]
    stage: String,
}

fn stage(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("lower-case letters, digits and hyphens, such as staging".to_owned())
    }
}

/// The function whose path a parameter is under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Api,
    Schedule,
}

impl Function {
    const ALL: [Self; 2] = [Self::Api, Self::Schedule];

    fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Schedule => "schedule",
        }
    }

    fn path(self, stage: &str) -> String {
        format!("/timeoff/{stage}/{}", self.name())
    }

    fn reads(self, stored: &Stored) -> bool {
        self == Self::Schedule || stored.api
    }
}

pub async fn run(command: Secrets) -> Result<(), Failure> {
    let aws = aws::of_person().await;
    match command {
        Secrets::Push { stage, file } => push(&aws, &stage.stage, &file).await,
        Secrets::Check { stage } => check(&aws, &stage.stage).await,
    }
}

async fn push(aws: &SdkConfig, stage: &str, file: &PathBuf) -> Result<(), Failure> {
    let values = read(file)?;
    let client = Client::new(aws);
    for (stored, value) in &values {
        for function in Function::ALL {
            if !function.reads(stored) {
                continue;
            }
            let name = format!(
                "{}/{}",
                function.path(stage),
                parameters::name(stored.variable)
            );
            client
                .put_parameter()
                .name(&name)
                .value(value)
                .r#type(ParameterType::SecureString)
                // A value of more than 4 kB costs a few cents a month; any other nothing.
                .tier(ParameterTier::IntelligentTiering)
                .overwrite(true)
                .send()
                .await
                .map_err(|error| format!("Cannot store {name}: {}", DisplayErrorContext(error)))?;
        }
    }
    println!("Stored for {stage}:");
    for (stored, _) in &values {
        println!("  {}", stored.variable);
    }
    println!(
        "Functions that are running read them when they start anew. See what is missing with `timeoff secrets check --stage {stage}`."
    );
    Ok(())
}

/// The values of a file, all of them fit to be stored.
fn read(file: &PathBuf) -> Result<Vec<(Stored, String)>, Failure> {
    let shown = file.display();
    let lines =
        dotenvy::from_path_iter(file).map_err(|error| format!("Cannot read {shown}: {error}"))?;
    let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
    for (number, line) in lines.enumerate() {
        // The error of a line quotes the line.
        let Ok((name, value)) = line else {
            return Err(format!("Entry {} of {shown} is not NAME=value.", number + 1).into());
        };
        match STORED.iter().find(|stored| stored.variable == name) {
            None => wrong.push(format!(
                "{name} is not a setting that is kept in Parameter Store"
            )),
            Some(_) if value.trim().is_empty() => wrong.push(format!("{name} is empty")),
            Some(stored) => {
                wrong.extend(out_of_form(stored.variable, value.trim()));
                if values.insert(stored.variable, (*stored, value)).is_some() {
                    wrong.push(format!("{name} is there twice"));
                }
            }
        }
    }
    let value = |name: &str| values.get(name).map(|(_, value)| value.clone());
    wrong.extend(
        problems(value)
            .into_iter()
            .filter(|problem| problem.contains(" is malformed")),
    );
    if !wrong.is_empty() {
        return Err(format!("Nothing was stored. In {shown}:\n{}", list(&wrong)).into());
    }
    if values.is_empty() {
        return Err(format!("There is nothing in {shown}.").into());
    }
    Ok(values.into_values().collect())
}

/// What is wrong with the form of a secret, where whoever gives it out says how it looks: a
/// placeholder, or a value from the wrong line of a page.
fn out_of_form(variable: &str, value: &str) -> Option<String> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let (fits, form) = match variable {
        "SLACK_SIGNING_SECRET" => (
            value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit()),
            "Slack's have 32 digits and letters from a to f",
        ),
        "SLACK_BOT_TOKEN" => (
            value
                .strip_prefix("xoxb-")
                .is_none_or(|rest| !rest.is_empty() && plain(rest)),
            "after xoxb- come letters, digits and hyphens",
        ),
        // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
        "DB_OWNER_PASSWORD" => (
            (8..=128).contains(&value.len())
                && value
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !b"/@\"".contains(&b)),
            "RDS takes 8 to 128 characters, no spaces and none of / @ \"",
        ),
        _ => return None,
    };
    (!fits).then(|| format!("{variable} is malformed: {form}"))
}

async fn check(aws: &SdkConfig, stage: &str) -> Result<(), Failure> {
    let (mut wrong, mut seen) = (Vec::new(), BTreeMap::<String, BTreeSet<String>>::new());
    let mut counts = Vec::new();
    for function in Function::ALL {
        let path = function.path(stage);
        let found = Parameters::load(aws, &path).await?;
        let mut of_function = problems(|name| found.get(name).map(str::to_owned));
        if function == Function::Schedule && found.get("DB_OWNER_PASSWORD").is_none() {
            of_function.push(
                "DB_OWNER_PASSWORD is missing: the database is made with it, and migrated"
                    .to_owned(),
            );
        }
        if found.get("SLACK_BOT_TOKEN").is_none() && found.get("SLACK_CLIENT_ID").is_none() {
            of_function.push(
                "SLACK_BOT_TOKEN is missing, and SLACK_CLIENT_ID too: without either no workspace is installed"
                    .to_owned(),
            );
        }
        for variable in found.variables() {
            let value = found.get(variable).unwrap_or_default();
            of_function.extend(out_of_form(variable, value));
            match STORED.iter().find(|stored| stored.variable == variable) {
                Some(stored) if function.reads(stored) => {}
                _ => of_function.push(format!("{variable} is read by nobody there")),
            }
            let values = seen.entry(variable.to_owned()).or_default();
            values.insert(value.to_owned());
        }
        counts.push(format!("{path}: {}", found.len()));
        wrong.extend(
            of_function
                .into_iter()
                .map(|problem| format!("{path}: {problem}")),
        );
    }
    for (variable, values) in seen {
        if values.len() > 1 {
            wrong.push(format!(
                "{variable} differs between the functions: push it again"
            ));
        }
    }
    println!("Parameters under {}.", counts.join(", under "));
    if wrong.is_empty() {
        println!("Nothing is missing.");
        return Ok(());
    }
    Err(list(&wrong).into())
}

/// What the functions would say of these values. The database is the stack's affair.
fn problems(value: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let read = Config::read(|name| match name {
        "DATABASE_URL" => Some("postgres://stack@localhost/timeoff".to_owned()),
        name if name.starts_with("DB_") => None,
        name => value(name),
    });
    read.err().map(|error| error.0).unwrap_or_default()
}

fn list(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("  - {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
