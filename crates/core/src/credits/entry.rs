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
    /// `None` until it is written into an account's ledger, and in entries that are older than the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked: Option<Booked>,
}

/// Where an entry stands in its account's ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// From 1, without a gap.
    pub number: u64,
    /// What there was to spend after it; below zero when more was taken back than was left.
    pub balance: i64,
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
    /// The money for a grant went back, or part of it.
    ClawBack {
        grant: GrantId,
        /// Counts the corrections of one grant, from 1.
        step: u32,
    },
    /// It did not go back after all.
    Restore {
        grant: GrantId,
        step: u32,
    },
}

/// Names the event that gave the credits: `free:2026-11-22T10:00:00Z` for a month of a plan. Never given twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(pub String);

const BOUGHT: &str = "invoice:";

impl GrantId {
    /// The month of a plan, or the pack, that an invoice is about.
    pub fn of_invoice(invoice: &str) -> Self {
        Self(format!("{BOUGHT}{invoice}"))
    }

    /// The invoice that it was paid by.
    pub fn invoice(&self) -> Option<&str> {
        self.0.strip_prefix(BOUGHT)?.split(':').next()
    }

    /// The pack that it is.
    pub fn pack(&self) -> Option<&str> {
        self.0.strip_prefix(BOUGHT)?.split(':').nth(1)
    }

    /// Whether money was paid for it.
    pub fn is_bought(&self) -> bool {
        self.0.starts_with(BOUGHT)
    }

    /// What was taken back and was not there any more: an account below zero owes it.
    pub fn debt() -> Self {
        Self("debt".into())
    }

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

    /// One that no account has booked yet.
    pub(super) fn new(at: Timestamp, reason: Reason, postings: Vec<Posting>) -> Self {
        Self { at, reason, postings, booked: None }
    }

    /// The document's id. It is the whole protection against doing something twice.
    pub fn id(&self) -> String {
        match &self.reason {
            Reason::Grant { grant } => format!("grant:{grant}"),
            Reason::Hold { generation } => format!("hold:{generation}"),
            Reason::Close { generation, .. } => format!("close:{generation}"),
            Reason::Expire { grant } => format!("expire:{grant}"),
            Reason::ExpireReleased { grant, generation } => format!("expire:{grant}:{generation}"),
            Reason::ClawBack { grant, step } | Reason::Restore { grant, step } => {
                format!("correct:{grant}:{step}")
            }
        }
    }

    pub fn document(&self) -> NewDocument {
        NewDocument {
            id: self.id(),
            kind: Self::KIND,
            // Twelve digits, so that they sort as numbers do.
            position: self.booked.map(|booked| Self::position(booked.number)),
            due: None,
            body: encode(self),
        }
    }

    /// Where lists show the entry of this number.
    pub fn position(number: u64) -> String {
        format!("{number:012}")
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
