use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::generations::{self, GenerationView, Stage};

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// `GET /api/v1/generations/{id}`
pub async fn get_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "generation")?;
    let found = generations::get(&app.services, &user.id, &id).await?;
    let generation = found.ok_or_else(|| Problem::not_found("generation"))?;
    let position = match generation.stage {
        Stage::Waiting => {
            let account = accounts::current(&app.services, &user.id, &user.person).await?;
            account.lanes.position(&id)
        }
        Stage::Queued { .. } | Stage::AtWork { .. } | Stage::Ended(_) => 0,
    };
    let now = app.services.clock.now();
    Ok(json(StatusCode::OK, &GenerationView::of(&app.services, &generation, position, now).await))
}
