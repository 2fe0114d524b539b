//! Handing a job to its provider, paying once.
//!
//! An intent is stored before the provider is asked and the prediction's id after. While the intent's lease runs
//! nobody else asks; when it has run out, whoever comes next first looks for what may have been asked, by the ticket
//! it carries, and asks only if there is nothing.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::generation::{Failure, Generation, Stage, minus, plus};
use super::image::{ASK_WITHIN, Ask, ImageState};
use super::inputs::{self, NoInputs};
use super::update::{Case, update};
use crate::ids::{GenerationId, UserId};
use crate::messages::{FinishGeneration, News, QueueName, SubmitGeneration};
use crate::ports::documents::{DocumentsError, encode};
use crate::ports::image_provider::{
    ImageProvider, InputImage, PredictionId, ProviderRequest, Sought, SubmitError,
};
use crate::ports::queue::Outgoing;
use crate::services::Services;
use crate::ticket::Ticketed;

/// Handles one submit message. Late, twice or for a job that has ended: nothing happens.
pub async fn submit(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<(), DocumentsError> {
    let decided = update(services, user, id, take).await?;
    let Some((generation, asks)) = decided else {
        tracing::warn!(generation.id = %id, "A message speaks of generation `{id}`, which does not exist");
        return Ok(());
    };
    if asks.is_empty() {
        return Ok(());
    }
    let taken_at = asks[0].taken_at;
    let inputs = inputs::read(services, &generation).await;
    let answers = asks.iter().map(|order| ask(services, &generation, order, &inputs));
    let answers = join_all(answers).await;
    let answers: Vec<_> = asks.iter().map(|order| order.index).zip(answers).collect();
    record(services, user, id, &answers, taken_at).await
}

/// One picture that this worker, and nobody else until the lease ends, may ask for.
struct AskOrder {
    index: u32,
    seed: u32,
    ask: Ask,
    taken_at: Timestamp,
}

enum Answer {
    Accepted(PredictionId),
    /// Certainly nothing was started: try again after this long.
    Later(Duration),
    Refused,
    /// Certainly nothing was started, and never can be: an input is there no more.
    InputGone,
    /// Perhaps something was started: the lease ends, and then it is looked for.
    Unknown,
}

fn take(case: &mut Case<'_>) -> Vec<AskOrder> {
    let now = case.now();
    if case.generation.give_up_at().is_some_and(|at| at <= now) {
        case.end(case.generation.timed_out());
        return Vec::new();
    }
    match case.generation.stage {
        Stage::Queued { .. } => {
            let order = case.generation.order.clone();
            let chance = || case.services.ids.random();
            let seeds: Vec<_> =
                (0..order.count).map(|index| order.seed_of(index, chance())).collect();
            let limit = SignedDuration::try_from(case.services.catalog.work_limit);
            case.received();
            case.generation.start(&seeds, limit.expect("minutes are a duration"), now);
        }
        Stage::AtWork { .. } => {}
        Stage::Waiting | Stage::Ended(_) => return Vec::new(),
    }
    let Stage::AtWork { images, .. } = &mut case.generation.stage else { return Vec::new() };
    let mut orders = Vec::new();
    for image in images {
        if let Some(ask) = image.may_ask(now) {
            image.ask(&ask, now);
            orders.push(AskOrder { index: image.index, seed: image.seed, ask, taken_at: now });
        }
    }
    orders
}

async fn ask(
    services: &Services,
    generation: &Generation,
    order: &AskOrder,
    inputs: &Result<Vec<InputImage>, NoInputs>,
) -> Answer {
    let Some(model) = services.catalog.model(&generation.order.model) else {
        return Answer::Refused;
    };
    let route = &model.routes[0];
    let provider = services.provider(route.provider);
    let named = Ticketed {
        user: generation.user.clone(),
        generation: generation.id.clone(),
        index: order.index,
    };
    let ticket = services.tickets.issue(&named);
    let prompt = generation.order.prompt.as_str();
    if let Some(asked_at) = order.ask.look_since {
        let sought = Sought::ByTicket {
            ticket: &ticket,
            model,
            prompt,
            aspect_ratio: generation.order.aspect_ratio,
            seed: order.seed,
            created_after: created_after(asked_at),
        };
        match look(provider, sought).await {
            Ok(None) => {}
            Ok(Some(prediction)) => return Answer::Accepted(prediction),
            Err(()) => return Answer::Unknown,
        }
    }
    let inputs = match inputs {
        Ok(inputs) => inputs,
        Err(NoInputs::Gone) => return Answer::InputGone,
        Err(NoInputs::NotNow(error)) => {
            tracing::warn!(generation.id = %generation.id, error = error as &dyn std::error::Error,
                "The pictures to start from cannot be read now");
            return Answer::Later(backoff(order.ask.tries));
        }
    };
    if services.clock.now() > plus(order.taken_at, ASK_WITHIN) {
        // The store or the look took so long that the call might outlive the lease.
        return Answer::Unknown;
    }
    let callback = services
        .public_url
        .as_ref()
        .map(|base| format!("{base}/api/webhooks/{}/{}", route.provider.as_str(), ticket.as_str()));
    let request = ProviderRequest {
        model,
        prompt,
        aspect_ratio: generation.order.aspect_ratio,
        seed: order.seed,
        output_format: generation.order.output_format,
        inputs,
        strength_percent: generation.order.strength_percent,
        ticket: &ticket,
        callback,
        cancel_after: services.catalog.work_limit,
    };
    match provider.submit(&request).await {
        Ok(prediction) => Answer::Accepted(prediction),
        Err(SubmitError::Refused { reason }) => {
            tracing::info!(generation.id = %generation.id, "The provider refused: {reason}");
            Answer::Refused
        }
        Err(SubmitError::Unavailable { retry_after, source }) => {
            tracing::warn!(generation.id = %generation.id, error = &*source as &dyn std::error::Error,
                "The provider takes no request now");
            Answer::Later(retry_after.unwrap_or_else(|| backoff(order.ask.tries)))
        }
        Err(SubmitError::Uncertain(source)) => {
            tracing::warn!(generation.id = %generation.id, error = &*source as &dyn std::error::Error,
                "The provider's answer was lost");
            Answer::Unknown
        }
    }
}

/// What was asked for at `asked_at` on our clock may bear an earlier time on the provider's.
pub(super) fn created_after(asked_at: Timestamp) -> Timestamp {
    const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);
    minus(asked_at, CLOCKS_APART)
}

/// 2 s, doubled with each try, 60 s at the most.
fn backoff(tries: u32) -> Duration {
    Duration::from_secs((2_u64 << tries.min(5)).min(60))
}

async fn look(
    provider: &dyn ImageProvider,
    sought: Sought<'_>,
) -> Result<Option<PredictionId>, ()> {
    match provider.status(sought).await {
        Ok(found) => Ok(found.map(|snapshot| snapshot.id)),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "The provider cannot be asked"
            );
            Err(())
        }
    }
}

async fn record(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    answers: &[(u32, Answer)],
    taken_at: Timestamp,
) -> Result<(), DocumentsError> {
    let updated = update(services, user, id, |case| {
        let now = case.now();
        let mut unwanted = Vec::new();
        for (index, answer) in answers {
            let image = case.generation.image_mut(*index);
            match (answer, image) {
                (Answer::Accepted(prediction), Some(image)) => {
                    // A webhook may have told the same before us.
                    if !image.accepted(prediction, now) && !image.concerns(prediction) {
                        unwanted.push(prediction.clone());
                    }
                }
                (Answer::Accepted(prediction), None) => unwanted.push(prediction.clone()),
                (Answer::Later(wait), Some(image)) if image.asked_at(taken_at) => {
                    image.postpone(plus(now, signed(*wait)));
                }
                (Answer::Refused, Some(image)) if image.asked_at(taken_at) => {
                    image.state = ImageState::Failed { reason: Failure::Refused };
                }
                (Answer::InputGone, Some(image)) if image.asked_at(taken_at) => {
                    image.state = ImageState::Failed { reason: Failure::InputGone };
                }
                (Answer::Later(_) | Answer::Refused | Answer::InputGone | Answer::Unknown, _) => {}
            }
        }
        case.end_if_settled();
        unwanted
    });
    let Some((generation, unwanted)) = updated.await? else { return Ok(()) };
    // Cancelled or ended while the provider was being asked: it draws for nobody.
    for prediction in unwanted {
        super::finish::stop(services, &generation, &prediction).await;
    }
    follow_up(services, &generation, answers).await;
    Ok(())
}

/// Messages for later. Best effort: the timer looks after what is due anyway, only later.
async fn follow_up(services: &Services, generation: &Generation, answers: &[(u32, Answer)]) {
    if generation.is_final() {
        return;
    }
    let later = answers.iter().filter_map(|(_, answer)| match answer {
        Answer::Later(wait) => Some(*wait),
        _ => None,
    });
    if let Some(delay) = later.min() {
        let body =
            SubmitGeneration { user: generation.user.clone(), generation: generation.id.clone() };
        send(
            services,
            Outgoing {
                queue: generation.queue,
                id: format!("{}:resume:{}", generation.id, generation.revision),
                body: encode(&body),
                delay,
            },
        )
        .await;
    }
    let accepted = answers.iter().any(|(_, answer)| matches!(answer, Answer::Accepted(_)));
    if accepted && services.public_url.is_none() {
        look_again(services, &generation.user, &generation.id, Duration::from_secs(1)).await;
    }
}

/// Without a webhook, or when something must be tried again: look after the job in a while.
pub(super) async fn look_again(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    delay: Duration,
) {
    let body = FinishGeneration { user: user.clone(), generation: id.clone(), news: News::Silence };
    // Time in steps as long as the delay: looks that are wanted for the same step are one, and its step is always
    // ahead, so the one that is kept is still to come.
    let step = i64::try_from(delay.as_secs().max(1)).expect("delays are seconds");
    let due = plus(services.clock.now(), signed(delay)).as_second();
    send(
        services,
        Outgoing {
            queue: QueueName::GenerationResults,
            id: format!("{id}:look:{step}:{}", due.div_euclid(step)),
            body: encode(&body),
            delay,
        },
    )
    .await;
}

async fn send(services: &Services, message: Outgoing) {
    if let Err(error) = services.queue.send(&message).await {
        tracing::warn!(message.id = %message.id, error = &error as &dyn std::error::Error,
            "A follow-up was not sent; the timer will see to it");
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::from_mins(1))
}
