//! One verdict, kept so that its owner can quote it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::pardon::Fingerprint;
use crate::ids::{DecisionId, GenerationId, UploadId};
use crate::ports::documents::{NewDocument, encode};
use crate::ports::moderation::Category;

/// The kind of a decision's document; its id is the decision's.
pub const KIND: &str = "decision";

/// Something was kept back. Stored as it is (`schema` 1).
///
/// What was kept back is not in it: of a prompt only its fingerprint is stored, and a picture is not stored at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub(super) schema: u8,
    pub id: DecisionId,
    pub at: Timestamp,
    pub subject: Subject,
    /// What an overturned decision lets through.
    pub(super) fingerprint: Fingerprint,
    pub category: Category,
    /// 0 to 7, at or above the threshold; absent where the image provider's own filter gave none.
    pub severity: Option<u8>,
    pub appeal: Option<Appeal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub enum Subject {
    /// Nothing was made of it.
    Prompt,
    Image {
        generation: GenerationId,
        index: u32,
    },
    /// A picture that its owner brought along. It is removed.
    Upload {
        upload: UploadId,
    },
}

/// The owner's objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    pub at: Timestamp,
    /// Why, in the owner's words.
    pub message: String,
    /// The prompt that was kept back, given again by its owner; only for [`Subject::Prompt`].
    pub prompt: Option<String>,
    pub answer: Option<Answer>,
}

/// The operator's answer. There is one, and it is the last word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub at: Timestamp,
    pub outcome: Outcome,
    /// For the owner to read.
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The safety check was right.
    Upheld,
    /// It was wrong: the same prompt, or the same picture, passes for this owner from now on.
    Overturned,
}

impl Decision {
    pub(crate) fn of_prompt(
        id: DecisionId,
        prompt: &str,
        category: Category,
        severity: u8,
        at: Timestamp,
    ) -> Self {
        Self {
            schema: 1,
            id,
            at,
            subject: Subject::Prompt,
            fingerprint: Fingerprint::of_prompt(prompt),
            category,
            severity: Some(severity),
            appeal: None,
        }
    }

    pub(crate) fn of_image(
        id: DecisionId,
        (generation, index): (GenerationId, u32),
        fingerprint: Fingerprint,
        category: Category,
        severity: Option<u8>,
        at: Timestamp,
    ) -> Self {
        let subject = Subject::Image { generation, index };
        Self { schema: 1, id, at, subject, fingerprint, category, severity, appeal: None }
    }

    pub(crate) fn of_upload(
        id: DecisionId,
        upload: UploadId,
        fingerprint: Fingerprint,
        category: Category,
        severity: u8,
        at: Timestamp,
    ) -> Self {
        let (subject, severity) = (Subject::Upload { upload }, Some(severity));
        Self { schema: 1, id, at, subject, fingerprint, category, severity, appeal: None }
    }

    /// It is due as long as an operator should look at it: that is the list of open appeals.
    pub(crate) fn document(&self) -> NewDocument {
        let open = self.appeal.as_ref().filter(|appeal| appeal.answer.is_none());
        NewDocument {
            id: self.id.to_string(),
            kind: KIND,
            position: None,
            due: open.map(|appeal| appeal.at),
            body: encode(self),
        }
    }
}
