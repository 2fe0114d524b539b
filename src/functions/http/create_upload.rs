use http::{HeaderValue, StatusCode, header};
use imagegen_core::uploads::{self, Offer, OfferError, OfferedView};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::{FieldError, Problem};
use crate::functions::request::{Request, Response, json};

/// A file that you want to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// `image/png`, `image/jpeg` or `image/webp`.
    #[schema(example = "image/png")]
    content_type: String,
    /// The size of the file.
    #[schema(minimum = 1, maximum = 10_485_760, example = 12_345)]
    bytes: u64,
}

/// `POST /api/v1/uploads`
pub async fn create_upload(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let NewUpload { content_type, bytes } = req.json()?;
    let services = &app.services;
    let offer = Offer::parse(&content_type, bytes, &services.catalog.uploads).map_err(wrong)?;
    let offered = uploads::offer(services, &user.id, &user.person, &offer).await?;
    let mut response = json(StatusCode::CREATED, &OfferedView::from(&offered));
    let location = HeaderValue::from_str(&format!("/api/v1/uploads/{}", offered.upload.id));
    response.headers_mut().insert(header::LOCATION, location.expect("ids are ASCII"));
    Ok(response)
}

fn wrong(objections: Vec<uploads::Objection>) -> Problem {
    let error = |it: uploads::Objection| FieldError {
        pointer: format!("#/{}", it.field),
        detail: it.detail,
    };
    Problem::invalid(objections.into_iter().map(error).collect())
}

impl From<OfferError> for Problem {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::TooMany(why) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-uploads",
                "Too many pictures are waiting to be used",
            )
            .detail(format!("{why}. Use them, or wait: each is removed after a day."))
            .retry_after(std::time::Duration::from_hours(1)),
            OfferError::Documents(error) => error.into(),
            OfferError::Blobs(error) => error.into(),
        }
    }
}
