//! The body of an invocation in default mode: `{"Data": …, "Metadata": …}`, encoded the way the host's code does.
//!
//! That code writes strings as JSON inside a JSON string, and numbers as strings; the vendor's documentation
//! shows neither. A handler has to bear both, so a fault switches to the documented style.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::functions::{DataType, QueueTrigger};
use crate::cloud::service_bus::Message;

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Style {
    #[default]
    Code,
    Documentation,
}

/// Who is called when, for `Metadata.sys`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invocation<'a> {
    pub(crate) function: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) style: Style,
}

/// The envelope of one queue message.
pub(crate) fn queue(
    invocation: Invocation<'_>,
    trigger: &QueueTrigger,
    message: &Message,
) -> Value {
    let style = invocation.style;
    let mut metadata = system(invocation);
    metadata.extend(message_metadata(style, message));
    if trigger.data == DataType::String {
        pollute(style, &mut metadata, &String::from_utf8_lossy(&message.body));
    }
    metadata.retain(|key, _| !key.to_lowercase().ends_with("trigger"));
    json!({ "Data": { &trigger.binding: body(style, trigger.data, &message.body) }, "Metadata": metadata })
}

/// The envelope of a call by hand: the input is the trigger's value, and there is no message around it.
pub(crate) fn manual(invocation: Invocation<'_>, trigger: &QueueTrigger, input: &str) -> Value {
    let mut metadata = system(invocation);
    if trigger.data == DataType::String {
        pollute(invocation.style, &mut metadata, input);
    }
    json!({
        "Data": { &trigger.binding: body(invocation.style, trigger.data, input.as_bytes()) },
        "Metadata": metadata,
    })
}

/// When a timer ran and will run; the host keeps it across its own restarts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ScheduleStatus {
    /// `None` before the first run.
    pub(crate) last: Option<Timestamp>,
    pub(crate) next: Timestamp,
    pub(crate) updated: Timestamp,
}

/// Whether a tick comes when the schedule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    /// The host was down when it should have come.
    Past,
}

/// The envelope of one tick. Timers that nobody monitors have no status.
pub(crate) fn timer(
    invocation: Invocation<'_>,
    binding: &str,
    status: Option<ScheduleStatus>,
    due: Due,
) -> Value {
    let status = status.map(|status| {
        json!({
            "Last": status.last.map_or_else(|| "0001-01-01T00:00:00+00:00".into(), with_offset),
            "Next": with_offset(status.next),
            "LastUpdated": with_offset(status.updated),
        })
    });
    // `TimerInfo` is an object and so written once.
    let info = json!({ "Schedule": { "AdjustForDST": true }, "ScheduleStatus": status, "IsPastDue": due == Due::Past });
    json!({ "Data": { binding: info }, "Metadata": system(invocation) })
}

fn system(invocation: Invocation<'_>) -> Map<String, Value> {
    let system = json!({
        "MethodName": invocation.function,
        "UtcNow": format!("{}Z", fraction(invocation.now)),
        "RandGuid": crate::guid::random(),
    });
    Map::from_iter([("sys".to_owned(), system)])
}

fn body(style: Style, data: DataType, body: &[u8]) -> Value {
    match data {
        DataType::Binary => Value::String(BASE64.encode(body)),
        DataType::String => string(style, &String::from_utf8_lossy(body)),
    }
}

fn message_metadata(style: Style, message: &Message) -> Map<String, Value> {
    let properties = &message.properties;
    let mut metadata = Map::new();
    // The shape of the helper objects is a guess from their public getters; nobody may rely on them.
    for helper in
        ["MessageReceiver", "MessageSession", "MessageActions", "SessionActions", "ReceiveActions"]
    {
        metadata.insert(helper.into(), json!({}));
    }
    metadata.insert(
        "Client".into(),
        json!({ "FullyQualifiedNamespace": "localhost", "IsClosed": false, "TransportType": 0, "Identifier": "local" }),
    );
    metadata.insert("DeliveryCount".into(), number(style, i64::from(message.delivery_count)));
    metadata.insert("SequenceNumber".into(), number(style, message.sequence));
    for (key, value) in [
        ("LockToken", Some(&message.lock_token)),
        ("MessageId", Some(&message.message_id)),
        ("ContentType", message.content_type.as_ref()),
        ("CorrelationId", properties.correlation_id.as_ref()),
        ("Subject", properties.label.as_ref()),
        ("Label", properties.label.as_ref()),
        ("ReplyTo", properties.reply_to.as_ref()),
        ("To", properties.to.as_ref()),
        ("SessionId", properties.session_id.as_ref()),
        ("ReplyToSessionId", properties.reply_to_session_id.as_ref()),
        ("PartitionKey", properties.partition_key.as_ref()),
    ] {
        if let Some(value) = value {
            metadata.insert(key.into(), string(style, value));
        }
    }
    for (key, time) in [("ExpiresAt", message.expires), ("EnqueuedTime", message.enqueued)] {
        let seconds = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        metadata.insert(key.into(), Value::String(format!("{seconds}+00:00")));
        metadata.insert(format!("{key}Utc"), Value::String(seconds));
    }
    for key in ["ApplicationProperties", "UserProperties"] {
        metadata.insert(key.into(), Value::Object(message.user_properties.clone()));
    }
    metadata
}

/// The host copies the properties of a body that is a JSON object over the metadata, whatever they are called.
fn pollute(style: Style, metadata: &mut Map<String, Value>, body: &str) {
    let Ok(Value::Object(properties)) = serde_json::from_str(body) else { return };
    for (key, value) in properties {
        let value = match value {
            Value::Null | Value::Array(_) => continue,
            Value::Object(_) => value,
            Value::String(text) => string(style, &text),
            // .NET prints its own words.
            Value::Bool(true) => string(style, "True"),
            Value::Bool(false) => string(style, "False"),
            Value::Number(number) => string(style, &number.to_string()),
        };
        // The dictionary there ignores case and keeps the first spelling.
        let known =
            metadata.keys().find(|known| known.to_lowercase() == key.to_lowercase()).cloned();
        metadata.insert(known.unwrap_or(key), value);
    }
}

fn string(style: Style, text: &str) -> Value {
    match style {
        Style::Code => Value::String(Value::from(text).to_string()),
        Style::Documentation => Value::from(text),
    }
}

fn number(style: Style, number: i64) -> Value {
    match style {
        Style::Code => Value::String(number.to_string()),
        Style::Documentation => Value::from(number),
    }
}

fn with_offset(time: Timestamp) -> String {
    format!("{}+00:00", fraction(time))
}

/// To the tick of 100 ns, without the zeros at the end.
fn fraction(time: Timestamp) -> String {
    let text = time.strftime("%Y-%m-%dT%H:%M:%S.%7f").to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
