//! What goes over the wire, and what comes back.

use imagegen_core::ports::image_provider::Prediction;
use serde_json::json;

use super::*;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};
use crate::requests::Wanted;

const ID: &str = "b1a2c3d4-0000-4000-8000-000000000001";

fn bfl(url: &str, secret: Option<&str>) -> Bfl {
    let settings = BflSettings {
        key: Secret::new("key"),
        base_url: format!("{url}/_local/bfl"),
        webhook_secret: secret.map(Secret::new),
        hosts: vec![url.trim_start_matches("http://").to_owned(), "bfl.ai".into()],
    };
    Bfl::new(settings, TestClock::new().http()).expect("settings")
}

async fn submit(url: &str, wanted: &Wanted, model: &str) -> Result<Submitted, SubmitError> {
    bfl(url, Some("secret")).submit(&wanted.of(model)).await
}

fn accepted() -> Act {
    answer(200, include_str!("fixtures/accepted.json"))
}

#[tokio::test]
async fn a_request_brings_size_inputs_and_the_secret_of_its_webhook() {
    let server = Server::script([accepted()]).await;
    let callback = "https://api.example.com/api/webhooks/bfl/t";
    let wanted = Wanted { callback: Some(callback.into()), ..Wanted::new() };
    let wanted = wanted.with_input(Some("https://blobs.example/a.png")).with_input(None);
    let submitted = submit(&server.url, &wanted, "flux-2-pro").await.expect("accepted");
    let Submitted::Started(prediction) = submitted else { panic!("{submitted:?}") };
    assert_eq!(prediction.name(), ID);
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/_local/bfl/v1/flux-2-pro"));
    assert_eq!(seen.header("x-key"), Some("key"));
    assert_eq!(
        seen.json(),
        json!({
            "prompt": "a red fox", "width": 1344, "height": 768, "seed": 7, "safety_tolerance": 2,
            "output_format": "png", "input_image": "https://blobs.example/a.png",
            "input_image_2": "cG5n", "webhook_url": callback, "webhook_secret": "secret",
        })
    );
}

#[tokio::test]
async fn without_a_secret_no_webhook_is_asked_for() {
    let server = Server::script([accepted()]).await;
    let wanted = Wanted { callback: Some("https://api.example.com/x".into()), ..Wanted::new() };
    bfl(&server.url, None).submit(&wanted.of("flux-kontext-pro")).await.expect("accepted");
    let body = server.only().json();
    assert_eq!((body.get("webhook_url"), body.get("webhook_secret")), (None, None));
    assert_eq!((&body["aspect_ratio"], body.get("width")), (&json!("16:9"), None));
}

#[tokio::test]
async fn what_an_answer_means_for_another_try() {
    let wanted = Wanted::new();
    for status in [401, 402, 403, 404, 429] {
        let server = Server::script([answer(status, "{}").with("retry-after", "9")]).await;
        match submit(&server.url, &wanted, "flux-1.1-pro").await {
            Err(SubmitError::Unavailable { retry_after, .. }) => {
                assert_eq!(retry_after, Some(Duration::from_secs(9)), "{status}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
    let error = submit(&nobody().await, &wanted, "flux-1.1-pro").await;
    assert!(matches!(error, Err(SubmitError::Unavailable { .. })), "{error:?}");
    let server = Server::script([answer(422, include_str!("fixtures/problem_validation.json"))]);
    match submit(&server.await.url, &wanted, "flux-1.1-pro").await {
        Err(SubmitError::Refused { reason }) => assert_eq!(reason, "Field required"),
        other => panic!("{other:?}"),
    }
    for act in [
        Act::Drop,
        answer(500, ""),
        answer(200, "{}"),
        answer(200, r#"{"id":""}"#),
        answer(200, r#"{"id":"a b"}"#),
    ] {
        let server = Server::script([act]).await;
        let error = submit(&server.url, &wanted, "flux-1.1-pro").await;
        assert!(matches!(error, Err(SubmitError::Uncertain(_))), "{error:?}");
        assert_eq!(server.seen().len(), 1, "it is never asked for twice");
    }
    let lost = bfl("http://127.0.0.1:1", None).status(wanted.lost("flux-1.1-pro")).await;
    assert!(matches!(lost, Err(ProviderError::Unsearchable)), "{lost:?}");
}

async fn told(status: u16, body: &str) -> Result<Option<Prediction>, ProviderError> {
    let server = Server::script([answer(status, body)]).await;
    let id = PredictionId(ID.into());
    let found = bfl(&server.url, None).status(Sought::ById(&id)).await?;
    Ok(found.map(|snapshot| snapshot.state))
}

#[tokio::test]
async fn every_status_is_read_by_its_name_whatever_the_http_status() {
    let sample = "https://delivery-eu1.bfl.ai/results/a/sample.png?sig=x";
    let state = |text: &'static str| async move { told(200, text).await.expect("an answer") };
    let working = Some(Prediction::Working { started: true });
    assert_eq!(state(include_str!("fixtures/pending.json")).await, working);
    let drawn = Some(Prediction::Drawn { output: sample.into() });
    assert_eq!(state(include_str!("fixtures/ready.json")).await, drawn);
    let failed = state(include_str!("fixtures/error.json")).await;
    assert!(matches!(failed, Some(Prediction::Failed { .. })), "{failed:?}");
    assert_eq!(state(r#"{"status":"Painting"}"#).await, working, "unknown is no end");
    for status in [200, 404, 422] {
        let moderated = told(status, include_str!("fixtures/content_moderated.json")).await;
        assert_eq!(moderated.expect("an answer"), Some(Prediction::Filtered));
    }
    for body in [include_str!("fixtures/task_not_found.json"), "{}"] {
        assert_eq!(told(404, body).await.expect("an answer"), None);
    }
    let error = told(401, "{}").await;
    assert!(matches!(error, Err(ProviderError::Unavailable(_))), "{error:?}");
}

#[tokio::test]
async fn a_task_is_asked_about_where_it_was_told_and_the_key_goes_nowhere_else() {
    let pending = || answer(200, include_str!("fixtures/pending.json"));
    let (server, elsewhere) =
        (Server::script([pending()]).await, Server::script([pending()]).await);
    let provider = bfl(&server.url, None);
    for (told, target) in [
        (format!("{ID} {}/eu/get?id=1", server.url), "/eu/get?id=1".to_owned()),
        (ID.to_owned(), format!("/_local/bfl/v1/get_result?id={ID}")),
        (format!("{ID} {}/x", elsewhere.url), format!("/_local/bfl/v1/get_result?id={ID}")),
        (format!("{ID} file:///etc/passwd"), format!("/_local/bfl/v1/get_result?id={ID}")),
    ] {
        let id = PredictionId(told.clone());
        let found = provider.status(Sought::ById(&id)).await.expect("an answer").expect("one");
        assert_eq!(found.id, id);
        let last = server.seen().pop().expect("a request");
        assert_eq!((last.header("x-key"), &last.target), (Some("key"), &target), "{told}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_picture_is_fetched_without_the_key() {
    let server = Server::script([answer(200, b"picture")]).await;
    let provider = bfl(&server.url, None);
    let bytes = provider.fetch(&format!("{}/sample.png", server.url)).await.expect("bytes");
    assert_eq!(bytes, b"picture");
    assert_eq!(server.only().header("x-key"), None);
    let error = provider.fetch("https://elsewhere.example/sample.png").await;
    assert!(matches!(error, Err(ProviderError::Refused { .. })), "{error:?}");
}

#[test]
fn a_webhook_is_read_only_when_it_is_signed() {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use std::fmt::Write as _;
    let body = include_bytes!("fixtures/webhook.json");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"secret").expect("any length");
    mac.update(body);
    let hex = mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes it");
        text
    });
    let signature = format!("sha256={hex}");
    let call = |signature: Option<&'static str>, body: &'static [u8]| WebhookCall {
        id: None,
        timestamp: None,
        signature,
        body,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let signature: &'static str = Box::leak(signature.into_boxed_str());
    let provider = bfl("http://127.0.0.1:1", Some("secret"));
    let snapshot = provider.verify(&call(Some(signature), body)).expect("signed");
    assert_eq!(snapshot.id.0, ID);
    assert!(matches!(snapshot.state, Prediction::Drawn { .. }));
    for (signature, body) in [
        (None, &body[..]),
        (Some(&signature[7..]), &body[..]),
        (Some("sha256="), &body[..]),
        (Some("sha256=zz"), &body[..]),
        (Some("sha256=é0"), &body[..]),
        (Some(signature), b"{}"),
    ] {
        let refused = provider.verify(&call(signature, body));
        assert!(matches!(refused, Err(WebhookError::Forged(_))), "{signature:?}: {refused:?}");
    }
    let deaf = bfl("http://127.0.0.1:1", None);
    assert!(deaf.verify(&call(Some(signature), body)).is_err());
}
