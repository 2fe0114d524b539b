//! The life of an upload, as values.
//!
//! ```text
//! open ─▶ ready (unused ─▶ used) | refused | blocked ─▶ removed
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{DecisionId, UploadId, UserId};
use crate::ports::documents::{DocumentsError, Etag, NewDocument, encode};
use crate::ports::imaging::Unusable;
use crate::ports::moderation::Category;
use crate::services::Services;

/// The kind of an upload's document; its id is the upload's.
pub const KIND: &str = "upload";

/// Stored as it is (`schema` 1); a fixture test holds the stored form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub(super) schema: u8,
    pub id: UploadId,
    pub user: UserId,
    pub created_at: Timestamp,
    /// Until then the user's program may send the file.
    pub link_until: Timestamp,
    /// Removed then, unless a job uses it.
    pub unused_until: Timestamp,
    pub state: UploadState,
    /// Whether what was sent is certainly gone: after the link's end nothing can be sent again.
    pub(super) raw_removed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UploadState {
    /// Not looked at yet.
    Open,
    /// Looked at, found good, and made anew.
    Ready {
        picture: Picture,
        /// `None`: no job has used it.
        kept_until: Option<Timestamp>,
    },
    /// Not a picture that we take.
    Refused { why: Unusable },
    /// Kept back by the safety check.
    Blocked { decision: DecisionId, category: Category },
    /// Nobody may use it any more; its blobs go, then this document.
    Removed,
}

/// The picture that we made of it, a WebP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

impl Upload {
    /// When a timer should look at it.
    pub fn due(&self) -> Timestamp {
        match &self.state {
            UploadState::Removed => self.created_at,
            UploadState::Ready { kept_until: Some(until), .. } if self.raw_removed => *until,
            UploadState::Ready { .. }
            | UploadState::Open
            | UploadState::Refused { .. }
            | UploadState::Blocked { .. } => self.unused_until,
        }
    }

    /// Until when its owner may count on it.
    pub fn expires_at(&self) -> Timestamp {
        match &self.state {
            UploadState::Ready { kept_until: Some(until), .. } => *until,
            UploadState::Ready { kept_until: None, .. }
            | UploadState::Open
            | UploadState::Refused { .. }
            | UploadState::Blocked { .. }
            | UploadState::Removed => self.unused_until,
        }
    }

    /// A job starts from it: it is kept until then at the least. `None`: it is not ready.
    pub fn use_until(&mut self, until: Timestamp) -> Option<Picture> {
        let UploadState::Ready { picture, kept_until } = &mut self.state else { return None };
        *kept_until = Some(kept_until.map_or(until, |kept| kept.max(until)));
        Some(*picture)
    }
}

/// One upload of this user. `None` when there is none of this id, it is another user's, or it is being removed.
pub async fn get(
    services: &Services,
    user: &UserId,
    id: &UploadId,
) -> Result<Option<Upload>, DocumentsError> {
    let found = read(services, user, id).await?;
    Ok(found.map(|(upload, _)| upload).filter(|it| it.state != UploadState::Removed))
}

pub(crate) async fn read(
    services: &Services,
    user: &UserId,
    id: &UploadId,
) -> Result<Option<(Upload, Etag)>, DocumentsError> {
    let found = services.documents.get(user.as_str(), id.as_str()).await?;
    found.map(|document| Ok((document.decode()?, document.etag))).transpose()
}

pub(crate) fn document_of(upload: &Upload) -> NewDocument {
    NewDocument {
        id: upload.id.to_string(),
        kind: KIND,
        position: None,
        due: Some(upload.due()),
        body: encode(upload),
    }
}

/// Where the file lies that was sent, in the container that no link reads.
pub(super) fn raw_key(user: &UserId, id: &UploadId) -> String {
    format!("{user}/{id}/raw")
}

/// Where the picture lies that we made of it.
pub fn picture_key(user: &UserId, id: &UploadId) -> String {
    format!("{user}/{id}/input.webp")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uploads stored by the first version, in every state, are still read; and written as they were.
    #[test]
    fn the_stored_form_of_schema_1_still_decodes() {
        let stored: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("fixtures/uploads-1.json")).expect("JSON");
        for stored in stored {
            let upload: Upload = serde_json::from_value(stored.clone()).expect("schema 1");
            assert_eq!(serde_json::to_value(&upload).expect("plain data"), stored);
        }
    }

    #[test]
    fn what_jobs_use_is_kept_as_long_as_the_last_of_them_wants() {
        let stored: Vec<Upload> =
            serde_json::from_str(include_str!("fixtures/uploads-1.json")).expect("schema 1");
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let unused = |it: &&Upload| matches!(it.state, UploadState::Ready { kept_until: None, .. });
        let mut upload = stored.iter().find(unused).expect("one is ready").clone();
        let (soon, late) = (at("2026-02-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        assert!(upload.use_until(late).is_some() && upload.use_until(soon).is_some());
        assert_eq!(upload.expires_at(), late);
        // First what was sent goes, then, much later, the rest.
        assert_eq!(upload.due(), upload.unused_until);
        upload.raw_removed = true;
        assert_eq!(upload.due(), late);
        upload.state = UploadState::Open;
        assert_eq!(upload.use_until(late), None);
    }
}
