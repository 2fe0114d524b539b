//! News of a job: the provider reported, nobody reported, or the job was abandoned.

use std::time::Duration;

use super::deliver::deliver;
use super::generation::{Failure, Generation, Stage};
use super::image::{Image, ImageState};
use super::submit::{created_after, look_again, submit};
use super::update::update;
use crate::ids::{DecisionId, GenerationId, UserId};
use crate::messages::{FinishGeneration, News};
use crate::ports::documents::DocumentsError;
use crate::ports::image_provider::{Prediction, PredictionId, ProviderError, Sought};
use crate::ports::moderation::Category;
use crate::safety::{Decision, Fingerprint};
use crate::services::Services;
use crate::ticket::Ticketed;

/// Why a message should come again.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    #[error("the provider could not be told to stop")]
    Provider(#[from] ProviderError),
}

/// How often a provider is asked that cannot report.
const POLL_EVERY: Duration = Duration::from_secs(2);

/// Handles one message. Late, twice or out of order: a job that has ended stays as it is.
pub async fn finish(services: &Services, message: &FinishGeneration) -> Result<(), FinishError> {
    let FinishGeneration { user, generation: id, news } = message;
    let look_after = match news {
        News::Report { index, prediction, state } => {
            report(services, user, id, *index, prediction, state).await?
        }
        News::Silence => tend(services, user, id).await?,
        News::Abandoned => {
            abandon(services, user, id).await?;
            None
        }
    };
    // One message begets one at the most, however many pictures want another look: else looks would multiply.
    if let Some(delay) = look_after {
        look_again(services, user, id, delay).await;
    }
    Ok(())
}

/// What the provider says of one picture. `Some`: look again after that long.
async fn report(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    index: u32,
    prediction: &PredictionId,
    state: &Prediction,
) -> Result<Option<Duration>, DocumentsError> {
    let decided = update(services, user, id, |case| {
        let now = case.now();
        let order = case.generation.order.clone();
        let decision = DecisionId::new(super::create::ulid(case.services));
        let Some(image) = case.generation.image_mut(index) else { return false };
        if !image.concerns(prediction) {
            return false;
        }
        image.accepted(prediction, now);
        let drawn = match (state, &image.state) {
            // What was drawn stays drawn, however late an earlier report comes.
            (Prediction::Working { .. }, ImageState::Drawn { .. }) => false,
            (Prediction::Working { .. }, _) => {
                image.state =
                    ImageState::Rendering { prediction: prediction.clone(), seen_at: now };
                false
            }
            (Prediction::Drawn { output }, _) => {
                image.state = ImageState::Drawn {
                    prediction: prediction.clone(),
                    output: output.clone(),
                    seen_at: now,
                };
                true
            }
            (Prediction::Filtered, _) => {
                let category = Category::Other;
                image.state = ImageState::Filtered { decision: decision.clone(), category };
                let fingerprint = Fingerprint::of_image(&order, image.seed);
                let place = (id.clone(), index);
                let kept = Decision::of_image(decision, place, fingerprint, category, None, now);
                case.draft.create(kept.document());
                false
            }
            (Prediction::Failed { reason }, _) => {
                tracing::warn!(generation.id = %id, "The provider failed: {reason}");
                image.state = ImageState::Failed { reason: Failure::ProviderFailed };
                false
            }
            (Prediction::Cancelled, _) => {
                image.state = ImageState::Failed { reason: Failure::ProviderFailed };
                false
            }
        };
        case.end_if_settled();
        drawn
    });
    match decided.await? {
        Some((generation, true)) => deliver(services, &generation, index).await,
        Some((_, false)) | None => Ok(None),
    }
}

/// Nobody reported: look at the job and do what is next. `Some`: look again after that long.
async fn tend(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<Option<Duration>, DocumentsError> {
    let Some(generation) = super::get(services, user, id).await? else { return Ok(None) };
    let now = services.clock.now();
    let Some(give_up_at) = generation.give_up_at() else { return Ok(None) };
    if give_up_at <= now {
        update(services, user, id, |case| {
            let late = case.generation.give_up_at().is_some_and(|at| at <= case.now());
            if late {
                case.end(case.generation.timed_out());
            }
        })
        .await?;
        return Ok(None);
    }
    match &generation.stage {
        Stage::Waiting | Stage::Ended(_) => Ok(None),
        Stage::Queued { .. } => {
            // Its message is late or lost. Handling it here is as good as sending it again, and surer.
            submit(services, user, id).await?;
            Ok(None)
        }
        Stage::AtWork { images, .. } => {
            if images.iter().any(|image| image.may_ask(now).is_some()) {
                submit(services, user, id).await?;
            }
            let mut soonest: Option<Duration> = None;
            for image in images {
                let wanted = look_after(services, &generation, image).await?;
                soonest = [soonest, wanted].into_iter().flatten().min();
            }
            Ok(soonest)
        }
    }
}

async fn look_after(
    services: &Services,
    generation: &Generation,
    image: &Image,
) -> Result<Option<Duration>, DocumentsError> {
    match &image.state {
        ImageState::Rendering { prediction, .. } => {
            let found = provider(services, generation).status(Sought::ById(prediction)).await;
            let state = match found {
                Ok(Some(snapshot)) => snapshot.state,
                Ok(None) => Prediction::Failed { reason: "the prediction is unknown".into() },
                Err(error) => {
                    tracing::warn!(generation.id = %generation.id,
                        error = &error as &dyn std::error::Error, "The provider cannot be asked");
                    // As if it had said nothing new: the next look is due a while later.
                    Prediction::Working { started: true }
                }
            };
            let (user, id) = (&generation.user, &generation.id);
            let wanted = report(services, user, id, image.index, prediction, &state).await?;
            let polled =
                matches!(state, Prediction::Working { .. }) && services.public_url.is_none();
            Ok(wanted.or(polled.then_some(POLL_EVERY)))
        }
        ImageState::Drawn { .. } => deliver(services, generation, image.index).await,
        ImageState::Planned { .. }
        | ImageState::Requested { .. }
        | ImageState::Delivered(_)
        | ImageState::Filtered { .. }
        | ImageState::Failed { .. } => Ok(None),
    }
}

/// The job ended while the provider was at it: have it stopped, then forget the message.
async fn abandon(services: &Services, user: &UserId, id: &GenerationId) -> Result<(), FinishError> {
    let Some(generation) = super::get(services, user, id).await? else { return Ok(()) };
    let Stage::Ended(ended) = &generation.stage else { return Ok(()) };
    let limit = jiff::SignedDuration::try_from(services.catalog.work_limit);
    let limit = limit.expect("minutes are a duration");
    // The provider ends a prediction by itself after the work limit: no need to try for ever.
    if super::generation::plus(ended.finished_at, limit) > services.clock.now() {
        for image in &ended.images {
            stop_image(services, &generation, image).await?;
        }
    }
    update(services, user, id, |case| {
        case.received();
    })
    .await?;
    Ok(())
}

async fn stop_image(
    services: &Services,
    generation: &Generation,
    image: &Image,
) -> Result<(), ProviderError> {
    let provider = provider(services, generation);
    match &image.state {
        ImageState::Rendering { prediction, .. } => provider.cancel(prediction).await,
        ImageState::Requested { asked_at, .. } => {
            let named = Ticketed {
                user: generation.user.clone(),
                generation: generation.id.clone(),
                index: image.index,
            };
            let Some(model) = services.catalog.model(&generation.order.model) else {
                return Ok(());
            };
            let sought = Sought::ByTicket {
                ticket: &services.tickets.issue(&named),
                model,
                prompt: generation.order.prompt.as_str(),
                aspect_ratio: generation.order.aspect_ratio,
                seed: image.seed,
                created_after: created_after(*asked_at),
            };
            match provider.status(sought).await? {
                Some(snapshot) => provider.cancel(&snapshot.id).await,
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Best effort: has one prediction stopped that nobody waits for.
pub(super) async fn stop(services: &Services, generation: &Generation, prediction: &PredictionId) {
    if let Err(error) = provider(services, generation).cancel(prediction).await {
        tracing::warn!(generation.id = %generation.id, error = &error as &dyn std::error::Error,
            "A prediction that nobody waits for goes on until the provider ends it");
    }
}

pub(super) fn provider<'s>(
    services: &'s Services,
    generation: &Generation,
) -> &'s dyn crate::ports::image_provider::ImageProvider {
    let model = services.catalog.model(&generation.order.model);
    // A model that is no longer offered was drawn by the one provider there is.
    let route = model.map(|m| m.routes[0].provider);
    services.provider(route.unwrap_or(crate::catalog::Provider::Replicate))
}
