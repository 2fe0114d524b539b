//! The webhook at a task's end: signed with the secret that came with it, tried again after 1, 5 and 30 seconds.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::{Shared, Task};
use crate::cloud::hmac_sha256;

const PAUSES: [u64; 3] = [1, 5, 30];
/// A webhook that is held back arrives after what comes in this time.
const HELD_BACK: Duration = Duration::from_secs(2);

/// Tells of the end in the background, if the task has a webhook.
pub(super) fn tell(shared: &Arc<Shared>, task: Task) {
    if let Some(url) = task.webhook_url.clone() {
        tokio::spawn(deliver(Arc::clone(shared), task, url));
    }
}

async fn deliver(shared: Arc<Shared>, task: Task, url: String) {
    let left = task.ends_at.duration_since(Timestamp::now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
    let fault = shared.faults.draw("webhooks");
    let mut body = task.shown(&shared.base, Timestamp::now().max(task.ends_at));
    body["timestamp"] = json!(task.ends_at.to_string());
    let body = body.to_string();
    let held_back = if fault.held_back { HELD_BACK } else { Duration::ZERO };
    tokio::time::sleep(fault.delay + held_back).await;
    let secret = task.webhook_secret.as_deref().unwrap_or_default();
    let send = || post(&shared.client, &url, secret, &body);
    if !fault.dropped {
        let mut pauses = PAUSES.into_iter();
        while !send().await {
            let Some(pause) = pauses.next() else { break };
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
        if fault.duplicated {
            send().await;
        }
    }
    shared.store.told(&task.id);
}

/// Whether it was accepted.
async fn post(client: &reqwest::Client, url: &str, secret: &str, body: &str) -> bool {
    let mac = hmac_sha256(secret.as_bytes(), body.as_bytes());
    let signature = mac.iter().fold("sha256=".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-bfl-signature", signature)
        .body(body.to_owned());
    request.send().await.is_ok_and(|answer| answer.status().is_success())
}
