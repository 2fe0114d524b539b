//! Time and chance are arguments: a test can be exact, a simulation can be repeated.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// The only source of time.
#[async_trait]
pub trait Clock: std::fmt::Debug + Send + Sync {
    /// UTC, to the millisecond or finer.
    fn now(&self) -> Timestamp;

    /// Returns when `duration` has passed on this clock.
    async fn sleep(&self, duration: Duration);
}

/// The only source of chance.
pub trait Ids: std::fmt::Debug + Send + Sync {
    /// 128 random bits. Not secret, but not to be met twice.
    fn random(&self) -> u128;
}
