//! What arrives through queues.

mod apply_stripe_event;
mod finish_generation;
mod remove_upload;
mod reset_account_credits;
mod submit_generation;
mod tend_library;

pub use self::apply_stripe_event::apply_stripe_event;
pub use self::finish_generation::finish_generation;
pub use self::remove_upload::remove_upload;
pub use self::reset_account_credits::reset_account_credits;
pub use self::submit_generation::submit_generation;
pub use self::tend_library::tend_library;
