//! The library: found again, sorted, thrown away, shown to others, removed in the end.

use std::collections::BTreeMap;

use imagegen_core::ids::GenerationId;
use imagegen_core::ports::documents::{MAX_WRITES, NewDocument, Write};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fakes::user_id;

/// All items of a list, page by page, and how many pages there were.
async fn all_pages(app: &TestApp, user: &str, query: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let path = format!("/api/v1/generations?limit={limit}&{query}{cursor}");
        let page = app.get(user, &path).await.ok();
        items.extend(page["items"].as_array().expect("items").iter().cloned());
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (items, pages),
        }
    }
}

/// Prompts of a list, in order.
async fn prompts(app: &TestApp, user: &str, query: &str) -> Vec<String> {
    let (items, _) = all_pages(app, user, query, 100).await;
    items.iter().map(|item| item["prompt"].as_str().expect("a prompt").to_owned()).collect()
}

/// Stores `count` jobs of `user` as they are when their one picture was delivered, one each hour from the start of
/// 2024; number n has the prompt `fox number n`, and each hundredth a zebra. The account counts none of them.
async fn seed(app: &TestApp, user: &str, count: u32) -> Vec<String> {
    app.create(user, "a pattern").await;
    app.drain().await;
    let pattern = app.stored(user, "generation").await.remove(0);
    let pattern: Value = serde_json::from_str(&pattern.body).expect("JSON");
    let start: Timestamp = "2024-01-01T00:00:00Z".parse().expect("a time");
    let numbers: Vec<u32> = (0..count).collect();
    let mut ids = Vec::new();
    for some in numbers.chunks(MAX_WRITES) {
        let mut writes = Vec::new();
        for n in some {
            let at = start + std::time::Duration::from_hours((*n).into());
            let id = GenerationId::first_at(at).to_string();
            let mut body = pattern.clone();
            body["id"] = json!(id);
            body["created_at"] = json!(at.to_string());
            let animal = if n % 100 == 0 { "Zebra" } else { "fox" };
            body["order"]["prompt"] = json!(format!("{animal} number {n}"));
            let document = NewDocument {
                id: id.clone(),
                kind: "generation",
                position: None,
                due: None,
                body: body.to_string(),
            };
            writes.push(Write::Create(document));
            ids.push(id);
        }
        let documents = &app.app.services.documents;
        documents.commit(user_id(user).as_str(), writes).await.expect("the store works");
    }
    ids
}

/// Makes the account one of the time before jobs were counted.
async fn forget_counts(app: &TestApp, user: &str) {
    let stored = app.stored(user, "account").await.remove(0);
    let mut body: Value = serde_json::from_str(&stored.body).expect("JSON");
    body.as_object_mut().expect("an object").remove("shelf").expect("it was there");
    let document = NewDocument {
        id: stored.id,
        kind: "account",
        position: None,
        due: stored.due,
        body: body.to_string(),
    };
    let write = Write::Replace { etag: stored.etag, document };
    let documents = &app.app.services.documents;
    documents.commit(user_id(user).as_str(), vec![write]).await.expect("the store works");
}

#[tokio::test]
async fn a_library_of_ten_thousand_is_listed_whole_searched_and_counted() {
    const COUNT: u32 = 10_000;
    let app = TestApp::new();
    let mut wanted = seed(&app, "ada", COUNT).await;
    wanted.reverse();

    let (items, pages) = all_pages(&app, "ada", "to=2026-03-01&from=2024-01-01", 100).await;
    assert_eq!((items.len(), pages), (10_001, 101));
    let ids = items.iter().skip(1).map(|item| item["id"].as_str().expect("an id"));
    assert!(ids.eq(wanted.iter().map(String::as_str)), "each once, newest first");

    // 100 jobs have a zebra: each page is bounded in work, so there are more pages than 100 jobs need.
    let (items, pages) = all_pages(&app, "ada", "q=ZEBRA+number", 100).await;
    assert_eq!(items.len(), 100);
    assert!((5..=7).contains(&pages), "{pages}");
    assert_eq!(all_pages(&app, "ada", "q=unicorn", 100).await, (Vec::new(), 6));

    // A window by dates, as a grid jumps to it; and one within a search.
    let (items, pages) = all_pages(&app, "ada", "from=2024-06-01&to=2024-06-02", 24).await;
    assert_eq!((items.len(), pages), (24, 1));
    assert_eq!(items[0]["created_at"], "2024-06-01T23:00:00Z");
    let within = prompts(&app, "ada", "q=zebra&from=2024-06-01&to=2024-06-10").await;
    assert_eq!(within, ["Zebra number 3800", "Zebra number 3700"]);

    // Counted anew once, then with every change.
    forget_counts(&app, "ada").await;
    let summary = app.get("ada", "/api/v1/library/summary").await.ok();
    assert_eq!(summary["total"], 10_001);
    let months: BTreeMap<_, _> = summary["months"]
        .as_array()
        .expect("months")
        .iter()
        .map(|month| (month["month"].as_str().expect("a month"), &month["count"]))
        .collect();
    let wanted = (json!(29 * 24), json!(10_000 - 366 * 24 - 31 * 24));
    assert_eq!((months["2024-02"], months["2025-02"]), (&wanted.0, &wanted.1));
    assert_eq!(summary["months"][0]["month"], "2026-01", "newest first");
    app.create("ada", "one more").await;
    assert_eq!(app.get("ada", "/api/v1/library/summary").await.ok()["total"], 10_002);
}

#[tokio::test]
async fn a_list_is_narrowed_by_all_that_is_asked() {
    let app = TestApp::new();
    for (prompt, ratio) in [
        ("A red FOX", "16:9"),
        ("a blue fox", "1:1"),
        ("fail: a red hare", "1:1"),
        ("Élan im Schnee", "16:9"),
    ] {
        let body = json!({ "prompt": prompt, "model": "flux-schnell", "aspect_ratio": ratio });
        app.post("ada", "/api/v1/generations", &body).await.accepted();
        app.drain().await;
        app.clock.advance(std::time::Duration::from_mins(1));
    }
    app.create("bob", "a red fox of bob's").await;
    let waiting = app.create("ada", "a fox that waits").await;
    for (query, wanted) in [
        ("q=fox", vec!["a fox that waits", "a blue fox", "A red FOX"]),
        ("q=red+fo", vec!["A red FOX"]),
        ("q=%C3%A9lan", vec!["Élan im Schnee"]),
        ("q=%25", vec![]),
        (
            "q=",
            vec![
                "a fox that waits",
                "Élan im Schnee",
                "fail: a red hare",
                "a blue fox",
                "A red FOX",
            ],
        ),
        ("aspect_ratio=16:9", vec!["Élan im Schnee", "A red FOX"]),
        ("aspect_ratio=16:9&q=red", vec!["A red FOX"]),
        ("model=flux-schnell&q=red", vec!["fail: a red hare", "A red FOX"]),
        ("model=flux-dev", vec![]),
        ("status=failed", vec!["fail: a red hare"]),
        ("status=queued", vec!["a fox that waits"]),
        ("status=running", vec![]),
        ("status=succeeded&q=blue", vec!["a blue fox"]),
        (
            "from=2026-01-15T08:02:00Z",
            vec!["a fox that waits", "Élan im Schnee", "fail: a red hare"],
        ),
        ("to=2026-01-15T08:01:00Z", vec!["A red FOX"]),
        ("to=2026-01-15", vec![]),
        ("from=2026-01-15T08:01:00Z&to=2026-01-15T08:02:00Z", vec!["a blue fox"]),
    ] {
        assert_eq!(prompts(&app, "ada", query).await, wanted, "{query}");
    }
    app.deliver().await;
    assert_eq!(prompts(&app, "ada", "status=running").await, ["a fox that waits"]);
    assert_eq!(prompts(&app, "ada", "status=starting").await, Vec::<String>::new());
    let page = app.get("ada", &format!("/api/v1/generations?cursor={waiting}&limit=1")).await.ok();
    assert_eq!(page["items"][0]["prompt"], "Élan im Schnee", "a cursor is the last id of a page");
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_refused_by_name() {
    let app = TestApp::new();
    let long = "a+".repeat(17);
    for (query, field) in [
        ("aspect_ratio=wide", "#/aspect_ratio"),
        ("status=done", "#/status"),
        ("from=yesterday", "#/from"),
        ("to=2026-13-01", "#/to"),
        ("cursor=gen_1", "#/cursor"),
        ("limit=101", "#/limit"),
        (&format!("q={long}"), "#/q"),
    ] {
        let answer = app.get("ada", &format!("/api/v1/generations?{query}")).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), field, "{query}");
    }
    // Nothing is of that model, and that is no error: it may have been offered once.
    assert_eq!(prompts(&app, "ada", "model=none").await, Vec::<String>::new());
}
