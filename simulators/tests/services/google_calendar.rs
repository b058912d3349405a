//! Google's rules.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use simulators::google_calendar::{GoogleCalendarConfig, GoogleCalendarSim};
use simulators::service::Fault;
use simulators::slack::Clock;

use crate::{client, send};

const SCOPE: &str = "https://www.googleapis.com/auth/calendar.events";

struct Setup {
    sim: GoogleCalendarSim,
    http: reqwest::Client,
    file: Value,
}

impl Setup {
    async fn new() -> Self {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let sim = GoogleCalendarSim::new(GoogleCalendarConfig {
            zone: "Asia/Kolkata".to_owned(),
            clock: Clock::manual(now),
            ..GoogleCalendarConfig::default()
        });
        sim.start().await.unwrap();
        Self {
            file: sim.service_account(),
            sim,
            http: client(),
        }
    }

    fn text(&self, field: &str) -> &str {
        self.file[field].as_str().unwrap()
    }

    fn claims(&self) -> Value {
        let now = self.sim.clock().now().as_second();
        json!({
            "iss": self.text("client_email"), "scope": SCOPE, "aud": self.text("token_uri"),
            "iat": now, "exp": now + 3600,
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let der = PrivatePkcs8KeyDer::from_pem_slice(self.text("private_key").as_bytes()).unwrap();
        let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
        let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )
        .unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    async fn sign_in(&self, assertion: &str) -> (u16, Value) {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion),
        ];
        send(self.http.post(self.text("token_uri")).form(&form)).await
    }

    async fn token(&self) -> String {
        let assertion = self.sign(&json!({"alg": "RS256", "typ": "JWT"}), &self.claims());
        let (status, body) = self.sign_in(&assertion).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    fn events(&self) -> String {
        let (url, id) = (self.sim.api_url(), self.sim.calendar_id());
        format!("{url}/calendars/{id}/events")
    }

    async fn insert(&self, token: &str, body: &Value) -> (u16, Value) {
        send(self.http.post(self.events()).bearer_auth(token).json(body)).await
    }

    async fn list(&self, token: &str, query: &str) -> (u16, Value) {
        let url = format!("{}?{query}", self.events());
        send(self.http.get(url).bearer_auth(token)).await
    }
}

fn summaries(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|it| it["summary"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn only_a_good_assertion_gives_a_token() {
    let it = Setup::new().await;
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": it.text("private_key_id")});
    let (status, body) = it.sign_in(&it.sign(&header, &it.claims())).await;
    assert_eq!((status, &body["token_type"]), (200, &json!("Bearer")));

    let now = it.sim.clock().now().as_second();
    let mut told = Vec::new();
    for (claim, value) in [
        ("iss", json!("somebody@else.example")),
        ("aud", json!("https://example.com/token")),
        ("exp", json!(now + 3601)),
        ("exp", json!(now)),
        ("iat", json!(now + 400)),
        ("scope", json!("https://www.googleapis.com/auth/drive")),
        ("scope", json!("")),
        ("iat", json!("now")),
    ] {
        let mut claims = it.claims();
        claims[claim] = value.clone();
        let (status, body) = it.sign_in(&it.sign(&header, &claims)).await;
        assert_eq!(status, 400, "{claim} {value}");
        told.push(format!(
            "{claim}: {} {}",
            body["error"], body["error_description"]
        ));
    }
    for wrong in [
        json!({"alg": "none"}),
        json!({"alg": "RS256", "kid": "another"}),
    ] {
        let (status, body) = it.sign_in(&it.sign(&wrong, &it.claims())).await;
        assert_eq!(
            (status, &body["error_description"]),
            (400, &json!("Invalid JWT Signature."))
        );
    }
    let mut changed = it.sign(&header, &it.claims());
    changed.replace_range(changed.len() - 10..changed.len() - 8, "AA");
    for broken in [changed.as_str(), "", "a.b.c", "a"] {
        assert_eq!(it.sign_in(broken).await.0, 400, "{broken}");
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    iss: "invalid_grant" "Invalid grant: account not found"
    aud: "invalid_grant" "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token"
    exp: "invalid_grant" "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
    exp: "invalid_grant" "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
    iat: "invalid_grant" "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
    scope: "invalid_scope" "Invalid OAuth scope or ID token audience provided."
    scope: "invalid_scope" "Invalid OAuth scope or ID token audience provided."
    iat: "invalid_grant" "Invalid JWT: the assertion is malformed."
    "#);

    let form = [("grant_type", "password")];
    let (status, body) = send(it.http.post(it.text("token_uri")).form(&form)).await;
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("unsupported_grant_type"))
    );
}

#[tokio::test]
async fn a_token_opens_the_shared_calendar_for_an_hour() {
    let it = Setup::new().await;
    let token = it.token().await;
    assert_eq!(it.list(&token, "").await.0, 200);
    for wrong in ["", "ya29.another"] {
        let (status, body) = it.list(wrong, "").await;
        assert_eq!(
            (status, &body["error"]["errors"][0]["reason"]),
            (401, &json!("authError"))
        );
    }
    let other = format!("{}/calendars/primary/events", it.sim.api_url());
    assert_eq!(send(it.http.get(other).bearer_auth(&token)).await.0, 404);
    it.sim.clock().advance(SignedDuration::from_hours(1));
    assert_eq!(it.list(&token, "").await.0, 401);
}

#[tokio::test]
async fn what_google_refuses_is_refused_with_its_reason() {
    let it = Setup::new().await;
    let token = it.token().await;
    let day = |date: &str| json!({"date": date});
    let time = |time: &str, zone: Option<&str>| json!({"dateTime": time, "timeZone": zone});
    let (first, end) = (day("2026-03-05"), day("2026-03-06"));
    let mut told = Vec::new();
    for body in [
        json!({"start": first, "end": end, "id": "shrt"}),
        json!({"start": first, "end": end, "id": "with-dash"}),
        json!({"start": first, "end": end, "id": "UPPER"}),
        json!({"start": first, "end": end, "id": "wxyz0"}),
        json!({"start": first, "end": end, "attendees": [{"email": "a@example.com"}]}),
        json!({"start": first, "end": end, "transparency": "invisible"}),
        json!({"start": first}),
        json!({"end": end}),
        json!({"start": {}, "end": end}),
        json!({"start": first, "end": first}),
        json!({"start": end, "end": first}),
        json!({"start": day("2026-02-30"), "end": end}),
        json!({"start": day("2026-03-05T00:00:00"), "end": end}),
        json!({"start": first, "end": time("2026-03-06T10:00:00Z", None)}),
        json!({"start": time("2026-03-05T10:00:00", None), "end": time("2026-03-05T11:00:00", None)}),
        json!({"start": time("2026-03-05T10:00:00", Some("Mars/Base")), "end": time("2026-03-05T11:00:00Z", None)}),
        json!({"start": time("2026-03-05T10:00:00Z", None), "end": time("2026-03-05T15:00:00", Some("Asia/Kolkata"))}),
        json!({"start": time("tomorrow", Some("Asia/Kolkata")), "end": end}),
        json!([]),
        json!({"start": first, "end": end, "summary": 7}),
    ] {
        let (status, answer) = it.insert(&token, &body).await;
        let error = &answer["error"];
        assert_eq!(error["code"], status);
        told.push(format!(
            "{status} {}: {}",
            error["errors"][0]["reason"], error["message"]
        ));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    400 "invalid": "Invalid resource id value."
    400 "invalid": "Invalid resource id value."
    400 "invalid": "Invalid resource id value."
    400 "invalid": "Invalid resource id value."
    403 "forbiddenForServiceAccounts": "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority."
    400 "invalid": "Invalid value for transparency."
    400 "required": "Missing end time."
    400 "required": "Missing start time."
    400 "required": "Missing start time."
    400 "timeRangeEmpty": "The specified time range is empty."
    400 "timeRangeEmpty": "The specified time range is empty."
    400 "invalid": "Invalid start time."
    400 "invalid": "Invalid start time."
    400 "invalid": "Start and end times must either both be date or both be dateTime."
    400 "required": "Missing time zone definition for start time."
    400 "invalid": "Invalid time zone definition for start time."
    400 "timeRangeEmpty": "The specified time range is empty."
    400 "invalid": "Invalid start time."
    400 "parseError": "Parse Error"
    400 "parseError": "Parse Error"
    "#);
    assert_eq!(it.sim.ids_taken(), 0);
    let url = format!("{}?sendUpdates=loudly", it.events());
    let body = json!({"start": first, "end": end});
    let request = it.http.post(url).bearer_auth(&token).json(&body);
    assert_eq!(send(request).await.0, 400);
}

#[tokio::test]
async fn an_event_is_answered_as_google_does() {
    let it = Setup::new().await;
    let token = it.token().await;
    let body = json!({
        "summary": "Asha away",
        "start": {"dateTime": "2026-03-29T00:30:00", "timeZone": "Europe/London"},
        "end": {"dateTime": "2026-03-29T03:00:00", "timeZone": "Europe/London"},
    });
    let (status, event) = it.insert(&token, &body).await;
    assert_eq!(status, 200);
    assert_eq!(event["status"], "confirmed");
    // Clocks go forward at one.
    assert_eq!(event["start"]["dateTime"], "2026-03-29T00:30:00+00:00");
    assert_eq!(event["end"]["dateTime"], "2026-03-29T03:00:00+01:00");
    assert_eq!(event.get("transparency"), None);
    let id = event["id"].as_str().unwrap();
    assert_eq!(id.len(), 26);
    let url = format!("{}/{id}", it.events());
    assert_eq!(
        send(it.http.get(&url).bearer_auth(&token)).await,
        (200, event.clone())
    );
    let shown = it.sim.events();
    assert_eq!(
        shown[0].to_string(),
        "2026-03-29 00:30 to 2026-03-29 03:00 Europe/London: Asha away (busy)"
    );
}

#[tokio::test]
async fn a_list_has_what_overlaps_and_comes_in_pages() {
    let it = Setup::new().await;
    let token = it.token().await;
    for (first, end) in [
        ("2026-03-02", "2026-03-05"),
        ("2026-03-05", "2026-03-06"),
        ("2026-03-06", "2026-03-10"),
    ] {
        let body = json!({"summary": first, "start": {"date": first}, "end": {"date": end}});
        assert_eq!(it.insert(&token, &body).await.0, 200);
    }
    // Days begin at midnight in the calendar's zone, and ends are exclusive.
    let thursday = "timeMin=2026-03-05T00:00:00%2B05:30&timeMax=2026-03-06T00:00:00%2B05:30";
    let (_, list) = it.list(&token, thursday).await;
    assert_eq!(summaries(&list), ["2026-03-05"]);
    let (_, list) = it.list(&token, "timeMin=2026-03-05T00:00:00Z").await;
    assert_eq!(summaries(&list), ["2026-03-05", "2026-03-06"]);
    let (status, list) = it.list(&token, "maxResults=2").await;
    assert_eq!((status, list["nextPageToken"].as_str()), (200, Some("2")));
    let (_, list) = it.list(&token, "maxResults=2&pageToken=2").await;
    assert_eq!(summaries(&list), ["2026-03-06"]);
    assert_eq!(list.get("nextPageToken"), None);

    let id = it.sim.events()[0].id.clone();
    assert!(it.sim.delete_by_hand(&id) && !it.sim.delete_by_hand(&id));
    assert_eq!(
        it.list(&token, "").await.1["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        it.list(&token, "showDeleted=true").await.1["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    for wrong in [
        "timeMin=yesterday",
        "timeMin=2026-03-05",
        "maxResults=many",
        "timeMin=2026-03-05T00:00:00Z&timeMax=2026-03-05T00:00:00Z",
    ] {
        assert_eq!(it.list(&token, wrong).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn trouble_speaks_googles_language_and_ends() {
    let it = Setup::new().await;
    let token = it.token().await;
    it.sim.fault("events.list", Fault::RateLimited(7), Some(1));
    let response = it
        .http
        .get(it.events())
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            &response.headers()["retry-after"]
        ),
        (429, &"7".parse().unwrap())
    );
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body["error"]["errors"][0],
        json!({"domain": "usageLimits", "reason": "rateLimitExceeded", "message": "Rate Limit Exceeded"})
    );
    assert_eq!(it.list(&token, "").await.0, 200);

    it.sim.fault("*", Fault::Down, None);
    for _ in 0..2 {
        let lost = it.http.get(it.events()).bearer_auth(&token).send().await;
        assert!(lost.is_err());
    }
    it.sim.clear_faults();
    assert_eq!(it.list(&token, "").await.0, 200);
    let statuses: Vec<_> = it
        .sim
        .calls("events.list")
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [Some(429), Some(200), None, None, Some(200)]);
    let calls = format!("{:?}", it.sim.calls("events.list"));
    assert!(!calls.contains(&token), "{calls}");
}
