//! FLUX in Azure AI Foundry: asked, it draws and answers with the picture.
//!
//! There is no job to ask about, no list, no webhook and no idempotency key. What was asked for when an answer got lost
//! cannot be found out, so it is not asked for again.
//!
//! Source: the vendor's article on FLUX models in Foundry. Its answer is described as "URL or base64 data": both are
//! read.

mod wire;

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::image_provider::{
    DRAWING_TIMEOUT, ImageProvider, PredictionId, ProviderError, ProviderRequest, Snapshot, Sought,
    SubmitError, Submitted, WebhookCall, WebhookError,
};

use crate::entra::Access;
use crate::http::{Call, Endpoint, Http};
use crate::outputs::{LARGEST_OUTPUT, OutputHosts, fetch};
use crate::submitted::{not_accepted, reason, unanswered};
use wire::{Create, File, Images};

pub const DEFAULT_OUTPUT_HOST: &str = "blob.core.windows.net";

/// What an Entra token for Foundry must be made for.
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
/// For fetching the picture when the answer is a link.
const FETCH_CALL: Duration = Duration::from_secs(18);
/// What is left of the promise, with two seconds for what happens around the calls.
const DRAW_CALL: Duration = DRAWING_TIMEOUT.saturating_sub(Duration::from_secs(20));
/// Bytes: the largest picture in base64, with room for what is around it.
const LARGEST_ANSWER: usize = LARGEST_OUTPUT / 3 * 4 + 64 * 1024;
const API_VERSION: &str = "preview";

#[derive(Debug, Clone)]
pub struct FoundrySettings {
    /// `https://{resource}.api.cognitive.microsoft.com`, or a stand-in's address.
    pub endpoint: String,
    /// A key, or an identity with the role Cognitive Services User.
    pub access: Access,
    /// Where linked pictures may be fetched from, and below.
    pub output_hosts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFoundrySettings {
    #[error("the provider's key must not be empty")]
    Key,
    #[error("the endpoint {0}")]
    Endpoint(crate::http::InvalidEndpoint),
    #[error("an output host must be a host name, or a host and a port")]
    OutputHost,
}

#[derive(Debug)]
pub struct Foundry {
    endpoint: Endpoint,
    access: Access,
    hosts: OutputHosts,
    http: Http,
}

impl Foundry {
    pub fn new(settings: FoundrySettings, http: Http) -> Result<Self, InvalidFoundrySettings> {
        if settings.access.is_empty() {
            return Err(InvalidFoundrySettings::Key);
        }
        let hosts = OutputHosts::parse(&settings.output_hosts);
        Ok(Self {
            endpoint: settings.endpoint.parse().map_err(InvalidFoundrySettings::Endpoint)?,
            access: settings.access,
            hosts: hosts.ok_or(InvalidFoundrySettings::OutputHost)?,
            http,
        })
    }
}

#[async_trait]
impl ImageProvider for Foundry {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError> {
        let Some((path, create)) = Create::new(request) else {
            let reason = "we do not know how this provider makes the model".into();
            return Err(SubmitError::Refused { reason });
        };
        let mut url = self.endpoint.join(["providers", "blackforestlabs", "v1", path]);
        url.query_pairs_mut().append_pair("api-version", API_VERSION);
        let token = match &self.access {
            Access::Key(key) => key.clone(),
            Access::Identity(tokens) => tokens
                .bearer(SCOPE)
                .await
                .map_err(|e| SubmitError::Unavailable { retry_after: None, source: e.into() })?,
        };
        let call = Call::post(url)
            .bearer(&token)
            .json(&create)
            .timeout(DRAW_CALL)
            .largest_answer(LARGEST_ANSWER);
        let reply = self.http.send_once(&call).await.map_err(unanswered)?;
        if !reply.status.is_success() {
            let why = reason(&wire::message(&reply.body), request.prompt);
            return Err(not_accepted(&reply, "Foundry", why));
        }
        // From here on it is drawn and paid.
        let images = reply.json::<Images>().map_err(|e| SubmitError::Uncertain(e.into()))?;
        let picture = match images.into_file() {
            Some(File::Here(picture)) => picture,
            Some(File::There(link)) => {
                let soon = |call: Call| call.timeout(FETCH_CALL).patience(FETCH_CALL);
                let fetched = fetch(&self.http, &self.hosts, &link, soon).await;
                fetched.map_err(|e| SubmitError::Uncertain(e.into()))?
            }
            None => {
                return Ok(Submitted::Failed { reason: "it answered without a picture".into() });
            }
        };
        Ok(Submitted::Drawn { picture })
    }

    /// It remembers nothing.
    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        match sought {
            Sought::ById(_) => Ok(None),
            Sought::ByTicket { .. } => Err(ProviderError::Unsearchable),
        }
    }

    /// What is asked for is drawn.
    async fn cancel(&self, _prediction: &PredictionId) -> Result<(), ProviderError> {
        Ok(())
    }

    fn verify(&self, _call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        Err(WebhookError::Forged("this provider has no webhooks"))
    }

    /// Pictures come with the answer; a link is never handed on.
    async fn fetch(&self, _output: &str) -> Result<Vec<u8>, ProviderError> {
        Err(ProviderError::Refused { reason: "this provider hands out no links".into() })
    }
}

#[cfg(test)]
mod tests;
