//! RFC 9457 problem details: the only error body this API ever sends.

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use imagegen_core::ports::blobs::BlobsError;
use imagegen_core::ports::documents::DocumentsError;
use serde::Serialize;
use utoipa::ToSchema;

use super::request::Response;

/// Why a request was not done, for the client to read and to act on. Boxed: it is rare, and results stay small.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    challenge: Option<&'static str>,
    extra: serde_json::Map<String, serde_json::Value>,
}

/// The body of every answer that is not a success (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `/problems/` and the code.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The path that was called.
    instance: String,
    /// For programs: stays the same when a sentence changes.
    code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// To quote when asking for help.
    trace_id: String,
    #[serde(flatten)]
    extra: serde_json::Map<String, serde_json::Value>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (RFC 6901, as a fragment), such as `#/prompt`.
    pub pointer: String,
    pub detail: String,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            title,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            challenge: None,
            extra: serde_json::Map::new(),
        }))
    }

    /// The body has the right shape, but a field does not hold what it should.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-request",
            "The request is not valid",
        );
        let sentences: Vec<_> = errors
            .iter()
            .map(|e| format!("{} {}", e.pointer.trim_start_matches("#/"), e.detail))
            .collect();
        problem.0.detail = Some(format!("{}.", sentences.join("; ")));
        problem.0.errors = errors;
        problem
    }

    pub fn invalid_field(field: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: format!("#/{field}"), detail: detail.into() }])
    }

    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first")
            .detail(detail)
            .challenge("invalid_token")
    }

    /// Also for what is another user's: that it exists is not told.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found")
            .detail(format!("There is no such {what}."))
    }

    /// Something that this service depends on is down; nothing was done.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not possible at the moment")
            .detail(detail)
            .retry_after(Duration::from_secs(5))
    }

    /// A bug, or a store that refuses. The reason is in the log, under the trace id.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here")
            .detail("It was written down. Nothing was charged for this request.")
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// When trying again makes sense, in whole seconds.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// One more member, for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    /// The same problem under another name.
    #[must_use]
    pub fn renamed(mut self, code: &'static str, title: &'static str) -> Self {
        self.0.code = code;
        self.0.title = title;
        self
    }

    /// Names the field that it is about.
    #[must_use]
    pub fn field(mut self, field: &str, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: format!("#/{field}"), detail: detail.into() });
        self
    }

    /// The `error` of the `WWW-Authenticate` header (RFC 6750 §3.1).
    #[must_use]
    pub(super) fn challenge(mut self, error: &'static str) -> Self {
        self.0.challenge = Some(error);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The reply, for the call of `path` that is traced as `trace_id`.
    pub(super) fn into_response(self, path: &str, trace_id: &str) -> Response {
        let Parts { status, code, title, detail, errors, retry_after, challenge, extra } = *self.0;
        let body = ProblemBody {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            detail,
            instance: path.to_owned(),
            code,
            errors,
            trace_id: trace_id.to_owned(),
            extra,
        };
        let body = serde_json::to_vec(&body).expect("a problem always serializes");
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(after) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        if let Some(error) = challenge {
            let challenge = HeaderValue::from_str(&format!("Bearer error=\"{error}\""));
            headers.insert(header::WWW_AUTHENTICATE, challenge.expect("a static word"));
        }
        response
    }
}

impl From<BlobsError> for Problem {
    fn from(error: BlobsError) -> Self {
        let cause = &error as &dyn std::error::Error;
        match &error {
            BlobsError::Unavailable(_) => {
                tracing::error!(error = cause, "No blob store");
                Self::unavailable("The store for pictures is not reachable; nothing is lost.")
            }
            BlobsError::Refused(_) => {
                tracing::error!(error = cause, "The blob store refused");
                Self::internal()
            }
        }
    }
}

impl From<DocumentsError> for Problem {
    fn from(error: DocumentsError) -> Self {
        match &error {
            DocumentsError::Conflict { .. } => {
                tracing::warn!(error = &error as &dyn std::error::Error, "Too many at once");
                Self::unavailable("Many of your requests came at the same moment; try again.")
                    .retry_after(Duration::from_secs(1))
            }
            DocumentsError::Unavailable(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "No document store");
                Self::unavailable("The store is not reachable; nothing was done.")
            }
            DocumentsError::Refused(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "The store refused");
                Self::internal()
            }
        }
    }
}
