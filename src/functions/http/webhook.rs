//! What the providers' webhooks have in common: prove who calls, pass it on, answer. No store is touched.

use std::time::Duration;

use http::StatusCode;
use imagegen_core::catalog::Provider;
use imagegen_core::messages::{FinishGeneration, News, QueueName};
use imagegen_core::metrics;
use imagegen_core::ports::documents::encode;
use imagegen_core::ports::image_provider::{Prediction, Snapshot, WebhookCall, WebhookError};
use imagegen_core::ports::queue::Outgoing;
use serde_json::json as value;

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};
use crate::functions::router::about;

pub(super) async fn take(
    app: &App,
    req: &Request,
    provider: Provider,
    call: &WebhookCall<'_>,
) -> Result<Response, Problem> {
    let services = &app.services;
    // One that is not configured was asked for nothing.
    let adapter = services.providers.get(provider).ok_or_else(|| Problem::not_found("job"))?;
    let snapshot = adapter.verify(call).map_err(|e| refused(&e, provider))?;
    let ticket: String = req.param("ticket", "job")?;
    let named = services.tickets.check(&ticket).ok_or_else(|| {
        metrics::webhook_refused(provider.as_str());
        Problem::not_found("job")
    })?;
    about(&named.generation);
    // A call that comes twice is one message: by the provider's own id of it, or else by what it says.
    let id = match call.id {
        Some(id) => id.chars().take(128).collect(),
        None => said(provider, &snapshot),
    };
    let news = News::Report {
        index: named.index,
        provider,
        prediction: snapshot.id,
        state: snapshot.state,
    };
    let message = FinishGeneration { user: named.user, generation: named.generation, news };
    let message = Outgoing {
        queue: QueueName::GenerationResults,
        id,
        body: encode(&message),
        delay: Duration::ZERO,
    };
    pass_on(app, &message).await
}

/// Into the queue, and the answer.
pub(super) async fn pass_on(app: &App, message: &Outgoing) -> Result<Response, Problem> {
    app.services.queue.send(message).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "A webhook was not taken");
        // Whoever calls does it again, and if not, a timer asks them.
        Problem::unavailable("The queue is not reachable; call again.")
    })?;
    Ok(json(StatusCode::OK, &value!({})))
}

fn said(provider: Provider, snapshot: &Snapshot) -> String {
    let state = match snapshot.state {
        Prediction::Working { started: false } => "accepted",
        Prediction::Working { started: true } => "started",
        Prediction::Drawn { .. } => "drawn",
        Prediction::Filtered => "filtered",
        Prediction::Failed { .. } => "failed",
        Prediction::Cancelled => "cancelled",
    };
    let id: String = snapshot.id.name().chars().take(96).collect();
    format!("{}:{id}:{state}", provider.as_str())
}

fn refused(error: &WebhookError, provider: Provider) -> Problem {
    metrics::webhook_refused(provider.as_str());
    match error {
        WebhookError::Forged(why) => {
            Problem::unauthenticated(format!("The signature does not hold: {why}."))
        }
        WebhookError::Unreadable(_) => {
            Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not a prediction")
        }
    }
}
