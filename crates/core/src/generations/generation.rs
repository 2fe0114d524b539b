//! The life of a job, as values: every change is a method that takes the time and says whether anything changed.
//!
//! ```text
//! queued ─▶ starting ─▶ running ─▶ finishing ─▶ succeeded | failed | cancelled | blocked
//! ```
//! The status is read off the stage and the images, so that it cannot contradict them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Order;
use super::image::{Image, ImageState};
use super::keeping::Keeping;
use crate::catalog::PlanId;
use crate::credits::{Credits, Hold};
use crate::ids::{DecisionId, GenerationId, UserId};
use crate::messages::QueueName;
use crate::ports::moderation::Category;

/// Stored as it is (`schema` 1); a fixture test holds the stored form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    pub(super) schema: u8,
    pub id: GenerationId,
    pub user: UserId,
    pub order: Order,
    /// At acceptance: it decides on the watermark, whatever the plan is later.
    pub plan: PlanId,
    pub queue: QueueName,
    pub created_at: Timestamp,
    /// By then the job has ended, delivered or released.
    pub deadline_at: Timestamp,
    /// Only rises, so that a late event never moves a job back.
    pub revision: u64,
    pub retry_of: Option<GenerationId>,
    pub hold: Hold,
    pub stage: Stage,
    /// The message in the outbox that speaks of this job. Who handles it deletes it.
    pub outbox: Option<String>,
    #[serde(default, skip_serializing_if = "Keeping::is_plain")]
    pub keeping: Keeping,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// In the user's own backlog.
    Waiting,
    /// In the shared queue since `at`.
    Queued {
        at: Timestamp,
    },
    AtWork {
        started_at: Timestamp,
        give_up_at: Timestamp,
        images: Vec<Image>,
    },
    Ended(Ended),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub outcome: Outcome,
    pub started_at: Option<Timestamp>,
    pub finished_at: Timestamp,
    pub images: Vec<Image>,
    pub captured: Credits,
    pub released: Credits,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// At least one image was delivered.
    Succeeded,
    Failed {
        reason: Failure,
    },
    Cancelled,
    /// Nothing was delivered, and the safety check kept at least one image back.
    Blocked {
        decision: DecisionId,
        category: Category,
    },
}

/// Why a job, or one image of it, ended without a picture; what a user reads is written beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The provider does not accept the prompt or a parameter.
    Refused,
    /// The provider tried and failed.
    ProviderFailed,
    /// The provider's file could not be used.
    BadOutput,
    /// A picture that it starts from is there no more.
    InputGone,
    TimedOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Queued,
    Starting,
    Running,
    Finishing,
    Succeeded,
    Failed,
    Cancelled,
    Blocked,
}

/// We end a job this long before its deadline at the latest, so that the deadline holds although a timer and a
/// queue lie between.
const MARGIN: SignedDuration = SignedDuration::from_mins(3);
/// A message that should have been handled long ago is sent again.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(2);

impl Generation {
    pub fn status(&self) -> Status {
        match &self.stage {
            Stage::Waiting | Stage::Queued { .. } => Status::Queued,
            Stage::AtWork { images, .. } => {
                let any = |f: fn(&ImageState) -> bool| images.iter().any(|i| f(&i.state));
                if any(|s| matches!(s, ImageState::Rendering { .. })) {
                    Status::Running
                } else if any(|s| {
                    matches!(s, ImageState::Planned { .. } | ImageState::Requested { .. })
                }) {
                    Status::Starting
                } else {
                    Status::Finishing
                }
            }
            Stage::Ended(ended) => match ended.outcome {
                Outcome::Succeeded => Status::Succeeded,
                Outcome::Failed { .. } => Status::Failed,
                Outcome::Cancelled => Status::Cancelled,
                Outcome::Blocked { .. } => Status::Blocked,
            },
        }
    }

    /// The images as far as they are known; none before the job is at work.
    pub fn images(&self) -> &[Image] {
        match &self.stage {
            Stage::Waiting | Stage::Queued { .. } => &[],
            Stage::AtWork { images, .. } => images,
            Stage::Ended(ended) => &ended.images,
        }
    }

    /// What providers take for the job so far, in millionths of a dollar. Not for users.
    pub fn spent_usd_micros(&self) -> u64 {
        self.images().iter().map(|image| image.spent_usd_micros).sum()
    }

    pub fn is_final(&self) -> bool {
        matches!(self.stage, Stage::Ended(_))
    }

    /// The moment after which waiting longer is pointless.
    pub fn give_up_at(&self) -> Option<Timestamp> {
        let last = minus(self.deadline_at, MARGIN);
        match &self.stage {
            Stage::Waiting | Stage::Queued { .. } => Some(last),
            Stage::AtWork { give_up_at, .. } => Some((*give_up_at).min(last)),
            Stage::Ended(_) => None,
        }
    }

    /// When a timer should look at this job, if nobody else has: what keeps it from staying anywhere for ever.
    pub fn due(&self) -> Option<Timestamp> {
        let Some(give_up_at) = self.give_up_at() else { return self.keeping.due() };
        let attention = match &self.stage {
            Stage::Waiting | Stage::Ended(_) => None,
            Stage::Queued { at } => Some(plus(*at, LOST_AFTER)),
            Stage::AtWork { images, .. } => images.iter().filter_map(Image::due).min(),
        };
        Some(attention.map_or(give_up_at, |at| at.min(give_up_at)))
    }

    /// Takes the job out of the backlog into the shared queue; `message` is the one in the outbox.
    pub fn dispatch(&mut self, message: String, now: Timestamp) {
        debug_assert!(matches!(self.stage, Stage::Waiting), "only a waiting job is dispatched");
        self.stage = Stage::Queued { at: now };
        self.outbox = Some(message);
    }

    /// A worker takes it: images get their seeds. `seeds` has one for each.
    pub fn start(&mut self, seeds: &[u32], work_limit: SignedDuration, now: Timestamp) {
        if let Stage::Waiting | Stage::Queued { .. } = self.stage {
            let images = seeds.iter().zip(0..).map(|(seed, index)| Image::planned(index, *seed));
            self.stage = Stage::AtWork {
                started_at: now,
                give_up_at: plus(now, work_limit),
                images: images.collect(),
            };
        }
    }

    /// One image of a job at work.
    pub fn image_mut(&mut self, index: u32) -> Option<&mut Image> {
        match &mut self.stage {
            Stage::AtWork { images, .. } => images.iter_mut().find(|i| i.index == index),
            Stage::Waiting | Stage::Queued { .. } | Stage::Ended(_) => None,
        }
    }

    /// How a job at work ends, once no image is under way any more.
    pub fn settled(&self) -> Option<Outcome> {
        let Stage::AtWork { images, .. } = &self.stage else { return None };
        if images.iter().any(|i| i.state.is_open()) {
            return None;
        }
        Some(outcome_of(images))
    }

    /// How a job ends when no more time is left: with what it has.
    pub fn timed_out(&self) -> Outcome {
        match outcome_of(self.images()) {
            Outcome::Failed { .. } => Outcome::Failed { reason: Failure::TimedOut },
            other => other,
        }
    }

    /// Ends the job; `None` if it has ended before. Returns what is captured: the price of each image delivered.
    /// Images still under way end without a picture.
    pub fn end(&mut self, outcome: Outcome, price: Credits, now: Timestamp) -> Option<Credits> {
        let (started_at, images) = match &self.stage {
            Stage::Ended(_) => return None,
            Stage::Waiting | Stage::Queued { .. } => (None, Vec::new()),
            Stage::AtWork { started_at, images, .. } => (Some(*started_at), images.clone()),
        };
        let delivered = images.iter().filter(|i| matches!(i.state, ImageState::Delivered(_)));
        let captured: Credits = delivered.map(|_| price).sum();
        let released = self.hold.amount().checked_sub(captured);
        let released = released.expect("no more images are delivered than were held for");
        let ended = Ended { outcome, started_at, finished_at: now, images, captured, released };
        self.stage = Stage::Ended(ended);
        Some(captured)
    }
}

fn outcome_of(images: &[Image]) -> Outcome {
    let mut failure = Failure::TimedOut;
    let mut blocked = None;
    for image in images {
        match &image.state {
            ImageState::Delivered(_) => return Outcome::Succeeded,
            ImageState::Filtered { decision, category } => {
                blocked =
                    Some(Outcome::Blocked { decision: decision.clone(), category: *category });
            }
            ImageState::Failed { reason } => failure = *reason,
            ImageState::Planned { .. }
            | ImageState::Requested { .. }
            | ImageState::Rendering { .. }
            | ImageState::Drawn { .. }
            | ImageState::Kept { .. } => {}
        }
    }
    blocked.unwrap_or(Outcome::Failed { reason: failure })
}

pub(super) fn plus(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.checked_add(duration).expect("jobs live for hours, not millennia")
}

pub(super) fn minus(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.checked_sub(duration).expect("jobs live for hours, not millennia")
}

impl Status {
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Starting,
        Self::Running,
        Self::Finishing,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Blocked,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Finishing => "finishing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jobs of the first version, in every stage, and with all that was added since, are still read; and written as
    /// they were.
    #[test]
    fn the_stored_form_of_schema_1_still_decodes() {
        let read = |text| -> Vec<serde_json::Value> { serde_json::from_str(text).expect("JSON") };
        let first = read(include_str!("fixtures/generations-1.json"));
        let later = read(include_str!("fixtures/generations-2.json"));
        for stored in first.into_iter().chain(later) {
            let job: Generation = serde_json::from_value(stored.clone()).expect("schema 1");
            assert_eq!(serde_json::to_value(&job).expect("plain data"), stored);
        }
    }
}
