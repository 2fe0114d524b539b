//! Carries messages from a queue to its function, several at once, and settles them by the answers.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::functions::QueueTrigger;
use super::invoke::{Failure, invocation, invoke};
use super::{Host, envelope};
use crate::cloud::service_bus::{Error, LOCK_DURATION, Message};
use crate::console;

/// A failed message comes again at once; this keeps ten failures in a row from heating the machine.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);
const PAUSE_AFTER_DATABASE_ERROR: Duration = Duration::from_secs(1);

/// Runs for ever: takes messages while fewer than `maxConcurrentCalls` are in the handler.
pub(crate) async fn pump(host: Arc<Host>, function: String, trigger: QueueTrigger) {
    let calls = Arc::new(Semaphore::new(host.json.max_concurrent_calls));
    let (function, trigger) = (Arc::new(function), Arc::new(trigger));
    loop {
        let permit = Arc::clone(&calls).acquire_owned().await.expect("nobody closes it");
        let message = match host.broker.receive(&trigger.queue, || host.faults.order()).await {
            Ok(message) => message,
            Err(e) => {
                console::host(&format!("the queue {} cannot be read: {e}", trigger.queue));
                tokio::time::sleep(PAUSE_AFTER_DATABASE_ERROR).await;
                continue;
            }
        };
        let (host, function, trigger) =
            (Arc::clone(&host), Arc::clone(&function), Arc::clone(&trigger));
        tokio::spawn(async move {
            deliver(&host, &function, &trigger, &message).await;
            drop(permit);
        });
    }
}

async fn deliver(host: &Host, function: &str, trigger: &QueueTrigger, message: &Message) {
    let faults = host.faults.delivery();
    let call = async {
        if !faults.delay.is_zero() {
            tokio::time::sleep(faults.delay).await;
        }
        if faults.twice {
            let again = Message { delivery_count: message.delivery_count + 1, ..message.clone() };
            let (first, _) = tokio::join!(
                call(host, function, trigger, message),
                call(host, function, trigger, &again)
            );
            first
        } else {
            call(host, function, trigger, message).await
        }
    };
    let settled = match while_locked(host, message, call).await {
        Ok(()) if !faults.lose_completion => host.broker.complete(&message.lock_token),
        Ok(()) => host.broker.abandon(&message.queue, &message.lock_token),
        Err(failure) => {
            console::host(&failed(function, message, &failure));
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
            host.broker.abandon(&message.queue, &message.lock_token)
        }
    };
    match settled {
        Ok(true) => {}
        Ok(false) => {
            console::host(&format!("{function} lost the lock of message {}", message.message_id));
        }
        Err(e) => console::host(&format!("message {} cannot be settled: {e}", message.message_id)),
    }
}

async fn call(
    host: &Host,
    function: &str,
    trigger: &QueueTrigger,
    message: &Message,
) -> Result<(), Failure> {
    let envelope = envelope::queue(invocation(host, function), trigger, message);
    // Boxed, because the future of a call is large and would be copied into every one around it.
    Box::pin(invoke(host, function, envelope)).await
}

fn failed(function: &str, message: &Message, failure: &Failure) -> String {
    let (id, delivery) = (&message.message_id, message.delivery_count);
    format!("{function} failed on message {id} (delivery {delivery}): {failure}")
}

/// Runs `call` and holds the message's lock, but not longer than `maxAutoLockRenewalDuration`: after that the
/// message goes to somebody else while the first call still runs.
async fn while_locked<T>(host: &Host, message: &Message, call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    let begin = Instant::now();
    let mut next = begin + LOCK_DURATION / 2;
    loop {
        match tokio::time::timeout_at(next, &mut call).await {
            Ok(outcome) => return outcome,
            Err(_) if begin.elapsed() > host.json.max_auto_lock_renewal => return call.await,
            Err(_) => renew(host, message),
        }
        next += LOCK_DURATION / 2;
    }
}

fn renew(host: &Host, message: &Message) {
    let renewed: Result<Option<Timestamp>, Error> =
        host.broker.renew(&message.lock_token, Timestamp::now());
    if let Err(e) = renewed {
        console::host(&format!(
            "the lock of message {} cannot be renewed: {e}",
            message.message_id
        ));
    }
}
