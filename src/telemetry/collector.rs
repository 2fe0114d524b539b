//! From spans and events to telemetry.
//!
//! An invocation keeps what happens inside it until it ends, because only then is it known which job it was about: all
//! invocations about a job are one operation, from the order to the picture, through queues and webhooks. The job's id
//! *is* the trace id: a ULID has 128 bits, and so has a trace id (W3C Trace Context). So nothing has to travel with
//! messages, and what a timer sends again belongs to the same operation.

use std::sync::Arc;
use std::time::Duration;

use imagegen_adapters::app_insights::{Buffer, Level, Telemetry, What};
use imagegen_adapters::dependency;
use imagegen_core::ids::GenerationId;
use imagegen_core::metrics;
use imagegen_core::ports::clock::Clock;
use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// The most that one invocation keeps: what loops must not fill the memory.
const MOST_INSIDE: usize = 200;

#[derive(Debug)]
pub(super) struct Collector {
    buffer: Arc<Buffer>,
    clock: Arc<dyn Clock>,
}

/// A span that telemetry is made of, as long as it is open.
struct Open {
    began: Timestamp,
    fields: Fields,
    /// What ended inside; only invocations keep any.
    inside: Vec<(Timestamp, What, Properties)>,
}

type Properties = Vec<(&'static str, String)>;

/// Names and values of a span or an event.
#[derive(Default)]
struct Fields {
    texts: Properties,
    number: Option<f64>,
    charge: f64,
}

impl Collector {
    pub(super) fn new(buffer: Arc<Buffer>, clock: Arc<dyn Clock>) -> Self {
        Self { buffer, clock }
    }

    fn since(&self, began: Timestamp) -> Duration {
        Duration::try_from(self.clock.now().duration_since(began)).unwrap_or_default()
    }

    /// Keeps it with the invocation that it happened in, or sends it on its own way if it happened in none.
    fn inside<'a, S>(
        &self,
        mut around: impl Iterator<Item = SpanRef<'a, S>>,
        time: Timestamp,
        what: What,
        properties: Properties,
    ) where
        S: Subscriber + for<'lookup> LookupSpan<'lookup> + 'a,
    {
        let invocation = around.find(|span| kind_of(span.metadata()) == Some(Kind::Invocation));
        if let Some(invocation) = invocation {
            let mut extensions = invocation.extensions_mut();
            let open = extensions.get_mut::<Open>();
            if let Some(open) = open.filter(|open| open.inside.len() < MOST_INSIDE) {
                open.inside.push((time, what, properties));
            }
        } else if !matches!(what, What::Dependency { .. }) {
            // What telemetry calls to be sent is no dependency of anybody's.
            let (operation, name) = (String::new(), String::new());
            self.buffer.note([Telemetry { time, operation, parent: None, name, what, properties }]);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invocation,
    Dependency,
}

fn kind_of(metadata: &tracing::Metadata<'_>) -> Option<Kind> {
    match metadata.name() {
        "invocation" => Some(Kind::Invocation),
        "dependency" if metadata.target() == dependency::TARGET => Some(Kind::Dependency),
        _ => None,
    }
}

impl<S: Subscriber + for<'lookup> LookupSpan<'lookup>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if kind_of(attributes.metadata()).is_none() {
            return;
        }
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let open = Open { began: self.clock.now(), fields, inside: Vec::new() };
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(open);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(&mut open.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let what = if event.metadata().target() == metrics::TARGET {
            let (Some(name), Some(value)) = (fields.take("metric"), fields.number) else { return };
            What::Metric { name, value }
        } else {
            let level = match *event.metadata().level() {
                tracing::Level::ERROR => Level::Error,
                tracing::Level::WARN => Level::Warning,
                _ => Level::Information,
            };
            What::Trace { level, message: fields.take("message").unwrap_or_default() }
        };
        let around = context.event_scope(event).into_iter().flatten();
        self.inside(around, self.clock.now(), what, fields.texts);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(kind) = kind_of(span.metadata()) else { return };
        let Some(open) = span.extensions_mut().remove::<Open>() else { return };
        let duration = self.since(open.began);
        match kind {
            Kind::Dependency => {
                let (time, what, properties) = open.dependency(duration);
                self.inside(span.scope().skip(1), time, what, properties);
            }
            Kind::Invocation => self.buffer.note(open.invocation(duration)),
        }
    }
}

impl Open {
    fn dependency(mut self, duration: Duration) -> (Timestamp, What, Properties) {
        let mut text = |name| self.fields.take(name).unwrap_or_default();
        let (kind, target) = (text("dependency.kind"), text("dependency.target"));
        let (operation, result) = (text("dependency.name"), text("dependency.result"));
        // Whoever is dropped while it waits has not succeeded.
        let success = text("dependency.success") == "true";
        let request_charge = self.fields.charge;
        let what = What::Dependency {
            kind,
            target,
            operation,
            duration,
            result: if result.is_empty() { "given up".into() } else { result },
            success,
            request_charge,
        };
        (self.began, what, self.fields.texts)
    }

    /// The request and all that happened inside.
    fn invocation(mut self, duration: Duration) -> Vec<Telemetry> {
        let name = self.fields.take("function.name").unwrap_or_default();
        let result = self.fields.take("invocation.result").unwrap_or_else(|| "given up".into());
        let success = self.fields.take("invocation.success").as_deref() == Some("true");
        let begins = self.fields.take("generation.new").is_some();
        let caller = self.fields.take("trace.parent");
        let own = self.fields.take("trace.id").unwrap_or_default();
        let job = self.fields.get("generation.id").and_then(Job::of);
        let id = match &job {
            Some(job) if begins => job.root.clone(),
            _ => format!("{:016x}", getrandom::u64().unwrap_or_default()),
        };
        let (operation, parent) = match job {
            Some(job) => {
                // What the host and the caller know it by.
                self.fields.texts.push(("caller.operation_id", own));
                (job.operation, (!begins).then_some(job.root))
            }
            None => (own, caller),
        };
        let charge = |what: &What| match what {
            What::Dependency { request_charge, .. } => *request_charge,
            What::Request { .. } | What::Trace { .. } | What::Metric { .. } => 0.0,
        };
        let request_charge = self.inside.iter().map(|(_, what, _)| charge(what)).sum();
        let inside = self.inside.into_iter().map(|(time, what, properties)| Telemetry {
            time,
            operation: operation.clone(),
            parent: Some(id.clone()),
            name: name.clone(),
            what,
            properties,
        });
        let mut all: Vec<_> = inside.collect();
        let what = What::Request { id, duration, result, success, request_charge };
        let properties = self.fields.texts;
        all.push(Telemetry { time: self.began, operation, parent, name, what, properties });
        all
    }
}

/// A job as an operation.
struct Job {
    /// 32 hexadecimal digits.
    operation: String,
    /// 16 hexadecimal digits: the request that ordered it, of which all others are part.
    root: String,
}

impl Job {
    fn of(generation: &str) -> Option<Self> {
        let id: GenerationId = generation.parse().ok()?;
        let operation = format!("{:032x}", u128::from_be_bytes(id.to_bytes()));
        let root = operation[16..].to_owned();
        Some(Self { operation, root })
    }
}

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.texts.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.texts.iter().position(|(known, _)| *known == name)?;
        Some(self.texts.swap_remove(at).1)
    }

    /// The last value of a name is the one that counts.
    fn put(&mut self, field: &Field, value: String) {
        self.take(field.name());
        self.texts.push((field.name(), value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match field.name() {
            "request_charge" => self.charge = value,
            "value" => self.number = Some(value),
            _ => self.put(field, value.to_string()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "figures are far below 2^53")]
    fn record_i64(&mut self, field: &Field, value: i64) {
        match field.name() {
            "value" => self.number = Some(value as f64),
            _ => self.put(field, value.to_string()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "figures are far below 2^53")]
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "value" => self.number = Some(value as f64),
            _ => self.put(field, value.to_string()),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.to_string());
    }

    /// An error is told with its causes.
    fn record_error(&mut self, field: &Field, error: &(dyn std::error::Error + 'static)) {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        let text = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
        self.put(field, text);
    }
}
