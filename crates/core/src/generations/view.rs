//! What the owner of a job sees: the form on the wire, for replies and events alike.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;

use super::generation::{Failure, Generation, Outcome, Stage};
use super::image::{Asset, Image, ImageState};
use super::inputs::Input;
use super::keys::{Rendition, blob_key};
use super::pace::{self, Pace};
use crate::catalog::Model;
use crate::services::Services;

/// How long a link to a picture is good, at the least.
const LINK_LIFE: Duration = Duration::from_hours(1);

/// One job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Generation))]
pub struct GenerationView {
    /// `gen_` and a ULID.
    pub id: String,
    /// `queued`, `starting`, `running`, `finishing`, `succeeded`, `failed`, `cancelled` or `blocked`.
    pub status: &'static str,
    /// Only rises: of two versions of a job the one with the higher revision is the later.
    pub revision: u64,
    /// `text_to_image`, or `image_to_image` when it starts from pictures.
    pub kind: &'static str,
    pub model: String,
    pub prompt: String,
    pub aspect_ratio: String,
    pub count: u32,
    /// As asked for; `null` when chance decided. Each image tells its own.
    pub seed: Option<u32>,
    pub output_format: &'static str,
    /// The pictures that it starts from.
    pub inputs: Vec<InputView>,
    /// How far the result may go from the input, 0.01 to 1; for models that take it.
    pub strength: Option<f64>,
    /// The job whose picture it starts from, if it is one of yours.
    pub parent: Option<String>,
    /// While queued: how many of your own jobs come first.
    pub position: usize,
    /// While not ended: the time that is left, in seconds, as jobs of this model and queue took lately.
    pub eta_seconds: u32,
    /// 0 to 1.
    pub progress: f64,
    pub credits: CreditsView,
    pub images: Vec<ImageView>,
    /// Why nothing, or not everything, was delivered.
    pub error: Option<ErrorView>,
    pub created_at: String,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// By then the job has ended, delivered or refunded.
    pub deadline_at: String,
    pub retry_of: Option<String>,
    pub favourite: bool,
    pub collection: Option<String>,
}

/// A picture that a job starts from: one that you brought along, or one of an earlier job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Input))]
pub struct InputView {
    pub upload_id: Option<String>,
    pub generation_id: Option<String>,
    pub index: Option<u32>,
}

/// Where the price of a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GenerationCredits))]
pub struct CreditsView {
    /// Reserved while the job is under way.
    pub held: u32,
    /// Spent for delivered images.
    pub captured: u32,
    /// Given back.
    pub released: u32,
}

/// One picture of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Image))]
pub struct ImageView {
    pub index: u32,
    /// `pending`, `delivered`, `filtered` or `failed`.
    pub status: &'static str,
    /// Makes this very picture again, with the same prompt and model.
    pub seed: u32,
    /// Links are good for an hour; ask for the job again for new ones.
    pub url: Option<String>,
    pub display_url: Option<String>,
    pub thumbnail_url: Option<String>,
    /// A tiny blurred picture as a `data:` URL.
    pub placeholder: Option<String>,
    pub width: u32,
    pub height: u32,
    pub content_type: Option<&'static str>,
    pub bytes: Option<u64>,
    /// For a filtered image: what to quote in an appeal.
    pub decision_id: Option<String>,
    pub category: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GenerationError))]
pub struct ErrorView {
    /// `refused`, `provider_failed`, `bad_output`, `input_gone`, `timed_out`, `cancelled`, `blocked` or `partial`.
    pub code: &'static str,
    /// A sentence for the user, with what became of the credits.
    pub detail: String,
    pub decision_id: Option<String>,
    pub category: Option<&'static str>,
}

/// Something happened to a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Event))]
pub struct EventView {
    /// Counts the user's events from 1, without a gap.
    pub seq: u64,
    /// `generation.updated`.
    pub kind: &'static str,
    pub generation: GenerationView,
}

impl GenerationView {
    /// `position` as [`Lanes`](crate::accounts::Lanes) tells it.
    pub async fn of(
        services: &Services,
        generation: &Generation,
        position: usize,
        now: Timestamp,
    ) -> Self {
        let order = &generation.order;
        let model = services.catalog.model(&order.model);
        let (started_at, finished_at) = match &generation.stage {
            Stage::Waiting | Stage::Queued { .. } => (None, None),
            Stage::AtWork { started_at, .. } => (Some(*started_at), None),
            Stage::Ended(ended) => (ended.started_at, Some(ended.finished_at)),
        };
        let images = generation.images();
        let images =
            join_all(images.iter().map(|i| image_view(services, generation, i, model, now)));
        let outlook = Outlook::of(services, generation, position, started_at, now).await;
        Self {
            id: generation.id.to_string(),
            status: generation.status().as_str(),
            revision: generation.revision,
            kind: if order.inputs.is_empty() { "text_to_image" } else { "image_to_image" },
            model: order.model.clone(),
            prompt: order.prompt.as_str().to_owned(),
            aspect_ratio: order.aspect_ratio.to_string(),
            count: order.count,
            seed: order.seed,
            output_format: order.output_format.as_str(),
            inputs: order.inputs.iter().map(InputView::from).collect(),
            strength: order.strength_percent.map(|percent| f64::from(percent) / 100.0),
            parent: order.parent().map(|(generation, _)| generation.to_string()),
            position,
            eta_seconds: outlook.eta_seconds,
            progress: outlook.progress,
            credits: credits_view(generation),
            images: images.await,
            error: error_view(generation),
            created_at: generation.created_at.to_string(),
            started_at: started_at.map(|at| at.to_string()),
            finished_at: finished_at.map(|at| at.to_string()),
            deadline_at: generation.deadline_at.to_string(),
            retry_of: generation.retry_of.as_ref().map(ToString::to_string),
            favourite: false,
            collection: None,
        }
    }
}

impl From<&Input> for InputView {
    fn from(input: &Input) -> Self {
        match input {
            Input::Upload { upload } => {
                Self { upload_id: Some(upload.to_string()), generation_id: None, index: None }
            }
            Input::Image { generation, index } => Self {
                upload_id: None,
                generation_id: Some(generation.to_string()),
                index: Some(*index),
            },
        }
    }
}

/// What a person who waits may expect.
struct Outlook {
    eta_seconds: u32,
    progress: f64,
}

impl Outlook {
    async fn of(
        services: &Services,
        generation: &Generation,
        position: usize,
        started_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        if generation.is_final() {
            return Self { eta_seconds: 0, progress: 1.0 };
        }
        let model = &generation.order.model;
        let listed = services.catalog.model(model).map_or(5.0, |model| model.usual_seconds);
        let usual = pace::usual(services, Pace::Work(model), listed).await;
        let Some(started_at) = started_at else {
            let wait = pace::usual(services, Pace::Queue(generation.queue), 0.0).await;
            // The user's own jobs before it leave in groups as large as the plan has places at work, and each
            // group waits in the shared queue like this job.
            let places = services.catalog.plan(generation.plan).at_work.max(1);
            let rounds = u32::try_from(position.div_ceil(places) + 1).unwrap_or(u32::MAX);
            let eta_seconds = whole_seconds((wait + usual) * f64::from(rounds));
            return Self { eta_seconds, progress: 0.0 };
        };
        let elapsed = now.duration_since(started_at).as_secs_f64();
        // Never quite done before it is.
        let progress = (elapsed / usual).clamp(0.0, 0.95);
        Self { eta_seconds: whole_seconds((usual - elapsed).max(1.0)), progress }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, and a wait is never negative"
)]
fn whole_seconds(seconds: f64) -> u32 {
    seconds.ceil() as u32
}

fn credits_view(generation: &Generation) -> CreditsView {
    match &generation.stage {
        Stage::Ended(ended) => {
            CreditsView { held: 0, captured: ended.captured.get(), released: ended.released.get() }
        }
        Stage::Waiting | Stage::Queued { .. } | Stage::AtWork { .. } => {
            CreditsView { held: generation.hold.amount().get(), captured: 0, released: 0 }
        }
    }
}

async fn image_view(
    services: &Services,
    generation: &Generation,
    image: &Image,
    model: Option<&Model>,
    now: Timestamp,
) -> ImageView {
    let size = model.and_then(|m| m.size(generation.order.aspect_ratio));
    let mut view = ImageView {
        index: image.index,
        status: "pending",
        seed: image.seed,
        url: None,
        display_url: None,
        thumbnail_url: None,
        placeholder: None,
        width: size.map_or(0, |s| s.width),
        height: size.map_or(0, |s| s.height),
        content_type: None,
        bytes: None,
        decision_id: None,
        category: None,
    };
    match &image.state {
        ImageState::Planned { .. }
        | ImageState::Requested { .. }
        | ImageState::Rendering { .. }
        | ImageState::Drawn { .. }
        | ImageState::Kept { .. } => {}
        ImageState::Failed { .. } => view.status = "failed",
        ImageState::Filtered { decision, category } => {
            view.status = "filtered";
            view.decision_id = Some(decision.to_string());
            view.category = Some(category.as_str());
        }
        ImageState::Delivered(asset) => {
            view.status = "delivered";
            add_asset(services, generation, image.index, asset, now, &mut view).await;
        }
    }
    view
}

async fn add_asset(
    services: &Services,
    generation: &Generation,
    index: u32,
    asset: &Asset,
    now: Timestamp,
    view: &mut ImageView,
) {
    let link = async |rendition| {
        let key = blob_key(&generation.user, &generation.id, index, rendition);
        let url = services.blobs.read_url(&key, now, LINK_LIFE).await;
        // The job is still worth showing; the client asks again for the link.
        url.inspect_err(|error| {
            tracing::warn!(error = error as &dyn std::error::Error, "No link could be signed");
        })
        .ok()
    };
    let original = link(Rendition::Original(asset.format)).await;
    view.display_url =
        if asset.original_is_display { original.clone() } else { link(Rendition::Display).await };
    view.url = original;
    view.thumbnail_url = link(Rendition::Thumbnail).await;
    view.placeholder = Some(asset.placeholder.clone());
    view.width = asset.width;
    view.height = asset.height;
    view.content_type = Some(asset.format.content_type());
    view.bytes = Some(asset.bytes);
}

fn error_view(generation: &Generation) -> Option<ErrorView> {
    let Stage::Ended(ended) = &generation.stage else { return None };
    let back = match (ended.released.get(), ended.captured.get()) {
        (0, _) => String::new(),
        (1, 0) => " Your credit was given back.".into(),
        (n, 0) => format!(" All {n} credits were given back."),
        (1, kept) => format!(" 1 credit was given back, {kept} spent for what was delivered."),
        (n, kept) => format!(" {n} credits were given back, {kept} spent for what was delivered."),
    };
    let view = |code, text: &str| ErrorView {
        code,
        detail: format!("{text}{back}"),
        decision_id: None,
        category: None,
    };
    match &ended.outcome {
        Outcome::Succeeded if ended.released.is_zero() => None,
        Outcome::Succeeded => Some(view("partial", "Not every picture could be delivered.")),
        Outcome::Cancelled => Some(view("cancelled", "You cancelled this job.")),
        Outcome::Failed { reason } => Some(view(reason.code(), reason.sentence())),
        Outcome::Blocked { decision, category } => Some(ErrorView {
            decision_id: Some(decision.to_string()),
            category: Some(category.as_str()),
            ..view("blocked", "The safety check kept the result back.")
        }),
    }
}

impl Failure {
    pub fn code(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::ProviderFailed => "provider_failed",
            Self::BadOutput => "bad_output",
            Self::InputGone => "input_gone",
            Self::TimedOut => "timed_out",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Refused => "The model does not accept this prompt; change it and try again.",
            Self::ProviderFailed => "The model failed to draw this picture; try again.",
            Self::BadOutput => "The model's file could not be used; try again.",
            Self::InputGone => {
                "A picture that this job starts from is there no more; choose another."
            }
            Self::TimedOut => "The picture was not ready in time; try again later.",
        }
    }
}
