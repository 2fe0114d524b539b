//! From a file on a disk to a picture that starts from it, through storage and the provider.

use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tokio::process::Command;

use super::local::Local;
use crate::folder::Folder;

/// Dark on the left, bright on the right.
fn slope() -> RgbImage {
    RgbImage::from_fn(600, 400, |x, _| Rgb([u8::try_from(x * 255 / 599).expect("a byte"); 3]))
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("memory is writable");
    bytes.into_inner()
}

/// How much brighter the right half is than the left.
fn rise(file: &[u8]) -> f64 {
    let picture = image::load_from_memory(file).expect("other programs open it").into_luma8();
    let half = picture.width() / 2;
    let sum = |right: bool| {
        let pixels = picture.enumerate_pixels().filter(|(x, _, _)| (*x >= half) == right);
        pixels.map(|(_, _, it)| f64::from(it[0])).sum::<f64>()
    };
    (sum(true) - sum(false)) / f64::from(half * picture.height())
}

#[tokio::test]
async fn the_vendors_client_sends_a_picture_and_a_job_starts_from_it() {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    assert!(
        peers.join("node_modules/@azure/storage-blob").is_dir(),
        "the client is missing: run `make test`, which installs it first"
    );
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.order(&json!({ "replicate": { "speed": 20.0, "canvas": 256 } })).await;
    let ada = local.sign_in("ada").await;
    local.put_on_plan(&ada, "basic").await;
    let file = folder.join("slope.jpg");
    std::fs::write(&file, encoded(&slope(), ImageFormat::Jpeg)).expect("the folder is writable");

    let order = json!({ "prompt": "a quiet sea", "model": "flux-dev", "strength": 0.3, "seed": 7 });
    let node = Command::new("node")
        .arg(peers.join("upload.mjs"))
        .args([&local.url(""), &ada])
        .arg(&file)
        .arg(order.to_string())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Node.js is installed");
    assert!(node.status.success(), "{node:?}");
    let told: Value = serde_json::from_slice(&node.stdout).expect("the line is JSON");
    assert_eq!(told["again"], "UnauthorizedBlobOverwrite", "{told}");
    assert!(told["etag"].is_string(), "{told}");

    let job = local.ended(&ada, &told["job"]["id"]).await;
    assert_eq!((&job["status"], &job["kind"]), (&json!("succeeded"), &json!("image_to_image")));
    assert_eq!(job["aspect_ratio"], "3:2", "{job}");
    let picture = local.download(&job["images"][0]["url"]).await;
    assert!(rise(&picture) > 60.0, "the input is seen in the result: {}", rise(&picture));
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}

#[tokio::test]
async fn a_chain_of_pictures_goes_through_every_model_that_takes_them() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.order(&json!({ "replicate": { "speed": 20.0, "canvas": 256 } })).await;
    let ada = local.sign_in("ada").await;
    local.put_on_plan(&ada, "premium").await;

    let offer = json!({ "content_type": "image/png", "bytes": 1000 });
    let (status, offered) = local.post(&ada, "/api/v1/uploads", &offer).await;
    assert_eq!(status, 201, "{offered}");
    let path = format!("/api/v1/uploads/{}", offered["id"].as_str().expect("an id"));
    let complete = format!("{path}/complete");
    let (status, problem) = local.post(&ada, &complete, &Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("upload-missing")), "{problem}");
    assert_eq!(local.send_file(&offered, encoded(&slope(), ImageFormat::Png)).await, 201);
    assert_eq!(local.send_file(&offered, vec![1, 2, 3]).await, 403, "the link makes a file once");
    let (status, upload) = local.post(&ada, &complete, &Value::Null).await;
    assert_eq!((status, &upload["status"]), (200, &json!("ready")), "{upload}");
    let made = local.download(&upload["url"]).await;
    assert_eq!(image::guess_format(&made).ok(), Some(ImageFormat::WebP));

    let mut inputs = json!([{ "upload_id": offered["id"] }]);
    let mut parent = Value::Null;
    for model in ["flux-dev", "flux-kontext-pro", "flux-2-pro"] {
        let order =
            json!({ "prompt": "in warm light", "model": model, "inputs": inputs, "seed": 3 });
        let (status, job) = local.post(&ada, "/api/v1/generations", &order).await;
        assert_eq!(status, 202, "{job}");
        assert_eq!(job["parent"], parent, "{job}");
        let job = local.ended(&ada, &job["id"]).await;
        assert_eq!(job["status"], "succeeded", "{model}: {job}");
        let picture = local.download(&job["images"][0]["url"]).await;
        image::load_from_memory(&picture).expect("other programs open it");
        parent = job["id"].clone();
        inputs = json!([{ "generation_id": job["id"], "index": 0 }]);
        if model == "flux-kontext-pro" {
            inputs = json!([{ "generation_id": job["id"] }, { "upload_id": offered["id"] }]);
        }
    }

    // What the stand-in of the safety check finds unsafe is kept back before any job can use it.
    let mut marked = slope();
    for (x, y) in (0..64).flat_map(|x| (0..64).map(move |y| (x, y))) {
        marked.put_pixel(x, y, Rgb([255, 0, 255]));
    }
    let (_, offered) = local.post(&ada, "/api/v1/uploads", &offer).await;
    assert_eq!(local.send_file(&offered, encoded(&marked, ImageFormat::Png)).await, 201);
    let order =
        json!({ "prompt": "x", "model": "flux-dev", "inputs": [{ "upload_id": offered["id"] }] });
    let (status, problem) = local.post(&ada, "/api/v1/generations", &order).await;
    assert_eq!((status, &problem["code"]), (422, &json!("content-blocked")), "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "#/inputs/0/upload_id", "{problem}");
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}
