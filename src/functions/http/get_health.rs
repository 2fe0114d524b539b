use std::time::Duration;

use futures_util::future::{Either, select};
use http::StatusCode;
use imagegen_core::catalog::Provider;
use imagegen_core::providers::BreakerState;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `degraded` when something it depends on does not answer.
    status: &'static str,
    version: &'static str,
    dependencies: Vec<Dependency>,
    /// Who draws, as this instance sees it. While one is down another takes over, so they do not make the service
    /// `degraded`.
    providers: Vec<ProviderHealth>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dependency {
    name: &'static str,
    /// `ok` or `down`.
    status: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderHealth {
    name: &'static str,
    /// `ok`; `down` while it is left alone after failures; `trying` when the next request finds out.
    status: &'static str,
}

const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /api/health`: 200, or 503 when a store does not answer. Asks only what costs next to nothing.
pub async fn get_health(app: App, _req: Request) -> Result<Response, Problem> {
    let services = &app.services;
    let documents =
        answers(&app, async { services.documents.get("health", "health").await.is_ok() });
    let blobs = answers(&app, async { services.blobs.get("health/health.txt").await.is_ok() });
    let (documents, blobs) = futures_util::future::join(documents, blobs).await;
    let dependency = |name, up| Dependency { name, status: if up { "ok" } else { "down" } };
    let health = Health {
        status: if documents && blobs { "ok" } else { "degraded" },
        version: env!("CARGO_PKG_VERSION"),
        dependencies: vec![dependency("documents", documents), dependency("blobs", blobs)],
        providers: services.providers.states(services.clock.now()).into_iter().map(seen).collect(),
    };
    let status = if documents && blobs { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(json(status, &health))
}

fn seen((provider, state): (Provider, BreakerState)) -> ProviderHealth {
    let status = match state {
        BreakerState::Closed => "ok",
        BreakerState::Open { .. } => "down",
        BreakerState::HalfOpen => "trying",
    };
    ProviderHealth { name: provider.as_str(), status }
}

async fn answers(app: &App, question: impl Future<Output = bool>) -> bool {
    let question = std::pin::pin!(question);
    match select(question, app.services.clock.sleep(PATIENCE)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => false,
    }
}
