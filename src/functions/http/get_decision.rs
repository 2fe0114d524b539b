use http::StatusCode;
use imagegen_core::safety::{self, Answer, Decision, Outcome, Subject};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// A verdict of the safety check that kept something back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionView {
    #[schema(example = "dec_01JZ8N3V7Q4Y5T6R7W8X9Z0A1B")]
    id: String,
    decided_at: String,
    /// `prompt`, `image` or `upload`.
    subject: &'static str,
    /// Of an image: its job.
    generation_id: Option<String>,
    /// Of an image: its place in the job.
    index: Option<u32>,
    /// Of an upload: its id.
    upload_id: Option<String>,
    /// `hate`, `self_harm`, `sexual`, `violence` or `other`.
    category: &'static str,
    appeal: Option<AppealView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Appeal)]
pub(crate) struct AppealView {
    made_at: String,
    message: String,
    /// `open`, `upheld` (the verdict stands) or `overturned` (the same thing passes from now on).
    status: &'static str,
    answered_at: Option<String>,
    note: Option<String>,
}

/// `GET /api/v1/safety/decisions/{id}`
pub async fn get_decision(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "decision")?;
    let found = safety::find(&*app.services.documents, &user.id, &id).await?;
    let decision = found.ok_or_else(|| Problem::not_found("decision"))?;
    Ok(json(StatusCode::OK, &DecisionView::of(decision)))
}

impl DecisionView {
    pub(super) fn of(decision: Decision) -> Self {
        let (subject, generation_id, index, upload_id) = match decision.subject {
            Subject::Prompt => ("prompt", None, None, None),
            Subject::Image { generation, index } => {
                ("image", Some(generation.to_string()), Some(index), None)
            }
            Subject::Upload { upload } => ("upload", None, None, Some(upload.to_string())),
        };
        Self {
            id: decision.id.to_string(),
            decided_at: decision.at.to_string(),
            subject,
            generation_id,
            index,
            upload_id,
            category: decision.category.as_str(),
            appeal: decision.appeal.map(|appeal| AppealView {
                made_at: appeal.at.to_string(),
                message: appeal.message,
                status: status(appeal.answer.as_ref()),
                answered_at: appeal.answer.as_ref().map(|answer| answer.at.to_string()),
                note: appeal.answer.and_then(|answer| answer.note),
            }),
        }
    }
}

fn status(answer: Option<&Answer>) -> &'static str {
    match answer.map(|answer| answer.outcome) {
        None => "open",
        Some(Outcome::Upheld) => "upheld",
        Some(Outcome::Overturned) => "overturned",
    }
}
