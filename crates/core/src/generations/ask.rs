//! Asking one provider for one picture: looking first where an earlier worker may have asked, and telling apart what
//! certainly did not happen from what may have.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::generation::{Generation, minus, plus};
use super::image::{ASK_WITHIN, Ask};
use super::inputs::NoInputs;
use super::keys::{Rendition, blob_key};
use crate::catalog::{Model, Provider};
use crate::metrics;
use crate::ports::image_provider::{
    ImageProvider, InputImage, PredictionId, ProviderError, ProviderRequest, Sought, SubmitError,
    Submitted,
};
use crate::services::Services;
use crate::ticket::{Ticket, Ticketed};

/// One picture that this worker, and nobody else until the lease ends, may ask for.
#[derive(Debug)]
pub(super) struct AskOrder {
    pub(super) index: u32,
    pub(super) seed: u32,
    pub(super) provider: Provider,
    pub(super) ask: Ask,
    pub(super) taken_at: Timestamp,
    pub(super) lease_until: Timestamp,
}

#[derive(Debug)]
pub(super) enum Answer {
    Accepted(PredictionId),
    /// Drawn, and the file lies in our store.
    Kept,
    /// Certainly nothing was started: another route may be asked.
    TurnedAway,
    Refused,
    /// Certainly nothing was started, and never can be: an input is there no more.
    InputGone,
    /// Drawn, and kept back by the provider.
    Filtered,
    Failed,
    /// Perhaps something was started: the lease ends, and then it is looked for.
    Unknown,
    /// Perhaps something was started, and nobody will ever be able to tell.
    Lost,
}

/// What an earlier worker may have left.
enum Trace {
    Nothing,
    Prediction(PredictionId),
    File,
    /// Nobody can tell now.
    Hidden,
    /// Nobody will be able to tell.
    Lost,
}

/// `inputs` are the pictures that the job starts from.
pub(super) async fn ask(
    services: &Services,
    generation: &Generation,
    order: &AskOrder,
    inputs: &Result<Vec<InputImage>, NoInputs>,
) -> Answer {
    let model = services.catalog.model(&generation.order.model);
    let (Some(model), Some(provider)) = (model, services.providers.get(order.provider)) else {
        // What was asked for before a deployment took model or provider away can no longer be looked for.
        return Answer::Unknown;
    };
    let ticket = ticket(services, generation, order.index);
    if let Some(asked_at) = order.ask.look_since {
        let sought = sought(generation, model, order.seed, &ticket, asked_at);
        match look(services, generation, order, provider, sought).await {
            Trace::Nothing => {}
            Trace::Prediction(prediction) => return Answer::Accepted(prediction),
            Trace::File => return Answer::Kept,
            Trace::Hidden => return Answer::Unknown,
            Trace::Lost => return Answer::Lost,
        }
        if !services.providers.permits(order.provider, services.clock.now()) {
            return Answer::TurnedAway;
        }
    }
    let inputs = match inputs {
        Ok(inputs) => inputs,
        Err(NoInputs::Gone) => return Answer::InputGone,
        Err(NoInputs::NotNow(error)) => {
            tracing::warn!(generation.id = %generation.id, error = error as &dyn std::error::Error,
                "The pictures to start from cannot be read now");
            return Answer::TurnedAway;
        }
    };
    if services.clock.now() > plus(order.taken_at, ASK_WITHIN) {
        // The store or the look took so long that the call might outlive the lease.
        return Answer::Unknown;
    }
    let callback = services
        .public_url
        .as_ref()
        .map(|base| format!("{base}/api/webhooks/{}/{}", order.provider.as_str(), ticket.as_str()));
    let request = ProviderRequest {
        model,
        prompt: generation.order.prompt.as_str(),
        aspect_ratio: generation.order.aspect_ratio,
        seed: order.seed,
        output_format: generation.order.output_format,
        inputs,
        strength_percent: generation.order.strength_percent,
        ticket: &ticket,
        callback,
        cancel_after: services.catalog.work_limit,
    };
    let submitted = provider.submit(&request).await;
    judge(services, generation, order, submitted).await
}

/// What the answer means for the picture, and for the provider's reputation.
async fn judge(
    services: &Services,
    generation: &Generation,
    order: &AskOrder,
    submitted: Result<Submitted, SubmitError>,
) -> Answer {
    let name = order.provider.as_str();
    let failed = |retry_after: Option<Duration>| {
        services.providers.failed(order.provider, services.clock.now(), retry_after);
    };
    match submitted {
        Ok(submitted) => {
            services.providers.answered(order.provider);
            match submitted {
                Submitted::Started(prediction) => {
                    spent(services, generation, order);
                    Answer::Accepted(prediction)
                }
                Submitted::Drawn { picture } => {
                    spent(services, generation, order);
                    keep(services, generation, order, picture).await
                }
                Submitted::Filtered => Answer::Filtered,
                Submitted::Failed { reason } => {
                    tracing::warn!(generation.id = %generation.id, provider = name, "The provider failed: {reason}");
                    Answer::Failed
                }
            }
        }
        Err(SubmitError::Refused { reason }) => {
            services.providers.answered(order.provider);
            tracing::info!(generation.id = %generation.id, provider = name, "The provider refused: {reason}");
            Answer::Refused
        }
        Err(SubmitError::Unavailable { retry_after, source }) => {
            failed(retry_after);
            tracing::warn!(generation.id = %generation.id, provider = name,
                error = &*source as &dyn std::error::Error, "The provider takes no request now");
            Answer::TurnedAway
        }
        Err(SubmitError::Uncertain(source)) => {
            failed(None);
            tracing::warn!(generation.id = %generation.id, provider = name,
                error = &*source as &dyn std::error::Error, "The provider's answer was lost");
            Answer::Unknown
        }
    }
}

fn spent(services: &Services, generation: &Generation, order: &AskOrder) {
    let model = &generation.order.model;
    let routes = services.catalog.model(model).map(|model| model.routes.as_slice());
    let route = routes.unwrap_or_default().iter().find(|route| route.provider == order.provider);
    if let Some(route) = route {
        metrics::provider_spend(model, order.provider.as_str(), route.usd_micros);
    }
}

/// Before anything says that it is drawn, the file is safe: at a key that whoever comes next knows too.
async fn keep(
    services: &Services,
    generation: &Generation,
    order: &AskOrder,
    picture: Vec<u8>,
) -> Answer {
    let key = raw_key(generation, order.index);
    match services.blobs.put(&key, "application/octet-stream", picture).await {
        Ok(()) => Answer::Kept,
        Err(error) => {
            tracing::error!(generation.id = %generation.id, error = &error as &dyn std::error::Error,
                "A picture that was drawn could not be kept");
            // It may be there all the same.
            Answer::Unknown
        }
    }
}

async fn look(
    services: &Services,
    generation: &Generation,
    order: &AskOrder,
    provider: &dyn ImageProvider,
    sought: Sought<'_>,
) -> Trace {
    if order.provider.draws_while_asked() {
        match services.blobs.get(&raw_key(generation, order.index)).await {
            Ok(Some(_)) => return Trace::File,
            Ok(None) => {}
            Err(error) => return hidden(generation, &error),
        }
    }
    match provider.status(sought).await {
        Ok(None) => Trace::Nothing,
        Ok(Some(snapshot)) => Trace::Prediction(snapshot.id),
        Err(ProviderError::Unsearchable) => {
            tracing::error!(generation.id = %generation.id, provider = order.provider.as_str(),
                "An answer was lost for good: image {} of generation `{}` may be paid for and is given up",
                order.index, generation.id);
            Trace::Lost
        }
        Err(error @ (ProviderError::Unavailable(_) | ProviderError::Refused { .. })) => {
            hidden(generation, &error)
        }
    }
}

fn hidden(generation: &Generation, error: &(dyn std::error::Error + 'static)) -> Trace {
    tracing::warn!(generation.id = %generation.id, error,
        "What was asked for cannot be looked for now");
    Trace::Hidden
}

/// How a picture is looked for that was asked for at `asked_at`.
pub(super) fn sought<'a>(
    generation: &'a Generation,
    model: &'a Model,
    seed: u32,
    ticket: &'a Ticket,
    asked_at: Timestamp,
) -> Sought<'a> {
    /// What was asked for at `asked_at` on our clock may bear an earlier time on the provider's.
    const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);
    Sought::ByTicket {
        ticket,
        model,
        prompt: generation.order.prompt.as_str(),
        aspect_ratio: generation.order.aspect_ratio,
        seed,
        created_after: minus(asked_at, CLOCKS_APART),
    }
}

pub(super) fn ticket(services: &Services, generation: &Generation, index: u32) -> Ticket {
    services.tickets.issue(&Ticketed {
        user: generation.user.clone(),
        generation: generation.id.clone(),
        index,
    })
}

fn raw_key(generation: &Generation, index: u32) -> String {
    blob_key(&generation.user, &generation.id, index, Rendition::Raw)
}

/// The provider's file is not needed any more. Best effort: no link leads to it.
pub(super) async fn discard_raw(services: &Services, generation: &Generation, index: u32) {
    if let Err(error) = services.blobs.delete(&raw_key(generation, index)).await {
        tracing::warn!(generation.id = %generation.id, error = &error as &dyn std::error::Error,
            "A provider's file stays without a use");
    }
}

/// The provider's file, where it came with the answer.
pub(super) async fn raw(
    services: &Services,
    generation: &Generation,
    index: u32,
) -> Result<Option<Vec<u8>>, crate::ports::blobs::BlobsError> {
    services.blobs.get(&raw_key(generation, index)).await
}
