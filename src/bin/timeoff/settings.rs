//! Settings as they are typed: NAME=VALUE.

use serde_json::Value;
use timeoff::tenant::Settings;

use crate::Failure;

pub fn changed_settings(settings: &Settings, changes: &[String]) -> Result<Settings, Failure> {
    let defaults = serde_json::to_value(Settings::default())?;
    let mut json = serde_json::to_value(settings)?;
    for change in changes {
        let (name, value) = change
            .split_once('=')
            .ok_or_else(|| format!("“{change}” is not NAME=VALUE"))?;
        if name == "calendar_id" {
            return Err("The calendar is checked with Google first: `timeoff admin calendar ID`, or `timeoff admin calendar off`.".into());
        }
        let default = defaults.get(name).ok_or_else(|| {
            format!("There is no setting “{name}”. `timeoff admin settings` lists them.")
        })?;
        json[name] = read_setting(value.trim(), default);
        serde_json::from_value::<Settings>(json.clone())
            .map_err(|_| format!("{name} cannot be “{value}”: it is {}.", shape(default)))?;
    }
    let settings: Settings = serde_json::from_value(json)?;
    settings.check()?;
    Ok(settings)
}

/// A value as it is typed: JSON, or a text, or texts with commas where a list belongs.
fn read_setting(value: &str, default: &Value) -> Value {
    let json = || serde_json::from_str(value).ok();
    match default {
        Value::String(_) => value.into(),
        Value::Null if value.is_empty() => Value::Null,
        Value::Array(_) => json().filter(Value::is_array).unwrap_or_else(|| {
            let items = value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            items
                .map(|item| serde_json::from_str::<Value>(item).unwrap_or_else(|_| item.into()))
                .collect()
        }),
        _ => json().unwrap_or_else(|| value.into()),
    }
}

/// What a setting looks like, by its default.
fn shape(default: &Value) -> String {
    match default {
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(number) => format!("a number, such as {number}"),
        Value::Array(items) if items.is_empty() => {
            "a list of user ids, such as U012AB3CD,U045EF6GH".to_owned()
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("a list, such as {}", items.join(","))
        }
        Value::Null => "a channel id, such as C012AB3CD, or nothing".to_owned(),
        _ => "a text".to_owned(),
    }
}
