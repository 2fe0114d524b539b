//! Errors in the vendor's form.

use http::StatusCode;
use serde_json::{Value, json};

/// What a call comes to.
pub(super) type Done<T = Value> = Result<T, Refusal>;

/// Why a call is not done; nothing of it was then.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    decline_code: Option<&'static str>,
    message: String,
    param: Option<String>,
}

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, code: None, decline_code: None, message: message.into(), param: None }
    }

    fn request(code: &'static str, message: impl Into<String>) -> Self {
        let refusal = Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message);
        Self { code: Some(code), ..refusal }
    }

    pub(super) fn parameter_missing(param: &str) -> Self {
        let message = format!("Missing required param: {param}.");
        Self { param: Some(param.to_owned()), ..Self::request("parameter_missing", message) }
    }

    pub(super) fn parameter_unknown(param: &str) -> Self {
        let message = format!("Received unknown parameter: {param}");
        Self { param: Some(param.to_owned()), ..Self::request("parameter_unknown", message) }
    }

    /// A parameter whose value will not do.
    pub(super) fn invalid(param: &str, message: impl Into<String>) -> Self {
        let refusal = Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message);
        Self { param: Some(param.to_owned()), ..refusal }
    }

    /// The same with a code that programs tell apart.
    pub(super) fn coded(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        Self { param: Some(param.to_owned()), ..Self::request(code, message) }
    }

    /// The state of things forbids it.
    pub(super) fn state(code: &'static str, message: impl Into<String>) -> Self {
        Self::request(code, message)
    }

    /// The object that the address names does not exist.
    pub(super) fn no_such(what: &str, id: &str) -> Self {
        let refusal = Self::request("resource_missing", format!("No such {what}: '{id}'"));
        Self { status: StatusCode::NOT_FOUND, param: Some("id".to_owned()), ..refusal }
    }

    /// The object that a parameter names does not exist.
    pub(super) fn no_such_named(what: &str, id: &str, param: &str) -> Self {
        let refusal = Self::request("resource_missing", format!("No such {what}: '{id}'"));
        Self { param: Some(param.to_owned()), ..refusal }
    }

    pub(super) fn no_such_address(method: &http::Method, path: &str) -> Self {
        let message =
            format!("Unrecognized request URL ({method}: {path}). The stand-in may not have it.");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    pub(super) fn wrong_key(given: Option<&str>) -> Self {
        let message = match given {
            None => "You did not provide an API key.".to_owned(),
            Some(key) => {
                let shown: String = key.chars().take(8).collect();
                format!("Invalid API Key provided: {shown}****")
            }
        };
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    pub(super) fn declined() -> Self {
        let refusal = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", DECLINED);
        Self { code: Some("card_declined"), decline_code: Some("generic_decline"), ..refusal }
    }

    pub(super) fn other_parameters(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    pub(super) fn under_way(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key ({key}), that has not \
             finished yet."
        );
        let refusal = Self::new(StatusCode::CONFLICT, "idempotency_error", message);
        Self { code: Some("idempotency_key_in_use"), ..refusal }
    }

    /// What a fault makes of a call.
    pub(super) fn fault(status: StatusCode) -> Self {
        let kind =
            if status == StatusCode::TOO_MANY_REQUESTS { "rate_limit_error" } else { "api_error" };
        Self::new(status, kind, "The local Stripe was told to fail.")
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The answer's body; what is not known is left out, as the vendor does.
    pub(super) fn body(&self, request: &str) -> Value {
        let mut error = json!({ "type": self.kind, "message": self.message });
        if let Some(code) = self.code {
            error["code"] = json!(code);
            error["doc_url"] = json!(format!("https://stripe.com/docs/error-codes/{code}"));
        }
        if let Some(code) = self.decline_code {
            error["decline_code"] = json!(code);
        }
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        error["request_log_url"] =
            json!(format!("https://dashboard.stripe.com/test/logs/{request}"));
        json!({ "error": error })
    }
}

/// As people read it too.
pub(super) const DECLINED: &str = "Your card was declined.";
