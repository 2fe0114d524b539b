//! A Cog server: a GPU of our own, in a private network.
//!
//! It draws one picture at a time and answers with it. It could also report by webhook, but it signs nothing, it keeps
//! no result to be read afterwards, and the picture itself would be in the call: so no webhook is asked for, and that
//! door stays shut. The name of a prediction is made of our ticket, so a request that is repeated while it is at work
//! is the same request; and drawing again costs time of our own machine and no money.
//!
//! Source: the project's `docs/http.md`.

mod wire;

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::image_provider::{
    DRAWING_TIMEOUT, ImageProvider, PredictionId, ProviderError, ProviderRequest, Snapshot, Sought,
    SubmitError, Submitted, WebhookCall, WebhookError,
};

use crate::http::{Call, Endpoint, Http, Reply};
use crate::outputs::LARGEST_OUTPUT;
use crate::submitted::{detail, not_accepted, reason, unanswered};
use wire::{Create, WirePrediction};

const DRAW_CALL: Duration = DRAWING_TIMEOUT.saturating_sub(Duration::from_secs(2));
/// Bytes: the largest picture in base64, with room for what is around it.
const LARGEST_ANSWER: usize = LARGEST_OUTPUT / 3 * 4 + 1024 * 1024;

#[derive(Debug)]
pub struct Cog {
    base: Endpoint,
    http: Http,
}

impl Cog {
    /// `base_url` has no key: who reaches the server may use it.
    pub fn new(base_url: &str, http: Http) -> Result<Self, crate::http::InvalidEndpoint> {
        Ok(Self { base: base_url.parse()?, http })
    }
}

#[async_trait]
impl ImageProvider for Cog {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError> {
        let Some(create) = Create::new(request) else {
            let reason = "we do not know how this provider makes the model".into();
            return Err(SubmitError::Refused { reason });
        };
        let call = Call::put(self.base.join(["predictions", create.id()]))
            .json(&create)
            .timeout(DRAW_CALL)
            .largest_answer(LARGEST_ANSWER);
        let reply = self.http.send_once(&call).await.map_err(unanswered)?;
        read(&reply, request.prompt)
    }

    /// It keeps nothing. What was asked for may be asked for again: while it is at work it is the same prediction,
    /// and nobody is paid for it.
    async fn status(&self, _sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        Ok(None)
    }

    /// Only what was started in the background can be stopped.
    async fn cancel(&self, _prediction: &PredictionId) -> Result<(), ProviderError> {
        Ok(())
    }

    fn verify(&self, _call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        Err(WebhookError::Forged("this provider signs nothing"))
    }

    /// Pictures come with the answer.
    async fn fetch(&self, _output: &str) -> Result<Vec<u8>, ProviderError> {
        Err(ProviderError::Refused { reason: "this provider hands out no links".into() })
    }
}

fn read(reply: &Reply, prompt: &str) -> Result<Submitted, SubmitError> {
    match reply.status.as_u16() {
        200 => {
            let prediction = reply.json::<WirePrediction>();
            let prediction = prediction.map_err(|e| SubmitError::Uncertain(e.into()))?;
            let ended = prediction.ended(prompt);
            ended.ok_or_else(|| SubmitError::Uncertain("it answered before the end".into()))
        }
        // The same prediction is at work already, for a worker that is gone.
        202 => Err(SubmitError::Uncertain("it is at work for somebody else".into())),
        409 => Err(SubmitError::Unavailable {
            retry_after: reply.retry_after,
            source: reply.unexpected().into(),
        }),
        _ => {
            let why = reason(&detail(&reply.body), prompt);
            Err(not_accepted(reply, "The Cog server", why))
        }
    }
}

#[cfg(test)]
mod tests;
