//! The handler with pictures in a storage account: Azurite, by its connection string.

use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::local::{HANDLER, Local, without_settings};
use crate::azurite::Azurite;
use crate::folder::Folder;
use crate::line::Line;

/// `imagegen blobs setup`, as an operator runs it.
fn set_up(blobs: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = without_settings(Path::new(HANDLER));
    let command = command.args(["blobs", "setup"]).args(arguments).env("IMAGEGEN_BLOBS", blobs);
    let output = command.output().expect("it was built");
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(said).expect("sentences are text"))
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(600, 400, Rgb([40, 90, 160]));
    picture.write_to(&mut bytes, ImageFormat::Png).expect("memory is writable");
    bytes.into_inner()
}

#[test]
fn setting_up_says_what_it_made_and_a_second_run_makes_nothing() {
    let azurite = Azurite::start(0);
    let origin = ["--origin", "https://app.example/studio?x=1"];
    for done in ["made", "there already"] {
        let (fine, said) = set_up(&azurite.connection_string(), &origin);
        let lines = [
            format!("container `images`: {done}"),
            format!("container `uploads`: {done}"),
            format!("pages of https://app.example may use links: {done}"),
        ];
        assert!(fine, "{said}");
        assert_eq!(said.lines().collect::<Vec<_>>(), lines);
    }
}

#[test]
fn setting_up_what_is_no_emulator_says_why_not() {
    for (blobs, why) in [
        ("files:.local/blobs", "needs no setting up"),
        ("https://fluxstore.blob.core.windows.net", "by Bicep"),
        ("AccountName=fluxstore;AccountKey=hunter2!", "is not base64"),
        ("", "IMAGEGEN_BLOBS is missing"),
    ] {
        let (fine, said) = set_up(blobs, &[]);
        assert!(!fine && said.contains(why) && !said.contains("hunter2"), "{blobs}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let (fine, said) = set_up("UseDevelopmentStorage=true", &["--origin", "app.example"]);
    assert!(!fine && said.contains("`app.example`"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_lie_in_the_account_and_a_job_outlives_its_absence() {
    let first = Azurite::start(0);
    let line = Line::to(first.port()).await;
    let string =
        first.connection_string().replace(&first.port().to_string(), &line.port.to_string());
    assert!(set_up(&string, &[]).0);
    let folder = Folder::new();
    let local = Local::start_with(&folder, 0, &[("IMAGEGEN_BLOBS", &string)]);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    local.put_on_plan(&ada, "basic").await;

    // What a browser sends goes to the account itself, once; the job that starts from it reads it there.
    let offer = json!({ "content_type": "image/png", "bytes": png().len() });
    let (status, offered) = local.post(&ada, "/api/v1/uploads", &offer).await;
    assert_eq!(status, 201, "{offered}");
    let address = offered["upload_url"].as_str().expect("a link");
    assert!(address.starts_with(&format!("http://127.0.0.1:{}/", line.port)), "{address}");
    assert_eq!(local.send_file(&offered, png()).await, 201);
    assert_eq!(local.send_file(&offered, png()).await, 403, "the link makes a file once");
    let order = json!({ "prompt": "a quiet sea", "model": "flux-dev", "inputs": [{ "upload_id": offered["id"] }] });
    let (status, job) = local.post(&ada, "/api/v1/generations", &order).await;
    assert_eq!(status, 202, "{job}");
    let job = local.ended(&ada, &job["id"]).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    for link in ["url", "display_url", "thumbnail_url"] {
        let picture = local.download(&job["images"][0][link]).await;
        image::load_from_memory(&picture).expect("other programs open it");
    }

    // The account is away: nothing new can be sent, and a job waits for it with its picture.
    line.cut();
    drop(first);
    let (status, health) = local.get("", "/api/health").await;
    assert_eq!((status, &health["status"]), (503, &json!("degraded")), "{health}");
    let (status, waiting) = local.order_picture(&ada, "a fox", "while-it-is-away").await;
    assert_eq!(status, 202, "{waiting}");
    local
        .until("the picture is drawn", async || match local.predictions_created().await {
            2 => Ok(()),
            other => Err(json!(other)),
        })
        .await;

    // It is back, and empty, as an emulator in memory is.
    let second = Azurite::start(0);
    assert!(set_up(&second.connection_string(), &[]).0);
    line.mend(second.port());
    let job = local.ended(&ada, &waiting["id"]).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    local.download(&job["images"][0]["url"]).await;
    assert_eq!(local.predictions_created().await, 2, "the provider was paid once");
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}
