//! Money: what is bought, what it gives, and what becomes of it when the money goes back.
//!
//! The payment service's books are the truth. Whatever it tells ("something happened to this customer"), and whoever
//! asks (a webhook, a user who has just paid, a month's end, a daily timer), the same thing is done: read the whole
//! books, and bring the account to where they say it is ([`follow`]). So it makes no difference in which order news
//! comes, how often, or whether it comes at all.
//!
//! Each invoice gives its credits once: the [`Receipt`] of its grant is made in the same commit.

mod buy;
mod follow;
mod gifts;
mod receipt;
mod repair;
mod verdict;
mod view;

#[cfg(test)]
mod tests;

pub use self::buy::{BuyError, Errand, buy, visit_portal};
pub use self::follow::{FollowError, Followed, follow, refresh, renew};
pub use self::gifts::{Gift, gifts};
pub use self::receipt::Receipt;
pub use self::repair::{RepairError, repair};
pub use self::verdict::{Verdict, verdict};
pub use self::view::{PackView, SubscriptionView};
