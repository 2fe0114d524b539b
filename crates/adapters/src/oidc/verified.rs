//! Tokens that were checked a moment ago.
//!
//! A page sends the same token with every request, and checking RS256 costs some 40 µs; looking it up costs 3.
//! It is safe because only a token that passed every check enters, whole (one changed bit is another digest), its
//! times are looked at again each time, and after five minutes it is checked from the start, so that a key that the
//! issuer withdrew is not trusted for longer. Digests are kept, not tokens: a memory dump signs nobody in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use imagegen_core::ports::identity::Person;
use sha2::{Digest as _, Sha256};

/// Seconds.
const TRUSTED_FOR: i64 = 5 * 60;
/// Two generations of this many: half a megabyte, and one instance seldom sees more people in five minutes.
const GENERATION: usize = 512;

pub(super) type TokenDigest = [u8; 32];

/// Unix seconds, the skew taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) from: i64,
    /// The first second in which it is no longer valid.
    pub(super) until: i64,
}

#[derive(Debug)]
pub(super) struct Checked {
    pub(super) person: Person,
    pub(super) lifetime: Lifetime,
}

#[derive(Debug, Default)]
pub(super) struct Verified(Mutex<Generations>);

/// When the young are full, they become the old, and the old are forgotten.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<TokenDigest, Entry>,
    old: HashMap<TokenDigest, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    checked: Arc<Checked>,
    checked_at: i64,
}

pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

impl Verified {
    pub(super) fn find(&self, digest: &TokenDigest, now: i64) -> Option<Arc<Checked>> {
        let generations = self.0.lock().expect("nothing panics while it holds this");
        let entry = generations.young.get(digest).or_else(|| generations.old.get(digest))?;
        // In both directions, in case the clock was set back.
        (now.abs_diff(entry.checked_at) < TRUSTED_FOR.unsigned_abs()).then(|| entry.checked.clone())
    }

    pub(super) fn keep(&self, digest: TokenDigest, checked: Checked, now: i64) {
        let mut generations = self.0.lock().expect("nothing panics while it holds this");
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(digest, Entry { checked: Arc::new(checked), checked_at: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked() -> Checked {
        let person = Person {
            issuer: "i".into(),
            subject: "s".into(),
            email: None,
            name: None,
            roles: Vec::new(),
        };
        Checked { person, lifetime: Lifetime { from: 0, until: i64::MAX } }
    }

    #[test]
    fn a_token_is_trusted_for_five_minutes() {
        let verified = Verified::default();
        verified.keep(digest("a"), checked(), 1_000);
        assert!(verified.find(&digest("a"), 1_299).is_some());
        assert!(verified.find(&digest("a"), 1_300).is_none());
        assert!(verified.find(&digest("a"), 700).is_none());
        assert!(verified.find(&digest("b"), 1_000).is_none());
    }

    #[test]
    fn it_holds_a_bounded_number_and_forgets_the_oldest() {
        let verified = Verified::default();
        for n in 0..5 * GENERATION {
            verified.keep(digest(&n.to_string()), checked(), 0);
        }
        let generations = verified.0.lock().expect("a test");
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
        drop(generations);
        assert!(verified.find(&digest("0"), 0).is_none());
        assert!(verified.find(&digest(&(5 * GENERATION - 1).to_string()), 0).is_some());
    }
}
