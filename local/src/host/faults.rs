//! What the host and the broker can be told to get wrong. All off by default.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::envelope::Style;
use crate::cloud::service_bus::Order;
use crate::cloud::{Answer, Call, json};

/// How often a fault still happens: `true` is always, a number is that many times more, `false` is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Times {
    Number(u32),
    Always(bool),
}

impl Default for Times {
    fn default() -> Times {
        Times::Always(false)
    }
}

impl Times {
    /// Whether it happens now; counts down.
    fn take(&mut self) -> bool {
        match self {
            Times::Number(0) | Times::Always(false) => false,
            Times::Number(left) => {
                *left -= 1;
                true
            }
            Times::Always(true) => true,
        }
    }
}

/// The body of `{"host": …}` in `POST /_local/faults`; what is not named is switched off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each switch stands for itself")]
pub(crate) struct HostFaults {
    /// A message goes to the handler twice at the same time, as after a lost lock.
    pub(crate) deliver_twice: Times,
    /// A message waits this long between its lock and its call.
    pub(crate) delay_deliveries_ms: u64,
    /// The handler succeeds and the message comes again all the same.
    pub(crate) lose_completions: Times,
    /// The handler is killed during a call of a queue or timer function, [`Self::kill_after_ms`] into it.
    pub(crate) kill_handler: Times,
    pub(crate) kill_after_ms: u64,
    /// Messages come in any order.
    pub(crate) reorder: bool,
    /// Values as the vendor's documentation shows them: strings encoded once, bare numbers.
    pub(crate) documentation_style: bool,
    /// Keys in the metadata that no version has had yet.
    pub(crate) unknown_metadata: bool,
    /// A `traceparent` header, as with telemetry switched on.
    pub(crate) traceparent: bool,
    /// The handler's start is noticed this much later.
    pub(crate) slow_start_ms: u64,
}

/// What one delivery suffers, decided when it begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DeliveryFaults {
    pub(crate) twice: bool,
    pub(crate) delay: Duration,
    pub(crate) lose_completion: bool,
}

/// The switches in force.
#[derive(Debug, Default)]
pub(crate) struct Switches(RwLock<HostFaults>);

impl Switches {
    pub(crate) fn get(&self) -> HostFaults {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, faults: HostFaults) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    pub(crate) fn delivery(&self) -> DeliveryFaults {
        let mut faults = self.0.write().unwrap_or_else(PoisonError::into_inner);
        DeliveryFaults {
            twice: faults.deliver_twice.take(),
            delay: Duration::from_millis(faults.delay_deliveries_ms),
            lose_completion: faults.lose_completions.take(),
        }
    }

    /// How long into a call the handler dies.
    pub(crate) fn kill(&self) -> Option<Duration> {
        let mut faults = self.0.write().unwrap_or_else(PoisonError::into_inner);
        faults.kill_handler.take().then(|| Duration::from_millis(faults.kill_after_ms))
    }

    pub(crate) fn order(&self) -> Order {
        if self.get().reorder { Order::Any } else { Order::Oldest }
    }

    pub(crate) fn style(&self) -> Style {
        if self.get().documentation_style { Style::Documentation } else { Style::Code }
    }
}

/// Reads the `"host"` part of a call of `/_local/faults`; the rest is the stand-ins'. What is returned is to be set
/// once they have taken theirs, so that a call is taken whole or not at all.
///
/// # Errors
/// The answer to a part that is not readable.
pub(crate) fn read(call: &Call) -> Result<Option<HostFaults>, Box<Answer>> {
    #[derive(Deserialize)]
    struct Body {
        host: Option<HostFaults>,
    }
    match call.method {
        Method::DELETE => Ok(Some(HostFaults::default())),
        Method::POST | Method::PUT => match serde_json::from_slice(&call.body) {
            Ok(Body { host }) => Ok(host),
            Err(e) => {
                let body = serde_json::json!({ "detail": e.to_string() });
                Err(Box::new(json(StatusCode::BAD_REQUEST, &body)))
            }
        },
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switches(json: &str) -> Switches {
        let switches = Switches::default();
        switches.set(serde_json::from_str(json).expect("it is good"));
        switches
    }

    #[test]
    fn nothing_goes_wrong_by_default() {
        let switches = switches("{}");
        assert_eq!(switches.delivery(), DeliveryFaults::default());
        assert_eq!(
            (switches.kill(), switches.order(), switches.style()),
            (None, Order::Oldest, Style::Code)
        );
    }

    #[test]
    fn a_number_counts_down_and_true_stays() {
        let switches = switches(r#"{"deliver_twice": 1, "lose_completions": true}"#);
        assert!(switches.delivery().twice);
        let second = switches.delivery();
        assert!(!second.twice && second.lose_completion);
    }

    #[test]
    fn a_misspelt_fault_is_refused() {
        assert!(serde_json::from_str::<HostFaults>(r#"{"deliver_twise": 1}"#).is_err());
    }
}
