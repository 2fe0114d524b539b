//! What those who draw have in common beside Replicate: the painter, the time it takes, the limits, the count.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen_painter as painter;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::faults::Faults;
use super::replicate::limits::Bucket;
use super::replicate::picture::{decode, encode, fetch, is_unsafe, mark, within};
use super::replicate::script::Script;
use super::{Answer, with_header};
use crate::ground::Ground;

/// What is to be painted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) model: String,
    pub(super) prompt: String,
    pub(super) seed: u64,
    pub(super) width: u32,
    pub(super) height: u32,
    /// `webp`, `png` or `jpg`.
    pub(super) extension: String,
    /// A picture to start from: base64, a `data:` address, or an address on this machine.
    pub(super) input: Option<String>,
}

pub(super) struct Studio {
    service: &'static str,
    ground: Ground,
    faults: Arc<Faults>,
    client: reqwest::Client,
    painting: Semaphore,
    creates: Bucket,
}

impl Studio {
    pub(super) fn new(service: &'static str, ground: &Ground, faults: Arc<Faults>) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()
            .expect("the client needs nothing from the machine");
        let database = ground.database.lock().expect("no holder panics");
        database
            .execute_batch(
                "CREATE TABLE IF NOT EXISTS studio_orders (number INTEGER PRIMARY KEY AUTOINCREMENT,
                     service TEXT NOT NULL, model TEXT NOT NULL)",
            )
            .expect("the database was opened for writing");
        drop(database);
        let (painting, creates) = (Semaphore::new(1), Bucket::new());
        Self { service, ground: Ground::clone(ground), faults, client, painting, creates }
    }

    /// The answer to a create beyond the limit.
    pub(super) fn throttled(&self, refuse: impl FnOnce() -> Answer) -> Option<Answer> {
        let limit = self.faults.creates_per_minute(self.service);
        let room = self.creates.take(limit, Instant::now());
        (!room.granted).then(|| with_header(refuse(), "retry-after", &room.reset.to_string()))
    }

    /// From here on it is paid.
    pub(super) fn count(&self, model: &str) {
        self.ground
            .database
            .lock()
            .expect("no holder panics")
            .execute(
                "INSERT INTO studio_orders (service, model) VALUES (?1, ?2)",
                (self.service, model),
            )
            .expect("the database was opened for writing");
    }

    /// For `/stats`, under the same name as Replicate's.
    pub(super) fn statistics(&self) -> Value {
        let database = self.ground.database.lock().expect("no holder panics");
        let created: i64 = database
            .query_row(
                "SELECT count(*) FROM studio_orders WHERE service = ?1",
                [self.service],
                |row| row.get(0),
            )
            .expect("the table exists");
        json!({ "predictions_created": created })
    }

    /// How long a model that takes `seconds` works on `prompt`.
    pub(super) fn takes(&self, prompt: &str, seconds: f64) -> Duration {
        let seconds = if Script::of(prompt).slow { 20.0 } else { seconds };
        Duration::from_secs_f64(seconds / self.faults.speed(self.service))
    }

    /// The picture, or a sentence about the input that is none.
    pub(super) async fn paint(&self, order: &Order) -> Result<Vec<u8>, String> {
        let input = match &order.input {
            None => None,
            Some(input) if input.starts_with("http") || input.starts_with("data:") => {
                Some(decode(fetch(&self.client, input).await?)?)
            }
            Some(base64) => {
                let bytes = BASE64.decode(base64).map_err(|_| "an input image is not base64")?;
                Some(decode(bytes)?)
            }
        };
        // One at a time: the machine has other work.
        let turn = self.painting.acquire().await.expect("the semaphore is never closed");
        let canvas = self.faults.canvas(self.service);
        let order = order.clone();
        let painted = tokio::task::spawn_blocking(move || {
            let subject = Script::of(&order.prompt).subject;
            let (width, height) = within(canvas, order.width, order.height);
            let mut picture = match input {
                Some(input) => painter::repaint(subject, order.seed, &input, 0.55, width, height),
                None => painter::paint(subject, order.seed, width, height),
            };
            if is_unsafe(subject, 0) {
                mark(&mut picture);
            }
            encode(&picture, &order.extension, 95)
        });
        let painted = painted.await;
        drop(turn);
        painted.map_err(|e| e.to_string())
    }
}

/// A number of a body, or the default.
pub(super) fn number(body: &Value, name: &str, default: u32) -> u32 {
    let number = body.get(name).and_then(Value::as_u64);
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
}

/// As the vendors name formats.
pub(super) fn extension(format: Option<&str>) -> String {
    match format {
        Some("png") => "png",
        Some("webp") => "webp",
        _ => "jpg",
    }
    .to_owned()
}
