//! What a list can be narrowed to, and how a store is asked for it.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::catalog::AspectRatio;
use crate::generations::{Generation, KIND, Status, TRASH};
use crate::ids::{CollectionId, GenerationId};
use crate::ports::documents::{Condition, Search, Test};

/// All that is given has to hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words of the prompt, in any order; each may be a part of a longer one, and capitals do not matter.
    pub words: Vec<String>,
    pub model: Option<String>,
    pub aspect_ratio: Option<AspectRatio>,
    pub status: Option<StatusFilter>,
    /// Only favourites.
    pub favourite: bool,
    /// Only of this collection.
    pub collection: Option<CollectionId>,
    /// What was thrown away, and not what is kept.
    pub trash: bool,
    /// Made at this moment or later.
    pub from: Option<Timestamp>,
    /// Made before this moment.
    pub to: Option<Timestamp>,
}

/// A status of [`Status`], by its name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusFilter(Status);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no status")]
pub struct UnknownStatus;

/// A moment as people give it: RFC 3339, or a date, which is the first moment of that day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither a date nor a time")]
pub struct InvalidMoment;

/// More words than anyone looks for are no search.
const MAX_WORDS: usize = 16;

impl Filter {
    /// The words of `text`; `None` when they are too many or too long.
    pub fn words_of(text: &str) -> Option<Vec<String>> {
        const MAX_CHARACTERS: usize = 200;
        if text.chars().count() > MAX_CHARACTERS {
            return None;
        }
        let words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        (words.len() <= MAX_WORDS).then_some(words)
    }

    /// The question to the store; `before` is the cursor.
    pub(super) fn search(&self, before: Option<&GenerationId>, limit: usize) -> Search {
        let to = self.to.map(GenerationId::first_at);
        let before = match (before, &to) {
            (Some(cursor), Some(to)) => Some(cursor.min(to)),
            (cursor, to) => cursor.or(to.as_ref()),
        };
        Search {
            kind: if self.trash { TRASH } else { KIND },
            from: self.from.map(|from| GenerationId::first_at(from).to_string()),
            before: before.map(ToString::to_string),
            conditions: self.conditions(),
            limit,
        }
    }

    fn conditions(&self) -> Vec<Condition> {
        let one_of = |path, texts: &[&str]| Condition {
            path,
            test: Test::OneOf(texts.iter().map(|&text| text.to_owned()).collect()),
        };
        let mut conditions = Vec::new();
        // What is cheap to see and rare to hold goes first, where a store reads them in turn.
        if self.favourite {
            conditions.push(Condition { path: "keeping.favourite", test: Test::IsTrue });
        }
        if let Some(collection) = &self.collection {
            conditions.push(one_of("keeping.collection", &[collection.as_str()]));
        }
        if let Some(model) = &self.model {
            conditions.push(one_of("order.model", &[model]));
        }
        if let Some(ratio) = &self.aspect_ratio {
            conditions.push(one_of("order.aspect_ratio", &[&ratio.to_string()]));
        }
        match self.status.map(|status| status.0) {
            None => {}
            Some(Status::Queued) => conditions.push(one_of("stage.stage", &["waiting", "queued"])),
            Some(Status::Starting | Status::Running | Status::Finishing) => {
                conditions.push(one_of("stage.stage", &["at_work"]));
            }
            Some(
                status @ (Status::Succeeded | Status::Failed | Status::Cancelled | Status::Blocked),
            ) => conditions.push(one_of("stage.outcome.outcome", &[status.as_str()])),
        }
        conditions.extend(
            self.words
                .iter()
                .map(|word| Condition { path: "order.prompt", test: Test::Contains(word.clone()) }),
        );
        conditions
    }

    /// What the store could not be asked: the status of a job at work is read off its images.
    pub(super) fn fits(&self, generation: &Generation) -> bool {
        self.status.is_none_or(|wanted| wanted.0 == generation.status())
    }
}

impl FromStr for StatusFilter {
    type Err = UnknownStatus;
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        let found = Status::ALL.into_iter().find(|status| status.as_str() == text);
        found.map(Self).ok_or(UnknownStatus)
    }
}

impl FromStr for Moment {
    type Err = InvalidMoment;
    fn from_str(text: &str) -> Result<Self, InvalidMoment> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self(moment));
        }
        let is_date = text.len() == 10;
        let date = text.parse::<Date>().ok().filter(|_| is_date).ok_or(InvalidMoment)?;
        let zoned = date.to_zoned(TimeZone::UTC).map_err(|_| InvalidMoment)?;
        Ok(Self(zoned.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_day() {
        let parsed = |text: &str| text.parse::<Moment>().ok().map(|moment| moment.0.to_string());
        assert_eq!(parsed("2026-11-01").as_deref(), Some("2026-11-01T00:00:00Z"));
        assert_eq!(parsed("2026-11-01T10:00:00+02:00").as_deref(), Some("2026-11-01T08:00:00Z"));
        for wrong in ["", "2026", "2026-11", "2026-13-01", "tomorrow", "2026-11-01T10:00:00"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn words_are_split_at_blanks_and_bounded() {
        assert_eq!(Filter::words_of("  red  Fox\t").map(|w| w.len()), Some(2));
        assert_eq!(Filter::words_of(&"a ".repeat(17)), None);
        assert_eq!(Filter::words_of(&"a".repeat(201)), None);
    }
}
