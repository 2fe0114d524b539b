//! The payment service's own books, and what its customers and their banks do to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imagegen_core::catalog::{Catalog, PlanCredits, PlanId};
use imagegen_core::credits::{Credits, GrantId};
use imagegen_core::ids::UserId;
use imagegen_core::ports::payments::{
    Books, BooksOf, CustomerId, Dispute, DisputeId, DisputeState, Invoice, InvoiceId, InvoiceLine,
    InvoiceState, Notice, Subscription, SubscriptionId, SubscriptionStatus, Ware,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::random::Random;

#[derive(Debug)]
pub(crate) struct Till {
    catalog: Arc<Catalog>,
    pub(crate) customers: BTreeMap<CustomerId, Customer>,
    pub(super) pages: Vec<Page>,
    /// What will happen by itself, with a number so that two may happen at one moment.
    agenda: BTreeMap<(Timestamp, u64), Happening>,
    pub(super) happened: Vec<(Timestamp, Notice)>,
    pub(super) untold: Vec<Notice>,
    /// What is sold, by its invoice: whether that is paid or not.
    pub(crate) sales: BTreeMap<InvoiceId, Sale>,
    /// Bought by nobody's wish, and given back by the handler.
    pub(crate) undone: BTreeSet<SubscriptionId>,
    /// A refund of these failed after all.
    pub(crate) refund_failed: BTreeSet<InvoiceId>,
    /// From the next period on.
    downgrades: BTreeMap<SubscriptionId, PlanId>,
    made: u64,
    /// Webhooks on their way.
    pub(crate) busy: usize,
    pub(crate) payments: u64,
    pub(crate) refunds: u64,
    pub(crate) disputes: u64,
}

#[derive(Debug)]
pub(crate) struct Customer {
    pub(crate) books: Books,
    pub(super) made_at: Timestamp,
    /// Money went back to them once, whatever became of it.
    pub(crate) paid_back: bool,
}

/// Credits that an invoice is for.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) grant: GrantId,
    pub(crate) credits: Credits,
    pub(crate) paid: bool,
}

/// Where somebody was sent.
#[derive(Debug, Clone)]
pub(crate) enum Page {
    Checkout { customer: CustomerId, ware: Ware, nonce: String, opened_at: Timestamp, paid: bool },
    Portal { customer: CustomerId, errand: Errand },
}

#[derive(Debug, Clone)]
pub(crate) enum Errand {
    Home,
    PaymentMethod,
    Cancel(SubscriptionId),
    Change(SubscriptionId, PlanId),
}

#[derive(Debug, Clone)]
enum Happening {
    PeriodEnds(SubscriptionId),
    /// A renewal's payment is tried, for so many times before.
    Collect(InvoiceId, u32),
    RefundFails(InvoiceId, u64),
    Decide(InvoiceId),
}

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long a checkout page is open.
const PAGE_LIFE: SignedDuration = SignedDuration::from_hours(24);

impl Till {
    pub(crate) fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            customers: BTreeMap::new(),
            pages: Vec::new(),
            agenda: BTreeMap::new(),
            happened: Vec::new(),
            untold: Vec::new(),
            sales: BTreeMap::new(),
            undone: BTreeSet::new(),
            refund_failed: BTreeSet::new(),
            downgrades: BTreeMap::new(),
            made: 0,
            busy: 0,
            payments: 0,
            refunds: 0,
            disputes: 0,
        }
    }

    /// When something happens next by itself.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.agenda.keys().next().map(|(at, _)| *at)
    }

    /// All customers that were made for `user`.
    pub(crate) fn customers_of(&self, user: &UserId) -> impl Iterator<Item = &Customer> {
        self.customers.values().filter(move |it| it.books.user.as_ref() == Some(user))
    }

    pub(crate) fn ever_paid(&self, grant: &GrantId) -> bool {
        let invoice = grant.invoice().map(|id| InvoiceId(id.to_owned()));
        invoice.and_then(|id| self.sales.get(&id)).is_some_and(|sale| sale.paid)
    }

    /// The customer that stands for a user: the same for a day, then another one.
    pub(super) fn customer(&mut self, user: &UserId, now: Timestamp) -> CustomerId {
        let known = self.customers_of(user).find(|it| it.made_at + DAY > now);
        if let Some(known) = known {
            return known.books.customer.clone();
        }
        let customer = CustomerId(self.name("cus"));
        let books = Books {
            customer: customer.clone(),
            user: Some(user.clone()),
            subscriptions: Vec::new(),
            invoices: Vec::new(),
        };
        let made = Customer { books, made_at: now, paid_back: false };
        self.customers.insert(customer.clone(), made);
        customer
    }

    pub(super) fn checkout(
        &mut self,
        sought: &CustomerId,
        sold: &Ware,
        key: &str,
        now: Timestamp,
    ) -> usize {
        let same = self.pages.iter().position(|page| match page {
            Page::Checkout { customer, ware, nonce, opened_at, .. } => {
                (customer, ware, nonce.as_str()) == (sought, sold, key)
                    && *opened_at + PAGE_LIFE > now
            }
            Page::Portal { .. } => false,
        });
        same.unwrap_or_else(|| {
            let (customer, ware, nonce) = (sought.clone(), sold.clone(), key.to_owned());
            self.pages.push(Page::Checkout { customer, ware, nonce, opened_at: now, paid: false });
            self.pages.len() - 1
        })
    }

    /// Pays on a page of ours; on one that was paid or is no longer open nothing happens.
    pub(super) fn pay(&mut self, number: usize, now: Timestamp) {
        let Page::Checkout { customer, ware, opened_at, paid, .. } = &mut self.pages[number] else {
            return;
        };
        if *paid || *opened_at + PAGE_LIFE <= now {
            return;
        }
        *paid = true;
        let (customer, ware) = (customer.clone(), ware.clone());
        match ware {
            Ware::Plan(plan) => self.subscribe(&customer, plan, now),
            Ware::Pack(_) => {
                let line = self.line(ware, now, now);
                self.invoice(&customer, None, InvoiceState::Paid, vec![line], now);
            }
        }
        self.tell(&customer, "invoice.paid", now);
        let of = BooksOf::Session(format!("cs_{number}"));
        self.tell_of(of, "checkout.session.completed", now);
    }

    fn subscribe(&mut self, customer: &CustomerId, plan: PlanId, now: Timestamp) {
        let id = SubscriptionId(self.name("sub"));
        let ends = a_month_after(now, now);
        let subscription = Subscription {
            id: id.clone(),
            created_at: now,
            status: SubscriptionStatus::Active,
            plan: Some(plan),
            period_start: now,
            period_end: ends,
            cancels_at: None,
            ended_at: None,
        };
        self.books(customer).subscriptions.push(subscription);
        let line = self.line(Ware::Plan(plan), now, ends);
        self.invoice(customer, Some(&id), InvoiceState::Paid, vec![line], now);
        self.plan_for(ends, Happening::PeriodEnds(id));
        self.tell(customer, "customer.subscription.created", now);
    }

    /// Upwards at once, with the rest of the month paid; downwards when the month is over.
    pub(super) fn change(&mut self, id: &SubscriptionId, plan: PlanId, now: Timestamp) {
        let Some((customer, it)) = self.subscription(id) else { return };
        let (was, ends) = (it.plan.expect("all that we sell is known"), it.period_end);
        if it.status != SubscriptionStatus::Active || plan == was {
            return;
        }
        if plan < was {
            self.downgrades.insert(id.clone(), plan);
            return self.tell(&customer, "customer.subscription.updated", now);
        }
        it.plan = Some(plan);
        self.downgrades.remove(id);
        let half =
            |line: InvoiceLine, sign: i64| InvoiceLine { amount: sign * line.amount / 2, ..line };
        let old = half(self.line(Ware::Plan(was), now, ends), -1);
        let new = half(self.line(Ware::Plan(plan), now, ends), 1);
        self.invoice(&customer, Some(id), InvoiceState::Paid, vec![old, new], now);
        self.tell(&customer, "invoice.paid", now);
        self.tell(&customer, "customer.subscription.updated", now);
    }

    /// At the period's end; or not after all.
    pub(super) fn cancel(&mut self, id: &SubscriptionId, now: Timestamp) {
        let Some((customer, it)) = self.subscription(id) else { return };
        if is_living(it) {
            it.cancels_at = it.cancels_at.is_none().then_some(it.period_end);
            self.tell(&customer, "customer.subscription.updated", now);
        }
    }

    /// Ends it at once, without giving anything back.
    pub(super) fn end(&mut self, id: &SubscriptionId, now: Timestamp) {
        let Some((customer, it)) = self.subscription(id) else { return };
        if !is_living(it) {
            return;
        }
        it.status = SubscriptionStatus::Canceled;
        it.ended_at = Some(now);
        for invoice in &mut self.books(&customer).invoices {
            if invoice.subscription.as_ref() == Some(id) && is_open(invoice) {
                invoice.state = InvoiceState::Void;
            }
        }
        self.tell(&customer, "customer.subscription.deleted", now);
    }

    /// What is open is paid with another card.
    pub(super) fn pay_open(&mut self, customer: &CustomerId, now: Timestamp) {
        let invoices = &self.customers[customer].books.invoices;
        let open = invoices.iter().filter(|i| i.state == InvoiceState::Open);
        for invoice in open.map(|i| i.id.clone()).collect::<Vec<_>>() {
            self.is_paid(&invoice, now);
        }
    }

    fn is_paid(&mut self, id: &InvoiceId, now: Timestamp) {
        let Some((customer, invoice)) = self.invoice_of(id) else { return };
        if !is_open(invoice) {
            return;
        }
        invoice.state = InvoiceState::Paid;
        invoice.paid = sum(&invoice.lines);
        let of = invoice.subscription.clone();
        self.payments += 1;
        if let Some(sale) = self.sales.get_mut(id) {
            sale.paid = true;
        }
        if let Some((_, it)) = of.and_then(|of| self.subscription(&of))
            && is_living(it)
        {
            it.status = SubscriptionStatus::Active;
        }
        self.tell(&customer, "invoice.paid", now);
        self.tell(&customer, "customer.subscription.updated", now);
    }

    /// So many percent of what is left of a payment go back; now and then the bank sends them back again.
    pub(crate) fn refund(
        &mut self,
        id: &InvoiceId,
        percent: u64,
        fails_at: Option<Timestamp>,
        now: Timestamp,
    ) {
        let Some((customer, invoice)) = self.invoice_of(id) else { return };
        let part = (invoice.paid - invoice.refunded) * percent / 100;
        if part == 0 || !invoice.disputes.is_empty() {
            return;
        }
        invoice.refunded += part;
        self.refunds += 1;
        self.paid_back(&customer);
        if let Some(at) = fails_at {
            self.plan_for(at, Happening::RefundFails(id.clone(), part));
        }
        self.tell_of(BooksOf::Charge(charge_of(id)), "charge.refunded", now);
    }

    pub(crate) fn dispute(&mut self, id: &InvoiceId, decided_at: Timestamp, now: Timestamp) {
        let name = DisputeId(self.name("du"));
        let Some((_, invoice)) = self.invoice_of(id) else { return };
        if invoice.paid == invoice.refunded || !invoice.disputes.is_empty() {
            return;
        }
        invoice.disputes.push(Dispute { id: name, state: DisputeState::Open });
        self.disputes += 1;
        self.plan_for(decided_at, Happening::Decide(id.clone()));
        self.tell_of(BooksOf::Charge(charge_of(id)), "charge.dispute.created", now);
    }

    /// Everything that was paid for it, but what a bank took or may take.
    pub(super) fn give_all_back(&mut self, id: &SubscriptionId, now: Timestamp) {
        let Some((customer, _)) = self.subscription(id) else { return };
        self.undone.insert(id.clone());
        self.paid_back(&customer);
        let mut told = Vec::new();
        for invoice in &mut self.books(&customer).invoices {
            let of_it = invoice.subscription.as_ref() == Some(id) && invoice.paid > 0;
            let ours = invoice.disputes.iter().all(|it| it.state == DisputeState::Won);
            if of_it && ours && invoice.refunded < invoice.paid {
                invoice.refunded = invoice.paid;
                told.push(charge_of(&invoice.id));
            }
        }
        for charge in told {
            self.tell_of(BooksOf::Charge(charge), "charge.refunded", now);
        }
    }

    /// Lets happen what is due by itself.
    pub(super) fn live_until(&mut self, now: Timestamp, random: &mut Random) {
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            match entry.remove() {
                Happening::PeriodEnds(id) => self.period_ends(&id, now),
                Happening::Collect(id, tries) => self.collect(&id, tries, now, random),
                Happening::RefundFails(id, part) => {
                    let (_, invoice) = self.invoice_of(&id).expect("invoices stay");
                    invoice.refunded = invoice.refunded.saturating_sub(part);
                    self.refund_failed.insert(id.clone());
                    self.tell_of(BooksOf::Charge(charge_of(&id)), "charge.refund.updated", now);
                }
                Happening::Decide(id) => self.decide(&id, random.chance(5000), now),
            }
        }
    }

    fn decide(&mut self, id: &InvoiceId, won: bool, now: Timestamp) {
        let (customer, invoice) = self.invoice_of(id).expect("invoices stay");
        let state = if won { DisputeState::Won } else { DisputeState::Lost };
        invoice.disputes.iter_mut().for_each(|dispute| dispute.state = state);
        if !won {
            self.paid_back(&customer);
        }
        self.tell_of(BooksOf::Charge(charge_of(id)), "charge.dispute.closed", now);
    }

    fn period_ends(&mut self, id: &SubscriptionId, now: Timestamp) {
        let downgrade = self.downgrades.remove(id);
        let Some((customer, it)) = self.subscription(id) else { return };
        if !is_living(it) {
            return;
        }
        if it.cancels_at.is_some() {
            return self.end(id, now);
        }
        it.plan = downgrade.or(it.plan);
        it.period_start = it.period_end;
        it.period_end = a_month_after(it.created_at, it.period_end);
        let (plan, from, until) = (it.plan, it.period_start, it.period_end);
        let line = self.line(Ware::Plan(plan.expect("all that we sell is known")), from, until);
        // The invoice is a draft for an hour.
        let invoice = self.invoice(&customer, Some(id), InvoiceState::Draft, vec![line], now);
        self.plan_for(now + SignedDuration::from_hours(1), Happening::Collect(invoice, 0));
        self.plan_for(until, Happening::PeriodEnds(id.clone()));
        self.tell(&customer, "customer.subscription.updated", now);
    }

    fn collect(&mut self, id: &InvoiceId, tries: u32, now: Timestamp, random: &mut Random) {
        let Some((customer, invoice)) = self.invoice_of(id) else { return };
        if !is_open(invoice) {
            return;
        }
        if random.chance(if tries == 0 { 7500 } else { 3000 }) {
            return self.is_paid(id, now);
        }
        invoice.state = InvoiceState::Open;
        let of = invoice.subscription.clone().expect("renewals are of a subscription");
        self.tell(&customer, "invoice.payment_failed", now);
        if tries < 3 {
            let (_, it) = self.subscription(&of).expect("subscriptions stay");
            it.status = SubscriptionStatus::PastDue;
            let days = i64::try_from(random.between(1, 6)).expect("days");
            self.plan_for(
                now + DAY * i32::try_from(days).expect("days"),
                Happening::Collect(id.clone(), tries + 1),
            );
            return self.tell(&customer, "customer.subscription.updated", now);
        }
        // Lost. The service is set up to end it, or to let it lie.
        if random.chance(7000) {
            return self.end(&of, now);
        }
        let (_, it) = self.subscription(&of).expect("subscriptions stay");
        it.status = SubscriptionStatus::Unpaid;
        self.tell(&customer, "customer.subscription.updated", now);
    }

    fn invoice(
        &mut self,
        customer: &CustomerId,
        subscription: Option<&SubscriptionId>,
        state: InvoiceState,
        lines: Vec<InvoiceLine>,
        now: Timestamp,
    ) -> InvoiceId {
        let id = InvoiceId(self.name("in"));
        let paid = state == InvoiceState::Paid;
        self.payments += u64::from(paid);
        if let Some((grant, credits)) = self.sold(&id, &lines) {
            self.sales.insert(id.clone(), Sale { grant, credits, paid });
        }
        let invoice = Invoice {
            id: id.clone(),
            created_at: now,
            subscription: subscription.cloned(),
            paid: if paid { sum(&lines) } else { 0 },
            state,
            lines,
            refunded: 0,
            disputes: Vec::new(),
            page: Some(format!("https://till.example/invoice/{}", id.0)),
        };
        self.books(customer).invoices.push(invoice);
        id
    }

    /// What the shop promised for it. All invoices of ours are for one thing.
    fn sold(&self, id: &InvoiceId, lines: &[InvoiceLine]) -> Option<(GrantId, Credits)> {
        match lines.last()?.ware.as_ref()? {
            Ware::Plan(plan) => match self.catalog.plan(*plan).credits {
                PlanCredits::Monthly(credits) => {
                    Some((GrantId(format!("invoice:{}", id.0)), credits))
                }
                PlanCredits::Unlimited { .. } => None,
            },
            Ware::Pack(pack) => {
                let credits = self.catalog.pack(pack).expect("it is sold").credits;
                Some((GrantId(format!("invoice:{}:{pack}:0", id.0)), credits))
            }
        }
    }

    fn line(&self, ware: Ware, from: Timestamp, until: Timestamp) -> InvoiceLine {
        let cents = match &ware {
            Ware::Plan(plan) => self.catalog.plan(*plan).usd_cents_per_month,
            Ware::Pack(pack) => self.catalog.pack(pack).expect("it is sold").usd_cents,
        };
        InvoiceLine {
            ware: Some(ware),
            quantity: 1,
            amount: i64::from(cents),
            period_start: from,
            period_end: until,
        }
    }

    fn paid_back(&mut self, customer: &CustomerId) {
        self.customers.get_mut(customer).expect("customers stay").paid_back = true;
    }

    fn plan_for(&mut self, at: Timestamp, what: Happening) {
        self.made += 1;
        self.agenda.insert((at, self.made), what);
    }

    fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}_{:04}", self.made)
    }

    fn books(&mut self, customer: &CustomerId) -> &mut Books {
        &mut self.customers.get_mut(customer).expect("customers stay").books
    }

    fn subscription(&mut self, id: &SubscriptionId) -> Option<(CustomerId, &mut Subscription)> {
        self.customers.iter_mut().find_map(|(customer, it)| {
            let found = it.books.subscriptions.iter_mut().find(|it| it.id == *id)?;
            Some((customer.clone(), found))
        })
    }

    fn invoice_of(&mut self, id: &InvoiceId) -> Option<(CustomerId, &mut Invoice)> {
        self.customers.iter_mut().find_map(|(customer, it)| {
            let found = it.books.invoices.iter_mut().find(|it| it.id == *id)?;
            Some((customer.clone(), found))
        })
    }

    fn tell(&mut self, customer: &CustomerId, kind: &str, now: Timestamp) {
        self.tell_of(BooksOf::Customer(customer.clone()), kind, now);
    }

    fn tell_of(&mut self, of: BooksOf, kind: &str, now: Timestamp) {
        let notice = Notice { id: self.name("evt"), kind: kind.to_owned(), of: Some(of) };
        self.happened.push((now, notice.clone()));
        self.untold.push(notice);
    }
}

/// Not ended.
pub(crate) fn is_living(subscription: &Subscription) -> bool {
    match subscription.status {
        SubscriptionStatus::Trialing
        | SubscriptionStatus::Active
        | SubscriptionStatus::PastDue
        | SubscriptionStatus::Unpaid
        | SubscriptionStatus::Paused
        | SubscriptionStatus::Other(_) => true,
        SubscriptionStatus::Incomplete
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Canceled => false,
    }
}

fn is_open(invoice: &Invoice) -> bool {
    matches!(invoice.state, InvoiceState::Draft | InvoiceState::Open)
}

/// The payment of an invoice.
fn charge_of(invoice: &InvoiceId) -> String {
    format!("ch_{}", invoice.0)
}

fn sum(lines: &[InvoiceLine]) -> u64 {
    u64::try_from(lines.iter().map(|line| line.amount).sum::<i64>()).unwrap_or(0)
}

/// The end of the month that begins at `start`, on the day of `anchor`.
fn a_month_after(anchor: Timestamp, start: Timestamp) -> Timestamp {
    let anchor = anchor.to_zoned(TimeZone::UTC);
    let mut ends = (1..).map(|n| anchor.checked_add(n.months()).expect("2030 exists").timestamp());
    ends.find(|end| *end > start).expect("months do not end")
}
