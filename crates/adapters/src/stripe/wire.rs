//! Stripe's words, as the API version of `api.rs` renders them. What we do not know of is ignored.
//!
//! Three things are not where most examples look for them: a period is the item's and not the subscription's, an
//! invoice names its subscription in `parent`, and its payments in a list that may be absent.

use std::collections::BTreeMap;

use imagegen_core::ids::UserId;
use imagegen_core::ports::payments::{
    DisputeState, InvoiceState, Subscription, SubscriptionId, SubscriptionStatus,
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::api::Listed;

/// Characters of a refusal that are kept.
const LONGEST_REASON: usize = 200;

#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// An object that is named, or was expanded into itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "NamedOrWhole")]
pub(super) struct Id(pub(super) String);

#[derive(Deserialize)]
#[serde(untagged)]
enum NamedOrWhole {
    Named(String),
    Whole { id: String },
}

/// Unix time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Seconds(pub(super) Timestamp);

pub(super) type Metadata = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
pub(super) struct Customer {
    pub(super) id: String,
    #[serde(default)]
    pub(super) deleted: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
}

/// A checkout or portal session.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub(super) url: Option<String>,
    pub(super) customer: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireSubscription {
    pub(super) id: String,
    status: String,
    created: Seconds,
    cancel_at: Option<Seconds>,
    #[serde(default)]
    cancel_at_period_end: bool,
    ended_at: Option<Seconds>,
    pub(super) items: Page<Item>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    current_period_start: Seconds,
    current_period_end: Seconds,
    pub(super) price: NamedPrice,
}

/// A price that is named, or was expanded.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum NamedPrice {
    Id(String),
    Whole(Box<Price>),
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Price {
    pub(super) id: String,
    #[serde(default = "yes")]
    pub(super) active: bool,
    pub(super) lookup_key: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
    pub(super) product: Option<Id>,
    pub(super) currency: Option<String>,
    pub(super) unit_amount: Option<i64>,
    pub(super) recurring: Option<Recurring>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Recurring {
    pub(super) interval: String,
    #[serde(default = "one")]
    pub(super) interval_count: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireInvoice {
    pub(super) id: String,
    pub(super) created: Seconds,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) amount_paid: i64,
    pub(super) hosted_invoice_url: Option<String>,
    parent: Option<InvoiceParent>,
    pub(super) lines: Page<Line>,
    /// Only the first ones, and only if they were asked for.
    pub(super) payments: Option<Page<InvoicePayment>>,
}

#[derive(Debug, Deserialize)]
struct InvoiceParent {
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Debug, Deserialize)]
struct SubscriptionDetails {
    subscription: Id,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) quantity: Option<u32>,
    pub(super) period: Period,
    pricing: Option<Pricing>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Period {
    pub(super) start: Seconds,
    pub(super) end: Seconds,
}

#[derive(Debug, Clone, Deserialize)]
struct Pricing {
    price_details: Option<PriceDetails>,
}

#[derive(Debug, Clone, Deserialize)]
struct PriceDetails {
    price: Id,
}

#[derive(Debug, Deserialize)]
pub(super) struct InvoicePayment {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) invoice: Id,
    pub(super) payment: Payment,
}

/// One of the two, or something that came after this was written.
#[derive(Debug, Deserialize)]
pub(super) struct Payment {
    pub(super) payment_intent: Option<Id>,
    pub(super) charge: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) customer: Option<Id>,
    pub(super) payment_intent: Option<Id>,
    /// Of succeeded and pending refunds; Stripe takes a failed or cancelled one out again.
    #[serde(default)]
    pub(super) amount_refunded: u64,
    #[serde(default)]
    pub(super) disputed: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireDispute {
    pub(super) id: String,
    status: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    #[expect(dead_code, reason = "read to be sure that it is one")]
    id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Product {
    pub(super) name: String,
    pub(super) active: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
}

/// What customers may do in the portal.
#[derive(Debug, Deserialize)]
pub(super) struct PortalConfiguration {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
    pub(super) features: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct WebhookEndpoint {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) status: String,
    pub(super) api_version: Option<String>,
    pub(super) enabled_events: Vec<String>,
    /// Told once, when it is made.
    pub(super) secret: Option<String>,
}

/// What every event has. Objects inside are of the version that the account or the endpoint had when it happened, so
/// that nothing of them is read but whose they are.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) object: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) api_version: Option<String>,
    data: Option<EventData>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EventData {
    object: Value,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub(super) error: Refusal,
}

/// Every part of it may be absent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    param: Option<String>,
    message: Option<String>,
}

impl WireSubscription {
    /// When the current period began and ends: the item's that ends last. An upgrade may leave items with different
    /// ones; one without items has none, and counts from its beginning.
    fn period(&self) -> (Timestamp, Timestamp) {
        let last = self.items.data.iter().max_by_key(|item| item.current_period_end);
        let begun = (self.created.0, self.created.0);
        last.map_or(begun, |item| (item.current_period_start.0, item.current_period_end.0))
    }

    /// Without its plan, which stands in the prices.
    pub(super) fn to_subscription(&self) -> Subscription {
        let (period_start, period_end) = self.period();
        Subscription {
            id: SubscriptionId(self.id.clone()),
            created_at: self.created.0,
            status: match self.status.as_str() {
                "trialing" => SubscriptionStatus::Trialing,
                "active" => SubscriptionStatus::Active,
                "past_due" => SubscriptionStatus::PastDue,
                "incomplete" => SubscriptionStatus::Incomplete,
                "incomplete_expired" => SubscriptionStatus::IncompleteExpired,
                "unpaid" => SubscriptionStatus::Unpaid,
                "paused" => SubscriptionStatus::Paused,
                "canceled" => SubscriptionStatus::Canceled,
                other => SubscriptionStatus::Other(other.to_owned()),
            },
            plan: None,
            period_start,
            period_end,
            // The portal sets the time alone, the dashboard the mark as well.
            cancels_at: match (self.cancel_at, self.cancel_at_period_end) {
                (Some(at), _) => Some(at.0),
                (None, true) => Some(period_end),
                (None, false) => None,
            },
            ended_at: self.ended_at.map(|at| at.0),
        }
    }
}

impl WireInvoice {
    pub(super) fn subscription(&self) -> Option<&str> {
        let details = self.parent.as_ref()?.subscription_details.as_ref()?;
        Some(details.subscription.0.as_str())
    }

    pub(super) fn state(&self) -> InvoiceState {
        match self.status.as_deref() {
            Some("draft") | None => InvoiceState::Draft,
            Some("open") => InvoiceState::Open,
            Some("paid") => InvoiceState::Paid,
            Some("void") => InvoiceState::Void,
            Some("uncollectible") => InvoiceState::Uncollectible,
            Some(other) => InvoiceState::Other(other.to_owned()),
        }
    }
}

impl Line {
    pub(super) fn price(&self) -> Option<&str> {
        let details = self.pricing.as_ref()?.price_details.as_ref()?;
        Some(details.price.0.as_str())
    }
}

impl Payment {
    /// The payment intent if there is one: a charge is named only where it has none.
    pub(super) fn id(&self) -> Option<&str> {
        self.payment_intent.as_ref().or(self.charge.as_ref()).map(|id| id.0.as_str())
    }
}

impl NamedPrice {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Whole(price) => &price.id,
        }
    }
}

impl WireDispute {
    /// `None`: none that money hangs on. An inquiry is a warning, and one that was prevented was refunded instead,
    /// which the charge tells.
    pub(super) fn state(&self) -> Option<DisputeState> {
        match self.status.as_str() {
            "won" => Some(DisputeState::Won),
            "lost" => Some(DisputeState::Lost),
            "prevented" => None,
            warning if warning.starts_with("warning_") => None,
            // Also when an appeal follows what was lost.
            _ => Some(DisputeState::Open),
        }
    }
}

impl Event {
    /// The name of what stands in `member` of its object, whether it is named there or whole.
    pub(super) fn name_of(&self, member: &str) -> Option<&str> {
        let found = self.data.as_ref()?.object.get(member)?;
        found.as_str().or_else(|| found.get("id")?.as_str())
    }
}

impl Refusal {
    pub(super) fn is_missing(&self) -> bool {
        self.has_code("resource_missing")
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// The key was used before, with other parameters.
    pub(super) fn is_of_another_request(&self) -> bool {
        self.kind.as_deref() == Some("idempotency_error")
    }

    pub(super) fn is_of_the_other_mode(&self) -> bool {
        // There is no code for it.
        self.message.as_deref().is_some_and(|text| text.contains("a similar object exists in"))
    }

    /// Without what it may quote.
    pub(super) fn without<'a>(self, quoted: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let quoted = quoted.into_iter().flatten().filter(|text| !text.is_empty());
        let cut = |message: String| quoted.fold(message, |text, part| text.replace(part, "…"));
        Self { message: self.message.map(cut), ..self }
    }

    /// Short, for a log.
    pub(super) fn reason(&self) -> String {
        let code = self.code.as_deref().or(self.kind.as_deref());
        let parts = [code, self.param.as_deref(), self.message.as_deref()];
        let text = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
        let text: String = text.chars().take(LONGEST_REASON).collect();
        if text.trim().is_empty() { "no reason given".into() } else { text }
    }
}

impl From<NamedOrWhole> for Id {
    fn from(given: NamedOrWhole) -> Self {
        match given {
            NamedOrWhole::Named(id) | NamedOrWhole::Whole { id } => Self(id),
        }
    }
}

impl TryFrom<i64> for Seconds {
    type Error = jiff::Error;
    fn try_from(seconds: i64) -> Result<Self, jiff::Error> {
        Timestamp::from_second(seconds).map(Self)
    }
}

macro_rules! listed {
    ($($name:ident),*) => {$(
        impl Listed for $name {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )*};
}
listed!(
    Charge,
    Customer,
    InvoicePayment,
    Line,
    PortalConfiguration,
    WebhookEndpoint,
    WireDispute,
    WireInvoice,
    WireSubscription
);

/// For what may be `null` as well as absent.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Whom we said the customer stands for.
pub(super) fn user(metadata: &Metadata) -> Option<UserId> {
    metadata.get("user_id")?.parse().ok()
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}
