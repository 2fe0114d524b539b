use http::StatusCode;
use imagegen_core::generations::{self, CancelError, GenerationView};

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// `POST /api/v1/generations/{id}/cancel`
pub async fn cancel_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "generation")?;
    let generation = generations::cancel(&app.services, &user.id, &id).await?;
    let now = app.services.clock.now();
    Ok(json(StatusCode::OK, &GenerationView::of(&app.services, &generation, 0, now).await))
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Self::not_found("generation"),
            CancelError::Ended { status } => {
                Self::new(StatusCode::CONFLICT, "already-ended", "The job has ended already")
                    .detail(format!("It is {}; there is nothing to cancel.", status.as_str()))
                    .with("state", status.as_str())
            }
            CancelError::Documents(error) => error.into(),
        }
    }
}
