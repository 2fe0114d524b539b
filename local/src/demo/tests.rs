use super::*;

fn generation(value: Value) -> Generation {
    serde_json::from_value(value).expect("a generation")
}

#[test]
fn a_problem_is_told_in_sentences() {
    let problem = json!({
        "type": "about:blank", "title": "Invalid request", "status": 422, "detail": "The order cannot be accepted",
        "errors": [{"pointer": "#/prompt", "detail": "must not be empty"}],
    });
    assert_eq!(told(&problem), "The order cannot be accepted. prompt: must not be empty.");
    assert_eq!(told(&json!({"title": "Unauthorized"})), "Unauthorized.");
    assert_eq!(told(&json!("The model failed")), "The model failed.");
    assert_eq!(told(&Value::Null), "");
}

#[test]
fn a_job_that_failed_says_why() {
    let failed = generation(json!({
        "id": "gen_1", "status": "failed", "error": {"code": "provider", "detail": "The model failed."},
        "credits": {"held": 0, "captured": 0, "released": 1},
    }));
    assert!(failed.is_final());
    assert_eq!(failed.why(), "The picture was not made: The model failed.");
}

#[test]
fn a_job_without_a_reason_says_what_came_back() {
    let cancelled =
        generation(json!({"id": "gen_1", "status": "cancelled", "credits": {"released": 1}}));
    assert_eq!(
        cancelled.why(),
        "The picture was not made: the job is cancelled. 1 credit given back."
    );
}

#[test]
fn what_the_summary_says_is_not_said_twice() {
    let problem = json!({
        "detail": "prompt must say what to draw.",
        "errors": [{"pointer": "#/prompt", "detail": "must say what to draw"}],
    });
    assert_eq!(told(&problem), "prompt must say what to draw.");
}

#[test]
fn a_picture_that_is_not_there_yet_has_no_facts() {
    let running = generation(json!({
        "id": "gen_1", "status": "running", "position": 0, "progress": 0.253, "error": null,
        "images": [{"index": 0, "status": "pending", "seed": 7, "url": null, "width": 1024, "height": 1024,
            "content_type": null, "bytes": null}],
    }));
    assert!(running.images.iter().all(|image| image.url.is_none() && image.content_type.is_none()));
}

#[test]
fn a_job_at_work_is_not_final() {
    for status in ["queued", "starting", "running", "finishing", "a-state-to-come"] {
        assert!(!generation(json!({"id": "gen_1", "status": status})).is_final(), "{status}");
    }
}

#[tokio::test]
async fn a_port_nobody_listens_on_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let demo = Demo {
        prompt: "a fox".to_owned(),
        port,
        out: None,
        model: "flux-schnell".to_owned(),
        seed: None,
        email: "demo@example.com".to_owned(),
    };
    let sentence = run(&demo).await.expect_err("nobody listens");
    assert!(sentence.starts_with(&format!("Nothing listens on port {port}.")), "{sentence}");
}
