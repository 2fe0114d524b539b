//! What becomes of a job after its end: its owner's marks, the trash, and the time when its pictures go.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::generation::{Generation, Stage};
use super::order::Prompt;
use crate::accounts::Place;
use crate::ids::CollectionId;

/// The kind of a generation's document that lists show; its id is the generation's.
pub const KIND: &str = "generation";
/// Its kind in the trash: so no list has to step over what was thrown away.
pub const TRASH: &str = "trash";
/// Its kind when there is no way back.
pub const REMOVED: &str = "removed";

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub favourite: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<CollectionId>,
    /// When somebody should ask whether its time is over. It may turn out to be later, never earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<Removal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "removal", rename_all = "snake_case")]
pub enum Removal {
    /// Thrown away at `at`; comes back on demand before `until`.
    Trashed { at: Timestamp, until: Timestamp },
    /// The intent: pictures are being deleted, and nobody sees the job any more.
    Purging { since: Timestamp },
    /// Pictures and prompt are gone. What stays is what the ledger's entries name.
    Purged { at: Timestamp },
}

impl Keeping {
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn kind(&self) -> &'static str {
        match self.removal {
            None => KIND,
            Some(Removal::Trashed { .. }) => TRASH,
            Some(Removal::Purging { .. } | Removal::Purged { .. }) => REMOVED,
        }
    }

    /// When a timer should look at a job that has ended.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match &self.removal {
            None => self.expires_at,
            Some(Removal::Trashed { until, .. }) => Some(*until),
            Some(Removal::Purging { since }) => Some(*since),
            Some(Removal::Purged { .. }) => None,
        }
    }
}

impl Generation {
    /// Where it stands in its owner's library.
    pub fn place(&self) -> Place {
        match self.keeping.removal {
            None => Place::Shown { favourite: self.keeping.favourite },
            Some(Removal::Trashed { .. }) => Place::Trash,
            Some(Removal::Purging { .. } | Removal::Purged { .. }) => Place::Nowhere,
        }
    }

    /// Its pictures are gone: forgets what they were of. Ids, times and credits stay, because ledger and events name
    /// them. Nothing to do unless it is being purged.
    pub fn forget(&mut self, now: Timestamp) {
        let Some(Removal::Purging { .. }) = self.keeping.removal else { return };
        self.order.prompt = Prompt::forgotten();
        if let Stage::Ended(ended) = &mut self.stage {
            ended.images.clear();
        }
        self.keeping = Keeping { removal: Some(Removal::Purged { at: now }), ..Keeping::default() };
    }
}
