//! The end of uploads: a timer asks whose time is over and sends one message each; the message removes.

use std::time::Duration;

use super::upload::{KIND, Upload, UploadState, document_of, picture_key, raw_key, read};
use crate::accounts::{Draft, EnqueueError};
use crate::ids::{UploadId, UserId};
use crate::messages::{QueueName, RemoveUpload};
use crate::ports::blobs::BlobsError;
use crate::ports::documents::{DocumentsError, Etag, Rounds, Write, encode};
use crate::ports::queue::Outgoing;
use crate::services::Services;

#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    #[error(transparent)]
    Blobs(#[from] BlobsError),
}

/// One message for each upload whose time is over. Returns how many.
pub async fn enqueue_due_removals(services: &Services) -> Result<usize, EnqueueError> {
    let now = services.clock.now();
    let (mut sent, mut cursor) = (0, None);
    loop {
        let page = services.documents.due(KIND, now, cursor.as_deref()).await?;
        for (partition, document) in &page.documents {
            let named = (partition.parse::<UserId>(), document.id.parse::<UploadId>());
            let (Ok(user), Ok(upload)) = named else {
                tracing::error!("An upload lies where none should: `{}`", document.id);
                continue;
            };
            // The next hour's tick may send it again.
            let id = format!("{upload}:remove:{}", now.as_second() / 3600);
            let body = encode(&RemoveUpload { user, upload });
            let queue = QueueName::UploadRemovals;
            services.queue.send(&Outgoing { queue, id, body, delay: Duration::ZERO }).await?;
            sent += 1;
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(sent);
        }
    }
}

/// Handles one message. Early, late or twice makes no difference.
///
/// An upload that a job uses loses what was sent, which nobody needs any more, and lives on. Every other goes whole:
/// first nobody may use it, then its blobs go, then its document, so that a crash in between leaves something that
/// is due.
pub async fn remove(services: &Services, user: &UserId, id: &UploadId) -> Result<(), RemoveError> {
    let Some((mut upload, etag)) = read(services, user, id).await? else { return Ok(()) };
    let now = services.clock.now();
    if upload.due() > now {
        return Ok(());
    }
    if upload.expires_at() > now && upload.state != UploadState::Removed {
        services.uploads.delete(&raw_key(user, id)).await?;
        upload.raw_removed = true;
        return match replace(services, &upload, etag).await {
            // It changed meanwhile and is due still: the timer comes again.
            Ok(()) | Err(DocumentsError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        };
    }
    if !closed(services, user, id).await? {
        return Ok(());
    }
    services.uploads.delete(&raw_key(user, id)).await?;
    services.blobs.delete(&picture_key(user, id)).await?;
    let delete = vec![Write::Delete { id: id.to_string() }];
    match services.documents.commit(user.as_str(), delete).await {
        Ok(()) | Err(DocumentsError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn replace(services: &Services, upload: &Upload, etag: Etag) -> Result<(), DocumentsError> {
    let write = Write::Replace { etag, document: document_of(upload) };
    services.documents.commit(upload.user.as_str(), vec![write]).await
}

/// Makes it unusable and gives its place back. `false`: a job came first, or it is gone already.
async fn closed(services: &Services, user: &UserId, id: &UploadId) -> Result<bool, DocumentsError> {
    let mut rounds = Rounds::default();
    loop {
        let mut draft = Draft::open(services, user, None).await?;
        let Some((mut upload, etag)) = read(services, user, id).await? else { return Ok(false) };
        if upload.state == UploadState::Removed {
            return Ok(true);
        }
        if upload.expires_at() > draft.now {
            return Ok(false);
        }
        upload.state = UploadState::Removed;
        draft.account.release_upload(id);
        draft.replace(etag, document_of(&upload));
        match draft.commit(services).await {
            Ok(()) => return Ok(true),
            Err(error) => rounds.again(error)?,
        }
    }
}
