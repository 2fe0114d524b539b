//! How long things usually take: measured on the jobs that end, kept as a moving mean, shared by all instances.
//!
//! A guess for people who wait, so everything here is best effort: a lost measurement is none, and while nothing was
//! measured the catalogue's figure stands.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::messages::QueueName;
use crate::ports::documents::{Document, DocumentsError, NewDocument, Write, encode};
use crate::services::Services;

/// The partition that holds the means; no user's.
const PARTITION: &str = "pace";
/// Means are read again after this long.
const FRESH: SignedDuration = SignedDuration::from_secs(30);
/// A mean is written once in this time at the most, however many jobs end: all of them share its document.
const WRITE_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// The weight of one measurement. The last ten make up nine tenths of the mean.
const WEIGHT: f64 = 0.2;

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace<'a> {
    /// From the start of a job to its last picture.
    Work(&'a str),
    /// From the shared queue to the start.
    Queue(QueueName),
}

/// The means that this process has read.
#[derive(Debug, Default)]
pub struct Paces(Mutex<HashMap<String, Known>>);

#[derive(Debug, Clone, Copy)]
struct Known {
    mean: Option<Mean>,
    read_at: Timestamp,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Mean {
    schema: u8,
    seconds: f64,
    at: Timestamp,
}

/// Seconds; `default` while nothing was measured or the store is down.
pub(super) async fn usual(services: &Services, pace: Pace<'_>, default: f64) -> f64 {
    let (id, now) = (pace.id(), services.clock.now());
    let known = services.paces.get(&id);
    if let Some(known) = known.filter(|known| now.duration_since(known.read_at) < FRESH) {
        return known.mean.map_or(default, |mean| mean.seconds);
    }
    match read(services, &id).await {
        Ok(found) => {
            let mean = found.map(|(_, mean)| mean);
            services.paces.put(id, Known { mean, read_at: now });
            mean.map_or(default, |mean| mean.seconds)
        }
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "No mean could be read");
            known.and_then(|known| known.mean).map_or(default, |mean| mean.seconds)
        }
    }
}

/// Takes one measurement into the mean, unless another was taken a moment ago.
pub(super) async fn measured(
    services: &Services,
    pace: Pace<'_>,
    took: SignedDuration,
    default: f64,
) {
    let (id, now) = (pace.id(), services.clock.now());
    let recent = |mean: &Mean| now.duration_since(mean.at) < WRITE_EVERY;
    if services.paces.get(&id).and_then(|known| known.mean).is_some_and(|mean| recent(&mean)) {
        return;
    }
    if let Err(error) = write(services, &id, took.as_secs_f64().max(0.0), default).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "A measurement was lost");
    }
}

async fn write(
    services: &Services,
    id: &str,
    seconds: f64,
    default: f64,
) -> Result<(), DocumentsError> {
    let now = services.clock.now();
    let found = read(services, id).await?;
    let mean = found.as_ref().map(|(_, mean)| *mean);
    let mut next = mean;
    if mean.is_none_or(|mean| now.duration_since(mean.at) >= WRITE_EVERY) {
        let old = mean.map_or(default, |mean| mean.seconds);
        let seconds = old + WEIGHT * (seconds - old);
        next = Some(Mean { schema: 1, seconds, at: now });
        let document = NewDocument {
            id: id.to_owned(),
            kind: PARTITION,
            position: None,
            due: None,
            body: encode(&next),
        };
        let write = match found {
            None => Write::Create(document),
            Some((stored, _)) => Write::Replace { etag: stored.etag, document },
        };
        // A conflict: someone else's measurement was taken. Ours is one of many.
        services.documents.commit(PARTITION, vec![write]).await?;
    }
    services.paces.put(id.to_owned(), Known { mean: next, read_at: now });
    Ok(())
}

async fn read(services: &Services, id: &str) -> Result<Option<(Document, Mean)>, DocumentsError> {
    match services.documents.get(PARTITION, id).await? {
        None => Ok(None),
        Some(document) => {
            let mean = document.decode()?;
            Ok(Some((document, mean)))
        }
    }
}

impl Pace<'_> {
    fn id(self) -> String {
        match self {
            Self::Work(model) => format!("work:{model}"),
            Self::Queue(queue) => format!("queue:{}", queue.as_str()),
        }
    }
}

impl Paces {
    fn get(&self, id: &str) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied()
    }

    fn put(&self, id: String, known: Known) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, known);
    }
}
