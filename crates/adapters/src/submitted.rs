//! What the answers to a request for a picture have in common.

use imagegen_core::ports::image_provider::SubmitError;
use serde_json::Value;

use crate::http::{HttpError, Reply};

/// Characters of a provider's reason that are kept.
const LONGEST_REASON: usize = 200;

/// There was no answer: whether anything was started depends on how far the call came.
pub(crate) fn unanswered(error: HttpError) -> SubmitError {
    if error.may_have_arrived() {
        SubmitError::Uncertain(error.into())
    } else {
        SubmitError::Unavailable { retry_after: None, source: error.into() }
    }
}

/// An answer that is no success. Only what says so by name started nothing. `reason` is the vendor's.
pub(crate) fn not_accepted(reply: &Reply, vendor: &str, reason: String) -> SubmitError {
    let unavailable =
        |retry_after| SubmitError::Unavailable { retry_after, source: reply.unexpected().into() };
    match reply.status.as_u16() {
        400 | 413 | 422 => SubmitError::Refused { reason },
        429 => unavailable(reply.retry_after),
        200..=299 | 408 | 500..=599 => SubmitError::Uncertain(reply.unexpected().into()),
        status => {
            // Not the user's fault and no trouble that passes: key, balance or model name. Logged here because
            // whoever tries again sees nothing but "unavailable".
            tracing::error!(status, reason, "{vendor} turned our account or model away");
            unavailable(reply.retry_after)
        }
    }
}

/// For the log, where no prompt belongs, should the provider quote it.
pub(crate) fn reason(text: &str, prompt: &str) -> String {
    let text = if prompt.is_empty() { text.to_owned() } else { text.replace(prompt, "…") };
    let text: String = text.chars().take(LONGEST_REASON).collect();
    if text.trim().is_empty() { "no reason given".into() } else { text }
}

/// What an answer that is no success says, in the form of FastAPI, which several vendors use: `detail` is a sentence
/// or a list of complaints.
pub(crate) fn detail(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body.get("detail") {
        Some(Value::String(text)) => text.clone(),
        Some(other) => {
            let complaints = other.as_array().into_iter().flatten();
            let messages = complaints.filter_map(|it| it.get("msg")?.as_str());
            messages.collect::<Vec<_>>().join("; ")
        }
        None => String::new(),
    }
}
