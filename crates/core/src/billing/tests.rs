//! In whatever order invoices and refunds become known, the wallet comes to the same.

use jiff::Timestamp;
use proptest::prelude::*;

use super::receipt::Receipt;
use super::{Gift, gifts};
use crate::catalog::{Catalog, PackId, PlanId};
use crate::credits::{Credits, Entry, Wallet, drift, replay};
use crate::ids::GenerationId;
use crate::ports::payments::{
    Dispute, DisputeId, DisputeState, Invoice, InvoiceId, InvoiceLine, InvoiceState, Ware,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn line(ware: Ware, amount: i64) -> InvoiceLine {
    InvoiceLine {
        ware: Some(ware),
        quantity: 1,
        amount,
        period_start: at("2026-01-31T00:00:00Z"),
        period_end: at("2026-02-28T00:00:00Z"),
    }
}

fn invoice(number: usize, lines: Vec<InvoiceLine>) -> Invoice {
    Invoice {
        id: InvoiceId(format!("in_{number}")),
        created_at: at("2026-01-31T00:00:00Z"),
        subscription: None,
        state: InvoiceState::Paid,
        lines,
        paid: 1_000,
        refunded: 0,
        disputes: Vec::new(),
        page: None,
    }
}

fn given(invoice: &Invoice) -> Vec<(String, u32, u32)> {
    let gifts = gifts(invoice, &Catalog::built_in());
    let row = |it: &Gift| (it.grant.id.to_string(), it.grant.amount.get(), it.given_back.get());
    gifts.iter().map(row).collect()
}

#[test]
fn a_month_and_packs_come_by_their_invoice() {
    let basic = line(Ware::Plan(PlanId::Basic), 999);
    let pack = || line(Ware::Pack(PackId("credits_100".into())), 599);
    let row = |id: &str, amount, back| (id.to_owned(), amount, back);
    assert_eq!(given(&invoice(1, vec![basic.clone()])), [row("invoice:in_1", 200, 0)]);
    let both = invoice(1, vec![basic.clone(), InvoiceLine { quantity: 3, ..pack() }]);
    assert_eq!(
        given(&both),
        [row("invoice:in_1", 200, 0), row("invoice:in_1:credits_100:0", 300, 0)]
    );
    // Back from an unlimited plan, in the middle of a month: the old plan's line is negative.
    let down = vec![line(Ware::Plan(PlanId::Premium), -1500), basic.clone()];
    assert_eq!(given(&invoice(1, down)), [row("invoice:in_1", 200, 0)]);
    let up = vec![line(Ware::Plan(PlanId::Basic), -500), line(Ware::Plan(PlanId::Premium), 1500)];
    assert_eq!(given(&invoice(1, up)), []);
    for state in [InvoiceState::Draft, InvoiceState::Open, InvoiceState::Void] {
        assert_eq!(given(&Invoice { state, ..invoice(1, vec![basic.clone()]) }), []);
    }
    let strange = InvoiceLine { ware: None, ..basic };
    assert_eq!(given(&invoice(1, vec![strange])), []);
}

#[test]
fn money_that_goes_back_takes_its_part_of_the_credits() {
    let basic = || invoice(1, vec![line(Ware::Plan(PlanId::Basic), 999)]);
    let back = |invoice: Invoice| given(&invoice)[0].2;
    for (refunded, credits) in [(0, 0), (1, 0), (5, 1), (500, 100), (999, 199), (1_000, 200)] {
        assert_eq!(back(Invoice { refunded, ..basic() }), credits, "{refunded}");
    }
    // More than was paid: a mistake over there.
    assert_eq!(back(Invoice { refunded: 5_000, ..basic() }), 200);
    assert_eq!(back(Invoice { paid: 0, ..basic() }), 0);
    let disputed = |state| {
        let disputes = vec![Dispute { id: DisputeId("du_1".into()), state }];
        back(Invoice { disputes, ..basic() })
    };
    let all = [DisputeState::Open, DisputeState::Won, DisputeState::Lost].map(disputed);
    assert_eq!(all, [0, 0, 200]);
}

/// What became known: of this invoice, so much had gone back.
#[derive(Debug, Clone)]
struct News {
    invoice: usize,
    refunded: u64,
}

struct Books {
    wallet: Wallet,
    receipts: Vec<Option<Receipt>>,
    ledger: Vec<Entry>,
}

impl Books {
    fn learn(&mut self, News { invoice: number, refunded }: &News, now: Timestamp) {
        let pack = line(Ware::Pack(PackId("credits_100".into())), 599);
        let invoice = Invoice { refunded: *refunded, ..invoice(*number, vec![pack]) };
        let gift = gifts(&invoice, &Catalog::built_in()).remove(0);
        let kept = &mut self.receipts[*number];
        if kept.is_none() {
            let (receipt, entry) = Receipt::give(&gift, &mut self.wallet, now);
            self.ledger.push(entry);
            *kept = Some(receipt);
        }
        let receipt = kept.as_mut().expect("it was just made");
        self.ledger.extend(receipt.correct(gift.given_back, &mut self.wallet, now));
    }
}

const INVOICES: usize = 5;

/// Spends 150 of what is there after `first` became known, then learns the rest.
fn play(first: &[News], rest: &[News], now: Timestamp) -> Books {
    let mut books =
        Books { wallet: Wallet::default(), receipts: vec![None; INVOICES], ledger: Vec::new() };
    for news in first {
        books.learn(news, now);
    }
    let job = GenerationId::new(ulid::Ulid::from_parts(1, 1));
    let spent = Credits::new(150).min(books.wallet.available(now));
    if let Ok((hold, entry)) = books.wallet.hold(&job, spent, now) {
        books.ledger.push(entry);
        let entries = books.wallet.close(&hold, spent, now);
        books.ledger.extend(entries);
    }
    for news in rest {
        books.learn(news, now);
    }
    books
}

proptest! {
    #[test]
    fn the_order_in_which_refunds_become_known_makes_no_difference(
        shuffled in Just((0..INVOICES).collect::<Vec<_>>()).prop_shuffle(),
        between in prop::collection::vec((0..INVOICES, 0u64..=1_000), 0..60),
        end in prop::collection::vec(0u64..=1_000, INVOICES),
    ) {
        let now = at("2026-02-01T00:00:00Z");
        // Everything was bought before anything is spent.
        let bought: Vec<_> = (0..INVOICES).map(|invoice| News { invoice, refunded: 0 }).collect();
        let last = |invoice: usize| News { invoice, refunded: end[invoice] };
        let straight: Vec<_> = (0..INVOICES).map(last).collect();
        let between = between.into_iter().map(|(invoice, refunded)| News { invoice, refunded });
        let winding: Vec<_> = between.chain(shuffled.iter().map(|n| last(*n))).collect();
        let doubled: Vec<_> = winding.iter().flat_map(|news| [news.clone(), news.clone()]).collect();
        let one = play(&bought, &straight, now);
        for other in [play(&bought, &winding, now), play(&bought, &doubled, now)] {
            prop_assert_eq!(other.wallet.balance(), one.wallet.balance());
            prop_assert_eq!(other.wallet.debt(), one.wallet.debt());
            prop_assert_eq!(other.wallet.totals(), one.wallet.totals());
            prop_assert_eq!(drift(&other.wallet, &replay(&other.ledger)), vec![]);
            let ids: std::collections::BTreeSet<_> = other.ledger.iter().map(Entry::id).collect();
            prop_assert_eq!(ids.len(), other.ledger.len(), "each entry has a name of its own");
        }
        // Below zero only by what went back, and by no more than was spent.
        prop_assert!(one.wallet.balance() >= -150);
    }
}

/// A refund that fails when the month is over pays what is owed then, and never what comes to be owed later.
#[test]
fn what_comes_back_to_a_lapsed_month_is_let_off_once_and_not_tried_again() {
    let month = |refunded| {
        let invoice = invoice(1, vec![line(Ware::Plan(PlanId::Basic), 999)]);
        gifts(&Invoice { refunded, ..invoice }, &Catalog::built_in()).remove(0)
    };
    let (paid, refunded) = (month(0), month(1_000));
    let mut wallet = Wallet::default();
    let (then, later) = (at("2026-02-01T00:00:00Z"), at("2026-03-05T00:00:00Z"));
    let (mut receipt, entry) = Receipt::give(&paid, &mut wallet, then);
    let mut ledger = vec![entry];
    ledger.extend(receipt.correct(refunded.given_back, &mut wallet, then));
    assert_eq!(receipt.correct(paid.given_back, &mut wallet, later), None);
    let looked = receipt.clone();

    // Something else is spent, and its money goes back.
    let pack = invoice(2, vec![line(Ware::Pack(PackId("credits_100".into())), 599)]);
    let gift =
        |refunded| gifts(&Invoice { refunded, ..pack.clone() }, &Catalog::built_in()).remove(0);
    let (mut other, entry) = Receipt::give(&gift(0), &mut wallet, later);
    ledger.push(entry);
    let job = GenerationId::new(ulid::Ulid::from_parts(1, 1));
    let (hold, entry) = wallet.hold(&job, Credits::new(100), later).expect("there are 100");
    ledger.push(entry);
    ledger.extend(wallet.close(&hold, Credits::new(100), later));
    ledger.extend(other.correct(gift(1_000).given_back, &mut wallet, later));
    assert_eq!(wallet.balance(), -100);

    assert_eq!(receipt.correct(paid.given_back, &mut wallet, later), None);
    assert_eq!((wallet.balance(), &receipt), (-100, &looked));
    // The refund is tried once more: what it took is gone already.
    assert_eq!(receipt.correct(refunded.given_back, &mut wallet, later), None);
    assert_eq!((wallet.balance(), receipt.kept), (-100, Credits::ZERO));
    // It fails again: what is owed by now is paid with it.
    ledger.extend(receipt.correct(paid.given_back, &mut wallet, later));
    assert_eq!(
        (wallet.balance(), receipt.taken, receipt.kept),
        (0, Credits::new(100), Credits::new(100))
    );
    assert_eq!(drift(&wallet, &replay(&ledger)), vec![]);
}

#[test]
fn the_stored_form_of_schema_1_still_decodes() {
    let stored = include_str!("fixtures/receipts-1.json");
    let receipts: Vec<Receipt> = serde_json::from_str(stored).expect("schema 1");
    let again = serde_json::to_value(&receipts).expect("plain data");
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(stored).expect("JSON"));
}
