use http::StatusCode;
use imagegen_core::safety::{self, AppealError, NewAppeal};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get_decision::DecisionView;
use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// Why a verdict is wrong.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewAppeal)]
#[serde(deny_unknown_fields)]
pub struct AppealBody {
    #[schema(example = "It is the name of a comic.", min_length = 1, max_length = 2000)]
    message: String,
    /// Of a prompt that was kept back: the prompt once more, because we have not stored it.
    prompt: Option<String>,
}

/// `POST /api/v1/safety/decisions/{id}/appeal`
pub async fn appeal_decision(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "decision")?;
    let AppealBody { message, prompt } = req.json()?;
    let made = NewAppeal { message, prompt };
    let decision = safety::appeal(&app.services, &user.id, &id, &made).await?;
    Ok(json(StatusCode::CREATED, &DecisionView::of(decision)))
}

impl From<AppealError> for Problem {
    fn from(error: AppealError) -> Self {
        match error {
            AppealError::NotFound => Self::not_found("decision"),
            AppealError::Invalid { field, detail } => Self::invalid_field(field, detail),
            AppealError::Appealed | AppealError::NotOpen => Self::new(
                StatusCode::CONFLICT,
                "already-appealed",
                "This decision has been appealed already",
            )
            .detail("Each decision can be appealed once; look at it to see the answer."),
            AppealError::Documents(error) => error.into(),
        }
    }
}
