//! What is sent, what is kept when it cannot be, and what never leaves.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::entra::tests::always;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};

const KEY: &str = "00000000-0000-0000-0000-00000000000a";

fn to(url: &str, clock: &Arc<TestClock>) -> AppInsights {
    let text = format!("InstrumentationKey={KEY};IngestionEndpoint={url}/;LiveEndpoint=x");
    AppInsights::new(&text, None, "i-1", clock.http()).expect("a connection string")
}

fn trace(message: &str) -> Telemetry {
    Telemetry {
        time: Timestamp::constant(1_767_225_600, 0),
        operation: "4bf92f3577b34da6a3ce929d0e0e4736".into(),
        parent: Some("00f067aa0ba902b7".into()),
        name: "finish_generation".into(),
        what: What::Trace { level: Level::Warning, message: message.into() },
        properties: vec![("generation.id", "gen_1".into())],
    }
}

fn sent(server: &Server) -> Vec<Vec<Value>> {
    let bodies = server.seen().into_iter();
    bodies.map(|seen| serde_json::from_slice(&seen.body).expect("a list")).collect()
}

#[tokio::test]
async fn everything_goes_to_the_resource_in_its_own_form() {
    let server = Server::script([answer(200, "{}")]).await;
    let request = What::Request {
        id: "b7ad6b7169203331".into(),
        duration: Duration::from_millis(93_784_123),
        result: "202".into(),
        success: true,
        request_charge: 42.5,
    };
    let dependency = What::Dependency {
        kind: "HTTP".into(),
        target: "api.replicate.com".into(),
        operation: "POST /v1/predictions".into(),
        duration: Duration::from_micros(350_001),
        result: "201".into(),
        success: true,
        request_charge: 0.0,
    };
    let metric = What::Metric { name: "provider_spend_usd".into(), value: 0.003 };
    let batch = [request, dependency, metric].map(|what| Telemetry { what, ..trace("") });
    let outcome = to(&server.url, &TestClock::new()).send(&batch).await.expect("sent");
    assert_eq!(outcome, Sent::default());

    let seen = server.only();
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/v2.1/track"));
    assert_eq!(seen.header("authorization"), None);
    let body = seen.json();
    assert_eq!(
        body[0],
        json!({
            "name": "Microsoft.ApplicationInsights.Request", "time": "2026-01-01T00:00:00.000000Z",
            "iKey": KEY,
            "tags": {
                "ai.operation.id": "4bf92f3577b34da6a3ce929d0e0e4736",
                "ai.operation.parentId": "00f067aa0ba902b7",
                "ai.operation.name": "finish_generation", "ai.cloud.role": "imagegen",
                "ai.cloud.roleInstance": "i-1",
                "ai.internal.sdkVersion": concat!("imagegen:", env!("CARGO_PKG_VERSION")),
            },
            "data": { "baseType": "RequestData", "baseData": {
                "ver": 2, "id": "b7ad6b7169203331", "name": "finish_generation",
                "duration": "01.02:03:04.123000", "responseCode": "202", "success": true,
                "measurements": { "request_charge": 42.5 }, "properties": { "generation.id": "gen_1" },
            }},
        })
    );
    let dependency = &body[1]["data"]["baseData"];
    assert_eq!(body[1]["data"]["baseType"], "RemoteDependencyData");
    assert_eq!(dependency["target"], "api.replicate.com");
    assert_eq!(dependency["duration"], "00.00:00:00.350001");
    assert_eq!(body[2]["data"]["baseData"]["metrics"][0]["value"], 0.003);
}

#[tokio::test]
async fn with_local_authentication_off_a_token_opens_it() {
    let server = Server::script([answer(200, "{}")]).await;
    let text = format!("InstrumentationKey={KEY};IngestionEndpoint={}", server.url);
    let http = TestClock::new().http();
    let to = AppInsights::new(&text, Some(always("eyJ")), "i", http).expect("a connection string");
    to.send(&[trace("x")]).await.expect("sent");
    assert_eq!(server.only().header("authorization"), Some("Bearer eyJ"));
}

#[tokio::test]
async fn what_was_turned_away_for_now_is_sent_again_and_the_rest_is_not() {
    let partly = json!({ "itemsReceived": 3, "itemsAccepted": 1, "errors": [
        { "index": 0, "statusCode": 400, "message": "bad" },
        { "index": 2, "statusCode": 429, "message": "later" },
    ]});
    let script = [answer(206, partly.to_string()), answer(200, "{}")];
    let server = Server::script(script).await;
    let (clock, buffer) = (TestClock::new(), Buffer::new());
    let to = to(&server.url, &clock);
    buffer.note(["a", "b", "c"].map(trace));
    assert!(buffer.send_all(&to, &*clock).await.is_err());
    buffer.send_all(&to, &*clock).await.expect("sent");

    let again = &sent(&server)[1];
    assert_eq!(again[0]["data"]["baseData"]["metrics"][0]["name"], "telemetry_dropped");
    assert_eq!(again[0]["data"]["baseData"]["metrics"][0]["value"], 1.0);
    assert_eq!(again[1]["data"]["baseData"]["message"], "c");
    assert_eq!(again.len(), 2);
}

#[tokio::test]
async fn while_nothing_can_be_sent_the_oldest_are_kept_and_the_others_counted() {
    let (clock, buffer) = (TestClock::new(), Buffer::new());
    buffer.note((0..10_007).map(|n| trace(&n.to_string())));
    let down = to(&nobody().await, &clock);
    assert!(buffer.send_all(&down, &*clock).await.is_err());

    let server = Server::script([answer(200, "{}")]).await;
    buffer.send_all(&to(&server.url, &clock), &*clock).await.expect("sent");
    let sent: Vec<_> = sent(&server).concat();
    let messages = sent.iter().filter_map(|it| it["data"]["baseData"]["message"].as_str());
    let messages: Vec<_> = messages.collect();
    assert_eq!(messages.first(), Some(&"0"));
    assert!(messages.len() >= 9_999, "{}", messages.len());
    let dropped =
        sent.iter().filter_map(|it| it["data"]["baseData"]["metrics"][0]["value"].as_f64());
    assert!((dropped.sum::<f64>() - 7.0).abs() < 1.5);
}

#[tokio::test]
async fn the_sender_goes_on_after_trouble_and_sends_in_batches() {
    let script = [answer(503, ""), Act::Drop, answer(439, ""), answer(200, "{}")];
    let server = Server::script(script).await;
    let (clock, buffer) = (TestClock::new(), Buffer::new());
    buffer.note((0..1_200).map(|n| trace(&n.to_string())));
    let to = to(&server.url, &clock);
    let all = async {
        while sent(&server).iter().map(Vec::len).sum::<usize>() < 1_200 + 3 * 500 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = buffer.run(&to, &*clock) => unreachable!("it never ends"),
        () = all => {}
    }
    let sizes: Vec<_> = sent(&server).iter().map(Vec::len).collect();
    assert_eq!(sizes, [500, 500, 500, 500, 500, 200]);
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_sent_again() {
    let server = Server::script([answer(400, "")]).await;
    let clock = TestClock::new();
    let outcome = to(&server.url, &clock).send(&[trace("a"), trace("b")]).await.expect("an answer");
    assert_eq!(outcome, Sent { again: Vec::new(), refused: 2 });
}

#[tokio::test]
async fn secrets_of_others_do_not_leave_with_their_messages() {
    let server = Server::script([answer(200, "{}")]).await;
    let mut item = trace("PUT https://a.example/b?sig=hunter2 for ada@example.com");
    item.properties.push(("error", "Bearer hunter2".into()));
    to(&server.url, &TestClock::new()).send(&[item]).await.expect("sent");
    let body = String::from_utf8(server.only().body).expect("text");
    assert!(!body.contains("hunter2") && !body.contains("ada@"), "{body}");
}

#[test]
fn a_connection_string_that_cannot_work_stops_the_start() {
    let http = TestClock::new().http();
    for (text, good) in [
        ("InstrumentationKey=k", true),
        (
            "instrumentationkey=k;ingestionendpoint=https://x.in.applicationinsights.azure.com/",
            true,
        ),
        ("IngestionEndpoint=https://x.example", false),
        ("InstrumentationKey=k;IngestionEndpoint=http://x.example", false),
        ("nonsense", false),
    ] {
        let made = AppInsights::new(text, None, "i", http.clone());
        assert_eq!(made.is_ok(), good, "{text}");
    }
}
