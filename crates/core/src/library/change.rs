//! What an owner does with jobs, one or a hundred: marks them, throws them away, gets them back. And what time does.
//!
//! A rule changes the job, its collection's count and the account's counts together, in one commit for as many jobs
//! as a commit holds.

use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::collections::Collections;
use crate::accounts::{Account, Draft};
use crate::catalog::Catalog;
use crate::generations::{Generation, Removal, Stage, take_in, take_in_quietly};
use crate::ids::{CollectionId, GenerationId, UserId};
use crate::ports::documents::{DocumentsError, MAX_WRITES, Rounds};
use crate::services::Services;

/// One thing done to jobs. Doing it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Mark(Marks),
    /// Into the trash.
    Delete,
    /// Out of the trash.
    Restore,
    /// Out of a collection that is gone.
    Disband(CollectionId),
    /// If its time is over, there is no way back from now on.
    Expire,
    /// Its pictures are deleted.
    Forget,
}

/// What stays as it is is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    pub favourite: Option<bool>,
    /// `Some(None)`: into no collection.
    pub collection: Option<Option<CollectionId>>,
}

/// Why one job was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Or it is another user's, or removed.
    #[error("there is no such generation")]
    NotFound,
    #[error("the job has not ended: cancel it first")]
    StillOpen,
    #[error("the job is in the trash: restore it first")]
    InTrash,
    #[error("there is no such collection")]
    NoCollection,
}

pub type Changed = Result<Generation, Refusal>;

/// A job is a write, its event another, and an old event goes for it.
const WRITES_EACH: usize = 3;
/// Account, collections, and entries of a month that is over.
const WRITES_BESIDE: usize = 10;

/// Does `change` to each of `ids`, which differ; what one job refuses does not hold up the others. After an error the
/// first of them may be done: doing it again does the rest.
pub async fn change(
    services: &Services,
    user: &UserId,
    ids: &[GenerationId],
    change: &Change,
) -> Result<Vec<(GenerationId, Changed)>, DocumentsError> {
    let mut all = Vec::new();
    for some in ids.chunks((MAX_WRITES - WRITES_BESIDE) / WRITES_EACH) {
        all.extend(in_one_commit(services, user, some, change).await?);
    }
    Ok(all)
}

async fn in_one_commit(
    services: &Services,
    user: &UserId,
    ids: &[GenerationId],
    change: &Change,
) -> Result<Vec<(GenerationId, Changed)>, DocumentsError> {
    let mut rounds = Rounds::default();
    loop {
        // The account first, as in every decision about a job: see `generations::update`.
        let mut draft = Draft::open(services, user, None).await?;
        let mut collections = Collections::read(services, user).await?;
        let read = ids.iter().map(|id| services.documents.get(user.as_str(), id.as_str()));
        let mut all = Vec::with_capacity(ids.len());
        for (id, document) in ids.iter().zip(try_join_all(read).await?) {
            let Some(document) = document else {
                all.push((id.clone(), Err(Refusal::NotFound)));
                continue;
            };
            let before: Generation = document.decode()?;
            let mut job = before.clone();
            let around =
                Around { account: &draft.account, catalog: &services.catalog, now: draft.now };
            let changed = decide(&mut job, &mut collections, change, &around);
            if changed.is_ok() && job != before {
                match change {
                    Change::Disband(_) => {
                        take_in_quietly(&mut draft, document.etag, &before, &mut job);
                    }
                    Change::Mark(_)
                    | Change::Delete
                    | Change::Restore
                    | Change::Expire
                    | Change::Forget => {
                        take_in(services, &mut draft, document.etag, &before, &mut job).await?;
                    }
                }
            }
            all.push((id.clone(), changed.map(|()| job)));
        }
        collections.write(&mut draft);
        match draft.commit(services).await {
            Ok(()) => return Ok(all),
            Err(error) => rounds.again(error)?,
        }
    }
}

/// What a rule looks at beside the job.
struct Around<'a> {
    account: &'a Account,
    catalog: &'a Catalog,
    now: Timestamp,
}

fn decide(
    job: &mut Generation,
    collections: &mut Collections,
    change: &Change,
    around: &Around<'_>,
) -> Result<(), Refusal> {
    match change {
        Change::Mark(marks) => mark(job, collections, marks),
        Change::Delete => delete(job, collections, around),
        Change::Restore => restore(job, collections, around.now),
        Change::Disband(collection) => {
            if job.keeping.collection.as_ref() == Some(collection) && !collections.has(collection) {
                job.keeping.collection = None;
            }
            Ok(())
        }
        Change::Expire => {
            expire(job, collections, around);
            Ok(())
        }
        Change::Forget => {
            job.forget(around.now);
            Ok(())
        }
    }
}

fn mark(job: &mut Generation, collections: &mut Collections, marks: &Marks) -> Result<(), Refusal> {
    match job.keeping.removal {
        None => {}
        Some(Removal::Trashed { .. }) => return Err(Refusal::InTrash),
        Some(Removal::Purging { .. } | Removal::Purged { .. }) => return Err(Refusal::NotFound),
    }
    if let Some(wanted) = &marks.collection {
        if wanted.as_ref().is_some_and(|id| !collections.has(id)) {
            return Err(Refusal::NoCollection);
        }
        collections.moved(job.keeping.collection.as_ref(), wanted.as_ref());
        job.keeping.collection.clone_from(wanted);
    }
    if let Some(favourite) = marks.favourite {
        job.keeping.favourite = favourite;
    }
    Ok(())
}

fn delete(
    job: &mut Generation,
    collections: &mut Collections,
    around: &Around<'_>,
) -> Result<(), Refusal> {
    match job.keeping.removal {
        None => {}
        Some(Removal::Trashed { .. }) => return Ok(()),
        Some(Removal::Purging { .. } | Removal::Purged { .. }) => return Err(Refusal::NotFound),
    }
    // Whoever wants it gone while it is drawn cancels it: what was delivered until then is paid.
    let Some(kept) = kept_until(job, around) else { return Err(Refusal::StillOpen) };
    // The trash does not make a picture live longer than it would have lived.
    let until = around.catalog.library.trash_until(around.now).min(kept).max(around.now);
    collections.moved(job.keeping.collection.as_ref(), None);
    job.keeping.removal = Some(Removal::Trashed { at: around.now, until });
    Ok(())
}

fn restore(
    job: &mut Generation,
    collections: &mut Collections,
    now: Timestamp,
) -> Result<(), Refusal> {
    match job.keeping.removal {
        None => Ok(()),
        Some(Removal::Trashed { until, .. }) if now < until => {
            job.keeping.removal = None;
            // It may have been deleted meanwhile.
            job.keeping.collection.take_if(|id| !collections.has(id));
            collections.moved(None, job.keeping.collection.as_ref());
            Ok(())
        }
        Some(Removal::Trashed { .. } | Removal::Purging { .. } | Removal::Purged { .. }) => {
            Err(Refusal::NotFound)
        }
    }
}

fn expire(job: &mut Generation, collections: &mut Collections, around: &Around<'_>) {
    let now = around.now;
    match job.keeping.removal {
        None => match kept_until(job, around) {
            // A job that has not ended stays, whatever its age.
            None => {}
            Some(until) if now < until => job.keeping.expires_at = Some(until),
            Some(_) => {
                collections.moved(job.keeping.collection.as_ref(), None);
                job.keeping.removal = Some(Removal::Purging { since: now });
            }
        },
        Some(Removal::Trashed { until, .. }) if now >= until => {
            job.keeping.removal = Some(Removal::Purging { since: now });
        }
        Some(Removal::Trashed { .. } | Removal::Purging { .. } | Removal::Purged { .. }) => {}
    }
}

/// Until when its pictures are kept as things stand; `None` while it is not over.
fn kept_until(job: &Generation, around: &Around<'_>) -> Option<Timestamp> {
    let Stage::Ended(ended) = &job.stage else { return None };
    let Around { account, catalog, now } = around;
    Some(account.keeps_until(job.plan, ended.finished_at, catalog, *now))
}
