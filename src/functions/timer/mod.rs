//! What the clock starts. Timers ask what is due, page and enqueue; they do no work.

mod empty_trash;
mod reconcile_generations;
mod relay_outbox;
mod repair_billing;
mod reset_monthly_credits;
mod sweep_uploads;

pub use self::empty_trash::empty_trash;
pub use self::reconcile_generations::reconcile_generations;
pub use self::relay_outbox::relay_outbox;
pub use self::repair_billing::repair_billing;
pub use self::reset_monthly_credits::reset_monthly_credits;
pub use self::sweep_uploads::sweep_uploads;
