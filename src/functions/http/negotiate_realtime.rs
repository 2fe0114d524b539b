use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// Where to listen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Negotiated {
    /// For a Web PubSub client; speaks of your jobs alone.
    url: String,
}

/// `POST /api/v1/realtime/negotiate`
pub async fn negotiate_realtime(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    let now = app.services.clock.now();
    let url = app.services.realtime.negotiate(&user.id, now).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "No live updates");
        Problem::unavailable("Live updates are not reachable; ask for your jobs instead.")
    })?;
    Ok(json(StatusCode::OK, &Negotiated { url }))
}
