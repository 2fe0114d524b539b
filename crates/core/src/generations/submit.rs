//! Handing a job to its provider, paying once.
//!
//! An intent is stored before a provider is asked and the prediction's id after. While the intent's lease runs
//! nobody else asks; when it has run out, whoever comes next first looks for what may have been asked, by the ticket
//! it carries, and asks only if there is nothing. A provider that certainly started nothing is followed by the next
//! route of the same model, with an intent of its own.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;

use super::ask::{Answer, AskOrder, ask, discard_raw};
use super::generation::{Failure, Generation, Stage, plus};
use super::image::{ASK_WITHIN, ImageState};
use super::inputs;
use super::route::Routes;
use super::update::{Case, update};
use crate::catalog::Provider;
use crate::ids::{DecisionId, GenerationId, UserId};
use crate::messages::{FinishGeneration, News, QueueName, SubmitGeneration};
use crate::ports::documents::{DocumentsError, encode};
use crate::ports::image_provider::PredictionId;
use crate::ports::moderation::Category;
use crate::ports::queue::Outgoing;
use crate::safety::{Decision, Fingerprint};
use crate::services::Services;

/// Handles one submit message. Late, twice or for a job that has ended: nothing happens.
pub async fn submit(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<(), DocumentsError> {
    let begun_at = services.clock.now();
    // Each round asks another route: a picture is turned away by each at the most once before it has to wait.
    loop {
        let mut routes = Routes::new(services, services.clock.now());
        let decided = update(services, user, id, |case| take(case, &mut routes)).await?;
        let Some((generation, Taken { orders, wait })) = decided else {
            tracing::warn!(generation.id = %id, "A message speaks of generation `{id}`, which does not exist");
            return Ok(());
        };
        if let Some(wait) = wait {
            resume(services, &generation, wait).await;
        }
        if orders.is_empty() {
            return Ok(());
        }
        let inputs = inputs::read(services, &generation).await;
        let answers = orders.iter().map(|order| ask(services, &generation, order, &inputs));
        let answers = join_all(answers).await;
        let turned_away = answers.iter().any(|answer| matches!(answer, Answer::TurnedAway));
        let Some(generation) = record(services, user, id, &orders, &answers).await? else {
            return Ok(());
        };
        if !turned_away || generation.is_final() {
            return Ok(());
        }
        if services.clock.now() > plus(begun_at, ASK_WITHIN) {
            // Another call might not fit into this function's time.
            resume(services, &generation, Duration::ZERO).await;
            return Ok(());
        }
    }
}

struct Taken {
    orders: Vec<AskOrder>,
    /// For the pictures that nobody can be asked for now.
    wait: Option<Duration>,
}

fn take(case: &mut Case<'_>, routes: &mut Routes<'_>) -> Taken {
    let now = case.now();
    let mut taken = Taken { orders: Vec::new(), wait: None };
    if case.generation.give_up_at().is_some_and(|at| at <= now) {
        case.end(case.generation.timed_out());
        return taken;
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
        Stage::Waiting | Stage::Ended(_) => return taken,
    }
    let model = case.services.catalog.model(&case.generation.order.model);
    let Stage::AtWork { images, .. } = &mut case.generation.stage else { return taken };
    for image in images {
        let Some(ask) = image.may_ask(now) else { continue };
        let provider = match (ask.look_since, model) {
            // What an earlier worker may have asked for is looked for where it was asked for.
            (Some(_), _) => image.provider,
            (None, Some(model)) if routes.exist(model) => {
                let Some(provider) = routes.choose(model, &image.passed) else {
                    let wait = routes.wait(model, ask.tries);
                    image.postpone(plus(now, signed(wait)));
                    taken.wait = Some(taken.wait.map_or(wait, |other| other.min(wait)));
                    continue;
                };
                provider
            }
            (None, _) => {
                tracing::error!(generation.id = %case.generation.id, "No provider makes this model");
                image.state = ImageState::Failed { reason: Failure::Refused };
                continue;
            }
        };
        let lease_until = image.ask(provider, &ask, now);
        let (index, seed) = (image.index, image.seed);
        taken.orders.push(AskOrder { index, seed, provider, ask, taken_at: now, lease_until });
    }
    case.end_if_settled();
    taken
}

/// Writes down what came of the asking. `None`: there is no such job any more.
async fn record(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    orders: &[AskOrder],
    answers: &[Answer],
) -> Result<Option<Generation>, DocumentsError> {
    let updated = update(services, user, id, |case| {
        let now = case.now();
        let wish = case.generation.order.clone();
        let mut unwanted = Vec::new();
        for (order, answer) in orders.iter().zip(answers) {
            let price = price(case, order.provider);
            let Some(image) = case.generation.image_mut(order.index) else {
                unwanted.extend(Unwanted::of(order, answer));
                continue;
            };
            let stands = image.asked_until(order.lease_until);
            match answer {
                Answer::Accepted(prediction) => {
                    // A webhook may have told the same before us.
                    if !image.accepted(order.provider, prediction, now)
                        && !image.concerns(order.provider, prediction)
                    {
                        unwanted.extend(Unwanted::of(order, answer));
                    }
                }
                Answer::Kept => {
                    if image.kept(now) {
                        image.provider = order.provider;
                        image.spent_usd_micros = price;
                    } else if !matches!(image.state, ImageState::Kept { .. }) {
                        unwanted.extend(Unwanted::of(order, answer));
                    }
                }
                Answer::TurnedAway if stands => image.turned_away(),
                Answer::Refused if stands => {
                    image.state = ImageState::Failed { reason: Failure::Refused };
                }
                Answer::Filtered if stands => {
                    let (decision, category) =
                        (DecisionId::new(services.fresh_ulid()), Category::Other);
                    image.spent_usd_micros = price;
                    image.state = ImageState::Filtered { decision: decision.clone(), category };
                    let fingerprint = Fingerprint::of_image(&wish, image.seed);
                    let place = (id.clone(), order.index);
                    let kept =
                        Decision::of_image(decision, place, fingerprint, category, None, now);
                    case.draft.create(kept.document());
                }
                Answer::Failed if stands => {
                    image.state = ImageState::Failed { reason: Failure::ProviderFailed };
                }
                Answer::InputGone if stands => {
                    image.state = ImageState::Failed { reason: Failure::InputGone };
                }
                Answer::Lost if stands => {
                    image.spent_usd_micros = price;
                    image.state = ImageState::Failed { reason: Failure::ProviderFailed };
                }
                Answer::TurnedAway
                | Answer::Refused
                | Answer::Filtered
                | Answer::Failed
                | Answer::InputGone
                | Answer::Lost
                | Answer::Unknown => {}
            }
        }
        case.end_if_settled();
        unwanted
    });
    let Some((generation, unwanted)) = updated.await? else { return Ok(None) };
    // Cancelled or ended while the provider was being asked: it draws for nobody.
    for it in unwanted {
        match it {
            Unwanted::Prediction(provider, prediction) => {
                super::finish::stop(services, &generation, provider, &prediction).await;
            }
            Unwanted::File { index } => discard_raw(services, &generation, index).await,
        }
    }
    follow_up(services, &generation, answers).await;
    Ok(Some(generation))
}

/// What a provider made for a picture that is over.
enum Unwanted {
    Prediction(Provider, PredictionId),
    File { index: u32 },
}

impl Unwanted {
    fn of(order: &AskOrder, answer: &Answer) -> Option<Self> {
        match answer {
            Answer::Accepted(it) => Some(Self::Prediction(order.provider, it.clone())),
            Answer::Kept => Some(Self::File { index: order.index }),
            Answer::TurnedAway
            | Answer::Refused
            | Answer::Filtered
            | Answer::Failed
            | Answer::InputGone
            | Answer::Lost
            | Answer::Unknown => None,
        }
    }
}

/// What `provider` takes for one picture of this job.
pub(super) fn price(case: &Case<'_>, provider: Provider) -> u64 {
    let model = case.services.catalog.model(&case.generation.order.model);
    model.and_then(|model| model.route(provider)).map_or(0, |route| route.usd_micros)
}

/// Messages for later. Best effort: the timer looks after what is due anyway, only later.
async fn follow_up(services: &Services, generation: &Generation, answers: &[Answer]) {
    if generation.is_final() {
        return;
    }
    let kept = answers.iter().any(|answer| matches!(answer, Answer::Kept));
    let accepted = answers.iter().any(|answer| matches!(answer, Answer::Accepted(_)));
    if kept || (accepted && services.public_url.is_none()) {
        look_again(services, &generation.user, &generation.id, Duration::from_secs(1)).await;
    }
}

/// Goes on with what had to wait.
async fn resume(services: &Services, generation: &Generation, delay: Duration) {
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
