//! The blob store, in memory.

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::blobs::{Blobs, BlobsError, UploadUrl};
use jiff::Timestamp;

use crate::faults::Port;
use crate::world::{Caller, NoAnswer, locked};

#[async_trait]
impl Blobs for Caller {
    async fn put(&self, key: &str, _content_type: &str, bytes: Vec<u8>) -> Result<(), BlobsError> {
        let key = good(key)?.to_owned();
        let world = self.world.clone();
        let effect = move || {
            world.note(|| format!("put {key}"));
            locked(&world.pictures).insert(key.clone(), bytes.clone());
        };
        self.tell(Port::Blobs, effect).await.map_err(unavailable)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobsError> {
        let key = good(key)?;
        let found = self.ask(Port::Blobs, || locked(&self.world.pictures).get(key).cloned());
        found.await.map_err(unavailable)
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, BlobsError> {
        let key = good(key)?;
        let size = || locked(&self.world.pictures).get(key).map(|bytes| bytes.len() as u64);
        self.ask(Port::Blobs, size).await.map_err(unavailable)
    }

    async fn delete(&self, key: &str) -> Result<(), BlobsError> {
        let key = good(key)?.to_owned();
        let world = self.world.clone();
        let effect = move || {
            world.note(|| format!("delete {key}"));
            locked(&world.pictures).remove(&key);
        };
        self.tell(Port::Blobs, effect).await.map_err(unavailable)
    }

    /// Signing needs no call.
    async fn read_url(
        &self,
        key: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, BlobsError> {
        let key = good(key)?;
        let ttl = i64::try_from(ttl.as_secs()).expect("a day at the most");
        let window = now.as_second().div_euclid(ttl);
        Ok(format!("https://blobs.example/{key}?until={}", (window + 2) * ttl))
    }

    /// Nobody uploads here.
    async fn upload_url(
        &self,
        key: &str,
        content_type: &str,
        _limit: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<UploadUrl, BlobsError> {
        if ttl < Duration::from_mins(1) {
            return Err(BlobsError::Refused("a link is good for a minute at the least".into()));
        }
        let headers = vec![("content-type", content_type.to_owned())];
        let url = format!("https://blobs.example/{}?make", good(key)?);
        let expires_at = now.checked_add(ttl).map_err(|e| BlobsError::Refused(e.into()))?;
        Ok(UploadUrl { url, headers, expires_at })
    }
}

fn good(key: &str) -> Result<&str, BlobsError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let segment = |s: &str| !s.is_empty() && !s.starts_with('.') && s.chars().all(plain);
    let good = key.split('/').all(segment);
    good.then_some(key).ok_or_else(|| BlobsError::Refused(format!("the key `{key}`").into()))
}

fn unavailable(error: NoAnswer) -> BlobsError {
    BlobsError::Unavailable(error.into())
}
