//! Looking at what was sent: is it a picture that we take, and may it be used? Then it is made anew.
//!
//! Every step may be done twice. What the file is worth is decided once, by the commit; whoever comes later is told
//! the same.

use super::upload::{Picture, Upload, UploadState, document_of, picture_key, raw_key, read};
use crate::accounts::Draft;
use crate::ids::{DecisionId, UploadId, UserId};
use crate::ports::blobs::BlobsError;
use crate::ports::documents::{DocumentsError, Rounds};
use crate::ports::imaging::{Normalised, Unusable};
use crate::ports::moderation::{Category, ModerationError, Verdict};
use crate::safety::{self, Decision, Fingerprint};
use crate::services::Services;

#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    #[error("there is no such upload")]
    NotFound,
    /// The user's program has not sent the file. `can_send`: its link is still good.
    #[error("nothing was sent yet")]
    Missing { can_send: bool },
    #[error("the file is not a picture that is taken")]
    Refused { why: Unusable },
    #[error("the picture was kept back by the safety check")]
    Blocked { decision: DecisionId, category: Category },
    /// Nothing was lost: it can be completed later.
    #[error(transparent)]
    Moderation(#[from] ModerationError),
    #[error(transparent)]
    Blobs(#[from] BlobsError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// The upload, ready to be used.
pub async fn complete(
    services: &Services,
    user: &UserId,
    id: &UploadId,
) -> Result<Upload, CompleteError> {
    let (upload, _) = read(services, user, id).await?.ok_or(CompleteError::NotFound)?;
    if let Some(decided) = decided(upload.clone()) {
        return decided;
    }
    let (state, decision) = judge(services, &upload).await?;
    let result = settle(services, &upload, &state, decision.as_ref()).await;
    clear_up(services, &upload, &state, &result).await;
    result
}

/// What was decided earlier, if anything was.
fn decided(upload: Upload) -> Option<Result<Upload, CompleteError>> {
    match &upload.state {
        UploadState::Open => None,
        UploadState::Ready { .. } => Some(Ok(upload)),
        UploadState::Refused { why } => Some(Err(CompleteError::Refused { why: why.clone() })),
        UploadState::Blocked { decision, category } => {
            Some(Err(CompleteError::Blocked { decision: decision.clone(), category: *category }))
        }
        UploadState::Removed => Some(Err(CompleteError::NotFound)),
    }
}

/// Reads, checks and keeps our own picture of it; or removes what was sent, so that nothing of it is left when that is
/// decided.
async fn judge(
    services: &Services,
    upload: &Upload,
) -> Result<(UploadState, Option<Decision>), CompleteError> {
    let checked = match normalised(services, upload).await? {
        Ok(normalised) => verdict(services, upload, normalised).await?,
        Err(why) => Checked::Unusable(why),
    };
    let (state, decision) = match checked {
        Checked::Fine(Normalised { picture, width, height }) => {
            let bytes = picture.bytes.len() as u64;
            let key = picture_key(&upload.user, &upload.id);
            services.blobs.put(&key, picture.content_type, picture.bytes).await?;
            let picture = Picture { width, height, bytes };
            return Ok((UploadState::Ready { picture, kept_until: None }, None));
        }
        Checked::Unusable(why) => (UploadState::Refused { why }, None),
        Checked::KeptBack(decision) => {
            let (id, category) = (decision.id.clone(), decision.category);
            (UploadState::Blocked { decision: id, category }, Some(decision))
        }
    };
    services.uploads.delete(&raw_key(&upload.user, &upload.id)).await?;
    Ok((state, decision))
}

enum Checked {
    Fine(Normalised),
    Unusable(Unusable),
    KeptBack(Decision),
}

async fn normalised(
    services: &Services,
    upload: &Upload,
) -> Result<Result<Normalised, Unusable>, CompleteError> {
    let key = raw_key(&upload.user, &upload.id);
    let missing = || CompleteError::Missing { can_send: services.clock.now() < upload.link_until };
    // The link holds nobody to a size; but it makes the blob once, so what is measured is what is read.
    let bytes = services.uploads.size(&key).await?.ok_or_else(missing)?;
    let most = services.catalog.uploads.most_bytes;
    if bytes > most {
        return Ok(Err(Unusable::TooHeavy { bytes, most }));
    }
    let file = services.uploads.get(&key).await?.ok_or_else(missing)?;
    Ok(services.imaging.normalise(file).await)
}

/// The safety check of our own picture.
async fn verdict(
    services: &Services,
    upload: &Upload,
    normalised: Normalised,
) -> Result<Checked, CompleteError> {
    let picture = &normalised.picture.bytes;
    let small = match services.imaging.for_moderation(picture.clone()).await {
        Ok(small) => small,
        Err(error) => return Ok(unreadable(upload, &error)),
    };
    let (category, severity) = match services.moderation.image(&small).await {
        Ok(Verdict::Allowed) => return Ok(Checked::Fine(normalised)),
        Ok(Verdict::Blocked { category, severity }) => (category, severity),
        Err(error @ ModerationError::Unusable(_)) => return Ok(unreadable(upload, &error)),
        Err(error @ ModerationError::Unavailable(_)) => return Err(error.into()),
    };
    let fingerprint = Fingerprint::of_upload(picture);
    if safety::is_pardoned(services, &upload.user, &fingerprint).await? {
        return Ok(Checked::Fine(normalised));
    }
    let id = DecisionId::new(services.fresh_ulid());
    tracing::info!(upload.id = %upload.id, decision.id = %id, category = category.as_str(),
        severity, "An upload was kept back, decision `{id}`");
    let (upload, now) = (upload.id.clone(), services.clock.now());
    let decision = Decision::of_upload(id, upload, fingerprint, category, severity, now);
    Ok(Checked::KeptBack(decision))
}

fn unreadable(upload: &Upload, error: &(dyn std::error::Error + 'static)) -> Checked {
    tracing::error!(upload.id = %upload.id, error, "Our own picture of an upload cannot be read");
    Checked::Unusable(Unusable::Damaged)
}

/// Writes the decision, unless there is one.
async fn settle(
    services: &Services,
    upload: &Upload,
    state: &UploadState,
    decision: Option<&Decision>,
) -> Result<Upload, CompleteError> {
    let mut rounds = Rounds::default();
    loop {
        let mut draft = Draft::open(services, &upload.user, None).await?;
        let found = read(services, &upload.user, &upload.id).await?;
        let (mut upload, etag) = found.ok_or(CompleteError::NotFound)?;
        if let Some(decided) = decided(upload.clone()) {
            return decided;
        }
        upload.state = state.clone();
        if !matches!(state, UploadState::Ready { .. }) {
            draft.account.release_upload(&upload.id);
        }
        draft.replace(etag, document_of(&upload));
        if let Some(decision) = decision {
            draft.create(decision.document());
        }
        match draft.commit(services).await {
            Ok(()) => return decided(upload).expect("it is open no more"),
            Err(error) => rounds.again(error)?,
        }
    }
}

/// Removes what the decision left over. Best effort: what was sent is removed again when its time is over, and no
/// link reads it.
async fn clear_up(
    services: &Services,
    upload: &Upload,
    ours: &UploadState,
    result: &Result<Upload, CompleteError>,
) {
    let (user, id) = (&upload.user, &upload.id);
    let removed = match result {
        Ok(_) => services.uploads.delete(&raw_key(user, id)).await,
        // Somebody else decided first, and not as we did.
        Err(
            CompleteError::Refused { .. } | CompleteError::Blocked { .. } | CompleteError::NotFound,
        ) if matches!(ours, UploadState::Ready { .. }) => {
            services.blobs.delete(&picture_key(user, id)).await
        }
        Err(_) => Ok(()),
    };
    if let Err(error) = removed {
        tracing::warn!(upload.id = %id, error = &error as &dyn std::error::Error,
            "A blob of an upload stays for now");
    }
}
