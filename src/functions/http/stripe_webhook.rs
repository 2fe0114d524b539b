use std::time::Duration;

use http::StatusCode;
use imagegen_core::messages::{ApplyStripeEvent, QueueName};
use imagegen_core::metrics;
use imagegen_core::ports::documents::encode;
use imagegen_core::ports::payments::{Notice, NoticeCall, NoticeError};
use imagegen_core::ports::queue::Outgoing;
use serde_json::json as value;

use super::webhook::pass_on;
use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// `POST /api/webhooks/stripe`: proves who calls, puts it into the queue, answers. No store is touched and Stripe is not
/// asked, so that it answers in milliseconds whatever is down.
pub async fn stripe_webhook(app: App, req: Request) -> Result<Response, Problem> {
    let services = &app.services;
    let payments = services.payments.as_ref().ok_or_else(|| Problem::not_found("webhook"))?;
    let call = NoticeCall {
        signature: req.header("stripe-signature"),
        body: &req.body,
        now: services.clock.now(),
    };
    let Notice { id, kind, of } = payments.verify(&call).map_err(|error| refused(&error))?;
    let Some(of) = of else {
        tracing::debug!(event.id = %id, event.kind = %kind, "An event that nothing hangs on");
        return Ok(json(StatusCode::OK, &value!({})));
    };
    let message = Outgoing {
        queue: QueueName::StripeEvents,
        // An event that is told twice is one message; two in the queue do no harm.
        id: id.chars().take(128).collect(),
        body: encode(&ApplyStripeEvent { event: id, kind, of }),
        delay: Duration::ZERO,
    };
    pass_on(&app, &message).await
}

fn refused(error: &NoticeError) -> Problem {
    metrics::webhook_refused("stripe");
    match error {
        NoticeError::Forged(why) => {
            Problem::unauthenticated(format!("The signature does not hold: {why}."))
        }
        NoticeError::Unreadable(_) => {
            Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not an event")
        }
    }
}
