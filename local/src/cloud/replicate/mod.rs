//! Replicate: takes predictions of FLUX models, paints them itself, and tells about it in signed webhooks.
//!
//! What a prompt can make go wrong is listed in `script.rs`.

mod input;
pub(in crate::cloud) mod limits;
mod models;
mod order;
pub(in crate::cloud) mod picture;
mod prediction;
mod run;
pub(in crate::cloud) mod script;
mod shared;
mod store;
mod webhooks;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use ulid::Ulid;

use self::limits::{Bucket, Room};
use self::order::Order;
use self::prediction::{Event, Prediction, Status};
use self::shared::Shared;
use self::store::Store;
use super::faults::Faults;
use super::{Answer, Call, same_secret, with_body, with_header};
use crate::ground::Ground;

/// What comes before `/v1` and `/files`.
pub(crate) fn base_url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/_local/replicate")
}

/// The account's token of this data folder.
pub(crate) fn api_token(ground: &Ground) -> String {
    ground.secret("replicate_token")
}

/// What webhooks of this data folder are signed with.
pub(crate) fn webhook_secret(ground: &Ground) -> String {
    format!("whsec_{}", ground.secret("replicate_webhook"))
}

pub(crate) struct Replicate {
    shared: Arc<Shared>,
    token: String,
    creates: Bucket,
    others: Bucket,
}

impl Replicate {
    /// Also goes on with what a stop of the process left; call it inside the runtime.
    pub(crate) fn new(ground: &Ground, faults: Arc<Faults>) -> Self {
        let client = reqwest::Client::builder()
            // Neither webhooks nor inputs follow redirects: a redirect could lead off this machine.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()
            .expect("the client needs nothing from the machine");
        let shared = Arc::new(Shared {
            base: base_url(ground.port),
            webhook_secret: webhook_secret(ground),
            files: ground.data.join("replicate"),
            store: Store::open(ground),
            faults,
            client,
            painting: Semaphore::new(1),
            running: Mutex::default(),
        });
        for prediction in shared.store.left_open() {
            if prediction.status.is_final() {
                webhooks::tell(&shared, &prediction, Event::Completed);
            } else {
                tokio::spawn(run::run(Arc::clone(&shared), prediction));
            }
        }
        Self { shared, token: api_token(ground), creates: Bucket::new(), others: Bucket::new() }
    }

    #[cfg(test)]
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn predictions_created(&self) -> i64 {
        self.shared.store.created()
    }

    pub(crate) async fn handle(&self, call: Call) -> Answer {
        let segments = call.segments();
        let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&call.method, pieces.as_slice()) {
            (&Method::GET, ["stats"]) => {
                return super::json(StatusCode::OK, &self.shared.store.statistics());
            }
            (&Method::GET | &Method::HEAD, ["files", id, name]) => {
                return self.shared.file(id, name).await;
            }
            _ => {}
        }
        if !call.bearer().is_some_and(|given| same_secret(given, &self.token)) {
            return problem(
                StatusCode::UNAUTHORIZED,
                "Unauthenticated",
                "You did not pass a valid authentication token",
            );
        }
        let creates = call.method == Method::POST && pieces.last() == Some(&"predictions");
        let room = if creates {
            self.creates.take(self.shared.faults.creates_per_minute("replicate"), Instant::now())
        } else {
            self.others.take(3000, Instant::now())
        };
        let answer = if room.granted { self.answer(&call, &pieces).await } else { throttled(room) };
        let answer = with_header(answer, "ratelimit-remaining", &room.remaining.to_string());
        with_header(answer, "ratelimit-reset", &room.reset.to_string())
    }

    async fn answer(&self, call: &Call, pieces: &[&str]) -> Answer {
        match (&call.method, pieces) {
            (&Method::POST, ["v1", "predictions"]) => self.create(None, call).await,
            (&Method::POST, ["v1", "models", owner, name, "predictions"]) => {
                match models::find(owner, name) {
                    Some(model) => self.create(Some(model), call).await,
                    None => not_found(),
                }
            }
            (&Method::GET, ["v1", "predictions"]) => self.list(call),
            (&Method::GET, ["v1", "predictions", id]) => match self.shared.store.get(id) {
                Some(prediction) => self.shown(StatusCode::OK, &prediction),
                None => not_found(),
            },
            (&Method::POST, ["v1", "predictions", id, "cancel"]) => {
                self.shared.end(id, |it| it.status = Status::Canceled);
                match self.shared.store.get(id) {
                    Some(prediction) => self.shown(StatusCode::OK, &prediction),
                    None => not_found(),
                }
            }
            (&Method::GET, ["v1", "models", owner, name]) => match models::find(owner, name) {
                Some(model) => super::json(StatusCode::OK, &model.shown()),
                None => not_found(),
            },
            (&Method::GET, ["v1", "webhooks", "default", "secret"]) => {
                super::json(StatusCode::OK, &json!({ "key": self.shared.webhook_secret }))
            }
            (&Method::GET, ["v1", "account"]) => {
                let account =
                    json!({"type": "user", "username": "local", "name": "The local cloud"});
                super::json(StatusCode::OK, &account)
            }
            _ => not_found(),
        }
    }

    async fn create(&self, model: Option<&'static models::Model>, call: &Call) -> Answer {
        let order = match Order::parse(model, call) {
            Ok(order) => order,
            Err(it) => return problem(StatusCode::UNPROCESSABLE_ENTITY, it.title, &it.detail),
        };
        let wait = order.wait;
        let prediction = made(order, Timestamp::now());
        let id = prediction.id.clone();
        self.shared.store.insert(&prediction);
        let mut changes = self.shared.watch(&id);
        tokio::spawn(run::run(Arc::clone(&self.shared), prediction.clone()));
        self.shared.clear_files().await;
        let Some(seconds) = wait else { return self.shown(StatusCode::CREATED, &prediction) };
        let settled = async {
            loop {
                let now = self.shared.store.get(&id).unwrap_or_else(|| prediction.clone());
                // The output may be there before the prediction is over, and is then answered as it is.
                if now.status.is_final()
                    || !now.files.is_empty()
                    || changes.changed().await.is_err()
                {
                    break;
                }
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(seconds), settled).await.is_ok();
        let now = self.shared.store.get(&id).unwrap_or(prediction);
        let status = if in_time { StatusCode::CREATED } else { StatusCode::ACCEPTED };
        with_header(self.shown(status, &now), "preference-applied", &format!("wait={seconds}"))
    }

    fn list(&self, call: &Call) -> Answer {
        let time = |name| match call.parameter(name) {
            None => Ok(None),
            Some(written) => written.parse::<Timestamp>().map(Some).map_err(|_| name),
        };
        let (after, before) = match (time("created_after"), time("created_before")) {
            (Ok(after), Ok(before)) => (after, before),
            (Err(name), _) | (_, Err(name)) => {
                let sentence = format!("{name} must be a date and time of RFC 3339.");
                return problem(StatusCode::BAD_REQUEST, "Invalid request", &sentence);
            }
        };
        let cursor = match call.parameter("cursor").map(|it| read_cursor(&it)) {
            Some(None) => {
                return problem(
                    StatusCode::BAD_REQUEST,
                    "Invalid request",
                    "The cursor is not one of ours.",
                );
            }
            cursor => cursor.flatten(),
        };
        let page = self.shared.store.page(cursor, after, before);
        let next = page.next.map(|number| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for name in ["created_after", "created_before"] {
                if let Some(value) = call.parameter(name) {
                    query.append_pair(name, &value);
                }
            }
            query.append_pair("cursor", &BASE64_URL.encode(number.to_string()));
            format!("{}/v1/predictions?{}", self.shared.base, query.finish())
        });
        let now = Timestamp::now();
        let results: Vec<Value> =
            page.predictions.iter().map(|it| it.shown(&self.shared.base, now)).collect();
        super::json(StatusCode::OK, &json!({"previous": null, "next": next, "results": results}))
    }

    fn shown(&self, status: StatusCode, prediction: &Prediction) -> Answer {
        let shown = prediction.shown(&self.shared.base, Timestamp::now());
        let address = shown["urls"]["get"].as_str().unwrap_or_default().to_owned();
        with_header(super::json(status, &shown), "location", &address)
    }
}

fn made(order: Order, now: Timestamp) -> Prediction {
    let mut random = [0u8; 20];
    getrandom::fill(&mut random).expect("the operating system has random numbers");
    let [a, b, c, d, rest @ ..] = random;
    let drawn = u64::from(u32::from_le_bytes([a, b, c, d]));
    let milliseconds = u64::try_from(now.as_millisecond()).expect("it is after 1970");
    let id = Ulid::from_parts(milliseconds, u128::from_le_bytes(rest)).to_string().to_lowercase();
    Prediction {
        id,
        model: order.model.name.to_owned(),
        seed: order.input.get("seed").and_then(Value::as_u64).unwrap_or(drawn),
        input: order.input,
        status: Status::Starting,
        created_at: now,
        started_at: None,
        completed_at: None,
        deadline: order.cancel_after.map(|after| now + after),
        takes_ms: 0,
        files: Vec::new(),
        error: None,
        webhook: order.webhook,
        webhook_events_filter: order.webhook_events_filter,
    }
}

fn read_cursor(cursor: &str) -> Option<i64> {
    String::from_utf8(BASE64_URL.decode(cursor).ok()?).ok()?.parse().ok()
}

fn not_found() -> Answer {
    problem(StatusCode::NOT_FOUND, "Not found", "The requested resource could not be found.")
}

fn throttled(room: Room) -> Answer {
    let seconds = room.reset;
    let detail = format!("Request was throttled. Your rate limit resets in ~{seconds}s.");
    let body = json!({"detail": detail, "status": 429}).to_string();
    let answer = with_body(StatusCode::TOO_MANY_REQUESTS, "application/problem+json", body);
    with_header(answer, "retry-after", &seconds.to_string())
}

fn problem(status: StatusCode, title: &str, detail: &str) -> Answer {
    let body = json!({"title": title, "detail": detail, "status": status.as_u16()});
    with_body(status, "application/problem+json", body.to_string())
}

#[cfg(test)]
mod tests;
