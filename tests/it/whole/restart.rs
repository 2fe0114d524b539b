//! The whole product stops and starts again.

use serde_json::json;

use super::local::Local;
use crate::folder::Folder;

#[tokio::test]
async fn after_a_restart_in_the_middle_of_jobs_they_go_on() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    let mut ids = Vec::new();
    for n in 0..4 {
        let (status, job) = local.order_picture(&ada, "a fox", &format!("key-{n}")).await;
        assert_eq!(status, 202, "{job}");
        ids.push(job["id"].clone());
    }
    local.ended(&ada, &ids[0]).await;
    let port = local.port;
    local.kill();

    let local = Local::start_on(&folder, port);
    local.hurry().await;
    // The issuer's keys are kept: who was signed in still is.
    for id in &ids {
        let job = local.ended(&ada, id).await;
        assert_eq!(job["status"], "succeeded", "{job}");
        local.download(&job["images"][0]["url"]).await;
    }
    local.assert_queues_run_dry().await;
    assert_eq!(local.predictions_created().await, 4);
    local.assert_no_drift();
    let (_, me) = local.get(&ada, "/api/v1/me").await;
    assert_eq!((&me["credits"]["available"], &me["credits"]["held"]), (&json!(6), &json!(0)));
}
