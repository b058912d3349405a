//! A browser of little understanding: it keeps cookies, goes where it is sent, and shows pages as text.

use std::collections::BTreeMap;

use simulators::slack::SlackSim;

use super::{exchange, logs};

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    /// The head of the answer.
    pub head: String,
    pub html: String,
}

impl Page {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn location(&self) -> String {
        self.header("location").expect("a redirect").to_owned()
    }
}

/// A browser with its cookies.
#[derive(Debug, Default, Clone)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub async fn get(&mut self, address: &str) -> Page {
        let (base, path) = split(address);
        let line: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let line = line.join("; ");
        let headers = [("Cookie", line.as_bytes())];
        let headers = if line.is_empty() { &[][..] } else { &headers };
        let (head, reply) = exchange(base, "GET", path, headers, b"").await;
        let page = Page {
            status: reply.status,
            head,
            html: reply.body,
        };
        for line in page.head.lines() {
            let Some(set) = line.strip_prefix("set-cookie: ") else {
                continue;
            };
            let (name, value) = set.split_once('=').expect("a cookie");
            let value = value.split(';').next().unwrap_or_default().to_owned();
            logs::plant_secret(&value);
            self.cookies.insert(name.to_owned(), value);
        }
        page
    }

    /// From a page of the app to Slack's, where this person allows what is asked (`pressing` may say
    /// otherwise): the address that Slack sends the browser back to.
    pub async fn consents(
        &mut self,
        begin: &str,
        team: &str,
        user: &str,
        pressing: &str,
    ) -> String {
        let slack = self.get(begin).await.location();
        let chosen = format!("{slack}&team={team}&user={user}{pressing}");
        let back = self.get(&chosen).await.location();
        for part in ["code=", "state="] {
            if let Some((_, rest)) = back.split_once(part) {
                logs::plant_secret(rest.split('&').next().unwrap_or_default());
            }
        }
        back
    }
}

fn split(address: &str) -> (&str, &str) {
    let begin = "http://".len();
    let path = address[begin..]
        .find('/')
        .map_or(address.len(), |at| at + begin);
    address.split_at(path)
}

/// What a person reads on a page, with its status first and links behind their words.
pub fn text(page: &Page, app: &str, slack: &SlackSim) -> String {
    let body = page.html.split_once("<body>").map_or("", |(_, body)| body);
    let (mut text, mut rest, mut link) = (String::new(), body, String::new());
    while let Some((words, more)) = rest.split_once('<') {
        text.push_str(words);
        let (tag, more) = more.split_once('>').expect("a whole tag");
        match tag.split(' ').next().unwrap_or_default() {
            "a" => {
                let (_, address) = tag.split_once("href=\"").expect("an address");
                address.trim_end_matches('"').clone_into(&mut link);
            }
            "/a" => text.extend([" → ", link.as_str(), "\n"]),
            "li" => text.push_str("• "),
            "code" | "/code" => text.push('`'),
            "/span" => text.push(' '),
            "/p" | "/h1" | "/li" => text.push('\n'),
            _ => {}
        }
        rest = more;
    }
    let text = text
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&quot;", "\"")
        .replace(app, "APP")
        .replace(slack.api_url().trim_end_matches("/api"), "SLACK");
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && *line != "timeoff")
        .collect();
    format!("{}\n{}", page.status, lines.join("\n"))
}
