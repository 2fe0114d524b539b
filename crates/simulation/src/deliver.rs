//! How people, messages, webhooks and timers reach a handler: through its table of functions, as the Functions host
//! calls it. Nothing here knows what a function does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen::app::App;
use imagegen::functions::request::Response;
use imagegen::functions::router::router;
use imagegen::functions::{all, spec::Trigger};
use imagegen_core::messages::QueueName;
use imagegen_core::ports::identity::{Identity, IdentityError, Person};
use imagegen_core::services::Services;
use serde_json::{Value, json};
use warp::filters::BoxedFilter;

/// The handler of one process.
#[derive(Clone)]
pub(crate) struct Edge {
    router: BoxedFilter<(Response,)>,
    /// Who reads each queue.
    readers: Arc<BTreeMap<QueueName, &'static str>>,
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Edge")
    }
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Edge {
    pub(crate) fn new(services: Services) -> Self {
        let table = all();
        let readers = table.iter().filter_map(|function| match function.trigger {
            Trigger::Queue { queue, .. } => Some((queue, function.name)),
            Trigger::Http { .. } | Trigger::Timer { .. } => None,
        });
        let readers = Arc::new(readers.collect());
        Self { router: router(&App { services, identity: Arc::new(Named) }, table), readers }
    }

    /// What `person` sends, under a key where there is one.
    pub(crate) async fn post(
        &self,
        person: &Person,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Answer {
        let mut headers = vec![("authorization", format!("Bearer {}", person.subject))];
        headers.extend(key.map(|key| ("idempotency-key", key.to_owned())));
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.call(path, &headers, body).await
    }

    /// One delivery of a message. `Ok` completes it, `Err` abandons it.
    pub(crate) async fn message(&self, queue: QueueName, body: &str) -> Result<(), String> {
        let reader = self.readers.get(&queue);
        let reader = reader.ok_or_else(|| format!("nobody reads {}", queue.as_str()))?;
        self.invoke(reader, &json!({ "message": BASE64.encode(body) })).await
    }

    /// One tick of the timer `name`.
    pub(crate) async fn tick(&self, name: &str) -> Result<(), String> {
        self.invoke(name, &json!({ "timer": {} })).await
    }

    /// A provider's call number `id` to `path`.
    pub(crate) async fn webhook(&self, path: &str, id: &str, body: Vec<u8>) -> Answer {
        self.call(path, &[("webhook-id", id.to_owned())], body).await
    }

    /// The payment service's call.
    pub(crate) async fn notice(&self, signature: &str, body: Vec<u8>) -> Answer {
        self.call("/api/webhooks/stripe", &[("stripe-signature", signature.to_owned())], body).await
    }

    async fn invoke(&self, name: &str, data: &Value) -> Result<(), String> {
        let envelope = json!({ "Data": data, "Metadata": {} });
        let answer = self.call(&format!("/{name}"), &[], envelope.to_string().into_bytes()).await;
        if answer.status == 200 { Ok(()) } else { Err(answer.body.to_string()) }
    }

    async fn call(&self, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Answer {
        let mut request = warp::test::request().method("POST").path(path).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let (parts, body) = request.reply(&self.router).await.into_parts();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), body }
    }
}

/// The timers of the table, each with how often it ticks.
pub(crate) fn timers() -> Vec<(&'static str, Duration)> {
    let timers = all().into_iter().filter_map(|function| match function.trigger {
        Trigger::Timer { schedule } => Some((function.name, period(schedule))),
        Trigger::Http { .. } | Trigger::Queue { .. } => None,
    });
    timers.collect()
}

/// Of a schedule of six fields: every minute, every few, every hour or every day, which is all that our timers need.
fn period(schedule: &str) -> Duration {
    let fields: Vec<_> = schedule.split(' ').collect();
    let every = |minute: &str| minute.strip_prefix("*/").and_then(|n| n.parse().ok());
    match fields[1..3] {
        ["*", "*"] => Duration::from_mins(1),
        [minute, "*"] => every(minute).map_or(Duration::from_hours(1), Duration::from_mins),
        _ => Duration::from_hours(24),
    }
}

/// A token is its owner's name.
#[derive(Debug)]
struct Named;

#[async_trait]
impl Identity for Named {
    async fn authenticate(&self, bearer: &str) -> Result<Person, IdentityError> {
        Ok(person(bearer))
    }
}

/// The person whose name, and token, is `subject`.
pub(crate) fn person(subject: &str) -> Person {
    Person {
        issuer: "https://issuer.example".into(),
        subject: subject.to_owned(),
        email: Some(format!("{subject}@example.com")),
        name: None,
        roles: Vec::new(),
    }
}
