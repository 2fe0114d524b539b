//! Figures for operators. Each is an event of one target, so that whoever collects telemetry finds them and the log, by
//! default, does not show them. `docs/runbook.md` says what to do when one is not as it should be.

use std::time::Duration;

/// The target of the events. Each has the fields `metric` (a name) and `value` (a number); others say of what.
pub const TARGET: &str = "imagegen::metric";

/// Credits by which an account's ledger and balances disagree: 0, or somebody is to look at once.
pub fn ledger_drift(credits: u64) {
    tracing::debug!(target: TARGET, metric = "ledger_drift", value = credits);
}

/// What one call to a provider costs, in millionths of a dollar: counted when it is asked for, delivered or not.
pub(crate) fn provider_spend(model: &str, provider: &str, usd_micros: u64) {
    #[expect(clippy::cast_precision_loss, reason = "a picture costs less than a billion dollars")]
    let value = usd_micros as f64 / 1e6;
    tracing::debug!(target: TARGET, metric = "provider_spend_usd", value, model, provider);
}

/// How long ago the oldest job was accepted that nobody took up although it was due: 0 when there is none.
pub(crate) fn oldest_job(age: Duration) {
    tracing::debug!(target: TARGET, metric = "queue_oldest_job_seconds", value = age.as_secs());
}

/// By how much one commit changed the credits that are held for jobs: added up, what is held at this moment.
pub(crate) fn held_changed(credits: i64) {
    tracing::debug!(target: TARGET, metric = "credits_held_change", value = credits);
}

/// A webhook that could not be believed. `who` is whose it pretended to be.
pub fn webhook_refused(who: &str) {
    tracing::debug!(target: TARGET, metric = "webhook_refused", value = 1, who);
}

/// A message or a tick that could not be handled and will come again.
pub fn message_retried(function: &str) {
    tracing::debug!(target: TARGET, metric = "message_retried", value = 1, function);
}
