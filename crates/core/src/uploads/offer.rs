//! Offering a place for a picture: a link by which the user's program sends it to storage itself.

use jiff::{SignedDuration, Timestamp};

use super::upload::{Upload, UploadState, document_of, raw_key};
use crate::accounts::{Draft, TooManyUploads};
use crate::catalog::UploadLimits;
use crate::ids::{UploadId, UserId};
use crate::ports::blobs::{BlobsError, UploadUrl};
use crate::ports::documents::{DocumentsError, Rounds};
use crate::ports::identity::Person;
use crate::services::Services;

/// What somebody wants to send, checked for what can be known beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    content_type: &'static str,
}

/// One thing that is wrong with what is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The field's name on the wire.
    pub field: &'static str,
    pub detail: String,
}

#[derive(Debug)]
pub struct Offered {
    pub upload: Upload,
    pub link: UploadUrl,
}

#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    #[error(transparent)]
    TooMany(#[from] TooManyUploads),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    #[error(transparent)]
    Blobs(#[from] BlobsError),
}

/// The types that are taken. What a file really is, its own bytes say later.
const CONTENT_TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

impl Offer {
    /// `bytes` is the size of the file.
    pub fn parse(
        content_type: &str,
        bytes: u64,
        limits: &UploadLimits,
    ) -> Result<Self, Vec<Objection>> {
        let mut objections = Vec::new();
        let known = CONTENT_TYPES.into_iter().find(|it| it.eq_ignore_ascii_case(content_type));
        if known.is_none() {
            let detail = format!("must be one of {}: export it as JPEG", CONTENT_TYPES.join(", "));
            objections.push(Objection { field: "content_type", detail });
        }
        if bytes == 0 || bytes > limits.most_bytes {
            let detail = format!("must be 1 to {}", limits.most_bytes);
            objections.push(Objection { field: "bytes", detail });
        }
        match known {
            Some(content_type) if objections.is_empty() => Ok(Self { content_type }),
            _ => Err(objections),
        }
    }
}

/// Takes a place and signs a link to it. Asking again takes another place; one that is not used is given back by
/// itself.
pub async fn offer(
    services: &Services,
    user: &UserId,
    person: &Person,
    offer: &Offer,
) -> Result<Offered, OfferError> {
    let limits = services.catalog.uploads;
    let id = UploadId::new(services.fresh_ulid());
    let key = raw_key(user, &id);
    let mut rounds = Rounds::default();
    loop {
        let mut draft = Draft::open(services, user, Some(person)).await?;
        draft.account.admit_upload(&id, limits.most_unused)?;
        let (most, life) = (limits.most_bytes, limits.link_life);
        let link = services.uploads.upload_url(&key, offer.content_type, most, draft.now, life);
        let link = link.await?;
        let upload = Upload {
            schema: 1,
            id: id.clone(),
            user: user.clone(),
            created_at: draft.now,
            link_until: link.expires_at,
            unused_until: after(draft.now, limits),
            state: UploadState::Open,
            raw_removed: false,
        };
        draft.create(document_of(&upload));
        match draft.commit(services).await {
            Ok(()) => return Ok(Offered { upload, link }),
            Err(error) => rounds.again(error)?,
        }
    }
}

fn after(now: Timestamp, limits: UploadLimits) -> Timestamp {
    let life = SignedDuration::try_from(limits.unused_life).expect("a day is a duration");
    now.checked_add(life).expect("a day from now exists")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn what_cannot_be_taken_is_told_before_it_is_sent() {
        let limits = Catalog::built_in().uploads;
        assert!(Offer::parse("image/png", 1, &limits).is_ok());
        assert!(Offer::parse("Image/JPEG", 10 * 1024 * 1024, &limits).is_ok());
        let fields = |content_type: &str, bytes| {
            let objections = Offer::parse(content_type, bytes, &limits).expect_err("wrong");
            objections.iter().map(|it| it.field).collect::<Vec<_>>()
        };
        assert_eq!(fields("image/heic", 1), ["content_type"]);
        assert_eq!(fields("image/svg+xml", 0), ["content_type", "bytes"]);
        assert_eq!(fields("image/webp", 10 * 1024 * 1024 + 1), ["bytes"]);
    }
}
