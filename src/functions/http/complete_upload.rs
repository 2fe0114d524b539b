use http::StatusCode;
use imagegen_core::uploads::{self, CompleteError, UploadView};

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// `POST /api/v1/uploads/{id}/complete`
pub async fn complete_upload(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "upload")?;
    let upload = uploads::complete(&app.services, &user.id, &id).await?;
    let now = app.services.clock.now();
    Ok(json(StatusCode::OK, &UploadView::of(&app.services, &upload, now).await))
}

impl From<CompleteError> for Problem {
    fn from(error: CompleteError) -> Self {
        match error {
            CompleteError::NotFound => Self::not_found("upload"),
            CompleteError::Missing { can_send } => {
                let detail = if can_send {
                    "Send the file to `upload_url` with PUT first."
                } else {
                    "The file was never sent, and `upload_url` is good no more: make another upload."
                };
                Self::new(StatusCode::CONFLICT, "upload-missing", "Nothing was sent yet")
                    .detail(detail)
            }
            CompleteError::Refused { why } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "picture-refused",
                "This file cannot be used",
            )
            .detail(uploads::sentence(&why))
            .with("reason", uploads::code(&why)),
            CompleteError::Blocked { decision, category } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "content-blocked",
                "The safety check kept the picture back",
            )
            .detail(format!("The picture was kept back ({}), and removed.", category.as_str()))
            .with("decision_id", decision.to_string())
            .with("category", category.as_str()),
            CompleteError::Moderation(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "No safety check");
                Self::unavailable("The safety check is not reachable. Nothing is lost: try again.")
                    .with("service", "safety-check")
            }
            CompleteError::Blobs(error) => error.into(),
            CompleteError::Documents(error) => error.into(),
        }
    }
}
