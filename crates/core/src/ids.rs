//! Typed ids: a prefix that says what is named, then a ULID.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ulid::Ulid;

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `{prefix}` followed by 26 characters of Crockford base 32")]
pub struct InvalidId {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            pub fn new(ulid: Ulid) -> Self {
                Self(format!("{}{}", Self::PREFIX, ulid.to_string()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self::new(Ulid::from_bytes(bytes))
            }

            pub fn to_bytes(&self) -> [u8; 16] {
                let ulid = Ulid::from_string(&self.0[Self::PREFIX.len()..]);
                ulid.expect("parsing made sure").to_bytes()
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                // Only the canonical form, so that one thing has one name (and one document).
                let canonical = text.strip_prefix(Self::PREFIX).and_then(|rest| {
                    let ulid = Ulid::from_string(rest).ok()?;
                    (ulid.to_string() == rest).then_some(())
                });
                canonical.map(|()| Self(text.to_owned())).ok_or(InvalidId { prefix: Self::PREFIX })
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A person, and the partition that holds everything of theirs.
    UserId,
    "usr_"
);
id!(
    /// One job: a prompt and the pictures it becomes. Sorts by time of creation.
    GenerationId,
    "gen_"
);
id!(
    /// A picture that a user brings along.
    UploadId,
    "upl_"
);
id!(
    /// A named heap of a user's jobs.
    CollectionId,
    "col_"
);
id!(
    /// One link that shows a job to whoever has it.
    ShareId,
    "shr_"
);
id!(
    /// One verdict of the safety check, to be quoted in an appeal.
    DecisionId,
    "dec_"
);

impl UserId {
    /// The same person gets the same id on every instance, with nothing stored: so the first two requests of a new
    /// user, at the same moment, meet in one partition.
    ///
    /// `subject` is the issuer's stable name of the person (`oid`, else `sub`).
    pub fn of(issuer: &str, subject: &str) -> Self {
        let mut hash = Sha256::new();
        // The length keeps ("ab", "c") apart from ("a", "bc").
        hash.update((issuer.len() as u64).to_be_bytes());
        hash.update(issuer.as_bytes());
        hash.update(subject.as_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let half: [u8; 16] = digest[..16].try_into().expect("32 bytes have a first half");
        Self::new(Ulid::from_bytes(half))
    }
}

impl GenerationId {
    /// When it was made, as the id has it: to the millisecond, and in the order of ids.
    pub fn made_at(&self) -> Timestamp {
        let ulid = Ulid::from_string(&self.0[Self::PREFIX.len()..]).expect("parsing made sure");
        let millisecond = i64::try_from(ulid.timestamp_ms()).expect("48 bits fit");
        // Only an id that somebody made up lies past the year 9999.
        Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MAX)
    }

    /// The least id that one made at `at` or later can have.
    pub fn first_at(at: Timestamp) -> Self {
        Self::new(Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), 0))
    }
}

/// In lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a String takes everything");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_as_it_was_written() {
        let id = GenerationId::new(Ulid::from_parts(1_767_225_600_000, 42));
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_eq!(id.as_str().len(), 30);
    }

    #[test]
    fn an_id_tells_its_time_and_times_have_a_first_id() {
        let at = Timestamp::from_millisecond(1_767_225_600_000).expect("a time");
        let id = GenerationId::new(Ulid::from_parts(1_767_225_600_000, 42));
        assert_eq!(id.made_at(), at);
        assert!(GenerationId::first_at(at) < id);
        let before = at - std::time::Duration::from_millis(1);
        assert!(
            GenerationId::new(Ulid::from_parts(1_767_225_599_999, u128::MAX))
                < GenerationId::first_at(at)
        );
        assert!(GenerationId::first_at(before) < GenerationId::first_at(at));
        let last: GenerationId = "gen_7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse().expect("the greatest id");
        assert_eq!(last.made_at(), Timestamp::MAX);
    }

    #[test]
    fn another_kind_a_lower_case_and_rubbish_are_refused() {
        let id = GenerationId::new(Ulid::from_parts(1, 42));
        let lower = id.as_str().to_lowercase();
        for text in ["", "gen_", "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", "gen_../../etc", lower.as_str()]
        {
            assert!(text.parse::<GenerationId>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_same_person_is_the_same_user_and_issuers_do_not_mix() {
        assert_eq!(UserId::of("https://a", "1"), UserId::of("https://a", "1"));
        assert_ne!(UserId::of("https://a", "1"), UserId::of("https://a1", ""));
    }
}
