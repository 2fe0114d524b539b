//! Several providers: who takes over for whom, what is paid, and what a lost, doubled, forged or late report does.

use std::time::Duration;

use imagegen_core::catalog::{PlanId, Provider};
use imagegen_core::generations::Generation;
use imagegen_core::ports::image_provider::Prediction;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fakes::{Mood, SIGNATURE};

const OTHERS: [Provider; 2] = [Provider::Foundry, Provider::Bfl];

/// Routes of the model that is ordered: Replicate, Foundry, Black Forest Labs.
async fn app_with(others: &[Provider]) -> TestApp {
    let app = TestApp::with_providers(others);
    app.put_on_plan("ada", PlanId::Premium).await;
    app
}

async fn order(app: &TestApp, prompt: &str) -> String {
    let body = json!({ "prompt": prompt, "model": "flux-1.1-pro" });
    app.post("ada", "/api/v1/generations", &body).await.accepted()
}

/// Until nothing is left to do in the next `seconds`.
async fn live(app: &TestApp, seconds: u64) {
    for _ in 0..seconds.div_ceil(5) {
        app.drain().await;
        app.clock.advance(Duration::from_secs(5));
    }
    app.tick("reconcile_generations").await;
    app.drain().await;
}

async fn stored(app: &TestApp, id: &str) -> Generation {
    let documents = app.stored("ada", "generation").await;
    let found = documents.iter().find(|document| document.id == id).expect("it is stored");
    found.decode().expect("a job")
}

fn asked(app: &TestApp, which: Provider) -> u64 {
    app.others[&which].asked()
}

async fn assert_delivered_by(app: &TestApp, id: &str, provider: Provider) {
    let job = app.generation("ada", id).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 5, "released": 0 }), "{job}");
    let stored = stored(app, id).await;
    assert_eq!(stored.images()[0].provider, provider);
    assert_eq!(stored.spent_usd_micros(), 40_000, "what it took of us is written down");
    assert!(!job.to_string().contains("40000"), "and not shown: {job}");
}

#[tokio::test]
async fn the_next_route_takes_over_at_the_same_price() {
    let app = app_with(&OTHERS).await;
    app.provider.set(Mood::Throttles(Some(Duration::from_secs(60))));
    let id = order(&app, "a fox").await;
    app.drain().await;
    // Drawn in the answer, it is looked after a second later.
    app.clock.advance(Duration::from_secs(1));
    app.drain().await;
    assert_delivered_by(&app, &id, Provider::Foundry).await;
    assert_eq!((app.provider.asked(), asked(&app, Provider::Bfl)), (1, 0));

    app.others[&Provider::Foundry].set(Mood::Throttles(None));
    let id = order(&app, "a hen").await;
    app.drain().await;
    assert_delivered_by(&app, &id, Provider::Bfl).await;
    assert_eq!(app.provider.asked(), 1, "it is left alone for the minute that it asked for");
}

#[tokio::test]
async fn a_model_is_never_replaced_by_another() {
    let app = app_with(&OTHERS).await;
    app.provider.set(Mood::Throttles(None));
    let body = json!({ "prompt": "a fox", "model": "flux-dev" });
    let id = app.post("ada", "/api/v1/generations", &body).await.accepted();
    live(&app, 60).await;
    assert_eq!(app.generation("ada", &id).await["status"], "starting");
    assert_eq!((asked(&app, Provider::Foundry), asked(&app, Provider::Bfl)), (0, 0));
    app.provider.set(Mood::Works);
    live(&app, 60).await;
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
}

#[tokio::test]
async fn with_all_routes_down_a_job_waits_and_ends_by_its_deadline() {
    let app = app_with(&OTHERS).await;
    let all = || app.others.values().chain([&app.provider]);
    all().for_each(|provider| provider.set(Mood::Throttles(None)));
    let id = order(&app, "a fox").await;
    for _ in 0..5 {
        order(&app, "a hen").await;
    }
    live(&app, 9 * 60).await;
    assert_eq!(app.generation("ada", &id).await["status"], "starting");
    let asked: u64 = all().map(|provider| provider.asked()).sum();
    assert!((18..100).contains(&asked), "they are asked again, but seldom: {asked} times");
    let health = app.get("ada", "/api/health").await.ok();
    let down = |name: &str| {
        let list = health["providers"].as_array().expect("a list");
        list.iter().any(|it| it["name"] == name && it["status"] != "ok")
    };
    assert!(down("replicate") && down("foundry") && down("bfl"), "{health}");
    assert_eq!(health["status"], "ok", "they are not ours: {health}");

    live(&app, 2 * 60).await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("timed_out")));
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 0, "released": 5 }), "{job}");
    assert_eq!(stored(&app, &id).await.spent_usd_micros(), 0);
}

#[tokio::test]
async fn a_lost_answer_goes_nowhere_else_until_the_look_says_no() {
    let app = app_with(&OTHERS).await;
    app.provider.set(Mood::LosesAnswers);
    let id = order(&app, "a fox").await;
    app.deliver().await;
    assert_eq!(asked(&app, Provider::Foundry), 0);
    live(&app, 120).await;
    assert_delivered_by(&app, &id, Provider::Replicate).await;
    assert_eq!((app.provider.asked(), asked(&app, Provider::Foundry)), (1, 0), "found, not asked");

    // The request itself was lost: the look finds nothing, and the provider is asked again.
    app.provider.set(Mood::LosesRequests);
    let id = order(&app, "a hen").await;
    app.deliver().await;
    app.provider.set(Mood::Works);
    live(&app, 120).await;
    assert_delivered_by(&app, &id, Provider::Replicate).await;
}

#[tokio::test]
async fn where_nobody_can_look_a_lost_answer_ends_the_picture_and_nobody_pays_twice() {
    for lossy in OTHERS {
        let app = app_with(&OTHERS).await;
        let lost = &app.others[&lossy];
        lost.set(Mood::LosesAnswers);
        for other in app.others.values().chain([&app.provider]) {
            if !std::sync::Arc::ptr_eq(other, lost) {
                other.set(Mood::Throttles(None));
            }
        }
        let id = order(&app, "a fox").await;
        app.deliver().await;
        for other in app.others.values().chain([&app.provider]) {
            other.set(Mood::Works);
        }
        // Whatever it sends later gets lost as well.
        live(&app, 30).await;
        let heard = app.generation("ada", &id).await["status"] == "succeeded";
        live(&app, 180).await;
        let job = app.generation("ada", &id).await;
        let drawn: usize =
            app.others.values().chain([&app.provider]).map(|it| it.sheets().len()).sum();
        assert_eq!(drawn, 1, "{lossy:?} drew it, and nobody was asked again: {job}");
        assert_eq!(stored(&app, &id).await.spent_usd_micros(), 40_000, "it counts as paid");
        if lossy == Provider::Bfl {
            assert!(heard, "its webhook tells what the answer did not: {job}");
        } else {
            assert_eq!(job["status"], "failed", "{job}");
            assert_eq!(job["credits"]["released"], 5, "{job}");
        }
    }
}

#[tokio::test]
async fn a_picture_that_came_with_the_answer_survives_whoever_brought_it() {
    let app = app_with(&[Provider::Foundry]).await;
    app.provider.set(Mood::Throttles(None));
    let id = order(&app, "a fox").await;
    app.deliver().await;
    let raw = |app: &TestApp| app.stored_blobs().iter().any(|name| name.ends_with("raw.bin"));
    assert_eq!(app.generation("ada", &id).await["status"], "finishing");
    assert!(raw(&app), "it lies with us before anything says so");
    // The message that looks after it is lost.
    assert!(app.queue.waiting().iter().any(|message| !message.delay.is_zero()));
    app.queue.forget();
    app.clock.advance(Duration::from_secs(61));
    app.tick("reconcile_generations").await;
    app.drain().await;
    assert_delivered_by(&app, &id, Provider::Foundry).await;
    assert!(!raw(&app), "what came is gone when it is finished");
}

#[tokio::test]
async fn a_cancelled_picture_leaves_nothing_behind() {
    let app = app_with(&[Provider::Foundry]).await;
    app.provider.set(Mood::Throttles(None));
    let id = order(&app, "a fox").await;
    app.deliver().await;
    let path = format!("/api/v1/generations/{id}/cancel");
    app.post("ada", &path, &Value::Null).await.ok();
    app.drain().await;
    live(&app, 120).await;
    assert_eq!(app.generation("ada", &id).await["status"], "cancelled");
    assert_eq!(app.stored_blobs(), Vec::<String>::new());
}

/// A job that waits for Black Forest Labs.
async fn at_bfl() -> (TestApp, String) {
    let app = app_with(&[Provider::Bfl]).await;
    app.provider.set(Mood::Throttles(Some(Duration::from_secs(60))));
    let id = order(&app, "a fox").await;
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "running");
    (app, id)
}

#[tokio::test]
async fn a_webhook_lost_is_made_up_for_by_asking_who_was_asked() {
    let (app, id) = at_bfl().await;
    app.others[&Provider::Bfl].draw();
    app.clock.advance(Duration::from_secs(61));
    app.tick("reconcile_generations").await;
    app.drain().await;
    assert_delivered_by(&app, &id, Provider::Bfl).await;
}

#[tokio::test]
async fn a_webhook_doubled_is_one_message_and_a_forged_one_is_none() {
    let (app, id) = at_bfl().await;
    let drawn = app.others[&Provider::Bfl].draw().remove(0);
    app.report(&drawn, "sha256=00").await.problem(401, "unauthenticated");
    let mut strange = drawn.clone();
    strange.callback = drawn.callback.as_ref().map(|url| url.replace(".0.", ".1."));
    app.report(&strange, SIGNATURE).await.problem(404, "not-found");
    assert_eq!(app.queue.waiting(), []);
    for _ in 0..2 {
        assert_eq!(app.report(&drawn, SIGNATURE).await.status, 200);
    }
    assert_eq!(app.queue.waiting().len(), 1);
    app.drain().await;
    assert_delivered_by(&app, &id, Provider::Bfl).await;
}

#[tokio::test]
async fn a_webhook_after_the_cancel_changes_nothing() {
    let (app, id) = at_bfl().await;
    let drawn = app.others[&Provider::Bfl].draw().remove(0);
    app.post("ada", &format!("/api/v1/generations/{id}/cancel"), &Value::Null).await.ok();
    app.drain().await;
    assert_eq!(app.report(&drawn, SIGNATURE).await.status, 200);
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!(job["status"], "cancelled", "{job}");
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 0, "released": 5 }), "{job}");
    assert_eq!(app.stored_blobs(), Vec::<String>::new());
}

#[tokio::test]
async fn the_webhook_of_another_provider_is_believed_for_what_it_is() {
    // Replicate took the request, lost the answer, and shows it in no list; so another one is asked.
    let (app, id) = at_bfl().await;
    let mut late = app.others[&Provider::Bfl].sheets().remove(0);
    late.id.0 = "prediction-of-replicate".into();
    late.callback = late.callback.map(|url| url.replace("/bfl/", "/replicate/"));
    late.state = Prediction::Drawn { output: "test://prediction-of-replicate".into() };
    assert_eq!(app.report(&late, SIGNATURE).await.status, 200);
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "running", "the one at work counts");
    app.drain().await;
    assert_delivered_by(&app, &id, Provider::Bfl).await;
}

#[tokio::test]
async fn a_webhook_of_who_is_not_configured_is_nobodys() {
    let app = TestApp::new();
    app.create("ada", "a fox").await;
    app.deliver().await;
    let mut drawn = app.provider.draw().remove(0);
    drawn.callback = drawn.callback.map(|url| url.replace("/replicate/", "/bfl/"));
    app.report(&drawn, SIGNATURE).await.problem(404, "not-found");
}
