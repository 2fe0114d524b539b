//! News of a job: the provider reported, nobody reported, or the job was abandoned.

use std::time::Duration;

use jiff::Timestamp;

use super::ask::{discard_raw, sought, ticket};
use super::deliver::deliver;
use super::generation::{Failure, Generation, Stage, plus};
use super::image::{Image, ImageState, SILENCE};
use super::submit::{look_again, price, submit};
use super::update::{Case, update};
use crate::catalog::Provider;
use crate::ids::{DecisionId, GenerationId, UserId};
use crate::messages::{FinishGeneration, News};
use crate::ports::documents::DocumentsError;
use crate::ports::image_provider::{
    ImageProvider, Prediction, PredictionId, ProviderError, Sought,
};
use crate::ports::moderation::Category;
use crate::safety::{Decision, Fingerprint};
use crate::services::Services;

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
        News::Report { index, provider, prediction, state } => {
            let told = Told { provider: *provider, prediction, state };
            report(services, user, id, *index, &told).await?
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

/// What a provider says of one prediction.
struct Told<'a> {
    provider: Provider,
    prediction: &'a PredictionId,
    state: &'a Prediction,
}

/// What a provider says of one picture. `Some`: look again after that long.
async fn report(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    index: u32,
    told: &Told<'_>,
) -> Result<Option<Duration>, DocumentsError> {
    /// What is left to be told of when nothing is drawn.
    enum Said {
        AtIt,
        Filtered,
        Failed,
    }
    let said = match told.state {
        Prediction::Drawn { output } => {
            return drawn(services, user, id, index, told, output).await;
        }
        Prediction::Working { .. } => Said::AtIt,
        Prediction::Filtered => Said::Filtered,
        Prediction::Failed { reason } => {
            tracing::warn!(generation.id = %id, "The provider failed: {reason}");
            Said::Failed
        }
        Prediction::Cancelled => Said::Failed,
    };
    let decided = update(services, user, id, |case| {
        let now = case.now();
        let order = case.generation.order.clone();
        let decision = DecisionId::new(case.services.fresh_ulid());
        let price = price(case, told.provider);
        let Some(image) = case.generation.image_mut(index) else { return };
        let Some(prediction) = recognised(image, told, now) else { return };
        image.state = match (&said, &image.state) {
            // What was drawn stays drawn, however late an earlier report comes.
            (Said::AtIt, ImageState::Drawn { .. }) => return,
            // It was heard of a moment ago: writing that down again would cost a commit and change nothing.
            (Said::AtIt, ImageState::Rendering { seen_at, .. })
                if now < plus(*seen_at, SILENCE / 2) =>
            {
                return;
            }
            (Said::AtIt, _) => ImageState::Rendering { prediction, seen_at: now },
            (Said::Filtered, _) => {
                image.spent_usd_micros = price;
                let category = Category::Other;
                let fingerprint = Fingerprint::of_image(&order, image.seed);
                let place = (id.clone(), index);
                let filtered = ImageState::Filtered { decision: decision.clone(), category };
                let kept = Decision::of_image(decision, place, fingerprint, category, None, now);
                case.draft.create(kept.document());
                filtered
            }
            (Said::Failed, _) => ImageState::Failed { reason: Failure::ProviderFailed },
        };
        case.end_if_settled();
    });
    decided.await?;
    Ok(None)
}

/// It is drawn: brought home first and committed once. That it was drawn is a commit of its own only when something
/// that it takes is down, so that it is tried again; until then the message tells it.
async fn drawn(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    index: u32,
    told: &Told<'_>,
    output: &str,
) -> Result<Option<Duration>, DocumentsError> {
    let as_told = |generation: &mut Generation, price: u64, now: Timestamp| {
        let Some(image) = generation.image_mut(index) else { return };
        let Some(prediction) = recognised(image, told, now) else { return };
        image.spent_usd_micros = price;
        let output = output.to_owned();
        image.state = ImageState::Drawn { prediction, output, seen_at: now };
    };
    let Some(mut generation) = super::get(services, user, id).await? else { return Ok(None) };
    as_told(&mut generation, 0, services.clock.now());
    let learn = |case: &mut Case<'_>| {
        let (price, now) = (price(case, told.provider), case.now());
        as_told(&mut case.generation, price, now);
    };
    let again = deliver(services, &generation, index, learn).await?;
    if again.is_some() {
        update(services, user, id, learn).await?;
    }
    Ok(again)
}

/// The prediction's name if the news is of this picture, which is then known to have been accepted.
fn recognised(image: &mut Image, told: &Told<'_>, now: Timestamp) -> Option<PredictionId> {
    if !image.concerns(told.provider, told.prediction) {
        return None;
    }
    image.accepted(told.provider, told.prediction, now);
    // Who asked may know more of it than its name.
    Some(image.prediction().unwrap_or(told.prediction).clone())
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
            let found = match provider_of(services, image.provider) {
                Ok(provider) => provider.status(Sought::ById(prediction)).await,
                Err(error) => Err(error),
            };
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
            let told = Told { provider: image.provider, prediction, state: &state };
            let wanted = report(services, user, id, image.index, &told).await?;
            let polled =
                matches!(state, Prediction::Working { .. }) && services.public_url.is_none();
            Ok(wanted.or(polled.then_some(POLL_EVERY)))
        }
        ImageState::Drawn { .. } | ImageState::Kept { .. } => {
            deliver(services, generation, image.index, |_| {}).await
        }
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
    if plus(ended.finished_at, limit) > services.clock.now() {
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
    match &image.state {
        ImageState::Rendering { prediction, .. } => {
            provider_of(services, image.provider)?.cancel(prediction).await
        }
        ImageState::Requested { asked_at, .. } => {
            if image.provider.draws_while_asked() {
                discard_raw(services, generation, image.index).await;
            }
            let Some(model) = services.catalog.model(&generation.order.model) else {
                return Ok(());
            };
            let provider = provider_of(services, image.provider)?;
            let ticket = ticket(services, generation, image.index);
            let sought = sought(generation, model, image.seed, &ticket, *asked_at);
            match provider.status(sought).await {
                Ok(Some(snapshot)) => provider.cancel(&snapshot.id).await,
                Ok(None) | Err(ProviderError::Unsearchable) => Ok(()),
                Err(error @ (ProviderError::Unavailable(_) | ProviderError::Refused { .. })) => {
                    Err(error)
                }
            }
        }
        ImageState::Kept { .. } => {
            discard_raw(services, generation, image.index).await;
            Ok(())
        }
        ImageState::Planned { .. }
        | ImageState::Drawn { .. }
        | ImageState::Delivered(_)
        | ImageState::Filtered { .. }
        | ImageState::Failed { .. } => Ok(()),
    }
}

/// Best effort: has one prediction stopped that nobody waits for.
pub(super) async fn stop(
    services: &Services,
    generation: &Generation,
    provider: Provider,
    prediction: &PredictionId,
) {
    let stopped = match provider_of(services, provider) {
        Ok(provider) => provider.cancel(prediction).await,
        Err(error) => Err(error),
    };
    if let Err(error) = stopped {
        tracing::warn!(generation.id = %generation.id, error = &error as &dyn std::error::Error,
            "A prediction that nobody waits for goes on until the provider ends it");
    }
}

/// The one that was asked; its settings may have been taken away since, and may come back.
pub(super) fn provider_of(
    services: &Services,
    provider: Provider,
) -> Result<&dyn ImageProvider, ProviderError> {
    let missing = || format!("{} is not configured", provider.as_str());
    services.providers.get(provider).ok_or_else(|| ProviderError::Unavailable(missing().into()))
}
