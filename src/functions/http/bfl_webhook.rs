use imagegen_core::catalog::Provider;
use imagegen_core::ports::image_provider::WebhookCall;

use super::webhook::take;
use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response};

/// `POST /api/webhooks/bfl/{ticket}`: signed, with neither an id nor a time of its own.
pub async fn bfl_webhook(app: App, req: Request) -> Result<Response, Problem> {
    let call = WebhookCall {
        id: None,
        timestamp: None,
        signature: req.header("x-bfl-signature"),
        body: &req.body,
        now: app.services.clock.now(),
    };
    take(&app, &req, Provider::Bfl, &call).await
}
