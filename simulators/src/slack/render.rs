//! What people see, as plain text for snapshots: without timestamps and ids.

use std::fmt::Write;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    elements::{self, Found},
    state::{ChannelState, Message, State, Team},
    view::{Values, View},
};

/// The eyes of one person: names and zones depend on who looks.
pub(crate) struct Eyes<'a> {
    pub team: &'a Team,
    pub zone: TimeZone,
}

impl<'a> Eyes<'a> {
    pub fn of(state: &'a State, team: &str, user: &str) -> Option<Self> {
        let team = state.team(team)?;
        let zone = team
            .person(user)
            .and_then(|person| TimeZone::get(&person.tz).ok())
            .unwrap_or(TimeZone::UTC);
        Some(Self { team, zone })
    }

    fn name(&self, user: &str) -> String {
        self.team
            .person(user)
            .map_or_else(|| user.to_owned(), |person| person.name.clone())
    }

    /// A conversation, oldest message first, replies under their parent.
    pub fn conversation(&self, channel: &ChannelState, user: &str) -> String {
        let mut out = String::new();
        let mut top: Vec<&Message> = channel
            .messages
            .iter()
            .filter(|message| message.visible_to(user))
            .collect();
        let threads: Vec<&Message> = top
            .iter()
            .copied()
            .filter(|message| {
                message
                    .thread_ts
                    .as_ref()
                    .is_some_and(|ts| *ts != message.ts && channel.message(ts).is_some())
            })
            .collect();
        top.retain(|message| !threads.iter().any(|reply| reply.ts == message.ts));
        for message in top {
            out.push_str(&self.message(message));
            for reply in threads
                .iter()
                .filter(|reply| reply.thread_ts.as_deref() == Some(&message.ts))
            {
                for (index, line) in self.message(reply).lines().enumerate() {
                    let lead = if index == 0 { "  ↳ " } else { "    " };
                    let _ = writeln!(out, "{lead}{line}");
                }
            }
        }
        out.trim_end().to_owned()
    }

    /// One message: the author before its first line, further lines indented.
    pub fn message(&self, message: &Message) -> String {
        let author = message
            .username
            .clone()
            .unwrap_or_else(|| self.name(&message.user));
        let whom = if message.ephemeral_to.is_some() {
            " (only you can see this)"
        } else {
            ""
        };
        let mut body = match &message.blocks {
            Some(blocks) => self.blocks(blocks, &message.values, None),
            None => self.mrkdwn(&message.text),
        };
        if message.edited.is_some() && message.bot_id.is_none() {
            body.push_str(" (edited)");
        }
        if !message.reactions.is_empty() {
            let reactions: Vec<String> = message
                .reactions
                .iter()
                .map(|(name, users)| format!(":{name}: {}", users.len()))
                .collect();
            let _ = write!(body, "\n{}", reactions.join("  "));
        }
        let mut out = String::new();
        for (index, line) in body.lines().enumerate() {
            if index == 0 {
                let _ = writeln!(out, "{author}{whom}: {line}");
            } else if line.is_empty() {
                out.push('\n');
            } else {
                let _ = writeln!(out, "  {line}");
            }
        }
        if out.is_empty() {
            let _ = writeln!(out, "{author}{whom}:");
        }
        out
    }

    /// A modal or the Home tab.
    pub fn view(&self, view: &View) -> String {
        let mut out = String::new();
        if !view.is_home() {
            let _ = writeln!(out, "# {}", view.text("title"));
        }
        if let Some(trouble) = &view.trouble {
            let _ = writeln!(out, "! {trouble}");
        }
        let body = self.blocks(view.blocks(), &view.values, Some(view));
        if !body.is_empty() {
            out.push_str(&body);
            out.push('\n');
        }
        if !view.is_home() {
            let submit = view.text("submit");
            let close = match (view.text("close"), submit) {
                ("", "") => "Close",
                ("", _) => "Cancel",
                (close, _) => close,
            };
            if submit.is_empty() {
                let _ = writeln!(out, "[{close}]");
            } else {
                let _ = writeln!(out, "[{submit}] [{close}]");
            }
        }
        out.trim_end().to_owned()
    }

    fn blocks(&self, blocks: &[Value], values: &Values, view: Option<&View>) -> String {
        let mut lines = Vec::new();
        for block in blocks {
            match block["type"].as_str().unwrap_or_default() {
                "divider" => lines.push("---".to_owned()),
                "header" => lines.push(format!("== {} ==", self.text(&block["text"]))),
                "section" => lines.extend(self.section(block, values)),
                "context" => {
                    let parts: Vec<String> = block["elements"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|element| {
                            if element["type"] == "image" {
                                format!("‹{}›", element["alt_text"].as_str().unwrap_or_default())
                            } else {
                                self.text(element)
                            }
                        })
                        .collect();
                    lines.push(format!("~ {}", parts.join(" · ")));
                }
                "actions" => {
                    let parts: Vec<String> = block["elements"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|element| self.element(&Found { block, element }, values))
                        .collect();
                    lines.push(parts.join(" "));
                }
                "input" => {
                    lines.push(self.input(block, values));
                    let error = view.and_then(|view| {
                        view.errors
                            .get(block["block_id"].as_str().unwrap_or_default())
                    });
                    if let Some(error) = error {
                        lines.push(format!("  ! {error}"));
                    }
                }
                "image" => lines.push(format!(
                    "‹image: {}›",
                    block["alt_text"].as_str().unwrap_or_default()
                )),
                "markdown" => lines.push(block["text"].as_str().unwrap_or_default().to_owned()),
                "rich_text" => lines.push(rich_text(block)),
                other => lines.push(format!("‹{other}›")),
            }
        }
        lines.join("\n")
    }

    fn section(&self, block: &Value, values: &Values) -> Vec<String> {
        let mut lines = Vec::new();
        if block["text"].is_object() {
            lines.push(self.text(&block["text"]));
        }
        for field in block["fields"].as_array().into_iter().flatten() {
            lines.push(self.text(field).replace('\n', " "));
        }
        let accessory = &block["accessory"];
        if accessory.is_object() {
            let shown = if accessory["type"] == "image" {
                format!("‹{}›", accessory["alt_text"].as_str().unwrap_or_default())
            } else {
                let found = Found {
                    block,
                    element: accessory,
                };
                self.element(&found, values)
            };
            match lines.last_mut() {
                Some(last) => *last = format!("{last}  {shown}"),
                None => lines.push(shown),
            }
        }
        lines
    }

    fn input(&self, block: &Value, values: &Values) -> String {
        let found = Found {
            block,
            element: &block["element"],
        };
        let optional = if block["optional"] == true {
            " (optional)"
        } else {
            ""
        };
        let hint = match block["hint"]["text"].as_str() {
            Some(hint) => format!(" ‹{hint}›"),
            None => String::new(),
        };
        format!(
            "{}{optional}: {}{hint}",
            self.text(&block["label"]),
            self.element(&found, values)
        )
    }

    fn element(&self, found: &Found<'_>, values: &Values) -> String {
        let element = found.element;
        let value = elements::current(found, values);
        let options = || -> Vec<(String, bool)> {
            elements::options(element)
                .into_iter()
                .map(|option| {
                    let chosen = match &value {
                        Value::Array(values) => values.contains(&option["value"]),
                        one => *one == option["value"],
                    };
                    (self.text(&option["text"]), chosen)
                })
                .collect()
        };
        match found.kind() {
            "button" | "workflow_button" => format!("[{}]", self.text(&element["text"])),
            "overflow" => {
                let names: Vec<String> = options().into_iter().map(|(name, _)| name).collect();
                format!("[⋯ {}]", names.join(" / "))
            }
            "checkboxes" => options()
                .into_iter()
                .map(|(name, on)| format!("[{}] {name}", if on { "x" } else { " " }))
                .collect::<Vec<_>>()
                .join("  "),
            "radio_buttons" => options()
                .into_iter()
                .map(|(name, on)| format!("({}) {name}", if on { "•" } else { " " }))
                .collect::<Vec<_>>()
                .join("  "),
            kind => {
                let mut shown = elements::shown(element, &value);
                if kind.contains("users_select") {
                    for user in &mut shown {
                        *user = format!("@{}", self.name(user));
                    }
                } else if kind.contains("channels_select") || kind.contains("conversations_select")
                {
                    for channel in &mut shown {
                        *channel = self.channel_name(channel);
                    }
                }
                if shown.is_empty() {
                    match element["placeholder"]["text"].as_str() {
                        Some(placeholder) => format!("(‹{placeholder}›)"),
                        None => "()".to_owned(),
                    }
                } else {
                    format!("({})", shown.join(", "))
                }
            }
        }
    }

    fn channel_name(&self, id: &str) -> String {
        self.team
            .channel(id)
            .map_or_else(|| id.to_owned(), |it| format!("#{}", it.info.name))
    }

    fn text(&self, text: &Value) -> String {
        let content = text["text"].as_str().unwrap_or_default();
        if text["type"] == "mrkdwn" {
            self.mrkdwn(content)
        } else {
            content.to_owned()
        }
    }

    /// Slack's markup, with what stands in angle brackets resolved.
    ///
    /// <https://docs.slack.dev/messaging/formatting-message-text>
    pub fn mrkdwn(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('<') {
            out.push_str(&unescape(&rest[..start]));
            let Some(end) = rest[start..].find('>') else {
                rest = &rest[start..];
                break;
            };
            out.push_str(&self.reference(&rest[start + 1..start + end]));
            rest = &rest[start + end + 1..];
        }
        out.push_str(&unescape(rest));
        out
    }

    fn reference(&self, inner: &str) -> String {
        let (target, label) = match inner.split_once('|') {
            Some((target, label)) => (target, Some(unescape(label))),
            None => (inner, None),
        };
        if let Some(user) = target.strip_prefix('@') {
            return format!("@{}", self.name(user));
        }
        if let Some(channel) = target.strip_prefix('#') {
            return self.channel_name(channel);
        }
        if let Some(date) = target.strip_prefix("!date^") {
            return self.date(date).or(label).unwrap_or_default();
        }
        if let Some(special) = target.strip_prefix('!') {
            return label.unwrap_or_else(|| format!("@{special}"));
        }
        label.unwrap_or_else(|| unescape(target))
    }

    /// `<!date^…>` in the zone of who looks.
    ///
    /// <https://docs.slack.dev/messaging/formatting-message-text#date-formatting>
    fn date(&self, inner: &str) -> Option<String> {
        let mut parts = inner.split('^');
        let seconds = parts.next()?.parse::<i64>().ok()?;
        let mut text = parts.next()?.to_owned();
        let time = Timestamp::from_second(seconds)
            .ok()?
            .to_zoned(self.zone.clone());
        for (token, format) in [
            ("{date_num}", "%Y-%m-%d"),
            ("{date_slash}", "%m/%d/%Y"),
            ("{date_long_pretty}", "%A, %B %-d, %Y"),
            ("{date_long}", "%A, %B %-d, %Y"),
            ("{date_short_pretty}", "%b %-d, %Y"),
            ("{date_short}", "%b %-d, %Y"),
            ("{date_pretty}", "%B %-d, %Y"),
            ("{date}", "%B %-d, %Y"),
            ("{day_divider_pretty}", "%A, %B %-d"),
            ("{time_secs}", "%-I:%M:%S %p"),
            ("{time}", "%-I:%M %p"),
        ] {
            if text.contains(token) {
                text = text.replace(token, &time.strftime(format).to_string());
            }
        }
        Some(text)
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The words of rich text, wherever they are in it.
fn rich_text(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(rich_text).collect(),
        Value::Object(map) => match map.get("text").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => map.get("elements").map(rich_text).unwrap_or_default(),
        },
        _ => String::new(),
    }
}
