//! The issuer's public keys: asked for once a day, and when a token names one that we have not got.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use imagegen_core::ports::BoxError;
use imagegen_core::ports::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use reqwest::Url;
use tokio::sync::Mutex;

use super::wire::{JsonWebKeys, Metadata};
use crate::http::{Call, Http, private_url};

/// Microsoft: "a reasonable frequency to check for updates is every 24 hours".
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// Between two requests for keys when we have some: anyone can send us tokens with invented key names.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// The same when we have none and nobody can sign in.
const PAUSE_WITHOUT_KEYS: SignedDuration = SignedDuration::from_secs(5);
/// A caller is waiting.
const PATIENCE: Duration = Duration::from_secs(8);
/// Bytes; Microsoft's key sets have 10 kB.
const LARGEST_ANSWER: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Keys {
    metadata_url: Url,
    issuer: String,
    http: Http,
    clock: Arc<dyn Clock>,
    current: RwLock<Option<Arc<KeySet>>>,
    /// Held by whoever asks the issuer, so that one asks for all; when that was last tried.
    asked: Mutex<Option<Timestamp>>,
}

#[derive(Debug)]
struct KeySet {
    by_id: HashMap<String, Arc<DecodingKey>>,
    read_at: Timestamp,
}

impl Keys {
    pub(super) fn new(
        metadata_url: Url,
        issuer: String,
        http: Http,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (current, asked) = (RwLock::default(), Mutex::default());
        Self { metadata_url, issuer, http, clock, current, asked }
    }

    /// `Ok(None)` when the issuer publishes no such key; an error only when we have no keys at all.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Arc<DecodingKey>>, BoxError> {
        let known = self.current();
        let Some((set, key)) = known.as_ref().and_then(|set| Some((set, set.by_id.get(id)?)))
        else {
            return self.find_unknown(id).await;
        };
        if self.passed_since(set.read_at) < FRESH {
            return Ok(Some(key.clone()));
        }
        // Whoever finds someone else asking goes on with yesterday's key.
        let Ok(mut asked) = self.asked.try_lock() else { return Ok(Some(key.clone())) };
        if asked.is_none_or(|at| self.passed_since(at) >= PAUSE) {
            self.refresh(&mut asked).await.unwrap_or_else(|error| {
                tracing::warn!(
                    error = &*error,
                    "The issuer's keys cannot be read; going on with the old ones"
                );
            });
        }
        Ok(self.current().and_then(|set| set.by_id.get(id).cloned()))
    }

    async fn find_unknown(&self, id: &str) -> Result<Option<Arc<DecodingKey>>, BoxError> {
        let mut asked = self.asked.lock().await;
        // Someone may have asked while we waited.
        let known = self.current();
        if let Some(key) = known.as_ref().and_then(|set| set.by_id.get(id)) {
            return Ok(Some(key.clone()));
        }
        let pause = if known.is_some() { PAUSE } else { PAUSE_WITHOUT_KEYS };
        if asked.is_some_and(|at| self.passed_since(at) < pause) {
            return match known {
                Some(_) => Ok(None),
                None => Err("they could not be read a moment ago".into()),
            };
        }
        match self.refresh(&mut asked).await {
            Err(error) if known.is_none() => Err(error),
            Err(error) => {
                tracing::warn!(
                    error = &*error,
                    "The issuer's keys cannot be read for a token with a new key"
                );
                Ok(None)
            }
            Ok(()) => Ok(self.current().and_then(|set| set.by_id.get(id).cloned())),
        }
    }

    async fn refresh(&self, asked: &mut Option<Timestamp>) -> Result<(), BoxError> {
        let read = self.read().await;
        *asked = Some(self.clock.now());
        let set = KeySet { by_id: read?, read_at: self.clock.now() };
        *self.current.write().expect("nothing panics while it holds this") = Some(Arc::new(set));
        Ok(())
    }

    async fn read(&self) -> Result<HashMap<String, Arc<DecodingKey>>, BoxError> {
        let metadata: Metadata = self.get(self.metadata_url.clone()).await?;
        if metadata.issuer != self.issuer {
            // Tokens decide, not this text: B2C's differs between a tenant's user flows.
            tracing::warn!(
                issuer = self.issuer,
                metadata.issuer,
                "The metadata names another issuer than the settings"
            );
        }
        let keys_url = private_url(&metadata.jwks_uri).ok_or("`jwks_uri` is not an https URL")?;
        let keys = self.get::<JsonWebKeys>(keys_url).await?.into_keys();
        if keys.is_empty() {
            return Err("the issuer publishes no key for RS256".into());
        }
        Ok(keys)
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, url: Url) -> Result<T, BoxError> {
        let call =
            Call::get(url).timeout(PATIENCE / 2).patience(PATIENCE).largest_answer(LARGEST_ANSWER);
        Ok(self.http.send_idempotent(&call).await?.json()?)
    }

    fn current(&self) -> Option<Arc<KeySet>> {
        self.current.read().expect("nothing panics while it holds this").clone()
    }

    fn passed_since(&self, moment: Timestamp) -> SignedDuration {
        self.clock.now().duration_since(moment)
    }
}
