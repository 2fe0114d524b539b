//! What goes over the wire, and what comes back.

use serde_json::json;

use super::*;
use crate::http::Secret;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};
use crate::requests::Wanted;

fn foundry(url: &str) -> Foundry {
    let settings = FoundrySettings {
        endpoint: format!("{url}/_local/foundry"),
        access: Access::Key(Secret::new("key")),
        output_hosts: vec![url.trim_start_matches("http://").to_owned()],
    };
    Foundry::new(settings, TestClock::new().http()).expect("settings")
}

async fn submit(url: &str, wanted: &Wanted, model: &str) -> Result<Submitted, SubmitError> {
    foundry(url).submit(&wanted.of(model)).await
}

#[tokio::test]
async fn a_request_names_the_model_twice_and_gets_the_picture() {
    let server = Server::script([answer(200, include_str!("fixtures/base64.json"))]).await;
    let wanted = Wanted::new().with_input(Some("https://blobs.example/a.png")).with_input(None);
    let drawn = submit(&server.url, &wanted, "flux-kontext-pro").await.expect("drawn");
    assert_eq!(drawn, Submitted::Drawn { picture: b"picture".to_vec() });
    let seen = server.only();
    let path = "/_local/foundry/providers/blackforestlabs/v1/flux-kontext-pro?api-version=preview";
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", path));
    assert_eq!(seen.header("authorization"), Some("Bearer key"));
    assert_eq!(
        seen.json(),
        json!({
            "model": "FLUX.1-Kontext-pro", "prompt": "a red fox", "width": 1344, "height": 768,
            "output_format": "png", "num_images": 1, "seed": 7,
            "input_image": "cG5n", "input_image_2": "cG5n",
        })
    );
}

#[tokio::test]
async fn a_link_is_followed_to_the_listed_hosts_alone() {
    let server = Server::start(|seen| {
        let host = seen.header("host").expect("a host");
        if seen.method == "GET" {
            return answer(200, b"picture");
        }
        let url = format!("http://{host}/files/a.png");
        answer(200, json!({"data": [{"url": url}]}).to_string())
    })
    .await;
    let drawn = submit(&server.url, &Wanted::new(), "flux-1.1-pro").await.expect("drawn");
    assert_eq!(drawn, Submitted::Drawn { picture: b"picture".to_vec() });
    assert_eq!(server.seen()[1].header("authorization"), None, "the key stays here");

    let elsewhere = json!({"data": [{"url": "http://127.0.0.1:1/a.png"}]}).to_string();
    let server = Server::script([answer(200, elsewhere)]).await;
    let error = submit(&server.url, &Wanted::new(), "flux-1.1-pro").await;
    assert!(matches!(error, Err(SubmitError::Uncertain(_))), "it is drawn and paid: {error:?}");
}

#[tokio::test]
async fn what_an_answer_means_for_another_try() {
    let problem = include_str!("fixtures/problem.json");
    let wanted = Wanted::new();
    for status in [401, 402, 403, 404, 429] {
        let server = Server::script([answer(status, problem).with("retry-after", "9")]).await;
        match submit(&server.url, &wanted, "flux-1.1-pro").await {
            Err(SubmitError::Unavailable { retry_after, .. }) => {
                assert_eq!(retry_after, Some(Duration::from_secs(9)), "{status}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
    let error = submit(&nobody().await, &wanted, "flux-1.1-pro").await;
    assert!(matches!(error, Err(SubmitError::Unavailable { .. })), "{error:?}");

    let server = Server::script([answer(400, problem)]).await;
    match submit(&server.url, &wanted, "flux-1.1-pro").await {
        Err(SubmitError::Refused { reason }) => {
            assert_eq!(reason, "BadRequest: The prompt is too long.");
        }
        other => panic!("{other:?}"),
    }
    for act in [Act::Drop, answer(500, ""), answer(408, ""), answer(200, "{}"), answer(200, "x")] {
        let server = Server::script([act]).await;
        let error = submit(&server.url, &wanted, "flux-1.1-pro").await;
        assert!(matches!(error, Err(SubmitError::Uncertain(_))), "{error:?}");
        assert_eq!(server.seen().len(), 1, "it is never asked for twice");
    }
    let server = Server::script([answer(200, r#"{"data":[]}"#)]).await;
    let failed = submit(&server.url, &wanted, "flux-1.1-pro").await.expect("an end");
    assert!(matches!(failed, Submitted::Failed { .. }), "{failed:?}");
}

#[tokio::test]
async fn a_lost_answer_cannot_be_looked_for() {
    let (foundry, wanted) = (foundry("http://127.0.0.1:1"), Wanted::new());
    let lost = foundry.status(wanted.lost("flux-1.1-pro")).await;
    assert!(matches!(lost, Err(ProviderError::Unsearchable)), "{lost:?}");
    let other = foundry.submit(&wanted.of("flux-schnell")).await;
    assert!(matches!(other, Err(SubmitError::Refused { .. })), "{other:?}");
}
