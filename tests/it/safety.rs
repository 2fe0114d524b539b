//! What the safety check keeps back, and what becomes of an appeal.

use std::sync::atomic::Ordering;
use std::time::Duration;

use imagegen_core::catalog::PlanId;
use imagegen_core::safety::{self, Outcome};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fakes::user_id;

const FORBIDDEN: &str = "a forbidden fox";

fn decision_path(id: &str) -> String {
    format!("/api/v1/safety/decisions/{id}")
}

fn appeal_path(id: &str) -> String {
    format!("{}/appeal", decision_path(id))
}

/// The decision that keeps `FORBIDDEN` back.
async fn kept_back(app: &TestApp, user: &str) -> String {
    let problem = app.order(user, FORBIDDEN, None).await.problem(422, "content-blocked");
    problem["decision_id"].as_str().expect("a decision").to_owned()
}

pub(crate) async fn answer(app: &TestApp, user: &str, decision: &str, outcome: Outcome) {
    let services = &app.app.services;
    let (user, id) = (user_id(user), decision.parse().expect("an id"));
    let documents = &*services.documents;
    let now = services.clock.now();
    safety::answer(documents, &user, &id, outcome, Some("Looked at."), now)
        .await
        .expect("it is open");
}

async fn open_appeals(app: &TestApp) -> usize {
    let services = &app.app.services;
    let page = safety::open_appeals(&*services.documents, services.clock.now(), None).await;
    page.expect("the store works").0.len()
}

#[tokio::test]
async fn one_picture_of_four_is_kept_back_and_given_back_alone() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    app.moderation.keep_back(102);
    let body = json!({ "prompt": "foxes", "model": "flux-schnell", "count": 4, "seed": 100 });
    let id = app.post("ada", "/api/v1/generations", &body).await.accepted();
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 3, "released": 1 }), "{job}");
    let statuses: Vec<_> = (0..4).map(|n| job["images"][n]["status"].clone()).collect();
    assert_eq!(statuses, ["delivered", "delivered", "filtered", "delivered"]);
    let filtered = &job["images"][2];
    assert_eq!((&filtered["category"], &filtered["url"]), (&json!("sexual"), &Value::Null));
    assert!(app.stored_blobs().iter().all(|key| !key.contains("/2/")), "it is stored nowhere");

    let decision = filtered["decision_id"].as_str().expect("a decision");
    let decision = app.get("ada", &decision_path(decision)).await.ok();
    assert_eq!(decision["subject"], "image", "{decision}");
    assert_eq!((&decision["generation_id"], &decision["index"]), (&json!(id), &json!(2)));
}

#[tokio::test]
async fn a_job_of_which_everything_is_kept_back_is_blocked_and_free() {
    let app = TestApp::new();
    app.moderation.keep_back(7);
    let body = json!({ "prompt": "a fox", "model": "flux-schnell", "seed": 7 });
    let id = app.post("ada", "/api/v1/generations", &body).await.accepted();
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["error"]["category"]), (&json!("blocked"), &json!("sexual")));
    assert_eq!(app.credits("ada").await, (10, 0));
    assert_eq!(app.stored_blobs(), Vec::<String>::new());
}

#[tokio::test]
async fn pictures_wait_while_the_safety_check_is_down_and_are_given_up_at_the_deadline() {
    let app = TestApp::new();
    let (first, second) = (app.create("ada", "a fox").await, app.create("bob", "a fox").await);
    app.deliver().await;
    app.moderation.is_down.store(true, Ordering::Relaxed);
    app.draw().await;
    app.deliver().await;
    let job = app.generation("ada", &first).await;
    assert_eq!((&job["status"], &job["images"][0]["url"]), (&json!("finishing"), &Value::Null));
    assert_eq!(app.stored_blobs(), Vec::<String>::new(), "what is not judged is not stored");

    app.moderation.is_down.store(false, Ordering::Relaxed);
    app.clock.advance(Duration::from_mins(2));
    app.tick("reconcile_generations").await;
    app.deliver().await;
    assert_eq!(app.generation("ada", &first).await["status"], "succeeded");

    let third = app.create("eve", "a fox").await;
    app.deliver().await;
    app.moderation.is_down.store(true, Ordering::Relaxed);
    app.draw().await;
    app.deliver().await;
    app.clock.advance(Duration::from_hours(1));
    app.tick("reconcile_generations").await;
    app.deliver().await;
    let job = app.generation("eve", &third).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("timed_out")));
    assert_eq!(app.credits("eve").await, (10, 0));
    assert_eq!(app.generation("bob", &second).await["status"], "succeeded");
}

#[tokio::test]
async fn a_picture_that_cannot_be_judged_is_not_shown() {
    let app = TestApp::new();
    app.moderation.is_blind.store(true, Ordering::Relaxed);
    let id = app.create("ada", "a fox").await;
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("bad_output")));
    assert_eq!(app.credits("ada").await, (10, 0));
}

#[tokio::test]
async fn an_overturned_verdict_lets_the_same_prompt_pass_for_its_owner_alone() {
    let app = TestApp::new();
    let decision = kept_back(&app, "ada").await;
    let stored = app.stored("ada", "decision").await;
    assert!(!stored[0].body.contains("fox"), "the prompt is not stored");
    let body = json!({ "message": "It is a comic's name.", "prompt": FORBIDDEN });
    for _ in 0..2 {
        let made = app.post("ada", &appeal_path(&decision), &body).await;
        assert_eq!((made.status, &made.json()["appeal"]["status"]), (201, &json!("open")));
    }
    assert_eq!(open_appeals(&app).await, 1);
    answer(&app, "ada", &decision, Outcome::Overturned).await;
    assert_eq!(open_appeals(&app).await, 0);
    let seen = app.get("ada", &decision_path(&decision)).await.ok();
    assert_eq!(seen["appeal"]["status"], "overturned", "{seen}");
    assert_eq!(seen["appeal"]["note"], "Looked at.", "{seen}");

    app.order("ada", FORBIDDEN, None).await.accepted();
    app.order("ada", "another forbidden fox", None).await.problem(422, "content-blocked");
    app.order("bob", FORBIDDEN, None).await.problem(422, "content-blocked");
}

#[tokio::test]
async fn an_overturned_picture_passes_when_it_is_made_again() {
    let app = TestApp::new();
    app.moderation.keep_back(7);
    let body = json!({ "prompt": "a fox", "model": "flux-schnell", "seed": 7 });
    let first = app.post("ada", "/api/v1/generations", &body).await.accepted();
    app.drain().await;
    let decision = app.generation("ada", &first).await["error"]["decision_id"].clone();
    let decision = decision.as_str().expect("a decision");
    let appeal = json!({ "message": "It is a fox." });
    assert_eq!(app.post("ada", &appeal_path(decision), &appeal).await.status, 201);
    answer(&app, "ada", decision, Outcome::Overturned).await;
    let again = app.post("ada", "/api/v1/generations", &body).await.accepted();
    app.drain().await;
    assert_eq!(app.generation("ada", &again).await["status"], "succeeded");
}

#[tokio::test]
async fn an_upheld_verdict_stands() {
    let app = TestApp::new();
    let decision = kept_back(&app, "ada").await;
    let body = json!({ "message": "Please.", "prompt": FORBIDDEN });
    assert_eq!(app.post("ada", &appeal_path(&decision), &body).await.status, 201);
    answer(&app, "ada", &decision, Outcome::Upheld).await;
    app.order("ada", FORBIDDEN, None).await.problem(422, "content-blocked");
    let other = json!({ "message": "Once more.", "prompt": FORBIDDEN });
    app.post("ada", &appeal_path(&decision), &other).await.problem(409, "already-appealed");
}

#[tokio::test]
async fn an_appeal_needs_a_reason_the_right_prompt_and_its_owner() {
    let app = TestApp::new();
    let decision = kept_back(&app, "ada").await;
    let path = appeal_path(&decision);
    let refused = async |body: Value| {
        app.post("ada", &path, &body).await.refused_field(422, "invalid-request")
    };
    assert_eq!(refused(json!({ "message": " ", "prompt": FORBIDDEN })).await, "#/message");
    assert_eq!(
        refused(json!({ "message": "a".repeat(2001), "prompt": FORBIDDEN })).await,
        "#/message"
    );
    assert_eq!(refused(json!({ "message": "No." })).await, "#/prompt");
    assert_eq!(refused(json!({ "message": "No.", "prompt": "a fox" })).await, "#/prompt");
    assert_eq!(refused(json!({ "message": "No.", "other": 1 })).await, "#/other");
    let right = json!({ "message": "No.", "prompt": FORBIDDEN });
    app.post("bob", &path, &right).await.problem(404, "not-found");
    app.get("bob", &decision_path(&decision)).await.problem(404, "not-found");
    app.get("ada", &decision_path("dec_nonsense")).await.problem(404, "not-found");
    assert_eq!(open_appeals(&app).await, 0);
}
