//! Whoever takes the money.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::BoxError;
use crate::catalog::{PackId, PlanId};
use crate::ids::UserId;

/// Takes money, and keeps books about it.
///
/// Promises: [`books`](Self::books) is as true as the payment service is at that moment, whatever was told before;
/// every call may be repeated.
#[async_trait]
pub trait Payments: PaymentNotices {
    /// The customer that stands for a user, made if need be. The same user is the same customer when this is repeated
    /// within a day; afterwards there may be a second one, of which nothing is ever bought.
    async fn customer(&self, buyer: &Buyer<'_>) -> Result<CustomerId, PaymentsError>;

    /// The address of a page where the customer pays. The same `nonce` is the same page for a day.
    async fn checkout(&self, order: &CheckoutOrder<'_>) -> Result<String, PaymentsError>;

    /// The address of a page where the customer looks after what they have; good for minutes, for one person.
    async fn portal(&self, visit: &PortalVisit<'_>) -> Result<String, PaymentsError>;

    /// All that the payment service knows of a customer. `Ok(None)`: it knows no such customer (any more), or the
    /// charge or session belongs to nobody.
    async fn books(&self, of: &BooksOf) -> Result<Option<Books>, PaymentsError>;

    /// Gives back everything that was paid for a subscription and ends it at once. For one that nobody meant to buy.
    /// When it fails half way the subscription still lives, so that it is undone again.
    async fn undo(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError>;
}

/// Tells that something happened. What it was is read from the books.
#[async_trait]
pub trait PaymentNotices: std::fmt::Debug + Send + Sync + 'static {
    /// Checks a webhook's signature and age and reads what it is about. Pure: no I/O, no store.
    fn verify(&self, call: &NoticeCall<'_>) -> Result<Notice, NoticeError>;

    /// One page of what happened since, in no particular order: everything that a webhook told or failed to tell, for
    /// 30 days back at the most.
    async fn notices(
        &self,
        since: Timestamp,
        cursor: Option<&str>,
    ) -> Result<NoticePage, PaymentsError>;
}

/// The payment service's name of a customer. Opaque, as are the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(pub String);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(pub String);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvoiceId(pub String);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisputeId(pub String);

/// A user on the way to becoming a customer.
#[derive(Debug, Clone, Copy)]
pub struct Buyer<'a> {
    pub user: &'a UserId,
    pub email: Option<&'a str>,
    pub name: Option<&'a str>,
}

/// What can be bought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "ware", content = "id", rename_all = "snake_case")]
pub enum Ware {
    /// A month of a plan, and each month after it.
    Plan(PlanId),
    /// Credits, once.
    Pack(PackId),
}

#[derive(Debug, Clone, Copy)]
pub struct CheckoutOrder<'a> {
    pub user: &'a UserId,
    pub customer: &'a CustomerId,
    pub ware: &'a Ware,
    /// Made by the client for one click on one button.
    pub nonce: &'a str,
    /// Where the browser comes back to. `{CHECKOUT_SESSION_ID}` in it becomes the session's id.
    pub success_url: &'a str,
    pub cancel_url: &'a str,
}

#[derive(Debug, Clone, Copy)]
pub struct PortalVisit<'a> {
    pub customer: &'a CustomerId,
    pub errand: PortalErrand<'a>,
    pub return_url: &'a str,
}

/// What the customer comes to the portal for.
#[derive(Debug, Clone, Copy)]
pub enum PortalErrand<'a> {
    /// To look around.
    Home,
    /// To give another card.
    PaymentMethod,
    Cancel {
        subscription: &'a SubscriptionId,
    },
    /// To confirm a change to another plan, with the price of the rest of the month shown.
    Change {
        subscription: &'a SubscriptionId,
        plan: PlanId,
    },
}

/// Whose books: by something of theirs, as notices name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "of", content = "id", rename_all = "snake_case")]
pub enum BooksOf {
    Customer(CustomerId),
    /// Refunds and disputes name no customer.
    Charge(String),
    /// A checkout, as the browser brings it back.
    Session(String),
}

/// A customer's books at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    pub customer: CustomerId,
    /// Whom we said this customer stands for; `None` when it was not made by us.
    pub user: Option<UserId>,
    /// Ended ones too.
    pub subscriptions: Vec<Subscription>,
    /// Of the last 540 days at least, whatever their state: no card scheme takes a dispute later.
    pub invoices: Vec<Invoice>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub created_at: Timestamp,
    pub status: SubscriptionStatus,
    /// `None`: a price that the catalogue does not know.
    pub plan: Option<PlanId>,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
    /// When it will end, if it will.
    pub cancels_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionStatus {
    Trialing,
    Active,
    PastDue,
    Incomplete,
    IncompleteExpired,
    Unpaid,
    Paused,
    Canceled,
    /// Came after this was written.
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    pub id: InvoiceId,
    pub created_at: Timestamp,
    pub subscription: Option<SubscriptionId>,
    pub state: InvoiceState,
    pub lines: Vec<InvoiceLine>,
    /// In the currency's smallest unit, tax included. 0 for a trial or a full discount.
    pub paid: u64,
    /// Given back so far, of `paid`.
    pub refunded: u64,
    pub disputes: Vec<Dispute>,
    /// Where the user sees and pays it.
    pub page: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceState {
    Draft,
    Open,
    Paid,
    Void,
    Uncollectible,
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// `None`: a price that the catalogue does not know.
    pub ware: Option<Ware>,
    pub quantity: u32,
    /// In the smallest unit, before tax; negative for what is given back of an old plan.
    pub amount: i64,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    pub id: DisputeId,
    pub state: DisputeState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeState {
    /// Under way, or in a state that came after this was written. An early warning that no money hangs on is none.
    Open,
    Won,
    Lost,
}

/// Something happened to someone's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Unique for each happening; the same when it is told again.
    pub id: String,
    /// The payment service's word for it, for logs.
    pub kind: String,
    /// `None`: nothing that we care about.
    pub of: Option<BooksOf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePage {
    pub notices: Vec<Notice>,
    /// For the next page, if there is one.
    pub cursor: Option<String>,
}

/// A webhook as it came in.
#[derive(Debug, Clone)]
pub struct NoticeCall<'a> {
    pub signature: Option<&'a str>,
    pub body: &'a [u8],
    pub now: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    /// Worth trying again.
    #[error("the payment service is unavailable")]
    Unavailable(#[source] BoxError),
    /// Trying again will not help.
    #[error("the payment service refused: {reason}")]
    Refused { reason: String },
}

#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// Forged, stale, or for someone else.
    #[error("the webhook's signature does not hold: {0}")]
    Forged(&'static str),
    /// Signed, but not readable as an event.
    #[error("the webhook's body is not an event")]
    Unreadable(#[source] BoxError),
}
