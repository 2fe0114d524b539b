use imagegen_core::generations;

use super::create_generation::accepted;
use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response};

/// `POST /api/v1/generations/{id}/retry`
pub async fn retry_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "generation")?;
    let key = req.idempotency_key(&app)?;
    let created = generations::retry(&app.services, &user.id, &user.person, &key, &id).await?;
    Ok(accepted(&app, &created).await)
}
