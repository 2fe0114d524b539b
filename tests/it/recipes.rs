//! From a picture back to the form that made it.

use std::io::Cursor;
use std::process::Command;

use image::{ImageFormat, RgbImage};
use imagegen_core::catalog::PlanId;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, bearer};
use crate::folder::Folder;

const PROMPT: &str = "a \"red\" fox & <snow>, ünïcödé 🦊";

async fn read(app: &TestApp, content_type: &str, file: Vec<u8>) -> Answer {
    let bearer = bearer("ada");
    let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
    app.call("POST", "/api/v1/generations/recipe", &headers, file).await
}

/// The original of a job of one picture, and the job.
async fn made(app: &TestApp, body: &Value) -> (Vec<u8>, Value) {
    let id = app.post("ada", "/api/v1/generations", body).await.accepted();
    app.drain().await;
    let job = app.generation("ada", &id).await;
    (app.file(&job["images"][0]["url"]), job)
}

fn order(format: &str) -> Value {
    json!({ "prompt": PROMPT, "model": "flux-dev", "aspect_ratio": "4:5", "seed": 42, "output_format": format })
}

#[tokio::test]
async fn every_format_gives_its_order_back() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    for format in ["png", "webp", "jpeg"] {
        let (file, job) = made(&app, &order(format)).await;
        let recipe = read(&app, &format!("image/{format}"), file).await.ok();
        let wanted = json!({
            "prompt": PROMPT, "model": "flux-dev", "model_offered": true, "aspect_ratio": "4:5",
            "width": 896, "height": 1088, "seed": 42, "generation_id": job["id"], "index": 0,
            "parent": null, "created_at": job["created_at"],
        });
        assert_eq!(recipe, wanted, "{format}");
        // The form that it fills asks for the same picture.
        let mut again = order(format);
        for field in ["prompt", "model", "aspect_ratio", "seed"] {
            again[field] = recipe[field].clone();
        }
        assert_eq!(again, order(format));
    }
}

#[tokio::test]
async fn a_prompt_that_was_kept_out_stays_out() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let mut order = order("png");
    order["embed_prompt"] = false.into();
    let (file, _) = made(&app, &order).await;
    let recipe = read(&app, "image/png", file).await.ok();
    assert_eq!((&recipe["prompt"], &recipe["seed"]), (&Value::Null, &json!(42)), "{recipe}");
}

#[tokio::test]
async fn what_has_no_recipe_of_ours_says_so() {
    let app = TestApp::new();
    let mut plain = Cursor::new(Vec::new());
    RgbImage::new(80, 80).write_to(&mut plain, ImageFormat::Png).expect("memory is writable");
    let plain = plain.into_inner();
    read(&app, "image/png", plain.clone()).await.problem(422, "no-recipe");
    read(&app, "image/gif", b"GIF89a".to_vec()).await.problem(422, "picture-refused");
    read(&app, "image/png", plain[..60].to_vec()).await.problem(422, "picture-refused");
    read(&app, "application/json", plain).await.problem(415, "unsupported-media-type");
    let answer = read(&app, "image/png", vec![0; 32 * 1024 * 1024 + 1]).await;
    answer.problem(413, "body-too-large");
}

/// A PNG with `packet` where our recipe stands.
fn with_packet(packet: &str) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    RgbImage::new(8, 8).write_to(&mut png, ImageFormat::Png).expect("memory is writable");
    let mut png = png.into_inner();
    let mut chunk = b"iTXtXML:com.adobe.xmp\0\0\0\0\0".to_vec();
    chunk.extend_from_slice(packet.as_bytes());
    let mut whole = u32::try_from(chunk.len() - 4).expect("small").to_be_bytes().to_vec();
    whole.extend_from_slice(&chunk);
    // Nobody checks the sum of a chunk that draws nothing.
    whole.extend_from_slice(&[0; 4]);
    png.splice(33..33, whole);
    png
}

fn packet(head: &str, prompt: &str, more: &str) -> String {
    format!(
        "{head}<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:igai=\"https://imagegenerator.example/ns/recipe/1.0/\">\
         <xmp:CreateDate>2026-01-15T08:00:00Z</xmp:CreateDate>\
         <dc:description>{prompt}</dc:description><igai:model>flux-dev</igai:model>\
         <igai:seed>7</igai:seed><igai:width>1024</igai:width><igai:height>1024</igai:height>\
         <igai:generation>gen_1</igai:generation><igai:index>0</igai:index>{more}\
         </rdf:Description></rdf:RDF></x:xmpmeta>"
    )
}

#[tokio::test]
async fn a_hostile_packet_does_no_harm() {
    let app = TestApp::new();
    let good = read(&app, "image/png", with_packet(&packet("", "a fox", ""))).await.ok();
    assert_eq!(
        (&good["prompt"], &good["aspect_ratio"]),
        (&json!("a fox"), &json!("1:1")),
        "{good}"
    );

    let deep = format!("{}{}", "<a>".repeat(3_000), "</a>".repeat(3_000));
    let deep = read(&app, "image/png", with_packet(&packet("", "a fox", &deep))).await;
    assert_eq!(deep.ok(), good, "depth alone is no harm");

    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]>";
    let outside = "<!DOCTYPE l [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>";
    for (why, packet) in [
        ("entities in entities", packet(laughs, "&d;", "")),
        ("a file", packet(outside, "&f;", "")),
        ("an unknown entity", packet("", "&f;", "")),
        ("two megabytes", packet("", "a", &format!("<!--{}-->", "x".repeat(2 * 1024 * 1024)))),
        ("many elements", packet("", "a", &"<a/>".repeat(100_000))),
        ("an endless prompt", packet("", &"x".repeat(100_000), "")),
        ("a long name", packet("", "a", "").replace("gen_1", &"g".repeat(101))),
        ("a large seed", packet("", "a", "").replace(">7<", ">4294967295<")),
        ("no number", packet("", "a", "").replace(">7<", ">seven<")),
        ("no XML", "<x:xmpmeta".into()),
        ("no text", "\u{0}\u{1}".into()),
    ] {
        let answer = read(&app, "image/png", with_packet(&packet)).await;
        assert_eq!(answer.status, 422, "{why}: {answer:?}");
        assert_eq!(answer.json()["code"], "no-recipe", "{why}: {answer:?}");
    }
}

/// Other people's program for metadata, where it is installed.
fn exiftool(file: &std::path::Path) -> Option<Value> {
    let tool =
        Command::new("exiftool").args(["-json", "-G1", "-struct"]).arg(file).output().ok()?;
    assert!(tool.status.success(), "{tool:?}");
    let said: Value = serde_json::from_slice(&tool.stdout).expect("it writes JSON");
    Some(said[0].clone())
}

#[tokio::test]
async fn other_programs_read_how_a_picture_was_made() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    let folder = Folder::new();
    for format in ["png", "webp", "jpeg"] {
        let (file, job) = made(&app, &order(format)).await;
        let path = folder.join(&format!("picture.{format}"));
        std::fs::write(&path, &file).expect("the folder is writable");
        let Some(told) = exiftool(&path) else {
            println!(
                "exiftool is not installed: its part is skipped, our own parser read the recipe."
            );
            let recipe = read(&app, "image/png", file).await.ok();
            assert_eq!(recipe["prompt"], PROMPT);
            continue;
        };
        let kind = told["XMP-iptcExt:DigitalSourceType"].as_str().unwrap_or_default();
        assert!(kind.ends_with("trainedAlgorithmicMedia"), "{format}: {told}");
        assert_eq!(told["XMP-dc:Description"], PROMPT, "{format}: {told}");
        assert_eq!(told["XMP-xmp:CreatorTool"], "ImageGenerator AI", "{format}: {told}");
        // Names of our own, which it was never told about.
        assert!(told["XMP-igai:Seed"] == 42 || told["XMP-igai:Seed"] == "42", "{format}: {told}");
        assert_eq!(told["XMP-igai:Model"], "flux-dev", "{format}: {told}");
        assert_eq!(told["XMP-igai:Generation"], job["id"], "{format}: {told}");
    }
}
