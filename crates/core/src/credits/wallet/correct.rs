//! When money goes back: the credits that it bought go back too, and what of them was spent already is owed.

use jiff::Timestamp;

use super::{Grant, NewGrant, Wallet, less};
use crate::credits::entry::transfer;
use crate::credits::{AccountName, Credits, Entry, GrantId, Posting, Reason};

/// What became of credits that were to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClawedBack {
    /// Out of the account: what was left, and what is owed now.
    pub taken: Credits,
    /// Not owed: it had lapsed unused.
    pub forgiven: Credits,
}

impl Wallet {
    /// Takes back `amount` of what `grant` gave: first what is left of it, then what can be spent otherwise; the rest
    /// is owed. What lapsed of it, but for `forgiven` that was let off before, is let off. `None` when all of it is:
    /// then nothing moves.
    ///
    /// The caller counts what it has taken of a grant, and gives each correction a `step` of its own.
    pub fn claw_back(
        &mut self,
        grant: &GrantId,
        amount: Credits,
        forgiven: Credits,
        step: u32,
        now: Timestamp,
    ) -> (ClawedBack, Option<Entry>) {
        let mut postings = Vec::new();
        let mut needed = amount;
        if let Some(kept) = self.grants.iter_mut().find(|g| g.id == *grant) {
            let taken = kept.remaining.min(needed);
            kept.remaining = less(kept.remaining, taken);
            needed = less(needed, taken);
            if !taken.is_zero() {
                let back = transfer(grant, AccountName::Available, AccountName::Granted, taken);
                postings.extend(back);
            }
        }
        let lapsed = self.lapsed.get(grant).copied().unwrap_or_default();
        let let_off = lapsed.checked_sub(forgiven).unwrap_or_default().min(needed);
        let owed = less(needed, let_off);
        if !owed.is_zero() {
            self.debt += owed;
            let owed = i64::from(owed.get());
            let (available, granted) = (AccountName::Available, AccountName::Granted);
            postings.push(Posting { account: available, grant: GrantId::debt(), amount: -owed });
            postings.push(Posting { account: granted, grant: grant.clone(), amount: owed });
        }
        let taken = less(amount, let_off);
        // A receipt that is read after its account may be newer than it, and name a grant that this wallet has never
        // seen. The commit conflicts then and nothing of this is kept; until then it must not stop the process.
        self.totals.granted = self.totals.granted.saturating_sub(u64::from(taken.get()));
        self.pay_debt(now, &mut postings);
        self.tidy();
        let reason = Reason::ClawBack { grant: grant.clone(), step };
        let entry = (!taken.is_zero()).then(|| Entry::new(now, reason, postings));
        (ClawedBack { taken, forgiven: let_off }, entry)
    }

    /// Gives back what was taken of `grant`, as it was given. What would have lapsed meanwhile only pays what is owed.
    /// Returns how much came back.
    pub fn restore(
        &mut self,
        grant: &NewGrant,
        step: u32,
        now: Timestamp,
    ) -> (Credits, Option<Entry>) {
        let lapsed = grant.expires_at.is_some_and(|at| at <= now);
        let amount = if lapsed { grant.amount.min(self.debt) } else { grant.amount };
        if amount.is_zero() {
            return (amount, None);
        }
        let mut postings =
            transfer(&grant.id, AccountName::Granted, AccountName::Available, amount).to_vec();
        self.totals.granted += u64::from(amount.get());
        if lapsed {
            // Not through a grant: one that has lapsed is not to be swept a second time.
            self.debt = less(self.debt, amount);
            postings.extend(moved(&grant.id, &GrantId::debt(), amount));
        } else if let Some(kept) = self.grants.iter_mut().find(|g| g.id == grant.id) {
            kept.remaining += amount;
        } else {
            self.grants.push(Grant {
                id: grant.id.clone(),
                priority: grant.priority,
                created_at: now,
                expires_at: grant.expires_at,
                remaining: amount,
                held: Credits::ZERO,
                swept: false,
            });
        }
        self.pay_debt(now, &mut postings);
        self.tidy();
        let reason = Reason::Restore { grant: grant.id.clone(), step };
        (amount, Some(Entry::new(now, reason, postings)))
    }

    /// Forgets what lapsed of grants that nobody can take back any more.
    pub fn forget_lapsed(&mut self, keep: impl Fn(&GrantId) -> bool) {
        self.lapsed.retain(|grant, _| keep(grant));
    }

    /// Whatever can be spent pays what is owed, in burn order.
    pub(super) fn pay_debt(&mut self, now: Timestamp, postings: &mut Vec<Posting>) {
        if self.debt.is_zero() {
            return;
        }
        self.tidy();
        for grant in self.grants.iter_mut().filter(|g| !g.lapsed(now)) {
            let paid = grant.remaining.min(self.debt);
            if paid.is_zero() {
                continue;
            }
            grant.remaining = less(grant.remaining, paid);
            self.debt = less(self.debt, paid);
            postings.extend(moved(&grant.id, &GrantId::debt(), paid));
        }
    }
}

/// From one grant's available credits to another's.
fn moved(from: &GrantId, to: &GrantId, amount: Credits) -> [Posting; 2] {
    let amount = i64::from(amount.get());
    let account = AccountName::Available;
    [
        Posting { account, grant: from.clone(), amount: -amount },
        Posting { account, grant: to.clone(), amount },
    ]
}
