//! What becomes of pictures once they are made: found again, sorted, thrown away, shown to others, and removed in the
//! end.
//!
//! Reading order: [`filter`] (what a list can be narrowed to), [`list`] (one page, and the counts).

mod filter;
mod list;

pub use self::filter::{Filter, Moment, StatusFilter};
pub use self::list::{GenerationsPage, list, shelf};
