//! What lies outside of the app, in memory. Each keeps the promises of its port and nothing more.

use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use image::{ImageFormat, Rgb, RgbImage};
use imagegen_core::catalog::Provider;
use imagegen_core::ids::UserId;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::clock::{Clock, Ids};
use imagegen_core::ports::identity::{Identity, IdentityError, Person};
use imagegen_core::ports::image_provider::{
    ImageProvider, InputImage, Prediction, PredictionId, ProviderError, ProviderRequest, Snapshot,
    Sought, SubmitError, Submitted, WebhookCall, WebhookError,
};
use imagegen_core::ports::moderation::{Category, Moderation, ModerationError, Verdict};
use imagegen_core::ports::queue::{Outgoing, Queue, QueueError};
use imagegen_core::ports::realtime::{Realtime, RealtimeError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub(crate) const ISSUER: &str = "https://issuer.test";
/// The provider's signature of every webhook.
pub(crate) const SIGNATURE: &str = "v1,right";

fn down(what: &str) -> BoxError {
    format!("the test has switched {what} off").into()
}

/// Time that passes when a test says so.
#[derive(Debug)]
pub(crate) struct TestClock(watch::Sender<Timestamp>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new("2026-01-15T08:00:00Z".parse().expect("a time")))
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.0.send_modify(|now| *now += duration);
    }

    pub(crate) fn set(&self, text: &str) {
        self.0.send_replace(text.parse().expect("a time"));
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now() + duration;
        let mut time = self.0.subscribe();
        let _ = time.wait_for(|now| *now >= until).await;
    }
}

/// Counts, so that ids of one moment sort by creation.
#[derive(Debug, Default)]
pub(crate) struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn random(&self) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Takes `user-<name>` for a token of that person, and nothing else.
#[derive(Debug)]
pub(crate) struct NamedUsers;

#[async_trait]
impl Identity for NamedUsers {
    async fn authenticate(&self, bearer: &str) -> Result<Person, IdentityError> {
        let name = bearer.strip_prefix("user-");
        let name = name.ok_or(IdentityError::Invalid { reason: "it is no token of ours" })?;
        Ok(Person {
            issuer: ISSUER.into(),
            subject: name.into(),
            email: Some(format!("{name}@example.com")),
            name: Some(name.into()),
            roles: Vec::new(),
        })
    }
}

pub(crate) fn user_id(name: &str) -> UserId {
    UserId::of(ISSUER, name)
}

/// A message that waits, with the time from which it may be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) message: Outgoing,
    pub(crate) from: Timestamp,
    pub(crate) deliveries: u32,
}

/// Keeps messages until a test has them delivered; the same id is kept once.
#[derive(Debug)]
pub(crate) struct TestQueue {
    clock: Arc<TestClock>,
    kept: Mutex<VecDeque<Kept>>,
    ids: Mutex<Vec<String>>,
}

impl TestQueue {
    pub(crate) fn new(clock: Arc<TestClock>) -> Self {
        Self { clock, kept: Mutex::default(), ids: Mutex::default() }
    }

    /// The oldest message that is due.
    pub(crate) fn take(&self) -> Option<Kept> {
        let now = self.clock.now();
        let mut kept = self.kept.lock().expect("no holder panics");
        let place = kept.iter().position(|it| it.from <= now)?;
        kept.remove(place)
    }

    pub(crate) fn give_back(&self, it: Kept) {
        self.kept.lock().expect("no holder panics").push_back(it);
    }

    /// What waits is lost.
    pub(crate) fn forget(&self) {
        self.kept.lock().expect("no holder panics").clear();
    }

    /// As it does after ten minutes: an id that it had is new again.
    pub(crate) fn forget_ids(&self) {
        self.ids.lock().expect("no holder panics").clear();
    }

    pub(crate) fn waiting(&self) -> Vec<Outgoing> {
        let kept = self.kept.lock().expect("no holder panics");
        kept.iter().map(|it| it.message.clone()).collect()
    }
}

#[async_trait]
impl Queue for TestQueue {
    async fn send(&self, message: &Outgoing) -> Result<(), QueueError> {
        let mut ids = self.ids.lock().expect("no holder panics");
        if !ids.contains(&message.id) {
            ids.push(message.id.clone());
            let from = self.clock.now() + message.delay;
            self.give_back(Kept { message: message.clone(), from, deliveries: 0 });
        }
        Ok(())
    }
}

/// One prediction of [`TestProvider`].
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) id: PredictionId,
    pub(crate) ticket: String,
    pub(crate) prompt: String,
    pub(crate) seed: u32,
    pub(crate) callback: Option<String>,
    pub(crate) inputs: Vec<InputImage>,
    pub(crate) strength_percent: Option<u8>,
    pub(crate) state: Prediction,
}

/// Draws squares. A word before a colon in the prompt decides otherwise: `refuse:`, `fail:`, `nsfw:`.
///
/// Which provider it is decides how it behaves: Replicate can be searched by ticket, the others cannot; Foundry and Cog
/// draw while they are asked.
#[derive(Debug)]
pub(crate) struct TestProvider {
    which: Provider,
    sheets: Mutex<Vec<Sheet>>,
    mood: Mutex<Mood>,
    /// Requests, also those that came to nothing.
    asked: AtomicU64,
}

/// What [`TestProvider`] does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    /// 429, with the patience that it asks for.
    Throttles(Option<Duration>),
    /// It does what it is asked for, and the answer gets lost.
    LosesAnswers,
    /// It got lost on the way, and nobody knows.
    LosesRequests,
}

/// The body of a webhook of [`TestProvider`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WebhookBody {
    pub(crate) id: PredictionId,
    pub(crate) state: Prediction,
}

impl TestProvider {
    pub(crate) fn new(which: Provider) -> Self {
        let (sheets, mood) = (Mutex::default(), Mutex::new(Mood::Works));
        Self { which, sheets, mood, asked: AtomicU64::new(0) }
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().expect("no holder panics") = mood;
    }

    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    pub(crate) fn sheets(&self) -> Vec<Sheet> {
        self.sheets.lock().expect("no holder panics").clone()
    }

    /// Ends every prediction that is worked on, and returns these.
    pub(crate) fn draw(&self) -> Vec<Sheet> {
        let mut drawn = Vec::new();
        for sheet in self.sheets.lock().expect("no holder panics").iter_mut() {
            if matches!(sheet.state, Prediction::Working { .. }) {
                sheet.state = match sheet.prompt.split_once(':').map(|(word, _)| word) {
                    Some("fail") => Prediction::Failed { reason: "out of paint".into() },
                    Some("nsfw") => Prediction::Filtered,
                    _ => Prediction::Drawn { output: format!("test://{}", sheet.id.0) },
                };
                drawn.push(sheet.clone());
            }
        }
        drawn
    }
}

/// A picture of 256 × 256 pixels whose colours tell its seed.
pub(crate) fn picture(seed: u32) -> RgbImage {
    let [_, red, green, blue] = seed.wrapping_mul(2_654_435_761).to_be_bytes();
    RgbImage::from_pixel(256, 256, Rgb([red, green, blue]))
}

/// The provider's file of a seed.
pub(crate) fn png(seed: u32) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    picture(seed).write_to(&mut png, ImageFormat::Png).expect("memory is writable");
    png.into_inner()
}

#[async_trait]
impl ImageProvider for TestProvider {
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mood = *self.mood.lock().expect("no holder panics");
        if let Mood::Throttles(retry_after) = mood {
            return Err(SubmitError::Unavailable { retry_after, source: down("the provider") });
        }
        if mood == Mood::LosesRequests {
            return Err(SubmitError::Uncertain(down("the wire")));
        }
        if request.prompt.starts_with("refuse:") {
            return Err(SubmitError::Refused { reason: "not this".into() });
        }
        let mut sheets = self.sheets.lock().expect("no holder panics");
        let id = PredictionId(match self.which {
            Provider::Replicate => format!("prediction-{}", sheets.len()),
            other => format!("{}-{}", other.as_str(), sheets.len()),
        });
        let at_once = self.which.draws_while_asked();
        sheets.push(Sheet {
            id: id.clone(),
            ticket: request.ticket.as_str().to_owned(),
            prompt: request.prompt.to_owned(),
            seed: request.seed,
            callback: request.callback.clone(),
            inputs: request.inputs.to_vec(),
            strength_percent: request.strength_percent,
            state: if at_once {
                Prediction::Drawn { output: String::new() }
            } else {
                Prediction::Working { started: true }
            },
        });
        match mood {
            Mood::LosesAnswers => Err(SubmitError::Uncertain(down("the wire"))),
            _ if at_once => Ok(Submitted::Drawn { picture: png(request.seed) }),
            _ => Ok(Submitted::Started(id)),
        }
    }

    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError> {
        let sheets = self.sheets();
        let searchable = self.which == Provider::Replicate;
        let found = sheets.into_iter().find(|sheet| match &sought {
            Sought::ById(id) => sheet.id.is(id),
            Sought::ByTicket { ticket, .. } => searchable && sheet.ticket == ticket.as_str(),
        });
        match (found, sought) {
            (None, Sought::ByTicket { .. }) if !searchable => Err(ProviderError::Unsearchable),
            (found, _) => Ok(found.map(|Sheet { id, state, .. }| Snapshot { id, state })),
        }
    }

    async fn cancel(&self, prediction: &PredictionId) -> Result<(), ProviderError> {
        let mut sheets = self.sheets.lock().expect("no holder panics");
        let sheet = sheets.iter_mut().find(|sheet| sheet.id == *prediction);
        if let Some(sheet) = sheet.filter(|it| matches!(it.state, Prediction::Working { .. })) {
            sheet.state = Prediction::Cancelled;
        }
        Ok(())
    }

    fn verify(&self, call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError> {
        if call.signature != Some(SIGNATURE) {
            return Err(WebhookError::Forged("no signature is right"));
        }
        let WebhookBody { id, state } = serde_json::from_slice(call.body)
            .map_err(|error| WebhookError::Unreadable(error.into()))?;
        Ok(Snapshot { id, state })
    }

    async fn fetch(&self, output: &str) -> Result<Vec<u8>, ProviderError> {
        let id = output.trim_start_matches("test://");
        let sheet = self.sheets().into_iter().find(|sheet| sheet.id.0 == id);
        let sheet = sheet.ok_or(ProviderError::Refused { reason: "no such output".into() })?;
        Ok(png(sheet.seed))
    }
}

/// Finds the word `forbidden` violent, and the pictures of [`Self::keep_back`]; or is down.
#[derive(Debug, Default)]
pub(crate) struct TestModeration {
    pub(crate) is_down: AtomicBool,
    /// Whether it says that no picture is one.
    pub(crate) is_blind: AtomicBool,
    /// Whether it finds every picture violent.
    pub(crate) keeps_pictures_back: AtomicBool,
    kept_back: Mutex<Vec<Vec<u8>>>,
}

impl TestModeration {
    /// From now on the picture of this seed is kept back.
    pub(crate) fn keep_back(&self, seed: u32) {
        self.kept_back.lock().expect("no holder panics").push(png(seed));
    }
}

#[async_trait]
impl Moderation for TestModeration {
    async fn text(&self, text: &str) -> Result<Verdict, ModerationError> {
        if self.is_down.load(Ordering::Relaxed) {
            return Err(ModerationError::Unavailable(down("the safety check")));
        }
        if text.contains("forbidden") {
            return Ok(Verdict::Blocked { category: Category::Violence, severity: 6 });
        }
        Ok(Verdict::Allowed)
    }

    async fn image(&self, image: &[u8]) -> Result<Verdict, ModerationError> {
        if self.is_down.load(Ordering::Relaxed) {
            return Err(ModerationError::Unavailable(down("the safety check")));
        }
        if self.is_blind.load(Ordering::Relaxed) {
            return Err(ModerationError::Unusable("it is no picture".into()));
        }
        if self.kept_back.lock().expect("no holder panics").iter().any(|kept| kept == image) {
            return Ok(Verdict::Blocked { category: Category::Sexual, severity: 4 });
        }
        if self.keeps_pictures_back.load(Ordering::Relaxed) {
            return Ok(Verdict::Blocked { category: Category::Violence, severity: 6 });
        }
        Ok(Verdict::Allowed)
    }
}

/// Keeps what users were told.
#[derive(Debug, Default)]
pub(crate) struct TestRealtime(Mutex<Vec<(UserId, serde_json::Value)>>);

impl TestRealtime {
    pub(crate) fn told(&self, user: &UserId) -> Vec<serde_json::Value> {
        let told = self.0.lock().expect("no holder panics");
        told.iter().filter(|(who, _)| who == user).map(|(_, event)| event.clone()).collect()
    }
}

#[async_trait]
impl Realtime for TestRealtime {
    async fn negotiate(&self, user: &UserId, _now: Timestamp) -> Result<String, RealtimeError> {
        Ok(format!("wss://realtime.test/{user}"))
    }

    async fn publish(&self, user: &UserId, event: String) -> Result<(), RealtimeError> {
        let event = serde_json::from_str(&event).expect("an event is JSON");
        self.0.lock().expect("no holder panics").push((user.clone(), event));
        Ok(())
    }
}
