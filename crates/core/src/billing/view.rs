//! What a user is shown of what they pay for.

use serde::Serialize;

use crate::accounts::Account;
use crate::catalog::{Catalog, Pack, PlanId};

/// What you pay for.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Subscription))]
pub struct SubscriptionView {
    /// The plan that you have now: `free`, `basic` or `premium`.
    pub plan: &'static str,
    /// `none`, `active`, `cancelling` (it ends at `cancels_at`), `past_due` (a payment failed; it goes on until
    /// `grace_until`), `dormant` (it gives nothing until what is open is paid), or `given` (nobody pays for it).
    pub status: &'static str,
    pub period_start: Option<String>,
    pub period_end: Option<String>,
    pub cancels_at: Option<String>,
    pub grace_until: Option<String>,
    /// A payment is disputed: nothing is drawn until that is over.
    pub frozen: bool,
    /// Where an invoice waits for its money.
    pub unpaid_invoice_url: Option<String>,
    /// What can be bought on top.
    pub packs: Vec<PackView>,
}

/// Credits that are bought once.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Pack))]
pub struct PackView {
    pub id: String,
    pub name: String,
    pub credits: u32,
    pub usd_cents: u32,
    /// For how long after the purchase they can be used.
    pub days: u32,
}

impl SubscriptionView {
    pub fn of(account: &Account, catalog: &Catalog) -> Self {
        let standing = account.standing.as_ref();
        let paid = account.paid();
        let dormant = standing.is_some_and(|standing| standing.dormant.is_some());
        let status = match paid {
            Some(paid) if paid.grace_until.is_some() => "past_due",
            Some(paid) if paid.cancels_at.is_some() => "cancelling",
            Some(_) => "active",
            None if dormant => "dormant",
            None if account.plan == PlanId::Free => "none",
            None => "given",
        };
        Self {
            plan: account.plan.as_str(),
            status,
            period_start: paid.map(|paid| paid.period_start.to_string()),
            period_end: paid.map(|paid| paid.period_end.to_string()),
            cancels_at: paid.and_then(|paid| paid.cancels_at).map(|at| at.to_string()),
            grace_until: paid.and_then(|paid| paid.grace_until).map(|at| at.to_string()),
            frozen: account.is_frozen(),
            unpaid_invoice_url: standing.and_then(|standing| standing.unpaid_invoice.clone()),
            packs: catalog.packs.iter().map(PackView::of).collect(),
        }
    }
}

impl PackView {
    pub fn of(pack: &Pack) -> Self {
        Self {
            id: pack.id.to_string(),
            name: pack.name.clone(),
            credits: pack.credits.get(),
            usd_cents: pack.usd_cents,
            days: pack.days,
        }
    }
}
