//! The payment service: a port that fails as the others do, webhooks that get lost, doubled and late, and the pages
//! where people pay. Its books, and what becomes of them in time, are in [`books`].

mod books;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::payments::{
    Books, BooksOf, Buyer, CheckoutOrder, CustomerId, InvoiceId, Notice, NoticeCall, NoticeError,
    NoticePage, PaymentNotices, Payments, PaymentsError, PortalErrand, PortalVisit, SubscriptionId,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use self::books::{Errand, Page};
pub(crate) use self::books::{Till, is_living};
use crate::faults::Port;
use crate::process::{Ran, invoke};
use crate::random::Random;
use crate::webhook;
use crate::world::{Caller, NoAnswer, World, locked};

/// Where it sends browsers back to.
pub(crate) const APP_URL: &str = "https://app.example/billing";
/// What proves a webhook.
pub(crate) const SIGNATURE: &str = "signed by the till";
/// Notices on one page.
const PAGE: usize = 7;
/// Between tries of a webhook that got no good answer.
const WAITS: [u64; 6] = [5, 60, 600, 3600, 6 * 3600, 12 * 3600];

/// A webhook's body.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    id: String,
    kind: String,
    of: Option<BooksOf>,
}

/// Changes something at the payment service; what came of it is told.
pub(crate) fn at_the_till<T>(
    world: &Arc<World>,
    change: impl FnOnce(&mut Till, Timestamp) -> T,
) -> T {
    let (value, untold) = {
        let mut till = locked(&world.till);
        let value = change(&mut till, world.now());
        (value, std::mem::take(&mut till.untold))
    };
    for notice in untold {
        announce(world, notice);
    }
    value
}

/// Lets happen what is due by itself.
pub(crate) fn time_passes(world: &Arc<World>, random: &mut Random) {
    at_the_till(world, |till, now| till.live_until(now, random));
}

/// What somebody does on the page that they were sent to.
pub(crate) fn visit(world: &Arc<World>, url: &str, random: &mut Random) {
    let number = url.rsplit('/').next().and_then(|n| n.parse::<usize>().ok());
    let number = number.expect("a page of the till");
    at_the_till(world, |till, now| match till.pages[number].clone() {
        // Some look at the price and leave; some cards are declined.
        Page::Checkout { .. } if !random.chance(7500) => {}
        Page::Checkout { .. } => till.pay(number, now),
        Page::Portal { customer, errand } => match errand {
            // Some change their mind.
            Errand::PaymentMethod | Errand::Change(..) if !random.chance(7500) => {}
            Errand::PaymentMethod => till.pay_open(&customer, now),
            Errand::Change(id, plan) => till.change(&id, plan, now),
            Errand::Cancel(id) if random.chance(2000) => till.end(&id, now),
            Errand::Cancel(id) => till.cancel(&id, now),
            Errand::Home => {
                till.pay_open(&customer, now);
                let living = till.customers[&customer].books.subscriptions.iter();
                let living: Vec<_> = living.filter(|it| is_living(it)).cloned().collect();
                for it in living {
                    if random.chance(3000) {
                        till.cancel(&it.id, now);
                    }
                }
            }
        },
    });
}

/// Somebody wants money back, from the shop or through a bank.
pub(crate) fn regret(world: &Arc<World>, random: &mut Random) {
    let day = SignedDuration::from_hours(24);
    let mut days = |most| day * i32::try_from(random.between(1, most)).expect("days");
    let (fails, decided) = (days(12), days(25));
    at_the_till(world, |till, now| {
        let invoices = till.customers.values().flat_map(|it| &it.books.invoices);
        let paid: Vec<InvoiceId> = invoices.filter(|i| i.paid > 0).map(|i| i.id.clone()).collect();
        if paid.is_empty() {
            return;
        }
        // The newest ones, mostly.
        let recent = if random.chance(6000) { paid.len().saturating_sub(2) } else { 0 };
        let id = random.pick(&paid[recent..]);
        if random.chance(6500) {
            let percent = *random.pick(&[100, 100, 100, 50, 33, 10, 1]);
            let fails_at = random.chance(2500).then(|| now + fails);
            till.refund(id, percent, fails_at, now);
        } else {
            till.dispute(id, now + decided, now);
        }
    });
}

/// Sends a webhook on its way.
fn announce(world: &Arc<World>, notice: Notice) {
    world.note(|| format!("till: {} {} of {:?}", notice.id, notice.kind, notice.of));
    let Notice { id, kind, of } = notice;
    let body = serde_json::to_vec(&Told { id, kind, of }).expect("plain data");
    for delay in webhook::delays(world) {
        locked(&world.till).busy += 1;
        tokio::spawn(travel(Arc::clone(world), delay, body.clone()));
    }
}

async fn travel(world: Arc<World>, delay: Duration, body: Vec<u8>) {
    sleep(delay).await;
    for wait in WAITS {
        let body = body.clone();
        let answer = invoke(&world, "stripe_webhook", move |edge| async move {
            edge.notice(SIGNATURE, body).await.status == 200
        });
        if matches!(answer.await, Ran::Done(true)) {
            break;
        }
        sleep(Duration::from_secs(wait)).await;
    }
    locked(&world.till).busy -= 1;
}

#[async_trait]
impl Payments for Caller {
    async fn customer(&self, buyer: &Buyer<'_>) -> Result<CustomerId, PaymentsError> {
        let (world, user) = (Arc::clone(&self.world), buyer.user.clone());
        let effect = move || at_the_till(&world, |till, now| till.customer(&user, now));
        self.tell(Port::Payments, effect).await.map_err(unavailable)
    }

    async fn checkout(&self, order: &CheckoutOrder<'_>) -> Result<String, PaymentsError> {
        let world = Arc::clone(&self.world);
        let (customer, ware) = (order.customer.clone(), order.ware.clone());
        let nonce = order.nonce.to_owned();
        let effect =
            move || at_the_till(&world, |till, now| till.checkout(&customer, &ware, &nonce, now));
        let page = self.tell(Port::Payments, effect).await.map_err(unavailable)?;
        Ok(format!("https://till.example/checkout/{page}"))
    }

    async fn portal(&self, visit: &PortalVisit<'_>) -> Result<String, PaymentsError> {
        let errand = match visit.errand {
            PortalErrand::Home => Errand::Home,
            PortalErrand::PaymentMethod => Errand::PaymentMethod,
            PortalErrand::Cancel { subscription } => Errand::Cancel(subscription.clone()),
            PortalErrand::Change { subscription, plan } => {
                Errand::Change(subscription.clone(), plan)
            }
        };
        let page = Page::Portal { customer: visit.customer.clone(), errand };
        let world = Arc::clone(&self.world);
        let effect = move || {
            let mut till = locked(&world.till);
            till.pages.push(page.clone());
            till.pages.len() - 1
        };
        let page = self.tell(Port::Payments, effect).await.map_err(unavailable)?;
        Ok(format!("https://till.example/portal/{page}"))
    }

    /// As the real one: lists that are read one after the other, while things go on happening.
    async fn books(&self, of: &BooksOf) -> Result<Option<Books>, PaymentsError> {
        let whose = || locked(&self.world.till).whose(of);
        let customer = self.ask(Port::Payments, whose).await.map_err(unavailable)?;
        let Some(customer) = customer else { return Ok(None) };
        let read = || locked(&self.world.till).customers[&customer].books.clone();
        let first = self.ask(Port::Payments, read).await.map_err(unavailable)?;
        let second = self.ask(Port::Payments, read).await.map_err(unavailable)?;
        let (earlier, later) =
            if self.world.chance(|r| r.chance(5000)) { (first, second) } else { (second, first) };
        Ok(Some(Books { invoices: later.invoices, ..earlier }))
    }

    /// First the money, then the end of it: when it stops half way, the subscription is still there to be undone.
    async fn undo(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError> {
        let (world, id) = (Arc::clone(&self.world), subscription.clone());
        let effect = move || at_the_till(&world, |till, now| till.give_all_back(&id, now));
        self.tell(Port::Payments, effect).await.map_err(unavailable)?;
        let (world, id) = (Arc::clone(&self.world), subscription.clone());
        let effect = move || at_the_till(&world, |till, now| till.end(&id, now));
        self.tell(Port::Payments, effect).await.map_err(unavailable)
    }
}

#[async_trait]
impl PaymentNotices for Caller {
    fn verify(&self, call: &NoticeCall<'_>) -> Result<Notice, NoticeError> {
        if call.signature != Some(SIGNATURE) {
            return Err(NoticeError::Forged("it is not the till's"));
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
        let read = || {
            let till = locked(&self.world.till);
            // The newest first; what happens meanwhile does not move the others.
            let end = cursor.map_or(till.happened.len(), |at| at.parse().expect("our cursor"));
            let recent = till.happened[..end].iter().rev().take_while(|(at, _)| *at >= since);
            let notices: Vec<_> = recent.take(PAGE).map(|(_, notice)| notice.clone()).collect();
            let cursor = (notices.len() == PAGE).then(|| (end - PAGE).to_string());
            NoticePage { notices, cursor }
        };
        self.ask(Port::Payments, read).await.map_err(unavailable)
    }
}

impl Till {
    fn whose(&self, of: &BooksOf) -> Option<CustomerId> {
        match of {
            BooksOf::Customer(customer) => {
                self.customers.contains_key(customer).then(|| customer.clone())
            }
            BooksOf::Charge(charge) => {
                let invoice = InvoiceId(charge.strip_prefix("ch_")?.to_owned());
                let paid_it = |books: &Books| books.invoices.iter().any(|i| i.id == invoice);
                self.customers
                    .values()
                    .find(|it| paid_it(&it.books))
                    .map(|it| it.books.customer.clone())
            }
            BooksOf::Session(session) => {
                let number: usize = session.strip_prefix("cs_")?.parse().ok()?;
                match self.pages.get(number)? {
                    Page::Checkout { customer, .. } | Page::Portal { customer, .. } => {
                        Some(customer.clone())
                    }
                }
            }
        }
    }
}

fn unavailable(error: NoAnswer) -> PaymentsError {
    PaymentsError::Unavailable(error.into())
}
