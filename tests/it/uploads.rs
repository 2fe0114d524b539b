//! Pictures that users bring along, from the offer to their removal.

use std::io::Cursor;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use image::{ImageFormat, Rgb, RgbImage};
use imagegen_core::messages::{QueueName, RemoveUpload};
use imagegen_core::safety::Outcome;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fakes::user_id;
use crate::safety::answer;

/// A PNG of 200 × 100 pixels.
pub(crate) fn photo() -> Vec<u8> {
    let picture = RgbImage::from_fn(200, 100, |x, y| {
        Rgb([u8::try_from(x).expect("below 200"), u8::try_from(y).expect("below 100"), 90])
    });
    png(&picture)
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("memory is writable");
    png.into_inner()
}

async fn complete(app: &TestApp, user: &str, id: &Value) -> crate::app::Answer {
    let id = id.as_str().expect("an id");
    app.post(user, &format!("/api/v1/uploads/{id}/complete"), &Value::Null).await
}

async fn get(app: &TestApp, user: &str, id: &Value) -> crate::app::Answer {
    app.get(user, &format!("/api/v1/uploads/{}", id.as_str().expect("an id"))).await
}

#[tokio::test]
async fn a_picture_is_sent_by_a_link_looked_at_and_made_anew() {
    let app = TestApp::new();
    let offered = app.offer("ada").await;
    let id = &offered["id"];
    assert!(id.as_str().expect("an id").starts_with("upl_"), "{offered}");
    assert_eq!(offered["headers"]["x-ms-blob-type"], "BlockBlob", "{offered}");
    assert_eq!(offered["headers"]["content-type"], "image/png", "{offered}");
    assert_eq!(offered["expires_at"], "2026-01-15T08:15:01Z", "{offered}");
    let link = offered["upload_url"].as_str().expect("a link");
    assert!(link.contains("&sp=c&"), "it makes the file and no more: {link}");
    assert_eq!(get(&app, "ada", id).await.ok()["status"], "open");

    complete(&app, "ada", id).await.problem(409, "upload-missing");
    app.send_file(&offered, photo()).await;
    let upload = complete(&app, "ada", id).await.ok();
    assert_eq!((&upload["status"], &upload["error"]), (&json!("ready"), &Value::Null));
    assert_eq!((&upload["width"], &upload["height"]), (&json!(200), &json!(100)), "{upload}");
    let file = app.file(&upload["url"]);
    assert_eq!(upload["bytes"], file.len(), "{upload}");
    assert_eq!(image::guess_format(&file).ok(), Some(ImageFormat::WebP));
    assert_eq!(app.files("uploads"), [""; 0], "what was sent is gone");

    // Twice is once, and reading shows the same.
    assert_eq!(complete(&app, "ada", id).await.ok(), upload);
    assert_eq!(get(&app, "ada", id).await.ok(), upload);
    assert_eq!(app.credits("ada").await, (10, 0), "it costs nothing");
}

#[tokio::test]
async fn completing_at_the_same_moment_is_completing_once() {
    let app = TestApp::new();
    let offered = app.offer("ada").await;
    app.send_file(&offered, photo()).await;
    let answers = join_all((0..4).map(|_| complete(&app, "ada", &offered["id"]))).await;
    let ready = answers.iter().filter(|answer| answer.status == 200).count();
    // Whoever came after the file was taken away and before that was told may find nothing there.
    assert!(ready >= 1, "{answers:?}");
    assert_eq!(complete(&app, "ada", &offered["id"]).await.ok()["status"], "ready");
    assert_eq!(app.stored("ada", "upload").await.len(), 1);
}

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    let app = TestApp::new();
    let offered = app.offer("ada").await;
    app.send_file(&offered, photo()).await;
    get(&app, "eve", &offered["id"]).await.problem(404, "not-found");
    complete(&app, "eve", &offered["id"]).await.problem(404, "not-found");
    assert_eq!(get(&app, "ada", &offered["id"]).await.ok()["status"], "open");
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_before_it_is_sent() {
    let app = TestApp::new();
    for (body, field) in [
        (json!({ "content_type": "image/heic", "bytes": 1 }), "#/content_type"),
        (json!({ "content_type": "image/png", "bytes": 10_485_761 }), "#/bytes"),
        (json!({ "content_type": "image/png", "bytes": 0 }), "#/bytes"),
        (json!({ "content_type": "image/png" }), "#/bytes"),
        (json!({ "content_type": "image/png", "bytes": 1, "url": "https://x" }), "#/url"),
    ] {
        let answer = app.post("ada", "/api/v1/uploads", &body).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), field, "{body}");
    }
    assert_eq!(app.stored("ada", "upload").await, []);
}

#[tokio::test]
async fn the_description_of_the_api_has_the_catalogues_limit() {
    let app = TestApp::new();
    let document = app.call("GET", "/api/openapi.json", &[], "").await.ok();
    let bytes = &document["components"]["schemas"]["NewUpload"]["properties"]["bytes"];
    assert_eq!(bytes["maximum"], app.app.services.catalog.uploads.most_bytes, "{bytes}");
}

#[tokio::test]
async fn a_file_that_is_larger_than_was_agreed_is_refused_when_it_is_read() {
    let app = TestApp::new();
    let problem = app.upload("ada", vec![0; 10_485_761]).await.problem(422, "picture-refused");
    assert_eq!(problem["reason"], "too_many_bytes", "{problem}");
    assert_eq!(app.files("uploads"), [""; 0]);
}

#[tokio::test]
async fn what_the_safety_check_keeps_back_is_removed_and_stays_kept_back() {
    let app = TestApp::new();
    app.moderation.keeps_pictures_back.store(true, Ordering::Relaxed);
    let offered = app.offer("ada").await;
    app.send_file(&offered, photo()).await;
    let problem = complete(&app, "ada", &offered["id"]).await.problem(422, "content-blocked");
    assert_eq!(problem["category"], "violence", "{problem}");
    let decision = problem["decision_id"].as_str().expect("an id").to_owned();
    assert!(decision.starts_with("dec_"), "{problem}");
    assert_eq!((app.files("uploads"), app.files("images")), (vec![], vec![]));

    app.moderation.keeps_pictures_back.store(false, Ordering::Relaxed);
    let again = complete(&app, "ada", &offered["id"]).await.problem(422, "content-blocked");
    assert_eq!(again["decision_id"], *decision, "{again}");
    let upload = get(&app, "ada", &offered["id"]).await.ok();
    assert_eq!(
        (&upload["status"], &upload["error"]["code"]),
        (&json!("blocked"), &json!("blocked"))
    );
    assert_eq!(upload["url"], Value::Null, "{upload}");
}

#[tokio::test]
async fn an_overturned_verdict_lets_the_same_file_pass_for_its_owner_alone() {
    let app = TestApp::new();
    app.moderation.keeps_pictures_back.store(true, Ordering::Relaxed);
    let problem = app.upload("ada", photo()).await.problem(422, "content-blocked");
    let decision = problem["decision_id"].as_str().expect("an id");
    let path = format!("/api/v1/safety/decisions/{decision}");
    let seen = app.get("ada", &path).await.ok();
    assert_eq!((&seen["subject"], &seen["category"]), (&json!("upload"), &json!("violence")));
    let uploads = app.stored("ada", "upload").await;
    assert_eq!(seen["upload_id"], uploads[0].id, "{seen}");

    let message = json!({ "message": "It is a toy." });
    let appealed = app.post("ada", &format!("{path}/appeal"), &message).await;
    assert!(appealed.status < 300, "{appealed:?}");
    answer(&app, "ada", decision, Outcome::Overturned).await;
    app.uploaded("ada", photo()).await;
    app.upload("eve", photo()).await.problem(422, "content-blocked");
    let other = image::load_from_memory(&photo()).expect("a picture").fliph();
    app.upload("ada", png(&other.into_rgb8())).await.problem(422, "content-blocked");
}

#[tokio::test]
async fn what_the_safety_check_cannot_read_is_refused() {
    let app = TestApp::new();
    app.moderation.is_blind.store(true, Ordering::Relaxed);
    let problem = app.upload("ada", photo()).await.problem(422, "picture-refused");
    assert_eq!(problem["reason"], "damaged", "{problem}");
    assert_eq!((app.files("uploads"), app.files("images")), (vec![], vec![]));
}

#[tokio::test]
async fn while_the_safety_check_is_down_nothing_is_lost() {
    let app = TestApp::new();
    let offered = app.offer("ada").await;
    app.send_file(&offered, photo()).await;
    app.moderation.is_down.store(true, Ordering::Relaxed);
    let answer = complete(&app, "ada", &offered["id"]).await;
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    app.moderation.is_down.store(false, Ordering::Relaxed);
    assert_eq!(complete(&app, "ada", &offered["id"]).await.ok()["status"], "ready");
}

#[tokio::test]
async fn nobody_fills_the_store() {
    let app = TestApp::new();
    app.me("ada").await;
    let body = json!({ "content_type": "image/png", "bytes": 1000 });
    let answers = join_all((0..40).map(|_| app.post("ada", "/api/v1/uploads", &body))).await;
    let offered = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(offered <= 20, "{offered}");
    while app.post("ada", "/api/v1/uploads", &body).await.status == 201 {}
    assert_eq!(app.stored("ada", "upload").await.len(), 20);
    let refused = app.post("ada", "/api/v1/uploads", &body).await;
    refused.problem(429, "too-many-uploads");
    app.offer("bob").await;

    // One that turned out to be of no use does not take a place.
    let first = app.stored("ada", "upload").await[0].id.clone();
    let key = format!("{}/{first}/raw", user_id("ada"));
    app.app
        .services
        .uploads
        .put(&key, "image/png", b"no picture".to_vec())
        .await
        .expect("it works");
    complete(&app, "ada", &json!(first)).await.problem(422, "picture-refused");
    assert_eq!(app.post("ada", "/api/v1/uploads", &body).await.status, 201);
}

#[tokio::test]
async fn what_nobody_uses_is_gone_after_a_day() {
    let app = TestApp::new();
    let open = app.offer("ada").await;
    let ready = app.uploaded("ada", photo()).await;
    app.send_file(&open, photo()).await;
    app.clock.advance(Duration::from_hours(23));
    app.tick("sweep_uploads").await;
    assert_eq!(app.queue.waiting(), [], "nothing is due yet");
    // A message that comes too early removes nothing.
    let early = RemoveUpload { user: user_id("ada"), upload: ready.parse().expect("an id") };
    let early = serde_json::to_string(&early).expect("plain data");
    let early = crate::app::envelope(&early);
    assert_eq!(app.invoke("remove_upload", &early).await.status, 200);
    assert_eq!(get(&app, "ada", &json!(ready)).await.status, 200);

    app.clock.advance(Duration::from_hours(1));
    app.tick("sweep_uploads").await;
    let queues: Vec<_> = app.queue.waiting().iter().map(|it| it.queue).collect();
    assert_eq!(queues, [QueueName::UploadRemovals; 2], "the timer does no work itself");
    let messages = app.deliver().await;
    for id in [&open["id"], &json!(ready)] {
        get(&app, "ada", id).await.problem(404, "not-found");
    }
    assert_eq!((app.files("uploads"), app.files("images")), (vec![], vec![]));
    assert_eq!(app.stored("ada", "upload").await, []);
    // Every message may come twice.
    for message in messages {
        assert_eq!(app.deliver_one(&message).await.status, 200);
    }
    app.tick("sweep_uploads").await;
    assert_eq!(app.queue.waiting(), []);
}
