//! Azure Service Bus over REST: one POST a message. The queues detect duplicates by `MessageId` (ten minutes), which
//! is what makes a send safe to repeat.
//!
//! Source: Azure Service Bus REST API, "Send Message", and "Shared Access Signatures".

mod sas;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::messages::QueueName;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::clock::Clock;
use imagegen_core::ports::queue::{Outgoing, Queue, QueueError};
use jiff::Timestamp;
use reqwest::StatusCode;
use serde::Serialize;

use crate::entra::Tokens;
use crate::http::{
    Call, ConnectionString, Endpoint, Http, InvalidConnectionString, InvalidEndpoint, Secret,
    http_date,
};
use sas::SasKey;

/// What an Entra token for sending must be made for.
const SCOPE: &str = "https://servicebus.azure.net/.default";

/// How long a signature lasts, and how long we use it: what is left covers clocks that disagree.
const SIGNATURE_LIFE: Duration = Duration::from_hours(1);
const SIGNATURE_USE: Duration = Duration::from_mins(50);

/// Sends to the queues of one namespace.
#[derive(Debug)]
pub struct ServiceBusQueue {
    endpoint: Endpoint,
    access: Access,
    http: Http,
    clock: Arc<dyn Clock>,
}

/// What opens the namespace.
#[derive(Debug)]
enum Access {
    Key {
        key: SasKey,
        /// One for each queue that was sent to, with the moment from which a new one is wanted.
        signatures: Mutex<Vec<(QueueName, Secret, Timestamp)>>,
    },
    /// An identity with the role Azure Service Bus Data Sender.
    Identity(Arc<Tokens>),
}

impl ServiceBusQueue {
    /// `connection_string` is a namespace's: `Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…`.
    pub fn new(
        connection_string: &str,
        http: Http,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidConnectionString> {
        let parts = ConnectionString::parse(connection_string)?;
        // It would name one queue, and we send to all.
        if parts.get("EntityPath").is_some() {
            return Err(InvalidConnectionString::Unusable("EntityPath"));
        }
        let key = SasKey {
            name: parts.need("SharedAccessKeyName")?.expose().to_owned(),
            key: parts.need("SharedAccessKey")?.clone(),
        };
        let access = Access::Key { key, signatures: Mutex::default() };
        Ok(Self { endpoint: parts.endpoint()?, access, http, clock })
    }

    /// `namespace` is a host name such as `example.servicebus.windows.net`, as the Functions host takes it; the whole
    /// URL is taken too.
    pub fn by_identity(
        namespace: &str,
        tokens: Arc<Tokens>,
        http: Http,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidEndpoint> {
        let endpoint = if namespace.contains("://") {
            namespace.parse()?
        } else {
            format!("https://{namespace}").parse()?
        };
        Ok(Self { endpoint, access: Access::Identity(tokens), http, clock })
    }

    async fn post(&self, message: &Outgoing) -> Result<(), BoxError> {
        let now = self.clock.now();
        let call = Call::post(self.endpoint.join([message.queue.as_str(), "messages"]))
            .secret_header("authorization", self.authorization(message.queue, now).await?)
            .header("brokerproperties", broker_properties(message, now)?)
            .body("application/json", message.body.clone());
        let reply = self.http.send_idempotent(&call).await?;
        // Only 201 says that the message is kept.
        (reply.status == StatusCode::CREATED).then_some(()).ok_or_else(|| reply.unexpected().into())
    }

    async fn authorization(&self, queue: QueueName, now: Timestamp) -> Result<Secret, BoxError> {
        let (key, signatures) = match &self.access {
            Access::Key { key, signatures } => (key, signatures),
            Access::Identity(tokens) => {
                let token = tokens.bearer(SCOPE).await?;
                return Ok(Secret::new(format!("Bearer {}", token.expose())));
            }
        };
        let mut signatures = signatures.lock().expect("nothing panics while it holds this");
        signatures.retain(|(_, _, until)| *until > now);
        if let Some((_, signature, _)) = signatures.iter().find(|(q, _, _)| *q == queue) {
            return Ok(signature.clone());
        }
        let resource = format!("{}/{}", self.endpoint, queue.as_str());
        let signature = key.sign(&resource, now + SIGNATURE_LIFE);
        signatures.push((queue, signature.clone(), now + SIGNATURE_USE));
        Ok(signature)
    }
}

#[async_trait]
impl Queue for ServiceBusQueue {
    async fn send(&self, message: &Outgoing) -> Result<(), QueueError> {
        let sent = self.post(message).await;
        sent.map_err(|source| QueueError { id: message.id.clone(), source })
    }
}

/// The header in which the broker looks for what it must know of a message.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BrokerProperties<'a> {
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_enqueue_time_utc: Option<String>,
}

fn broker_properties(message: &Outgoing, now: Timestamp) -> Result<String, BoxError> {
    let due = (message.delay > Duration::ZERO).then(|| enqueued_at(now, message.delay));
    let properties =
        BrokerProperties { message_id: &message.id, scheduled_enqueue_time_utc: due.transpose()? };
    Ok(serde_json::to_string(&properties)?)
}

/// Whole seconds, rounded up, because a message must not come early.
fn enqueued_at(now: Timestamp, delay: Duration) -> Result<String, jiff::Error> {
    Ok(http_date(now.checked_add(delay)?.checked_add(Duration::from_nanos(999_999_999))?))
}

#[cfg(test)]
mod tests;
