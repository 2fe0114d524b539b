//! One call and its answer.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use imagegen_core::ports::BoxError;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A key or token. Shows itself to nobody who does not ask by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// One call, which can be sent any number of times.
#[derive(Clone)]
pub struct Call {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, Value)>,
    body: Option<Bytes>,
    /// For one attempt, from connecting to the answer's last byte.
    pub(super) timeout: Duration,
    /// For all attempts and the waits between them.
    pub(super) patience: Duration,
    /// Bytes.
    pub(super) largest_answer: usize,
    pub(super) may_pass: Rule,
    /// What telemetry files it under.
    pub(super) kind: &'static str,
}

/// Whether an answer may be another one next time.
pub(crate) type Rule = fn(StatusCode, &HeaderMap) -> bool;

#[derive(Clone)]
enum Value {
    Open(String),
    Secret(Secret),
}

/// An answer, whatever its status.
#[derive(Clone)]
pub struct Reply {
    pub(super) host: String,
    pub status: StatusCode,
    /// From now on.
    pub retry_after: Option<Duration>,
    /// By the call's rule.
    pub(super) may_pass: bool,
    pub(super) headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The answer is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum UnexpectedReply {
    #[error("{host} answered {status}")]
    Status { host: String, status: StatusCode },
    #[error("the answer of {host} is not readable")]
    Body { host: String, source: serde_json::Error },
}

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Call {
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: None,
            timeout: Duration::from_secs(10),
            patience: Duration::from_secs(20),
            largest_answer: 1024 * 1024,
            may_pass: |status, _| matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504),
            kind: "HTTP",
        }
    }

    /// Without a body, unless [`Call::body`] or [`Call::json`] adds one.
    pub fn post(url: Url) -> Self {
        Self { method: Method::POST, body: Some(Bytes::new()), ..Self::get(url) }
    }

    /// Without a body, unless [`Call::body`] or [`Call::json`] adds one.
    pub fn put(url: Url) -> Self {
        Self { method: Method::PUT, body: Some(Bytes::new()), ..Self::get(url) }
    }

    pub fn delete(url: Url) -> Self {
        Self { method: Method::DELETE, ..Self::get(url) }
    }

    /// What somebody else put together.
    pub(super) fn of(
        kind: &'static str,
        method: Method,
        url: Url,
        headers: Vec<(HeaderName, String)>,
        body: Option<Bytes>,
    ) -> Self {
        let headers = headers.into_iter().map(|(name, value)| {
            let secret = name == AUTHORIZATION;
            let value = if secret { Value::Secret(Secret(value)) } else { Value::Open(value) };
            (name, value)
        });
        Self { kind, method, headers: headers.collect(), body, ..Self::get(url) }
    }

    #[must_use]
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { body: Some(body.into()), ..self }.header("content-type", content_type)
    }

    #[must_use]
    pub fn json(self, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("wire types are plain data with string keys");
        self.body("application/json", body)
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((HeaderName::from_static(name), Value::Open(value.into())));
        self
    }

    /// A header that is kept out of debug prints and of HTTP/2's header tables.
    #[must_use]
    pub fn secret_header(mut self, name: &'static str, value: Secret) -> Self {
        self.headers.push((HeaderName::from_static(name), Value::Secret(value)));
        self
    }

    #[must_use]
    pub fn bearer(self, token: &Secret) -> Self {
        let value = Secret(format!("Bearer {}", token.expose()));
        self.secret_header("authorization", value)
    }

    /// For one attempt; 10 seconds unless set.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// For all attempts and the waits between them; 20 seconds unless set.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// In bytes; a longer answer is an error. 1 MiB unless set.
    #[must_use]
    pub fn largest_answer(self, largest_answer: usize) -> Self {
        Self { largest_answer, ..self }
    }

    /// The vendor's own rule for which answers may pass, that is, be another one next time. Unless set: 408, 429, 500,
    /// 502, 503 and 504.
    #[must_use]
    pub(crate) fn passes_if(self, rule: Rule) -> Self {
        Self { may_pass: rule, ..self }
    }

    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// What is asked for, for statistics: the method and the path without what is different each time. Ids have
    /// digits or are long; versions, such as `v1`, are neither.
    pub(super) fn operation(&self) -> String {
        let mut name = self.method.to_string();
        name.push(' ');
        for segment in self.url.path_segments().into_iter().flatten() {
            let id = segment.len() > 32
                || (segment.len() > 3 && segment.bytes().any(|b| b.is_ascii_digit()));
            name.push('/');
            name.push_str(if id { "*" } else { segment });
        }
        name
    }

    pub(super) fn to_request(&self, timeout: Duration) -> Result<Request, BoxError> {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        *request.timeout_mut() = Some(timeout);
        for (name, value) in &self.headers {
            let (text, sensitive) = match value {
                Value::Open(text) => (text.as_str(), false),
                Value::Secret(secret) => (secret.expose(), true),
            };
            let mut value = HeaderValue::from_str(text)
                .map_err(|e| format!("the value of the header `{name}`: {e}"))?;
            value.set_sensitive(sensitive);
            request.headers_mut().append(name, value);
        }
        *request.body_mut() = self.body.clone().map(Into::into);
        Ok(request)
    }
}

impl Reply {
    /// The body as a wire type, if the status says success.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, UnexpectedReply> {
        self.success()?;
        serde_json::from_slice(&self.body)
            .map_err(|source| UnexpectedReply::Body { host: self.host.clone(), source })
    }

    pub fn success(&self) -> Result<(), UnexpectedReply> {
        self.status.is_success().then_some(()).ok_or_else(|| self.unexpected())
    }

    /// The status as an error, for where it is one.
    pub fn unexpected(&self) -> UnexpectedReply {
        UnexpectedReply::Status { host: self.host.clone(), status: self.status }
    }
}

/// Without the query, the headers and the body: each may hold a key, or what a user wrote.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("host", &self.host())
            .finish_non_exhaustive()
    }
}

/// Without the headers and the body, which are the vendor's or the user's and not for a log.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("host", &self.host)
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .field("may_pass", &self.may_pass)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
