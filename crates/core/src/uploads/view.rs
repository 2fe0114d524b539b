//! What the owner of an upload sees.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::offer::Offered;
use super::upload::{Upload, UploadState, picture_key};
use crate::ports::imaging::Unusable;
use crate::services::Services;

/// How long a link to the picture is good, at the least.
const LINK_LIFE: Duration = Duration::from_hours(1);

/// A place for a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OfferedUpload))]
pub struct OfferedView {
    /// `upl_` and a ULID.
    pub id: String,
    /// Send the file there with `PUT`, once. It can be neither read nor exchanged by this address.
    pub upload_url: String,
    /// Headers to send with the file.
    pub headers: BTreeMap<&'static str, String>,
    /// Until then the file can be sent.
    pub expires_at: String,
}

/// A picture that you brought along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Upload))]
pub struct UploadView {
    pub id: String,
    /// `open`: nobody has looked at it yet. `ready`: jobs can start from it. `refused`: it is no picture that is
    /// taken. `blocked`: the safety check kept it back.
    pub status: &'static str,
    /// The picture that was made of your file, upright and without its metadata. Good for an hour.
    pub url: Option<String>,
    pub content_type: Option<&'static str>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub bytes: Option<u64>,
    pub created_at: String,
    /// Until then it is kept; longer each time a job starts from it.
    pub expires_at: String,
    pub error: Option<UploadErrorView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = UploadError))]
pub struct UploadErrorView {
    /// Why: as `reason` in the problem, or `blocked`.
    pub code: &'static str,
    /// A sentence for the user.
    pub detail: String,
    pub decision_id: Option<String>,
    pub category: Option<&'static str>,
}

impl From<&Offered> for OfferedView {
    fn from(offered: &Offered) -> Self {
        Self {
            id: offered.upload.id.to_string(),
            upload_url: offered.link.url.clone(),
            headers: offered.link.headers.iter().cloned().collect(),
            expires_at: offered.link.expires_at.to_string(),
        }
    }
}

impl UploadView {
    pub async fn of(services: &Services, upload: &Upload, now: Timestamp) -> Self {
        let mut view = Self {
            id: upload.id.to_string(),
            status: "open",
            url: None,
            content_type: None,
            width: None,
            height: None,
            bytes: None,
            created_at: upload.created_at.to_string(),
            expires_at: upload.expires_at().to_string(),
            error: None,
        };
        match &upload.state {
            UploadState::Open | UploadState::Removed => {}
            UploadState::Ready { picture, .. } => {
                let key = picture_key(&upload.user, &upload.id);
                let url = services.blobs.read_url(&key, now, LINK_LIFE).await;
                view.url = url
                    .inspect_err(|error| {
                        tracing::warn!(
                            error = error as &dyn std::error::Error,
                            "No link could be signed"
                        );
                    })
                    .ok();
                view.status = "ready";
                view.content_type = Some("image/webp");
                view.width = Some(picture.width);
                view.height = Some(picture.height);
                view.bytes = Some(picture.bytes);
            }
            UploadState::Refused { why } => {
                view.status = "refused";
                let (code, detail) = (code(why), sentence(why));
                view.error =
                    Some(UploadErrorView { code, detail, decision_id: None, category: None });
            }
            UploadState::Blocked { decision, category } => {
                view.status = "blocked";
                view.error = Some(UploadErrorView {
                    code: "blocked",
                    detail: "The safety check kept this picture back.".into(),
                    decision_id: Some(decision.to_string()),
                    category: Some(category.as_str()),
                });
            }
        }
        view
    }
}

/// For programs.
pub fn code(why: &Unusable) -> &'static str {
    match why {
        Unusable::Foreign { .. } => "foreign_format",
        Unusable::NotAPicture => "not_a_picture",
        Unusable::Animated => "animated",
        Unusable::TooHeavy { .. } => "too_many_bytes",
        Unusable::TooLarge { .. } => "too_many_pixels",
        Unusable::TooSmall { .. } => "too_small",
        Unusable::TooNarrow { .. } => "too_narrow",
        Unusable::CutOff => "cut_off",
        Unusable::Damaged => "damaged",
    }
}

/// What is wrong, and what to do about it.
pub fn sentence(why: &Unusable) -> String {
    match why {
        Unusable::Foreign { format } => match format.as_str() {
            "HEIC" => "HEIC pictures are not taken: export it as JPEG. An iPhone does so by itself with Settings, \
                       Camera, Formats, Most Compatible."
                .into(),
            "GIF" => "GIF pictures are not taken: save one frame of it as PNG.".into(),
            "SVG" | "PDF" => {
                format!("{format} files are drawings, not pictures: export it as PNG.")
            }
            "MP4" | "ZIP" => format!("This is a file of type {format} and no picture."),
            other => format!("{other} pictures are not taken: save it as JPEG, PNG or WebP."),
        },
        Unusable::NotAPicture => "This file is no picture: JPEG, PNG and WebP are taken.".into(),
        Unusable::Animated => {
            "Animated pictures are not taken: save one frame of it as PNG or JPEG.".into()
        }
        Unusable::TooHeavy { bytes, most } => {
            format!("The file has {bytes} bytes, more than {most}: save it as JPEG, or smaller.")
        }
        Unusable::TooLarge { what } => format!(
            "The picture is too large, {what}: make it smaller than 25 megapixels, and than 16,383 pixels a side."
        ),
        Unusable::TooSmall { width, height } => {
            format!("The picture has {width} × {height} pixels: it needs 64 a side at the least.")
        }
        Unusable::TooNarrow { width, height } => format!(
            "The picture has {width} × {height} pixels: one side may be ten times the other at the most, so crop it."
        ),
        Unusable::CutOff => {
            "The file is cut off before the picture ends: save or send it again.".into()
        }
        Unusable::Damaged => "The file is damaged: open it and save it as PNG or JPEG.".into(),
    }
}
