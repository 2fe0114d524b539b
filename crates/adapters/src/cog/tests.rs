//! What goes over the wire, and what comes back.

use serde_json::json;

use super::*;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};
use crate::requests::Wanted;

fn cog(url: &str) -> Cog {
    Cog::new(&format!("{url}/_local/cog"), TestClock::new().http()).expect("an address")
}

async fn submit(url: &str) -> Result<Submitted, SubmitError> {
    let wanted = Wanted::new();
    cog(url).submit(&wanted.of("flux-schnell")).await
}

fn drawn() -> Act {
    answer(200, include_str!("fixtures/succeeded_array.json"))
}

#[tokio::test]
async fn a_request_has_a_name_made_of_its_ticket_and_wants_no_webhook() {
    let server = Server::script([drawn()]).await;
    let wanted = Wanted { callback: Some("https://api.example.com/hook".into()), ..Wanted::new() };
    let cog = cog(&server.url);
    for _ in 0..2 {
        let picture = cog.submit(&wanted.of("flux-schnell")).await.expect("drawn");
        assert_eq!(picture, Submitted::Drawn { picture: b"picture".to_vec() });
    }
    let [first, again] = &server.seen()[..] else { panic!("two requests") };
    assert_eq!((&first.method, &first.target), (&"PUT".to_owned(), &again.target));
    let id = first.target.strip_prefix("/_local/cog/predictions/").expect("a prediction");
    assert!(id.len() == 26 && id.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}");
    assert_eq!(first.header("prefer"), None, "the answer waits for the picture");
    let body = first.json();
    assert_eq!((&body["id"], body.get("webhook")), (&json!(id), None));
    assert_eq!(body["input"]["prompt"], "a red fox");
    assert_eq!(body["input"]["aspect_ratio"], "16:9");
    assert_eq!((&body["input"]["seed"], &body["input"]["num_outputs"]), (&json!(7), &json!(1)));
    assert_eq!(body["input"].get("disable_safety_checker"), None);
}

#[tokio::test]
async fn every_end_is_told_by_its_name() {
    let picture = Submitted::Drawn { picture: b"picture".to_vec() };
    for (body, wanted) in [
        (include_str!("fixtures/succeeded_array.json"), picture.clone()),
        (include_str!("fixtures/succeeded_string.json"), picture),
        (include_str!("fixtures/failed_nsfw.json"), Submitted::Filtered),
        (
            include_str!("fixtures/failed.json"),
            Submitted::Failed { reason: "CUDA out of memory for …".into() },
        ),
        (
            r#"{"status":"succeeded","output":"https://files.example/a.png"}"#,
            Submitted::Failed { reason: "its output is no `data:` address".into() },
        ),
    ] {
        let server = Server::script([answer(200, body)]).await;
        assert_eq!(submit(&server.url).await.expect("an end"), wanted, "{body}");
    }
}

#[tokio::test]
async fn busy_is_not_taken_and_a_lost_answer_is_uncertain() {
    let server = Server::script([answer(409, r#"{"detail":"Already running"}"#)]).await;
    let error = submit(&server.url).await;
    assert!(matches!(error, Err(SubmitError::Unavailable { .. })), "{error:?}");
    let error = submit(&nobody().await).await;
    assert!(matches!(error, Err(SubmitError::Unavailable { .. })), "{error:?}");

    for act in [
        Act::Drop,
        answer(200, "{}"),
        answer(200, include_str!("fixtures/processing.json")),
        answer(202, include_str!("fixtures/processing.json")),
        answer(500, ""),
    ] {
        let server = Server::script([act]).await;
        let error = submit(&server.url).await;
        assert!(matches!(error, Err(SubmitError::Uncertain(_))), "{error:?}");
        assert_eq!(server.seen().len(), 1, "it is repeated by whoever has the intent");
    }
    let server = Server::script([answer(422, include_str!("fixtures/problem_validation.json"))]);
    match submit(&server.await.url).await {
        Err(SubmitError::Refused { reason }) => assert_eq!(reason, "value is not a valid integer"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn asking_again_is_always_right_and_no_webhook_is_believed() {
    let clock = TestClock::new();
    let (cog, wanted) = (cog("http://127.0.0.1:1"), Wanted::new());
    assert_eq!(cog.status(wanted.lost("flux-schnell")).await.expect("an answer"), None);
    let call = WebhookCall {
        id: None,
        timestamp: None,
        signature: None,
        body: include_bytes!("fixtures/succeeded_array.json"),
        now: imagegen_core::ports::clock::Clock::now(&*clock),
    };
    assert!(matches!(cog.verify(&call), Err(WebhookError::Forged(_))));
    let other = cog.submit(&wanted.of("flux-dev")).await;
    assert!(matches!(other, Err(SubmitError::Refused { .. })), "{other:?}");
}
