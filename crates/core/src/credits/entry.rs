//! One immutable line of the ledger.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Credits;
use crate::ids::GenerationId;
use crate::ports::documents::{NewDocument, encode};

/// A transaction: its postings sum to zero, and its id says what happened, so that writing it twice is a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Timestamp,
    pub reason: Reason,
    pub postings: Vec<Posting>,
}

/// A movement into (positive) or out of (negative) one account, of the credits of one grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub account: AccountName,
    pub grant: GrantId,
    pub amount: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountName {
    Available,
    Held,
    Used,
    /// The negative of all that was given: where credits come from.
    Granted,
    Expired,
}

/// Why credits moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    Grant {
        grant: GrantId,
    },
    Hold {
        generation: GenerationId,
    },
    Close {
        generation: GenerationId,
        captured: Credits,
        released: Credits,
    },
    Expire {
        grant: GrantId,
    },
    /// A release came home to a grant that had lapsed meanwhile.
    ExpireReleased {
        grant: GrantId,
        generation: GenerationId,
    },
}

/// Names the event that gave the credits: `free:2026-11-22T10:00:00Z` for a month of a plan. Never given twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(pub String);

impl GrantId {
    /// What jobs of an unlimited plan draw on: it is given as it is held, and shrinks back when that is released.
    pub fn unlimited() -> Self {
        Self("unlimited".into())
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Entry {
    /// The kind of an entry's document.
    pub const KIND: &'static str = "entry";

    /// The document's id. It is the whole protection against doing something twice.
    pub fn id(&self) -> String {
        match &self.reason {
            Reason::Grant { grant } => format!("grant:{grant}"),
            Reason::Hold { generation } => format!("hold:{generation}"),
            Reason::Close { generation, .. } => format!("close:{generation}"),
            Reason::Expire { grant } => format!("expire:{grant}"),
            Reason::ExpireReleased { grant, generation } => format!("expire:{grant}:{generation}"),
        }
    }

    pub fn document(&self) -> NewDocument {
        NewDocument { id: self.id(), kind: Self::KIND, due: None, body: encode(self) }
    }

    /// What this entry did to one account.
    pub fn effect_on(&self, account: AccountName) -> i64 {
        self.postings.iter().filter(|p| p.account == account).map(|p| p.amount).sum()
    }
}

impl AccountName {
    pub const ALL: [Self; 5] =
        [Self::Available, Self::Held, Self::Used, Self::Granted, Self::Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Held => "held",
            Self::Used => "used",
            Self::Granted => "granted",
            Self::Expired => "expired",
        }
    }
}

/// Moves `amount` of `grant` from one account to another.
pub(super) fn transfer(
    grant: &GrantId,
    from: AccountName,
    to: AccountName,
    amount: Credits,
) -> [Posting; 2] {
    let amount = i64::from(amount.get());
    [
        Posting { account: from, grant: grant.clone(), amount: -amount },
        Posting { account: to, grant: grant.clone(), amount },
    ]
}
