//! One picture of a job: one prediction at the provider, and what became of it.
//!
//! Each picture is a prediction of its own, with its own seed: so each can be made again alone, one that is filtered
//! is known by its number, and all models behave alike.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::generation::{Failure, plus};
use crate::catalog::{OutputFormat, Provider};
use crate::ids::DecisionId;
use crate::ports::image_provider::{PredictionId, submit_timeout};
use crate::ports::moderation::Category;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// From 0.
    pub index: u32,
    pub seed: u32,
    /// Who is asked for it, or was asked last.
    #[serde(default, skip_serializing_if = "is_default")]
    pub provider: Provider,
    /// Who turned it away since it last waited: the next route is another one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub passed: Vec<Provider>,
    /// What the provider takes for it, in millionths of a dollar, by the catalogue of that day; 0 until there is
    /// something to pay. A lost answer counts as paid.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spent_usd_micros: u64,
    pub state: ImageState,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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
    /// Drawn, and the file came with the answer: it lies in our own store, to be checked and finished.
    Kept {
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

/// A worker that stored its intent asks only within this time: the rest of the lease is for the call itself.
pub(super) const ASK_WITHIN: SignedDuration = SignedDuration::from_secs(15);
/// How long the message that resumes a job may be late.
const RESUMED_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// Silence of the provider for this long makes us ask.
pub(super) const SILENCE: SignedDuration = SignedDuration::from_secs(60);

impl Image {
    pub(super) fn planned(index: u32, seed: u32) -> Self {
        Self {
            index,
            seed,
            provider: Provider::default(),
            passed: Vec::new(),
            spent_usd_micros: 0,
            state: ImageState::Planned { not_before: None, tries: 0 },
        }
    }

    /// When someone should look after it.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match &self.state {
            ImageState::Planned { not_before, .. } => {
                // The message that resumes it may be lost.
                Some(not_before.map_or(Timestamp::MIN, |at| plus(at, RESUMED_WITHIN)))
            }
            ImageState::Requested { lease_until, .. } => Some(*lease_until),
            ImageState::Rendering { seen_at, .. }
            | ImageState::Drawn { seen_at, .. }
            | ImageState::Kept { seen_at } => Some(plus(*seen_at, SILENCE)),
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

    /// Stores the intent to ask `provider` at `now`.
    pub(super) fn ask(&mut self, provider: Provider, ask: &Ask, now: Timestamp) -> Timestamp {
        let lease_until = plus(now, lease(provider));
        self.provider = provider;
        self.state = ImageState::Requested {
            // The first asking counts: what it started must be found.
            asked_at: ask.look_since.unwrap_or(now),
            lease_until,
            tries: ask.tries + 1,
        };
        lease_until
    }

    /// `provider` knows it under this name. `false`: it is known already, or over.
    pub(super) fn accepted(
        &mut self,
        provider: Provider,
        prediction: &PredictionId,
        now: Timestamp,
    ) -> bool {
        let open = self.is_wanted();
        if open {
            self.provider = provider;
            self.state = ImageState::Rendering { prediction: prediction.clone(), seen_at: now };
        } else if self.concerns(provider, prediction)
            && let ImageState::Rendering { prediction: own, .. } = &mut self.state
            && prediction.0.len() > own.0.len()
        {
            // A webhook told its name; who asked also knows where to ask about it.
            own.clone_from(prediction);
        }
        open
    }

    pub(super) fn prediction(&self) -> Option<&PredictionId> {
        match &self.state {
            ImageState::Rendering { prediction, .. } | ImageState::Drawn { prediction, .. } => {
                Some(prediction)
            }
            ImageState::Planned { .. }
            | ImageState::Requested { .. }
            | ImageState::Kept { .. }
            | ImageState::Delivered(_)
            | ImageState::Filtered { .. }
            | ImageState::Failed { .. } => None,
        }
    }

    /// Its file lies in our store. `false`: it is known already, or over.
    pub(super) fn kept(&mut self, now: Timestamp) -> bool {
        let open = self.is_wanted();
        if open {
            self.state = ImageState::Kept { seen_at: now };
        }
        open
    }

    fn is_wanted(&self) -> bool {
        matches!(self.state, ImageState::Planned { .. } | ImageState::Requested { .. })
    }

    /// Whether the intent of the worker whose lease ends then still stands.
    pub(super) fn asked_until(&self, lease: Timestamp) -> bool {
        matches!(&self.state, ImageState::Requested { lease_until, .. } if *lease_until == lease)
    }

    /// Certainly nothing was started by whom it was asked of: another may be asked at once.
    pub(super) fn turned_away(&mut self) {
        if let ImageState::Requested { tries, .. } = self.state {
            self.passed.push(self.provider);
            self.state = ImageState::Planned { not_before: None, tries };
        }
    }

    /// Nobody was asked, and nobody can be now: all may be, after `not_before`.
    pub(super) fn postpone(&mut self, not_before: Timestamp) {
        if let ImageState::Planned { tries, .. } | ImageState::Requested { tries, .. } = self.state
        {
            self.passed.clear();
            self.state = ImageState::Planned { not_before: Some(not_before), tries };
        }
    }

    /// Whether news of `prediction` at `provider` is news of this picture.
    pub(super) fn concerns(&self, provider: Provider, prediction: &PredictionId) -> bool {
        match &self.state {
            ImageState::Planned { .. } | ImageState::Requested { .. } => true,
            ImageState::Rendering { prediction: own, .. }
            | ImageState::Drawn { prediction: own, .. } => {
                own.is(prediction) && self.provider == provider
            }
            ImageState::Kept { .. }
            | ImageState::Delivered(_)
            | ImageState::Filtered { .. }
            | ImageState::Failed { .. } => false,
        }
    }
}

/// How long one worker may be at asking `provider`. Longer than every call within it together, so that a lease that
/// has run out belongs to nobody alive.
fn lease(provider: Provider) -> SignedDuration {
    /// For what is around the call: the look before it, the store before and after it.
    const AROUND: SignedDuration = SignedDuration::from_secs(40);
    let call = SignedDuration::try_from(submit_timeout(provider)).expect("seconds are a duration");
    call.checked_add(AROUND).expect("seconds are a duration")
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
            | Self::Drawn { .. }
            | Self::Kept { .. } => true,
            Self::Delivered(_) | Self::Filtered { .. } | Self::Failed { .. } => false,
        }
    }
}
