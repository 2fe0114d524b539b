use imagegen_core::library::Change;

use super::update_generation::one;
use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response};
use crate::functions::router::about;

/// `POST /api/v1/generations/{id}/restore`
pub async fn restore_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "generation")?;
    about(&id);
    one(&app, &user, id, &Change::Restore).await
}
