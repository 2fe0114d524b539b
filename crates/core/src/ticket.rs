//! The address part that a provider reports to: names one picture of one job and proves that we made it.
//!
//! The provider signs the body of a webhook, not our URL; so the URL proves itself.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::ids::{GenerationId, UserId};

/// `usr_….gen_….<index>.<mac>`: safe in a URL path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// What a ticket names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticketed {
    pub user: UserId,
    pub generation: GenerationId,
    pub index: u32,
}

/// Signs tickets. The key never shows, not even in a debug print.
#[derive(Clone)]
pub struct TicketKey(Vec<u8>);

impl TicketKey {
    /// `secret` is any text that nobody else knows; 32 random bytes in base64 are right.
    pub fn new(secret: &str) -> Self {
        Self(secret.as_bytes().to_vec())
    }

    pub fn issue(&self, named: &Ticketed) -> Ticket {
        let claim = format!("{}.{}.{}", named.user, named.generation, named.index);
        let mac = BASE64.encode(self.mac(&claim).finalize().into_bytes());
        Ticket(format!("{claim}.{mac}"))
    }

    /// `None` for what we did not issue. Takes the same time however much of the proof is right.
    pub fn check(&self, text: &str) -> Option<Ticketed> {
        let (claim, mac) = text.rsplit_once('.')?;
        self.mac(claim).verify_slice(&BASE64.decode(mac).ok()?).ok()?;
        let mut parts = claim.split('.');
        let named = Ticketed {
            user: parts.next()?.parse().ok()?,
            generation: parts.next()?.parse().ok()?,
            index: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(named)
    }

    /// A proof of something else than a ticket; `purpose` keeps the two apart.
    pub(crate) fn tag(&self, purpose: &[u8], claim: &[u8]) -> [u8; 32] {
        self.proof(purpose, claim).finalize().into_bytes().into()
    }

    /// Whether `tag` is the beginning of such a proof. Takes the same time however much of it is right.
    pub(crate) fn is_tag(&self, purpose: &[u8], claim: &[u8], tag: &[u8]) -> bool {
        self.proof(purpose, claim).verify_truncated_left(tag).is_ok()
    }

    fn proof(&self, purpose: &[u8], claim: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac("");
        mac.update(purpose);
        mac.update(claim);
        mac
    }

    fn mac(&self, claim: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(claim.as_bytes());
        mac
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketKey(…)")
    }
}

impl Ticket {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named() -> Ticketed {
        Ticketed {
            user: UserId::of("https://issuer", "ada"),
            generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
            index: 3,
        }
    }

    #[test]
    fn a_ticket_names_what_it_was_issued_for() {
        let key = TicketKey::new("secret");
        assert_eq!(key.check(key.issue(&named()).as_str()), Some(named()));
    }

    #[test]
    fn a_changed_a_foreign_and_a_cut_ticket_are_refused() {
        let key = TicketKey::new("secret");
        let ticket = key.issue(&named());
        let text = ticket.as_str();
        assert_eq!(TicketKey::new("other").check(text), None);
        assert_eq!(key.check(&text.replace(".3.", ".2.")), None);
        for end in 0..text.len() {
            assert_eq!(key.check(&text[..end]), None);
        }
    }

    #[test]
    fn a_ticket_needs_no_escaping_in_a_url_path() {
        let ticket = TicketKey::new("secret").issue(&named());
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(ticket.as_str().chars().all(plain));
    }
}
