use super::*;
use crate::cloud::service_bus::Properties;

fn invocation(style: Style) -> Invocation<'static> {
    Invocation { function: "ProcessJob", now: time("2026-01-02T03:04:06.1234567Z"), style }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("it is a time")
}

fn trigger(data: DataType) -> QueueTrigger {
    QueueTrigger { queue: "jobs".into(), binding: "msg".into(), data }
}

fn message(body: &str) -> Message {
    let user = json!({"tenant": "t1", "Diagnostic-Id": "00-<trace>-<span>-01"});
    Message {
        sequence: 42,
        queue: "jobs".into(),
        message_id: "9f0c".into(),
        body: body.into(),
        content_type: Some("application/json".into()),
        properties: Properties {
            correlation_id: Some("c-1".into()),
            label: Some("job".into()),
            ..Properties::default()
        },
        user_properties: user.as_object().expect("it is an object").clone(),
        enqueued: time("2026-01-02T03:04:05.678Z"),
        expires: time("2026-01-16T03:04:05.678Z"),
        delivery_count: 1,
        lock_token: "b3f1".into(),
        locked_until: time("2026-01-02T03:04:36Z"),
    }
}

/// What differs from run to run or is only a guess is taken out.
fn comparable(mut envelope: Value) -> Value {
    let metadata = envelope["Metadata"].as_object_mut().expect("it is an object");
    for guess in [
        "MessageReceiver",
        "MessageSession",
        "MessageActions",
        "SessionActions",
        "ReceiveActions",
        "Client",
    ] {
        metadata.remove(guess);
    }
    if let Some(system) = metadata.get_mut("sys").and_then(Value::as_object_mut) {
        system.remove("RandGuid");
    }
    envelope
}

const BODY: &str = r#"{"jobId":"j1","n":2}"#;

#[test]
fn a_string_body_is_encoded_twice_and_copied_into_the_metadata() {
    let envelope = queue(invocation(Style::Code), &trigger(DataType::String), &message(BODY));
    let expected: Value = serde_json::from_str(
        r#"{"Data":{"msg":"\"{\\\"jobId\\\":\\\"j1\\\",\\\"n\\\":2}\""},
 "Metadata":{
  "DeliveryCount":"1","LockToken":"\"b3f1\"","SequenceNumber":"42","MessageId":"\"9f0c\"",
  "ContentType":"\"application/json\"","CorrelationId":"\"c-1\"","Subject":"\"job\"","Label":"\"job\"",
  "ExpiresAtUtc":"2026-01-16T03:04:05","ExpiresAt":"2026-01-16T03:04:05+00:00",
  "EnqueuedTimeUtc":"2026-01-02T03:04:05","EnqueuedTime":"2026-01-02T03:04:05+00:00",
  "ApplicationProperties":{"tenant":"t1","Diagnostic-Id":"00-<trace>-<span>-01"},
  "UserProperties":{"tenant":"t1","Diagnostic-Id":"00-<trace>-<span>-01"},
  "jobId":"\"j1\"","n":"\"2\"",
  "sys":{"MethodName":"ProcessJob","UtcNow":"2026-01-02T03:04:06.1234567Z"}}}"#,
    )
    .expect("it is JSON");
    assert_eq!(comparable(envelope), expected);
}

#[test]
fn a_binary_body_is_base64_and_leaves_the_metadata_alone() {
    let envelope = queue(invocation(Style::Code), &trigger(DataType::Binary), &message(BODY));
    assert_eq!(envelope["Data"], json!({"msg": "eyJqb2JJZCI6ImoxIiwibiI6Mn0="}));
    assert_eq!(envelope["Metadata"].get("jobId"), None);
    assert_eq!(envelope["Metadata"]["DeliveryCount"], "1");
}

#[test]
fn a_text_body_is_not_copied() {
    let envelope = queue(invocation(Style::Code), &trigger(DataType::String), &message("hi"));
    assert_eq!(envelope["Data"], json!({"msg": "\"hi\""}));
}

#[test]
fn a_body_can_lie_about_its_delivery() {
    let body = r#"{"deliverycount":99,"MessageId":"x","sys":{},"flag":true,"list":[1],"none":null,"MyTrigger":"t"}"#;
    let envelope = queue(invocation(Style::Code), &trigger(DataType::String), &message(body));
    let metadata = &envelope["Metadata"];
    assert_eq!(metadata["DeliveryCount"], "\"99\"");
    assert_eq!((&metadata["MessageId"], &metadata["flag"]), (&json!("\"x\""), &json!("\"True\"")));
    assert_eq!(metadata["sys"], json!({}));
    for absent in ["deliverycount", "list", "none", "MyTrigger"] {
        assert_eq!(metadata.get(absent), None, "{absent}");
    }
}

#[test]
fn the_documented_style_encodes_once() {
    let envelope =
        queue(invocation(Style::Documentation), &trigger(DataType::String), &message(BODY));
    assert_eq!(envelope["Data"]["msg"], BODY);
    assert_eq!(envelope["Metadata"]["DeliveryCount"], 1);
    assert_eq!(envelope["Metadata"]["MessageId"], "9f0c");
}

#[test]
fn absent_properties_have_no_key() {
    let plain = Message { content_type: None, properties: Properties::default(), ..message("{}") };
    let envelope = queue(invocation(Style::Code), &trigger(DataType::Binary), &plain);
    for absent in ["ContentType", "CorrelationId", "Label", "Subject", "SessionId", "To"] {
        assert_eq!(envelope["Metadata"].get(absent), None, "{absent}");
    }
}

#[test]
fn a_tick_tells_its_schedule() {
    let status = ScheduleStatus {
        last: Some(time("2026-01-02T03:00:00.0012Z")),
        next: time("2026-01-02T03:05:00Z"),
        updated: time("2026-01-02T03:00:00.0012Z"),
    };
    let envelope = timer(
        Invocation { function: "Sweep", ..invocation(Style::Code) },
        "timer",
        Some(status),
        Due::Now,
    );
    let expected: Value = serde_json::from_str(
        r#"{"Data":{"timer":{"Schedule":{"AdjustForDST":true},
   "ScheduleStatus":{"Last":"2026-01-02T03:00:00.0012+00:00","Next":"2026-01-02T03:05:00+00:00","LastUpdated":"2026-01-02T03:00:00.0012+00:00"},
   "IsPastDue":false}},
 "Metadata":{"sys":{"MethodName":"Sweep","UtcNow":"2026-01-02T03:04:06.1234567Z"}}}"#,
    )
    .expect("it is JSON");
    assert_eq!(comparable(envelope), expected);
}

#[test]
fn the_first_tick_has_never_run_and_a_fast_timer_has_no_status() {
    let now = time("2026-01-02T03:00:00Z");
    let first = ScheduleStatus { last: None, next: now, updated: now };
    let envelope = timer(invocation(Style::Code), "timer", Some(first), Due::Past);
    assert_eq!(envelope["Data"]["timer"]["ScheduleStatus"]["Last"], "0001-01-01T00:00:00+00:00");
    assert_eq!(envelope["Data"]["timer"]["IsPastDue"], true);
    assert_eq!(
        timer(invocation(Style::Code), "timer", None, Due::Now)["Data"]["timer"]["ScheduleStatus"],
        Value::Null
    );
}

#[test]
fn a_call_by_hand_has_only_its_input() {
    let envelope = manual(invocation(Style::Code), &trigger(DataType::Binary), BODY);
    assert_eq!(envelope["Data"], json!({"msg": "eyJqb2JJZCI6ImoxIiwibiI6Mn0="}));
    assert_eq!(envelope["Metadata"].as_object().map(Map::len), Some(1));
}
