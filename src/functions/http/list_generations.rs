use futures_util::future::join_all;
use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::generations::{self, GenerationView};
use imagegen_core::ids::GenerationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// One page of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationList {
    items: Vec<GenerationView>,
    /// For the next page; `null` on the last.
    next_cursor: Option<String>,
}

/// `GET /api/v1/generations`
pub async fn list_generations(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let limit = req.limit()?;
    let cursor = req.query::<GenerationId>("cursor", "must be a `next_cursor` of ours")?;
    let services = &app.services;
    let account = accounts::current(services, &user.id, &user.person).await?;
    let (jobs, more) = generations::list(services, &user.id, cursor.as_ref(), limit).await?;
    let now = services.clock.now();
    let views = jobs
        .iter()
        .map(|job| GenerationView::of(services, job, account.lanes.position(&job.id), now));
    let next_cursor = jobs.last().filter(|_| more).map(|job| job.id.to_string());
    Ok(json(StatusCode::OK, &GenerationList { items: join_all(views).await, next_cursor }))
}
