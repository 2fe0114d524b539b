//! Whatever happens, in whatever order, however often: the books are whole.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;

use super::*;
use crate::credits::{ClawedBack, Credits, Hold, NewGrant, Reason};
use crate::ids::GenerationId;

#[derive(Debug, Clone)]
enum Step {
    Grant {
        source: u8,
        amount: u32,
        priority: u8,
        lives_hours: Option<u16>,
    },
    Hold {
        job: u8,
        amount: u32,
    },
    HoldUnlimited {
        job: u8,
        amount: u32,
    },
    Close {
        job: u8,
        captured_percent: u32,
    },
    Expire,
    Wait {
        minutes: u16,
    },
    /// So much of what was paid for a grant went back, all told. Less than before: some of it did not, after all.
    Refunded {
        source: u8,
        percent: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let job = 0u8..12;
    prop_oneof![
        (0u8..20, 0u32..60, 0u8..3, prop::option::of(0u16..60)).prop_map(
            |(source, amount, priority, lives_hours)| Step::Grant {
                source,
                amount,
                priority,
                lives_hours
            }
        ),
        (job.clone(), 1u32..40).prop_map(|(job, amount)| Step::Hold { job, amount }),
        (job.clone(), 1u32..40).prop_map(|(job, amount)| Step::HoldUnlimited { job, amount }),
        (job, 0u32..=100).prop_map(|(job, captured_percent)| Step::Close { job, captured_percent }),
        Just(Step::Expire),
        (0u16..600).prop_map(|minutes| Step::Wait { minutes }),
        (0u8..20, 0u32..=100).prop_map(|(source, percent)| Step::Refunded { source, percent }),
    ]
}

/// A store that keeps the one rule everything hangs on: an id is written once.
#[derive(Default)]
struct Books {
    wallet: Wallet,
    ledger: BTreeMap<String, Entry>,
    balances: Balances,
    holds: BTreeMap<u8, Hold>,
    closed: BTreeSet<u8>,
    sold: BTreeMap<u8, Sold>,
}

/// As a receipt keeps it.
#[derive(Clone)]
struct Sold {
    grant: NewGrant,
    clawed: ClawedBack,
    step: u32,
}

impl Books {
    fn commit(&mut self, wallet: Wallet, entries: Vec<Entry>) -> bool {
        let taken = entries.iter().any(|e| self.ledger.contains_key(&e.id()));
        if !taken {
            self.wallet = wallet;
            for entry in &entries {
                self.balances.add(entry);
            }
            self.ledger.extend(entries.into_iter().map(|e| (e.id(), e)));
        }
        !taken
    }

    fn take(&mut self, step: &Step, now: Timestamp) {
        let mut wallet = self.wallet.clone();
        match *step {
            Step::Grant { source, amount, priority, lives_hours } => {
                let expires_at =
                    lives_hours.map(|h| now.checked_add(i64::from(h).hours()).expect("in range"));
                let id = GrantId::of_invoice(&source.to_string());
                let new = NewGrant { id, amount: Credits::new(amount), priority, expires_at };
                let entry = wallet.grant(new.clone(), now);
                if self.commit(wallet, vec![entry]) {
                    let clawed = ClawedBack { taken: Credits::ZERO, forgiven: Credits::ZERO };
                    self.sold.insert(source, Sold { grant: new, clawed, step: 0 });
                }
            }
            Step::Refunded { source, percent } => {
                if let Some(mut sold) = self.sold.get(&source).cloned() {
                    let entry = refund(&mut wallet, &mut sold, percent, now);
                    self.sold.insert(source, sold);
                    let entries = entry.into_iter().collect();
                    assert!(self.commit(wallet, entries), "each correction has its own number");
                }
            }
            Step::Hold { job, amount } => {
                let held = wallet.hold(&generation(job), Credits::new(amount), now);
                if let Ok((hold, entry)) = held
                    && self.commit(wallet, vec![entry])
                {
                    self.holds.insert(job, hold);
                }
            }
            Step::HoldUnlimited { job, amount } => {
                let (hold, entry) =
                    wallet.hold_unlimited(&generation(job), Credits::new(amount), now);
                if self.commit(wallet, vec![entry]) {
                    self.holds.insert(job, hold);
                }
            }
            Step::Close { job, captured_percent } => {
                // As in the product: whether a hold is open is read from the job, not from the wallet.
                if let Some(hold) = self.holds.get(&job).cloned()
                    && !self.closed.contains(&job)
                {
                    let captured = Credits::new(hold.amount().get() * captured_percent / 100);
                    let entries = wallet.close(&hold, captured, now);
                    assert!(self.commit(wallet, entries), "a first close is never a conflict");
                    self.closed.insert(job);
                }
            }
            Step::Expire => {
                let entries = wallet.expire(now);
                assert!(self.commit(wallet, entries), "a sweep is never a conflict");
            }
            Step::Wait { .. } => {}
        }
    }
}

fn refund(wallet: &mut Wallet, sold: &mut Sold, percent: u32, now: Timestamp) -> Option<Entry> {
    let target = Credits::new(sold.grant.amount.get() * percent / 100);
    let so_far = sold.clawed.taken + sold.clawed.forgiven;
    let step = sold.step + 1;
    let entry = if let Some(more) = target.checked_sub(so_far) {
        let (clawed, entry) =
            wallet.claw_back(&sold.grant.id, more, sold.clawed.forgiven, step, now);
        sold.clawed.taken += clawed.taken;
        sold.clawed.forgiven += clawed.forgiven;
        entry
    } else {
        let back = so_far.checked_sub(target).expect("it is more").min(sold.clawed.taken);
        let (back, entry) =
            wallet.restore(&NewGrant { amount: back, ..sold.grant.clone() }, step, now);
        sold.clawed.taken = sold.clawed.taken.checked_sub(back).expect("no more than was taken");
        entry
    };
    sold.step += u32::from(entry.is_some());
    entry
}

fn generation(job: u8) -> GenerationId {
    GenerationId::new(ulid::Ulid::from_parts(1, u128::from(job)))
}

/// Plays a history, every command twice, and looks at everything after each.
fn play(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut now: Timestamp = "2026-01-31T00:00:00Z".parse().expect("a time");
    let mut books = Books::default();
    for step in steps {
        if let Step::Wait { minutes } = step {
            now = now.checked_add(i64::from(*minutes).minutes()).expect("in range");
        }
        // Every command comes twice.
        books.take(step, now);
        books.take(step, now);

        let balances = &books.balances;
        prop_assert!(balances.unbalanced.is_empty());
        prop_assert_eq!(drift(&books.wallet, balances), vec![]);
        let sum: i64 = AccountName::ALL.iter().map(|a| balances.total(*a)).sum();
        prop_assert_eq!(sum, 0);
        let open: Credits = books
            .holds
            .iter()
            .filter(|(job, _)| !books.closed.contains(job))
            .map(|(_, h)| h.amount())
            .sum();
        prop_assert_eq!(books.wallet.held(), open);
        // Nobody spends while they owe.
        prop_assert!(books.wallet.debt().is_zero() || books.wallet.available(now).is_zero());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn it_is_so_over_thousands_of_commands(steps in prop::collection::vec(step(), 2_000..3_000)) {
        play(&steps)?;
    }
}

proptest! {
    #[test]
    fn the_wallet_is_what_the_ledger_adds_up_to(steps in prop::collection::vec(step(), 0..120)) {
        play(&steps)?;
    }

    #[test]
    fn a_released_hold_leaves_every_grant_as_it_was(
        amounts in prop::collection::vec((1u32..50, 0u8..3), 1..6), part in 1u32..=100
    ) {
        let now: Timestamp = "2026-01-31T00:00:00Z".parse().expect("a time");
        let mut wallet = Wallet::default();
        for (n, (amount, priority)) in amounts.iter().enumerate() {
            let id = GrantId(format!("test:{n}"));
            let new = NewGrant {
                id, amount: Credits::new(*amount), priority: *priority, expires_at: None,
            };
            wallet.grant(new, now);
        }
        let before = wallet.clone();
        let amount = Credits::new((wallet.available(now).get() * part / 100).max(1));
        let (hold, _) = wallet.hold(&generation(1), amount, now).expect("there is enough");
        prop_assert_eq!(wallet.held(), amount);
        wallet.close(&hold, Credits::ZERO, now);
        prop_assert_eq!(wallet, before);
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn granted(id: &str, amount: u32, priority: u8, expires_at: Option<&str>) -> NewGrant {
    let id = GrantId(id.into());
    NewGrant { id, amount: Credits::new(amount), priority, expires_at: expires_at.map(at) }
}

#[test]
fn credits_burn_by_priority_then_earlier_expiry_then_age() {
    let mut wallet = Wallet::default();
    wallet.grant(granted("pack", 5, 9, Some("2027-01-01T00:00:00Z")), at("2026-01-01T00:00:00Z"));
    wallet.grant(granted("later", 5, 0, Some("2026-03-01T00:00:00Z")), at("2026-01-02T00:00:00Z"));
    wallet.grant(granted("sooner", 5, 0, Some("2026-02-01T00:00:00Z")), at("2026-01-03T00:00:00Z"));
    let (hold, _) = wallet
        .hold(&generation(1), Credits::new(12), at("2026-01-04T00:00:00Z"))
        .expect("there are 15");
    let burnt: Vec<_> =
        hold.allocations.iter().map(|a| (a.grant.0.as_str(), a.amount.get())).collect();
    assert_eq!(burnt, [("sooner", 5), ("later", 5), ("pack", 2)]);
}

#[test]
fn what_comes_home_to_a_lapsed_grant_lapses_and_shows() {
    let mut wallet = Wallet::default();
    wallet.grant(granted("month", 10, 0, Some("2026-02-01T00:00:00Z")), at("2026-01-01T00:00:00Z"));
    let (hold, _) = wallet
        .hold(&generation(1), Credits::new(4), at("2026-01-31T23:59:59Z"))
        .expect("there are 10");
    let after = at("2026-02-01T00:00:00Z");
    assert_eq!(wallet.available(after), Credits::ZERO);
    assert_eq!(wallet.expire(after).len(), 1);
    let entries = wallet.close(&hold, Credits::new(1), after);
    let ids: Vec<_> = entries.iter().map(Entry::id).collect();
    let job = generation(1);
    assert_eq!(ids, [format!("close:{job}"), format!("expire:month:{job}")]);
    assert!(matches!(entries[1].reason, Reason::ExpireReleased { .. }));
    assert_eq!((wallet.held(), wallet.totals().expired), (Credits::ZERO, 9));
}

#[test]
fn what_was_swept_stays_lapsed_by_a_clock_that_is_behind() {
    let end = "2026-02-01T00:00:00Z";
    let mut wallet = Wallet::default();
    wallet.grant(granted("month", 10, 0, Some(end)), at("2026-01-01T00:00:00Z"));
    let before = at("2026-01-31T23:59:59Z");
    let (hold, _) = wallet.hold(&generation(1), Credits::new(4), before).expect("there are 10");
    assert_eq!(wallet.expire(at(end)).len(), 1);
    wallet.close(&hold, Credits::ZERO, before);
    assert_eq!(wallet.available(before), Credits::ZERO);
    // A second sweep would write the first one's entry again, and no reset would ever go through.
    assert_eq!(wallet.expire(at("2026-03-01T00:00:00Z")), vec![]);
}

#[test]
fn a_hold_for_more_than_there_is_changes_nothing() {
    let now = at("2026-01-01T00:00:00Z");
    let mut wallet = Wallet::default();
    wallet.grant(granted("month", 3, 0, None), now);
    let before = wallet.clone();
    let refused = wallet.hold(&generation(1), Credits::new(4), now).expect_err("only 3");
    assert_eq!(refused.to_string(), "4 credits needed, 3 available");
    assert_eq!(wallet, before);
}

fn pack(wallet: &mut Wallet, expires_at: Option<&str>) -> GrantId {
    let id = GrantId::of_invoice("in_1");
    let NewGrant { amount, priority, expires_at, .. } = granted("", 100, 0, expires_at);
    let new = NewGrant { id: id.clone(), amount, priority, expires_at };
    wallet.grant(new, at("2026-01-01T00:00:00Z"));
    id
}

fn spend(wallet: &mut Wallet, amount: u32) {
    let (job, amount) = (generation(u8::try_from(amount).expect("small")), Credits::new(amount));
    let (hold, _) = wallet.hold(&job, amount, at("2026-01-02T00:00:00Z")).expect("there is enough");
    wallet.close(&hold, amount, at("2026-01-02T00:00:00Z"));
}

#[test]
fn what_was_spent_of_a_refunded_grant_is_owed_and_taken_from_what_comes_next() {
    let (mut wallet, now) = (Wallet::default(), at("2026-01-03T00:00:00Z"));
    let id = pack(&mut wallet, None);
    spend(&mut wallet, 70);
    let (clawed, entry) = wallet.claw_back(&id, Credits::new(100), Credits::ZERO, 1, now);
    assert_eq!((clawed.taken.get(), clawed.forgiven.get()), (100, 0));
    assert_eq!(entry.map(|e| e.effect_on(AccountName::Available)), Some(-100));
    assert_eq!((wallet.balance(), wallet.available(now)), (-70, Credits::ZERO));
    wallet.grant(granted("next", 200, 0, None), now);
    assert_eq!((wallet.balance(), wallet.available(now).get()), (130, 130));
}

#[test]
fn what_lapsed_unused_is_not_owed_however_the_refund_is_cut() {
    let (start, end) = (at("2026-01-03T00:00:00Z"), "2026-02-01T00:00:00Z");
    let balance = |parts: &[(u32, Timestamp)]| {
        let mut wallet = Wallet::default();
        let id = pack(&mut wallet, Some(end));
        spend(&mut wallet, 25);
        let mut forgiven = Credits::ZERO;
        for (step, (amount, now)) in (1..).zip(parts) {
            wallet.expire(*now);
            let (clawed, _) = wallet.claw_back(&id, Credits::new(*amount), forgiven, step, *now);
            forgiven += clawed.forgiven;
        }
        wallet.balance()
    };
    assert_eq!(balance(&[(100, start)]), -25);
    assert_eq!(balance(&[(100, at(end))]), -25);
    assert_eq!(balance(&[(50, start), (50, at(end))]), -25);
    assert_eq!(balance(&[(50, at(end)), (50, at(end))]), -25);
    assert_eq!(balance(&[(50, at(end))]), 0);
}

/// Entries are for ever: each kind, with and without a number.
#[test]
fn the_stored_form_of_entries_still_decodes() {
    let stored = include_str!("../fixtures/entries-1.json");
    let entries: Vec<Entry> = serde_json::from_str(stored).expect("entries");
    let again = serde_json::to_value(&entries).expect("plain data");
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(stored).expect("JSON"));
}

/// Decided on an account that is older than the receipt: it comes to nothing, and stops nobody.
#[test]
fn taking_back_from_a_wallet_that_never_had_it_does_not_panic() {
    let mut wallet = Wallet::default();
    let id = GrantId::of_invoice("in_1");
    let now = at("2026-01-03T00:00:00Z");
    let (clawed, _) = wallet.claw_back(&id, Credits::new(200), Credits::ZERO, 1, now);
    assert_eq!((clawed.taken.get(), wallet.totals().granted), (200, 0));
}
