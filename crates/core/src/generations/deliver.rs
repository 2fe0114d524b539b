//! A drawn picture: fetched, checked, finished and stored, then delivered. Every step may be done twice: the keys are
//! known beforehand and the commit happens once.

use std::time::Duration;

use futures_util::future::try_join_all;

use super::ask::{discard_raw, raw};
use super::finish::provider_of;
use super::generation::{Failure, Generation};
use super::image::{Asset, Image, ImageState};
use super::keys::{Rendition, blob_key};
use super::update::{Case, update};
use crate::catalog::OutputFormat;
use crate::ids::DecisionId;
use crate::ports::BoxError;
use crate::ports::documents::DocumentsError;
use crate::ports::image_provider::ProviderError;
use crate::ports::imaging::{Encoded, Finished, ImagingOrder, Recipe};
use crate::ports::moderation::{ModerationError, Verdict};
use crate::safety::{self, Decision, Fingerprint};
use crate::services::Services;

/// A step that needs something which is down now: tried again, until the job is given up.
#[derive(Debug, thiserror::Error)]
#[error("{step} is not possible now")]
struct NotNow {
    step: &'static str,
    #[source]
    source: BoxError,
}

/// How long after a step failed it is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Brings image `index` home, if it is drawn. `Some`: something it needs is down; look again after that long.
///
/// `learn` tells the job as it is stored what `generation` knows already, in the commit that delivers.
pub(super) async fn deliver(
    services: &Services,
    generation: &Generation,
    index: u32,
    learn: impl Fn(&mut Case<'_>),
) -> Result<Option<Duration>, DocumentsError> {
    let image = generation.images().iter().find(|i| i.index == index);
    let Some(image) = image.filter(|image| is_drawn(image)) else { return Ok(None) };
    let (state, decision) = match bring_home(services, generation, image).await {
        Ok(Home::Settled(state)) => (state, None),
        Ok(Home::KeptBack(decision)) => (filtered(&decision), Some(decision)),
        Err(error) => {
            tracing::warn!(generation.id = %generation.id, error = &error as &dyn std::error::Error,
                "Image {index} of generation `{}` waits: {error}", generation.id);
            return Ok(Some(TRY_AGAIN));
        }
    };
    let (user, id) = (&generation.user, &generation.id);
    let kept = update(services, user, id, |case| {
        learn(case);
        let Some(image) = case.generation.image_mut(index) else { return false };
        if !is_drawn(image) {
            return false;
        }
        image.state = state.clone();
        if let Some(decision) = &decision {
            case.draft.create(decision.document());
        }
        case.end_if_settled();
        true
    });
    if let Some((now, false)) = kept.await? {
        clear_up(services, &now, index, &state).await;
    }
    if let ImageState::Kept { .. } = image.state {
        discard_raw(services, generation, index).await;
    }
    Ok(None)
}

fn is_drawn(image: &Image) -> bool {
    matches!(image.state, ImageState::Drawn { .. } | ImageState::Kept { .. })
}

/// The provider's file, or why there is none.
async fn fetch(
    services: &Services,
    generation: &Generation,
    image: &Image,
) -> Result<Vec<u8>, ProviderError> {
    match &image.state {
        ImageState::Drawn { output, .. } => {
            provider_of(services, image.provider)?.fetch(output).await
        }
        ImageState::Kept { .. } => match raw(services, generation, image.index).await {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(ProviderError::Refused { reason: "the file is gone".into() }),
            Err(error) => Err(ProviderError::Unavailable(error.into())),
        },
        ImageState::Planned { .. }
        | ImageState::Requested { .. }
        | ImageState::Rendering { .. }
        | ImageState::Delivered(_)
        | ImageState::Filtered { .. }
        | ImageState::Failed { .. } => {
            Err(ProviderError::Refused { reason: "it is not drawn".into() })
        }
    }
}

/// What became of a drawn picture.
enum Home {
    Settled(ImageState),
    KeptBack(Decision),
}

fn filtered(decision: &Decision) -> ImageState {
    ImageState::Filtered { decision: decision.id.clone(), category: decision.category }
}

/// Everything between the provider's file and our blobs.
async fn bring_home(
    services: &Services,
    generation: &Generation,
    image: &Image,
) -> Result<Home, NotNow> {
    let bytes = match fetch(services, generation, image).await {
        Ok(bytes) => bytes,
        Err(ProviderError::Unavailable(source)) => {
            return Err(NotNow { step: "fetching the picture", source });
        }
        Err(error @ (ProviderError::Refused { .. } | ProviderError::Unsearchable)) => {
            return Ok(unusable(generation, &error.to_string()));
        }
    };
    let small = match services.imaging.for_moderation(bytes.clone()).await {
        Ok(small) => small,
        Err(error) => return Ok(unusable(generation, &error.reason)),
    };
    if let Some(decision) = judge(services, generation, image, &small).await? {
        return Ok(decision);
    }
    let order = ImagingOrder {
        format: generation.order.output_format,
        watermark: services.catalog.plan(generation.plan).watermark,
        recipe: recipe(services, generation, image),
    };
    let finished = match services.imaging.finish(bytes, order).await {
        Ok(finished) => finished,
        Err(error) => return Ok(unusable(generation, &error.reason)),
    };
    store(services, generation, image.index, finished).await.map(Home::Settled)
}

/// The safety check. `None`: the picture may be shown.
async fn judge(
    services: &Services,
    generation: &Generation,
    image: &Image,
    picture: &[u8],
) -> Result<Option<Home>, NotNow> {
    const STEP: &str = "the safety check";
    let (category, severity) = match services.moderation.image(picture).await {
        Ok(Verdict::Allowed) => return Ok(None),
        Ok(Verdict::Blocked { category, severity }) => (category, severity),
        Err(ModerationError::Unusable(reason)) => {
            return Ok(Some(unusable(generation, &reason.to_string())));
        }
        Err(error @ ModerationError::Unavailable(_)) => {
            return Err(NotNow { step: STEP, source: Box::new(error) });
        }
    };
    let fingerprint = Fingerprint::of_image(&generation.order, image.seed);
    let pardoned = safety::is_pardoned(services, &generation.user, &fingerprint).await;
    if pardoned.map_err(|e| NotNow { step: STEP, source: Box::new(e) })? {
        return Ok(None);
    }
    let id = DecisionId::new(services.fresh_ulid());
    tracing::info!(generation.id = %generation.id, decision.id = %id,
        category = category.as_str(), severity, "A picture was kept back, decision `{id}`");
    let place = (generation.id.clone(), image.index);
    let now = services.clock.now();
    let decision = Decision::of_image(id, place, fingerprint, category, Some(severity), now);
    Ok(Some(Home::KeptBack(decision)))
}

fn unusable(generation: &Generation, reason: &str) -> Home {
    tracing::error!(generation.id = %generation.id, "The provider's file cannot be used: {reason}");
    Home::Settled(ImageState::Failed { reason: Failure::BadOutput })
}

fn recipe(services: &Services, generation: &Generation, image: &Image) -> Recipe {
    let order = &generation.order;
    let size = services.catalog.model(&order.model).and_then(|m| m.size(order.aspect_ratio));
    Recipe {
        prompt: order.embed_prompt.then(|| order.prompt.as_str().to_owned()),
        model: order.model.clone(),
        seed: image.seed,
        width: size.map_or(0, |s| s.width),
        height: size.map_or(0, |s| s.height),
        generation: generation.id.to_string(),
        index: image.index,
        parent: order.parent().map(|(generation, index)| format!("{generation}/{index}")),
        created_at: generation.created_at.to_string(),
    }
}

async fn store(
    services: &Services,
    generation: &Generation,
    index: u32,
    finished: Finished,
) -> Result<ImageState, NotNow> {
    let format = generation.order.output_format;
    let asset = Asset {
        width: finished.width,
        height: finished.height,
        bytes: finished.original.bytes.len() as u64,
        format,
        original_is_display: finished.display.is_none(),
        placeholder: finished.placeholder,
    };
    let original = (Rendition::Original(format), finished.original);
    let display = finished.display.map(|encoded| (Rendition::Display, encoded));
    let thumbnail = (Rendition::Thumbnail, finished.thumbnail);
    let puts = [Some(original), display, Some(thumbnail)].into_iter().flatten();
    let puts = puts.map(|(rendition, Encoded { bytes, content_type, .. })| {
        let key = blob_key(&generation.user, &generation.id, index, rendition);
        async move { services.blobs.put(&key, content_type, bytes).await }
    });
    let stored = try_join_all(puts).await;
    stored.map_err(|e| NotNow { step: "storing the picture", source: Box::new(e) })?;
    Ok(ImageState::Delivered(asset))
}

/// The picture was given up meanwhile, with its job or alone: what was stored for it goes. Best effort: nobody has a
/// link to it.
async fn clear_up(services: &Services, now: &Generation, index: u32, state: &ImageState) {
    let ImageState::Delivered(Asset { format, .. }) = state else { return };
    let image = now.images().iter().find(|image| image.index == index);
    let wanted = image.is_none_or(|image| match image.state {
        ImageState::Delivered(_) => true,
        _ => image.state.is_open() && !now.is_final(),
    });
    if wanted {
        return;
    }
    let format: OutputFormat = *format;
    for rendition in [Rendition::Original(format), Rendition::Display, Rendition::Thumbnail] {
        let key = blob_key(&now.user, &now.id, index, rendition);
        if let Err(error) = services.blobs.delete(&key).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "A blob without a job stays");
        }
    }
}
