//! What a share link carries: whose share it is and a proof that we made it.
//!
//! The token has to lead to the owner's partition, and nobody may guess one. Chance of `Ids` is not secret, so the
//! proof is a MAC with the key of our tickets: 128 bits of it, compared in constant time. Nothing secret is stored,
//! and an owner's list can show the link again. Whether the share still exists is another question, which the store
//! answers: that is what makes it revocable. A new ticket key ends all links.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::ids::{ShareId, UserId};
use crate::ticket::TicketKey;

/// Keeps these MACs apart from those of tickets, which begin with `usr_`.
const PURPOSE: &[u8] = b"share:";
const MAC: usize = 16;

/// 64 characters that need no escaping in a path.
pub(super) fn issue(key: &TicketKey, user: &UserId, share: &ShareId) -> String {
    let mut token = claim(user, share);
    token.extend_from_slice(&key.tag(PURPOSE, &token)[..MAC]);
    BASE64.encode(token)
}

/// `None` for what we did not issue.
pub(super) fn check(key: &TicketKey, text: &str) -> Option<(UserId, ShareId)> {
    let token = BASE64.decode(text).ok()?;
    let (claim, mac) = token.split_at_checked(32)?;
    if mac.len() != MAC || !key.is_tag(PURPOSE, claim, mac) {
        return None;
    }
    let (user, share) = claim.split_at(16);
    Some((UserId::from_bytes(user.try_into().ok()?), ShareId::from_bytes(share.try_into().ok()?)))
}

fn claim(user: &UserId, share: &ShareId) -> Vec<u8> {
    [user.to_bytes(), share.to_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::Ticketed;

    #[test]
    fn a_token_names_its_share_and_no_other_text_does() {
        let key = TicketKey::new("secret");
        let user = UserId::of("https://issuer", "ada");
        let share: ShareId = "shr_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id");
        let token = issue(&key, &user, &share);
        assert_eq!(token.len(), 64);
        assert_eq!(check(&key, &token), Some((user.clone(), share)));
        assert_eq!(check(&TicketKey::new("other"), &token), None);
        for end in 0..token.len() {
            assert_eq!(check(&key, &token[..end]), None);
        }
        for (place, letter) in token.char_indices() {
            let other = if letter == 'A' { "B" } else { "A" };
            let mut changed = token.clone();
            changed.replace_range(place..=place, other);
            assert_eq!(check(&key, &changed), None, "{place}");
        }
        let generation = "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id");
        let ticket = key.issue(&Ticketed { user, generation, index: 0 });
        assert_eq!(check(&key, ticket.as_str()), None);
    }
}
