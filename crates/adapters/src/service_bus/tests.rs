//! What goes over the wire, and what comes back.

use super::*;
use crate::entra::tests::always;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};

fn queue(url: &str, clock: &Arc<TestClock>) -> ServiceBusQueue {
    let text = format!("Endpoint={url}/_local/sb/;SharedAccessKeyName=n;SharedAccessKey=k=;");
    ServiceBusQueue::new(&text, clock.http(), clock.clone()).expect("a connection string")
}

fn message(delay: Duration) -> Outgoing {
    Outgoing {
        queue: QueueName::GenerationFree,
        id: "submit:gen_1".into(),
        body: r#"{"generation":"gen_1"}"#.into(),
        delay,
    }
}

#[tokio::test]
async fn a_message_is_posted_with_its_id_and_a_signature() {
    let server = Server::script([answer(201, "")]).await;
    queue(&server.url, &TestClock::new()).send(&message(Duration::ZERO)).await.expect("sent");
    let seen = server.only();
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/_local/sb/generation-free/messages"));
    assert_eq!(seen.header("brokerproperties"), Some(r#"{"MessageId":"submit:gen_1"}"#));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, br#"{"generation":"gen_1"}"#);
    let signature = seen.header("authorization").expect("a signature");
    let resource = format!("sr=http%3A%2F%2F{}%2F_local", server.host().replace(':', "%3A"));
    assert!(signature.starts_with(&format!("SharedAccessSignature {resource}")), "{signature}");
    assert!(signature.contains("&se=1767229200&skn=n"), "{signature}");
}

#[tokio::test]
async fn a_delayed_message_never_comes_early() {
    for (delay_ms, due) in [(1, "00:00:01"), (1_000, "00:00:01"), (61_001, "00:01:02")] {
        let server = Server::script([answer(201, "")]).await;
        let message = message(Duration::from_millis(delay_ms));
        queue(&server.url, &TestClock::new()).send(&message).await.expect("sent");
        let properties: serde_json::Value =
            serde_json::from_str(server.only().header("brokerproperties").expect("properties"))
                .expect("JSON");
        assert_eq!(
            properties["ScheduledEnqueueTimeUtc"],
            format!("Thu, 01 Jan 2026 {due} GMT"),
            "{delay_ms}"
        );
    }
}

#[tokio::test]
async fn a_signature_serves_for_fifty_minutes_and_for_one_queue() {
    let server = Server::script([answer(201, "")]).await;
    let clock = TestClock::new();
    let queue = queue(&server.url, &clock);
    for advance_s in [0, 49 * 60, 60] {
        clock.advance(Duration::from_secs(advance_s));
        queue.send(&message(Duration::ZERO)).await.expect("sent");
    }
    let other = Outgoing { queue: QueueName::CreditResets, ..message(Duration::ZERO) };
    queue.send(&other).await.expect("sent");
    let seen = server.seen();
    let signatures: Vec<_> = seen.iter().map(|s| s.header("authorization")).collect();
    assert_eq!(signatures[0], signatures[1]);
    assert_ne!(signatures[1], signatures[2]);
    assert!(signatures[3].is_some_and(|s| s.contains("credit-resets")));
}

#[tokio::test]
async fn trouble_is_tried_again_because_the_broker_drops_repeats() {
    let script = [answer(503, ""), Act::Drop, answer(429, "").with("retry-after", "1")];
    let server = Server::script(script.into_iter().chain([answer(201, "")])).await;
    queue(&server.url, &TestClock::new()).send(&message(Duration::ZERO)).await.expect("sent");
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(
        seen.iter().all(|s| s.header("brokerproperties") == seen[0].header("brokerproperties"))
    );
}

#[tokio::test]
async fn anything_but_created_is_not_kept() {
    for status in [200, 202, 302, 400, 401, 403, 404, 410, 500] {
        let server = Server::script([answer(status, "")]).await;
        let error = queue(&server.url, &TestClock::new()).send(&message(Duration::ZERO)).await;
        assert_eq!(error.expect_err("not kept").id, "submit:gen_1", "{status}");
    }
    let error = queue(&nobody().await, &TestClock::new()).send(&message(Duration::ZERO)).await;
    assert!(error.is_err());
}

#[tokio::test]
async fn a_connection_string_that_cannot_work_stops_the_boot() {
    let clock = TestClock::new();
    for text in [
        "",
        "Endpoint=sb://ns.example",
        "Endpoint=http://ns.example;SharedAccessKeyName=n;SharedAccessKey=k",
        "Endpoint=sb://ns.example;SharedAccessKeyName=n;SharedAccessKey=k;EntityPath=q",
    ] {
        assert!(ServiceBusQueue::new(text, clock.http(), clock.clone()).is_err(), "{text}");
    }
}

#[tokio::test]
async fn an_identity_sends_with_a_token_and_no_key() {
    let server = Server::script([answer(201, "")]).await;
    let clock = TestClock::new();
    let namespace = format!("{}/_local/sb", server.url);
    let queue = ServiceBusQueue::by_identity(&namespace, always("eyJ"), clock.http(), clock);
    queue.expect("a namespace").send(&message(Duration::ZERO)).await.expect("sent");
    let seen = server.only();
    assert_eq!(seen.target, "/_local/sb/generation-free/messages");
    assert_eq!(seen.header("authorization"), Some("Bearer eyJ"));
}

#[tokio::test]
async fn a_namespace_is_a_host_name_or_a_private_address() {
    let clock = TestClock::new();
    for (namespace, good) in [
        ("example.servicebus.windows.net", true),
        ("http://127.0.0.1:1/_local/sb", true),
        ("http://example.servicebus.windows.net", false),
        ("sb://example.servicebus.windows.net", false),
        ("two words", false),
    ] {
        let queue =
            ServiceBusQueue::by_identity(namespace, always("t"), clock.http(), clock.clone());
        assert_eq!(queue.is_ok(), good, "{namespace}");
    }
}
