//! Configuration of the traces' collector.

use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::integrations::Get;

/// Where traces go.
/// <https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/>
#[derive(Debug, Clone)]
pub struct OtlpConfig {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, with the path of traces.
    pub traces_url: Url,
    /// `OTEL_EXPORTER_OTLP_HEADERS`: what the collector knows us by. `Debug` shows no value.
    pub headers: HeaderMap,
    /// `TIMEOFF_STAGE`.
    pub stage: Option<String>,
}

/// `None`: nobody collects traces, or `wrong` says what is.
pub(super) fn otlp(get: Get<'_>, wrong: &mut Vec<String>) -> Option<OtlpConfig> {
    let endpoint = get("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let traces_url = traces_url(&endpoint);
    if traces_url.is_none() {
        wrong.push(
            "OTEL_EXPORTER_OTLP_ENDPOINT is malformed: where the collector is, such as https://logfire-eu.pydantic.dev"
                .to_owned(),
        );
    }
    let headers = get("OTEL_EXPORTER_OTLP_HEADERS")
        .map_or_else(|| Some(HeaderMap::new()), |headers| read_headers(&headers));
    if headers.is_none() {
        wrong.push(
            "OTEL_EXPORTER_OTLP_HEADERS is malformed: its form is name=value,name=value, with special characters percent-encoded"
                .to_owned(),
        );
    }
    Some(OtlpConfig {
        traces_url: traces_url?,
        headers: headers?,
        stage: get("TIMEOFF_STAGE"),
    })
}

fn traces_url(endpoint: &str) -> Option<Url> {
    let mut url = Url::parse(endpoint).ok()?;
    // A password belongs into the headers: an address is not secret.
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none();
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["v1", "traces"]);
    plain.then_some(url)
}

fn read_headers(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for header in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let (name, value) = header.split_once('=')?;
        let name: HeaderName = name.trim().parse().ok()?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> (Option<OtlpConfig>, Vec<String>) {
        let get = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut wrong = Vec::new();
        (otlp(&get, &mut wrong), wrong)
    }

    #[test]
    fn the_usual_variables_of_opentelemetry_are_read() {
        assert!(read(&[("OTEL_EXPORTER_OTLP_HEADERS", "a=b")]).0.is_none());
        for (endpoint, url) in [
            (
                "https://logfire-eu.pydantic.dev",
                "https://logfire-eu.pydantic.dev/v1/traces",
            ),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            (
                "https://otlp.example/otlp",
                "https://otlp.example/otlp/v1/traces",
            ),
        ] {
            let (config, wrong) = read(&[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
                (
                    "OTEL_EXPORTER_OTLP_HEADERS",
                    "Authorization=Basic%20c2VjcmV0+Pz8/==, X-Scope=1",
                ),
                ("TIMEOFF_STAGE", "prod"),
            ]);
            let config = config.unwrap();
            assert_eq!(
                (config.traces_url.as_str(), wrong.as_slice()),
                (url, &[][..])
            );
            assert_eq!(config.headers["authorization"], "Basic c2VjcmV0+Pz8/==");
            assert_eq!(config.headers["x-scope"], "1");
            assert_eq!(config.stage.as_deref(), Some("prod"));
            assert!(!format!("{config:?}").contains("c2Vj"), "{config:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secret() {
        for (endpoint, headers) in [
            ("collector:4318", "Authorization=secret"),
            ("https://me:secret@collector", ""),
            ("https://collector", "secret"),
            ("https://collector", "Authorization=secret%0Aline"),
            ("https://collector", "a b=secret"),
        ] {
            let (config, wrong) = read(&[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
                ("OTEL_EXPORTER_OTLP_HEADERS", headers),
            ]);
            assert!(config.is_none(), "{endpoint} {headers}");
            let [line] = wrong.as_slice() else {
                panic!("{endpoint} {headers}: {wrong:?}");
            };
            assert!(
                line.contains("malformed") && !line.contains("secret"),
                "{line}"
            );
        }
    }
}
