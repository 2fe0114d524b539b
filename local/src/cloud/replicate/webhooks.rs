//! Webhooks: signed as Standard Webhooks has it; only the terminal one is tried again.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64_URL};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::Shared;
use super::prediction::{Event, Prediction, Status};
use crate::cloud::hmac_sha256;

/// Pauses before each further try of a terminal webhook; the last try comes about a minute after the end.
const PAUSES: [u64; 6] = [1, 2, 4, 8, 16, 29];
/// A webhook that is held back arrives after what comes in this time.
const HELD_BACK: Duration = Duration::from_secs(2);

/// Tells `event` in the background, if the prediction has a webhook that wants it.
pub(super) fn tell(shared: &Arc<Shared>, prediction: &Prediction, event: Event) {
    // Whether an aborted prediction is told is not documented; the harder case is that it is not.
    if prediction.tells(event) && prediction.status != Status::Aborted {
        tokio::spawn(deliver(Arc::clone(shared), prediction.clone(), event));
    } else if event == Event::Completed {
        shared.store.told(&prediction.id);
    }
}

async fn deliver(shared: Arc<Shared>, prediction: Prediction, event: Event) {
    let Some(url) = prediction.webhook.clone() else { return };
    let id = message_id(&prediction, event);
    let fault = shared.faults.draw("webhooks");
    // What is sent is what was true when the event happened, also when it arrives late.
    let body = prediction.shown(&shared.base, Timestamp::now()).to_string();
    tokio::time::sleep(fault.delay + if fault.held_back { HELD_BACK } else { Duration::ZERO })
        .await;
    let send = || post(&shared, &url, &id, &body);
    if !fault.dropped {
        if event == Event::Completed {
            until_accepted(&PAUSES, send).await;
        } else {
            send().await;
        }
        if fault.duplicated {
            send().await;
        }
    }
    if event == Event::Completed {
        shared.store.told(&prediction.id);
    }
}

/// Whether `send` was accepted in the end.
async fn until_accepted<F: Future<Output = bool>>(pauses: &[u64], send: impl Fn() -> F) -> bool {
    for pause in pauses {
        if send().await {
            return true;
        }
        tokio::time::sleep(Duration::from_secs(*pause)).await;
    }
    send().await
}

async fn post(shared: &Shared, url: &str, id: &str, body: &str) -> bool {
    let now = Timestamp::now().as_second();
    let response = shared
        .client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now.to_string())
        .header("webhook-signature", signature(&shared.webhook_secret, id, now, body))
        .body(body.to_owned())
        .send()
        .await;
    response.is_ok_and(|it| it.status().is_success())
}

/// The same on every try of the same event, also after a restart.
fn message_id(prediction: &Prediction, event: Event) -> String {
    let shown = match event {
        // These come several times, and each time is a message of its own.
        Event::Logs | Event::Output => Timestamp::now().as_microsecond().to_string(),
        Event::Start | Event::Completed => String::new(),
    };
    let digest = Sha256::digest(format!("{}:{event:?}:{shown}", prediction.id));
    format!("msg_{}", BASE64_URL.encode(&digest[..20]).replace(['-', '_'], "x"))
}

/// `secret` is `whsec_` and the key in base64.
fn signature(secret: &str, id: &str, timestamp: i64, body: &str) -> String {
    let key = BASE64
        .decode(secret.trim_start_matches("whsec_"))
        .expect("the secret is made by us, in base64");
    let signed = hmac_sha256(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(signed))
}

#[cfg(test)]
mod tests {
    use super::super::prediction::tests::prediction;
    use super::*;
    use std::sync::Mutex;
    use tokio::time::Instant;

    #[test]
    fn signatures_are_those_of_the_vendor() {
        let one = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(one, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let other = signature(
            "whsec_cmVwbGljYXRlLXdlYmhvb2stdGVzdC1rZXktMDAwMQ==",
            "msg_2LJtbd9GUtoWmqQSDFrWBpiNuMw",
            1_767_225_600,
            r#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded"}"#,
        );
        assert_eq!(other, "v1,ABU7bGeJCM3Hza2m8QUl34Pu8yRV3W7lmh69aS+Ne6k=");
    }

    #[test]
    fn a_repeat_has_the_id_of_the_first() {
        let (one, other) = (prediction("p1", "flux-dev"), prediction("p2", "flux-dev"));
        assert_eq!(message_id(&one, Event::Completed), message_id(&one, Event::Completed));
        assert_ne!(message_id(&one, Event::Completed), message_id(&one, Event::Start));
        assert_ne!(message_id(&one, Event::Completed), message_id(&other, Event::Completed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_webhook_is_tried_for_about_a_minute() {
        let (start, tries) = (Instant::now(), Mutex::new(Vec::new()));
        let accepted = until_accepted(&PAUSES, || async {
            tries.lock().expect("no holder panics").push(start.elapsed().as_secs());
            false
        })
        .await;
        assert!(!accepted);
        assert_eq!(*tries.lock().expect("no holder panics"), [0, 1, 3, 7, 15, 31, 60]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_accepted_webhook_is_not_sent_again() {
        let tries = Mutex::new(0);
        let accepted = until_accepted(&PAUSES, || async {
            let mut tries = tries.lock().expect("no holder panics");
            *tries += 1;
            *tries == 3
        })
        .await;
        assert!(accepted);
        assert_eq!(*tries.lock().expect("no holder panics"), 3);
    }
}
