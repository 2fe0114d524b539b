//! Application Insights: what happened, for operators.
//!
//! Telemetry must never cost a user anything: what is noted goes into a bounded [`Buffer`] without waiting, a task of
//! its own sends it in batches, and what cannot be sent or does not fit is counted and dropped.
//!
//! Source: the ingestion endpoint's `v2.1/track`, with the envelopes of the service's own SDKs.

mod buffer;
mod scrub;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use imagegen_core::ports::BoxError;
use jiff::Timestamp;
use reqwest::StatusCode;

pub use buffer::Buffer;
use wire::Answer;

use crate::entra::Tokens;
use crate::http::{Call, ConnectionString, Endpoint, Http, InvalidConnectionString};

/// What an Entra token for ingestion must be made for.
const SCOPE: &str = "https://monitor.azure.com/.default";
/// When the connection string names no endpoint.
const DEFAULT_ENDPOINT: &str = "https://dc.services.visualstudio.com";
const PATIENCE: Duration = Duration::from_secs(20);

/// One thing that happened. Texts are scrubbed and shortened when it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Telemetry {
    /// When it began.
    pub time: Timestamp,
    /// 32 hexadecimal digits: what belongs together.
    pub operation: String,
    /// 16 hexadecimal digits: what it is part of, if anything.
    pub parent: Option<String>,
    /// The function under way.
    pub name: String,
    pub what: What,
    /// Further names and values to filter by.
    pub properties: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// An invocation of a function.
    Request { id: String, duration: Duration, result: String, success: bool, request_charge: f64 },
    /// A call to somebody else.
    Dependency {
        kind: String,
        target: String,
        operation: String,
        duration: Duration,
        result: String,
        success: bool,
        request_charge: f64,
    },
    /// A line of the log.
    Trace { level: Level, message: String },
    /// A figure.
    Metric { name: String, value: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Information,
    Warning,
    Error,
}

/// The resource that is sent to.
#[derive(Debug)]
pub struct AppInsights {
    endpoint: Endpoint,
    /// Says which resource; with local authentication switched off it opens nothing.
    instrumentation_key: String,
    /// With an identity that has the role Monitoring Metrics Publisher.
    tokens: Option<Arc<Tokens>>,
    /// Which instance of ours sends.
    instance: String,
    http: Http,
}

/// What became of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Positions in the batch that are worth sending again.
    pub again: Vec<usize>,
    /// Turned away for good.
    pub refused: usize,
}

impl AppInsights {
    /// `connection_string` is `InstrumentationKey=…;IngestionEndpoint=https://…;…`. Without `tokens` the
    /// instrumentation key alone is what opens it.
    pub fn new(
        connection_string: &str,
        tokens: Option<Arc<Tokens>>,
        instance: &str,
        http: Http,
    ) -> Result<Self, InvalidConnectionString> {
        let parts = ConnectionString::parse(connection_string)?;
        let endpoint = parts.get("IngestionEndpoint").map_or(DEFAULT_ENDPOINT, |it| it.expose());
        Ok(Self {
            endpoint: endpoint.parse().map_err(InvalidConnectionString::Endpoint)?,
            instrumentation_key: parts.need("InstrumentationKey")?.expose().to_owned(),
            tokens,
            instance: instance.to_owned(),
            http,
        })
    }

    /// Sends a batch once. `Err` means that none of it arrived.
    pub async fn send(&self, batch: &[Telemetry]) -> Result<Sent, BoxError> {
        let envelopes: Vec<_> = batch
            .iter()
            .map(|it| wire::envelope(it, &self.instrumentation_key, &self.instance))
            .collect();
        let mut call = Call::post(self.endpoint.join(["v2.1", "track"]))
            .json(&envelopes)
            .timeout(PATIENCE / 2)
            .patience(PATIENCE);
        if let Some(tokens) = &self.tokens {
            call = call.bearer(&tokens.bearer(SCOPE).await?);
        }
        let reply = self.http.send_once(&call).await?;
        match reply.status {
            StatusCode::OK => Ok(Sent::default()),
            StatusCode::PARTIAL_CONTENT => Ok(reply.json::<Answer>()?.into()),
            // It may be another answer next time.
            _ if worth_another(reply.status.as_u16()) => Err(reply.unexpected().into()),
            _ => {
                tracing::warn!(status = reply.status.as_u16(), "Application Insights refuses");
                Ok(Sent { again: Vec::new(), refused: batch.len() })
            }
        }
    }
}

/// 439 is the resource's daily quota.
fn worth_another(status: u16) -> bool {
    matches!(status, 206 | 401 | 403 | 408 | 429 | 439 | 500 | 502 | 503 | 504)
}
