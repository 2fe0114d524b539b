use super::*;

fn under(local: &Local, key: &str, form: &str) -> Call {
    let mut asked = local.request(Method::POST, "/v1/customers", form);
    asked.headers.insert("idempotency-key", key.parse().expect("a header value"));
    asked
}

#[tokio::test]
async fn the_same_call_under_the_same_key_is_one_call() {
    let local = Local::new("stripe-same");
    let first = local.stripe.handle(&under(&local, "k", "email=a@b.c&name=Ada")).await;
    // The order of parameters says nothing, and a restart forgets nothing.
    let again = Local::on(Ground::clone(&local.ground));
    let second = again.stripe.handle(&under(&again, "k", "name=Ada&email=a@b.c")).await;
    assert_eq!(first.body(), second.body());
    assert_eq!(second.headers()["idempotent-replayed"], "true");
    assert_eq!(second.headers()["original-request"], first.headers()["request-id"]);
    assert_eq!(local.get("/v1/customers").await["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn other_parameters_under_the_same_key_are_refused() {
    let local = Local::new("stripe-other");
    local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    let other = local.stripe.handle(&under(&local, "k", "email=b@b.c")).await;
    assert_eq!(other.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body(&other)["error"]["type"], "idempotency_error");
}

#[tokio::test(start_paused = true)]
async fn while_a_call_is_under_way_the_same_key_conflicts() {
    let local = Local::new("stripe-under-way");
    local.faults.handle(&call(Method::POST, "/", r#"{"stripe":{"delay_ms":1000}}"#));
    let (one, other) = (under(&local, "k", "email=a@b.c"), under(&local, "k", "email=a@b.c"));
    let (one, other) = tokio::join!(local.stripe.handle(&one), local.stripe.handle(&other));
    assert_eq!((one.status(), other.status()), (StatusCode::OK, StatusCode::CONFLICT));
    let later = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert_eq!(later.body(), one.body());
}

#[tokio::test]
async fn what_was_not_begun_leaves_nothing_under_its_key() {
    let local = Local::new("stripe-not-begun");
    let wrong = local.stripe.handle(&under(&local, "k", "mail=a@b.c")).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let order = r#"{"stripe":{"error_rate":1,"status":503}}"#;
    local.faults.handle(&call(Method::POST, "/", order));
    let down = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
    local.faults.handle(&call(Method::DELETE, "/", ""));
    let right = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert_eq!(right.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_internal_error_stays_under_its_key_for_a_day() {
    let local = Local::new("stripe-500");
    let order = r#"{"stripe":{"error_rate":1,"status":500}}"#;
    local.faults.handle(&call(Method::POST, "/", order));
    let broken = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    local.faults.handle(&call(Method::DELETE, "/", ""));
    let again = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert_eq!((broken.status().as_u16(), again.status().as_u16()), (500, 500));
    assert_eq!(broken.body(), again.body());
    local.advance("25h").await;
    let next_day = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert_eq!(next_day.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_lost_answer_was_work_done_and_comes_again_under_its_key() {
    let local = Local::new("stripe-lost");
    local.faults.handle(&call(Method::POST, "/", r#"{"stripe":{"lost_response_rate":1}}"#));
    let lost = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert!(lost.extensions().get::<crate::cloud::faults::Lost>().is_some());
    local.faults.handle(&call(Method::DELETE, "/", ""));
    let found = local.stripe.handle(&under(&local, "k", "email=a@b.c")).await;
    assert_eq!(found.status(), StatusCode::OK);
    assert_eq!(local.get("/v1/customers").await["data"].as_array().map(Vec::len), Some(1));
}
