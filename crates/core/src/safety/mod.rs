//! What the safety check kept back, and what its owner can say to that.
//!
//! Reading order: [`decision`] (a verdict that can be quoted), [`appeal`] (the owner's objection and the operator's
//! answer), [`pardon`] (what an overturned decision lets through), [`evaluation`] (how good the thresholds are).

mod appeal;
mod decision;
pub mod evaluation;
mod pardon;

pub use self::appeal::{AppealError, NewAppeal, OpenAppeal, answer, appeal, find, open_appeals};
pub use self::decision::{Answer, Appeal, Decision, KIND, Outcome, Subject};
pub(crate) use self::pardon::{Fingerprint, is_pardoned};
