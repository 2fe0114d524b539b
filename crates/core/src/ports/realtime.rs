//! Telling open pages what happened.

use async_trait::async_trait;
use jiff::Timestamp;

use super::BoxError;
use crate::ids::UserId;

/// Live connections to users.
///
/// Promises: a user's connection receives that user's events and no other's. Delivery is best effort: who missed
/// something asks for events by number.
#[async_trait]
pub trait Realtime: std::fmt::Debug + Send + Sync + 'static {
    /// The address a client opens: good for one hour from `now`, for this user alone.
    async fn negotiate(&self, user: &UserId, now: Timestamp) -> Result<String, RealtimeError>;

    /// Sends `event`, a JSON object, to every open connection of `user`.
    async fn publish(&self, user: &UserId, event: String) -> Result<(), RealtimeError>;
}

#[derive(Debug, thiserror::Error)]
#[error("the realtime service is unavailable")]
pub struct RealtimeError(#[source] pub BoxError);
