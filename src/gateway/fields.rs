//! How single fields of Slack's payloads are read.

use serde::{Deserialize, Deserializer};

pub(super) use crate::platform::lenient::{or_default, or_none};

/// The most characters of an identifier of Slack's. Longer ones would not fit into an index.
const LONGEST_ID: usize = 255;

pub(super) fn short<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() > LONGEST_ID {
        return Err(serde::de::Error::custom(format!(
            "an identifier of more than {LONGEST_ID} characters"
        )));
    }
    Ok(text)
}

pub(super) fn short_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| text.len() <= LONGEST_ID))
}
