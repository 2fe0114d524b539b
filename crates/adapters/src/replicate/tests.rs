//! What goes over the wire, and what comes back.

use std::sync::Arc;

use imagegen_core::catalog::{Catalog, OutputFormat};
use imagegen_core::ids::UserId;
use imagegen_core::ports::clock::Clock as _;
use imagegen_core::ports::image_provider::Prediction;
use imagegen_core::ticket::{Ticket, TicketKey, Ticketed};
use serde_json::json;

use super::*;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};
use crate::outputs::LARGEST_OUTPUT;

const ID: &str = "kzs0v6k9h5rma0cv1f7b2m4x8c";

fn replicate(url: &str, clock: &Arc<TestClock>) -> Replicate {
    let settings = ReplicateSettings {
        token: Secret::new("r8_test"),
        base_url: format!("{url}/_local/replicate/v1"),
        webhook_secrets: vec![Secret::new("whsec_cmVwbGljYXRlLXdlYmhvb2stdGVzdC1rZXktMDAwMQ==")],
        output_hosts: vec![url.trim_start_matches("http://").to_owned()],
    };
    Replicate::new(settings, clock.http()).expect("settings")
}

fn ticket() -> Ticket {
    TicketKey::new("k").issue(&Ticketed {
        user: UserId::of("i", "s"),
        generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
        index: 0,
    })
}

async fn submit(url: &str, callback: Option<String>) -> Result<PredictionId, SubmitError> {
    let catalog = Catalog::built_in();
    let request = ProviderRequest {
        model: catalog.model("flux-schnell").expect("a model"),
        prompt: "a red fox",
        aspect_ratio: "1:1".parse().expect("a ratio"),
        seed: 7,
        output_format: OutputFormat::Webp,
        inputs: &[],
        strength_percent: None,
        ticket: &ticket(),
        callback,
        cancel_after: Duration::from_mins(10),
    };
    match replicate(url, &TestClock::new()).submit(&request).await? {
        Submitted::Started(prediction) => Ok(prediction),
        other => panic!("it draws afterwards: {other:?}"),
    }
}

fn created() -> Act {
    answer(201, include_str!("fixtures/starting.json"))
}

fn id() -> PredictionId {
    PredictionId(ID.into())
}

async fn find(server: &Server) -> Result<Option<Snapshot>, ProviderError> {
    let (clock, catalog) = (TestClock::new(), Catalog::built_in());
    let sought = Sought::ByTicket {
        ticket: &ticket(),
        model: catalog.model("flux-schnell").expect("a model"),
        aspect_ratio: "1:1".parse().expect("a ratio"),
        prompt: "a red fox",
        seed: 7,
        created_after: clock.now(),
    };
    replicate(&server.url, &clock).status(sought).await
}

#[tokio::test]
async fn a_submit_names_model_deadline_and_callback() {
    let server = Server::script([created()]).await;
    let callback = "https://api.example.com/api/webhooks/replicate/t".to_owned();
    assert_eq!(submit(&server.url, Some(callback.clone())).await.expect("submitted"), id());
    let seen = server.only();
    assert_eq!(seen.method, "POST");
    assert_eq!(
        seen.target,
        "/_local/replicate/v1/models/black-forest-labs/flux-schnell/predictions"
    );
    assert_eq!(seen.header("authorization"), Some("Bearer r8_test"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("cancel-after"), Some("600s"));
    assert_eq!(seen.header("prefer"), None, "the answer must not wait for the picture");
    let body = seen.json();
    assert_eq!(body["input"]["prompt"], "a red fox");
    assert_eq!(body["webhook"], json!(callback));
    assert_eq!(body["webhook_events_filter"], json!(["start", "completed"]));
}

#[tokio::test]
async fn without_a_callback_no_webhook_is_asked_for() {
    let server = Server::script([created()]).await;
    submit(&server.url, None).await.expect("submitted");
    let body = server.only().json();
    assert_eq!((body.get("webhook"), body.get("webhook_events_filter")), (None, None));
}

#[tokio::test]
async fn a_refusal_says_why_and_is_final() {
    for status in [400, 413, 422] {
        let problem = answer(status, include_str!("fixtures/problem_validation.json"));
        let server = Server::script([problem]).await;
        match submit(&server.url, None).await {
            Err(SubmitError::Refused { reason }) => {
                assert!(reason.starts_with("Input validation failed"), "{reason}");
                assert!(!reason.contains("fox"), "{reason}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_our_fault_or_passes_was_not_accepted() {
    for status in [302, 401, 402, 403, 404, 409] {
        let problem = answer(status, include_str!("fixtures/problem_unauthenticated.json"));
        let server = Server::script([problem]).await;
        let error = submit(&server.url, None).await;
        let unavailable = matches!(error, Err(SubmitError::Unavailable { retry_after: None, .. }));
        assert!(unavailable, "{status}: {error:?}");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
    let throttled = answer(429, include_str!("fixtures/problem_throttled.json"));
    let server = Server::script([throttled.with("retry-after", "30")]).await;
    match submit(&server.url, None).await {
        Err(SubmitError::Unavailable { retry_after, .. }) => {
            assert_eq!(retry_after, Some(Duration::from_secs(30)));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.seen().len(), 1, "the queue waits, not we");
    let error = submit(&nobody().await, None).await;
    assert!(matches!(error, Err(SubmitError::Unavailable { .. })), "{error:?}");
}

#[tokio::test]
async fn a_lost_answer_is_uncertain_and_never_repeated() {
    for act in [
        Act::Drop,
        answer(408, ""),
        answer(500, ""),
        answer(503, "").with("retry-after", "1"),
        answer(201, "<html>"),
        answer(201, "{}"),
        answer(201, "").with("content-length", "99"),
        answer(201, vec![b' '; 2 * 1024 * 1024]),
    ] {
        let server = Server::script([act.clone(), created()]).await;
        let error = submit(&server.url, None).await;
        assert!(matches!(error, Err(SubmitError::Uncertain(_))), "{error:?}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_prediction_is_asked_for_by_its_id() {
    let drawn = answer(200, include_str!("fixtures/succeeded_string.json"));
    let server = Server::script([answer(502, ""), drawn]).await;
    let replicate = replicate(&server.url, &TestClock::new());
    let snapshot = replicate.status(Sought::ById(&id())).await.expect("an answer").expect("one");
    assert_eq!(snapshot.id, id());
    assert!(matches!(snapshot.state, Prediction::Drawn { .. }));
    let seen = server.seen();
    assert_eq!(seen.len(), 2, "asking again is safe");
    assert_eq!(seen[0].target, format!("/_local/replicate/v1/predictions/{ID}"));
}

#[tokio::test]
async fn an_unknown_prediction_is_none_and_trouble_is_an_error() {
    let server = Server::script([answer(404, "{}")]).await;
    let provider = replicate(&server.url, &TestClock::new());
    assert_eq!(provider.status(Sought::ById(&id())).await.expect("an answer"), None);
    for not_an_id in ["", ".", "..", "a/b", "a?b", "%2e%2e"] {
        let id = PredictionId(not_an_id.into());
        assert_eq!(provider.status(Sought::ById(&id)).await.expect("an answer"), None);
    }
    assert_eq!(server.seen().len(), 1, "what cannot be an id is not sent");

    for act in [answer(500, ""), answer(401, ""), answer(200, "rubbish"), Act::Drop] {
        let server = Server::script([act]).await;
        let error = replicate(&server.url, &TestClock::new()).status(Sought::ById(&id())).await;
        assert!(matches!(error, Err(ProviderError::Unavailable(_))), "{error:?}");
    }
}

#[tokio::test]
async fn a_lost_prediction_is_found_on_a_later_page() {
    let server = Server::start(|seen| {
        let host = seen.header("host").expect("a host");
        let base = "/_local/replicate/v1/predictions";
        let ours = json!({"id": ID, "status": "starting",
            "webhook": format!("https://a.example/{}?x=1", ticket().as_str())});
        match seen.target.strip_prefix(base) {
            Some("?created_after=2025-12-31T23%3A58%3A00Z") => {
                let next = format!("http://{host}{base}?cursor=2");
                let other = json!({"id": "other", "status": "starting"});
                answer(200, json!({"next": next, "results": [other]}).to_string())
            }
            Some("?cursor=2") => answer(200, json!({"next": null, "results": [ours]}).to_string()),
            Some(path) if path.contains(ID) => {
                answer(200, include_str!("fixtures/processing_with_output.json"))
            }
            _ => answer(400, ""),
        }
    })
    .await;
    let snapshot = find(&server).await.expect("an answer").expect("found");
    assert_eq!(snapshot, Snapshot { id: id(), state: Prediction::Working { started: true } });
    assert!(server.seen().iter().all(|s| s.header("authorization") == Some("Bearer r8_test")));
}

#[tokio::test]
async fn only_the_end_of_the_list_says_that_there_is_none() {
    let end = json!({"previous": null, "next": null, "results": []}).to_string();
    let server = Server::script([answer(200, end)]).await;
    assert_eq!(find(&server).await.expect("an answer"), None);

    let endless = Server::start(|seen| {
        let host = seen.header("host").expect("a host");
        let next = format!("http://{host}/_local/replicate/v1/predictions?cursor=x");
        answer(200, json!({"next": next, "results": []}).to_string())
    })
    .await;
    let error = find(&endless).await;
    assert!(matches!(error, Err(ProviderError::Unavailable(_))), "{error:?}");
    assert_eq!(endless.seen().len(), MOST_PAGES);
}

#[tokio::test]
async fn a_search_ends_while_the_function_still_has_time() {
    let next = |host: &str| format!("http://{host}/_local/replicate/v1/predictions?cursor=x");
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let slow = Server::start(move |seen| {
        if turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2) {
            return answer(429, "").with("retry-after", "15");
        }
        let next = next(seen.header("host").expect("a host"));
        answer(200, json!({"next": next, "results": []}).to_string())
    })
    .await;
    let error = find(&slow).await;
    assert!(matches!(error, Err(ProviderError::Unavailable(_))), "{error:?}");
    assert_eq!(slow.seen().len(), 8, "four pages at 15 seconds each");
}

#[tokio::test]
async fn the_token_does_not_follow_a_page_to_another_host() {
    let elsewhere = Server::script([answer(200, "{}")]).await;
    for next in [elsewhere.url.clone(), "/relative".into(), "https://api.replicate.com/".into()] {
        let page = json!({"next": next, "results": []}).to_string();
        let server = Server::script([answer(200, page)]).await;
        let error = find(&server).await;
        assert!(matches!(error, Err(ProviderError::Unavailable(_))), "{error:?}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn cancelling_what_is_gone_is_done() {
    for (act, done) in [
        (answer(200, include_str!("fixtures/canceled.json")), true),
        (answer(404, ""), true),
        (answer(422, ""), false),
        (answer(500, ""), false),
    ] {
        let server = Server::script([act]).await;
        let result = replicate(&server.url, &TestClock::new()).cancel(&id()).await;
        assert_eq!(result.is_ok(), done, "{result:?}");
        let seen = &server.seen()[0];
        assert_eq!(seen.method, "POST");
        assert_eq!(seen.target, format!("/_local/replicate/v1/predictions/{ID}/cancel"));
    }
}

#[tokio::test]
async fn an_output_is_fetched_from_the_providers_hosts_alone() {
    let server = Server::script([answer(500, ""), answer(200, b"picture")]).await;
    let provider = replicate(&server.url, &TestClock::new());
    let bytes = provider.fetch(&format!("{}/files/a.webp", server.url)).await.expect("bytes");
    assert_eq!(bytes, b"picture");
    assert_eq!(server.seen()[1].header("authorization"), Some("Bearer r8_test"));

    let elsewhere = Server::script([answer(200, "")]).await;
    for url in [
        format!("{}/a.webp", elsewhere.url),
        server.url.replace("http://", "http://user:key@"),
        "data:image/png;base64,AAAA".into(),
        "file:///etc/passwd".into(),
        "https://replicate.delivery/a.webp".into(),
        "a.webp".into(),
    ] {
        let error = provider.fetch(&url).await;
        assert!(matches!(error, Err(ProviderError::Refused { .. })), "{url}: {error:?}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn an_output_that_is_gone_moved_or_too_big_is_refused_and_trouble_is_not() {
    let too_big = (LARGEST_OUTPUT + 1).to_string();
    for (act, refused) in [
        (answer(404, ""), true),
        (answer(302, "").with("location", "http://127.0.0.1:1/"), true),
        (answer(200, "").with("content-length", &too_big), true),
        (answer(503, ""), false),
        (answer(200, "half").with("content-length", "99"), false),
    ] {
        let server = Server::script([act.clone()]).await;
        let url = format!("{}/a.webp", server.url);
        let error = replicate(&server.url, &TestClock::new()).fetch(&url).await;
        match error.expect_err("no bytes") {
            ProviderError::Refused { .. } => assert!(refused, "{act:?}"),
            ProviderError::Unavailable(_) => assert!(!refused, "{act:?}"),
            ProviderError::Unsearchable => panic!("{act:?}"),
        }
    }
}

#[tokio::test]
async fn a_webhook_is_read_only_when_it_is_signed() {
    let clock = TestClock::new();
    let provider = replicate("http://127.0.0.1:1", &clock);
    let call = WebhookCall {
        id: Some("msg_2LJtbd9GUtoWmqQSDFrWBpiNuMw"),
        timestamp: Some("1767225600"),
        signature: Some("v1,ABU7bGeJCM3Hza2m8QUl34Pu8yRV3W7lmh69aS+Ne6k="),
        body: br#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded"}"#,
        now: clock.now(),
    };
    let snapshot = provider.verify(&call).expect("signed");
    assert_eq!(snapshot.id.0, "gm3qorzdhgbfurvjtvhg6dckhu");
    let changed = WebhookCall { body: b"{}", ..call };
    assert!(matches!(provider.verify(&changed), Err(WebhookError::Forged(_))));
}
