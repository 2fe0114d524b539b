//! What an account owns and what it has reserved: the sum of its ledger, kept ready.

mod correct;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::transfer;
use super::{AccountName, Credits, Entry, GrantId, Posting, Reason};
use crate::ids::GenerationId;

/// Every method decides and returns the entries to be written; the caller commits wallet and entries together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// Those with something left or held. A grant that is used up lives on in the ledger alone.
    grants: Vec<Grant>,
    totals: Totals,
    /// What is owed. Whatever can be spent goes there first, so nothing is left while something is owed.
    #[serde(default, skip_serializing_if = "is_zero")]
    debt: Credits,
    /// What lapsed of grants that were paid for: when the money goes back, it is not owed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lapsed: BTreeMap<GrantId, Credits>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub id: GrantId,
    /// Lower burns first.
    pub priority: u8,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub remaining: Credits,
    pub held: Credits,
    /// It was swept when it lapsed: it stays lapsed, also by a clock that is a little behind the one that swept it.
    /// A grant that came to life again would have to be swept again, and its entry's id is taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    swept: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(credits: &Credits) -> bool {
    credits.is_zero()
}

/// Sums over the account's whole life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub granted: u64,
    pub used: u64,
    pub expired: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    pub id: GrantId,
    pub amount: Credits,
    pub priority: u8,
    pub expires_at: Option<Timestamp>,
}

/// Credits reserved for one job, and the grants they came from, in burn order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub generation: GenerationId,
    pub allocations: Vec<Allocation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    pub grant: GrantId,
    pub amount: Credits,
}

pub use self::correct::ClawedBack;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{needed} {} needed, {available} available{}", plural(*needed), owing(*owed))]
pub struct NotEnough {
    pub needed: Credits,
    pub available: Credits,
    /// What comes next goes there first.
    pub owed: Credits,
}

fn plural(credits: Credits) -> &'static str {
    if credits == Credits::new(1) { "credit" } else { "credits" }
}

fn owing(owed: Credits) -> String {
    if owed.is_zero() {
        String::new()
    } else {
        format!("; {owed} {} owed, because a payment for them went back", plural(owed))
    }
}

impl Wallet {
    /// What may be spent at `now`; what has lapsed but was not swept yet does not count.
    pub fn available(&self, now: Timestamp) -> Credits {
        self.grants.iter().filter(|g| !g.lapsed(now)).map(|g| g.remaining).sum()
    }

    /// What the ledger says there is: less than nothing when something is owed. Counts what has lapsed and was not
    /// swept yet.
    pub fn balance(&self) -> i64 {
        let remaining: Credits = self.grants.iter().map(|g| g.remaining).sum();
        i64::from(remaining.get()) - i64::from(self.debt.get())
    }

    /// What is owed.
    pub fn debt(&self) -> Credits {
        self.debt
    }

    /// The next moment at which something lapses.
    pub fn lapses_next(&self) -> Option<Timestamp> {
        let left = self.grants.iter().filter(|g| !g.swept && !g.remaining.is_zero());
        left.filter_map(|g| g.expires_at).min()
    }

    pub fn held(&self) -> Credits {
        self.grants.iter().map(|g| g.held).sum()
    }

    pub fn totals(&self) -> Totals {
        self.totals
    }

    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Gives credits. That the same event gives once is the ledger's to say: its entry's id is taken.
    pub fn grant(&mut self, new: NewGrant, now: Timestamp) -> Entry {
        let NewGrant { id, amount, priority, expires_at } = new;
        let mut postings =
            transfer(&id, AccountName::Granted, AccountName::Available, amount).to_vec();
        self.totals.granted += u64::from(amount.get());
        self.grants.push(Grant {
            id: id.clone(),
            priority,
            created_at: now,
            expires_at,
            remaining: amount,
            held: Credits::ZERO,
            swept: false,
        });
        self.pay_debt(now, &mut postings);
        self.tidy();
        Entry::new(now, Reason::Grant { grant: id }, postings)
    }

    /// Reserves `amount`, from the grants that burn first.
    pub fn hold(
        &mut self,
        generation: &GenerationId,
        amount: Credits,
        now: Timestamp,
    ) -> Result<(Hold, Entry), NotEnough> {
        let available = self.available(now);
        if available < amount {
            return Err(NotEnough { needed: amount, available, owed: self.debt });
        }
        let (mut allocations, mut postings, mut needed) = (Vec::new(), Vec::new(), amount);
        for grant in self.grants.iter_mut().filter(|g| !g.lapsed(now)) {
            let taken = grant.remaining.min(needed);
            if taken.is_zero() {
                continue;
            }
            grant.remaining = less(grant.remaining, taken);
            grant.held += taken;
            needed = less(needed, taken);
            postings.extend(transfer(&grant.id, AccountName::Available, AccountName::Held, taken));
            allocations.push(Allocation { grant: grant.id.clone(), amount: taken });
        }
        Ok(Self::held_entry(generation, allocations, postings, now))
    }

    /// Reserves `amount` on an unlimited plan: given as it is held, so that the books stay whole.
    pub fn hold_unlimited(
        &mut self,
        generation: &GenerationId,
        amount: Credits,
        now: Timestamp,
    ) -> (Hold, Entry) {
        let id = GrantId::unlimited();
        self.totals.granted += u64::from(amount.get());
        match self.grants.iter_mut().find(|g| g.id == id) {
            Some(grant) => grant.held += amount,
            None => self.grants.push(Grant {
                id: id.clone(),
                priority: u8::MAX,
                created_at: now,
                expires_at: None,
                remaining: Credits::ZERO,
                held: amount,
                swept: false,
            }),
        }
        let postings = transfer(&id, AccountName::Granted, AccountName::Held, amount).to_vec();
        let allocations = vec![Allocation { grant: id, amount }];
        Self::held_entry(generation, allocations, postings, now)
    }

    /// Ends a hold: `captured` of it is spent, the rest goes back to the grants that it came from. What comes home
    /// to a lapsed grant lapses at once, in an entry of its own, so that the statement shows it.
    ///
    /// The caller closes each hold once (the entry's id is taken the second time), and captures at most what is held.
    pub fn close(&mut self, hold: &Hold, captured: Credits, now: Timestamp) -> Vec<Entry> {
        assert!(captured <= hold.amount(), "a job cannot cost more than was held for it");
        let released = less(hold.amount(), captured);
        let (mut postings, mut lapsed, mut to_capture) = (Vec::new(), Vec::new(), captured);
        for Allocation { grant: id, amount } in &hold.allocations {
            let used = (*amount).min(to_capture);
            let back = less(*amount, used);
            to_capture = less(to_capture, used);
            let grant = self.grants.iter_mut().find(|g| g.id == *id);
            let grant = grant.expect("a grant stays while some of it is held");
            grant.held = less(grant.held, *amount);
            self.totals.used += u64::from(used.get());
            if !used.is_zero() {
                postings.extend(transfer(id, AccountName::Held, AccountName::Used, used));
            }
            if back.is_zero() {
                continue;
            }
            if *id == GrantId::unlimited() {
                self.totals.granted -= u64::from(back.get());
                postings.extend(transfer(id, AccountName::Held, AccountName::Granted, back));
            } else if grant.lapsed(now) {
                self.totals.expired += u64::from(back.get());
                if id.is_bought() {
                    *self.lapsed.entry(id.clone()).or_default() += back;
                }
                postings.extend(transfer(id, AccountName::Held, AccountName::Available, back));
                let generation = hold.generation.clone();
                let reason = Reason::ExpireReleased { grant: id.clone(), generation };
                let gone = transfer(id, AccountName::Available, AccountName::Expired, back);
                lapsed.push(Entry::new(now, reason, gone.to_vec()));
            } else {
                grant.remaining += back;
                postings.extend(transfer(id, AccountName::Held, AccountName::Available, back));
            }
        }
        self.pay_debt(now, &mut postings);
        self.tidy();
        let reason = Reason::Close { generation: hold.generation.clone(), captured, released };
        let mut entries = vec![Entry::new(now, reason, postings)];
        entries.append(&mut lapsed);
        entries
    }

    /// Sweeps what has lapsed: one entry a grant.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Entry> {
        let mut entries = Vec::new();
        for grant in self.grants.iter_mut().filter(|g| g.lapsed(now) && !g.remaining.is_zero()) {
            let gone = std::mem::take(&mut grant.remaining);
            grant.swept = true;
            self.totals.expired += u64::from(gone.get());
            if grant.id.is_bought() {
                *self.lapsed.entry(grant.id.clone()).or_default() += gone;
            }
            let postings = transfer(&grant.id, AccountName::Available, AccountName::Expired, gone);
            let reason = Reason::Expire { grant: grant.id.clone() };
            entries.push(Entry::new(now, reason, postings.to_vec()));
        }
        self.tidy();
        entries
    }

    fn held_entry(
        generation: &GenerationId,
        allocations: Vec<Allocation>,
        postings: Vec<Posting>,
        at: Timestamp,
    ) -> (Hold, Entry) {
        let hold = Hold { generation: generation.clone(), allocations };
        let reason = Reason::Hold { generation: generation.clone() };
        (hold, Entry::new(at, reason, postings))
    }

    /// Keeps the grants in burn order (priority, then earlier expiry, then older) and drops those used up.
    fn tidy(&mut self) {
        self.grants.retain(|g| !g.remaining.is_zero() || !g.held.is_zero());
        let never = Timestamp::MAX;
        self.grants.sort_by(|a, b| {
            let key = |g: &Grant| (g.priority, g.expires_at.unwrap_or(never), g.created_at);
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
    }
}

impl Grant {
    pub fn lapsed(&self, now: Timestamp) -> bool {
        self.swept || self.expires_at.is_some_and(|at| at <= now)
    }
}

impl Hold {
    pub fn amount(&self) -> Credits {
        self.allocations.iter().map(|a| a.amount).sum()
    }
}

fn less(amount: Credits, taken: Credits) -> Credits {
    amount.checked_sub(taken).expect("never takes more than there is")
}
