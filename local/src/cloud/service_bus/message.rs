//! Messages on their way in and out, and the headers that carry what a sender says about them.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::timespan;

/// The Standard tier's limit, properties included.
pub(crate) const SIZE_LIMIT: usize = 256 * 1024;

/// What a sender hands over.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct NewMessage {
    /// Without one the broker makes one, and detects no duplicates.
    pub(crate) message_id: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: Option<String>,
    pub(crate) properties: Properties,
    pub(crate) user_properties: Map<String, Value>,
    pub(crate) scheduled: Option<Timestamp>,
    pub(crate) time_to_live: Option<Duration>,
}

/// What a receiver holds, under a lock.
#[expect(
    clippy::struct_field_names,
    reason = "a message has an id of its sender's and a sequence of ours"
)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    pub(crate) sequence: i64,
    pub(crate) queue: String,
    pub(crate) message_id: String,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: Option<String>,
    pub(crate) properties: Properties,
    pub(crate) user_properties: Map<String, Value>,
    pub(crate) enqueued: Timestamp,
    pub(crate) expires: Timestamp,
    /// 1 at the first delivery.
    pub(crate) delivery_count: u32,
    pub(crate) lock_token: String,
    pub(crate) locked_until: Timestamp,
}

/// The broker properties that only travel along.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Properties {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) correlation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to_session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) partition_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
}

/// The `BrokerProperties` of one message; keys that a sender cannot set are passed over in silence, as there.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct BrokerProperties {
    message_id: Option<String>,
    scheduled_enqueue_time_utc: Option<String>,
    time_to_live: Option<f64>,
    time_to_live_time_span: Option<String>,
    #[serde(flatten)]
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry {
    body: String,
    #[serde(default)]
    is_body_base64: bool,
    #[serde(default)]
    broker_properties: BrokerProperties,
    #[serde(default)]
    user_properties: Map<String, Value>,
}

/// A single message: its body, and headers for everything else.
///
/// # Errors
/// What the 400 says.
pub(crate) fn single(headers: &HeaderMap, body: &[u8]) -> Result<NewMessage, String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let broker: BrokerProperties = match text("brokerproperties") {
        None => BrokerProperties::default(),
        Some(json) => {
            serde_json::from_str(json).map_err(|e| format!("BrokerProperties is malformed: {e}"))?
        }
    };
    let user_properties = headers
        .iter()
        .filter(|(name, _)| !is_infrastructure(name))
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), user_property(value.to_str().ok()?)?))
        })
        .collect();
    new_message(broker, body.to_vec(), text("content-type").map(str::to_owned), user_properties)
}

/// The messages of one `application/vnd.microsoft.servicebus.json` body: all are good, or none is taken.
///
/// # Errors
/// What the 400 says.
pub(crate) fn batch(body: &[u8]) -> Result<Vec<NewMessage>, String> {
    let entries: Vec<BatchEntry> =
        serde_json::from_slice(body).map_err(|e| format!("the batch is malformed: {e}"))?;
    entries
        .into_iter()
        .map(|entry| {
            let body = if entry.is_body_base64 {
                BASE64.decode(&entry.body).map_err(|e| format!("a body is not base64: {e}"))?
            } else {
                entry.body.into_bytes()
            };
            new_message(entry.broker_properties, body, None, entry.user_properties)
        })
        .collect()
}

fn new_message(
    broker: BrokerProperties,
    body: Vec<u8>,
    content_type: Option<String>,
    user_properties: Map<String, Value>,
) -> Result<NewMessage, String> {
    if broker.message_id.as_ref().is_some_and(|id| id.is_empty() || id.chars().count() > 128) {
        return Err("MessageId must have 1 to 128 characters".into());
    }
    let properties = broker.properties;
    if let (Some(session), Some(partition)) = (&properties.session_id, &properties.partition_key)
        && session != partition
    {
        return Err("SessionId and PartitionKey must be equal when both are set".into());
    }
    let scheduled = broker.scheduled_enqueue_time_utc.as_deref().map(date).transpose()?;
    let time_to_live = match (broker.time_to_live, broker.time_to_live_time_span) {
        (Some(seconds), _) => Some(
            Duration::try_from_secs_f64(seconds)
                .map_err(|_| format!("TimeToLive cannot be {seconds} seconds"))?,
        ),
        (None, Some(text)) => Some(
            timespan::parse(&text)
                .ok_or_else(|| format!("TimeToLiveTimeSpan {text:?} is not a time span"))?,
        ),
        (None, None) => None,
    };
    Ok(NewMessage {
        message_id: broker.message_id,
        body,
        content_type,
        properties,
        user_properties,
        scheduled,
        time_to_live,
    })
}

fn date(text: &str) -> Result<Timestamp, String> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).map_err(|_| {
        format!(
            "ScheduledEnqueueTimeUtc {text:?} is not a date such as Sun, 22 Nov 2026 10:05:00 GMT"
        )
    })
}

/// Strings stand in double quotes, numbers and flags do not; anything else is somebody's header.
fn user_property(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .ok()
        .filter(|value: &Value| value.is_string() || value.is_number() || value.is_boolean())
}

fn is_infrastructure(name: &HeaderName) -> bool {
    const NAMES: [&str; 14] = [
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "brokerproperties",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "traceparent",
        "transfer-encoding",
        "user-agent",
    ];
    let name = name.as_str();
    NAMES.contains(&name) || name.starts_with("x-ms-")
}

impl NewMessage {
    /// What counts against [`SIZE_LIMIT`].
    pub(crate) fn size(&self) -> usize {
        let properties = serde_json::to_string(&self.properties).map_or(0, |text| text.len());
        let user = serde_json::to_string(&self.user_properties).map_or(0, |text| text.len());
        let ids = [&self.message_id, &self.content_type]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum::<usize>();
        self.body.len() + properties + user + ids
    }
}

impl Message {
    /// The `BrokerProperties` header of an answer to a receiver.
    pub(crate) fn broker_properties(&self) -> String {
        let mut all = serde_json::json!({
            "DeliveryCount": self.delivery_count,
            "EnqueuedTimeUtc": rfc1123(self.enqueued),
            "LockToken": self.lock_token,
            "LockedUntilUtc": rfc1123(self.locked_until),
            "MessageId": self.message_id,
            "SequenceNumber": self.sequence,
            "State": "Active",
            "TimeToLive": self.expires.duration_since(self.enqueued).as_secs(),
        });
        if let (Some(all), Ok(Value::Object(properties))) =
            (all.as_object_mut(), serde_json::to_value(&self.properties))
        {
            all.extend(properties);
        }
        ascii(&all.to_string())
    }
}

pub(crate) fn rfc1123(time: Timestamp) -> String {
    rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .expect("no message is older than the year 0")
}

/// JSON that fits in a header.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            Ok(_) | Err(_) => write!(text, "\\u{unit:04x}").expect("a string takes everything"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), value.parse().expect("it is ASCII"))
            })
            .collect()
    }

    #[test]
    fn a_single_message_is_its_body_and_its_headers() {
        let headers = headers(&[
            ("content-type", "application/json"),
            ("authorization", "SharedAccessSignature x"),
            (
                "brokerproperties",
                r#"{"MessageId":"gen_1:1","CorrelationId":"req_9","Label":"generate","TimeToLive":3600,"ScheduledEnqueueTimeUtc":"Sun, 22 Nov 2026 10:05:00 GMT","Unknown":[1]}"#,
            ),
            ("priority", "\"high\""),
            ("attempt", "2"),
            ("user-agent", "\"me\""),
        ]);
        let message = single(&headers, b"{}").expect("it is good");
        assert_eq!(message.message_id.as_deref(), Some("gen_1:1"));
        assert_eq!(message.content_type.as_deref(), Some("application/json"));
        assert_eq!(message.properties.label.as_deref(), Some("generate"));
        assert_eq!(message.properties.correlation_id.as_deref(), Some("req_9"));
        assert_eq!(message.scheduled, Some("2026-11-22T10:05:00Z".parse().expect("a time")));
        assert_eq!(message.time_to_live, Some(Duration::from_hours(1)));
        assert_eq!(
            Value::Object(message.user_properties),
            json!({"priority": "high", "attempt": 2})
        );
    }

    #[test]
    fn malformed_broker_properties_are_refused() {
        for json in [
            "{",
            r#"{"MessageId":7}"#,
            r#"{"MessageId":""}"#,
            r#"{"SessionId":"a","PartitionKey":"b"}"#,
            r#"{"ScheduledEnqueueTimeUtc":"tomorrow"}"#,
            r#"{"TimeToLive":-1}"#,
            &format!(r#"{{"MessageId":"{}"}}"#, "x".repeat(129)),
        ] {
            assert!(single(&headers(&[("brokerproperties", json)]), b"").is_err(), "{json}");
        }
    }

    #[test]
    fn a_batch_is_taken_apart() {
        let body = br#"[{"Body":"{\"job\":\"gen_1\"}","BrokerProperties":{"MessageId":"gen_1:1","Label":"generate","TimeToLiveTimeSpan":"01:00:00"},"UserProperties":{"priority":"high"}},
            {"Body":"eyJqb2IiOiJnZW5fMiJ9","IsBodyBase64":true,"BrokerProperties":{"MessageId":"gen_2:1"}}]"#;
        let messages = batch(body).expect("it is good");
        assert_eq!(messages[0].body, br#"{"job":"gen_1"}"#);
        assert_eq!(messages[0].time_to_live, Some(Duration::from_hours(1)));
        assert_eq!(messages[0].user_properties["priority"], "high");
        assert_eq!(messages[1].body, br#"{"job":"gen_2"}"#);
        assert_eq!(messages[1].message_id.as_deref(), Some("gen_2:1"));
    }

    #[test]
    fn one_bad_entry_spoils_the_batch() {
        assert!(batch(br#"[{"Body":"a"},{"Body":"%","IsBodyBase64":true}]"#).is_err());
        assert!(batch(br#"{"Body":"a"}"#).is_err());
    }

    #[test]
    fn headers_stay_ascii() {
        assert_eq!(ascii("{\"Label\":\"für 🖼\"}"), "{\"Label\":\"f\\u00fcr \\ud83d\\uddbc\"}");
    }
}
