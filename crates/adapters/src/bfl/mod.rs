//! Black Forest Labs: the makers of FLUX.
//!
//! Asked once, answered with a task and the address to ask about it; that address is bound to a region, so it is kept
//! behind the task's name. There is no list and no idempotency key: a lost answer can be made up for by the webhook
//! alone, which tells name and result. There is no way to stop a task.
//!
//! Source: docs.bfl.ai and the vendor's `skills` repository; the webhook's signature header is named in the latter
//! only.

mod webhook;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::image_provider::{
    ImageProvider, PredictionId, ProviderError, ProviderRequest, SUBMIT_TIMEOUT, Snapshot, Sought,
    SubmitError, Submitted, WebhookCall, WebhookError,
};
use reqwest::{StatusCode, Url};

use crate::http::{Call, Endpoint, Http, Secret};
use crate::outputs::{OutputHosts, fetch};
use crate::submitted::{detail, not_accepted, reason, unanswered};
use wire::{Accepted, Create, Task};

pub const DEFAULT_BASE_URL: &str = "https://api.bfl.ai";
pub const DEFAULT_HOST: &str = "bfl.ai";

/// A second under the promise, for what happens around the call.
const SUBMIT_CALL: Duration = SUBMIT_TIMEOUT.saturating_sub(Duration::from_secs(1));
const KEY_HEADER: &str = "x-key";

#[derive(Debug, Clone)]
pub struct BflSettings {
    pub key: Secret,
    /// [`DEFAULT_BASE_URL`], a region's, or a stand-in's address.
    pub base_url: String,
    /// What webhooks are to be signed with; without it none is asked for and none believed.
    pub webhook_secret: Option<Secret>,
    /// [`DEFAULT_HOST`]: tasks are asked about and pictures fetched there and below. With a port, exactly there.
    pub hosts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBflSettings {
    #[error("the provider's key must not be empty")]
    Key,
    #[error("the provider's base URL {0}")]
    BaseUrl(crate::http::InvalidEndpoint),
    #[error("a host must be a host name, or a host and a port")]
    Host,
}

#[derive(Debug)]
pub struct Bfl {
    base: Endpoint,
    key: Secret,
    webhook_secret: Option<Secret>,
    hosts: OutputHosts,
    http: Http,
}

impl Bfl {
    pub fn new(settings: BflSettings, http: Http) -> Result<Self, InvalidBflSettings> {
        if settings.key.expose().is_empty() {
            return Err(InvalidBflSettings::Key);
        }
        Ok(Self {
            base: settings.base_url.parse().map_err(InvalidBflSettings::BaseUrl)?,
            key: settings.key,
            webhook_secret: settings.webhook_secret,
            hosts: OutputHosts::parse(&settings.hosts).ok_or(InvalidBflSettings::Host)?,
            http,
        })
    }

    /// Where to ask about a task: where we were told to, if that is one of the vendor's hosts, because the key goes
    /// along.
    fn address_of(&self, prediction: &PredictionId) -> Url {
        let told = prediction.0.split_once(' ').and_then(|(_, url)| self.hosts.allowed(url));
        told.unwrap_or_else(|| {
            let mut url = self.base.join(["v1", "get_result"]);
            url.query_pairs_mut().append_pair("id", prediction.name());
            url
        })
    }
}

#[async_trait]
impl ImageProvider for Bfl {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError> {
        let create = Create::new(request, self.webhook_secret.as_ref());
        let Some((model, create)) = create else {
            let reason = "we do not know how this provider makes the model".into();
            return Err(SubmitError::Refused { reason });
        };
        let call = Call::post(self.base.join(["v1", model]))
            .secret_header(KEY_HEADER, self.key.clone())
            .json(&create)
            .timeout(SUBMIT_CALL);
        let reply = self.http.send_once(&call).await.map_err(unanswered)?;
        if !reply.status.is_success() {
            let why = reason(&detail(&reply.body), request.prompt);
            return Err(not_accepted(&reply, "Black Forest Labs", why));
        }
        let accepted = reply.json::<Accepted>();
        let accepted = accepted.map_err(|e| SubmitError::Uncertain(e.into()))?;
        Ok(Submitted::Started(accepted.into_prediction()))
    }

    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        let prediction = match sought {
            Sought::ById(prediction) => prediction,
            Sought::ByTicket { .. } => return Err(ProviderError::Unsearchable),
        };
        let call = Call::get(self.address_of(prediction));
        let call = call.secret_header(KEY_HEADER, self.key.clone());
        let reply = self.http.send_idempotent(&call).await;
        let reply = reply.map_err(|e| ProviderError::Unavailable(e.into()))?;
        // A task's status may come with any HTTP status.
        match serde_json::from_slice::<Task>(&reply.body) {
            Ok(task) => {
                let state = task.state();
                Ok(state.map(|state| Snapshot { id: prediction.clone(), state }))
            }
            Err(_) if reply.status == StatusCode::NOT_FOUND => Ok(None),
            Err(_) => Err(ProviderError::Unavailable(match reply.json::<Task>() {
                Ok(_) => "the answer cannot be read".into(),
                Err(error) => error.into(),
            })),
        }
    }

    /// There is no way to: it ends by itself.
    async fn cancel(&self, _prediction: &PredictionId) -> Result<(), ProviderError> {
        Ok(())
    }

    fn verify(&self, call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        webhook::check(self.webhook_secret.as_ref(), call)?;
        let unreadable = |why: &'static str| WebhookError::Unreadable(why.into());
        let task: Task =
            serde_json::from_slice(call.body).map_err(|e| WebhookError::Unreadable(e.into()))?;
        let id = task.prediction().ok_or_else(|| unreadable("it names no task"))?;
        let state = task.state().ok_or_else(|| unreadable("it is about no task"))?;
        Ok(Snapshot { id, state })
    }

    /// The link is signed, so the key stays here.
    async fn fetch(&self, output: &str) -> Result<Vec<u8>, ProviderError> {
        fetch(&self.http, &self.hosts, output, |call| call).await
    }
}

#[cfg(test)]
mod tests;
