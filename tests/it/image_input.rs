//! Jobs that start from pictures.

use std::time::Duration;

use image::GenericImageView as _;
use imagegen_adapters::imaging::read_recipe;
use imagegen_core::catalog::PlanId;
use serde_json::{Value, json};

use crate::app::{TestApp, bearer};
use crate::uploads::photo;

const PATH: &str = "/api/v1/generations";

async fn premium() -> TestApp {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Premium).await;
    app
}

fn dev(inputs: &Value) -> Value {
    json!({ "prompt": "a red fox in snow", "model": "flux-dev", "inputs": inputs, "strength": 0.35 })
}

#[tokio::test]
async fn an_upload_becomes_the_start_of_a_job() {
    let app = premium().await;
    let upload = app.uploaded("ada", photo()).await;
    let answer = app.post("ada", PATH, &dev(&json!([{ "upload_id": upload }]))).await;
    let id = answer.accepted();
    let job = answer.json();
    assert_eq!(job["kind"], "image_to_image", "{job}");
    assert_eq!(job["inputs"][0]["upload_id"], upload, "{job}");
    assert_eq!((&job["strength"], &job["parent"]), (&json!(0.35), &Value::Null), "{job}");
    // 200 × 100 is most like 21:9 or 16:9; nothing else was asked for.
    assert_eq!(job["aspect_ratio"], "16:9", "{job}");

    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    let sheet = &app.provider.sheets()[0];
    assert_eq!(sheet.strength_percent, Some(35));
    let [input] = sheet.inputs.as_slice() else { panic!("one input: {sheet:?}") };
    assert_eq!(input.content_type, "image/webp");
    let opened = image::load_from_memory(&input.bytes).expect("a picture");
    assert_eq!(opened.dimensions(), (200, 100));
    let url = input.url.as_deref().expect("the store is reached by https");
    assert_eq!(app.file(&json!(url)), input.bytes);
}

#[tokio::test]
async fn a_job_has_an_upload_looked_at_that_nobody_has_looked_at() {
    let app = premium().await;
    let offered = app.offer("ada").await;
    let order = dev(&json!([{ "upload_id": offered["id"] }]));
    // It was not sent: nothing is stored and nothing is charged.
    let answer = app.post("ada", PATH, &order).await;
    assert_eq!(answer.refused_field(422, "invalid-request"), "#/inputs/0/upload_id");
    assert_eq!(app.stored("ada", "generation").await, []);
    app.send_file(&offered, photo()).await;
    app.post("ada", PATH, &order).await.accepted();
}

#[tokio::test]
async fn a_picture_that_was_made_becomes_the_start_of_the_next() {
    let app = premium().await;
    let first = json!({ "prompt": "a hen", "model": "flux-schnell", "output_format": "png" });
    let first = app.post("ada", PATH, &first).await.accepted();
    let inputs = json!([{ "generation_id": first, "index": 0 }]);
    let early = app.post("ada", PATH, &dev(&inputs)).await;
    assert_eq!(early.refused_field(422, "invalid-request"), "#/inputs/0/index");
    app.drain().await;

    let answer = app.post("ada", PATH, &dev(&inputs)).await;
    let second = answer.accepted();
    assert_eq!(answer.json()["parent"], first);
    app.drain().await;
    let sheet = &app.provider.sheets()[1];
    let input = image::load_from_memory(&sheet.inputs[0].bytes).expect("a picture");
    assert_eq!(input.dimensions(), (256, 256));
    let made = app.generation("ada", &second).await;
    let recipe = read_recipe(&app.file(&made["images"][0]["url"])).expect("a picture");
    assert_eq!(recipe.expect("ours").parent, Some(format!("{first}/0")));

    app.put_on_plan("eve", PlanId::Premium).await;
    let foreign = app.post("eve", PATH, &dev(&inputs)).await;
    assert_eq!(foreign.refused_field(422, "invalid-request"), "#/inputs/0/generation_id");
}

#[tokio::test]
async fn every_wrong_input_names_its_field_and_leaves_nothing_behind() {
    let app = TestApp::new();
    app.me("ada").await;
    let upload = "upl_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let order = |model: &str, inputs: Value, more: Value| {
        let mut order = json!({ "prompt": "a fox", "model": model, "inputs": inputs });
        for (name, value) in more.as_object().expect("fields") {
            order[name] = value.clone();
        }
        order
    };
    let one = json!([{ "upload_id": upload }]);
    for (body, field) in [
        (order("flux-schnell", one.clone(), json!({})), "#/inputs"),
        (order("flux-dev", json!([{}]), json!({})), "#/inputs/0"),
        (order("flux-dev", json!([{ "url": "https://x" }]), json!({})), "#/inputs/0/url"),
        (order("flux-dev", json!([{ "upload_id": "x" }]), json!({})), "#/inputs/0/upload_id"),
        (
            order(
                "flux-2-pro",
                json!([{ "upload_id": upload }, { "generation_id": upload }]),
                json!({}),
            ),
            "#/inputs/1/generation_id",
        ),
        (order("flux-dev", one.clone(), json!({ "strength": 0 })), "#/strength"),
        (order("flux-dev", one.clone(), json!({ "strength": 1.1 })), "#/strength"),
        (order("flux-dev", json!([]), json!({ "strength": 0.5 })), "#/strength"),
        (order("flux-kontext-pro", one.clone(), json!({ "strength": 0.5 })), "#/strength"),
    ] {
        for path in [PATH, "/api/v1/generations/quote"] {
            let answer = app.post("ada", path, &body).await;
            assert_eq!(answer.refused_field(422, "invalid-request"), field, "{body}");
        }
    }
    app.assert_untouched("ada", "wrong inputs").await;
    app.put_on_plan("ada", PlanId::Basic).await;
    for path in [PATH, "/api/v1/generations/quote"] {
        let answer = app.post("ada", path, &order("flux-dev", one.clone(), json!({}))).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), "#/inputs/0/upload_id");
    }
    assert_eq!(app.stored("ada", "generation").await, []);
}

#[tokio::test]
async fn an_input_that_is_kept_back_costs_nothing() {
    let app = premium().await;
    let offered = app.offer("ada").await;
    app.send_file(&offered, photo()).await;
    app.moderation.keeps_pictures_back.store(true, std::sync::atomic::Ordering::Relaxed);
    let order = dev(&json!([{ "upload_id": offered["id"] }]));
    let answer = app.post("ada", PATH, &order).await;
    assert_eq!(answer.refused_field(422, "content-blocked"), "#/inputs/0/upload_id");
    assert!(answer.json()["decision_id"].is_string());
    assert_eq!(app.stored("ada", "generation").await, []);
}

#[tokio::test]
async fn one_upload_serves_many_jobs_and_retries_and_is_kept_for_them() {
    let app = premium().await;
    let upload = app.uploaded("ada", photo()).await;
    let order = dev(&json!([{ "upload_id": upload }]));
    let first = app.post("ada", PATH, &order).await.accepted();
    app.post("ada", PATH, &order).await.accepted();
    app.drain().await;

    // Long after a day it is still there, without what was sent.
    app.clock.advance(Duration::from_hours(48));
    app.tick("sweep_uploads").await;
    app.drain().await;
    let path = format!("/api/v1/uploads/{upload}");
    assert_eq!(app.get("ada", &path).await.ok()["status"], "ready");
    let retry = format!("{PATH}/{first}/retry");
    let retried = app.post("ada", &retry, &Value::Null).await;
    let id = retried.accepted();
    assert_eq!(retried.json()["inputs"][0]["upload_id"], upload);
    app.drain().await;
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
    let sheets = app.provider.sheets();
    assert_eq!(sheets[2].inputs[0].bytes, sheets[0].inputs[0].bytes);

    // When no plan keeps it any more, a retry says so.
    app.clock.advance(Duration::from_hours(24 * 367));
    app.tick("sweep_uploads").await;
    app.drain().await;
    app.get("ada", &path).await.problem(404, "not-found");
    let late = app.post("ada", &retry, &Value::Null).await;
    assert_eq!(late.refused_field(422, "invalid-request"), "#/inputs/0/upload_id");
}

#[tokio::test]
async fn the_same_key_with_other_inputs_is_another_wish() {
    let app = premium().await;
    let [one, other] = [app.uploaded("ada", photo()).await, app.uploaded("ada", photo()).await];
    let bearer = bearer("ada");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k")];
    let order = async |upload: &str| {
        let order = dev(&json!([{ "upload_id": upload }]));
        app.call("POST", PATH, &headers, order.to_string()).await
    };
    let id = order(&one).await.accepted();
    assert_eq!(order(&one).await.accepted(), id);
    order(&other).await.problem(409, "idempotency-key-reused");
}

#[tokio::test]
async fn an_input_that_is_gone_fails_the_job_with_its_reason_and_gives_the_credits_back() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let before = app.credits("ada").await;
    let upload = app.uploaded("ada", photo()).await;
    let order = dev(&json!([{ "upload_id": upload }]));
    let id = app.post("ada", PATH, &order).await.accepted();
    let key = format!("{}/{upload}/input.webp", crate::fakes::user_id("ada"));
    app.app.services.blobs.delete(&key).await.expect("the store works");
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("input_gone")));
    assert_eq!(job["credits"]["released"], 2, "{job}");
    assert_eq!(app.credits("ada").await, before);
    assert_eq!(app.provider.sheets().len(), 0, "nobody was paid");
}

#[tokio::test]
async fn several_references_go_along_in_order() {
    let app = premium().await;
    let upload = app.uploaded("ada", photo()).await;
    let first = json!({ "prompt": "a hen", "model": "flux-schnell" });
    let first = app.post("ada", PATH, &first).await.accepted();
    app.drain().await;
    let inputs =
        json!([{ "generation_id": first }, { "upload_id": upload }, { "upload_id": upload }]);
    let order = json!({ "prompt": "both", "model": "flux-2-pro", "inputs": inputs, "count": 2, "aspect_ratio": "3:4" });
    let id = app.post("ada", PATH, &order).await.accepted();
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!(
        (&job["status"], &job["aspect_ratio"]),
        (&json!("succeeded"), &json!("3:4")),
        "{job}"
    );
    for sheet in &app.provider.sheets()[1..] {
        let sizes: Vec<_> = sheet
            .inputs
            .iter()
            .map(|it| image::load_from_memory(&it.bytes).expect("a picture").dimensions())
            .collect();
        assert_eq!(sizes, [(256, 256), (200, 100), (200, 100)]);
        assert_eq!(sheet.strength_percent, None);
    }
}
