//! Callers of the signed API.

use axum::http::HeaderMap;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::Value;
use timeoff::admin::keys::{self, KeyName};
use timeoff::admin::signature::{self, Signed};
use timeoff::admin::store;
use timeoff::admin::target::Target;
use timeoff::platform::ids::WorkspaceId;
use url::Url;

use super::{House, Reply, TEAM, exchange};

/// A registered key with its private half.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub private: SigningKey,
}

/// A request as it goes over the wire; a test may change anything of it.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str, body: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    /// Replaces or adds a header.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        &found.expect("the header is there").1
    }
}

impl House {
    /// A new key of the stories' workspace.
    pub async fn key(&self, name: &str) -> Key {
        self.key_of(TEAM, name).await
    }

    /// A new key of any workspace.
    pub async fn key_of(&self, team: &str, name: &str) -> Key {
        let team = WorkspaceId::parse(team).expect("a team id");
        let mut tx = self
            .app
            .services
            .db
            .begin(&team, self.now())
            .await
            .expect("the database answers");
        let (id, private) = (
            keys::new_id().expect("random"),
            keys::generate().expect("random"),
        );
        let name = KeyName::parse(name).expect("a name");
        let public = private.verifying_key();
        let done = store::add_key(&mut tx, &id, &name, public.as_bytes(), "test").await;
        assert_eq!(done.expect("written"), store::Registered::Yes);
        tx.commit().await.expect("committed");
        Key { id, private }
    }

    /// A request that is signed now.
    pub fn signed(&self, key: &Key, method: &str, path: &str, body: &str) -> Request {
        self.signed_with(
            key,
            method,
            path,
            body,
            self.now(),
            &keys::new_nonce().expect("random"),
        )
    }

    pub fn signed_with(
        &self,
        key: &Key,
        method: &str,
        path: &str,
        body: &str,
        created: Timestamp,
        nonce: &str,
    ) -> Request {
        let mut request = Request::new(method, path, body);
        let url = Url::parse(&format!("{}{path}", self.url)).expect("an address");
        let signed = Signed {
            method,
            target: &Target::from(&url),
            headers: &HeaderMap::new(),
            body: body.as_bytes(),
        };
        let headers = signature::sign(&key.id, &key.private, &signed, nonce, created);
        for (name, value) in headers.expect("signed") {
            request.set(name, &value);
        }
        request
    }

    /// Sends a request as it is.
    pub async fn call(&self, request: &Request) -> Reply {
        self.exchange(request).await.1
    }

    /// Sends a request as it is; the answer with its head.
    pub async fn exchange(&self, request: &Request) -> (String, Reply) {
        let headers: Vec<(&str, &[u8])> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        exchange(
            &self.url,
            &request.method,
            &request.path,
            &headers,
            &request.body,
        )
        .await
    }

    /// Asks with a good signature; the JSON of an answer that is a success.
    pub async fn get(&self, key: &Key, path: &str) -> Value {
        let reply = self.call(&self.signed(key, "GET", path, "")).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        serde_json::from_str(&reply.body).expect("JSON")
    }
}

/// “401 nonce_reused”: the status of an answer, and the code of one that is no success.
pub fn code(reply: &Reply) -> String {
    let json: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let code = json["error"]["code"].as_str().unwrap_or_default();
    assert!(
        code.is_empty()
            || json["error"]["message"]
                .as_str()
                .is_some_and(|text| text.len() > 20),
        "{}",
        reply.body
    );
    format!("{} {code}", reply.status).trim_end().to_owned()
}
