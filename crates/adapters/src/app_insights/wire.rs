//! The envelopes, and what is answered.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::scrub::scrubbed;
use super::{Level, Sent, Telemetry, What, worth_another};

/// How the service tells us from the Functions host, whose telemetry is in the same resource.
const ROLE: &str = "imagegen";
const SDK: &str = concat!("imagegen:", env!("CARGO_PKG_VERSION"));
/// Characters; the service's own limits.
const LONGEST_MESSAGE: usize = 32_768;
const LONGEST_PROPERTY: usize = 8_192;
const LONGEST_NAME: usize = 512;

#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    name: &'static str,
    time: String,
    #[serde(rename = "iKey")]
    instrumentation_key: &'a str,
    tags: Map<String, Value>,
    data: Value,
}

pub(super) fn envelope<'a>(it: &Telemetry, key: &'a str, instance: &str) -> Envelope<'a> {
    let mut tags = Map::new();
    let mut tag = |name: &str, value: &str| tags.insert(name.to_owned(), value.into());
    tag("ai.operation.id", &it.operation);
    tag("ai.operation.name", &it.name);
    tag("ai.cloud.role", ROLE);
    tag("ai.cloud.roleInstance", instance);
    tag("ai.internal.sdkVersion", SDK);
    if let Some(parent) = &it.parent {
        tag("ai.operation.parentId", parent);
    }
    let properties = it.properties.iter();
    let properties: Map<_, _> = properties
        .map(|(name, value)| ((*name).to_owned(), scrubbed(value, LONGEST_PROPERTY).into()))
        .collect();
    let (name, kind, mut data) = data(it);
    data["ver"] = 2.into();
    data["properties"] = properties.into();
    Envelope {
        name,
        // RFC 3339 with microseconds at the most.
        time: format!("{:.6}", it.time),
        instrumentation_key: key,
        tags,
        data: json!({ "baseType": kind, "baseData": data }),
    }
}

fn data(it: &Telemetry) -> (&'static str, &'static str, Value) {
    match &it.what {
        What::Request { id, duration, result, success, request_charge } => (
            "Microsoft.ApplicationInsights.Request",
            "RequestData",
            json!({
                "id": id, "name": it.name, "duration": span_of(*duration),
                "responseCode": result, "success": success,
                "measurements": { "request_charge": request_charge },
            }),
        ),
        What::Dependency { kind, target, operation, duration, result, success, request_charge } => {
            let data = json!({
                "name": scrubbed(operation, LONGEST_NAME), "type": kind,
                "target": scrubbed(target, LONGEST_NAME), "duration": span_of(*duration),
                "resultCode": result, "success": success,
                "measurements": { "request_charge": request_charge },
            });
            ("Microsoft.ApplicationInsights.RemoteDependency", "RemoteDependencyData", data)
        }
        What::Trace { level, message } => (
            "Microsoft.ApplicationInsights.Message",
            "MessageData",
            json!({
                "message": scrubbed(message, LONGEST_MESSAGE), "severityLevel": level.as_str(),
            }),
        ),
        What::Metric { name, value } => (
            "Microsoft.ApplicationInsights.Metric",
            "MetricData",
            json!({ "metrics": [{ "name": name, "kind": "Measurement", "value": value }] }),
        ),
    }
}

/// `days.hours:minutes:seconds.microseconds`
fn span_of(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let (seconds, micros) = (seconds % 60, duration.subsec_micros());
    format!("{days:02}.{hours:02}:{minutes:02}:{seconds:02}.{micros:06}")
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Information => "Information",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

/// Some of the batch was taken.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    errors: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    index: usize,
    status_code: u16,
}

impl From<Answer> for Sent {
    fn from(answer: Answer) -> Self {
        let (again, refused): (Vec<_>, Vec<_>) =
            answer.errors.into_iter().partition(|it| worth_another(it.status_code));
        Self { again: again.into_iter().map(|it| it.index).collect(), refused: refused.len() }
    }
}
