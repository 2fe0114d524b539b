//! Which route a picture takes: the first of its model's that is configured, has not turned it away and is not left
//! alone for now. Every route makes the same model at the same price.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::catalog::{Model, Provider};
use crate::services::Services;

/// The routes as one worker sees them at one moment: who is let through as a probe is asked about once, however often
/// a commit has to be decided again.
pub(super) struct Routes<'a> {
    services: &'a Services,
    now: Timestamp,
    permitted: BTreeMap<Provider, bool>,
}

impl<'a> Routes<'a> {
    pub(super) fn new(services: &'a Services, now: Timestamp) -> Self {
        Self { services, now, permitted: BTreeMap::new() }
    }

    /// Whether anybody is configured who makes `model`.
    pub(super) fn exist(&self, model: &Model) -> bool {
        model.routes.iter().any(|route| self.services.providers.get(route.provider).is_some())
    }

    pub(super) fn choose(&mut self, model: &Model, passed: &[Provider]) -> Option<Provider> {
        let mut left = model.routes.iter().map(|r| r.provider).filter(|p| !passed.contains(p));
        left.find(|provider| self.permits(*provider))
    }

    fn permits(&mut self, provider: Provider) -> bool {
        let ask = || self.services.providers.permits(provider, self.now);
        *self.permitted.entry(provider).or_insert_with(ask)
    }

    /// How long to wait until a route of `model` is worth another try.
    pub(super) fn wait(&self, model: &Model, tries: u32) -> Duration {
        let providers = &self.services.providers;
        let ready = model.routes.iter().filter_map(|r| providers.ready_at(r.provider, self.now));
        let wait = |at: Timestamp| Duration::try_from(at.duration_since(self.now)).ok();
        let wait =
            ready.filter_map(wait).map(|wait| if wait.is_zero() { backoff(tries) } else { wait });
        wait.min().unwrap_or_else(|| backoff(tries))
    }
}

/// 2 s, doubled with each try, 60 s at the most.
fn backoff(tries: u32) -> Duration {
    Duration::from_secs((2_u64 << tries.saturating_sub(1).min(5)).min(60))
}
