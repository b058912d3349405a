//! Settings as they are typed: NAME=VALUE.

use serde_json::{Map, Value};
use timeoff::tenant::Settings;

use crate::Failure;

pub fn changed_settings(settings: &Settings, typed: &[String]) -> Result<Settings, Failure> {
    let defaults = Settings::default().by_name();
    let mut changes = Map::new();
    for change in typed {
        let (name, value) = change
            .split_once('=')
            .ok_or_else(|| format!("“{change}” is not NAME=VALUE"))?;
        if name == "calendar_id" {
            return Err("The calendar is checked with Google first: `timeoff admin calendar ID`, or `timeoff admin calendar off`.".into());
        }
        let default = defaults.get(name).ok_or_else(|| {
            format!("There is no setting “{name}”. `timeoff admin settings` lists them.")
        })?;
        changes.insert(name.to_owned(), read_setting(value.trim(), default));
    }
    Ok(settings.with(&changes)?)
}

/// A value as it is typed: JSON, or a text, or texts with commas where a list belongs. Nothing
/// where a single value belongs clears it; what cannot be empty refuses that.
fn read_setting(value: &str, default: &Value) -> Value {
    let json = || serde_json::from_str(value).ok();
    match default {
        Value::Array(_) => json().filter(Value::is_array).unwrap_or_else(|| {
            let items = value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            items
                .map(|item| serde_json::from_str::<Value>(item).unwrap_or_else(|_| item.into()))
                .collect()
        }),
        _ if value.is_empty() => Value::Null,
        Value::String(_) => value.into(),
        _ => json().unwrap_or_else(|| value.into()),
    }
}
