//! What invoices give: pure, of the books alone.

use crate::catalog::{Catalog, PlanCredits};
use crate::credits::{Credits, GrantId, NewGrant};
use crate::ports::payments::{DisputeState, Invoice, InvoiceLine, InvoiceState, Ware};

/// Credits that were paid for, and how many of them the money was given back for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    pub grant: NewGrant,
    /// 0 to all of them.
    pub given_back: Credits,
}

/// Credits of a plan burn first, so that what was bought for longer lasts longer.
pub(crate) const PLAN_PRIORITY: u8 = 0;
const PACK_PRIORITY: u8 = 10;

/// What a paid invoice gives: nothing when it is not paid, or when it is for an unlimited plan.
pub fn gifts(invoice: &Invoice, catalog: &Catalog) -> Vec<Gift> {
    if invoice.state != InvoiceState::Paid {
        return Vec::new();
    }
    let month = month_of(invoice, catalog);
    let packs = packs_of(invoice, catalog);
    let gift = |grant: NewGrant| Gift { given_back: given_back(invoice, grant.amount), grant };
    month.into_iter().chain(packs).map(gift).collect()
}

/// One month of the plan that the invoice brought the user to: an upgrade's has lines for the old plan too.
fn month_of(invoice: &Invoice, catalog: &Catalog) -> Option<NewGrant> {
    let lines = invoice.lines.iter().filter(|line| line.amount >= 0 && line.quantity > 0);
    let plans = lines.filter_map(|line| match line.ware.as_ref()? {
        Ware::Plan(plan) => Some((line, *plan)),
        Ware::Pack(_) => None,
    });
    let (line, plan) = plans.max_by_key(|(line, plan)| (line.period_end, *plan))?;
    match catalog.plan(plan).credits {
        PlanCredits::Monthly(amount) => {
            let slack = catalog.billing.renewal_slack;
            let lapses = line.period_end.checked_add(slack).expect("two hours later exist");
            Some(NewGrant {
                id: GrantId::of_invoice(&invoice.id.0),
                amount,
                priority: PLAN_PRIORITY,
                expires_at: Some(lapses),
            })
        }
        PlanCredits::Unlimited { .. } => None,
    }
}

fn packs_of<'a>(invoice: &'a Invoice, catalog: &'a Catalog) -> impl Iterator<Item = NewGrant> + 'a {
    let pack_of = |line: &'a InvoiceLine| match line.ware.as_ref()? {
        Ware::Pack(pack) => Some((line, catalog.pack(pack)?)),
        Ware::Plan(_) => None,
    };
    let lines = invoice.lines.iter().filter(|line| line.amount >= 0).filter_map(pack_of);
    lines.enumerate().map(|(n, (line, pack))| NewGrant {
        id: GrantId::of_invoice(&format!("{}:{}:{n}", invoice.id.0, pack.id)),
        amount: pack.credits * line.quantity,
        priority: PACK_PRIORITY,
        expires_at: Some(pack.lapses_at(invoice.created_at)),
    })
}

/// In proportion to the money, rounded in the user's favour; a lost dispute took all of it.
fn given_back(invoice: &Invoice, amount: Credits) -> Credits {
    if invoice.disputes.iter().any(|dispute| dispute.state == DisputeState::Lost) {
        return amount;
    }
    if invoice.paid == 0 {
        return Credits::ZERO;
    }
    let refunded = u128::from(invoice.refunded.min(invoice.paid));
    let part = u128::from(amount.get()) * refunded / u128::from(invoice.paid);
    Credits::new(u32::try_from(part).expect("a part is no more than the whole"))
}
