//! A user's account: plan, credits, the month it is in, what is paid for, and how many jobs may be at work.
//!
//! The account is one document, `account`, in the user's partition. Everything that changes credits or jobs goes
//! through [`Draft`], which reads it, lets a rule decide, and writes all of the decision in one commit.

mod account;
mod audit;
mod draft;
mod lanes;
mod period;
mod plan;
mod reset;
mod shelf;
mod standing;

pub use self::account::{Account, CannotHold, KIND, Kept, TooManyUploads};
pub use self::audit::{Audit, audit};
pub use self::draft::{Draft, EVENTS_KEPT, StoredEvent, event_id};
pub(crate) use self::draft::{KeptMessage, outbox_id, outbox_kind};
pub use self::lanes::{Admission, BacklogFull, Lanes};
pub use self::period::Period;
pub use self::plan::put_on_plan;
pub use self::reset::{EnqueueError, current, enqueue_due_resets, reset};
pub use self::shelf::{Place, Shelf};
pub use self::standing::{PaidPlan, Standing};
