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

use crate::entra::{Access, Tokens};
use crate::http::{
    Call, ConnectionString, Endpoint, Http, InvalidConnectionString, InvalidEndpoint, Secret,
};
use token::{Claims, GeneratedToken, sign};

/// What an Entra token for the service must be made for.
const SCOPE: &str = "https://webpubsub.azure.com/.default";
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
    #[error("the endpoint {0}")]
    Endpoint(#[from] InvalidEndpoint),
    #[error("a hub is a letter, then up to 126 letters, digits and underscores")]
    Hub,
}

/// One hub of one Web `PubSub` resource.
#[derive(Debug)]
pub struct WebPubSub {
    endpoint: Endpoint,
    hub: String,
    /// The access key: we sign for ourselves and for the page. Or an identity with the role Web `PubSub` Service Owner:
    /// the service signs for the page.
    access: Access,
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
        let key = parts.need("AccessKey")?.clone();
        Ok(Self { endpoint, hub: checked_hub(hub)?, access: Access::Key(key), http, clock })
    }

    /// `endpoint` is `https://<resource>.webpubsub.azure.com`.
    pub fn by_identity(
        endpoint: &str,
        hub: &str,
        tokens: Arc<Tokens>,
        http: Http,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidWebPubSubSettings> {
        let (endpoint, hub) = (endpoint.parse::<Endpoint>()?, checked_hub(hub)?);
        Ok(Self { endpoint, hub, access: Access::Identity(tokens), http, clock })
    }

    async fn post(&self, user: &UserId, event: String) -> Result<(), BoxError> {
        let path = ["api", "hubs", &self.hub, "users", user.as_str(), ":send"];
        let mut url = self.endpoint.join(path);
        url.query_pairs_mut().append_pair("api-version", API_VERSION);
        let token = self.own_token(&url).await?;
        let call = Call::post(url)
            .bearer(&token)
            .body("application/json", event)
            .timeout(PATIENCE / 2)
            .patience(PATIENCE);
        // An event may then be heard twice; it has a number, and the page passes over what it knows.
        Ok(self.http.send_idempotent(&call).await?.success()?)
    }

    /// For a call of ours.
    async fn own_token(&self, url: &Url) -> Result<Secret, BoxError> {
        match &self.access {
            // The vendor's own libraries sign the whole address, its query included.
            Access::Key(key) => Ok(token(key, url.as_str(), None, self.clock.now(), SERVER_LIFE)),
            Access::Identity(tokens) => Ok(tokens.bearer(SCOPE).await?),
        }
    }

    /// For a page that connects to `url`.
    async fn client_token(
        &self,
        url: &Url,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Secret, BoxError> {
        match &self.access {
            Access::Key(key) => Ok(token(key, url.as_str(), Some(user.as_str()), now, CLIENT_LIFE)),
            Access::Identity(_) => self.generated_token(user).await,
        }
    }

    /// Only the service can sign for a page when nobody has its key.
    async fn generated_token(&self, user: &UserId) -> Result<Secret, BoxError> {
        let mut url = self.endpoint.join(["api", "hubs", &self.hub, ":generateToken"]);
        url.query_pairs_mut()
            .append_pair("userId", user.as_str())
            .append_pair("minutesToExpire", &(CLIENT_LIFE.as_secs() / 60).to_string())
            .append_pair("api-version", API_VERSION);
        let token = self.own_token(&url).await?;
        let call = Call::post(url).bearer(&token).timeout(PATIENCE / 2).patience(PATIENCE);
        let reply = self.http.send_idempotent(&call).await?;
        Ok(Secret::new(reply.json::<GeneratedToken>()?.token))
    }
}

fn checked_hub(hub: &str) -> Result<String, InvalidWebPubSubSettings> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = hub.starts_with(|c: char| c.is_ascii_alphabetic());
    let good = starts && hub.chars().all(plain) && hub.len() <= 127;
    good.then(|| hub.to_owned()).ok_or(InvalidWebPubSubSettings::Hub)
}

fn token(
    key: &Secret,
    audience: &str,
    user: Option<&str>,
    now: Timestamp,
    life: Duration,
) -> Secret {
    let (iat, exp) = (now.as_second(), (now + life).as_second());
    sign(key, &Claims { aud: audience, sub: user, iat, exp })
}

#[async_trait]
impl Realtime for WebPubSub {
    /// Without roles: such a connection hears what its user is sent, and can send to nobody.
    async fn negotiate(&self, user: &UserId, now: Timestamp) -> Result<String, RealtimeError> {
        let mut url: Url = self.endpoint.join(["client", "hubs", &self.hub]);
        let token = self.client_token(&url, user, now).await.map_err(RealtimeError)?;
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
