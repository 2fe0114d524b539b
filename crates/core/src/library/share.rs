//! Links that show a job's pictures to whoever has one: made, listed, revoked, opened.

use std::time::Duration;

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Refusal;
use super::token;
use crate::catalog::OutputFormat;
use crate::generations::{
    Asset, Generation, ImageState, KIND as GENERATION, Removal, Rendition, blob_key,
};
use crate::ids::{GenerationId, ShareId, UserId};
use crate::ports::blobs::BlobsError;
use crate::ports::documents::{
    Condition, Document, DocumentsError, Found, NewDocument, Rounds, Search, Test, Write, encode,
};
use crate::services::Services;

/// The kind of a share's document; its id is the share's.
const KIND: &str = "share";
/// How long a link to a picture is good that a shared page shows: revoking takes hold after it.
const LINK_LIFE: Duration = Duration::from_mins(15);

/// Stored as it is (`schema` 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    schema: u8,
    pub id: ShareId,
    pub generation: GenerationId,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Also in the files: without it they are shown without their recipe.
    pub show_prompt: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("there is no such share link")]
    NotFound,
    #[error("the job has no picture to show")]
    NoPicture,
    #[error("there are {most} share links already, as many as there may be")]
    TooMany { most: usize },
    #[error(transparent)]
    Blobs(#[from] BlobsError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// What whoever has the link is shown.
#[derive(Debug)]
pub struct Shared {
    pub share: Share,
    pub prompt: Option<String>,
    pub model: String,
    pub aspect_ratio: String,
    pub created_at: Timestamp,
    pub pictures: Vec<SharedPicture>,
}

#[derive(Debug)]
pub struct SharedPicture {
    pub url: String,
    pub thumbnail_url: String,
    pub placeholder: String,
    pub width: u32,
    pub height: u32,
    pub content_type: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// We made no such link.
    #[error("there is no such share link")]
    NotFound,
    /// Revoked, over, or its pictures are gone.
    #[error("this share link shows nothing any more")]
    Gone,
    #[error(transparent)]
    Blobs(#[from] BlobsError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// Makes a link to the delivered pictures of a job that has ended.
pub async fn share(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    expires_at: Option<Timestamp>,
    show_prompt: bool,
) -> Result<Share, ShareError> {
    let share = ShareId::new(services.fresh_ulid());
    let mut rounds = Rounds::default();
    loop {
        let found = services.documents.get(user.as_str(), id.as_str()).await?;
        let document = found.ok_or(Refusal::NotFound)?;
        let job: Generation = document.decode()?;
        shareable(&job)?;
        if !show_prompt {
            make_plain(services, &job).await?;
        }
        let now = services.clock.now();
        let new = Share {
            schema: 1,
            id: share.clone(),
            generation: id.clone(),
            created_at: now,
            expires_at,
            show_prompt,
        };
        let mut writes = make_room(services, user, now).await?;
        writes.push(Write::Create(NewDocument {
            id: share.to_string(),
            kind: KIND,
            position: None,
            due: None,
            body: encode(&new),
        }));
        // Unchanged, but only if nobody threw it away meanwhile: what is removed takes its links along.
        writes.push(Write::Replace {
            etag: document.etag,
            document: NewDocument {
                id: document.id,
                kind: GENERATION,
                position: None,
                due: document.due,
                body: document.body,
            },
        });
        match services.documents.commit(user.as_str(), writes).await {
            Ok(()) => return Ok(new),
            Err(error) => rounds.again(error)?,
        }
    }
}

/// One page of a user's links, newest first, of one job or of all; `limit` is 1 to 100.
pub async fn shares(
    services: &Services,
    user: &UserId,
    generation: Option<&GenerationId>,
    cursor: Option<&ShareId>,
    limit: usize,
) -> Result<(Vec<Share>, Option<String>), DocumentsError> {
    let found = found(services, user, generation, cursor.map(ToString::to_string), limit).await?;
    let shares = found.documents.iter().map(Document::decode).collect::<Result<_, _>>()?;
    Ok((shares, found.next))
}

/// Ends a link for good.
pub async fn revoke(services: &Services, user: &UserId, id: &ShareId) -> Result<Share, ShareError> {
    let found = services.documents.get(user.as_str(), id.as_str()).await?;
    let share: Share = found.ok_or(ShareError::NotFound)?.decode()?;
    let delete = Write::Delete { id: id.to_string() };
    match services.documents.commit(user.as_str(), vec![delete]).await {
        Ok(()) => Ok(share),
        // Another tab was first.
        Err(DocumentsError::Conflict { .. }) => Err(ShareError::NotFound),
        Err(other) => Err(other.into()),
    }
}

/// The part of the link's address that proves it.
pub fn token_of(services: &Services, user: &UserId, share: &Share) -> String {
    token::issue(&services.tickets, user, &share.id)
}

/// What the link with this token shows, to anyone.
pub async fn open(services: &Services, token: &str) -> Result<Shared, OpenError> {
    let (user, id) = token::check(&services.tickets, token).ok_or(OpenError::NotFound)?;
    let found = services.documents.get(user.as_str(), id.as_str()).await?;
    let share: Share = found.ok_or(OpenError::Gone)?.decode()?;
    let now = services.clock.now();
    if share.expires_at.is_some_and(|at| at <= now) {
        return Err(OpenError::Gone);
    }
    let found = services.documents.get(user.as_str(), share.generation.as_str()).await?;
    let job: Generation = found.ok_or(OpenError::Gone)?.decode()?;
    if shareable(&job).is_err() {
        return Err(OpenError::Gone);
    }
    let pictures =
        delivered(&job).map(|(index, asset)| picture(services, &job, &share, index, asset, now));
    let pictures = try_join_all(pictures).await?;
    let prompt = share.show_prompt.then(|| job.order.prompt.as_str().to_owned());
    Ok(Shared {
        prompt,
        model: job.order.model.clone(),
        aspect_ratio: job.order.aspect_ratio.to_string(),
        created_at: job.created_at,
        pictures,
        share,
    })
}

/// The links of a job that is removed go with it.
pub(super) async fn end_all(
    services: &Services,
    user: &UserId,
    generation: &GenerationId,
) -> Result<(), DocumentsError> {
    let mut before = None;
    loop {
        let found = found(services, user, Some(generation), before, 100).await?;
        let delete = |document: Document| Write::Delete { id: document.id };
        let writes: Vec<_> = found.documents.into_iter().map(delete).collect();
        if !writes.is_empty() {
            services.documents.commit(user.as_str(), writes).await?;
        }
        before = found.next;
        if before.is_none() {
            return Ok(());
        }
    }
}

async fn found(
    services: &Services,
    user: &UserId,
    generation: Option<&GenerationId>,
    before: Option<String>,
    limit: usize,
) -> Result<Found, DocumentsError> {
    let of_it = generation
        .map(|id| Condition { path: "generation", test: Test::OneOf(vec![id.to_string()]) });
    let conditions = of_it.into_iter().collect();
    let search = Search { kind: KIND, from: None, before, conditions, limit };
    services.documents.search(user.as_str(), &search).await
}

fn shareable(job: &Generation) -> Result<(), ShareError> {
    match job.keeping.removal {
        None => {}
        Some(Removal::Trashed { .. }) => return Err(Refusal::InTrash.into()),
        Some(Removal::Purging { .. } | Removal::Purged { .. }) => {
            return Err(Refusal::NotFound.into());
        }
    }
    if !job.is_final() {
        return Err(Refusal::StillOpen.into());
    }
    if delivered(job).next().is_none() {
        return Err(ShareError::NoPicture);
    }
    Ok(())
}

fn delivered(job: &Generation) -> impl Iterator<Item = (u32, &Asset)> {
    job.images().iter().filter_map(|image| match &image.state {
        ImageState::Delivered(asset) => Some((image.index, asset)),
        ImageState::Planned { .. }
        | ImageState::Requested { .. }
        | ImageState::Rendering { .. }
        | ImageState::Drawn { .. }
        | ImageState::Kept { .. }
        | ImageState::Filtered { .. }
        | ImageState::Failed { .. } => None,
    })
}

/// What a link shows that hides the prompt: never a file that tells it.
fn rendition(job: &Generation, share: &Share, asset: &Asset) -> (Rendition, OutputFormat) {
    if share.show_prompt || !job.order.embed_prompt {
        (Rendition::Original(asset.format), asset.format)
    } else if asset.original_is_display {
        (Rendition::Plain(asset.format), asset.format)
    } else {
        // It carries no recipe.
        (Rendition::Display, OutputFormat::Webp)
    }
}

/// Stores a copy without the recipe of each original that would be shown with it. Again is the same.
async fn make_plain(services: &Services, job: &Generation) -> Result<(), ShareError> {
    if !job.order.embed_prompt {
        return Ok(());
    }
    for (index, asset) in delivered(job).filter(|(_, asset)| asset.original_is_display) {
        let key = |of| blob_key(&job.user, &job.id, index, of);
        let original = services.blobs.get(&key(Rendition::Original(asset.format))).await?;
        let original = original.ok_or(ShareError::NoPicture)?;
        let plain = services.imaging.without_recipe(original).await.map_err(|error| {
            tracing::error!(generation.id = %job.id, "A picture of ours is not readable: {error}");
            ShareError::NoPicture
        })?;
        let key = key(Rendition::Plain(asset.format));
        services.blobs.put(&key, plain.content_type, plain.bytes).await?;
    }
    Ok(())
}

/// Refuses when there are too many links; those that are over go for the new one. Two tabs at the same moment may make
/// one too many: the bound keeps a list short and is nothing that is sold.
async fn make_room(
    services: &Services,
    user: &UserId,
    now: Timestamp,
) -> Result<Vec<Write>, ShareError> {
    const AT_ONCE: usize = 50;
    let most = services.catalog.library.shares;
    let (mut living, mut over, mut before) = (0, Vec::new(), None);
    loop {
        let page = found(services, user, None, before, 100).await?;
        for document in page.documents {
            let share: Share = document.decode()?;
            if share.expires_at.is_some_and(|at| at <= now) && over.len() < AT_ONCE {
                over.push(Write::Delete { id: document.id });
            } else {
                living += 1;
            }
        }
        before = page.next;
        if living >= most {
            return Err(ShareError::TooMany { most });
        }
        if before.is_none() {
            return Ok(over);
        }
    }
}

async fn picture(
    services: &Services,
    job: &Generation,
    share: &Share,
    index: u32,
    asset: &Asset,
    now: Timestamp,
) -> Result<SharedPicture, BlobsError> {
    let link = async |of| {
        let key = blob_key(&job.user, &job.id, index, of);
        services.blobs.read_url(&key, now, LINK_LIFE).await
    };
    let (of, format) = rendition(job, share, asset);
    Ok(SharedPicture {
        url: link(of).await?,
        thumbnail_url: link(Rendition::Thumbnail).await?,
        placeholder: asset.placeholder.clone(),
        width: asset.width,
        height: asset.height,
        content_type: format.content_type(),
    })
}
