use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::cloud::stripe::delivery;

/// Answers one request with `status`; returns its head and its body.
async fn heard(listener: &TcpListener, status: u16) -> (String, String) {
    let (mut stream, _) = listener.accept().await.expect("somebody calls");
    let mut seen = Vec::new();
    loop {
        stream.read_buf(&mut seen).await.expect("it sends");
        let text = String::from_utf8_lossy(&seen).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned)
        });
        let length: usize = length.expect("it says how long it is").parse().expect("a number");
        if body.len() >= length {
            let answer =
                format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.expect("it listens");
            return (head.to_owned(), body.to_owned());
        }
    }
}

async fn endpoint(local: &Local, kinds: &str) -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let form = format!("url=http://127.0.0.1:{port}/hook&enabled_events[]={kinds}");
    let made = local.post("/v1/webhook_endpoints", &form).await;
    let secret = made["secret"].as_str().expect("told once").to_owned();
    let again = local.get(&format!("/v1/webhook_endpoints/{}", id(&made))).await;
    assert!(again.get("secret").is_none());
    (listener, secret)
}

fn run(local: &Local) -> tokio::task::JoinHandle<()> {
    tokio::spawn(delivery::run(Arc::clone(&local.stripe.0)))
}

#[tokio::test]
async fn an_event_is_told_signed_and_again_until_it_is_accepted() {
    let local = Local::new("stripe-tell");
    let (listener, secret) = endpoint(&local, "customer.created").await;
    let telling = run(&local);
    let customer = local.customer().await;
    local.post(&format!("/v1/customers/{customer}"), "name=Ada").await;
    let (_, refused) = heard(&listener, 500).await;
    let (head, body) = heard(&listener, 200).await;
    assert_eq!(refused, body, "it is the same event, to the byte");
    let event: Value = serde_json::from_str(&body).expect("it is JSON");
    assert_eq!(
        (&event["type"], &event["api_version"]),
        (&json!("customer.created"), &json!("2026-10-28.endive"))
    );
    assert_eq!(event["data"]["object"]["id"], customer.as_str());
    let header = head
        .lines()
        .find_map(|line| line.strip_prefix("stripe-signature: "))
        .expect("it is signed");
    let time = header.strip_prefix("t=").and_then(|rest| rest.split(',').next()).expect("a time");
    assert_eq!(header, delivery::signature(&secret, time.parse().expect("a number"), &body));
    telling.abort();
}

#[tokio::test]
async fn what_was_not_told_is_told_after_a_restart() {
    let local = Local::new("stripe-untold");
    let (listener, _) = endpoint(&local, "*").await;
    let customer = local.customer().await;
    let again = Local::on(Ground::clone(&local.ground));
    let telling = run(&again);
    let (_, body) = heard(&listener, 200).await;
    assert!(body.contains(&customer), "{body}");
    telling.abort();
}

#[tokio::test]
async fn faults_drop_and_double_webhooks() {
    let local = Local::new("stripe-faults");
    let (listener, _) = endpoint(&local, "*").await;
    let telling = run(&local);
    local.faults.handle(&call(Method::POST, "/", r#"{"webhooks":{"duplicate_rate":1}}"#));
    local.customer().await;
    let (_, one) = heard(&listener, 200).await;
    let (_, other) = heard(&listener, 200).await;
    assert_eq!(one, other);
    local.faults.handle(&call(Method::POST, "/", r#"{"webhooks":{"drop_rate":1}}"#));
    let dropped = local.customer().await;
    // Nothing is left to be told, though nobody was.
    let event = local.get("/v1/events?type=customer.created&limit=1").await["data"][0].clone();
    assert_eq!(event["data"]["object"]["id"], dropped.as_str());
    let target = format!("/v1/events/{}", id(&event));
    let told = async {
        while local.get(&target).await["pending_webhooks"] != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), told).await.expect("it is dropped");
    local.faults.handle(&call(Method::DELETE, "/", ""));
    local.steer(&format!("/_resend/{}", id(&event)), &Value::Null).await;
    let (_, body) = heard(&listener, 200).await;
    assert!(body.contains(&dropped), "{body}");
    telling.abort();
}

#[tokio::test]
async fn endpoints_elsewhere_are_refused_and_deleted_ones_are_not_told() {
    let local = Local::new("stripe-endpoints");
    let (status, _) = local
        .ask(Method::POST, "/v1/webhook_endpoints", "url=https://example.com/&enabled_events[]=*")
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (_listener, _) = endpoint(&local, "*").await;
    let all = local.get("/v1/webhook_endpoints").await;
    let ids: Vec<String> = all["data"].as_array().expect("a list").iter().map(id).collect();
    assert_eq!(ids.last().map(String::as_str), Some("we_local"), "the handler's own");
    let target = format!("/v1/webhook_endpoints/{}", ids[0]);
    local.ask(Method::DELETE, &target, "").await;
    assert_eq!(local.ask(Method::GET, &target, "").await.0, StatusCode::NOT_FOUND);
    local.customer().await;
    let event = local.get("/v1/events?type=customer.created").await;
    assert_eq!(event["data"][0]["pending_webhooks"], 1, "the handler alone");
}

#[tokio::test]
async fn events_are_found_by_kind_for_thirty_days() {
    let local = Local::new("stripe-events");
    let [basic, ..] = local.shelf().await;
    local.subscriber(&basic, "pay").await;
    let found = local.get("/v1/events?types[0]=invoice.paid&types[1]=charge.succeeded").await;
    assert_eq!(found["data"].as_array().map(Vec::len), Some(2));
    let beginning = local.get("/v1/events?type=invoice.*").await;
    assert!(beginning["data"].as_array().map(Vec::len) >= Some(3));
    local.advance("31d").await;
    let found = local.get("/v1/events?types[0]=checkout.session.completed").await;
    assert_eq!(found["data"].as_array().map(Vec::len), Some(0));
}
