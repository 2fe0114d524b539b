use imagegen_core::catalog::Provider;
use imagegen_core::ports::image_provider::WebhookCall;

use super::webhook::take;
use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response};

/// `POST /api/webhooks/replicate/{ticket}`: signed as Standard Webhooks has it, with an id of its own for each call.
pub async fn replicate_webhook(app: App, req: Request) -> Result<Response, Problem> {
    let call = WebhookCall {
        id: req.header("webhook-id"),
        timestamp: req.header("webhook-timestamp"),
        signature: req.header("webhook-signature"),
        body: &req.body,
        now: app.services.clock.now(),
    };
    take(&app, &req, Provider::Replicate, &call).await
}
