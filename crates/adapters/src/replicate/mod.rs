//! Replicate: one prediction a picture.
//!
//! There is no idempotency key, so a `submit` whose answer was lost is never repeated here: the ticket in the
//! webhook's address is looked for instead.
//!
//! Source: Replicate's HTTP API reference, its pages on webhooks, deadlines and data retention.

mod webhook;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::catalog::Provider;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::image_provider::{
    ImageProvider, PredictionId, ProviderError, ProviderRequest, SUBMIT_TIMEOUT, Snapshot, Sought,
    SubmitError, Submitted, WebhookCall, WebhookError,
};
use jiff::Timestamp;
use reqwest::{StatusCode, Url};

use crate::http::{Call, Endpoint, Http, Reply, Secret};
use crate::outputs::{OutputHosts, fetch};
use webhook::WebhookSecrets;
use wire::{Create, Page, Problem, Sent, WirePrediction};

pub const DEFAULT_BASE_URL: &str = "https://api.replicate.com/v1";
pub const DEFAULT_OUTPUT_HOST: &str = "replicate.delivery";

/// A second under the promise, for what happens around the call.
const SUBMIT_CALL: Duration = SUBMIT_TIMEOUT.saturating_sub(Duration::from_secs(1));
/// The least `Cancel-After` that is taken.
const LEAST_CANCEL_AFTER: Duration = Duration::from_secs(5);
/// By how much Replicate's clock may be behind ours.
const CLOCK_SKEW: Duration = Duration::from_mins(2);
/// Of 100 predictions each. Beyond it we do not know, rather than say that there is none.
const MOST_PAGES: usize = 20;
/// For the whole search; a function has two minutes.
const SEARCH_PATIENCE: Duration = Duration::from_mins(1);
/// Bytes; a page repeats every prediction's logs, and its inputs where these went along inline.
const LARGEST_PAGE: usize = 64 * 1024 * 1024;
/// Bytes; a prediction repeats its inputs.
const LARGEST_PREDICTION: usize = 16 * 1024 * 1024;

#[derive(Debug, Clone)]
pub struct ReplicateSettings {
    pub token: Secret,
    /// [`DEFAULT_BASE_URL`], or a stand-in's address.
    pub base_url: String,
    /// `whsec_…`. The new one and the old one while they are exchanged; none means that no webhook is believed.
    pub webhook_secrets: Vec<Secret>,
    /// [`DEFAULT_OUTPUT_HOST`]: outputs are fetched from there and from below. With a port (`127.0.0.1:7071`), from
    /// exactly there.
    pub output_hosts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReplicateSettings {
    #[error("the provider's token must not be empty")]
    Token,
    #[error("the provider's base URL {0}")]
    BaseUrl(crate::http::InvalidEndpoint),
    #[error("a webhook secret must be `whsec_` followed by base64")]
    WebhookSecret,
    #[error("an output host must be a host name, or a host and a port")]
    OutputHost,
}

#[derive(Debug)]
pub struct Replicate {
    base: Endpoint,
    token: Secret,
    secrets: WebhookSecrets,
    hosts: OutputHosts,
    http: Http,
}

impl Replicate {
    pub fn new(settings: ReplicateSettings, http: Http) -> Result<Self, InvalidReplicateSettings> {
        if settings.token.expose().is_empty() {
            return Err(InvalidReplicateSettings::Token);
        }
        Ok(Self {
            base: settings.base_url.parse().map_err(InvalidReplicateSettings::BaseUrl)?,
            token: settings.token,
            secrets: WebhookSecrets::parse(&settings.webhook_secrets)?,
            hosts: OutputHosts::parse(&settings.output_hosts)
                .ok_or(InvalidReplicateSettings::OutputHost)?,
            http,
        })
    }

    async fn by_id(&self, id: &PredictionId) -> Result<Option<Snapshot>, ProviderError> {
        let Some(url) = self.prediction_url(id, &[]) else { return Ok(None) };
        let reply = self.ask(Call::get(url).largest_answer(LARGEST_PREDICTION)).await?;
        if reply.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let prediction: WirePrediction = read(&reply)?;
        Ok(Some(prediction.into_snapshot()))
    }

    async fn by_ticket(
        &self,
        sent: &Sent<'_>,
        created_after: Timestamp,
    ) -> Result<Option<Snapshot>, ProviderError> {
        let since = created_after.checked_sub(CLOCK_SKEW).unwrap_or(created_after);
        let mut url = self.base.join(["predictions"]);
        url.query_pairs_mut().append_pair("created_after", &since.to_string());
        let give_up_at = self.http.now() + SEARCH_PATIENCE;
        for _ in 0..MOST_PAGES {
            if self.http.now() > give_up_at {
                return Err(unknown("the search for a prediction takes too long"));
            }
            let reply = self.ask(Call::get(url).largest_answer(LARGEST_PAGE)).await?;
            let page: Page = read(&reply)?;
            let ours = |p: &WirePrediction| p.was_asked_for(sent);
            if let Some(found) = page.results.into_iter().find(ours) {
                // Alone it is complete; the list may leave things out.
                let found = found.into_snapshot();
                return Ok(Some(self.by_id(&found.id).await?.unwrap_or(found)));
            }
            let Some(next) = page.next else { return Ok(None) };
            let next = Url::parse(&next).ok().filter(|next| self.base.is_origin_of(next));
            // The token goes along.
            url = next.ok_or_else(|| unknown("the next page is on another host"))?;
        }
        Err(unknown("there are too many predictions to find one"))
    }

    /// A call that changes nothing when it is repeated.
    async fn ask(&self, call: Call) -> Result<Reply, ProviderError> {
        let call = call.bearer(&self.token);
        self.http.send_idempotent(&call).await.map_err(|e| ProviderError::Unavailable(e.into()))
    }

    /// `None` for what cannot be an id; it would lead to another path.
    fn prediction_url(&self, id: &PredictionId, rest: &[&str]) -> Option<Url> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_id = !id.0.is_empty() && id.0.chars().all(plain);
        let segments = ["predictions", &id.0].into_iter().chain(rest.iter().copied());
        is_id.then(|| self.base.join(segments))
    }
}

#[async_trait]
impl ImageProvider for Replicate {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError> {
        let refused = |reason: &str| SubmitError::Refused { reason: reason.to_owned() };
        let route = request.model.route(Provider::Replicate);
        let route = route.ok_or_else(|| refused("the model has no route to this provider"))?;
        let (owner, name) = route.model.split_once('/').unwrap_or_default();
        let create = Create::new(&route.model, request).map_err(refused)?;

        let url = self.base.join(["models", owner, name, "predictions"]);
        let cancel_after = request.cancel_after.max(LEAST_CANCEL_AFTER).as_secs();
        let call = Call::post(url)
            .bearer(&self.token)
            .header("cancel-after", format!("{cancel_after}s"))
            .json(&create)
            .largest_answer(LARGEST_PREDICTION)
            .timeout(SUBMIT_CALL);
        let reply = self.http.send_once(&call).await.map_err(|error| {
            if error.may_have_arrived() {
                SubmitError::Uncertain(error.into())
            } else {
                SubmitError::Unavailable { retry_after: None, source: error.into() }
            }
        })?;
        read_submitted(&reply, request.prompt).map(Submitted::Started)
    }

    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        match sought {
            Sought::ById(id) => self.by_id(id).await,
            Sought::ByTicket { ticket, model, prompt, aspect_ratio, seed, created_after } => {
                let Some(route) = model.route(Provider::Replicate) else { return Ok(None) };
                let sent = Sent { ticket, model: &route.model, prompt, aspect_ratio, seed };
                self.by_ticket(&sent, created_after).await
            }
        }
    }

    async fn cancel(&self, prediction: &PredictionId) -> Result<(), ProviderError> {
        let Some(url) = self.prediction_url(prediction, &["cancel"]) else { return Ok(()) };
        let reply = self.ask(Call::post(url).largest_answer(LARGEST_PREDICTION)).await?;
        if reply.status == StatusCode::NOT_FOUND { Ok(()) } else { check(&reply) }
    }

    fn verify(&self, call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        self.secrets.check(call)?;
        let prediction: WirePrediction =
            serde_json::from_slice(call.body).map_err(|e| WebhookError::Unreadable(e.into()))?;
        Ok(prediction.into_snapshot())
    }

    async fn fetch(&self, output: &str) -> Result<Vec<u8>, ProviderError> {
        let authorized = |call: Call| call.bearer(&self.token);
        fetch(&self.http, &self.hosts, output, authorized).await
    }
}

/// What an answer to `submit` means. Only a refusal by name says that nothing was made.
fn read_submitted(reply: &Reply, prompt: &str) -> Result<PredictionId, SubmitError> {
    let unavailable =
        |retry_after| SubmitError::Unavailable { retry_after, source: reply.unexpected().into() };
    match reply.status.as_u16() {
        200..=299 => {
            let created = reply.json::<WirePrediction>();
            created.map(|p| p.into_snapshot().id).map_err(|e| SubmitError::Uncertain(e.into()))
        }
        400 | 413 | 422 => {
            Err(SubmitError::Refused { reason: Problem::read(&reply.body).reason(prompt) })
        }
        429 => Err(unavailable(reply.retry_after)),
        408 | 500..=599 => Err(SubmitError::Uncertain(reply.unexpected().into())),
        status => {
            // Not the user's fault and no trouble that passes: token, balance or model name. Logged here because
            // whoever tries again sees nothing but "unavailable".
            let reason = Problem::read(&reply.body).reason(prompt);
            tracing::error!(status, reason, "Replicate turned our account or model away");
            Err(unavailable(None))
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(reply: &Reply) -> Result<T, ProviderError> {
    check(reply)?;
    reply.json().map_err(|e| ProviderError::Unavailable(e.into()))
}

fn check(reply: &Reply) -> Result<(), ProviderError> {
    match reply.status.as_u16() {
        200..=299 => Ok(()),
        400 | 422 => Err(ProviderError::Refused { reason: Problem::read(&reply.body).reason("") }),
        _ => Err(ProviderError::Unavailable(reply.unexpected().into())),
    }
}

fn unknown(why: &'static str) -> ProviderError {
    ProviderError::Unavailable(BoxError::from(why))
}

#[cfg(test)]
mod tests;
