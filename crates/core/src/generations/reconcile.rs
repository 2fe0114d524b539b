//! Timers: they ask what is due, page and send one message each. They do no work, so that cost follows what is due.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::generation::plus;
use super::keeping::KIND;
use crate::accounts::{EnqueueError, KeptMessage, outbox_kind};
use crate::ids::{GenerationId, UserId};
use crate::messages::{Chore, FinishGeneration, LibraryChore, News, QueueName};
use crate::metrics;
use crate::ports::documents::{DocumentsError, NewDocument, Write, encode};
use crate::ports::queue::Outgoing;
use crate::services::Services;

/// What is looked at in a job that is due: reading all of it is for whoever gets the message.
#[derive(Deserialize)]
struct Due {
    stage: DueStage,
}

#[derive(Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum DueStage {
    Waiting,
    Queued,
    AtWork,
    Ended,
}

/// One message for each job that has been silent for too long, is past its time, or ended so long ago that its
/// pictures go. Returns how many.
pub async fn enqueue_silent(services: &Services) -> Result<usize, EnqueueError> {
    let now = services.clock.now();
    let (mut sent, mut cursor) = (0, None);
    let mut oldest = now;
    loop {
        let page = services.documents.due(KIND, now, cursor.as_deref()).await?;
        for (partition, document) in &page.documents {
            let named = (partition.parse::<UserId>(), document.id.parse::<GenerationId>());
            let (Ok(user), Ok(generation)) = named else {
                tracing::error!("A generation lies where none should: `{}`", document.id);
                continue;
            };
            let Ok(due) = document.decode::<Due>() else {
                tracing::error!("A generation cannot be read: `{}`", document.id);
                continue;
            };
            match due.stage {
                DueStage::Waiting | DueStage::Queued => oldest = oldest.min(generation.made_at()),
                DueStage::AtWork | DueStage::Ended => {}
            }
            let message = match due.stage {
                DueStage::Waiting | DueStage::Queued | DueStage::AtWork => Outgoing {
                    queue: QueueName::GenerationResults,
                    // One look a minute is enough, however many timers tick.
                    id: format!("{generation}:silent:{}", now.as_second() / 60),
                    body: encode(&FinishGeneration { user, generation, news: News::Silence }),
                    delay: Duration::ZERO,
                },
                DueStage::Ended => remove_message(user, generation, now),
            };
            services.queue.send(&message).await?;
            sent += 1;
        }
        cursor = page.cursor;
        if cursor.is_none() {
            let age = now.duration_since(oldest);
            metrics::oldest_job(Duration::try_from(age).unwrap_or_default());
            return Ok(sent);
        }
    }
}

/// Ten minutes are time enough to remove it, however many timers tick.
pub(crate) fn remove_message(user: UserId, generation: GenerationId, now: Timestamp) -> Outgoing {
    Outgoing {
        queue: QueueName::LibraryChores,
        id: format!("{generation}:remove:{}", now.as_second() / 600),
        body: encode(&LibraryChore { user, chore: Chore::Remove { generation } }),
        delay: Duration::ZERO,
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
                position: None,
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
