use crate::cloud::identity::Identity;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::*;
use crate::cloud::{Answer, Call};
use crate::host::testing::ground;

const RULE: &str = "RootManageSharedAccessKey";
const KEY: &str = "a key";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).expect("it is in range")
}

fn broker() -> Broker {
    Broker::open(ground()).expect("memory is writable")
}

fn text(body: &str) -> NewMessage {
    NewMessage { body: body.into(), ..NewMessage::default() }
}

fn named(id: &str) -> NewMessage {
    NewMessage { message_id: Some(id.into()), ..text("{}") }
}

fn send(broker: &Broker, message: NewMessage, now: Timestamp) -> Sent {
    broker.send("jobs", &[message], now).expect("memory is writable")[0]
}

fn receive(broker: &Broker, now: Timestamp) -> Option<Message> {
    broker.try_receive("jobs", Order::Oldest, now).expect("memory is writable")
}

fn counts(broker: &Broker) -> Counts {
    broker.counts().expect("memory is readable")["jobs"]
}

fn bodies(broker: &Broker, now: Timestamp) -> Vec<String> {
    std::iter::from_fn(|| receive(broker, now))
        .map(|m| String::from_utf8(m.body).expect("it is text"))
        .collect()
}

#[test]
fn messages_come_in_the_order_they_were_sent() {
    let broker = broker();
    for body in ["a", "b", "c"] {
        send(&broker, text(body), at(0));
    }
    assert_eq!(bodies(&broker, at(1)), ["a", "b", "c"]);
}

#[test]
fn a_locked_message_is_nobody_elses_until_it_is_given_back() {
    let broker = broker();
    send(&broker, text("a"), at(0));
    let first = receive(&broker, at(1)).expect("it is there");
    assert_eq!((first.delivery_count, first.locked_until), (1, at(31)));
    assert_eq!(receive(&broker, at(1)), None);
    assert!(broker.abandon("jobs", &first.lock_token).expect("memory is writable"));
    let second = receive(&broker, at(1)).expect("it is back");
    assert_eq!((second.delivery_count, second.sequence), (2, first.sequence));
    assert!(broker.complete(&second.lock_token).expect("memory is writable"));
    assert_eq!(counts(&broker), Counts::default());
}

#[test]
fn a_message_given_back_keeps_its_place() {
    let broker = broker();
    send(&broker, text("a"), at(0));
    send(&broker, text("b"), at(1));
    let first = receive(&broker, at(2)).expect("it is there");
    broker.abandon("jobs", &first.lock_token).expect("memory is writable");
    assert_eq!(bodies(&broker, at(2)), ["a", "b"]);
}

#[test]
fn a_lock_ends_by_itself_unless_it_is_renewed() {
    let broker = broker();
    send(&broker, text("a"), at(0));
    let first = receive(&broker, at(0)).expect("it is there");
    assert_eq!(broker.renew(&first.lock_token, at(20)).expect("memory is writable"), Some(at(50)));
    assert_eq!(receive(&broker, at(40)), None);
    let second = receive(&broker, at(50)).expect("the lock has ended");
    assert_eq!(second.delivery_count, 2);
    assert_eq!(broker.renew(&first.lock_token, at(50)).expect("memory is writable"), None);
    assert!(
        !broker.complete(&first.lock_token).expect("memory is writable"),
        "somebody else has it now"
    );
}

#[test]
fn after_ten_deliveries_a_message_is_dead_until_it_is_replayed() {
    let broker = broker();
    send(&broker, text("poison"), at(0));
    for delivery in 1..=10 {
        let message = receive(&broker, at(1)).expect("it is there");
        assert_eq!(message.delivery_count, delivery);
        broker.abandon("jobs", &message.lock_token).expect("memory is writable");
    }
    assert_eq!(receive(&broker, at(1)), None);
    assert_eq!(counts(&broker), Counts { dead_letter: 1, ..Counts::default() });
    let dead = broker.dead_letters("Jobs", 10).expect("memory is readable");
    assert_eq!(dead[0].user_properties["DeadLetterReason"], "MaxDeliveryCountExceeded");
    assert_eq!(broker.replay("jobs", at(2)).expect("memory is writable"), 1);
    let again = receive(&broker, at(2)).expect("it is back");
    assert_eq!((again.delivery_count, again.user_properties.len()), (1, 0));
}

#[test]
fn a_scheduled_message_is_not_seen_before_its_time() {
    let broker = broker();
    send(&broker, NewMessage { scheduled: Some(at(60)), ..text("later") }, at(0));
    assert_eq!(receive(&broker, at(59)), None);
    assert_eq!(counts(&broker), Counts { scheduled: 1, ..Counts::default() });
    send(&broker, text("now"), at(59));
    assert_eq!(bodies(&broker, at(60)), ["now", "later"]);
}

#[test]
fn a_schedule_in_the_past_is_now() {
    let broker = broker();
    send(&broker, NewMessage { scheduled: Some(at(-60)), ..text("a") }, at(0));
    assert_eq!(receive(&broker, at(0)).expect("it is there").enqueued, at(0));
}

#[test]
fn the_same_message_id_is_taken_once_in_ten_minutes() {
    let broker = broker();
    assert_eq!(send(&broker, named("gen_1:1"), at(0)), Sent::Enqueued);
    let first = receive(&broker, at(0)).expect("it is there");
    broker.complete(&first.lock_token).expect("memory is writable");
    assert_eq!(send(&broker, named("gen_1:1"), at(599)), Sent::Duplicate);
    assert_eq!(send(&broker, named("gen_1:2"), at(599)), Sent::Enqueued);
    assert_eq!(send(&broker, named("gen_1:1"), at(601)), Sent::Enqueued);
    assert_eq!(
        broker.send("others", &[named("gen_1:1")], at(601)).expect("writable"),
        [Sent::Enqueued]
    );
}

#[test]
fn a_message_without_an_id_is_never_a_duplicate() {
    let broker = broker();
    send(&broker, text("a"), at(0));
    send(&broker, text("a"), at(0));
    assert_eq!(bodies(&broker, at(0)), ["a", "a"]);
}

#[test]
fn an_expired_message_is_gone() {
    let broker = broker();
    send(&broker, NewMessage { time_to_live: Some(Duration::from_mins(1)), ..text("a") }, at(0));
    assert_eq!(receive(&broker, at(60)), None);
    assert_eq!(counts(&broker), Counts::default());
}

#[test]
fn a_restart_keeps_messages_and_ends_locks() {
    let ground = ground();
    let broker = Broker::open(Arc::clone(&ground)).expect("memory is writable");
    send(&broker, text("a"), at(0));
    let before = receive(&broker, at(0)).expect("it is there");
    drop(broker);
    let broker = Broker::open(ground).expect("memory is writable");
    assert!(
        !broker.complete(&before.lock_token).expect("memory is writable"),
        "the receiver is dead"
    );
    assert_eq!(receive(&broker, at(0)).expect("it is back").delivery_count, 2);
}

#[tokio::test]
async fn a_waiting_receiver_is_woken_by_a_send_and_by_a_schedule() {
    let broker = Arc::new(broker());
    let waiting = tokio::spawn({
        let broker = Arc::clone(&broker);
        async move { broker.receive("jobs", || Order::Oldest).await }
    });
    tokio::task::yield_now().await;
    send(&broker, text("now"), Timestamp::now());
    assert_eq!(waiting.await.expect("it does not panic").expect("memory is writable").body, b"now");
    let soon = Timestamp::now() + Duration::from_millis(30);
    send(&broker, NewMessage { scheduled: Some(soon), ..text("soon") }, Timestamp::now());
    let message = broker.receive("jobs", || Order::Oldest).await.expect("memory is writable");
    assert_eq!(message.body, b"soon");
    assert!(
        Timestamp::now()
            >= Timestamp::from_millisecond(soon.as_millisecond()).expect("it is in range")
    );
}

async fn call(
    broker: &Broker,
    method: Method,
    path: &str,
    headers: &[(&'static str, &str)],
    body: &str,
) -> Answer {
    let mut map = HeaderMap::new();
    let token =
        sas::sign("http://127.0.0.1:7071/_local/servicebus", RULE, KEY, i64::from(u32::MAX));
    for (name, value) in [("authorization", token.as_str())].iter().chain(headers) {
        map.insert(*name, HeaderValue::from_str(value).expect("it is ASCII"));
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let call = Call {
        method,
        path: path.into(),
        query: query.into(),
        headers: map,
        body: body.to_owned().into(),
    };
    let identity = Identity::new(&crate::host::testing::ground());
    handle(broker, RULE, KEY, &identity, call).await
}

#[tokio::test]
async fn a_sent_message_can_be_received_and_settled_over_rest() {
    let broker = broker();
    let properties = [
        ("brokerproperties", r#"{"MessageId":"m1","Label":"x"}"#),
        ("content-type", "application/json"),
    ];
    let sent =
        call(&broker, Method::POST, "/Jobs/messages?timeout=60", &properties, "{\"a\":1}").await;
    assert_eq!((sent.status(), sent.body().len()), (StatusCode::CREATED, 0));
    let received = call(&broker, Method::POST, "/jobs/messages/head?timeout=0", &[], "").await;
    assert_eq!(received.status(), StatusCode::CREATED);
    assert_eq!(received.body(), "{\"a\":1}");
    let header = received.headers()["brokerproperties"].to_str().expect("it is ASCII");
    let properties: serde_json::Value = serde_json::from_str(header).expect("it is JSON");
    assert_eq!((&properties["MessageId"], &properties["Label"]), (&"m1".into(), &"x".into()));
    let location = received.headers()["location"].to_str().expect("it is ASCII");
    let path = location.strip_prefix("/_local/servicebus").expect("it is below the base");
    assert_eq!(call(&broker, Method::PUT, path, &[], "").await.status(), StatusCode::OK);
    assert_eq!(call(&broker, Method::DELETE, path, &[], "").await.status(), StatusCode::GONE);
    let taken = call(&broker, Method::DELETE, "/jobs/messages/head?timeout=0", &[], "").await;
    assert_eq!(taken.status(), StatusCode::OK);
    let nothing = call(&broker, Method::POST, "/jobs/messages/head?timeout=0", &[], "").await;
    assert_eq!(nothing.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_batch_is_one_send() {
    let broker = broker();
    let headers = [("content-type", "application/vnd.microsoft.servicebus.json")];
    let sent =
        call(&broker, Method::POST, "/jobs/messages", &headers, r#"[{"Body":"a"},{"Body":"b"}]"#)
            .await;
    assert_eq!(sent.status(), StatusCode::CREATED);
    assert_eq!(bodies(&broker, Timestamp::now()), ["a", "b"]);
    let spoilt =
        call(&broker, Method::POST, "/jobs/messages", &headers, r#"[{"Body":"a"},{}]"#).await;
    assert_eq!(spoilt.status(), StatusCode::BAD_REQUEST);
    assert_eq!(bodies(&broker, Timestamp::now()), [""; 0]);
}

#[tokio::test]
async fn refusals_have_the_status_of_service_bus() {
    let broker = broker();
    let large = "x".repeat(256 * 1024 + 1);
    for (path, headers, body, status) in [
        (
            "/jobs/messages",
            vec![("authorization", "SharedAccessSignature x")],
            "",
            StatusCode::UNAUTHORIZED,
        ),
        ("/jobs/messages", vec![("brokerproperties", "{")], "", StatusCode::BAD_REQUEST),
        ("/jobs/messages", vec![], large.as_str(), StatusCode::FORBIDDEN),
        ("/%2e/messages", vec![], "", StatusCode::BAD_REQUEST),
        ("/jobs", vec![], "", StatusCode::NOT_FOUND),
        ("/jobs/messages/1/none", vec![], "", StatusCode::GONE),
    ] {
        let answer = call(&broker, Method::POST, path, &headers, body).await;
        assert_eq!(answer.status(), status, "{path}");
        assert!(answer.body().starts_with(b"<Error><Code>"), "{path}");
    }
}

#[tokio::test]
async fn dead_letters_can_be_seen_and_replayed() {
    let broker = broker();
    send(&broker, named("m1"), Timestamp::now());
    for _ in 0..10 {
        let message = receive(&broker, Timestamp::now()).expect("it is there");
        broker.abandon("jobs", &message.lock_token).expect("memory is writable");
    }
    let seen = call(&broker, Method::GET, "/jobs/$deadletter", &[], "").await;
    let seen: serde_json::Value = serde_json::from_slice(seen.body()).expect("it is JSON");
    assert_eq!(seen["messages"][0]["messageId"], "m1");
    let replayed = call(&broker, Method::POST, "/jobs/$deadletter/replay", &[], "").await;
    assert_eq!(replayed.body(), "{\"replayed\":1}");
    assert_eq!(receive(&broker, Timestamp::now()).map(|message| message.delivery_count), Some(1));
}
