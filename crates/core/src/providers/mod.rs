//! Who can be asked to draw, and who is left alone for a while because it is down or throttles.
//!
//! The breakers are in this process and no other. There are many instances and they come and go: each learns for
//! itself, at the price of a few calls, and none has to ask a store before it asks a provider. What an image was told
//! is in its document: a route that turned it away is not tried again in the same round, by any instance.

mod breaker;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

pub use self::breaker::{Breaker, BreakerState};
use crate::catalog::Provider;
use crate::ports::image_provider::ImageProvider;

/// The providers that are configured. Cheap to clone; clones share the breakers.
#[derive(Debug, Clone, Default)]
pub struct Providers(Arc<BTreeMap<Provider, Known>>);

#[derive(Debug)]
struct Known {
    adapter: Arc<dyn ImageProvider>,
    breaker: Mutex<Breaker>,
}

impl Providers {
    pub fn new(adapters: impl IntoIterator<Item = (Provider, Arc<dyn ImageProvider>)>) -> Self {
        let known = |(provider, adapter)| (provider, Known { adapter, breaker: Mutex::default() });
        Self(Arc::new(adapters.into_iter().map(known).collect()))
    }

    /// `None` when it is not configured.
    pub fn get(&self, provider: Provider) -> Option<&dyn ImageProvider> {
        self.0.get(&provider).map(|known| &*known.adapter)
    }

    /// Whether `provider` may be asked to draw now. After a pause, one caller is let through to find out.
    pub fn permits(&self, provider: Provider, now: Timestamp) -> bool {
        self.breaker(provider).is_some_and(|mut breaker| breaker.permits(now))
    }

    /// From when on `provider` may be asked; `None` when it is not configured.
    pub fn ready_at(&self, provider: Provider, now: Timestamp) -> Option<Timestamp> {
        self.breaker(provider).map(|breaker| breaker.ready_at(now))
    }

    /// It took a request, or refused one for what it asks.
    pub fn answered(&self, provider: Provider) {
        if let Some(mut breaker) = self.breaker(provider) {
            breaker.answered();
        }
    }

    /// It took no request, or its answer was lost. `retry_after`: the patience that it asked for.
    pub fn failed(&self, provider: Provider, now: Timestamp, retry_after: Option<Duration>) {
        if let Some(mut breaker) = self.breaker(provider) {
            breaker.failed(now, retry_after);
        }
    }

    /// Every provider that is configured, as this process sees it.
    pub fn states(&self, now: Timestamp) -> Vec<(Provider, BreakerState)> {
        let state = |known: &Known| locked(&known.breaker).state(now);
        self.0.iter().map(|(provider, known)| (*provider, state(known))).collect()
    }

    fn breaker(&self, provider: Provider) -> Option<MutexGuard<'_, Breaker>> {
        self.0.get(&provider).map(|known| locked(&known.breaker))
    }
}

/// A breaker is whole between any two of its steps, so a panic elsewhere does not spoil it.
fn locked(breaker: &Mutex<Breaker>) -> MutexGuard<'_, Breaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}
