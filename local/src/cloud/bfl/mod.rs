//! Black Forest Labs: `POST /v1/{model}` takes a task, `GET /v1/get_result?id=…` tells of it, and a signed webhook tells
//! of its end. A picture can be fetched for ten minutes.
//!
//! A task is its order and two times: what it has come to is read off the clock, and the picture is painted when it is
//! fetched. So a restart forgets nothing. `fail: …`, `nsfw: …` and `slow: …` do as at Replicate.

mod store;
mod webhooks;

use std::sync::Arc;

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ulid::Ulid;

use self::store::Store;
use super::faults::Faults;
use super::replicate::script::Script;
use super::studio::{Order, Studio, extension, number};
use super::{Answer, Call, empty, same_secret, with_body};
use crate::ground::Ground;
use crate::host::settings::secrets;

const MODELS: [&str; 3] = ["flux-pro-1.1", "flux-kontext-pro", "flux-2-pro"];
const SECONDS: f64 = 3.0;
/// How long a picture can be fetched.
const KEPT: SignedDuration = SignedDuration::from_mins(10);
/// How many tasks may be at work at once.
const AT_ONCE: usize = 24;

pub(super) struct Bfl {
    key: String,
    shared: Arc<Shared>,
}

/// What calls and webhooks have in common.
struct Shared {
    /// What comes before `/v1`.
    base: String,
    studio: Studio,
    store: Store,
    faults: Arc<Faults>,
    client: reqwest::Client,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Task {
    id: String,
    order: Order,
    created_at: Timestamp,
    ends_at: Timestamp,
    webhook_url: Option<String>,
    webhook_secret: Option<String>,
}

impl Bfl {
    /// Also tells what a stop of the process left untold; call it inside the runtime.
    pub(super) fn new(ground: &Ground, faults: Arc<Faults>) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(std::time::Duration::from_secs(30))
            .build()
            .expect("the client needs nothing from the machine");
        let shared = Arc::new(Shared {
            base: format!("http://127.0.0.1:{}/_local/bfl", ground.port),
            studio: Studio::new("bfl", ground, Arc::clone(&faults)),
            store: Store::open(ground),
            faults,
            client,
        });
        for task in shared.store.untold() {
            webhooks::tell(&shared, task);
        }
        Self { key: ground.secret(secrets::BFL), shared }
    }

    pub(super) async fn handle(&self, call: &Call) -> Answer {
        let segments = call.segments();
        let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&call.method, pieces.as_slice()) {
            (&Method::GET, ["stats"]) => {
                return super::json(StatusCode::OK, &self.shared.studio.statistics());
            }
            (&Method::GET, ["samples", id]) => return self.sample(id).await,
            _ => {}
        }
        if !call.header("x-key").is_some_and(|given| same_secret(given, &self.key)) {
            return detail(StatusCode::FORBIDDEN, "Not authenticated - Invalid Authentication");
        }
        match (&call.method, pieces.as_slice()) {
            (&Method::GET, ["v1", "get_result"]) => {
                let id = call.parameter("id").unwrap_or_default();
                match self.shared.store.get(&id) {
                    Some(task) => super::json(
                        StatusCode::OK,
                        &task.shown(&self.shared.base, Timestamp::now()),
                    ),
                    None => {
                        let none = json!({ "id": id, "status": "Task not found", "result": null });
                        super::json(StatusCode::NOT_FOUND, &none)
                    }
                }
            }
            (&Method::POST, ["v1", model]) if MODELS.contains(model) => self.create(model, call),
            _ => detail(StatusCode::NOT_FOUND, "Not Found"),
        }
    }

    fn create(&self, model: &str, call: &Call) -> Answer {
        let throttled = || detail(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded.");
        if let Some(answer) = self.shared.studio.throttled(throttled) {
            return answer;
        }
        let now = Timestamp::now();
        if self.shared.store.at_work(now) >= AT_ONCE {
            return detail(StatusCode::TOO_MANY_REQUESTS, "You have too many active tasks.");
        }
        let (order, webhook_url, webhook_secret) = match order(model, &call.body) {
            Ok(order) => order,
            Err((field, complaint)) => {
                let detail = json!([{ "loc": ["body", field], "msg": complaint }]);
                return super::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": detail }));
            }
        };
        let takes = self.shared.studio.takes(&order.prompt, SECONDS);
        let takes = SignedDuration::try_from(takes).expect("seconds are a duration");
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).expect("the operating system has random numbers");
        let id = Ulid::from_bytes(random).to_string().to_lowercase();
        let task = Task {
            id: id.clone(),
            order,
            created_at: now,
            ends_at: now + takes,
            webhook_url,
            webhook_secret,
        };
        self.shared.studio.count(model);
        self.shared.store.insert(&task);
        let polling_url = format!("{}/v1/get_result?id={id}", self.shared.base);
        webhooks::tell(&self.shared, task);
        let taken = json!({ "id": id, "polling_url": polling_url, "cost": 4.0, "output_mp": 1.0 });
        super::json(StatusCode::OK, &taken)
    }

    /// Anybody who has its address may read it, as in life.
    async fn sample(&self, id: &str) -> Answer {
        let now = Timestamp::now();
        let task = self.shared.store.get(id);
        let Some(task) = task.filter(|task| task.is_ready(now) && now < task.ends_at + KEPT) else {
            return empty(StatusCode::NOT_FOUND);
        };
        let content_type = if task.order.extension == "png" { "image/png" } else { "image/jpeg" };
        match self.shared.studio.paint(&task.order).await {
            Ok(picture) => with_body(StatusCode::OK, content_type, picture),
            Err(sentence) => detail(StatusCode::INTERNAL_SERVER_ERROR, &sentence),
        }
    }
}

impl Task {
    fn is_ready(&self, now: Timestamp) -> bool {
        self.status(now) == "Ready"
    }

    fn status(&self, now: Timestamp) -> &'static str {
        if now < self.ends_at {
            return "Pending";
        }
        match Script::of(&self.order.prompt).error(1) {
            None => "Ready",
            Some(error) if error.contains("NSFW") => "Content Moderated",
            Some(_) => "Error",
        }
    }

    fn shown(&self, base: &str, now: Timestamp) -> Value {
        let sample = format!("{base}/samples/{}", self.id);
        let result =
            self.is_ready(now).then(|| json!({ "sample": sample, "seed": self.order.seed }));
        let done = self.ends_at.duration_since(self.created_at).as_secs_f64().max(0.001);
        let progress = (now.duration_since(self.created_at).as_secs_f64() / done).min(1.0);
        json!({
            "id": self.id, "status": self.status(now), "result": result, "progress": progress,
            "details": null,
        })
    }
}

type Ordered = (Order, Option<String>, Option<String>);

fn order(model: &str, body: &[u8]) -> Result<Ordered, (&'static str, &'static str)> {
    let body: Value = serde_json::from_slice(body).map_err(|_| ("", "JSON decode error"))?;
    let text = |name| body.get(name).and_then(Value::as_str);
    let prompt = text("prompt").ok_or(("prompt", "Field required"))?;
    let (width, height) = match text("aspect_ratio").and_then(|ratio| ratio.split_once(':')) {
        Some((width, height)) => {
            let side = |text: &str| text.parse::<u32>().ok().filter(|side| (1..=21).contains(side));
            let ratio = (side(width), side(height));
            let (Some(width), Some(height)) = ratio else {
                return Err(("aspect_ratio", "Input should be a ratio from 21:9 to 9:21"));
            };
            megapixel(width, height)
        }
        None => (number(&body, "width", 1024), number(&body, "height", 768)),
    };
    if [width, height].iter().any(|side| !side.is_multiple_of(32) || !(256..=2048).contains(side)) {
        return Err(("width", "Input should be a multiple of 32 from 256 to 2048"));
    }
    if body.get("safety_tolerance").and_then(Value::as_u64).is_some_and(|it| it > 6) {
        return Err(("safety_tolerance", "Input should be less than or equal to 6"));
    }
    let here =
        |url: &&str| url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    let webhook = text("webhook_url");
    if webhook.is_some_and(|url| !here(&url)) {
        return Err(("webhook_url", "The local Black Forest Labs call no other machine"));
    }
    let order = Order {
        model: model.to_owned(),
        prompt: prompt.to_owned(),
        seed: body.get("seed").and_then(Value::as_u64).unwrap_or(0),
        width,
        height,
        extension: extension(text("output_format")),
        input: text("input_image").map(str::to_owned),
    };
    Ok((order, webhook.map(str::to_owned), text("webhook_secret").map(str::to_owned)))
}

/// About a megapixel in that shape, in steps of 32.
fn megapixel(width: u32, height: u32) -> (u32, u32) {
    let area = |step: u32| (step * 32) * (step * 32 * height / width);
    let step = (8..=64).take_while(|step| area(*step) <= 1024 * 1024).last().unwrap_or(8);
    let wide = step * 32;
    (wide, (wide * height / width).next_multiple_of(32).clamp(256, 2048))
}

fn detail(status: StatusCode, sentence: &str) -> Answer {
    super::json(status, &json!({ "detail": sentence }))
}

#[cfg(test)]
mod tests;
