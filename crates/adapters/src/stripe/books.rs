//! A customer's books, put together from four lists that know nothing of each other.
//!
//! An invoice does not tell what was given back of it, and a charge not what it paid for. The payments of the invoice
//! stand between them.

use std::collections::{BTreeMap, HashMap};

use futures_util::future::{join4, try_join, try_join_all};
use imagegen_core::catalog::PlanId;
use imagegen_core::ports::payments::{
    Books, BooksOf, CustomerId, Dispute, DisputeId, Invoice, InvoiceId, InvoiceLine,
    SubscriptionId, Ware,
};
use jiff::SignedDuration;

use super::Stripe;
use super::api::{Api, Failure};
use super::form::Form;
use super::wire::{
    Charge, Customer, InvoicePayment, Line, NamedPrice, Session, WireDispute, WireInvoice,
    WireSubscription, user,
};

/// What the port promises of invoices.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(540 * 24);

/// What became of a payment.
#[derive(Debug, Default)]
struct Undone {
    refunded: u64,
    disputes: Vec<Dispute>,
}

impl Stripe {
    pub(super) async fn read_books(&self, of: &BooksOf) -> Result<Option<Books>, Failure> {
        let api = &self.api;
        let customer = match of {
            BooksOf::Customer(customer) => Some(customer.0.clone()),
            BooksOf::Charge(id) => {
                let charge: Option<Charge> = api.find(&["charges", id], &Form::new()).await?;
                charge.and_then(|charge| charge.customer).map(|id| id.0)
            }
            BooksOf::Session(id) => {
                let path = ["checkout", "sessions", id];
                let session: Option<Session> = api.find(&path, &Form::new()).await?;
                session.and_then(|session| session.customer).map(|id| id.0)
            }
        };
        match customer {
            Some(customer) => self.read_books_of(&customer).await,
            None => Ok(None),
        }
    }

    async fn read_books_of(&self, id: &str) -> Result<Option<Books>, Failure> {
        let api = &self.api;
        let since = api.now().checked_sub(LOOK_BACK).unwrap_or_default().as_second();
        let owned = Form::new().with("customer", id);
        let recent = owned.clone().with("created[gte]", since);
        let all = owned.with("status", "all").with_all("expand", ["data.items.data.price"]);
        let with_payments = recent.clone().with_all("expand", ["data.payments"]);
        let no_query = Form::new();
        let (customer, subscriptions, invoices, charges) = join4(
            api.find::<Customer>(&["customers", id], &no_query),
            api.all::<WireSubscription>(&["subscriptions"], &all),
            api.all::<WireInvoice>(&["invoices"], &with_payments),
            api.all::<Charge>(&["charges"], &recent),
        )
        .await;
        // First: the lists of a customer that is gone are errors.
        let Some(customer) = customer?.filter(|customer| !customer.deleted) else {
            return Ok(None);
        };
        let (subscriptions, invoices, charges) = (subscriptions?, invoices?, charges?);

        let (mut undone, mut lines) =
            try_join(undone(api, &invoices, charges), lines(api, &invoices)).await?;
        let items = subscriptions.iter().flat_map(|s| &s.items.data).map(|item| item.price.clone());
        let paid = lines.values().flatten().filter_map(Line::price);
        let prices: Vec<_> = items.chain(paid.map(|id| NamedPrice::Id(id.to_owned()))).collect();
        let wares = self.prices.wares(api, &prices).await?;

        let subscriptions = subscriptions.iter().map(|subscription| {
            let mut read = subscription.to_subscription();
            read.plan = plan(subscription, &wares);
            read
        });
        let invoices = invoices.iter().map(|invoice| {
            let lines = lines.remove(&invoice.id).unwrap_or_default();
            invoice.to_invoice(&lines, &wares, undone.remove(&invoice.id).unwrap_or_default())
        });
        Ok(Some(Books {
            user: user(&customer.metadata),
            customer: CustomerId(customer.id),
            subscriptions: subscriptions.collect(),
            invoices: invoices.collect(),
        }))
    }
}

/// The best of the plans that a subscription pays for; usually it has one item.
fn plan(subscription: &WireSubscription, wares: &HashMap<String, Ware>) -> Option<PlanId> {
    let items = subscription.items.data.iter().filter_map(|item| wares.get(item.price.id()));
    let plans = items.filter_map(|ware| match ware {
        Ware::Plan(plan) => Some(*plan),
        Ware::Pack(_) => None,
    });
    plans.max()
}

/// What was given back and is disputed, by invoice.
async fn undone(
    api: &Api,
    invoices: &[WireInvoice],
    charges: Vec<Charge>,
) -> Result<BTreeMap<String, Undone>, Failure> {
    let mut payers = HashMap::new();
    for invoice in invoices {
        for payment in invoice.payments.iter().flat_map(|page| &page.data) {
            payers.extend(payment.payment.id().map(|id| (id, invoice.id.as_str())));
        }
    }
    // Of all others there is nothing to tell.
    let charges = charges.into_iter().filter(|c| c.amount_refunded > 0 || c.disputed);
    let found = charges.map(|charge| undone_of(api, &payers, charge));
    let mut all = BTreeMap::<String, Undone>::new();
    for (invoice, refunded, disputes) in try_join_all(found).await?.into_iter().flatten() {
        let undone = all.entry(invoice).or_default();
        undone.refunded += refunded;
        undone.disputes.extend(disputes);
    }
    Ok(all)
}

/// With the invoice that it paid, if it paid one.
async fn undone_of(
    api: &Api,
    payers: &HashMap<&str, &str>,
    charge: Charge,
) -> Result<Option<(String, u64, Vec<Dispute>)>, Failure> {
    let names = [charge.payment_intent.as_ref().map(|id| id.0.as_str()), Some(&charge.id)];
    let known = names.into_iter().flatten().find_map(|name| payers.get(name));
    let invoice = async {
        match known {
            Some(invoice) => Ok(Some((*invoice).to_owned())),
            None => invoice_of(api, &charge).await,
        }
    };
    let (invoice, disputes) = try_join(invoice, disputes(api, &charge)).await?;
    Ok(invoice.map(|invoice| (invoice, charge.amount_refunded, disputes)))
}

/// For a charge that no invoice names: an invoice names its first payments only, or none.
async fn invoice_of(api: &Api, charge: &Charge) -> Result<Option<String>, Failure> {
    let Some(intent) = &charge.payment_intent else { return Ok(None) };
    let query = Form::new()
        .with("payment[type]", "payment_intent")
        .with("payment[payment_intent]", &intent.0);
    let payments: Vec<InvoicePayment> = api.all(&["invoice_payments"], &query).await?;
    Ok(payments.into_iter().next().map(|payment| payment.invoice.0))
}

async fn disputes(api: &Api, charge: &Charge) -> Result<Vec<Dispute>, Failure> {
    if !charge.disputed {
        return Ok(Vec::new());
    }
    let query = Form::new().with("charge", &charge.id);
    let disputes: Vec<WireDispute> = api.all(&["disputes"], &query).await?;
    let dispute = |it: WireDispute| Some(Dispute { state: it.state()?, id: DisputeId(it.id) });
    Ok(disputes.into_iter().filter_map(dispute).collect())
}

/// All lines of each invoice; an invoice brings only its first ones along.
async fn lines(api: &Api, invoices: &[WireInvoice]) -> Result<HashMap<String, Vec<Line>>, Failure> {
    let read = invoices.iter().map(|invoice| lines_of(api, invoice));
    Ok(try_join_all(read).await?.into_iter().collect())
}

async fn lines_of(api: &Api, invoice: &WireInvoice) -> Result<(String, Vec<Line>), Failure> {
    let lines = if invoice.lines.has_more {
        api.all(&["invoices", &invoice.id, "lines"], &Form::new()).await?
    } else {
        invoice.lines.data.clone()
    };
    Ok((invoice.id.clone(), lines))
}

impl WireInvoice {
    fn to_invoice(&self, lines: &[Line], wares: &HashMap<String, Ware>, undone: Undone) -> Invoice {
        let paid = u64::try_from(self.amount_paid).unwrap_or(0);
        Invoice {
            id: InvoiceId(self.id.clone()),
            created_at: self.created.0,
            subscription: self.subscription().map(|id| SubscriptionId(id.to_owned())),
            state: self.state(),
            lines: lines.iter().map(|line| line.to_line(wares)).collect(),
            paid,
            // A charge may be larger than what it paid of this invoice.
            refunded: undone.refunded.min(paid),
            disputes: undone.disputes,
            page: self.hosted_invoice_url.clone(),
        }
    }
}

impl Line {
    fn to_line(&self, wares: &HashMap<String, Ware>) -> InvoiceLine {
        InvoiceLine {
            ware: self.price().and_then(|price| wares.get(price)).cloned(),
            quantity: self.quantity.unwrap_or(1),
            amount: self.amount,
            period_start: self.period.start.0,
            period_end: self.period.end.0,
        }
    }
}
