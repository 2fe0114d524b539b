//! The stand-ins: each speaks one vendor's wire protocol under `/_local/<service>/…`.
//!
//! They share nothing with the handler but the protocol. What the vendor would do, they do; what they are told
//! to get wrong, [`faults`] gets wrong.

pub(crate) mod service_bus;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// One request to a stand-in, its body read whole.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// What follows `/_local/<service>`: begins with `/`, still percent-encoded.
    pub(crate) path: String,
    /// Without the `?`; empty when there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What a stand-in answers.
pub(crate) type Answer = http::Response<Bytes>;

/// `status` with a JSON body.
pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Answer {
    let mut answer = Answer::new(Bytes::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json; charset=utf-8"),
    );
    answer
}

/// `status` with nothing in it.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Answer::new(Bytes::new());
    *answer.status_mut() = status;
    answer
}
