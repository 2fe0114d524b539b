//! A payment service in memory: it keeps books, and tells of each change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use imagegen_core::catalog::{Catalog, PlanId};
use imagegen_core::ids::UserId;
use imagegen_core::ports::clock::Clock;
use imagegen_core::ports::payments::{
    Books, BooksOf, Buyer, CheckoutOrder, CustomerId, Dispute, DisputeId, DisputeState, Invoice,
    InvoiceId, InvoiceLine, InvoiceState, Notice, NoticeCall, NoticeError, NoticePage,
    PaymentNotices, Payments, PaymentsError, PortalErrand, PortalVisit, Subscription,
    SubscriptionId, SubscriptionStatus, Ware,
};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::fakes::{SIGNATURE, TestClock};

#[derive(Debug)]
pub(crate) struct Till {
    clock: Arc<TestClock>,
    catalog: Catalog,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    customers: BTreeMap<CustomerId, Books>,
    sessions: Vec<(CustomerId, Ware)>,
    /// With when it happened; notices that were told stay, for who asks later.
    happened: Vec<(Timestamp, Notice)>,
    untold: Vec<Notice>,
    undone: Vec<SubscriptionId>,
    read: usize,
    made: u32,
    down: bool,
}

/// The body of a webhook, as this service writes it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) of: Option<BooksOf>,
}

impl Till {
    pub(crate) fn new(clock: Arc<TestClock>) -> Self {
        Self { clock, catalog: Catalog::built_in(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder panics")
    }

    /// From now on nothing answers, or everything again.
    pub(crate) fn set_down(&self, down: bool) {
        self.state().down = down;
    }

    /// What nobody was told yet.
    pub(crate) fn take_untold(&self) -> Vec<Notice> {
        std::mem::take(&mut self.state().untold)
    }

    pub(crate) fn undone(&self) -> Vec<SubscriptionId> {
        self.state().undone.clone()
    }

    pub(crate) fn customers(&self) -> usize {
        self.state().customers.len()
    }

    /// The user pays on the page of this address.
    pub(crate) fn pay(&self, page: &str) -> Option<SubscriptionId> {
        let number: usize = page.rsplit('/').next().and_then(|n| n.parse().ok()).expect("a page");
        let (customer, ware) = self.state().sessions[number].clone();
        match ware {
            Ware::Plan(plan) => Some(self.subscribe(&customer, plan)),
            Ware::Pack(_) => {
                let now = self.clock.now();
                let cents = i64::from(self.cents(&ware));
                let line = InvoiceLine {
                    ware: Some(ware),
                    quantity: 1,
                    amount: cents,
                    period_start: now,
                    period_end: now,
                };
                self.invoice(&customer, None, InvoiceState::Paid, vec![line]);
                self.tell(&customer, "checkout.session.completed");
                self.tell(&customer, "invoice.paid");
                None
            }
        }
    }

    fn subscribe(&self, customer: &CustomerId, plan: PlanId) -> SubscriptionId {
        let now = self.clock.now();
        let id = SubscriptionId(self.name("sub"));
        let subscription = Subscription {
            id: id.clone(),
            created_at: now,
            status: SubscriptionStatus::Active,
            plan: Some(plan),
            period_start: now,
            period_end: a_month_after(now, now),
            cancels_at: None,
            ended_at: None,
        };
        let line = self.month(&subscription, plan);
        self.books(customer, |books| books.subscriptions.push(subscription));
        self.invoice(customer, Some(&id), InvoiceState::Paid, vec![line]);
        self.tell(customer, "customer.subscription.created");
        self.tell(customer, "invoice.paid");
        self.tell(customer, "checkout.session.completed");
        id
    }

    /// The user confirms another plan in the portal: at once, the rest of the month paid at once.
    pub(crate) fn upgrade(&self, id: &SubscriptionId, plan: PlanId) {
        let now = self.clock.now();
        let (customer, was) = self.subscription(id, |it| {
            let was = it.clone();
            it.plan = Some(plan);
            was
        });
        let old = Ware::Plan(was.plan.expect("it was known"));
        let line = |ware: &Ware, sign: i64| InvoiceLine {
            ware: Some(ware.clone()),
            quantity: 1,
            amount: sign * i64::from(self.cents(ware)) / 2,
            period_start: now,
            period_end: was.period_end,
        };
        let lines = vec![line(&old, -1), line(&Ware::Plan(plan), 1)];
        self.invoice(&customer, Some(id), InvoiceState::Paid, lines);
        self.tell(&customer, "customer.subscription.updated");
        self.tell(&customer, "invoice.paid");
    }

    /// The month is over: the next one is paid, or its payment fails. `plan`: from now on.
    pub(crate) fn renew(&self, id: &SubscriptionId, plan: Option<PlanId>, paid: bool) {
        let (customer, now) = self.subscription(id, |it| {
            let start = it.period_end;
            it.period_start = start;
            it.period_end = a_month_after(it.created_at, start);
            it.plan = plan.or(it.plan);
            it.status = if paid { SubscriptionStatus::Active } else { SubscriptionStatus::PastDue };
            it.clone()
        });
        let line = self.month(&now, now.plan.unwrap_or(PlanId::Basic));
        let line = InvoiceLine { ware: now.plan.map(Ware::Plan), ..line };
        let state = if paid { InvoiceState::Paid } else { InvoiceState::Open };
        self.invoice(&customer, Some(id), state, vec![line]);
        self.tell(&customer, "customer.subscription.updated");
        self.tell(&customer, if paid { "invoice.paid" } else { "invoice.payment_failed" });
    }

    /// What is open is paid after all.
    pub(crate) fn pay_open(&self, id: &SubscriptionId) {
        let (customer, ()) = self.subscription(id, |it| it.status = SubscriptionStatus::Active);
        self.books(&customer, |books| {
            for invoice in &mut books.invoices {
                if invoice.state == InvoiceState::Open {
                    invoice.state = InvoiceState::Paid;
                    invoice.paid = sum(&invoice.lines);
                }
            }
        });
        self.tell(&customer, "invoice.paid");
        self.tell(&customer, "customer.subscription.updated");
    }

    /// As the portal does it in flexible mode, or undoes it.
    pub(crate) fn cancel_at(&self, id: &SubscriptionId, at_end: bool) {
        let (customer, ()) = self.subscription(id, |it| {
            it.cancels_at = at_end.then_some(it.period_end);
        });
        self.tell(&customer, "customer.subscription.updated");
    }

    pub(crate) fn end(&self, id: &SubscriptionId) {
        let now = self.clock.now();
        let (customer, ()) = self.subscription(id, |it| {
            it.status = SubscriptionStatus::Canceled;
            it.ended_at = Some(now);
        });
        self.tell(&customer, "customer.subscription.deleted");
    }

    /// A price that nobody put into the catalogue.
    pub(crate) fn forget_price(&self, id: &SubscriptionId) {
        let (customer, ()) = self.subscription(id, |it| it.plan = None);
        self.tell(&customer, "customer.subscription.updated");
    }

    /// So many percent of the newest invoice have gone back, all told.
    pub(crate) fn refund(&self, user: &UserId, percent: u64) {
        self.newest_invoice(user, "charge.refunded", |invoice| {
            invoice.refunded = invoice.paid * percent / 100;
        });
    }

    /// The user's bank takes the newest payment back; `state` is how it stands.
    pub(crate) fn dispute(&self, user: &UserId, state: DisputeState) {
        let kind = match state {
            DisputeState::Open => "charge.dispute.created",
            DisputeState::Won | DisputeState::Lost => "charge.dispute.closed",
        };
        self.newest_invoice(user, kind, |invoice| {
            invoice.disputes = vec![Dispute { id: DisputeId("du_1".into()), state }];
        });
    }

    fn newest_invoice(&self, user: &UserId, kind: &str, change: impl FnOnce(&mut Invoice)) {
        let customer = {
            let mut state = self.state();
            let books = state.customers.values_mut().find(|it| it.user.as_ref() == Some(user));
            let books = books.expect("the user is a customer");
            change(books.invoices.last_mut().expect("something was paid"));
            books.customer.clone()
        };
        self.tell(&customer, kind);
    }

    fn month(&self, subscription: &Subscription, plan: PlanId) -> InvoiceLine {
        let ware = Ware::Plan(plan);
        InvoiceLine {
            quantity: 1,
            amount: i64::from(self.cents(&ware)),
            ware: Some(ware),
            period_start: subscription.period_start,
            period_end: subscription.period_end,
        }
    }

    fn cents(&self, ware: &Ware) -> u32 {
        match ware {
            Ware::Plan(plan) => self.catalog.plan(*plan).usd_cents_per_month,
            Ware::Pack(pack) => self.catalog.pack(pack).expect("it is sold").usd_cents,
        }
    }

    fn invoice(
        &self,
        customer: &CustomerId,
        subscription: Option<&SubscriptionId>,
        state: InvoiceState,
        lines: Vec<InvoiceLine>,
    ) {
        let invoice = Invoice {
            id: InvoiceId(self.name("in")),
            created_at: self.clock.now(),
            subscription: subscription.cloned(),
            paid: if state == InvoiceState::Paid { sum(&lines) } else { 0 },
            state,
            lines,
            refunded: 0,
            disputes: Vec::new(),
            page: Some("https://pay.test/invoice".into()),
        };
        self.books(customer, |books| books.invoices.push(invoice));
    }

    fn name(&self, kind: &str) -> String {
        let mut state = self.state();
        state.made += 1;
        format!("{kind}_{:03}", state.made)
    }

    fn books(&self, customer: &CustomerId, change: impl FnOnce(&mut Books)) {
        change(self.state().customers.get_mut(customer).expect("a customer of ours"));
    }

    fn subscription<T>(
        &self,
        id: &SubscriptionId,
        change: impl FnOnce(&mut Subscription) -> T,
    ) -> (CustomerId, T) {
        let mut state = self.state();
        for (customer, books) in &mut state.customers {
            if let Some(it) = books.subscriptions.iter_mut().find(|it| it.id == *id) {
                return (customer.clone(), change(it));
            }
        }
        panic!("there is no subscription {id:?}");
    }

    fn tell(&self, customer: &CustomerId, kind: &str) {
        let notice = Notice {
            id: self.name("evt"),
            kind: kind.to_owned(),
            of: Some(BooksOf::Customer(customer.clone())),
        };
        let now = self.clock.now();
        let mut state = self.state();
        state.happened.push((now, notice.clone()));
        state.untold.push(notice);
    }

    fn answer(&self) -> Result<MutexGuard<'_, State>, PaymentsError> {
        let state = self.state();
        if state.down {
            return Err(PaymentsError::Unavailable("the test has switched it off".into()));
        }
        Ok(state)
    }
}

fn sum(lines: &[InvoiceLine]) -> u64 {
    u64::try_from(lines.iter().map(|line| line.amount).sum::<i64>()).unwrap_or(0)
}

/// The end of the month that begins at `start`, on the day of `anchor`.
fn a_month_after(anchor: Timestamp, start: Timestamp) -> Timestamp {
    let anchor = anchor.to_zoned(TimeZone::UTC);
    let ends = (1..).map(|n| anchor.checked_add(n.months()).expect("in range").timestamp());
    ends.into_iter().find(|end| *end > start).expect("months do not end")
}

#[async_trait]
impl Payments for Till {
    async fn customer(&self, buyer: &Buyer<'_>) -> Result<CustomerId, PaymentsError> {
        let mut state = self.answer()?;
        let found = state.customers.values().find(|it| it.user.as_ref() == Some(buyer.user));
        if let Some(books) = found {
            return Ok(books.customer.clone());
        }
        let customer = CustomerId(format!("cus_{}", state.customers.len() + 1));
        let books = Books {
            customer: customer.clone(),
            user: Some(buyer.user.clone()),
            subscriptions: Vec::new(),
            invoices: Vec::new(),
        };
        state.customers.insert(customer.clone(), books);
        Ok(customer)
    }

    async fn checkout(&self, order: &CheckoutOrder<'_>) -> Result<String, PaymentsError> {
        let mut state = self.answer()?;
        state.sessions.push((order.customer.clone(), order.ware.clone()));
        Ok(format!("https://pay.test/checkout/{}", state.sessions.len() - 1))
    }

    async fn portal(&self, visit: &PortalVisit<'_>) -> Result<String, PaymentsError> {
        let errand = match visit.errand {
            PortalErrand::Home => "home".to_owned(),
            PortalErrand::PaymentMethod => "payment_method".to_owned(),
            PortalErrand::Cancel { subscription } => format!("cancel/{}", subscription.0),
            PortalErrand::Change { subscription, plan } => {
                format!("change/{}/{}", subscription.0, plan.as_str())
            }
        };
        drop(self.answer()?);
        Ok(format!("https://pay.test/portal/{errand}"))
    }

    async fn books(&self, of: &BooksOf) -> Result<Option<Books>, PaymentsError> {
        let mut state = self.answer()?;
        state.read += 1;
        Ok(match of {
            BooksOf::Customer(customer) => state.customers.get(customer).cloned(),
            BooksOf::Charge(_) | BooksOf::Session(_) => None,
        })
    }

    async fn undo(&self, id: &SubscriptionId) -> Result<(), PaymentsError> {
        self.answer()?.undone.push(id.clone());
        let (customer, ()) = self.subscription(id, |it| it.status = SubscriptionStatus::Canceled);
        self.books(&customer, |books| {
            let of_it = books.invoices.iter_mut().filter(|i| i.subscription.as_ref() == Some(id));
            of_it.for_each(|invoice| invoice.refunded = invoice.paid);
        });
        self.tell(&customer, "customer.subscription.deleted");
        self.tell(&customer, "charge.refunded");
        Ok(())
    }
}

#[async_trait]
impl PaymentNotices for Till {
    fn verify(&self, call: &NoticeCall<'_>) -> Result<Notice, NoticeError> {
        if call.signature != Some(SIGNATURE) {
            return Err(NoticeError::Forged("it is not the test's"));
        }
        let told = serde_json::from_slice::<Told>(call.body);
        let Told { id, kind, of } = told.map_err(|e| NoticeError::Unreadable(e.into()))?;
        Ok(Notice { id, kind, of })
    }

    async fn notices(
        &self,
        since: Timestamp,
        cursor: Option<&str>,
    ) -> Result<NoticePage, PaymentsError> {
        const PAGE: usize = 3;
        let state = self.answer()?;
        let from = cursor.map_or(0, |cursor| cursor.parse().expect("a cursor of ours"));
        let all = state.happened.iter().filter(|(at, _)| *at >= since).map(|(_, it)| it.clone());
        let all: Vec<_> = all.collect();
        let notices: Vec<_> = all.iter().skip(from).take(PAGE).cloned().collect();
        let next = from + notices.len();
        let cursor = (next < all.len()).then(|| next.to_string());
        Ok(NoticePage { notices, cursor })
    }
}
