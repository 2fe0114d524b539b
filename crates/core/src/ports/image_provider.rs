//! Whoever draws the pictures.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::BoxError;
use crate::catalog::{AspectRatio, Model, OutputFormat, Provider};
use crate::ticket::Ticket;

/// A provider of pictures, one prediction a picture.
///
/// Promises: `submit` ends within [`submit_timeout`], and after it has returned (or was dropped) that call starts no
/// prediction any more; a status it does not know is [`Prediction::Working`], never an end.
#[async_trait]
pub trait ImageProvider: std::fmt::Debug + Send + Sync + 'static {
    /// Asks for one picture. Not repeatable: see [`SubmitError::Uncertain`].
    async fn submit(&self, request: &ProviderRequest<'_>) -> Result<Submitted, SubmitError>;

    /// `Ok(None)` when the provider knows no such prediction; by ticket it means that asking (again) makes nothing that
    /// is paid twice. A provider that cannot tell by ticket answers [`ProviderError::Unsearchable`], never `Ok(None)`.
    async fn status(&self, sought: Sought<'_>) -> Result<Option<Snapshot>, ProviderError>;

    /// Ends a prediction; one that has ended already stays as it is.
    async fn cancel(&self, prediction: &PredictionId) -> Result<(), ProviderError>;

    /// Checks a webhook's signature and age and reads it. Pure: no I/O, no store.
    fn verify(&self, call: &WebhookCall<'_>) -> Result<Snapshot, WebhookError>;

    /// Downloads an output, from the provider's own hosts alone, 32 MiB at the most.
    async fn fetch(&self, output: &str) -> Result<Vec<u8>, ProviderError>;
}

/// How long one `submit` may take, all told, when the picture is drawn afterwards.
pub const SUBMIT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long one `submit` may take, all told, when the picture is drawn meanwhile. With what happens around it, it
/// must fit into the two minutes after which the host ends a function.
pub const DRAWING_TIMEOUT: Duration = Duration::from_secs(75);

/// How long one `submit` of `provider` may take, all told.
pub fn submit_timeout(provider: Provider) -> Duration {
    if provider.draws_while_asked() { DRAWING_TIMEOUT } else { SUBMIT_TIMEOUT }
}

/// What became of a request that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// It will be drawn.
    Started(PredictionId),
    /// It is drawn, and this is the file: the provider keeps none.
    Drawn { picture: Vec<u8> },
    /// It was drawn, and the provider's own safety check kept it back.
    Filtered,
    /// The provider tried and failed. `reason` is for the log.
    Failed { reason: String },
}

/// One picture to draw.
#[derive(Debug, Clone)]
pub struct ProviderRequest<'a> {
    pub model: &'a Model,
    pub prompt: &'a str,
    pub aspect_ratio: AspectRatio,
    pub seed: u32,
    pub output_format: OutputFormat,
    /// Pictures to start from, in the user's order; as many as the model takes at the most.
    pub inputs: &'a [InputImage],
    /// How far the result may go from the input, in hundredths (1 to 100: 100 keeps nothing of it). For models that
    /// take it.
    pub strength_percent: Option<u8>,
    /// Comes back in the webhook's address, and finds the prediction when the answer to `submit` was lost.
    pub ticket: &'a Ticket,
    /// Where the provider reports to; without it the job is polled.
    pub callback: Option<String>,
    /// The provider should give up after this long, so that it does not draw for nobody.
    pub cancel_after: Duration,
}

/// A picture to start from: made by us from what the user gave, stripped of its metadata.
#[derive(Debug, Clone)]
pub struct InputImage {
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
    /// A link that the provider can read for an hour at least; absent where storage is not to be reached from
    /// outside. The bytes do as well.
    pub url: Option<String>,
}

/// The provider's name of one prediction. Opaque. After a space, an adapter may keep where that prediction is asked
/// about; that is no part of the name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PredictionId(pub String);

impl PredictionId {
    pub fn name(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// Whether both name the same prediction.
    pub fn is(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

/// How a prediction is looked for.
#[derive(Debug, Clone)]
pub enum Sought<'a> {
    ById(&'a PredictionId),
    /// By what we sent, when the answer was lost.
    ByTicket {
        ticket: &'a Ticket,
        /// For a provider that does not give the callback back: these name the picture. A user may order the very
        /// same picture twice; then either prediction of it will do.
        model: &'a Model,
        prompt: &'a str,
        aspect_ratio: AspectRatio,
        seed: u32,
        /// When it was asked for, or a little before.
        created_after: Timestamp,
    },
}

/// What is known of a prediction at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub id: PredictionId,
    pub state: Prediction,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Prediction {
    /// Not ended.
    Working { started: bool },
    /// Ended; the link lives for an hour or less.
    Drawn { output: String },
    /// The provider's own safety check kept the picture back.
    Filtered,
    /// Ended without a picture. `reason` is the provider's, for the log.
    Failed { reason: String },
    /// Ended by us, or by `cancel_after`.
    Cancelled,
}

/// A webhook as it came in.
#[derive(Debug, Clone)]
pub struct WebhookCall<'a> {
    pub id: Option<&'a str>,
    pub timestamp: Option<&'a str>,
    pub signature: Option<&'a str>,
    pub body: &'a [u8],
    pub now: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The prompt or a parameter is not acceptable; trying again will not help.
    #[error("the provider refused the request: {reason}")]
    Refused { reason: String },
    /// Certainly not accepted; worth trying again after a while.
    #[error("the provider takes no request now")]
    Unavailable {
        retry_after: Option<Duration>,
        #[source]
        source: BoxError,
    },
    /// The answer was lost: a prediction may exist. Look for the ticket before submitting again, here or anywhere.
    #[error("the provider's answer was lost")]
    Uncertain(#[source] BoxError),
}

#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Worth trying again.
    #[error("the provider is unavailable")]
    Unavailable(#[source] BoxError),
    /// Trying again will not help.
    #[error("the provider refused: {reason}")]
    Refused { reason: String },
    /// It keeps no list: whether it was asked for a picture cannot be found out, now or later. Asking again might be
    /// paid twice.
    #[error("the provider cannot be searched for a prediction")]
    Unsearchable,
}

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Forged, stale, or for someone else.
    #[error("the webhook's signature does not hold: {0}")]
    Forged(&'static str),
    /// Signed, but not readable as a prediction.
    #[error("the webhook's body is not a prediction")]
    Unreadable(#[source] BoxError),
}
