//! What the client promises, over real connections.

use std::time::Duration;

use super::loopback::{Act, Server, TestClock, answer, nobody};
use super::*;

fn get(url: &str) -> Call {
    Call::get(url.parse().expect("a URL"))
}

#[tokio::test]
async fn what_may_be_repeated_is_tried_until_it_passes() {
    let server =
        Server::script([answer(500, ""), Act::Drop, answer(429, ""), answer(200, "done")]).await;
    let reply = TestClock::new().http().send_idempotent(&get(&server.url)).await.expect("a reply");
    assert_eq!((reply.status.as_u16(), reply.body), (200, b"done".to_vec()));
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn four_attempts_are_enough() {
    let server = Server::script([answer(503, "")]).await;
    let reply = TestClock::new().http().send_idempotent(&get(&server.url)).await.expect("a reply");
    assert_eq!(reply.status.as_u16(), 503);
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    for status in [400, 401, 403, 404, 409, 501] {
        let server = Server::script([answer(status, "")]).await;
        let reply = TestClock::new().http().send_idempotent(&get(&server.url)).await;
        assert_eq!(reply.expect("a reply").status.as_u16(), status);
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_vendors_own_rule_says_what_may_pass() {
    let told = |status, value: &str| answer(status, "").with("may-pass", value);
    let server = Server::script([told(409, "yes"), told(503, "no"), answer(200, "")]).await;
    let call = get(&server.url).passes_if(|_, headers| {
        headers.get("may-pass").is_some_and(|value| value.as_bytes() == b"yes")
    });
    let reply = TestClock::new().http().send_idempotent(&call).await.expect("a reply");
    assert_eq!((reply.status.as_u16(), server.seen().len()), (503, 2));
}

#[tokio::test]
async fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    for value in ["7", "Thu, 01 Jan 2026 00:00:07 GMT"] {
        let busy = answer(429, "").with("retry-after", value);
        let server = Server::script([busy, answer(200, "")]).await;
        let clock = TestClock::new();
        let start = clock.now();
        clock.http().send_idempotent(&get(&server.url)).await.expect("a reply");
        assert_eq!(between(start, clock.now()), Duration::from_millis(7_100), "{value}");
    }
}

#[tokio::test]
async fn a_wait_beyond_our_patience_is_left_to_the_caller() {
    let server = Server::script([answer(429, "").with("retry-after", "30")]).await;
    let clock = TestClock::new();
    let start = clock.now();
    let reply = clock.http().send_idempotent(&get(&server.url)).await.expect("a reply");
    assert_eq!(reply.retry_after, Some(Duration::from_secs(30)));
    assert_eq!((server.seen().len(), clock.now()), (1, start));
}

#[tokio::test]
async fn what_must_not_happen_twice_is_sent_once() {
    for act in [answer(500, ""), answer(429, ""), Act::Drop] {
        let server = Server::script([act]).await;
        let _ = TestClock::new().http().send_once(&get(&server.url)).await;
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_connection_is_certain_and_a_broken_one_is_not() {
    let http = TestClock::new().http();
    let refused = http.send_once(&get(&nobody().await)).await.expect_err("nobody listens");
    assert!(!refused.may_have_arrived(), "{refused:?}");

    let server = Server::script([Act::Drop]).await;
    let broken = http.send_once(&get(&server.url)).await.expect_err("no answer");
    assert!(broken.may_have_arrived(), "{broken:?}");

    let server = Server::script([Act::Hang]).await;
    let call = get(&server.url).timeout(Duration::from_millis(50));
    let silent = http.send_once(&call).await.expect_err("no answer");
    assert!(silent.may_have_arrived(), "{silent:?}");

    let server = Server::script([answer(200, "short").with("content-length", "99")]).await;
    let cut = http.send_once(&get(&server.url)).await.expect_err("half an answer");
    assert!(cut.may_have_arrived(), "{cut:?}");
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit_and_no_further() {
    let server = Server::script([answer(200, [0; 11])]).await;
    let http = TestClock::new().http();
    let error = http.send_idempotent(&get(&server.url).largest_answer(10)).await;
    assert!(matches!(error, Err(HttpError::TooLarge { limit_bytes: 10, .. })), "{error:?}");
    assert!(http.send_once(&get(&server.url).largest_answer(11)).await.is_ok());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::script([answer(302, "").with("location", "http://127.0.0.1:1/")]).await;
    let reply = TestClock::new().http().send_once(&get(&server.url)).await.expect("a reply");
    assert_eq!(reply.status.as_u16(), 302);
}

#[tokio::test]
async fn neither_keys_nor_queries_show_in_errors_and_debug_prints() {
    let call = get(&format!("{}/?sig=hunter2", nobody().await)).bearer(&Secret::new("hunter3"));
    let error = TestClock::new().http().send_once(&call).await.expect_err("nobody listens");
    let source = std::error::Error::source(&error).expect("a source");
    let shown = format!("{error} {error:?} {source} {source:?}");
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(!format!("{call:?}").contains("hunter"));
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_sends_nothing() {
    let server = Server::script([answer(200, "")]).await;
    let call = get(&server.url).header("x-test", "a\r\nb");
    let error = TestClock::new().http().send_once(&call).await.expect_err("a bad header");
    assert!(!error.may_have_arrived());
    assert!(server.seen().is_empty());
}

#[test]
fn calls_of_one_operation_have_one_name() {
    let name = |url: &str| Call::get(url.parse().expect("a URL")).operation();
    let models = "https://api.replicate.com/v1/models/black-forest-labs/flux-schnell/predictions";
    assert_eq!(name(models), "GET /v1/models/black-forest-labs/flux-schnell/predictions");
    for id in ["rm2x7k", "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", &"x".repeat(40)] {
        let url = format!("https://a.example/v1/users/{id}/:send?key=secret");
        assert_eq!(name(&url), "GET /v1/users/*/:send", "{id}");
    }
}
