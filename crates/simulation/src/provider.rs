//! The providers: what one accepts it draws and is paid for, whatever became of its answer.
//!
//! They differ as in life. Replicate can be searched by ticket; Black Forest Labs and Foundry cannot. Foundry and Cog
//! draw while they are asked and keep nothing. Cog takes the same request again as the same one, and nobody pays it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::catalog::Provider;
use imagegen_core::ports::image_provider::{
    ImageProvider, Prediction, PredictionId, ProviderError, ProviderRequest, Snapshot, Sought,
    SubmitError, Submitted, WebhookCall, WebhookError, submit_timeout,
};
use imagegen_core::providers::Providers;
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
    pub(crate) provider: Provider,
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
    provider: Provider,
    ticket: String,
    prompt: String,
    seed: u32,
    callback: Option<String>,
    cancel_after: Duration,
}

fn link_life(provider: Provider) -> Duration {
    match provider {
        Provider::Bfl => Duration::from_mins(10),
        Provider::Replicate | Provider::Foundry | Provider::Cog => Duration::from_hours(1),
    }
}

impl World {
    /// Some runs have no public address: then jobs are polled.
    pub(crate) fn studio_calls_back(&self) -> bool {
        self.epoch.as_millisecond() % 5 != 0
    }
}

/// One process's way to one provider.
#[derive(Debug)]
struct Line {
    provider: Provider,
    caller: Arc<Caller>,
}

/// Some runs have one provider, others all.
pub(crate) fn all(caller: &Arc<Caller>) -> Providers {
    let several = caller.world.epoch.as_millisecond() % 3 != 0;
    let known = Provider::ALL.into_iter().filter(|p| several || *p == Provider::Replicate);
    let line = |provider| Arc::new(Line { provider, caller: Arc::clone(caller) });
    Providers::new(known.map(|provider| (provider, line(provider) as Arc<dyn ImageProvider>)))
}

#[async_trait]
impl ImageProvider for Line {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError> {
        let Self { provider, caller } = self;
        let at_once = provider.draws_while_asked();
        let limit = submit_timeout(*provider);
        let fate = caller.fate(Port::Provider);
        caller.dies_before(fate).await;
        let letter = Letter {
            provider: *provider,
            ticket: request.ticket.as_str().to_owned(),
            prompt: request.prompt.to_owned(),
            seed: request.seed,
            callback: request.callback.clone(),
            cancel_after: request.cancel_after,
        };
        let world = Arc::clone(&caller.world);
        // What was sent arrives although the sender is killed, but within the time that a submit may take.
        let call = tokio::spawn(async move {
            sleep(fate.before.min(limit.saturating_sub(Duration::from_secs(1)))).await;
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
            let submitted = if at_once {
                let drawing = draw_at_once(&world, letter);
                sleep(Duration::from_millis(world.chance(|r| r.between(500, 60_000)))).await;
                Submitted::Drawn { picture: drawing }
            } else {
                Submitted::Started(begin(&world, letter))
            };
            sleep(fate.after).await;
            match fate.fault {
                Some(Fault::After | Fault::Late | Fault::Repeated) => {
                    Err(SubmitError::Uncertain(NoAnswer { certain: false }.into()))
                }
                _ => Ok(submitted),
            }
        });
        let answer = match timeout(limit, call).await {
            Ok(answer) => answer.expect("the provider does not panic"),
            Err(_) => Err(SubmitError::Uncertain(NoAnswer { certain: false }.into())),
        };
        caller.dies_after(fate).await;
        answer
    }

    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        match (self.provider, &sought) {
            (Provider::Bfl | Provider::Foundry, Sought::ByTicket { .. }) => {
                return Err(ProviderError::Unsearchable);
            }
            (Provider::Cog, _) => return Ok(None),
            (Provider::Replicate | Provider::Bfl | Provider::Foundry, _) => {}
        }
        let world = &self.caller.world;
        let now = world.now();
        let look = || {
            let studio = locked(&world.studio);
            let found = match &sought {
                Sought::ById(id) => {
                    let found = studio.predictions.get_key_value(*id);
                    found.filter(|(_, drawing)| drawing.provider == self.provider)
                }
                Sought::ByTicket { ticket, prompt, seed, created_after, .. } => {
                    studio.predictions.iter().find(|(_, drawing)| {
                        drawing.provider == self.provider
                            && drawing.ticket == ticket.as_str()
                            && drawing.prompt == *prompt
                            && drawing.seed == *seed
                            && drawing.accepted_at >= *created_after
                            && drawing.listed_at <= now
                    })
                }
            };
            found.map(|(id, drawing)| Snapshot { id: id.clone(), state: drawing.state.clone() })
        };
        self.caller.ask(Port::Provider, look).await.map_err(unavailable)
    }

    async fn cancel(&self, prediction: &PredictionId) -> Result<(), ProviderError> {
        if self.provider != Provider::Replicate {
            return Ok(());
        }
        let (world, id) = (Arc::clone(&self.caller.world), prediction.clone());
        let effect = move || report(&world, &id, Prediction::Cancelled);
        self.caller.tell(Port::Provider, effect).await.map_err(unavailable)
    }

    fn verify(&self, call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        webhook::read(call.body).map_err(|e| WebhookError::Unreadable(e.into()))
    }

    async fn fetch(&self, output: &str) -> Result<Vec<u8>, ProviderError> {
        let gone = || ProviderError::Refused { reason: "the link is no longer good".into() };
        let look = || {
            let studio = locked(&self.caller.world.studio);
            let id = PredictionId(output.rsplit('/').next().unwrap_or_default().to_owned());
            let drawing = studio.predictions.get(&id)?;
            let good = self.caller.world.now() < drawing.ended_at + link_life(self.provider);
            good.then(|| picture(&drawing.prompt, drawing.seed))
        };
        self.caller.ask(Port::Provider, look).await.map_err(unavailable)?.ok_or_else(gone)
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
            provider: letter.provider,
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

/// From here on it is paid, and it is remembered by nobody but whoever reads the answer.
fn draw_at_once(world: &World, letter: Letter) -> Vec<u8> {
    let picture = picture(&letter.prompt, letter.seed);
    let mut studio = locked(&world.studio);
    studio.next += 1;
    let id = match letter.provider {
        // The same request is the same prediction.
        Provider::Cog => format!("cog {}", letter.ticket),
        Provider::Replicate | Provider::Foundry | Provider::Bfl => {
            format!("drawing{}", studio.next)
        }
    };
    let now = world.now();
    let drawing = Drawing {
        provider: letter.provider,
        ticket: letter.ticket,
        prompt: letter.prompt,
        seed: letter.seed,
        state: Prediction::Drawn { output: String::new() },
        accepted_at: now,
        listed_at: now,
        callback: None,
        ended_at: now,
    };
    studio.predictions.insert(PredictionId(id), drawing);
    picture
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
