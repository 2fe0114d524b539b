//! How many jobs a user's library has: counted in the commit that changes it, so that a page can say how long it is
//! without being read.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::ids::GenerationId;

/// The counts. They lie in the account, which nearly every commit writes anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Jobs that lists show, by the month (UTC, as `2026-11`) that their ids tell. None is 0.
    months: BTreeMap<String, u32>,
    /// How many of these are favourites.
    favourites: u32,
    /// Jobs in the trash.
    trash: u32,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not made yet, or removed for good.
    Nowhere,
    /// Lists show it.
    Shown {
        favourite: bool,
    },
    Trash,
}

impl Shelf {
    pub fn moved(&mut self, id: &GenerationId, from: Place, to: Place) {
        if from == to {
            return;
        }
        match from {
            Place::Nowhere => {}
            Place::Shown { favourite } => {
                let month = month(id);
                let left = self.months.get(&month).copied().unwrap_or(0).saturating_sub(1);
                match left {
                    0 => self.months.remove(&month),
                    left => self.months.insert(month, left),
                };
                self.favourites = self.favourites.saturating_sub(u32::from(favourite));
            }
            Place::Trash => self.trash = self.trash.saturating_sub(1),
        }
        match to {
            Place::Nowhere => {}
            Place::Shown { favourite } => {
                *self.months.entry(month(id)).or_default() += 1;
                self.favourites += u32::from(favourite);
            }
            Place::Trash => self.trash += 1,
        }
    }

    /// Newest first.
    pub fn months(&self) -> impl Iterator<Item = (&str, u32)> {
        self.months.iter().rev().map(|(month, count)| (month.as_str(), *count))
    }

    pub fn total(&self) -> u32 {
        self.months.values().sum()
    }

    pub fn favourites(&self) -> u32 {
        self.favourites
    }

    pub fn trash(&self) -> u32 {
        self.trash
    }
}

/// By the id and not by the time of acceptance, which may be a moment later: windows of a list are cut by ids.
fn month(id: &GenerationId) -> String {
    let date = id.made_at().to_zoned(TimeZone::UTC).date();
    format!("{:04}-{:02}", date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;

    fn place() -> impl Strategy<Value = Place> {
        prop_oneof![
            Just(Place::Nowhere),
            any::<bool>().prop_map(|favourite| Place::Shown { favourite }),
            Just(Place::Trash),
        ]
    }

    proptest! {
        /// However jobs move about, the counts are those of where they stand.
        #[test]
        fn the_counts_are_what_counting_anew_would_give(
            moves in proptest::collection::vec((0_u64..12, place()), 0..200)
        ) {
            let mut stands = BTreeMap::new();
            let mut shelf = Shelf::default();
            for (n, to) in moves {
                // A job each 20 days.
                let id = GenerationId::new(Ulid::from_parts(1_767_225_600_000 + n * 1_728_000_000, 1));
                let from = stands.insert(id.clone(), to).unwrap_or(Place::Nowhere);
                shelf.moved(&id, from, to);
            }
            let mut anew = Shelf::default();
            for (id, place) in &stands {
                anew.moved(id, Place::Nowhere, *place);
            }
            prop_assert_eq!(&shelf, &anew);
            let shown = stands.values().filter(|p| matches!(p, Place::Shown { .. })).count();
            prop_assert_eq!(usize::try_from(shelf.total()).expect("a few"), shown);
            prop_assert!(shelf.months().all(|(_, count)| count > 0));
        }
    }
}
