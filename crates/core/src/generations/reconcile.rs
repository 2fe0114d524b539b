//! Timers: they ask what is due, page and send one message each. They do no work, so that cost follows what is due.

use std::time::Duration;

use jiff::SignedDuration;

use super::generation::{KIND, plus};
use crate::accounts::{EnqueueError, KeptMessage, outbox_kind};
use crate::ids::{GenerationId, UserId};
use crate::messages::{FinishGeneration, News, QueueName};
use crate::ports::documents::{DocumentsError, NewDocument, Write, encode};
use crate::ports::queue::Outgoing;
use crate::services::Services;

/// One message for each job that has been silent for too long or is past its time. Returns how many.
pub async fn enqueue_silent(services: &Services) -> Result<usize, EnqueueError> {
    let now = services.clock.now();
    let (mut sent, mut cursor) = (0, None);
    loop {
        let page = services.documents.due(KIND, now, cursor.as_deref()).await?;
        for (partition, document) in &page.documents {
            let named = (partition.parse::<UserId>(), document.id.parse::<GenerationId>());
            let (Ok(user), Ok(generation)) = named else {
                tracing::error!("A generation lies where none should: `{}`", document.id);
                continue;
            };
            // One look a minute is enough, however many timers tick.
            let id = format!("{generation}:silent:{}", now.as_second() / 60);
            let body = FinishGeneration { user, generation, news: News::Silence };
            let message = Outgoing {
                queue: QueueName::GenerationResults,
                id,
                body: encode(&body),
                delay: Duration::ZERO,
            };
            services.queue.send(&message).await?;
            sent += 1;
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(sent);
        }
    }
}

/// Sends again what has stayed in the outbox. Returns how many.
pub async fn relay_outbox(services: &Services) -> Result<usize, EnqueueError> {
    /// A message that was sent again is left alone for this long.
    const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
    let now = services.clock.now();
    let (mut sent, mut cursor) = (0, None);
    loop {
        let page = services.documents.due(outbox_kind(), now, cursor.as_deref()).await?;
        for (partition, document) in page.documents {
            let KeptMessage { queue, id, body } = document.decode()?;
            let message = Outgoing { queue, id, body, delay: Duration::ZERO };
            services.queue.send(&message).await?;
            sent += 1;
            let later = NewDocument {
                id: document.id,
                kind: outbox_kind(),
                due: Some(plus(now, PATIENCE)),
                body: document.body,
            };
            let write = Write::Replace { etag: document.etag, document: later };
            match services.documents.commit(&partition, vec![write]).await {
                // A conflict: it was received meanwhile.
                Ok(()) | Err(DocumentsError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(sent);
        }
    }
}
