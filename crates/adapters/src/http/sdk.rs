//! Our client under Microsoft's SDKs: one set of connections, one place that tries again, and nothing is built or read
//! before the first call.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName as SdkName, HeaderValue as SdkValue, Headers};
use azure_core::http::request::Body;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, HttpClient, Method as SdkMethod, Request, RetryOptions,
    Transport,
};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};

use super::{Call, Http, HttpError};

/// Sends what an SDK asks for. Every call may be sent more than once, so an SDK gets one only for calls that may happen
/// twice.
#[derive(Debug)]
pub struct SdkTransport {
    http: Http,
    kind: &'static str,
    timeout: Duration,
    patience: Duration,
    largest_answer: usize,
}

impl SdkTransport {
    /// `kind` is what telemetry files its calls under. Then for one attempt, for all attempts, and in bytes: as [`Call`]
    /// has them. Answers are read whole.
    pub fn new(
        http: Http,
        kind: &'static str,
        timeout: Duration,
        patience: Duration,
        largest_answer: usize,
    ) -> Self {
        Self { http, kind, timeout, patience, largest_answer }
    }

    /// What an SDK is to be told: to send by this, and not to try again itself.
    pub fn into_options(self) -> ClientOptions {
        ClientOptions {
            transport: Some(Transport::new(Arc::new(self))),
            retry: RetryOptions::none(),
            ..ClientOptions::default()
        }
    }

    fn call(&self, request: &Request) -> Result<Call, Error> {
        let wrong = |e: &dyn std::fmt::Display| {
            Error::with_message(ErrorKind::Other, format!("a request of the SDK: {e}"))
        };
        let body = match request.body() {
            Body::Bytes(bytes) => bytes.clone(),
            Body::SeekableStream(_) => return Err(wrong(&"a stream cannot be sent twice")),
        };
        let (method, body) = match request.method() {
            SdkMethod::Get => (Method::GET, None),
            SdkMethod::Head => (Method::HEAD, None),
            SdkMethod::Delete => (Method::DELETE, None),
            SdkMethod::Patch => (Method::PATCH, Some(body)),
            SdkMethod::Post => (Method::POST, Some(body)),
            SdkMethod::Put => (Method::PUT, Some(body)),
            other => return Err(wrong(&format!("`{other}` is not known here"))),
        };
        let mut headers = Vec::new();
        for (name, value) in request.headers().iter() {
            let name: HeaderName = name.as_str().parse().map_err(|e| wrong(&e))?;
            headers.push((name, value.as_str().to_owned()));
        }
        let call = Call::of(self.kind, method, request.url().clone(), headers, body);
        Ok(call.timeout(self.timeout).patience(self.patience).largest_answer(self.largest_answer))
    }
}

#[async_trait]
impl HttpClient for SdkTransport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let reply = self.http.send_idempotent(&self.call(request)?).await.map_err(|error| {
            let kind = match error {
                HttpError::Unsent { .. } => ErrorKind::Connection,
                HttpError::Lost { .. } => ErrorKind::Io,
                HttpError::TooLarge { .. } => ErrorKind::Other,
            };
            Error::new(kind, error)
        })?;
        let status = reply.status.as_u16().into();
        Ok(AsyncRawResponse::from_bytes(status, readable(&reply.headers), reply.body))
    }
}

/// A header that is not text is none that an SDK looks for.
fn readable(headers: &HeaderMap) -> Headers {
    let mut readable = Headers::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            let name = SdkName::from(name.as_str().to_owned());
            readable.insert(name, SdkValue::from(value.to_owned()));
        }
    }
    readable
}
