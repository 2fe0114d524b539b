//! Azure Web `PubSub`: the page opens a web socket with an address that we sign; we post what it should hear.
//!
//! Source: the service's REST reference, version 2024-12-01, and its page on client access URLs.

mod token;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ids::UserId;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::clock::Clock;
use imagegen_core::ports::realtime::{Realtime, RealtimeError};
use jiff::Timestamp;
use reqwest::Url;

use crate::http::{Call, ConnectionString, Endpoint, Http, InvalidConnectionString, Secret};
use token::{Claims, sign};

const API_VERSION: &str = "2024-12-01";
/// How long an address opens a connection; an open one lives on.
const CLIENT_LIFE: Duration = Duration::from_hours(1);
/// Ours are made for each call.
const SERVER_LIFE: Duration = Duration::from_mins(5);
/// Nobody's result waits for this: who misses an event asks for it later.
const PATIENCE: Duration = Duration::from_secs(6);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebPubSubSettings {
    #[error(transparent)]
    ConnectionString(#[from] InvalidConnectionString),
    #[error("a hub is a letter, then up to 126 letters, digits and underscores")]
    Hub,
}

/// One hub of one Web `PubSub` resource.
#[derive(Debug)]
pub struct WebPubSub {
    endpoint: Endpoint,
    hub: String,
    key: Secret,
    http: Http,
    clock: Arc<dyn Clock>,
}

impl WebPubSub {
    /// `connection_string` is `Endpoint=https://…;AccessKey=…;Version=1.0;`.
    pub fn new(
        connection_string: &str,
        hub: &str,
        http: Http,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidWebPubSubSettings> {
        let parts = ConnectionString::parse(connection_string)?;
        let mut endpoint = parts.endpoint()?;
        if let Some(port) = parts.get("Port") {
            let port = port.expose().parse();
            endpoint =
                endpoint.with_port(port.map_err(|_| InvalidConnectionString::Unusable("Port"))?);
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts = hub.starts_with(|c: char| c.is_ascii_alphabetic());
        if !starts || !hub.chars().all(plain) || hub.len() > 127 {
            return Err(InvalidWebPubSubSettings::Hub);
        }
        let key = parts.need("AccessKey")?.clone();
        Ok(Self { endpoint, hub: hub.to_owned(), key, http, clock })
    }

    async fn post(&self, user: &UserId, event: String) -> Result<(), BoxError> {
        let path = ["api", "hubs", &self.hub, "users", user.as_str(), ":send"];
        let mut url = self.endpoint.join(path);
        url.query_pairs_mut().append_pair("api-version", API_VERSION);
        // The vendor's own libraries sign the whole address, its query included.
        let token = self.sign(url.as_str(), None, self.clock.now(), SERVER_LIFE);
        let call = Call::post(url)
            .bearer(&token)
            .body("application/json", event)
            .timeout(PATIENCE / 2)
            .patience(PATIENCE);
        // An event may then be heard twice; it has a number, and the page passes over what it knows.
        Ok(self.http.send_idempotent(&call).await?.success()?)
    }

    fn sign(&self, audience: &str, user: Option<&str>, now: Timestamp, life: Duration) -> Secret {
        let claims = Claims {
            aud: audience,
            sub: user,
            iat: now.as_second(),
            exp: (now + life).as_second(),
        };
        sign(&self.key, &claims)
    }
}

#[async_trait]
impl Realtime for WebPubSub {
    /// Without roles: such a connection hears what its user is sent, and can send to nobody.
    async fn negotiate(&self, user: &UserId, now: Timestamp) -> Result<String, RealtimeError> {
        let mut url: Url = self.endpoint.join(["client", "hubs", &self.hub]);
        let token = self.sign(url.as_str(), Some(user.as_str()), now, CLIENT_LIFE);
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| RealtimeError("no web socket scheme".into()))?;
        url.query_pairs_mut().append_pair("access_token", token.expose());
        Ok(url.into())
    }

    async fn publish(&self, user: &UserId, event: String) -> Result<(), RealtimeError> {
        self.post(user, event).await.map_err(RealtimeError)
    }
}

#[cfg(test)]
mod tests;
