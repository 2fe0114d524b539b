//! What a page opens, and what goes over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::*;
use crate::entra::tests::always;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};

const USER: &str = "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn user() -> UserId {
    USER.parse().expect("an id")
}

fn hub(url: &str) -> WebPubSub {
    let text = format!("Endpoint={url};AccessKey=a2V5=;Version=1.0;");
    let clock = TestClock::new();
    WebPubSub::new(&text, "imagegen", clock.http(), clock.clone()).expect("settings")
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&BASE64.decode(part).expect("base64")).expect("claims")
}

#[tokio::test]
async fn a_page_gets_an_address_for_its_user_and_an_hour() {
    for (endpoint, opened) in [
        ("https://demo.webpubsub.azure.com", "wss://demo.webpubsub.azure.com"),
        ("http://localhost:7071/_local/webpubsub/", "ws://localhost:7071/_local/webpubsub"),
        ("https://demo.webpubsub.azure.com;Port=8443", "wss://demo.webpubsub.azure.com:8443"),
    ] {
        let now = Timestamp::constant(1_767_225_600, 0);
        let url = hub(endpoint).negotiate(&user(), now).await.expect("an address");
        let (address, token) = url.split_once("?access_token=").expect("a token");
        assert_eq!(address, format!("{opened}/client/hubs/imagegen"));
        let audience = address.replacen("ws", "http", 1);
        assert_eq!(
            claims(token),
            json!({"aud": audience, "sub": USER, "iat": 1_767_225_600, "exp": 1_767_229_200})
        );
    }
}

#[tokio::test]
async fn an_event_is_posted_to_its_user() {
    let server = Server::script([answer(202, "")]).await;
    let hub = hub(&format!("{}/_local/webpubsub", server.url));
    hub.publish(&user(), r#"{"rev":3}"#.into()).await.expect("sent");
    let seen = server.only();
    assert_eq!(seen.method, "POST");
    let target =
        format!("/_local/webpubsub/api/hubs/imagegen/users/{USER}/:send?api-version=2024-12-01");
    assert_eq!(seen.target, target);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, br#"{"rev":3}"#);
    let token = seen.header("authorization").and_then(|v| v.strip_prefix("Bearer "));
    let claims = claims(token.expect("a bearer token"));
    assert_eq!(claims["aud"], format!("{}{target}", server.url));
    assert_eq!(claims["exp"], 1_767_225_900);
    assert_eq!(claims.get("sub"), None);
}

#[tokio::test]
async fn trouble_is_tried_again_and_a_refusal_is_not() {
    let server = Server::script([answer(500, ""), Act::Drop, answer(202, "")]).await;
    hub(&server.url).publish(&user(), "{}".into()).await.expect("sent");
    assert_eq!(server.seen().len(), 3);
    for status in [302, 400, 401, 404] {
        let server = Server::script([answer(status, "")]).await;
        assert!(hub(&server.url).publish(&user(), "{}".into()).await.is_err(), "{status}");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
    assert!(hub(&nobody().await).publish(&user(), "{}".into()).await.is_err());
}

#[tokio::test]
async fn settings_that_cannot_work_stop_the_boot() {
    let clock = TestClock::new();
    let good = "Endpoint=https://a.example;AccessKey=k";
    for (text, hub) in [
        (good, ""),
        (good, "1hub"),
        (good, "my-hub"),
        ("Endpoint=https://a.example", "hub"),
        ("Endpoint=http://a.example;AccessKey=k", "hub"),
        ("Endpoint=https://a.example;AccessKey=k;Port=x", "hub"),
    ] {
        assert!(WebPubSub::new(text, hub, clock.http(), clock.clone()).is_err(), "{text} {hub}");
    }
    assert!(WebPubSub::new(good, "image_gen1", clock.http(), clock.clone()).is_ok());
}

#[tokio::test]
async fn for_an_identity_the_service_signs_what_the_page_opens() {
    let server = Server::script([answer(200, r#"{"token":"page"}"#), answer(202, "")]).await;
    let clock = TestClock::new();
    let now = clock.now();
    let hub = WebPubSub::by_identity(&server.url, "imagegen", always("eyJ"), clock.http(), clock);
    let hub = hub.expect("settings");
    let url = hub.negotiate(&user(), now).await.expect("an address");
    let host = server.host();
    assert_eq!(url, format!("ws://{host}/client/hubs/imagegen?access_token=page"));
    hub.publish(&user(), "{}".into()).await.expect("sent");

    let seen = server.seen();
    let target = format!(
        "/api/hubs/imagegen/:generateToken?userId={USER}&minutesToExpire=60&api-version=2024-12-01"
    );
    assert_eq!((&*seen[0].method, &seen[0].target), ("POST", &target));
    assert!(seen.iter().all(|it| it.header("authorization") == Some("Bearer eyJ")), "{seen:?}");
}
