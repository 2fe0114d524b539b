//! What webhooks failed to tell.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::messages::{ApplyStripeEvent, QueueName};
use crate::ports::documents::encode;
use crate::ports::payments::PaymentsError;
use crate::ports::queue::{Outgoing, QueueError};
use crate::services::Services;

/// How far back each round looks. It runs daily: six in a row may fail, and nothing is missed.
const LOOKS_BACK: Duration = Duration::from_hours(7 * 24);

#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Asks what happened of late and sends one message for each customer of whom something did; follows none of it itself.
/// What was followed already changes nothing. Returns how many were sent.
pub async fn repair(services: &Services) -> Result<usize, RepairError> {
    let Some(payments) = &services.payments else { return Ok(0) };
    let now = services.clock.now();
    let since = now.checked_sub(LOOKS_BACK).expect("a week ago existed");
    let (mut sent, mut cursor) = (BTreeSet::new(), None);
    loop {
        let page = payments.notices(since, cursor.as_deref()).await?;
        for notice in page.notices {
            let Some(of) = notice.of else { continue };
            if !sent.insert(of.clone()) {
                continue;
            }
            let message = Outgoing {
                queue: QueueName::StripeEvents,
                // Not the event's own id: the queue may have had that one within the last ten minutes.
                id: format!("repair:{}:{}", now.as_second(), notice.id),
                body: encode(&ApplyStripeEvent { event: notice.id, kind: notice.kind, of }),
                delay: Duration::ZERO,
            };
            services.queue.send(&message).await?;
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(sent.len());
        }
    }
}
