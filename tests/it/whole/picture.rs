//! Orders through the whole stack.

use futures_util::future::join_all;
use image::ImageFormat;
use serde_json::json;

use super::local::Local;
use crate::folder::Folder;

#[tokio::test]
async fn a_prompt_becomes_a_picture_that_other_programs_open() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.order(&json!({ "replicate": { "speed": 20.0 } })).await;
    let ada = local.sign_in("ada").await;
    let body = json!({ "prompt": "a red fox in snow", "model": "flux-schnell", "seed": 42, "aspect_ratio": "4:5" });
    let (status, job) = local.post(&ada, "/api/v1/generations", &body).await;
    assert_eq!(status, 202, "{job}");
    let job = local.ended(&ada, &job["id"]).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    assert_eq!(job["credits"], json!({ "held": 0, "captured": 1, "released": 0 }), "{job}");

    let image = &job["images"][0];
    let original = local.download(&image["url"]).await;
    assert_eq!(image::guess_format(&original).ok(), Some(ImageFormat::WebP));
    let picture = image::load_from_memory(&original).expect("other programs open it");
    assert_eq!((picture.width(), picture.height()), (896, 1088));
    let thumbnail = local.download(&image["thumbnail_url"]).await;
    assert!(thumbnail.len() <= 30_000, "{} bytes", thumbnail.len());
    image::load_from_memory(&thumbnail).expect("other programs open it");

    let unsigned = image["url"].as_str().and_then(|link| link.split('?').next()).expect("a link");
    let path = unsigned.split_once(&format!(":{}", local.port)).expect("an address of ours").1;
    let refused = local.request("GET", path, None).await.status();
    assert!(refused.is_client_error(), "a picture without a signed link: {refused}");

    let (_, me) = local.get(&ada, "/api/v1/me").await;
    assert_eq!((&me["credits"]["available"], &me["credits"]["held"]), (&json!(9), &json!(0)));
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}

#[tokio::test]
async fn sixty_four_parallel_orders_on_one_credit_pay_the_provider_once() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    for n in 0..9 {
        let (status, job) = local.order_picture(&ada, "a fox", &format!("before-{n}")).await;
        assert_eq!(status, 202, "{job}");
        local.ended(&ada, &job["id"]).await;
    }
    let before = local.predictions_created().await;

    let keys: Vec<_> = (0..64).map(|n| format!("key-{n}")).collect();
    let answers = join_all(keys.iter().map(|key| local.order_picture(&ada, "a fox", key))).await;
    let (accepted, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|(status, _)| *status == 202);
    assert_eq!(accepted.len(), 1, "{answers:#?}");
    for (status, problem) in refused {
        assert_eq!((*status, &problem["code"]), (402, &json!("not-enough-credits")), "{problem}");
    }
    let job = local.ended(&ada, &accepted[0].1["id"]).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    local.assert_queues_run_dry().await;
    assert_eq!(local.predictions_created().await, before + 1);
    local.assert_no_drift();
}

#[tokio::test]
async fn the_same_idempotency_key_is_one_job_however_often_it_is_sent() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    let answers = join_all((0..8).map(|_| local.order_picture(&ada, "a fox", "key-1"))).await;
    let id = &answers[0].1["id"];
    for (status, job) in &answers {
        assert_eq!((*status, &job["id"]), (202, id), "{job}");
    }
    local.ended(&ada, id).await;
    // Long after, too.
    let (status, job) = local.order_picture(&ada, "a fox", "key-1").await;
    assert_eq!((status, &job["id"], &job["status"]), (202, id, &json!("succeeded")), "{job}");
    let (status, problem) = local.order_picture(&ada, "a hen", "key-1").await;
    assert_eq!((status, &problem["code"]), (409, &json!("idempotency-key-reused")), "{problem}");
    let (_, list) = local.get(&ada, "/api/v1/generations").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(local.predictions_created().await, 1);
}
