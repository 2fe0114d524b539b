//! From a queued job to its end, with messages delivered as the host delivers them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use imagegen_adapters::imaging::read_recipe;
use imagegen_core::catalog::PlanId;
use imagegen_core::messages::QueueName;
use imagegen_core::ports::image_provider::Prediction;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fakes::{SIGNATURE, picture, user_id};

fn cancel_path(id: &str) -> String {
    format!("/api/v1/generations/{id}/cancel")
}

/// Orders as JSON says, draws, and returns the job.
async fn drawn(app: &TestApp, user: &str, body: &Value) -> Value {
    let id = app.post(user, "/api/v1/generations", body).await.accepted();
    app.drain().await;
    app.generation(user, &id).await
}

#[tokio::test]
async fn a_drained_job_has_succeeded_and_is_paid() {
    let app = TestApp::new();
    let id = app.create("ada", "a red fox in snow").await;
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 1, "released": 0 }), "{job}");
    assert_eq!((&job["error"], &job["progress"]), (&Value::Null, &json!(1.0)), "{job}");
    let image = &job["images"][0];
    assert_eq!(image["status"], "delivered", "{job}");
    assert_eq!(image["content_type"], "image/webp", "{job}");
    for link in ["url", "display_url", "thumbnail_url"] {
        let link = image[link].as_str().expect("a link");
        assert!(link.contains("sig="), "{link} is signed");
    }
    let original = app.file(&image["url"]);
    assert_eq!(image["bytes"], original.len(), "{job}");
    let opened = image::load_from_memory(&original).expect("other programs open it");
    assert_eq!((opened.width(), opened.height()), (256, 256));
    assert_eq!(app.credits("ada").await, (9, 0));
    assert_eq!(app.stored("ada", "outbox").await, [], "every message was received");
}

#[tokio::test]
async fn each_state_shows_on_the_way() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    assert_eq!(app.generation("ada", &id).await["status"], "queued");
    app.deliver().await;
    let job = app.generation("ada", &id).await;
    assert_eq!(job["status"], "running", "{job}");
    app.clock.advance(Duration::from_secs(1));
    let progress = app.generation("ada", &id).await["progress"].as_f64().expect("a number");
    assert!((0.2..0.9).contains(&progress), "{progress}");
    app.drain().await;
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
}

#[tokio::test]
async fn what_brings_no_picture_costs_nothing_and_says_so() {
    let app = TestApp::new();
    for (prompt, status, code) in [
        ("fail: a fox", "failed", "provider_failed"),
        ("refuse: a fox", "failed", "refused"),
        ("nsfw: a fox", "blocked", "blocked"),
    ] {
        let id = app.create("ada", prompt).await;
        app.drain().await;
        let job = app.generation("ada", &id).await;
        assert_eq!((&job["status"], &job["error"]["code"]), (&json!(status), &json!(code)));
        assert_eq!(job["credits"], json!({ "held": 0, "captured": 0, "released": 1 }), "{job}");
        let detail = job["error"]["detail"].as_str().expect("a sentence");
        assert!(detail.contains("Your credit was given back"), "{detail}");
        assert!(job["images"][0]["url"].is_null(), "{job}");
        assert_eq!(app.credits("ada").await, (10, 0), "{prompt}");
    }
    let blocked = app.get("ada", "/api/v1/generations").await.ok()["items"][0].clone();
    assert!(blocked["error"]["decision_id"].is_string(), "{blocked}");
}

#[tokio::test]
async fn a_message_that_comes_twice_or_late_changes_nothing() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    let submits = app.deliver().await;
    for message in &submits {
        assert_eq!(app.deliver_one(message).await.status, 200);
    }
    assert_eq!(app.provider.sheets().len(), 1, "the provider is paid once");
    app.draw().await;
    let results = app.deliver().await;
    let job = app.generation("ada", &id).await;
    for message in submits.iter().chain(&results) {
        assert_eq!(app.deliver_one(message).await.status, 200);
    }
    let later = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["revision"]), (&json!("succeeded"), &later["revision"]));
    assert_eq!(app.credits("ada").await, (9, 0));
}

#[tokio::test]
async fn a_lost_message_and_a_lost_webhook_are_made_up_for_by_timers() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    let lost = app.queue.take().expect("the submit message");
    assert_eq!(lost.message.queue, QueueName::GenerationFree);
    app.clock.advance(Duration::from_secs(121));
    app.tick("relay_outbox").await;
    app.tick("reconcile_generations").await;
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "running");

    // The picture is drawn and nobody tells us.
    app.provider.draw();
    app.clock.advance(Duration::from_secs(121));
    app.tick("reconcile_generations").await;
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
    assert_eq!(app.provider.sheets().len(), 1);
}

#[tokio::test]
async fn a_provider_that_stays_silent_costs_nothing_in_the_end() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    app.deliver().await;
    app.clock.advance(Duration::from_hours(1));
    app.tick("reconcile_generations").await;
    app.deliver().await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("timed_out")));
    assert_eq!(app.credits("ada").await, (10, 0));
}

#[tokio::test]
async fn without_webhooks_a_job_advances_by_delayed_messages() {
    let app = TestApp::without_webhooks();
    let id = app.create("ada", "a fox").await;
    app.deliver().await;
    let waiting = app.queue.waiting();
    assert!(waiting.iter().any(|message| !message.delay.is_zero()), "{waiting:?}");
    app.provider.draw();
    app.clock.advance(Duration::from_secs(2));
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
}

#[tokio::test]
async fn a_picture_waits_for_the_safety_check() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    app.deliver().await;
    app.moderation.is_down.store(true, Ordering::Relaxed);
    app.draw().await;
    app.deliver().await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["images"][0]["url"]), (&json!("finishing"), &Value::Null));
    app.moderation.is_down.store(false, Ordering::Relaxed);
    app.clock.advance(Duration::from_secs(10));
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
}

#[tokio::test]
async fn a_job_is_cancelled_in_every_state_that_is_not_final_and_costs_nothing() {
    // Waiting behind another one.
    let app = TestApp::new();
    let (first, waiting) = (app.create("ada", "a fox").await, app.create("ada", "a hen").await);
    let job = app.post("ada", &cancel_path(&waiting), &Value::Null).await.ok();
    assert_eq!(job["status"], "cancelled", "{job}");
    assert_eq!(app.credits("ada").await, (9, 1));
    // In the shared queue.
    let job = app.post("ada", &cancel_path(&first), &Value::Null).await.ok();
    assert_eq!(job["status"], "cancelled", "{job}");
    app.drain().await;
    assert_eq!(app.provider.sheets().len(), 0, "nobody was asked to draw");

    // At the provider, which is told.
    let running = app.create("ada", "a fox").await;
    app.deliver().await;
    let job = app.post("ada", &cancel_path(&running), &Value::Null).await.ok();
    assert_eq!(job["status"], "cancelled", "{job}");
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 0, "released": 1 }), "{job}");
    app.deliver().await;
    assert_eq!(app.provider.sheets()[0].state, Prediction::Cancelled);

    // Drawn, and not yet with us.
    let drawn = app.create("ada", "a fox").await;
    app.deliver().await;
    app.moderation.is_down.store(true, Ordering::Relaxed);
    app.draw().await;
    app.deliver().await;
    assert_eq!(app.generation("ada", &drawn).await["status"], "finishing");
    let job = app.post("ada", &cancel_path(&drawn), &Value::Null).await.ok();
    assert_eq!(job["status"], "cancelled", "{job}");
    app.moderation.is_down.store(false, Ordering::Relaxed);

    app.clock.advance(Duration::from_mins(10));
    app.tick("reconcile_generations").await;
    app.drain().await;
    assert_eq!(app.generation("ada", &drawn).await["status"], "cancelled");
    assert_eq!(app.credits("ada").await, (10, 0));
    // Cancelling again is done already.
    app.post("ada", &cancel_path(&drawn), &Value::Null).await.ok();
}

#[tokio::test]
async fn a_job_that_has_ended_is_not_cancelled() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    app.drain().await;
    let answer = app.post("ada", &cancel_path(&id), &Value::Null).await;
    assert_eq!(answer.problem(409, "already-ended")["state"], "succeeded");
    assert_eq!(app.credits("ada").await, (9, 0));
}

#[tokio::test]
async fn a_webhook_after_the_cancel_brings_nothing_back() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    app.deliver().await;
    let drawn = app.provider.draw();
    app.post("ada", &cancel_path(&id), &Value::Null).await.ok();
    assert_eq!(app.report(&drawn[0], SIGNATURE).await.status, 200);
    app.deliver().await;
    assert_eq!(app.generation("ada", &id).await["status"], "cancelled");
    assert_eq!(app.credits("ada").await, (10, 0));
}

#[tokio::test]
async fn a_retry_is_a_new_job_of_the_same_order() {
    let app = TestApp::new();
    let id = app.create("ada", "fail: a fox").await;
    app.drain().await;
    let path = format!("/api/v1/generations/{id}/retry");
    let again = app.post("ada", &path, &Value::Null).await.accepted();
    assert_ne!(again, id);
    let job = app.generation("ada", &again).await;
    assert_eq!((&job["retry_of"], &job["prompt"]), (&json!(id), &json!("fail: a fox")), "{job}");
    app.post("bob", &path, &Value::Null).await.problem(404, "not-found");
}

#[tokio::test]
async fn the_next_job_of_a_backlog_goes_to_work_when_one_ends() {
    let app = TestApp::new();
    let ids = [app.create("ada", "1").await, app.create("ada", "2").await];
    assert_eq!(app.generation("ada", &ids[1]).await["position"], 1);
    assert_eq!(app.queue.waiting().len(), 1);
    app.drain().await;
    for id in &ids {
        assert_eq!(app.generation("ada", id).await["status"], "succeeded");
    }
}

#[tokio::test]
async fn users_never_see_each_others_jobs() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    let path = format!("/api/v1/generations/{id}");
    app.get("bob", &path).await.problem(404, "not-found");
    app.post("bob", &cancel_path(&id), &Value::Null).await.problem(404, "not-found");
    assert_eq!(app.get("bob", "/api/v1/generations").await.ok()["items"], json!([]));
    assert_eq!(app.get("bob", "/api/v1/events").await.ok()["items"], json!([]));
    app.drain().await;
    assert_eq!(app.realtime.told(&user_id("bob")), Vec::<Value>::new());
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
}

#[tokio::test]
async fn a_list_is_newest_first_and_its_pages_join() {
    let app = TestApp::new();
    let mut created = Vec::new();
    for n in 0..5 {
        created.push(app.create("ada", &format!("fox {n}")).await);
        app.clock.advance(Duration::from_secs(1));
    }
    created.reverse();
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    for size in [2, 2, 1] {
        let path = format!("/api/v1/generations?limit=2&cursor={cursor}");
        let page = app.get("ada", &path).await.ok();
        let items = page["items"].as_array().expect("a list");
        assert_eq!(items.len(), size, "{page}");
        listed.extend(items.iter().map(|job| job["id"].as_str().expect("an id").to_owned()));
        cursor = page["next_cursor"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((listed, cursor.as_str()), (created, ""));
}

#[tokio::test]
async fn events_are_numbered_without_a_gap_and_are_read_after_a_number() {
    let app = TestApp::new();
    app.create("ada", "a fox").await;
    app.create("ada", "fail: a fox").await;
    app.drain().await;
    let all = app.get("ada", "/api/v1/events").await.ok();
    let numbers = |list: &Value| {
        let items = list["items"].as_array().expect("a list");
        items.iter().map(|e| e["seq"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    let last = all["last_seq"].as_u64().expect("a number");
    assert!(last >= 4, "{all}");
    assert_eq!(numbers(&all), (1..=last).collect::<Vec<_>>());
    let some = app.get("ada", "/api/v1/events?after=2").await.ok();
    assert_eq!(numbers(&some), (3..=last).collect::<Vec<_>>());
    let none = app.get("ada", &format!("/api/v1/events?after={last}")).await.ok();
    assert_eq!(none["items"], json!([]));

    // What open pages were told has the same numbers, each once.
    let told = app.realtime.told(&user_id("ada"));
    let mut told: Vec<_> = told.iter().map(|e| e["seq"].as_u64().expect("a number")).collect();
    told.sort_unstable();
    assert_eq!(told, (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_forged_webhook_is_refused_and_one_with_a_strange_address_names_no_job() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    app.deliver().await;
    let mut drawn = app.provider.draw().remove(0);
    app.report(&drawn, "v1,wrong").await.problem(401, "unauthenticated");

    let callback = drawn.callback.clone().expect("an address");
    drawn.callback = Some(callback.replace(".0.", ".1."));
    app.report(&drawn, SIGNATURE).await.problem(404, "not-found");
    assert_eq!(app.queue.waiting(), []);
    assert_eq!(app.generation("ada", &id).await["status"], "running");
}

#[tokio::test]
async fn a_webhook_that_comes_twice_is_one_message() {
    let app = TestApp::new();
    app.create("ada", "a fox").await;
    app.deliver().await;
    let drawn = app.provider.draw();
    for _ in 0..2 {
        assert_eq!(app.report(&drawn[0], SIGNATURE).await.status, 200);
    }
    assert_eq!(app.queue.waiting().len(), 1);
}

#[tokio::test]
async fn a_free_picture_is_marked_and_a_paid_one_is_as_it_was_drawn() {
    let app = TestApp::new();
    let png = json!({ "prompt": "a fox", "model": "flux-schnell", "output_format": "png" });
    app.put_on_plan("bob", PlanId::Basic).await;
    let [free, paid] =
        [drawn(&app, "ada", &png).await, drawn(&app, "bob", &png).await].map(|job| {
            let image = &job["images"][0];
            let seed = u32::try_from(image["seed"].as_u64().expect("a seed")).expect("below 2³²");
            let file = image::load_from_memory(&app.file(&image["url"])).expect("a PNG");
            (file.into_rgb8(), picture(seed))
        });
    assert_ne!(free.0, free.1);
    assert_eq!(paid.0, paid.1);
}

#[tokio::test]
async fn a_file_tells_how_it_was_made_and_keeps_the_prompt_when_asked() {
    let app = TestApp::new();
    let body = json!({ "prompt": "a fox", "model": "flux-schnell", "seed": 7 });
    let job = drawn(&app, "ada", &body).await;
    let file = app.file(&job["images"][0]["url"]);
    let recipe = read_recipe(&file).expect("a picture").expect("it has a recipe");
    assert_eq!(recipe.prompt.as_deref(), Some("a fox"));
    assert_eq!((recipe.model.as_str(), recipe.seed), ("flux-schnell", 7));
    assert_eq!(recipe.generation, job["id"].as_str().expect("an id"));
    let text = String::from_utf8_lossy(&file);
    assert!(text.contains("trainedAlgorithmicMedia"), "IPTC's word for a picture by a model");

    let body = json!({ "prompt": "a secret fox", "model": "flux-schnell", "embed_prompt": false });
    let job = drawn(&app, "ada", &body).await;
    for link in ["url", "display_url", "thumbnail_url"] {
        let file = app.file(&job["images"][0][link]);
        assert!(!String::from_utf8_lossy(&file).contains("secret fox"), "{link}");
    }
    let recipe = read_recipe(&app.file(&job["images"][0]["url"])).expect("a picture");
    assert_eq!(recipe.expect("it has a recipe").prompt, None);
}

#[tokio::test]
async fn several_pictures_have_seeds_that_count_on() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let body = json!({ "prompt": "a fox", "model": "flux-schnell", "seed": 42, "count": 3 });
    let job = drawn(&app, "ada", &body).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    let seeds: Vec<_> = (0..3).map(|n| job["images"][n]["seed"].as_u64().expect("one")).collect();
    assert_eq!(seeds, [42, 43, 44]);
    assert_eq!(job["credits"]["captured"], 3, "{job}");
}

#[tokio::test]
async fn the_time_that_is_told_follows_how_long_jobs_take() {
    let app = TestApp::new();
    let eta = async |id: &str| app.generation("eve", id).await["eta_seconds"].as_u64();
    let first = app.create("eve", "a fox").await;
    assert_eq!(eta(&first).await, Some(2), "the catalogue's figure");
    // Jobs wait a minute in the queue and take another to be drawn.
    for n in 0..12 {
        let user = format!("user-{n}");
        app.create(&user, "a fox").await;
        app.clock.advance(Duration::from_mins(1));
        app.deliver().await;
        app.clock.advance(Duration::from_secs(59));
        app.drain().await;
    }
    let job = app.create("mia", "a fox").await;
    let told = app.generation("mia", &job).await["eta_seconds"].as_u64().expect("a number");
    assert!((100..=125).contains(&told), "{told}");
    // The free plan has one job at work: the second waits for the first.
    let second = app.create("mia", "a fox").await;
    let later = app.generation("mia", &second).await["eta_seconds"].as_u64().expect("a number");
    assert!((200..=250).contains(&later), "{later}");
}

#[tokio::test]
async fn a_cancelled_job_is_the_only_one_that_changes() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let others = [app.create("bob", "a fox").await, app.create("eve", "a fox").await];
    let mut jobs = Vec::new();
    for _ in 0..6 {
        jobs.push(app.create("ada", "a fox").await);
    }
    app.deliver().await;
    let before = snapshot(&app, &jobs).await;
    for (place, id) in jobs.iter().enumerate() {
        // Three are at work, three wait; one of each kind is cancelled.
        if place == 1 || place == 4 {
            assert_eq!(app.post("ada", &cancel_path(id), &Value::Null).await.status, 200);
        }
    }
    let after = snapshot(&app, &jobs).await;
    let statuses: Vec<_> = after.iter().map(|job| job["status"].clone()).collect();
    assert_eq!(statuses, ["running", "cancelled", "running", "queued", "cancelled", "queued"]);
    for (place, (before, after)) in before.iter().zip(&after).enumerate() {
        if ![1, 4].contains(&place) {
            assert_eq!(before["credits"], after["credits"], "{after}");
            assert!(after["finished_at"].is_null(), "{after}");
        }
    }
    assert_eq!((&after[3]["position"], &after[5]["position"]), (&json!(0), &json!(1)));
    for (user, id) in ["bob", "eve"].iter().zip(&others) {
        assert_eq!(app.generation(user, id).await["status"], "running");
    }
    app.drain().await;
    for (place, job) in snapshot(&app, &jobs).await.iter().enumerate() {
        let expected = if [1, 4].contains(&place) { "cancelled" } else { "succeeded" };
        assert_eq!(job["status"], expected, "{job}");
    }
    // The first month of Free and of Basic, less four pictures.
    assert_eq!(app.credits("ada").await, (206, 0));
}

async fn snapshot(app: &TestApp, jobs: &[String]) -> Vec<Value> {
    let mut seen = Vec::new();
    for id in jobs {
        seen.push(app.generation("ada", id).await);
    }
    seen
}

#[tokio::test]
async fn a_month_later_the_first_use_brings_new_credits() {
    let app = TestApp::new();
    app.create("ada", "a fox").await;
    app.drain().await;
    let me = app.me("ada").await;
    assert_eq!(me["credits"]["resets_at"], "2026-02-15T08:00:00Z", "{me}");
    app.clock.set("2026-02-15T08:00:00Z");
    let me = app.me("ada").await;
    assert_eq!(me["credits"]["available"], 10, "{me}");
    assert_eq!(me["credits"]["resets_at"], "2026-03-15T08:00:00Z", "{me}");
}

#[tokio::test]
async fn the_timer_has_due_months_reset_by_one_message_each() {
    let app = TestApp::new();
    for user in ["ada", "bob"] {
        app.create(user, "a fox").await;
    }
    app.drain().await;
    app.tick("reset_monthly_credits").await;
    assert_eq!(app.queue.waiting(), [], "nobody is due");

    app.clock.set("2026-02-15T08:00:00Z");
    app.tick("reset_monthly_credits").await;
    app.tick("reset_monthly_credits").await;
    let messages = app.deliver().await;
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| message.queue == QueueName::CreditResets));
    for message in &messages {
        assert_eq!(app.deliver_one(message).await.status, 200);
    }
    for user in ["ada", "bob"] {
        let grants = app.stored(user, "entry").await;
        let grants: Vec<_> = grants.iter().filter(|e| e.id.starts_with("grant:")).collect();
        assert_eq!(grants.len(), 2, "{grants:?}");
        assert_eq!(app.credits(user).await, (10, 0));
    }
    app.tick("reset_monthly_credits").await;
    assert_eq!(app.queue.waiting(), [], "who was reset is not due any more");
}
