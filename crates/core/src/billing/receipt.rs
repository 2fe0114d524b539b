//! What an invoice gave, and what was taken back of it since.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Gift;
use crate::credits::{Credits, Entry, GrantId, NewGrant, Wallet};
use crate::ports::documents::{NewDocument, encode};

/// Written with its grant, in one commit: while it exists, the grant is not given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    schema: u8,
    pub grant: GrantId,
    pub amount: Credits,
    pub priority: u8,
    pub expires_at: Option<Timestamp>,
    /// Taken back and not restored.
    pub taken: Credits,
    /// Not taken back because it had lapsed unused.
    pub forgiven: Credits,
    /// Of `taken`: the money stayed here after all, but the grant had lapsed and nothing was owed. Not tried again,
    /// or the next look would pay a debt with it that came later.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kept: Credits,
    /// How often it was corrected.
    pub step: u32,
}

pub(super) const KIND: &str = "receipt";

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(credits: &Credits) -> bool {
    credits.is_zero()
}

impl Receipt {
    /// Gives what was paid for.
    pub(super) fn give(gift: &Gift, wallet: &mut Wallet, now: Timestamp) -> (Self, Entry) {
        let NewGrant { id, amount, priority, expires_at } = gift.grant.clone();
        let receipt = Self {
            schema: 1,
            grant: id,
            amount,
            priority,
            expires_at,
            taken: Credits::ZERO,
            forgiven: Credits::ZERO,
            kept: Credits::ZERO,
            step: 0,
        };
        (receipt, wallet.grant(gift.grant.clone(), now))
    }

    /// Takes back, or gives back, until `given_back` credits of it are gone. `None` when nothing moves.
    pub(super) fn correct(
        &mut self,
        given_back: Credits,
        wallet: &mut Wallet,
        now: Timestamp,
    ) -> Option<Entry> {
        let so_far = self.taken + self.forgiven;
        let step = self.step + 1;
        let entry = match given_back.checked_sub(so_far) {
            Some(Credits::ZERO) => {
                self.kept = Credits::ZERO;
                return None;
            }
            Some(more) => {
                self.kept = Credits::ZERO;
                let (clawed, entry) = wallet.claw_back(&self.grant, more, self.forgiven, step, now);
                self.taken += clawed.taken;
                self.forgiven += clawed.forgiven;
                entry
            }
            None => {
                let too_much = so_far.checked_sub(given_back).expect("it is more");
                let amount = too_much.min(self.taken).checked_sub(self.kept).unwrap_or_default();
                let (restored, entry) = wallet.restore(&self.as_grant(amount), step, now);
                self.taken = self.taken.checked_sub(restored).expect("no more than was taken");
                // What does not come back to a grant that has lapsed is let off, so that it is not tried again.
                self.forgiven = given_back.checked_sub(self.taken).unwrap_or_default();
                self.kept = self.taken.checked_sub(given_back).unwrap_or_default();
                entry
            }
        };
        self.step += u32::from(entry.is_some());
        entry
    }

    fn as_grant(&self, amount: Credits) -> NewGrant {
        NewGrant {
            id: self.grant.clone(),
            amount,
            priority: self.priority,
            expires_at: self.expires_at,
        }
    }

    pub(super) fn document_id(grant: &GrantId) -> String {
        format!("receipt:{grant}")
    }

    pub(super) fn document(&self) -> NewDocument {
        NewDocument {
            id: Self::document_id(&self.grant),
            kind: KIND,
            position: None,
            due: None,
            body: encode(self),
        }
    }
}
