//! The end of a picture: when the trash or the plan's time for it is over, its blobs go, then its prompt.
//!
//! First an intent is stored, from which there is no way back: nobody can restore a job whose pictures are already
//! half gone. Then the blobs and the share links are deleted, then the job forgets what they were of. Each step can be done again.

use futures_util::future::try_join_all;

use super::change::{Change, change};
use super::collections::disband_message;
use super::share::end_all;
use crate::accounts::{EnqueueError, outbox_id};
use crate::generations::{
    Generation, KIND, REMOVED, Removal, Rendition, TRASH, blob_key, remove_message,
};
use crate::ids::{CollectionId, GenerationId, UserId};
use crate::messages::{Chore, LibraryChore};
use crate::ports::blobs::BlobsError;
use crate::ports::documents::{Condition, DocumentsError, Search, Test, Write};
use crate::services::Services;

/// Why a message should come again.
#[derive(Debug, thiserror::Error)]
pub enum ChoreError {
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    #[error("a picture could not be deleted")]
    Blobs(#[from] BlobsError),
}

/// Handles one message. Late, early or twice makes no difference.
pub async fn do_chore(services: &Services, message: &LibraryChore) -> Result<(), ChoreError> {
    let LibraryChore { user, chore } = message;
    match chore {
        Chore::Remove { generation } => remove(services, user, generation).await,
        Chore::Disband { collection } => Ok(disband(services, user, collection).await?),
    }
}

/// One message for each job whose time in the trash is over, or whose removal was begun and not ended. Returns how
/// many. What is too old for its plan is found by [`generations::enqueue_silent`](crate::generations::enqueue_silent).
pub async fn enqueue_due(services: &Services) -> Result<usize, EnqueueError> {
    let now = services.clock.now();
    let mut sent = 0;
    for kind in [TRASH, REMOVED] {
        let mut cursor = None;
        loop {
            let page = services.documents.due(kind, now, cursor.as_deref()).await?;
            for (partition, document) in &page.documents {
                let named = (partition.parse::<UserId>(), document.id.parse::<GenerationId>());
                let (Ok(user), Ok(generation)) = named else {
                    tracing::error!("A generation lies where none should: `{}`", document.id);
                    continue;
                };
                services.queue.send(&remove_message(user, generation, now)).await?;
                sent += 1;
            }
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(sent)
}

async fn remove(services: &Services, user: &UserId, id: &GenerationId) -> Result<(), ChoreError> {
    let ids = std::slice::from_ref(id);
    let decided = change(services, user, ids, &Change::Expire).await?.remove(0).1;
    let Ok(job) = decided else { return Ok(()) };
    let Some(Removal::Purging { .. }) = job.keeping.removal else { return Ok(()) };
    delete_pictures(services, &job).await?;
    end_all(services, user, id).await?;
    change(services, user, ids, &Change::Forget).await?;
    tracing::info!(generation.id = %id, "Removed the pictures of `{id}`");
    Ok(())
}

/// Every blob that the job can have, also one that a crash left behind.
async fn delete_pictures(services: &Services, job: &Generation) -> Result<(), BlobsError> {
    let format = job.order.output_format;
    let renditions = [
        Rendition::Original(format),
        Rendition::Display,
        Rendition::Thumbnail,
        Rendition::Plain(format),
        Rendition::Raw,
    ];
    let keys = (0..job.order.count)
        .flat_map(|index| renditions.map(|of| blob_key(&job.user, &job.id, index, of)));
    let keys: Vec<_> = keys.collect();
    try_join_all(keys.iter().map(|key| services.blobs.delete(key))).await.map(drop)
}

/// All jobs leave a collection that is gone.
async fn disband(
    services: &Services,
    user: &UserId,
    collection: &CollectionId,
) -> Result<(), DocumentsError> {
    let in_it =
        Condition { path: "keeping.collection", test: Test::OneOf(vec![collection.to_string()]) };
    // What lies in the trash leaves it when it is restored.
    let mut search =
        Search { kind: KIND, from: None, before: None, conditions: vec![in_it], limit: 100 };
    loop {
        let found = services.documents.search(user.as_str(), &search).await?;
        let ids = found.documents.iter().filter_map(|document| document.id.parse().ok());
        let ids: Vec<GenerationId> = ids.collect();
        change(services, user, &ids, &Change::Disband(collection.clone())).await?;
        search.before = found.next;
        if search.before.is_none() {
            break;
        }
    }
    let received = Write::Delete { id: outbox_id(&disband_message(collection)) };
    match services.documents.commit(user.as_str(), vec![received]).await {
        // A conflict: it was received before.
        Ok(()) | Err(DocumentsError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
