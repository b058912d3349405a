//! Parameter Store: `/timeoff/prod/api/slack-signing-secret` is `SLACK_SIGNING_SECRET`.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::DisplayErrorContext;

use super::config::Secret;

/// The variable of a parameter, from its name's last part.
pub fn variable(parameter: &str) -> String {
    parameter
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_uppercase()
        .replace('-', "_")
}

/// The last part of a parameter's name, from its variable.
pub fn name(variable: &str) -> String {
    variable.to_lowercase().replace('_', "-")
}

/// The parameters under one path, by the name of their variable.
#[derive(Debug, Clone, Default)]
pub struct Parameters(BTreeMap<String, Secret>);

/// Parameter Store did not give them.
#[derive(Debug, thiserror::Error)]
#[error("Cannot read the parameters under {path} from Parameter Store: {why}")]
pub struct ParametersError {
    path: String,
    why: String,
}

impl Parameters {
    /// Reads every parameter directly under `path`, decrypted: one call for each ten of them.
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html>
    pub async fn load(aws: &SdkConfig, path: &str) -> Result<Self, ParametersError> {
        let path = format!("/{}", path.trim_matches('/'));
        let failed = |why: String| ParametersError {
            path: path.clone(),
            why,
        };
        let client = Client::new(aws);
        let (mut all, mut next) = (BTreeMap::new(), None);
        loop {
            let page = client
                .get_parameters_by_path()
                .path(&path)
                .with_decryption(true)
                .max_results(10)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| failed(DisplayErrorContext(error).to_string()))?;
            for parameter in page.parameters.unwrap_or_default() {
                if let (Some(name), Some(value)) = (parameter.name, parameter.value) {
                    all.insert(variable(&name), Secret::new(value));
                }
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(Self(all));
            }
        }
    }

    /// The value of a variable's parameter.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(Secret::expose)
    }

    /// The value of a variable: the parameter, or else what the environment says.
    pub fn or_environment(&self, variable: &str) -> Option<String> {
        match self.get(variable) {
            Some(value) => Some(value.to_owned()),
            None => std::env::var(variable).ok(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The variables that have a parameter.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_a_variable_and_back() {
        let path = "/timeoff/prod/api/slack-signing-secret";
        assert_eq!(variable(path), "SLACK_SIGNING_SECRET");
        assert_eq!(name("SLACK_SIGNING_SECRET"), "slack-signing-secret");
    }
}
