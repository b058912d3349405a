//! The address that a client signs, seen from behind its proxies.

use std::fmt;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use url::Url;

/// The address of a request, with path and query as they were sent, letter for letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `http` or `https`.
    pub scheme: String,
    /// The host in small letters, with its port unless it is the scheme's own.
    pub authority: String,
    /// The path.
    pub path: String,
    /// What follows the question mark, if there is one.
    pub query: Option<String>,
}

impl Target {
    /// The address of a request. `public` (`PUBLIC_URL`) is where clients reach the app; without
    /// it, it is what the request itself says its host is, in plain HTTP: nothing but the
    /// configuration may say that there is TLS in front, for a client could claim it as well.
    ///
    /// `None`: the request names no host that makes an address, or several.
    pub fn of_request(public: Option<&Url>, uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let mut target = match public {
            Some(url) => Self::from(url),
            None => Self::from(&named(uri, headers)?),
        };
        target.path = target.path.trim_end_matches('/').to_owned() + uri.path();
        target.query = uri.query().map(str::to_owned);
        Some(target)
    }

    /// Path and query, as the first line of a request has them.
    pub fn path_and_query(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
}

/// Where a request says that it goes.
fn named(uri: &Uri, headers: &HeaderMap) -> Option<Url> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(Authority::as_str))?;
    // A host with anything else in it would move the path.
    let odd = host.is_empty() || host.contains(['/', '?', '#', '@', '\\']);
    if odd || hosts.next().is_some() {
        return None;
    }
    Url::parse(&format!("http://{host}")).ok()
}

impl From<&Url> for Target {
    fn from(url: &Url) -> Self {
        // `Url` keeps hosts in small letters and no port that is the scheme's own.
        let host = url.host_str().unwrap_or_default();
        Self {
            scheme: url.scheme().to_owned(),
            authority: url
                .port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}{}",
            self.scheme,
            self.authority,
            self.path_and_query()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(public: Option<&str>, uri: &str, host: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(host) = host {
            headers.insert(header::HOST, host.parse().unwrap());
        }
        let public = public.map(|url| Url::parse(url).unwrap());
        Target::of_request(public.as_ref(), &uri.parse().unwrap(), &headers)
            .map(|target| target.to_string())
    }

    #[test]
    fn the_public_url_counts_where_there_is_one() {
        for public in ["https://off.example.com", "https://OFF.example.com:443/"] {
            assert_eq!(
                seen(
                    Some(public),
                    "/api/leaves?state=failed",
                    Some("10.0.0.7:3000")
                )
                .unwrap(),
                "https://off.example.com/api/leaves?state=failed"
            );
        }
        assert_eq!(
            seen(Some("https://gate.example.com/prod/"), "/api/leaves", None).unwrap(),
            "https://gate.example.com/prod/api/leaves"
        );
    }

    #[test]
    fn without_it_the_host_header_counts() {
        let at = |host| seen(None, "/api/leaves?limit=1", Some(host));
        assert_eq!(
            at("127.0.0.1:3000").unwrap(),
            "http://127.0.0.1:3000/api/leaves?limit=1"
        );
        assert_eq!(
            at("LocalHost:80").unwrap(),
            "http://localhost/api/leaves?limit=1"
        );
        for wrong in [
            "", "a/b", "a?b", "a#b", "me@a", "a\\b", "a b", "[::1", "a:b",
        ] {
            assert_eq!(at(wrong), None, "{wrong:?}");
        }
        assert_eq!(seen(None, "/api/leaves", None), None);
        assert_eq!(
            seen(None, "http://there:3000/api/leaves", None).unwrap(),
            "http://there:3000/api/leaves"
        );
    }

    #[test]
    fn path_and_query_stay_as_they_were_sent() {
        for odd in [
            "/api/../api//leaves",
            "/api/leaves?",
            "/api/leaves?a='b'&c=%7e",
        ] {
            assert_eq!(
                seen(Some("https://x.example"), odd, None).unwrap(),
                format!("https://x.example{odd}")
            );
        }
    }
}
