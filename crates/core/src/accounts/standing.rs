//! What the payment service said last of a user, as far as the account needs it from day to day.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::{BillingTerms, PlanId};
use crate::ports::payments::{CustomerId, SubscriptionId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub customer: CustomerId,
    /// When it was asked: what was read earlier does not replace this.
    pub as_of: Timestamp,
    /// The subscription that gives a plan now.
    pub paid: Option<PaidPlan>,
    /// One that gives none: it waits for money, or is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormant: Option<SubscriptionId>,
    /// A payment is disputed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed: bool,
    /// Where an invoice waits for its money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid_invoice: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidPlan {
    pub plan: PlanId,
    pub subscription: SubscriptionId,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
    /// When it will end, if it will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancels_at: Option<Timestamp>,
    /// A payment failed: the plan goes on until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<Timestamp>,
}

impl Standing {
    pub fn of(customer: CustomerId, as_of: Timestamp) -> Self {
        Self { customer, as_of, paid: None, dormant: None, disputed: false, unpaid_invoice: None }
    }

    /// Whether both say the same, whenever they were read.
    pub fn agrees_with(&self, other: &Self) -> bool {
        *self == Self { as_of: self.as_of, ..other.clone() }
    }

    /// When the payment service is to be asked, if it has not told by then: a month has ended, or the grace has.
    pub fn ask_at(&self, terms: &BillingTerms) -> Option<Timestamp> {
        let paid = self.paid.as_ref()?;
        let ends = paid.cancels_at.map_or(paid.period_end, |at| at.min(paid.period_end));
        let told = ends.checked_add(terms.renewal_slack).expect("two hours later exist");
        Some(paid.grace_until.map_or(told, |until| until.min(told)))
    }
}
