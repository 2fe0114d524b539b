//! The safety check.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::BoxError;

/// Checks prompts and pictures against the configured thresholds.
///
/// Promises: `Allowed` only when every category was judged.
#[async_trait]
pub trait Moderation: std::fmt::Debug + Send + Sync + 'static {
    /// `text` has 10,000 characters at the most.
    async fn text(&self, text: &str) -> Result<Verdict, ModerationError>;

    /// `image` is a JPEG, PNG or WebP of 4 MB and 7,200 pixels a side at the most.
    async fn image(&self, image: &[u8]) -> Result<Verdict, ModerationError>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    /// `severity` is 0 to 7, at or above the threshold.
    Blocked {
        category: Category,
        severity: u8,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Hate,
    SelfHarm,
    Sexual,
    Violence,
    /// A term of the operator's own block list, or the image provider's own filter.
    Other,
}

impl Category {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hate => "hate",
            Self::SelfHarm => "self_harm",
            Self::Sexual => "sexual",
            Self::Violence => "violence",
            Self::Other => "other",
        }
    }
}

/// No verdict was had.
#[derive(Debug, thiserror::Error)]
pub enum ModerationError {
    /// Worth trying again. Inputs are refused meanwhile, outputs wait.
    #[error("the safety check is unavailable")]
    Unavailable(#[source] BoxError),
    /// It cannot judge this: trying again will not help, and what is not judged is not shown.
    #[error("the safety check cannot judge this")]
    Unusable(#[source] BoxError),
}
