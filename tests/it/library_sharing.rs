//! Share links, and many pictures as one file.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use imagegen_adapters::imaging::read_recipe;
use imagegen_core::catalog::PlanId;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

const DAY: Duration = Duration::from_hours(24);

fn path(id: &str) -> String {
    format!("/api/v1/generations/{id}")
}

async fn drawn(app: &TestApp, user: &str, body: &Value) -> String {
    let id = app.post(user, "/api/v1/generations", body).await.accepted();
    app.drain().await;
    id
}

async fn fox(app: &TestApp, user: &str) -> String {
    drawn(app, user, &json!({ "prompt": "a secretive fox", "model": "flux-schnell" })).await
}

async fn shared(app: &TestApp, user: &str, id: &str, body: &Value) -> Value {
    let made = app.post(user, &format!("{}/shares", path(id)), body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()
}

/// As someone without an account.
async fn open(app: &TestApp, share: &Value) -> Answer {
    let url = share["url"].as_str().expect("a link");
    let path = url.strip_prefix("https://api.test").expect("an address of ours");
    app.call("GET", path, &[], "").await
}

#[tokio::test]
async fn a_link_shows_the_pictures_and_not_the_prompt() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    for format in ["webp", "png", "jpeg"] {
        let body = json!({ "prompt": "a secretive fox", "model": "flux-schnell", "output_format": format, "count": 2 });
        let id = drawn(&app, "ada", &body).await;
        let hidden = shared(&app, "ada", &id, &json!({})).await;
        assert_eq!((&hidden["show_prompt"], &hidden["expires_at"]), (&json!(false), &Value::Null));
        let answer = open(&app, &hidden).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("secretive"), "{answer:?}");
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        let page = answer.ok();
        assert_eq!((&page["prompt"], &page["model"]), (&Value::Null, &json!("flux-schnell")));
        let images = page["images"].as_array().expect("images");
        assert_eq!(images.len(), 2);
        for image in images {
            for link in ["url", "thumbnail_url"] {
                let file = app.file(&image[link]);
                let told = read_recipe(&file).expect("a picture").and_then(|recipe| recipe.prompt);
                assert_eq!(told, None, "{format}: the file itself tells nothing");
                let text = String::from_utf8_lossy(&file);
                assert!(!text.contains("secretive"), "{format}");
            }
        }
        let told = shared(&app, "ada", &id, &json!({ "show_prompt": true })).await;
        let page = open(&app, &told).await.ok();
        assert_eq!(page["prompt"], "a secretive fox");
        let recipe = read_recipe(&app.file(&page["images"][0]["url"])).expect("a picture");
        assert_eq!(recipe.and_then(|recipe| recipe.prompt).as_deref(), Some("a secretive fox"));
    }
}

#[tokio::test]
async fn a_link_ends_by_its_time_by_its_owner_and_with_its_pictures() {
    let app = TestApp::new();
    let id = fox(&app, "ada").await;
    let week = shared(&app, "ada", &id, &json!({ "expires_in_days": 7 })).await;
    let (ever, other) = (
        shared(&app, "ada", &id, &json!({ "expires_in_days": null })).await,
        shared(&app, "ada", &id, &json!({})).await,
    );
    let list = app.get("ada", &format!("/api/v1/shares?generation={id}&limit=2")).await.ok();
    let next = list["next_cursor"].as_str().expect("a third one");
    assert_eq!(
        (&list["items"][0], &list["items"][1]),
        (&other, &ever),
        "newest first, links and all"
    );
    let list = app.get("ada", &format!("/api/v1/shares?limit=2&cursor={next}")).await.ok();
    assert_eq!((&list["items"], &list["next_cursor"]), (&json!([week]), &Value::Null));

    let own = format!("/api/v1/shares/{}", other["id"].as_str().expect("an id"));
    app.delete("bob", &own).await.problem(404, "not-found");
    open(&app, &other).await.ok();
    let (one, two) = tokio::join!(app.delete("ada", &own), app.delete("ada", &own));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    open(&app, &other).await.problem(410, "share-gone");

    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60 - 1));
    open(&app, &week).await.ok();
    app.clock.advance(Duration::from_secs(1));
    open(&app, &week).await.problem(410, "share-gone");
    open(&app, &ever).await.ok();

    app.delete("ada", &path(&id)).await.ok();
    open(&app, &ever).await.problem(410, "share-gone");
    app.post("ada", &format!("{}/restore", path(&id)), &Value::Null).await.ok();
    open(&app, &ever).await.ok();
    // Its time is over: the links go with the pictures.
    app.clock.advance(30 * DAY);
    app.tick("reconcile_generations").await;
    app.deliver().await;
    open(&app, &ever).await.problem(410, "share-gone");
    assert_eq!(app.stored("ada", "share").await, []);
    assert_eq!(app.stored_blobs().len(), 0, "plain copies too: {:?}", app.stored_blobs());
}

#[tokio::test]
async fn a_link_has_a_page_that_tells_others_what_it_shows() {
    let app = TestApp::new();
    let prompt = r#"a "fox" <b>&</b> snow"#;
    let body = json!({ "prompt": prompt, "model": "flux-schnell" });
    let id = drawn(&app, "ada", &body).await;
    let page = async |share: &Value, status: u16| {
        let url = share["page_url"].as_str().expect("there is a web page");
        let path = &url[url.find("/api/").expect("a route of ours")..];
        let answer = app.call("GET", path, &[], "").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let token = share["token"].as_str().expect("a token");
        let on = format!(r#"content="0;url=https://app.test/shared/?t={token}""#);
        assert!(text.contains(&on), "{text}");
        text
    };
    let told = shared(&app, "ada", &id, &json!({ "show_prompt": true })).await;
    let text = page(&told, 200).await;
    let title = r#"property="og:title" content="a &quot;fox&quot; &lt;b&gt;&amp;&lt;/b&gt; snow""#;
    assert!(text.contains(title), "{text}");
    let picture =
        text.split("og:image\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let picture = picture.expect("a picture").replace("&amp;", "&");
    assert!(image::load_from_memory(&app.file(&json!(picture))).is_ok());

    let hidden = shared(&app, "ada", &id, &json!({})).await;
    assert!(!page(&hidden, 200).await.contains("fox"));
    let own = format!("/api/v1/shares/{}", hidden["id"].as_str().expect("an id"));
    app.delete("ada", &own).await.ok();
    assert!(!page(&hidden, 410).await.contains("og:"));

    let forged = format!("/api/v1/shared/{}/page", "A".repeat(64));
    assert_eq!(app.call("GET", &forged, &[], "").await.status, 404);
    let odd = "/api/v1/shared/%22%3E%3Cscript%3E/page";
    app.call("GET", odd, &[], "").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_token_that_we_did_not_make_leads_nowhere() {
    let app = TestApp::new();
    let id = fox(&app, "ada").await;
    let share = shared(&app, "ada", &id, &json!({})).await;
    let token = share["token"].as_str().expect("a token");
    let try_it = async |token: &str| {
        app.call("GET", &format!("/api/v1/shared/{token}"), &[], "").await.problem(404, "not-found")
    };
    for end in [1, 32, 42, 43, 63] {
        try_it(&token[..end]).await;
    }
    try_it(&format!("{token}AAAA")).await;
    try_it(&format!("{}AAAA", &token[..60])).await;
    try_it(&"A".repeat(64)).await;
    try_it(id.as_str()).await;
}

#[tokio::test]
async fn what_has_nothing_to_show_gets_no_link() {
    let app = TestApp::new();
    let shares = |id: &str| format!("{}/shares", path(id));
    let failed =
        drawn(&app, "ada", &json!({ "prompt": "fail: a fox", "model": "flux-schnell" })).await;
    app.post("ada", &shares(&failed), &json!({})).await.problem(409, "no-picture");
    let blocked =
        drawn(&app, "ada", &json!({ "prompt": "nsfw: a fox", "model": "flux-schnell" })).await;
    app.post("ada", &shares(&blocked), &json!({})).await.problem(409, "no-picture");
    let id = fox(&app, "ada").await;
    app.post("bob", &shares(&id), &json!({})).await.problem(404, "not-found");
    let open = app.create("ada", "a fox").await;
    app.post("ada", &shares(&open), &json!({})).await.problem(409, "still-open");
    app.delete("ada", &path(&id)).await.ok();
    app.post("ada", &shares(&id), &json!({})).await.problem(409, "in-trash");
    for (body, field) in [
        (json!({ "expires_in_days": 0 }), "#/expires_in_days"),
        (json!({ "expires_in_days": 366 }), "#/expires_in_days"),
        (json!({ "expires_in_days": -1 }), "#/expires_in_days"),
        (json!({ "show_prompt": "no" }), "#/show_prompt"),
        (json!({ "password": "x" }), "#/password"),
    ] {
        let answer = app.post("ada", &shares(&id), &body).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), field, "{body}");
    }
    assert_eq!(app.stored("ada", "share").await, []);
}

/// What another program reads in a zip, having checked every file: names and contents.
fn unzipped(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    const PROGRAM: &str = "
import base64, io, json, sys, zipfile
zip = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert zip.testzip() is None
print(json.dumps({name: base64.b64encode(zip.read(name)).decode() for name in zip.namelist()}))
";
    let mut python = Command::new("python3")
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    python.stdin.take().expect("it is piped").write_all(zip).expect("it reads");
    let output = python.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the zip is not readable");
    let files: BTreeMap<String, String> = serde_json::from_slice(&output.stdout).expect("JSON");
    let decode = |text: String| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
    };
    files.into_iter().map(|(name, text)| (name, decode(text))).collect()
}

#[tokio::test]
async fn many_pictures_come_as_one_zip_that_other_programs_read() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let two = drawn(
        &app,
        "ada",
        &json!({ "prompt": "A red fox, in snow!", "model": "flux-schnell", "count": 2, "output_format": "png" }),
    )
    .await;
    let quiet = json!({ "prompt": "狐", "model": "flux-schnell", "embed_prompt": false });
    let quiet = drawn(&app, "ada", &quiet).await;
    let lost = fox(&app, "ada").await;
    let failed =
        drawn(&app, "ada", &json!({ "prompt": "fail: a fox", "model": "flux-schnell" })).await;
    let thrown = fox(&app, "ada").await;
    app.delete("ada", &path(&thrown)).await.ok();
    let bobs = fox(&app, "bob").await;
    app.lose(&app.generation("ada", &lost).await["images"][0]["url"]);

    let ids = [&two, &quiet, &lost, &failed, &thrown, &bobs, &"nonsense".to_owned(), &two];
    let archive = "/api/v1/generations/archive";
    let answer = app.post("ada", archive, &json!({ "ids": ids })).await;
    assert_eq!(answer.status, 200, "{:?}", answer.headers);
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    let name = answer.header("content-disposition");
    assert_eq!(name, Some("attachment; filename=\"pictures-2026-01-15.zip\""));
    let files = unzipped(&answer.body);
    let ulid = |id: &str| id.trim_start_matches("gen_").to_owned();
    let name_of = |slug: &str, id: &str, n: u32, ending: &str| {
        format!("2026-01-15_{slug}_{}_{n}.{ending}", ulid(id))
    };
    let first = name_of("a-red-fox-in-snow", &two, 1, "png");
    let names: Vec<_> = files.keys().cloned().collect();
    let mut wanted = vec![
        first.clone(),
        name_of("a-red-fox-in-snow", &two, 2, "png"),
        name_of("picture", &quiet, 1, "webp"),
        "README.txt".to_owned(),
        "recipe.json".to_owned(),
    ];
    wanted.sort();
    assert_eq!(names, wanted);
    assert_eq!(files[&first], app.file(&app.generation("ada", &two).await["images"][0]["url"]));

    let recipes: Value = serde_json::from_slice(&files["recipe.json"]).expect("JSON");
    let recipes = recipes["pictures"].as_array().expect("pictures");
    assert_eq!(recipes.len(), 3);
    assert_eq!(
        (&recipes[0]["file"], &recipes[0]["prompt"]),
        (&json!(first), &json!("A red fox, in snow!"))
    );
    assert!(recipes[0]["seed"].is_u64());
    assert_eq!(
        recipes[2]["prompt"],
        Value::Null,
        "who wants no prompt in the file gets none beside it"
    );
    let readme = String::from_utf8(files["README.txt"].clone()).expect("text");
    let missing = readme.lines().filter(|line| line.starts_with("- ")).count();
    assert_eq!(missing, 5, "{readme}");
    for (id, why) in [
        (ulid(&lost), "is not there any more"),
        (failed, "has no picture"),
        (thrown, "is in the trash"),
        (bobs, "there is no such job"),
        ("nonsense".to_owned(), "is no job"),
    ] {
        let told = readme.lines().any(|line| line.contains(&id) && line.contains(why));
        assert!(told, "{id} {why}: {readme}");
    }
}

#[tokio::test]
async fn a_zip_of_nothing_is_refused() {
    let app = TestApp::new();
    let archive = "/api/v1/generations/archive";
    let id = fox(&app, "ada").await;
    app.post("bob", archive, &json!({ "ids": [id] })).await.problem(404, "not-found");
    let many = vec![id; 101];
    for ids in [json!([]), json!(many)] {
        let answer = app.post("ada", archive, &json!({ "ids": ids })).await;
        assert_eq!(answer.refused_field(422, "invalid-request"), "#/ids");
    }
}
