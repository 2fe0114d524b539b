use std::time::Duration;

use http::StatusCode;
use imagegen_core::messages::{FinishGeneration, News, QueueName};
use imagegen_core::ports::documents::encode;
use imagegen_core::ports::image_provider::{WebhookCall, WebhookError};
use imagegen_core::ports::queue::Outgoing;
use serde_json::json as value;

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};
use crate::functions::router::about;

/// `POST /api/webhooks/replicate/{ticket}`: prove who calls, pass it on, answer. No store is touched.
pub async fn replicate_webhook(app: App, req: Request) -> Result<Response, Problem> {
    let services = &app.services;
    let call = WebhookCall {
        id: req.header("webhook-id"),
        timestamp: req.header("webhook-timestamp"),
        signature: req.header("webhook-signature"),
        body: &req.body,
        now: services.clock.now(),
    };
    let snapshot = services.replicate.verify(&call).map_err(|e| refused(&e))?;
    let ticket: String = req.param("ticket", "job")?;
    let named = services.tickets.check(&ticket).ok_or_else(|| Problem::not_found("job"))?;
    about(&named.generation);
    let message = FinishGeneration {
        user: named.user,
        generation: named.generation,
        news: News::Report { index: named.index, prediction: snapshot.id, state: snapshot.state },
    };
    // The provider's own id of this call: one that comes twice is one message.
    let id = call.id.unwrap_or_default().chars().take(128).collect();
    let message = Outgoing {
        queue: QueueName::GenerationResults,
        id,
        body: encode(&message),
        delay: Duration::ZERO,
    };
    services.queue.send(&message).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "A webhook was not taken");
        // The provider calls again, and if not, the timer asks it.
        Problem::unavailable("The queue is not reachable; call again.")
    })?;
    Ok(json(StatusCode::OK, &value!({})))
}

fn refused(error: &WebhookError) -> Problem {
    match error {
        WebhookError::Forged(why) => {
            Problem::unauthenticated(format!("The signature does not hold: {why}."))
        }
        WebhookError::Unreadable(_) => {
            Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not a prediction")
        }
    }
}
