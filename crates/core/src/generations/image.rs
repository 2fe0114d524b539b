//! One picture of a job: one prediction at the provider, and what became of it.
//!
//! Each picture is a prediction of its own, with its own seed: so each can be made again alone, one that is filtered
//! is known by its number, and all models behave alike.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::generation::{Failure, plus};
use crate::catalog::OutputFormat;
use crate::ids::DecisionId;
use crate::ports::image_provider::PredictionId;
use crate::ports::moderation::Category;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// From 0.
    pub index: u32,
    pub seed: u32,
    pub state: ImageState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ImageState {
    /// Certainly nothing is asked of the provider. `not_before`: the provider asked for patience.
    Planned {
        not_before: Option<Timestamp>,
        tries: u32,
    },
    /// The intent: the provider is being asked, or was when the process died. Nobody else asks before `lease_until`,
    /// and then only after looking for what was asked.
    Requested {
        asked_at: Timestamp,
        lease_until: Timestamp,
        tries: u32,
    },
    /// The provider is at it; last heard of at `seen_at`.
    Rendering {
        prediction: PredictionId,
        seen_at: Timestamp,
    },
    /// Drawn, and now to be fetched, checked and stored. The link does not live long.
    Drawn {
        prediction: PredictionId,
        output: String,
        seen_at: Timestamp,
    },
    Delivered(Asset),
    /// Kept back by the safety check, the provider's or ours.
    Filtered {
        decision: DecisionId,
        category: Category,
    },
    Failed {
        reason: Failure,
    },
}

/// A stored picture. Its keys follow from user, generation and index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub width: u32,
    pub height: u32,
    /// Of the original.
    pub bytes: u64,
    pub format: OutputFormat,
    /// Whether the original serves as the display image.
    pub original_is_display: bool,
    /// A `data:` URL.
    pub placeholder: String,
}

/// How long one worker may be at asking. Longer than every call within it together, so that a lease that has run
/// out belongs to nobody alive.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// A worker that stored its intent asks only within this time: the rest of the lease is for the call itself.
pub(super) const ASK_WITHIN: SignedDuration = SignedDuration::from_secs(15);
/// Silence of the provider for this long makes us ask.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);

impl Image {
    pub(super) fn planned(index: u32, seed: u32) -> Self {
        Self { index, seed, state: ImageState::Planned { not_before: None, tries: 0 } }
    }

    /// When someone should look after it.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match &self.state {
            ImageState::Planned { not_before, .. } => {
                // The message that resumes it may be lost.
                Some(not_before.map_or(Timestamp::MIN, |at| plus(at, LEASE)))
            }
            ImageState::Requested { lease_until, .. } => Some(*lease_until),
            ImageState::Rendering { seen_at, .. } | ImageState::Drawn { seen_at, .. } => {
                Some(plus(*seen_at, SILENCE))
            }
            ImageState::Delivered(_) | ImageState::Filtered { .. } | ImageState::Failed { .. } => {
                None
            }
        }
    }

    /// Whether the provider may be asked for it now; and whether to look first for what an earlier worker asked.
    pub(super) fn may_ask(&self, now: Timestamp) -> Option<Ask> {
        match &self.state {
            ImageState::Planned { not_before, tries } if not_before.is_none_or(|at| at <= now) => {
                Some(Ask { look_since: None, tries: *tries })
            }
            ImageState::Requested { asked_at, lease_until, tries } if *lease_until <= now => {
                Some(Ask { look_since: Some(*asked_at), tries: *tries })
            }
            _ => None,
        }
    }

    /// Stores the intent to ask at `now`.
    pub(super) fn ask(&mut self, ask: &Ask, now: Timestamp) {
        self.state = ImageState::Requested {
            // The first asking counts: what it started must be found.
            asked_at: ask.look_since.unwrap_or(now),
            lease_until: plus(now, LEASE),
            tries: ask.tries + 1,
        };
    }

    /// The provider knows it under this name. `false`: it is known already, or over.
    pub(super) fn accepted(&mut self, prediction: &PredictionId, now: Timestamp) -> bool {
        let open = matches!(self.state, ImageState::Planned { .. } | ImageState::Requested { .. });
        if open {
            self.state = ImageState::Rendering { prediction: prediction.clone(), seen_at: now };
        }
        open
    }

    /// Whether the intent of the worker that took it at `taken_at` still stands.
    pub(super) fn asked_at(&self, taken_at: Timestamp) -> bool {
        matches!(&self.state, ImageState::Requested { lease_until, .. } if *lease_until == plus(taken_at, LEASE))
    }

    /// Certainly nothing was started: ask again after `not_before`.
    pub(super) fn postpone(&mut self, not_before: Timestamp) {
        if let ImageState::Requested { tries, .. } = self.state {
            self.state = ImageState::Planned { not_before: Some(not_before), tries };
        }
    }

    /// Whether news of `prediction` is news of this picture.
    pub(super) fn concerns(&self, prediction: &PredictionId) -> bool {
        match &self.state {
            ImageState::Planned { .. } | ImageState::Requested { .. } => true,
            ImageState::Rendering { prediction: own, .. }
            | ImageState::Drawn { prediction: own, .. } => own == prediction,
            ImageState::Delivered(_) | ImageState::Filtered { .. } | ImageState::Failed { .. } => {
                false
            }
        }
    }
}

/// A picture that the provider may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// An earlier worker may have asked since then: look before asking again.
    pub(super) look_since: Option<Timestamp>,
    pub(super) tries: u32,
}

impl ImageState {
    /// Not delivered, filtered or failed yet.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Planned { .. }
            | Self::Requested { .. }
            | Self::Rendering { .. }
            | Self::Drawn { .. } => true,
            Self::Delivered(_) | Self::Filtered { .. } | Self::Failed { .. } => false,
        }
    }
}
