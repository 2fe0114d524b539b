//! A prediction: what is kept of it and how the API shows it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::models::{self, Model};

/// What the API shows of a prediction is gone after this.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Starting,
    Processing,
    Succeeded,
    Failed,
    Canceled,
    /// The deadline passed before it started.
    Aborted,
}

impl Status {
    pub(super) const ALL: [Self; 6] = [
        Self::Starting,
        Self::Processing,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
        Self::Aborted,
    ];

    pub(super) fn is_final(self) -> bool {
        match self {
            Self::Starting | Self::Processing => false,
            Self::Succeeded | Self::Failed | Self::Canceled | Self::Aborted => true,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
        }
    }
}

/// What a webhook can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event {
    Start,
    Output,
    Logs,
    Completed,
}

/// As it is kept in the database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Prediction {
    pub(super) id: String,
    /// The model's name without its owner.
    pub(super) model: String,
    pub(super) input: Map<String, Value>,
    pub(super) status: Status,
    pub(super) created_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) deadline: Option<Timestamp>,
    pub(super) seed: u64,
    /// Milliseconds from start to end, decided at the start.
    pub(super) takes_ms: u64,
    /// Names of the files, once they are painted.
    pub(super) files: Vec<String>,
    pub(super) error: Option<String>,
    pub(super) webhook: Option<String>,
    pub(super) webhook_events_filter: Option<Vec<Event>>,
}

impl Prediction {
    pub(super) fn model(&self) -> &'static Model {
        models::find(models::OWNER, &self.model)
            .expect("only predictions of models in the table are made")
    }

    pub(super) fn prompt(&self) -> &str {
        self.input.get("prompt").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether the hour is over for which the vendor keeps data.
    pub(super) fn is_removed(&self, now: Timestamp) -> bool {
        self.completed_at.is_some_and(|end| now.duration_since(end) >= KEPT)
    }

    /// Whether the webhook was asked to tell `event`.
    pub(super) fn tells(&self, event: Event) -> bool {
        self.webhook.is_some()
            && self.webhook_events_filter.as_ref().is_none_or(|wanted| wanted.contains(&event))
    }

    /// The object that the API and the webhooks show. Addresses are made anew, because the port may change between
    /// two runs; `base` is what comes before `/v1` and `/files`.
    pub(super) fn shown(&self, base: &str, now: Timestamp) -> Value {
        let removed = self.is_removed(now);
        let get = format!("{base}/v1/predictions/{}", self.id);
        let mut shown = json!({
            "id": self.id,
            "model": self.model().full_name(),
            "version": "hidden",
            "input": if removed { Map::new() } else { self.input.clone() },
            "logs": if removed { String::new() } else { self.logs(now) },
            "output": if removed { Value::Null } else { self.output(base) },
            "data_removed": removed,
            "error": self.error,
            "source": "api",
            "status": self.status.name(),
            "created_at": time(self.created_at),
            "urls": {"get": get, "cancel": format!("{get}/cancel"), "web": get, "stream": format!("{get}/stream")},
        });
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown[name] = value;
            }
        };
        add("started_at", self.started_at.map(|at| json!(time(at))));
        add("completed_at", self.completed_at.map(|at| json!(time(at))));
        add("deadline", self.deadline.map(|at| json!(time(at))));
        add("metrics", self.metrics());
        add("webhook", self.webhook.as_ref().map(|url| json!(url)));
        add(
            "webhook_events_filter",
            self.webhook_events_filter.as_ref().map(|events| json!(events)),
        );
        shown
    }

    fn output(&self, base: &str) -> Value {
        let addresses = || self.files.iter().map(|file| format!("{base}/files/{}/{file}", self.id));
        match self.files.as_slice() {
            [] => Value::Null,
            _ if self.model().answers_with_list => addresses().collect(),
            _ => addresses().next().into(),
        }
    }

    fn metrics(&self) -> Option<Value> {
        let end = self.completed_at?;
        let seconds = |from: Timestamp| end.duration_since(from).as_secs_f64();
        let mut metrics = json!({"total_time": seconds(self.created_at)});
        metrics["predict_time"] = json!(self.started_at.map_or(0.0, seconds));
        if self.status == Status::Succeeded {
            metrics["image_count"] = json!(self.files.len());
        }
        Some(metrics)
    }

    /// The seed, then one line for each step that is done: a model prints its progress there and nowhere else.
    fn logs(&self, now: Timestamp) -> String {
        const STEPS: u64 = 4;
        let Some(start) = self.started_at else { return String::new() };
        let worked = self.completed_at.unwrap_or(now).duration_since(start).as_millis();
        let worked = u64::try_from(worked).unwrap_or(0);
        let done = (worked * STEPS / self.takes_ms.max(1)).min(STEPS);
        let mut logs = format!("Using seed: {}\n", self.seed);
        for step in 1..=done {
            use std::fmt::Write as _;
            // Writing to a string cannot fail.
            let _ = writeln!(logs, "{:3}%| {step}/{STEPS}", step * 100 / STEPS);
        }
        logs
    }
}

/// Microseconds, always: the vendor's have 3 to 9 digits.
fn time(at: Timestamp) -> String {
    format!("{at:.6}")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::cloud::replicate) fn prediction(id: &str, model: &str) -> Prediction {
        let at = |time: &str| time.parse().expect("a time");
        Prediction {
            id: id.to_owned(),
            model: model.to_owned(),
            input: json!({"prompt": "a fox"}).as_object().cloned().expect("an object"),
            status: Status::Succeeded,
            created_at: at("2026-01-01T00:00:00Z"),
            started_at: Some(at("2026-01-01T00:00:01Z")),
            completed_at: Some(at("2026-01-01T00:00:03.5Z")),
            deadline: None,
            seed: 42,
            takes_ms: 2500,
            files: vec!["0.webp".to_owned()],
            error: None,
            webhook: None,
            webhook_events_filter: None,
        }
    }

    fn shown(model: &str, now: &str) -> Value {
        prediction("p1", model).shown("http://h", now.parse().expect("a time"))
    }

    #[test]
    fn output_is_a_list_or_a_string_as_the_model_has_it() {
        let now = "2026-01-01T00:10:00Z";
        assert_eq!(shown("flux-schnell", now)["output"], json!(["http://h/files/p1/0.webp"]));
        assert_eq!(shown("flux-2-pro", now)["output"], json!("http://h/files/p1/0.webp"));
    }

    #[test]
    fn an_hour_after_the_end_the_data_are_gone() {
        assert_eq!(shown("flux-schnell", "2026-01-01T01:00:03Z")["data_removed"], false);
        let later = shown("flux-schnell", "2026-01-01T01:00:03.5Z");
        assert_eq!(later["data_removed"], true);
        assert_eq!((&later["output"], &later["logs"]), (&Value::Null, &json!("")));
        assert_eq!(later["status"], "succeeded");
    }

    #[test]
    fn the_seed_and_the_times_are_told() {
        let shown = shown("flux-dev", "2026-01-01T00:10:00Z");
        assert!(shown["logs"].as_str().expect("a string").starts_with("Using seed: 42\n"));
        assert_eq!(
            shown["metrics"],
            json!({"predict_time": 2.5, "total_time": 3.5, "image_count": 1})
        );
        assert_eq!(shown["created_at"], "2026-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_webhook_is_told_everything_unless_it_asked_for_less() {
        let mut prediction = prediction("p1", "flux-dev");
        assert!(!prediction.tells(Event::Completed));
        prediction.webhook = Some("http://127.0.0.1/".to_owned());
        assert!(prediction.tells(Event::Logs));
        prediction.webhook_events_filter = Some(vec![Event::Completed]);
        assert!(prediction.tells(Event::Completed) && !prediction.tells(Event::Start));
    }
}
