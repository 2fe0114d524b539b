//! Messages for later. Receiving is the Functions host's work.

use std::time::Duration;

use async_trait::async_trait;

use super::BoxError;
use crate::messages::QueueName;

/// Sends messages.
///
/// Promises: `Ok` means that the message is kept and will be delivered at least once, not before `delay` has passed.
/// A second message with the same id within ten minutes may be dropped, and only then.
#[async_trait]
pub trait Queue: std::fmt::Debug + Send + Sync + 'static {
    async fn send(&self, message: &Outgoing) -> Result<(), QueueError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub queue: QueueName,
    /// 1 to 128 characters; the same id is the same message.
    pub id: String,
    /// JSON, below 200 kB.
    pub body: String,
    pub delay: Duration,
}

/// Not kept, or not known to be kept: sending it again is safe.
#[derive(Debug, thiserror::Error)]
#[error("message `{id}` was not sent")]
pub struct QueueError {
    pub id: String,
    #[source]
    pub source: BoxError,
}
