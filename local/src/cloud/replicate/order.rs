//! What the body and the headers of a create call ask for.

use jiff::SignedDuration;
use serde_json::{Map, Value};
use url::Url;

use super::models::{self, Model};
use super::prediction::Event;
use crate::cloud::Call;

/// A create call that was found good.
pub(super) struct Order {
    pub(super) model: &'static Model,
    pub(super) input: Map<String, Value>,
    pub(super) webhook: Option<String>,
    pub(super) webhook_events_filter: Option<Vec<Event>>,
    /// Seconds from creation to the deadline.
    pub(super) cancel_after: Option<SignedDuration>,
    /// Seconds for which the answer may wait for the result.
    pub(super) wait: Option<u64>,
}

/// Why a create call is answered with 422.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) title: &'static str,
    pub(super) detail: String,
}

impl Order {
    /// `model` is the one in the address; without it the body must name a `version`.
    pub(super) fn parse(model: Option<&'static Model>, call: &Call) -> Result<Self, Refused> {
        let Ok(Value::Object(body)) = serde_json::from_slice(&call.body) else {
            return Err(invalid("The request body must be a JSON object."));
        };
        let allowed = ["input", "webhook", "webhook_events_filter", "stream"];
        let takes_version = model.is_none();
        let unknown = body.keys().find(|key| {
            let is_version = takes_version && *key == "version";
            !is_version && !allowed.contains(&key.as_str())
        });
        if let Some(key) = unknown {
            return Err(input_invalid(&format!(
                "- (root): Additional property {key} is not allowed"
            )));
        }
        let model = match model {
            Some(model) => model,
            None => version(body.get("version").and_then(Value::as_str).unwrap_or_default())?,
        };
        let Some(Value::Object(input)) = body.get("input") else {
            return Err(input_invalid("- (root): input is required"));
        };
        let complaints = model.complaints(input);
        if !complaints.is_empty() {
            return Err(input_invalid(&complaints.join("\n")));
        }
        Ok(Self {
            model,
            input: input.clone(),
            webhook: webhook(&body)?,
            webhook_events_filter: events(&body)?,
            cancel_after: call.header("cancel-after").map(cancel_after).transpose()?,
            wait: wait(call.header("prefer"))?,
        })
    }
}

/// `owner/name`, or `owner/name:` with the digest of a version, which this stand-in takes for the current one.
fn version(version: &str) -> Result<&'static Model, Refused> {
    let name = version.split_once(':').map_or(version, |(name, _)| name);
    name.split_once('/').and_then(|(owner, name)| models::find(owner, name)).ok_or_else(|| Refused {
        title: "Invalid version or not permitted",
        detail: "The specified version does not exist (or perhaps you don't have permission to use it?)".to_owned(),
    })
}

fn webhook(body: &Map<String, Value>) -> Result<Option<String>, Refused> {
    let Some(webhook) = body.get("webhook").filter(|it| !it.is_null()) else { return Ok(None) };
    let address = webhook.as_str().and_then(|it| Url::parse(it).ok());
    let here = |it: &Url| matches!(it.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match address {
        // In life it must be https; on this machine nothing leaves it, and so nothing else may be named.
        Some(address) if here(&address) && ["http", "https"].contains(&address.scheme()) => {
            Ok(webhook.as_str().map(str::to_owned))
        }
        _ => Err(invalid(
            "webhook must be an address of this machine: the local Replicate calls no other.",
        )),
    }
}

fn events(body: &Map<String, Value>) -> Result<Option<Vec<Event>>, Refused> {
    let Some(events) = body.get("webhook_events_filter").filter(|it| !it.is_null()) else {
        return Ok(None);
    };
    serde_json::from_value(events.clone()).map(Some).map_err(|_| {
        invalid("webhook_events_filter must be a list of start, output, logs and completed.")
    })
}

/// `90s`, `5m`, `1h30m45s`, or a number of seconds; at least five.
fn cancel_after(written: &str) -> Result<SignedDuration, Refused> {
    seconds(written).filter(|seconds| *seconds >= 5).map(SignedDuration::from_secs).ok_or_else(
        || invalid("Cancel-After must be a duration of at least 5 seconds, such as 90s or 1h30m."),
    )
}

fn seconds(written: &str) -> Option<i64> {
    if let Ok(seconds) = written.parse() {
        return Some(seconds);
    }
    let mut rest = written;
    let mut total: i64 = 0;
    for (unit, worth) in [('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(worth)?)?;
            rest = after;
        }
    }
    (rest.is_empty() && !written.is_empty()).then_some(total)
}

/// `Prefer: wait` is 60 seconds, `wait=n` is n of 1 to 60.
fn wait(prefer: Option<&str>) -> Result<Option<u64>, Refused> {
    let Some(prefer) = prefer else { return Ok(None) };
    let seconds = match prefer.strip_prefix("wait") {
        Some("") => Some(60),
        Some(rest) => {
            rest.strip_prefix('=').and_then(|it| it.parse().ok()).filter(|it| (1..=60).contains(it))
        }
        None => None,
    };
    seconds.map(Some).ok_or_else(|| invalid("Prefer must be wait or wait=n, with n of 1 to 60."))
}

fn invalid(sentence: &str) -> Refused {
    Refused { title: "Invalid request", detail: sentence.to_owned() }
}

fn input_invalid(complaints: &str) -> Refused {
    Refused { title: "Input validation failed", detail: format!("{complaints}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::tests::call;
    use http::Method;
    use serde_json::json;

    fn parse(body: &Value) -> Result<Order, Refused> {
        let schnell = models::find(models::OWNER, "flux-schnell");
        Order::parse(schnell, &call(Method::POST, "/", body.to_string()))
    }

    #[test]
    fn durations_are_read_as_documented() {
        let read = |written| cancel_after(written).ok().map(|it| it.as_secs());
        for (written, seconds) in
            [("90s", 90), ("5m", 300), ("1h30m45s", 5445), ("30", 30), ("2h", 7200), ("5", 5)]
        {
            assert_eq!(read(written), Some(seconds), "{written}");
        }
        for written in ["", "4", "4s", "soon", "5x", "s", "-90s"] {
            assert_eq!(read(written), None, "{written}");
        }
    }

    #[test]
    fn the_wait_is_at_most_a_minute() {
        assert_eq!(wait(Some("wait")).ok(), Some(Some(60)));
        assert_eq!(wait(Some("wait=5")).ok(), Some(Some(5)));
        assert!(wait(Some("wait=61")).is_err());
        assert!(wait(Some("respond-async")).is_err());
    }

    #[test]
    fn an_official_model_takes_no_version() {
        let refused =
            parse(&json!({"version": "x", "input": {"prompt": "x"}})).err().expect("refused");
        assert_eq!(refused.detail, "- (root): Additional property version is not allowed\n");
    }

    #[test]
    fn the_general_form_names_the_model_in_the_version() {
        let order = |version: &str| {
            let body = json!({"version": version, "input": {"prompt": "x"}});
            Order::parse(None, &call(Method::POST, "/", body.to_string())).map(|it| it.model.name)
        };
        assert_eq!(order("black-forest-labs/flux-dev").ok(), Some("flux-dev"));
        assert_eq!(order("black-forest-labs/flux-dev:0123abcd").ok(), Some("flux-dev"));
        let refused = order("0123abcd").expect_err("no such version");
        assert_eq!(refused.title, "Invalid version or not permitted");
    }

    #[test]
    fn a_webhook_stays_on_this_machine() {
        let webhook = |url: &str| parse(&json!({"input": {"prompt": "x"}, "webhook": url}));
        assert!(webhook("http://127.0.0.1:7071/api/webhooks/replicate/t?job=1").is_ok());
        assert!(webhook("https://example.com/hook").is_err());
        assert!(webhook("nowhere").is_err());
    }
}
