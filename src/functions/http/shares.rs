use std::time::Duration;

use http::{HeaderValue, StatusCode};
use imagegen_core::ids::{GenerationId, ShareId, UserId};
use imagegen_core::library::{self, OpenError, Share, ShareError, Shared, SharedPicture};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};
use crate::functions::router::{about, public_path};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// 1 to 365; the link has no end when it is absent or `null`.
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: Option<u32>,
    /// Whether whoever has the link sees the prompt; `false` when absent.
    #[serde(default)]
    show_prompt: bool,
}

/// A link that shows the pictures of one job to whoever has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Share)]
pub struct ShareView {
    /// `shr_` and a ULID.
    id: String,
    generation_id: String,
    /// The last part of `url`, for a page that shows what it finds there.
    token: String,
    /// Where anyone can ask for the pictures.
    url: String,
    /// What to give to people: shows a preview where it is posted, and the web page when it is followed. `null` where
    /// there is no web page.
    page_url: Option<String>,
    show_prompt: bool,
    created_at: String,
    /// `null`: until it is revoked.
    expires_at: Option<String>,
}

/// One page of your links, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareList {
    items: Vec<ShareView>,
    next_cursor: Option<String>,
}

/// What a link shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shared)]
pub struct SharedView {
    /// `null` when its owner hides it.
    prompt: Option<String>,
    model: String,
    aspect_ratio: String,
    created_at: String,
    /// When the link ends.
    expires_at: Option<String>,
    images: Vec<SharedImage>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SharedImage {
    /// Links are good for a quarter of an hour; ask again for new ones.
    url: String,
    thumbnail_url: String,
    placeholder: String,
    width: u32,
    height: u32,
    content_type: &'static str,
}

/// `POST /api/v1/generations/{id}/shares`
pub async fn create_share(app: App, user: User, req: Request) -> Result<Response, Problem> {
    const RULE: &str = "must be 1 to 365, or null";
    let id: GenerationId = req.param("id", "generation")?;
    about(&id);
    let NewShare { expires_in_days, show_prompt } = req.json()?;
    let now = app.services.clock.now();
    let expires_at = expires_in_days.map(|days| {
        let fits = (1..=365).contains(&days);
        let later = Duration::from_hours(24 * u64::from(days));
        fits.then(|| now + later).ok_or_else(|| Problem::invalid_field("expires_in_days", RULE))
    });
    let expires_at = expires_at.transpose()?;
    let made = library::share(&app.services, &user.id, &id, expires_at, show_prompt).await?;
    Ok(json(StatusCode::CREATED, &ShareView::of(&app, &user.id, &made)))
}

/// `GET /api/v1/shares`
pub async fn list_shares(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let limit = req.limit()?;
    let cursor = req.query::<ShareId>("cursor", "must be a `next_cursor` of ours")?;
    let of = req.query::<GenerationId>("generation", "must be an id of a generation")?;
    let (shares, next_cursor) =
        library::shares(&app.services, &user.id, of.as_ref(), cursor.as_ref(), limit).await?;
    let items = shares.iter().map(|share| ShareView::of(&app, &user.id, share)).collect();
    Ok(json(StatusCode::OK, &ShareList { items, next_cursor }))
}

/// `DELETE /api/v1/shares/{id}`
pub async fn delete_share(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "share link")?;
    let gone = library::revoke(&app.services, &user.id, &id).await?;
    Ok(json(StatusCode::OK, &ShareView::of(&app, &user.id, &gone)))
}

/// `GET /api/v1/shared/{token}`
pub async fn get_shared(app: App, req: Request) -> Result<Response, Problem> {
    let token: String = req.param("token", "share link")?;
    let shared = library::open(&app.services, &token).await?;
    let mut response = json(StatusCode::OK, &SharedView::from(shared));
    // Who has the link may look; who searches may not find it.
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(response)
}

impl ShareView {
    fn of(app: &App, user: &UserId, share: &Share) -> Self {
        let token = library::token_of(&app.services, user, share);
        let here = app.services.public_url.as_deref().unwrap_or_default();
        let at = |rest| format!("{here}{}", public_path(&format!("v1/shared/{token}{rest}")));
        Self {
            id: share.id.to_string(),
            generation_id: share.generation.to_string(),
            url: at(""),
            page_url: app.services.app_url.as_ref().map(|_| at("/page")),
            token,
            show_prompt: share.show_prompt,
            created_at: share.created_at.to_string(),
            expires_at: share.expires_at.map(|at| at.to_string()),
        }
    }
}

impl From<Shared> for SharedView {
    fn from(shared: Shared) -> Self {
        let image = |picture: SharedPicture| SharedImage {
            url: picture.url,
            thumbnail_url: picture.thumbnail_url,
            placeholder: picture.placeholder,
            width: picture.width,
            height: picture.height,
            content_type: picture.content_type,
        };
        Self {
            prompt: shared.prompt,
            model: shared.model,
            aspect_ratio: shared.aspect_ratio,
            created_at: shared.created_at.to_string(),
            expires_at: shared.share.expires_at.map(|at| at.to_string()),
            images: shared.pictures.into_iter().map(image).collect(),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            ShareError::Refused(refusal) => refusal.into(),
            ShareError::NotFound => Self::not_found("share link"),
            ShareError::NoPicture => conflict("no-picture", "The job has no picture to show"),
            ShareError::TooMany { most } => conflict("too-many-shares", "Too many share links")
                .detail(format!("There may be {most}; revoke one first.")),
            ShareError::Blobs(error) => error.into(),
            ShareError::Documents(error) => error.into(),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound => Self::not_found("share link"),
            OpenError::Gone => {
                Self::new(StatusCode::GONE, "share-gone", "This link shows nothing any more")
                    .detail("It was revoked, is over, or its pictures are gone.")
            }
            OpenError::Blobs(error) => error.into(),
            OpenError::Documents(error) => error.into(),
        }
    }
}
