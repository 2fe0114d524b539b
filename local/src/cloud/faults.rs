//! What goes wrong on purpose: `POST /_local/faults` switches it on, `GET` shows it, `DELETE` ends it.
//!
//! ```json
//! {"seed": 7,
//!  "replicate": {"error_rate": 0.1, "status": 503, "delay_ms": 50, "lost_response_rate": 0.05, "speed": 4},
//!  "webhooks": {"drop_rate": 0.5, "duplicate_rate": 0.5, "delay_ms": 200, "reorder": true},
//!  "webpubsub": {"drop_rate": 0.01}}
//! ```
//!
//! A service named in a request is set anew; one that is not named stays as it was. Draws come from one seeded
//! generator, so a run that makes the same calls in the same order meets the same faults.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Answer, Call, empty};

/// Who can be told to get things wrong.
const SERVICES: [&str; 11] = [
    "replicate",
    "foundry",
    "bfl",
    "cog",
    "stripe",
    "webhooks",
    "servicebus",
    "webpubsub",
    "contentsafety",
    "oidc",
    "blobs",
];

/// What one service is told to get wrong. Rates are probabilities per call (or per message).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Orders {
    /// The call is refused with `status` and nothing is done.
    error_rate: f64,
    status: u16,
    /// Every call, webhook or message waits so long first.
    delay_ms: u64,
    /// A message or webhook is not sent.
    drop_rate: f64,
    /// A message or webhook is sent twice.
    duplicate_rate: f64,
    /// Messages may overtake each other.
    reorder: bool,
    /// The call is done, and then answered as if it had failed.
    lost_response_rate: f64,
    /// Who draws only: how many times faster than life predictions run.
    speed: f64,
    /// Who draws only: predictions that may be made in a minute before 429.
    creates_per_minute: u32,
    /// Who draws only, for tests of many jobs: pictures are drawn so many pixels a side at the most, in a moment.
    canvas: Option<u32>,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            error_rate: 0.0,
            status: 503,
            delay_ms: 0,
            drop_rate: 0.0,
            duplicate_rate: 0.0,
            reorder: false,
            lost_response_rate: 0.0,
            speed: 1.0,
            creates_per_minute: 600,
            canvas: None,
        }
    }
}

/// What happens to one call or message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is drawn by itself; together they are no state"
)]
pub(crate) struct Fault {
    pub(crate) delay: Duration,
    pub(crate) error: Option<StatusCode>,
    pub(crate) lost_response: bool,
    pub(crate) dropped: bool,
    pub(crate) duplicated: bool,
    /// Whether this one is held back, so that a later one overtakes it.
    pub(crate) held_back: bool,
}

/// The orders in force; shared by all stand-ins and by the host.
#[derive(Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    services: BTreeMap<String, Orders>,
    /// As it came: the host reads its orders itself.
    host: Option<Value>,
    random: Random,
}

impl Faults {
    /// `POST`, `PUT`, `GET` or `DELETE /_local/faults`.
    pub(crate) fn handle(&self, call: &Call) -> Answer {
        match call.method {
            Method::POST | Method::PUT => match self.order(&call.body) {
                Ok(()) => self.shown(),
                Err(sentence) => {
                    super::json(StatusCode::BAD_REQUEST, &json!({ "detail": sentence }))
                }
            },
            Method::GET => self.shown(),
            Method::DELETE => {
                *self.lock() = State::default();
                empty(StatusCode::NO_CONTENT)
            }
            _ => empty(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// Decides what happens to the next call of `service`.
    pub(crate) fn draw(&self, service: &str) -> Fault {
        let mut state = self.lock();
        let State { services, random, .. } = &mut *state;
        let Some(orders) = services.get(service) else { return Fault::default() };
        // Always as many draws, so that one rate does not shift the draws of another.
        let [error, lost, dropped, duplicated, held] = [(); 5].map(|()| random.fraction());
        Fault {
            delay: Duration::from_millis(orders.delay_ms),
            error: (error < orders.error_rate).then(|| {
                StatusCode::from_u16(orders.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
            }),
            lost_response: lost < orders.lost_response_rate,
            dropped: dropped < orders.drop_rate,
            duplicated: duplicated < orders.duplicate_rate,
            held_back: orders.reorder && held < 0.5,
        }
    }

    /// How many times faster than life the predictions of `service` run.
    pub(crate) fn speed(&self, service: &str) -> f64 {
        self.of(service, |orders| orders.speed).clamp(0.01, 10_000.0)
    }

    pub(crate) fn creates_per_minute(&self, service: &str) -> u32 {
        self.of(service, |orders| orders.creates_per_minute)
    }

    /// The longest side of what is painted, where that is not the model's affair.
    pub(crate) fn canvas(&self, service: &str) -> Option<u32> {
        self.of(service, |orders| orders.canvas)
    }

    fn of<T>(&self, service: &str, part: impl FnOnce(&Orders) -> T) -> T {
        match self.lock().services.get(service) {
            Some(orders) => part(orders),
            None => part(&Orders::default()),
        }
    }

    fn order(&self, body: &[u8]) -> Result<(), String> {
        let mut orders: Map<String, Value> =
            serde_json::from_slice(body).map_err(|e| e.to_string())?;
        let seed = orders.remove("seed");
        let seed = seed.map(|seed| seed.as_u64().ok_or("seed: a positive integer")).transpose()?;
        let host = orders.remove("host");
        let services = orders
            .into_iter()
            .map(|(service, value)| {
                if !SERVICES.contains(&service.as_str()) {
                    let known = SERVICES.join(", ");
                    return Err(format!(
                        "{service}: there is no such service, but {known} and host"
                    ));
                }
                match serde_json::from_value(value) {
                    Ok(orders) => Ok((service, orders)),
                    Err(e) => Err(format!("{service}: {e}")),
                }
            })
            .collect::<Result<BTreeMap<String, Orders>, String>>()?;
        let mut state = self.lock();
        if let Some(seed) = seed {
            state.random = Random(seed);
        }
        if host.is_some() {
            state.host = host;
        }
        state.services.extend(services);
        Ok(())
    }

    fn shown(&self) -> Answer {
        let state = self.lock();
        let mut shown = json!(state.services);
        if let Some(host) = &state.host {
            shown["host"] = host.clone();
        }
        super::json(StatusCode::OK, &shown)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no holder panics")
    }
}

/// The answer of a service that has been told to fail, in a form every client can at least not misread.
pub(crate) fn error(service: &str, status: StatusCode) -> Answer {
    let sentence = format!("The local {service} was told to fail.");
    let body = json!({
        "title": "Fault", "status": status.as_u16(), "detail": sentence,
        "error": {"code": "InternalError", "message": sentence},
    });
    super::json(status, &body)
}

/// Marks an answer that a broken connection would have swallowed; who can, breaks the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lost;

/// The answer in place of one that is lost.
pub(crate) fn lost() -> Answer {
    let mut answer = empty(StatusCode::INTERNAL_SERVER_ERROR);
    answer.extensions_mut().insert(Lost);
    answer
}

/// `SplitMix64`: small, seeded, good enough to decide what breaks.
struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Self(42)
    }
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least 0 and below 1.
    fn fraction(&mut self) -> f64 {
        let bits = u32::try_from(self.next() >> 32).expect("32 bits are left");
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::tests::{body, call};

    fn ordered(orders: &str) -> Faults {
        let faults = Faults::default();
        let answer = faults.handle(&call(Method::POST, "/", orders.to_owned()));
        assert_eq!(answer.status(), StatusCode::OK, "{answer:?}");
        faults
    }

    #[test]
    fn nothing_goes_wrong_unless_ordered() {
        assert_eq!(Faults::default().draw("replicate"), Fault::default());
    }

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let orders = r#"{"seed":3,"replicate":{"error_rate":0.5,"lost_response_rate":0.5}}"#;
        let (one, other) = (ordered(orders), ordered(orders));
        let draws = |faults: &Faults| (0..50).map(|_| faults.draw("replicate")).collect::<Vec<_>>();
        assert_eq!(draws(&one), draws(&other));
    }

    #[test]
    fn a_rate_is_kept_about() {
        let faults = ordered(r#"{"blobs":{"error_rate":0.1}}"#);
        let errors = (0..10_000).filter(|_| faults.draw("blobs").error.is_some()).count();
        assert!((800..1200).contains(&errors), "{errors}");
    }

    #[test]
    fn an_unknown_order_is_refused_by_name() {
        let answer =
            Faults::default().handle(&call(Method::POST, "/", r#"{"oidc":{"eror_rate":1}}"#));
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(body(&answer)["detail"].as_str().expect("a sentence").contains("eror_rate"));
    }

    #[test]
    fn a_misspelt_service_is_refused_by_name_and_nothing_is_switched() {
        let faults = Faults::default();
        for orders in [
            r#"{"replicat":{"error_rate":1},"blobs":{"error_rate":1}}"#,
            r#"{"seed":-1,"blobs":{"error_rate":1}}"#,
        ] {
            let answer = faults.handle(&call(Method::PUT, "/", orders));
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
            let sentence = body(&answer)["detail"].as_str().expect("a sentence").to_owned();
            assert!(
                sentence.starts_with("replicat:") || sentence.starts_with("seed:"),
                "{sentence}"
            );
            assert_eq!(faults.draw("blobs"), Fault::default());
        }
    }

    #[test]
    fn the_hosts_orders_are_shown_with_the_others() {
        let faults = ordered(r#"{"host":{"kill_rate":0.2}}"#);
        assert_eq!(body(&faults.handle(&call(Method::GET, "/", "")))["host"]["kill_rate"], 0.2);
    }
}
