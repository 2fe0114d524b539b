//! The provider: what it accepts it draws and is paid for, whatever became of its answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::image_provider::{
    ImageProvider, Prediction, PredictionId, ProviderError, ProviderRequest, SUBMIT_TIMEOUT,
    Snapshot, Sought, SubmitError, WebhookCall, WebhookError,
};
use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use crate::faults::{Fault, Port};
use crate::people::mood;
use crate::surroundings::{BAD, UNSAFE};
use crate::webhook;
use crate::world::{Caller, NoAnswer, World, locked};

/// The provider's own books.
#[derive(Debug, Default)]
pub(crate) struct Studio {
    pub(crate) predictions: BTreeMap<PredictionId, Drawing>,
    next: u64,
    /// Not ended, or with a webhook on its way.
    pub(crate) busy: usize,
}

/// One prediction. Each was paid for.
#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    pub(crate) ticket: String,
    pub(crate) prompt: String,
    pub(crate) seed: u32,
    pub(crate) state: Prediction,
    accepted_at: Timestamp,
    /// Lists show it a while later.
    listed_at: Timestamp,
    callback: Option<String>,
    /// When it last moved on.
    pub(crate) ended_at: Timestamp,
}

/// What a request says, on its way.
#[derive(Debug, Clone)]
struct Letter {
    ticket: String,
    prompt: String,
    seed: u32,
    callback: Option<String>,
    cancel_after: Duration,
}

const LINK_LIFE: Duration = Duration::from_hours(1);

impl World {
    /// Some runs have no public address: then jobs are polled.
    pub(crate) fn studio_calls_back(&self) -> bool {
        self.epoch.as_millisecond() % 5 != 0
    }
}

#[async_trait]
impl ImageProvider for Caller {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<PredictionId, SubmitError> {
        let fate = self.fate(Port::Provider);
        self.dies_before(fate).await;
        let letter = Letter {
            ticket: request.ticket.as_str().to_owned(),
            prompt: request.prompt.to_owned(),
            seed: request.seed,
            callback: request.callback.clone(),
            cancel_after: request.cancel_after,
        };
        let world = Arc::clone(&self.world);
        // What was sent arrives although the sender is killed, but within the time that a submit may take.
        let call = tokio::spawn(async move {
            sleep(fate.before.min(SUBMIT_TIMEOUT.checked_sub(Duration::from_secs(1)).unwrap()))
                .await;
            match fate.fault {
                Some(Fault::Before) => return Err(not_now(None)),
                Some(Fault::Outage) if world.chance(|r| r.chance(5000)) => {
                    return Err(not_now(None));
                }
                Some(Fault::Outage) => {
                    return Err(SubmitError::Uncertain(NoAnswer { certain: false }.into()));
                }
                _ => {}
            }
            if world.strikes(Fault::Throttled, world.weather.rates.throttled) {
                let wait = world.chance(|r| r.between(1, 30));
                return Err(not_now(Some(Duration::from_secs(wait))));
            }
            if letter.prompt.contains(mood::REFUSED) {
                return Err(SubmitError::Refused { reason: "we do not draw that".into() });
            }
            let id = begin(&world, letter);
            sleep(fate.after).await;
            match fate.fault {
                Some(Fault::After | Fault::Late | Fault::Repeated) => {
                    Err(SubmitError::Uncertain(NoAnswer { certain: false }.into()))
                }
                _ => Ok(id),
            }
        });
        let answer = match timeout(SUBMIT_TIMEOUT, call).await {
            Ok(answer) => answer.expect("the provider does not panic"),
            Err(_) => Err(SubmitError::Uncertain(NoAnswer { certain: false }.into())),
        };
        self.dies_after(fate).await;
        answer
    }

    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        let now = self.world.now();
        let look = || {
            let studio = locked(&self.world.studio);
            let found = match &sought {
                Sought::ById(id) => studio.predictions.get_key_value(*id),
                Sought::ByTicket { ticket, prompt, seed, created_after, .. } => {
                    studio.predictions.iter().find(|(_, drawing)| {
                        drawing.ticket == ticket.as_str()
                            && drawing.prompt == *prompt
                            && drawing.seed == *seed
                            && drawing.accepted_at >= *created_after
                            && drawing.listed_at <= now
                    })
                }
            };
            found.map(|(id, drawing)| Snapshot { id: id.clone(), state: drawing.state.clone() })
        };
        self.ask(Port::Provider, look).await.map_err(unavailable)
    }

    async fn cancel(&self, prediction: &PredictionId) -> Result<(), ProviderError> {
        let (world, id) = (Arc::clone(&self.world), prediction.clone());
        let effect = move || report(&world, &id, Prediction::Cancelled);
        self.tell(Port::Provider, effect).await.map_err(unavailable)
    }

    fn verify(&self, call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        webhook::read(call.body).map_err(|e| WebhookError::Unreadable(e.into()))
    }

    async fn fetch(&self, output: &str) -> Result<Vec<u8>, ProviderError> {
        let gone = || ProviderError::Refused { reason: "the link is no longer good".into() };
        let look = || {
            let studio = locked(&self.world.studio);
            let id = PredictionId(output.rsplit('/').next().unwrap_or_default().to_owned());
            let drawing = studio.predictions.get(&id)?;
            let good = self.world.now() < drawing.ended_at + LINK_LIFE;
            good.then(|| picture(&drawing.prompt, drawing.seed))
        };
        self.ask(Port::Provider, look).await.map_err(unavailable)?.ok_or_else(gone)
    }
}

/// The same prompt and seed are the same picture.
fn picture(prompt: &str, seed: u32) -> Vec<u8> {
    let mark = if prompt.contains(mood::UNSAFE) && seed.is_multiple_of(2) {
        UNSAFE
    } else if prompt.contains(mood::BAD) && seed.is_multiple_of(2) {
        BAD
    } else {
        ""
    };
    format!("RIFF{seed}{mark}").into_bytes()
}

fn not_now(retry_after: Option<Duration>) -> SubmitError {
    SubmitError::Unavailable { retry_after, source: NoAnswer { certain: true }.into() }
}

fn unavailable(error: NoAnswer) -> ProviderError {
    ProviderError::Unavailable(error.into())
}

/// The provider accepts: from here on it is paid.
fn begin(world: &Arc<World>, letter: Letter) -> PredictionId {
    let id = {
        let mut studio = locked(&world.studio);
        studio.next += 1;
        studio.busy += 1;
        let id = PredictionId(format!("prediction{}", studio.next));
        let now = world.now();
        let listed = Duration::from_millis(world.chance(|r| r.between(0, 10_000)));
        let drawing = Drawing {
            ticket: letter.ticket.clone(),
            prompt: letter.prompt.clone(),
            seed: letter.seed,
            state: Prediction::Working { started: false },
            accepted_at: now,
            listed_at: now + listed,
            callback: letter.callback.clone(),
            ended_at: now,
        };
        studio.predictions.insert(id.clone(), drawing);
        id
    };
    world.note(|| format!("provider accepts {} for {}", id.0, letter.ticket));
    tokio::spawn(draw(Arc::clone(world), id.clone(), letter));
    id
}

async fn draw(world: Arc<World>, id: PredictionId, letter: Letter) {
    let wait = world.chance(|r| r.between(10, 3000));
    sleep(Duration::from_millis(wait)).await;
    report(&world, &id, Prediction::Working { started: true });
    let usual = world.chance(|r| {
        if r.chance(500) { r.between(30_000, 300_000) } else { r.between(300, 15_000) }
    });
    let stuck = letter.prompt.contains(mood::STUCK) && world.chance(|r| r.chance(7000));
    let works = if stuck { letter.cancel_after } else { Duration::from_millis(usual) };
    sleep(works.min(letter.cancel_after)).await;
    let half = |word| letter.prompt.contains(word) && world.chance(|r| r.chance(5000));
    let end_state = if stuck {
        Prediction::Cancelled
    } else if half(mood::FILTERED) {
        Prediction::Filtered
    } else if half(mood::FAILED) {
        Prediction::Failed { reason: "out of memory".into() }
    } else {
        Prediction::Drawn { output: format!("https://outputs.example/{}", id.0) }
    };
    report(&world, &id, end_state);
    locked(&world.studio).busy -= 1;
}

/// Moves a prediction on and tells. One that has ended stays as it is.
fn report(world: &Arc<World>, id: &PredictionId, state: Prediction) {
    let told = {
        let mut studio = locked(&world.studio);
        let Some(drawing) = studio.predictions.get_mut(id) else { return };
        if !matches!(drawing.state, Prediction::Working { .. }) {
            return;
        }
        drawing.state = state;
        drawing.ended_at = world.now();
        let snapshot = Snapshot { id: id.clone(), state: drawing.state.clone() };
        drawing.callback.clone().map(|callback| (callback, snapshot))
    };
    if let Some((callback, snapshot)) = told {
        webhook::call(world, &callback, &snapshot);
    }
}
