//! The one HTTP client of all vendors, and the one place that tries a call again.
//!
//! Built on first use: reading the machine's root certificates takes most of a cold start's 15 ms, and a health probe
//! needs none of them.

mod call;
mod connection_string;
mod endpoint;
#[cfg(test)]
pub(crate) mod loopback;
mod sdk;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use imagegen_core::ports::BoxError;
use imagegen_core::ports::clock::{Clock, Ids};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, header};
use tracing::Instrument as _;

use crate::dependency::Dependency;

pub use call::{Call, Reply, Secret, UnexpectedReply};
pub use connection_string::{ConnectionString, InvalidConnectionString};
pub(crate) use endpoint::private_url;
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use sdk::SdkTransport;

/// Attempts of [`Http::send_idempotent`], the first included.
const ATTEMPTS: u32 = 4;
/// The longest wait after the first failure; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Connecting takes three round trips; what takes longer than this is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Below the minute after which the vendors' front doors close idle connections, so that we seldom write into one
/// that is just closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// Sends calls. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Http {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: OnceLock<Result<Client, String>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// No answer was had. An answer with any status is a [`Reply`].
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The other side has certainly not seen the call.
    #[error("{host} cannot be reached")]
    Unsent { host: String, source: BoxError },
    /// The other side may have seen the call and acted on it.
    #[error("the answer of {host} was lost")]
    Lost { host: String, source: BoxError },
    /// The call was answered, but with more than we are ready to read.
    #[error("the answer of {host} is longer than {limit_bytes} bytes")]
    TooLarge { host: String, limit_bytes: usize },
}

impl Http {
    /// Does no I/O yet. `ids` is the source of chance for the waits between attempts.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { shared: Arc::new(Shared { client: OnceLock::new(), clock, ids }) }
    }

    /// As [`new`](Self::new), for a server on this machine that a test made a certificate for.
    #[cfg(test)]
    pub(crate) fn trusting(
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        certificate: reqwest::Certificate,
    ) -> Self {
        let client = builder().tls_certs_only([certificate]).build().map_err(|e| e.to_string());
        Self { shared: Arc::new(Shared { client: OnceLock::from(client), clock, ids }) }
    }

    /// One attempt, for what must not happen twice.
    pub async fn send_once(&self, call: &Call) -> Result<Reply, HttpError> {
        self.attempt(call, call.timeout).await
    }

    /// Up to [`ATTEMPTS`] attempts within the call's patience, for what may happen twice. The last answer or error is
    /// the result.
    pub async fn send_idempotent(&self, call: &Call) -> Result<Reply, HttpError> {
        let started = self.now();
        let mut attempt = 1;
        loop {
            let left = call.patience.saturating_sub(between(started, self.now()));
            let outcome = self.attempt(call, call.timeout.min(left)).await;
            let Some(least_wait) = wait_worth_taking(&outcome) else { return outcome };
            let wait = least_wait.saturating_add(self.jitter(attempt));
            let end = between(started, self.now()).saturating_add(wait);
            if attempt == ATTEMPTS || end >= call.patience {
                return outcome;
            }
            tracing::debug!(
                http.host = call.host(),
                attempt,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "Trying a call again"
            );
            self.shared.clock.sleep(wait).await;
            attempt += 1;
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    async fn attempt(&self, call: &Call, timeout: Duration) -> Result<Reply, HttpError> {
        let dependency = Dependency::begin(call.kind, call.host(), || call.operation());
        let outcome = self.exchange(call, timeout).instrument(dependency.span()).await;
        match &outcome {
            Ok(reply) => dependency.ended(reply.status.as_u16(), !reply.status.is_server_error()),
            Err(HttpError::Unsent { .. }) => dependency.ended("unsent", false),
            Err(HttpError::Lost { .. }) => dependency.ended("lost", false),
            Err(HttpError::TooLarge { .. }) => dependency.ended("too large", false),
        }
        outcome
    }

    async fn exchange(&self, call: &Call, timeout: Duration) -> Result<Reply, HttpError> {
        let host = || call.host().to_owned();
        let unsent = |source: BoxError| HttpError::Unsent { host: host(), source };
        let lost = |e: reqwest::Error| HttpError::Lost { host: host(), source: safe(e) };

        let request = call.to_request(timeout).map_err(unsent)?;
        let client = self.client().map_err(|e| unsent(e.into()))?;
        let mut response = client.execute(request).await.map_err(|e| {
            // A connect error covers name, connection and handshake: not a byte of the call was sent.
            if e.is_connect() || e.is_builder() { unsent(safe(e)) } else { lost(e) }
        })?;

        let limit_bytes = call.largest_answer;
        let too_large = || HttpError::TooLarge { host: host(), limit_bytes };
        if response.content_length().is_some_and(|n| n > limit_bytes as u64) {
            return Err(too_large());
        }
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > limit_bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let retry_after = headers.get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|v| read_retry_after(v.to_str().ok()?, self.now()));
        let may_pass = (call.may_pass)(status, &headers);
        Ok(Reply { host: host(), status, retry_after, may_pass, headers, body })
    }

    /// The client itself, for the crates of vendors: one pool of connections, one set of root certificates.
    pub(crate) fn client(&self) -> Result<&Client, String> {
        self.shared.client.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    /// Anything from nothing to the whole of this attempt's wait, so that many callers who failed together do not
    /// come back together.
    fn jitter(&self, attempt: u32) -> Duration {
        let most = FIRST_WAIT.saturating_mul(1 << (attempt - 1));
        let most_ms = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        let chance = self.shared.ids.random() % u128::from(most_ms + 1);
        Duration::from_millis(u64::try_from(chance).unwrap_or(most_ms))
    }
}

impl HttpError {
    /// Whether the call may have had an effect.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unsent { .. } => false,
            Self::Lost { .. } | Self::TooLarge { .. } => true,
        }
    }
}

fn build() -> Result<Client, String> {
    builder().build().map_err(|e| format!("the HTTP client cannot be built: {e}"))
}

fn builder() -> reqwest::ClientBuilder {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        // A redirect could carry a key to another host.
        .redirect(reqwest::redirect::Policy::none())
        // The environment is an argument: no hidden one decides where keys travel.
        .no_proxy()
        .user_agent(concat!("imagegen/", env!("CARGO_PKG_VERSION")))
}

/// How long to wait at least before another attempt, or `None` when another attempt would be of no use.
fn wait_worth_taking(outcome: &Result<Reply, HttpError>) -> Option<Duration> {
    match outcome {
        Ok(reply) if reply.may_pass => Some(reply.retry_after.unwrap_or_default()),
        Ok(_) | Err(HttpError::TooLarge { .. }) => None,
        Err(HttpError::Unsent { .. } | HttpError::Lost { .. }) => Some(Duration::ZERO),
    }
}

/// RFC 9110 §5.6.7, `Sun, 22 Nov 2026 10:00:00 GMT`: parts of a second are left out.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// RFC 9110 §10.2.3: whole seconds, or a date.
fn read_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value.trim()).ok()?;
    Some(between(now, date))
}

/// Zero when `later` is not later.
fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    let passed: SignedDuration = later.duration_since(earlier);
    Duration::try_from(passed).unwrap_or_default()
}

/// The error without the URL, whose query may hold a key.
fn safe(error: reqwest::Error) -> BoxError {
    error.without_url().into()
}
