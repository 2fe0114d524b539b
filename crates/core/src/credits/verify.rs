//! The proof: rebuild every balance from the entries alone and compare.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccountName, Entry, GrantId, Wallet};

/// Balances by account and grant, as the entries add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balances {
    by_grant: BTreeMap<(AccountName, GrantId), i64>,
    /// Ids of entries that do not sum to zero. Always empty, or the code that wrote them is wrong.
    pub unbalanced: Vec<String>,
    pub entries: usize,
}

/// What is needed to go on adding: balances of grants that are not used up, and totals of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums(Vec<(AccountName, GrantId, i64)>);

impl Balances {
    /// Without the grants that are used up: their part of the totals goes under one name.
    pub fn sums(&self) -> Sums {
        let mut sums: BTreeMap<(AccountName, GrantId), i64> = BTreeMap::new();
        for ((account, grant), amount) in &self.by_grant {
            let grant = match account {
                AccountName::Available | AccountName::Held => grant.clone(),
                AccountName::Used | AccountName::Granted | AccountName::Expired => {
                    GrantId("all".into())
                }
            };
            *sums.entry((*account, grant)).or_default() += amount;
        }
        let left = sums.into_iter().filter(|(_, amount)| *amount != 0);
        Sums(left.map(|((account, grant), amount)| (account, grant, amount)).collect())
    }
}

impl From<Sums> for Balances {
    /// To be gone on with: it has seen no entry yet.
    fn from(Sums(sums): Sums) -> Self {
        let by_grant = sums.into_iter().map(|(account, grant, amount)| ((account, grant), amount));
        Self { by_grant: by_grant.collect(), unbalanced: Vec::new(), entries: 0 }
    }
}

/// One balance that is not what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub what: String,
    pub ledger: i64,
    pub wallet: i64,
}

impl Balances {
    pub fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        if entry.postings.iter().map(|p| p.amount).sum::<i64>() != 0 {
            self.unbalanced.push(entry.id());
        }
        for posting in &entry.postings {
            *self.by_grant.entry((posting.account, posting.grant.clone())).or_default() +=
                posting.amount;
        }
    }

    pub fn total(&self, account: AccountName) -> i64 {
        self.by_grant.iter().filter(|((name, _), _)| *name == account).map(|(_, n)| n).sum()
    }

    fn of(&self, account: AccountName, grant: &GrantId) -> i64 {
        self.by_grant.get(&(account, grant.clone())).copied().unwrap_or(0)
    }
}

pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Balances {
    let mut balances = Balances::default();
    entries.into_iter().for_each(|e| balances.add(e));
    balances
}

/// Every place where `wallet` is not what `ledger` adds up to. Empty is the only right answer.
pub fn drift(wallet: &Wallet, ledger: &Balances) -> Vec<Drift> {
    let mut found = Vec::new();
    let mut compare = |what: String, ledger: i64, wallet: i64| {
        if ledger != wallet {
            found.push(Drift { what, ledger, wallet });
        }
    };
    let wide = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let totals = wallet.totals();
    compare("granted".into(), -ledger.total(AccountName::Granted), wide(totals.granted));
    compare("used".into(), ledger.total(AccountName::Used), wide(totals.used));
    compare("expired".into(), ledger.total(AccountName::Expired), wide(totals.expired));
    let mut grants: BTreeMap<GrantId, (i64, i64)> = BTreeMap::new();
    for grant in wallet.grants() {
        let kept = (i64::from(grant.remaining.get()), i64::from(grant.held.get()));
        grants.insert(grant.id.clone(), kept);
    }
    grants.insert(GrantId::debt(), (-i64::from(wallet.debt().get()), 0));
    for (_, grant) in ledger.by_grant.keys() {
        grants.entry(grant.clone()).or_default();
    }
    for (grant, (remaining, held)) in grants {
        let of = |account| ledger.of(account, &grant);
        compare(format!("available of {grant}"), of(AccountName::Available), remaining);
        compare(format!("held of {grant}"), of(AccountName::Held), held);
    }
    found
}

#[cfg(test)]
mod tests;
