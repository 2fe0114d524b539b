//! Favourites, collections, the trash, and the end of pictures.

use std::time::Duration;

use imagegen_core::catalog::PlanId;
use imagegen_core::credits::{Entry, drift, replay};
use imagegen_core::ports::documents::{NewDocument, Write};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fakes::user_id;

const DAY: Duration = Duration::from_hours(24);

fn path(id: &str) -> String {
    format!("/api/v1/generations/{id}")
}

/// A job with its picture.
async fn delivered(app: &TestApp, user: &str, prompt: &str) -> String {
    let id = app.create(user, prompt).await;
    app.drain().await;
    id
}

async fn listed(app: &TestApp, user: &str, query: &str) -> Vec<String> {
    let page = app.get(user, &format!("/api/v1/generations?limit=100&{query}")).await.ok();
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

async fn collection(app: &TestApp, user: &str, name: &str) -> String {
    let made = app.post(user, "/api/v1/collections", &json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().expect("an id").to_owned()
}

/// Names and counts.
async fn collections(app: &TestApp, user: &str) -> Vec<(String, u64)> {
    let all = app.get(user, "/api/v1/collections").await.ok();
    let one = |item: &Value| {
        (
            item["name"].as_str().expect("a name").to_owned(),
            item["count"].as_u64().expect("a count"),
        )
    };
    all["items"].as_array().expect("items").iter().map(one).collect()
}

/// Total, favourites and trash.
async fn counts(app: &TestApp, user: &str) -> [u64; 3] {
    let summary = app.get(user, "/api/v1/library/summary").await.ok();
    ["total", "favourites", "trash"].map(|name| summary[name].as_u64().expect("a count"))
}

async fn events_after(app: &TestApp, user: &str, after: u64) -> Vec<Value> {
    let page = app.get(user, &format!("/api/v1/events?after={after}")).await.ok();
    page["items"].as_array().expect("items").clone()
}

async fn last_event(app: &TestApp, user: &str) -> u64 {
    app.get(user, "/api/v1/events").await.ok()["last_seq"].as_u64().expect("a number")
}

/// What timers and messages do, until nothing is left.
async fn tidy(app: &TestApp) {
    app.tick("empty_trash").await;
    app.tick("reconcile_generations").await;
    app.tick("relay_outbox").await;
    app.drain().await;
}

async fn assert_ledger_balanced(app: &TestApp, user: &str) {
    let entries = app.stored(user, "entry").await;
    let entries: Vec<Entry> = entries.iter().map(|d| d.decode().expect("an entry")).collect();
    let account = app.stored(user, "account").await.remove(0);
    let account: imagegen_core::accounts::Account = account.decode().expect("an account");
    let ledger = replay(&entries);
    assert_eq!(drift(&account.wallet, &ledger), []);
    assert_eq!(ledger.unbalanced, Vec::<String>::new());
}

#[tokio::test]
async fn marks_are_shown_filtered_counted_and_told() {
    let app = TestApp::new();
    let (one, two) =
        (delivered(&app, "ada", "a fox").await, delivered(&app, "ada", "a hare").await);
    let foxes = collection(&app, "ada", "Foxes").await;
    let before = last_event(&app, "ada").await;
    let marks = json!({ "favourite": true, "collection": foxes });
    let job = app.patch("ada", &path(&one), &marks).await.ok();
    assert_eq!((&job["favourite"], &job["collection"]), (&json!(true), &json!(foxes)));
    // The same again is no change.
    let again = app.patch("ada", &path(&one), &marks).await.ok();
    assert_eq!(again["revision"], job["revision"]);
    let events = events_after(&app, "ada", before).await;
    assert_eq!(events.len(), 1, "another tab is told once: {events:?}");
    assert_eq!(events[0]["generation"]["favourite"], true);

    assert_eq!(listed(&app, "ada", "favourite=true").await, std::slice::from_ref(&one));
    assert_eq!(
        listed(&app, "ada", &format!("collection={foxes}")).await,
        std::slice::from_ref(&one)
    );
    assert_eq!(listed(&app, "ada", "").await, [two.clone(), one.clone()]);
    assert_eq!(collections(&app, "ada").await, [("Foxes".to_owned(), 1)]);
    assert_eq!(counts(&app, "ada").await, [2, 1, 0]);

    // What is not named stays; null takes it out.
    let job = app.patch("ada", &path(&one), &json!({ "collection": null })).await.ok();
    assert_eq!((&job["favourite"], &job["collection"]), (&json!(true), &Value::Null));
    let job = app.patch("ada", &path(&one), &json!({ "favourite": false })).await.ok();
    assert_eq!(job["favourite"], false);
    assert_eq!(collections(&app, "ada").await, [("Foxes".to_owned(), 0)]);
    assert_eq!(counts(&app, "ada").await, [2, 0, 0]);
}

#[tokio::test]
async fn marking_a_job_at_work_does_not_disturb_it() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    let mark = |yes: bool| json!({ "favourite": yes });
    assert_eq!(app.patch("ada", &path(&id), &mark(true)).await.ok()["status"], "queued");
    app.deliver().await;
    assert_eq!(app.patch("ada", &path(&id), &mark(false)).await.ok()["status"], "running");
    app.draw().await;
    let (own, yes) = (path(&id), mark(true));
    let (marked, delivered) = tokio::join!(app.patch("ada", &own, &yes), app.deliver());
    assert!(!delivered.is_empty());
    assert_eq!(marked.ok()["favourite"], true);
    app.drain().await;
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["status"], &job["favourite"]), (&json!("succeeded"), &json!(true)));
    assert_eq!(app.provider.sheets().len(), 1);
    assert_eq!(app.credits("ada").await, (9, 0));
}

#[tokio::test]
async fn a_mark_that_cannot_be_is_refused_and_changes_nothing() {
    let app = TestApp::new();
    let id = delivered(&app, "ada", "a fox").await;
    let bobs = collection(&app, "bob", "Foxes").await;
    let revision = app.generation("ada", &id).await["revision"].clone();
    for (body, field) in [
        (json!({}), "#/"),
        (json!({ "favourite": "yes" }), "#/favourite"),
        (json!({ "stars": 5 }), "#/stars"),
        (json!({ "collection": "Foxes" }), "#/collection"),
        (json!({ "collection": 1 }), "#/collection"),
        (json!({ "collection": bobs, "favourite": true }), "#/collection"),
        (json!({ "collection": "col_01ARZ3NDEKTSV4RRFFQ69G5FAV" }), "#/collection"),
    ] {
        let answer = app.patch("ada", &path(&id), &body).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), field, "{body}");
    }
    let job = app.generation("ada", &id).await;
    assert_eq!((&job["revision"], &job["favourite"]), (&revision, &json!(false)));
}

#[tokio::test]
async fn another_users_jobs_and_collections_do_not_exist() {
    let app = TestApp::new();
    let id = delivered(&app, "ada", "a fox").await;
    let foxes = collection(&app, "ada", "Foxes").await;
    let job = app.generation("ada", &id).await;
    app.patch("bob", &path(&id), &json!({ "favourite": true })).await.problem(404, "not-found");
    app.delete("bob", &path(&id)).await.problem(404, "not-found");
    app.post("bob", &format!("{}/restore", path(&id)), &Value::Null)
        .await
        .problem(404, "not-found");
    for action in ["delete", "restore", "favourite"] {
        let body = json!({ "ids": [id], "action": action });
        let bulk = app.post("bob", "/api/v1/generations/bulk", &body).await;
        let result = bulk.ok()["results"][0].clone();
        assert_eq!((&result["done"], &result["code"]), (&json!(false), &json!("not-found")));
    }
    let theirs = format!("/api/v1/collections/{foxes}");
    app.patch("bob", &theirs, &json!({ "name": "Mine" })).await.problem(404, "not-found");
    app.delete("bob", &theirs).await.problem(404, "not-found");
    assert_eq!(collections(&app, "bob").await, []);
    assert_eq!(listed(&app, "bob", &format!("collection={foxes}")).await, Vec::<String>::new());
    assert_eq!(app.generation("ada", &id).await, job);
    assert_eq!(collections(&app, "ada").await, [("Foxes".to_owned(), 0)]);
}

#[tokio::test]
async fn collections_have_names_of_their_own_and_a_bound() {
    let app = TestApp::new();
    let foxes = collection(&app, "ada", "Foxes").await;
    let taken = app.post("ada", "/api/v1/collections", &json!({ "name": " foxes " })).await;
    assert_eq!(taken.refused_field(409, "name-taken"), "#/name");
    for wrong in ["", " ", "a\nb", &"x".repeat(81)] {
        let answer = app.post("ada", "/api/v1/collections", &json!({ "name": wrong })).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), "#/name", "{wrong}");
    }
    let own = format!("/api/v1/collections/{foxes}");
    // To write one's own name otherwise is no conflict.
    assert_eq!(app.patch("ada", &own, &json!({ "name": "FOXES" })).await.ok()["name"], "FOXES");
    // The same name is another user's to use.
    collection(&app, "bob", "Foxes").await;
    for n in 1..200 {
        collection(&app, "ada", &format!("number {n}")).await;
    }
    let more = app.post("ada", "/api/v1/collections", &json!({ "name": "one more" })).await;
    more.problem(409, "too-many-collections");
    assert_eq!(collections(&app, "ada").await.len(), 200);
}

#[tokio::test]
async fn two_tabs_that_make_one_name_at_once_make_one_collection() {
    let app = TestApp::new();
    app.me("ada").await;
    let body = json!({ "name": "Foxes" });
    let attempt = || app.post("ada", "/api/v1/collections", &body);
    let answers = futures_util::future::join_all((0..8).map(|_| attempt())).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1, "{answers:?}");
    assert_eq!(collections(&app, "ada").await.len(), 1);
}

#[tokio::test]
async fn a_deleted_collection_leaves_its_jobs() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let foxes = collection(&app, "ada", "Foxes").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(delivered(&app, "ada", &format!("fox {n}")).await);
    }
    let collect = json!({ "ids": ids, "action": "collect", "collection": foxes });
    let results = app.post("ada", "/api/v1/generations/bulk", &collect).await.ok();
    assert!(results["results"].as_array().expect("results").iter().all(|r| r["done"] == true));
    assert_eq!(collections(&app, "ada").await, [("Foxes".to_owned(), 5)]);
    // One in the trash keeps the name, and finds it gone when it comes back.
    app.delete("ada", &path(&ids[0])).await.ok();
    assert_eq!(collections(&app, "ada").await, [("Foxes".to_owned(), 4)]);

    let own = format!("/api/v1/collections/{foxes}");
    // Someone collects while another tab deletes.
    let last = json!({ "collection": foxes, "favourite": true });
    let one_more = delivered(&app, "ada", "fox 6").await;
    let its_path = path(&one_more);
    let (gone, marked) = tokio::join!(app.delete("ada", &own), app.patch("ada", &its_path, &last));
    assert_eq!(gone.ok()["name"], "Foxes");
    assert!(marked.status == 200 || marked.status == 422, "{marked:?}");
    let chores = app.deliver().await;
    assert_eq!(app.stored("ada", "outbox").await, [], "the message was received");
    for chore in &chores {
        assert_eq!(app.deliver_one(chore).await.status, 200, "twice is no harm");
    }
    app.delete("ada", &own).await.problem(404, "not-found");
    app.post("ada", &format!("{}/restore", path(&ids[0])), &Value::Null).await.ok();
    for id in ids.iter().chain([&one_more]) {
        assert_eq!(app.generation("ada", id).await["collection"], Value::Null, "{id}");
    }
    assert_eq!(listed(&app, "ada", "").await.len(), 6, "the jobs are all there");
    assert_eq!(collections(&app, "ada").await, []);
}

#[tokio::test]
async fn the_trash_hides_and_gives_back() {
    let app = TestApp::new();
    let (kept, thrown) =
        (delivered(&app, "ada", "a fox").await, delivered(&app, "ada", "a hare").await);
    app.patch("ada", &path(&thrown), &json!({ "favourite": true })).await.ok();
    let before = last_event(&app, "ada").await;
    let gone = app.delete("ada", &path(&thrown)).await.ok();
    assert!(gone["deleted_at"].is_string() && gone["restorable_until"].is_string(), "{gone}");
    assert_eq!(app.delete("ada", &path(&thrown)).await.ok()["revision"], gone["revision"]);
    assert_eq!(listed(&app, "ada", "").await, std::slice::from_ref(&kept));
    assert_eq!(listed(&app, "ada", "favourite=true").await, Vec::<String>::new());
    assert_eq!(listed(&app, "ada", "trash=true&q=hare").await, std::slice::from_ref(&thrown));
    assert_eq!(counts(&app, "ada").await, [1, 0, 1]);
    let events = events_after(&app, "ada", before).await;
    assert_eq!((events.len(), &events[0]["generation"]["deleted_at"]), (1, &gone["deleted_at"]));
    let marked = app.patch("ada", &path(&thrown), &json!({ "favourite": false })).await;
    marked.problem(409, "in-trash");

    let restore = format!("{}/restore", path(&thrown));
    let back = app.post("ada", &restore, &Value::Null).await.ok();
    assert_eq!((&back["deleted_at"], &back["favourite"]), (&Value::Null, &json!(true)));
    assert_eq!(app.post("ada", &restore, &Value::Null).await.ok()["revision"], back["revision"]);
    assert_eq!(listed(&app, "ada", "").await, [thrown, kept]);
    assert_eq!(counts(&app, "ada").await, [2, 1, 0]);
}

#[tokio::test]
async fn a_job_that_has_not_ended_is_not_thrown_away() {
    let app = TestApp::new();
    let id = app.create("ada", "a fox").await;
    app.delete("ada", &path(&id)).await.problem(409, "still-open");
    app.deliver().await;
    app.delete("ada", &path(&id)).await.problem(409, "still-open");
    app.drain().await;
    app.delete("ada", &path(&id)).await.ok();
}

/// Every file of every picture of a user.
fn files(app: &TestApp, user: &str) -> usize {
    app.stored_blobs().iter().filter(|path| path.contains(user_id(user).as_str())).count()
}

#[tokio::test]
async fn after_thirty_days_in_the_trash_pictures_and_prompt_are_gone_and_the_books_are_right() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let kept = delivered(&app, "ada", "a fox").await;
    let thrown = delivered(&app, "ada", "a secretive hare").await;
    let each = files(&app, "ada") / 2;
    assert!(each >= 2);
    app.delete("ada", &path(&thrown)).await.ok();
    app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60 - 1));
    tidy(&app).await;
    assert_eq!(files(&app, "ada"), 2 * each, "a second too early");

    app.clock.advance(Duration::from_secs(2));
    // Its time is over, although no timer has come yet.
    let restore = format!("{}/restore", path(&thrown));
    app.post("ada", &restore, &Value::Null).await.problem(404, "not-found");
    let before = last_event(&app, "ada").await;
    app.tick("empty_trash").await;
    let chores = app.deliver().await;
    assert_eq!(chores.len(), 1);
    for chore in &chores {
        assert_eq!(app.deliver_one(chore).await.status, 200, "twice is no harm");
    }
    tidy(&app).await;
    assert_eq!(files(&app, "ada"), each, "only the kept picture is left");
    app.get("ada", &path(&thrown)).await.problem(404, "not-found");
    app.post("ada", &restore, &Value::Null).await.problem(404, "not-found");
    app.delete("ada", &path(&thrown)).await.problem(404, "not-found");
    app.post("ada", &format!("{}/retry", path(&thrown)), &Value::Null)
        .await
        .problem(404, "not-found");
    assert_eq!(listed(&app, "ada", "trash=true").await, Vec::<String>::new());
    assert_eq!((listed(&app, "ada", "").await, counts(&app, "ada").await), (vec![kept], [1, 0, 0]));
    for kind in ["generation", "trash", "removed", "event", "entry", "outbox", "idempotency_key"] {
        for document in app.stored("ada", kind).await {
            assert!(!document.body.contains("secretive"), "{document:?}");
            assert!(kind != "removed" || !document.body.contains("data:"), "{document:?}");
        }
    }
    let events = events_after(&app, "ada", before).await;
    let numbers: Vec<_> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(numbers, (before + 1..=before + events.len() as u64).collect::<Vec<_>>(), "no gap");
    let last = &events.last().expect("other tabs are told")["generation"];
    assert_eq!((&last["id"], &last["prompt"]), (&json!(thrown), &json!("")));
    assert!(last["deleted_at"].is_string() && last["restorable_until"].is_null(), "{last}");
    assert_ledger_balanced(&app, "ada").await;
}

#[tokio::test]
async fn a_removal_that_was_cut_short_is_ended_by_the_timer() {
    let app = TestApp::new();
    let id = delivered(&app, "ada", "a fox").await;
    app.delete("ada", &path(&id)).await.ok();
    // As a process leaves it that dies after the intent.
    let stored = app.stored("ada", "trash").await.remove(0);
    let mut body: Value = serde_json::from_str(&stored.body).expect("JSON");
    let since = app.app.services.clock.now();
    body["keeping"]["removal"] = json!({ "removal": "purging", "since": since.to_string() });
    let document = NewDocument {
        id: stored.id,
        kind: "removed",
        position: None,
        due: Some(since),
        body: body.to_string(),
    };
    let write = Write::Replace { etag: stored.etag, document };
    let documents = &app.app.services.documents;
    documents.commit(user_id("ada").as_str(), vec![write]).await.expect("the store works");
    app.post("ada", &format!("{}/restore", path(&id)), &Value::Null)
        .await
        .problem(404, "not-found");
    assert!(files(&app, "ada") > 0);
    app.tick("empty_trash").await;
    app.deliver().await;
    assert_eq!(files(&app, "ada"), 0);
    assert_eq!(app.stored("ada", "removed").await[0].due, None);
}

#[tokio::test]
async fn many_jobs_are_changed_at_once_each_by_itself() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let mut ids = Vec::new();
    for n in 0..70 {
        ids.push(app.create("ada", &format!("fox {n}")).await);
        if n % 40 == 0 {
            app.drain().await;
        }
    }
    app.drain().await;
    let bobs = delivered(&app, "bob", "a fox").await;
    let open = app.create("ada", "still open").await;
    ids.extend([open.clone(), bobs.clone(), "nonsense".to_owned(), ids[0].clone()]);
    let body = |action: &str| json!({ "ids": ids, "action": action });
    let bulk = "/api/v1/generations/bulk";
    let (delete, favourite) = (body("delete"), body("favourite"));
    let (one, two) =
        tokio::join!(app.post("ada", bulk, &delete), app.post("ada", bulk, &favourite));
    two.ok();
    let results = one.ok()["results"].as_array().expect("results").clone();
    assert_eq!(results.len(), 73, "the doubled id comes once");
    let codes: Vec<_> = results.iter().map(|r| r["code"].as_str().unwrap_or("done")).collect();
    assert!(codes[..70].iter().all(|code| *code == "done"), "{codes:?}");
    assert_eq!(codes[70..], ["still-open", "not-found", "not-found"]);
    assert_eq!(listed(&app, "ada", "").await, [open]);
    assert_eq!(counts(&app, "ada").await[2], 70);
    assert_eq!(listed(&app, "bob", "").await, [bobs]);

    app.post("ada", bulk, &body("restore")).await.ok();
    assert_eq!(listed(&app, "ada", "").await.len(), 71);
    app.post("ada", bulk, &body("unfavourite")).await.ok();
    assert_eq!(counts(&app, "ada").await, [71, 0, 0]);

    let many: Vec<_> = (0..101).map(|n| format!("gen_{n}")).collect();
    for (wrong, field) in [
        (json!({ "ids": [], "action": "delete" }), "#/ids"),
        (json!({ "ids": many, "action": "delete" }), "#/ids"),
        (json!({ "ids": ["x"], "action": "burn" }), "#/action"),
        (json!({ "ids": ["x"], "action": "collect", "collection": "x" }), "#/collection"),
        (json!({ "ids": ["x"], "action": "delete", "collection": "x" }), "#/collection"),
    ] {
        let answer = app.post("ada", bulk, &wrong).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), field, "{wrong}");
    }
}

#[tokio::test]
async fn pictures_live_as_long_as_the_plan_says() {
    let app = TestApp::new();
    let free = delivered(&app, "ada", "a fox").await;
    app.patch("ada", &path(&free), &json!({ "favourite": true })).await.ok();
    assert_eq!(app.generation("ada", &free).await["expires_at"], "2026-02-14T08:00:00Z");
    let upgraded = delivered(&app, "bob", "a hare").await;
    app.clock.advance(29 * DAY);
    let young = delivered(&app, "ada", "a young fox").await;
    let running = app.create("ada", "a fox at work").await;
    app.put_on_plan("bob", PlanId::Premium).await;
    tidy_except(&app, &running).await;
    assert_eq!(listed(&app, "ada", "").await.len(), 3);

    app.clock.advance(2 * DAY);
    app.tick("reconcile_generations").await;
    app.deliver().await;
    app.get("ada", &path(&free)).await.problem(404, "not-found");
    assert_eq!(app.generation("ada", &young).await["status"], "succeeded");
    // Bob's plan keeps it a year from today at the least.
    let kept = app.generation("bob", &upgraded).await;
    assert_eq!(kept["expires_at"], "2027-02-15T08:00:00Z", "{kept}");
    app.put_on_plan("bob", PlanId::Free).await;
    app.clock.advance(366 * DAY);
    tidy(&app).await;
    app.get("bob", &path(&upgraded)).await.problem(404, "not-found");
    assert_eq!((files(&app, "ada"), files(&app, "bob")), (0, 0));
    assert_ledger_balanced(&app, "ada").await;
    assert_ledger_balanced(&app, "bob").await;
    for user in ["ada", "bob"] {
        assert_eq!(counts(&app, user).await, [0, 0, 0], "{user}");
    }
}

/// Timers tick, and the job at work stays at it.
async fn tidy_except(app: &TestApp, running: &str) {
    app.deliver().await;
    app.tick("reconcile_generations").await;
    app.deliver().await;
    assert_eq!(app.generation("ada", running).await["status"], "running");
}
