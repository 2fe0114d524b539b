use http::StatusCode;
use imagegen_core::uploads::{self, UploadView};

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// `GET /api/v1/uploads/{id}`
pub async fn get_upload(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "upload")?;
    let found = uploads::get(&app.services, &user.id, &id).await?;
    let upload = found.ok_or_else(|| Problem::not_found("upload"))?;
    let now = app.services.clock.now();
    Ok(json(StatusCode::OK, &UploadView::of(&app.services, &upload, now).await))
}
