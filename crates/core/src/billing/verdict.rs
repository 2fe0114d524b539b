//! What a customer's books say of the plan: pure, of the books and the time alone.

use jiff::Timestamp;

use crate::accounts::{PaidPlan, Standing};
use crate::catalog::{BillingTerms, PlanId};
use crate::ports::payments::{
    Books, DisputeState, Invoice, InvoiceState, Subscription, SubscriptionId, SubscriptionStatus,
    Ware,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub standing: Standing,
    /// Bought a second time, at the same moment in another window: to be undone.
    pub doubles: Vec<SubscriptionId>,
    /// A subscription that counts has a price or a state that we do not know: an operator is to look.
    pub unknown: Option<SubscriptionId>,
}

/// What `books` that were read at `now` say. `before` is where the account stood: what we do not understand changes
/// nothing.
pub fn verdict(
    books: &Books,
    before: Option<&Standing>,
    terms: &BillingTerms,
    now: Timestamp,
) -> Verdict {
    let mut standing = Standing::of(books.customer.clone(), now);
    standing.disputed = books.invoices.iter().any(|invoice| has(invoice, DisputeState::Open));
    let mut living: Vec<_> = books.subscriptions.iter().filter(|s| is_living(s)).collect();
    living.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    // The older one is kept: it is the one that the user has seen work.
    let mut living = living.into_iter();
    let kept = living.next();
    let doubles = living.filter(|s| gives(s)).map(|s| s.id.clone()).collect();
    let mut unknown = None;
    if let Some(subscription) = kept {
        standing.unpaid_invoice = open_invoices(books, subscription).find_map(|i| i.page.clone());
        let known =
            before.and_then(|b| b.paid.as_ref()).filter(|p| p.subscription == subscription.id);
        let plan = subscription.plan.or(known.map(|paid| paid.plan));
        let odd = matches!(subscription.status, SubscriptionStatus::Other(_));
        if odd || subscription.plan.is_none() {
            unknown = Some(subscription.id.clone());
        }
        let paid = match plan {
            Some(_) if odd => known.cloned(),
            Some(plan) => paid_plan(books, subscription, plan, terms, now),
            None => None,
        };
        if paid.is_none() {
            standing.dormant = Some(subscription.id.clone());
        }
        standing.paid = paid;
    }
    Verdict { standing, doubles, unknown }
}

fn paid_plan(
    books: &Books,
    subscription: &Subscription,
    plan: PlanId,
    terms: &BillingTerms,
    now: Timestamp,
) -> Option<PaidPlan> {
    let grace_until = match subscription.status {
        SubscriptionStatus::Trialing | SubscriptionStatus::Active => None,
        SubscriptionStatus::PastDue => {
            let since = open_invoices(books, subscription).map(|invoice| invoice.created_at).min();
            let since = since.unwrap_or(subscription.period_start);
            Some(since.checked_add(terms.grace).expect("three days later exist"))
        }
        SubscriptionStatus::Incomplete
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Unpaid
        | SubscriptionStatus::Paused
        | SubscriptionStatus::Canceled
        | SubscriptionStatus::Other(_) => return None,
    };
    let over = grace_until.is_some_and(|until| until <= now);
    if over || money_went_back(books, subscription, plan) {
        return None;
    }
    Some(PaidPlan {
        plan,
        subscription: subscription.id.clone(),
        period_start: subscription.period_start,
        period_end: subscription.period_end,
        cancels_at: subscription.cancels_at,
        grace_until,
    })
}

/// Whether every invoice that paid for `plan` in this period was given back in full or lost. A refund does not end a
/// subscription at the payment service, but nobody keeps a plan for nothing.
fn money_went_back(books: &Books, subscription: &Subscription, plan: PlanId) -> bool {
    let ware = Ware::Plan(plan);
    let (start, end) = (subscription.period_start, subscription.period_end);
    let pays = |invoice: &&Invoice| {
        invoice.subscription.as_ref() == Some(&subscription.id)
            && invoice.state == InvoiceState::Paid
            && invoice.lines.iter().any(|line| {
                let now = line.period_end > start && line.period_start < end;
                line.ware.as_ref() == Some(&ware) && line.amount >= 0 && now
            })
    };
    let mut paying = books.invoices.iter().filter(pays).peekable();
    paying.peek().is_some() && paying.all(is_given_back)
}

/// Whether nothing is left of what was paid for it.
pub(super) fn is_given_back(invoice: &Invoice) -> bool {
    (invoice.paid > 0 && invoice.refunded >= invoice.paid) || has(invoice, DisputeState::Lost)
}

fn has(invoice: &Invoice, state: DisputeState) -> bool {
    invoice.disputes.iter().any(|dispute| dispute.state == state)
}

fn open_invoices<'a>(
    books: &'a Books,
    subscription: &'a Subscription,
) -> impl Iterator<Item = &'a Invoice> {
    books.invoices.iter().filter(|invoice| {
        invoice.subscription.as_ref() == Some(&subscription.id)
            && invoice.state == InvoiceState::Open
    })
}

/// Not over: there is something to be changed, paid or resumed.
fn is_living(subscription: &Subscription) -> bool {
    match subscription.status {
        SubscriptionStatus::Trialing
        | SubscriptionStatus::Active
        | SubscriptionStatus::PastDue
        | SubscriptionStatus::Unpaid
        | SubscriptionStatus::Paused
        | SubscriptionStatus::Other(_) => true,
        // The first payment was never made: the user starts again.
        SubscriptionStatus::Incomplete
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Canceled => false,
    }
}

/// Money was or is about to be taken for it.
fn gives(subscription: &Subscription) -> bool {
    match subscription.status {
        SubscriptionStatus::Trialing | SubscriptionStatus::Active | SubscriptionStatus::PastDue => {
            true
        }
        SubscriptionStatus::Unpaid
        | SubscriptionStatus::Paused
        | SubscriptionStatus::Incomplete
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Canceled
        | SubscriptionStatus::Other(_) => false,
    }
}
