//! Credits: a ledger that can be proved.
//!
//! Five accounts: what a user may spend ([`Available`](AccountName::Available)), what is reserved for jobs under way
//! (`Held`), what was spent (`Used`), what was ever given (`Granted`, negative) and what lapsed (`Expired`). Every
//! [`Entry`] moves credits between them and sums to zero, so the five always sum to zero too.
//!
//! Invariants, tested over random histories: the [`Wallet`] is what its entries add up to; `available` and `held` of
//! no grant are ever negative; a hold closes once; a release goes back to the grants that it came from. When money
//! goes back, so do the credits that it bought; what of them was spent already is owed ([`GrantId::debt`]) and taken
//! from what comes next. That alone makes a balance negative.

mod amount;
mod entry;
mod verify;
mod wallet;

pub use self::amount::Credits;
pub use self::entry::{AccountName, Booked, Entry, GrantId, Posting, Reason};
pub use self::verify::{Balances, Drift, Sums, drift, replay};
pub use self::wallet::{Allocation, ClawedBack, Grant, Hold, NewGrant, NotEnough, Totals, Wallet};
