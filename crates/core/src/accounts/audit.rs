//! The proof, a little at a time: what was booked since the last audit is added to what it found, and compared.

use serde::{Deserialize, Serialize};

use super::{Account, account};
use crate::credits::{Balances, Drift, Entry, Sums, drift};
use crate::ids::UserId;
use crate::ports::documents::{
    Document, Documents, DocumentsError, NewDocument, Order, Range, Write, encode,
};

/// What the ledger added up to, up to one entry.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    schema: u8,
    through: u64,
    sums: Sums,
}

/// What an audit found.
#[derive(Debug)]
pub struct Audit {
    /// Entries that were new.
    pub entries: usize,
    /// Empty, or something is wrong.
    pub drift: Vec<Drift>,
}

const ID: &str = "audit";
/// Jobs go on meanwhile: how often it is tried to see account and entries of one moment.
const ROUNDS: usize = 4;

/// Adds up what is new in the user's ledger and compares. `None`: there is no such account, or it never stood still.
pub async fn audit(
    documents: &dyn Documents,
    user: &UserId,
) -> Result<Option<Audit>, DocumentsError> {
    for _ in 0..ROUNDS {
        let Some(before) = documents.get(user.as_str(), account::KIND).await? else {
            return Ok(None);
        };
        let kept = documents.get(user.as_str(), ID).await?;
        let (through, mut balances) = match &kept {
            None => (0, Balances::default()),
            Some(document) => {
                let kept: Kept = document.decode()?;
                (kept.through, Balances::from(kept.sums))
            }
        };
        let reached = add_new(documents, user, through, &mut balances).await?;
        let after = documents.get(user.as_str(), account::KIND).await?;
        if after.is_none_or(|after| after.etag != before.etag) {
            continue;
        }
        let account: Account = before.decode()?;
        let mut found = drift(&account.wallet, &balances);
        found.extend(balances.unbalanced.iter().map(|id| Drift {
            what: format!("the sum of entry {id}"),
            ledger: 0,
            wallet: 1,
        }));
        let entries = balances.entries;
        if found.is_empty() && reached > through {
            let kept_now = Kept { schema: 1, through: reached, sums: balances.sums() };
            keep(documents, user, kept, &kept_now).await?;
        }
        return Ok(Some(Audit { entries, drift: found }));
    }
    Ok(None)
}

/// Adds the entries after `through`; returns the number of the last one.
async fn add_new(
    documents: &dyn Documents,
    user: &UserId,
    through: u64,
    balances: &mut Balances,
) -> Result<u64, DocumentsError> {
    let mut reached = through;
    let mut after = Some(Entry::position(through));
    loop {
        let range = Range { kind: Entry::KIND, after, order: Order::Ascending, limit: 100 };
        let page = documents.list(user.as_str(), &range).await?;
        for document in &page.documents {
            let entry: Entry = document.decode()?;
            match entry.booked {
                Some(booked) => reached = reached.max(booked.number),
                // Older than the numbers: they stand after all others, and are counted the first time alone.
                None if through > 0 => continue,
                None => {}
            }
            balances.add(&entry);
        }
        after = page.documents.last().map(|document| document.position.clone());
        if !page.more {
            return Ok(reached);
        }
    }
}

async fn keep(
    documents: &dyn Documents,
    user: &UserId,
    before: Option<Document>,
    kept: &Kept,
) -> Result<(), DocumentsError> {
    let document =
        NewDocument { id: ID.into(), kind: ID, position: None, due: None, body: encode(kept) };
    let write = match before {
        None => Write::Create(document),
        Some(before) => Write::Replace { etag: before.etag, document },
    };
    match documents.commit(user.as_str(), vec![write]).await {
        // Another audit was quicker.
        Err(DocumentsError::Conflict { .. }) => Ok(()),
        done => done,
    }
}
