//! Without a key of any of Azure's services, as in Azure.

use serde_json::json;

use super::local::Local;
use crate::folder::Folder;

#[tokio::test]
async fn an_identity_is_all_that_the_handler_needs() {
    let folder = Folder::new();
    let local = Local::start_keyless(&folder);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    // Judged by Content Safety, sent through Service Bus and told by Web PubSub: three services, three tokens.
    let (status, job) = local.order_picture(&ada, "a red fox in snow", "key-1").await;
    assert_eq!(status, 202, "{job}");
    let job = local.ended(&ada, &job["id"]).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    let (status, blocked) = local.order_picture(&ada, "a massacre", "key-2").await;
    assert_eq!((status, &blocked["code"]), (422, &json!("content-blocked")), "{blocked}");

    let (status, opened) = local.post(&ada, "/api/v1/realtime/negotiate", &json!({})).await;
    assert_eq!(status, 200, "{opened}");
    let url = opened["url"].as_str().expect("an address");
    assert!(url.starts_with("ws://localhost:") && url.contains("?access_token=ey"), "{url}");

    // A key of somebody else, and a token for another service, open nothing.
    let bus = "/_local/servicebus/generation-free/messages";
    for token in ["", "eyJhbGciOiJIUzI1NiJ9.e30.x", url.split('=').next_back().expect("a token")] {
        let (status, _) = local.post(token, bus, &json!({})).await;
        assert_eq!(status, 401);
    }
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}
