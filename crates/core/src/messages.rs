//! What travels through queues. A message carries ids and facts from outside, never our own state: whoever receives
//! it reads the state again, so that it may come late, twice or out of order.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::Provider;
use crate::ids::{CollectionId, GenerationId, UploadId, UserId};
use crate::ports::image_provider::{Prediction, PredictionId};
use crate::ports::payments::BooksOf;

/// Every queue there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueName {
    GenerationFree,
    GenerationBasic,
    GenerationPremium,
    GenerationResults,
    CreditResets,
    UploadRemovals,
    LibraryChores,
    StripeEvents,
}

impl QueueName {
    pub const ALL: [Self; 8] = [
        Self::GenerationFree,
        Self::GenerationBasic,
        Self::GenerationPremium,
        Self::GenerationResults,
        Self::CreditResets,
        Self::UploadRemovals,
        Self::LibraryChores,
        Self::StripeEvents,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::GenerationFree => "generation-free",
            Self::GenerationBasic => "generation-basic",
            Self::GenerationPremium => "generation-premium",
            Self::GenerationResults => "generation-results",
            Self::CreditResets => "credit-resets",
            Self::UploadRemovals => "upload-removals",
            Self::LibraryChores => "library-chores",
            Self::StripeEvents => "stripe-events",
        }
    }
}

impl FromStr for QueueName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|q| q.as_str() == text);
        known.ok_or_else(|| format!("there is no queue `{text}`"))
    }
}

/// On the plan's queue: hand this job to its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitGeneration {
    pub user: UserId,
    pub generation: GenerationId,
}

/// On `generation-results`: something may have happened to this job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishGeneration {
    pub user: UserId,
    pub generation: GenerationId,
    pub news: News,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// The provider reported on one picture.
    Report {
        index: u32,
        #[serde(default)]
        provider: Provider,
        prediction: PredictionId,
        state: Prediction,
    },
    /// Nobody reported: look for yourself.
    Silence,
    /// The job was cancelled while the provider was at it: tell the provider.
    Abandoned,
}

/// On `credit-resets`: this account's period has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetAccountCredits {
    pub user: UserId,
    /// The moment at which it was due, for the message's id.
    pub due: Timestamp,
}

/// On `upload-removals`: this picture's time may be over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveUpload {
    pub user: UserId,
    pub upload: UploadId,
}

/// On `library-chores`: something in this user's library is to be cleared up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryChore {
    pub user: UserId,
    #[serde(flatten)]
    pub chore: Chore,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "chore", rename_all = "snake_case")]
pub enum Chore {
    /// The time of this job's pictures may be over.
    Remove { generation: GenerationId },
    /// This collection is gone; its jobs are to leave it.
    Disband { collection: CollectionId },
}

/// On `stripe-events`: something happened to someone's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyStripeEvent {
    /// Stripe's name of the event and its kind, for the log.
    pub event: String,
    pub kind: String,
    #[serde(flatten)]
    pub of: BooksOf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queue_names_are_read_back_and_agree_with_their_serde_form() {
        for queue in QueueName::ALL {
            assert_eq!(queue.as_str().parse(), Ok(queue));
            assert_eq!(serde_json::to_value(queue).ok(), Some(queue.as_str().into()));
        }
    }

    /// A message sent before a deployment is read after it: a change here needs a new, tolerated form.
    #[test]
    fn messages_of_the_first_version_are_still_read() {
        let ids = r#""user":"usr_01ARZ3NDEKTSV4RRFFQ69G5FAV","generation":"gen_01ARZ3NDEKTSV4RRFFQ69G5FAW""#;
        for news in [
            r#"{"kind":"silence"}"#,
            r#"{"kind":"abandoned"}"#,
            r#"{"kind":"report","index":0,"prediction":"p","state":{"state":"working","started":true}}"#,
            r#"{"kind":"report","index":0,"prediction":"p","state":{"state":"drawn","output":"https://a/b"}}"#,
            r#"{"kind":"report","index":0,"prediction":"p","state":{"state":"filtered"}}"#,
            r#"{"kind":"report","index":0,"prediction":"p","state":{"state":"failed","reason":"x"}}"#,
            r#"{"kind":"report","index":0,"prediction":"p","state":{"state":"cancelled"}}"#,
        ] {
            let text = format!(r#"{{{ids},"news":{news}}}"#);
            serde_json::from_str::<FinishGeneration>(&text).expect(news);
        }
        serde_json::from_str::<SubmitGeneration>(&format!("{{{ids}}}")).expect("submit");
        let upload =
            r#""user":"usr_01ARZ3NDEKTSV4RRFFQ69G5FAV","upload":"upl_01ARZ3NDEKTSV4RRFFQ69G5FAW""#;
        serde_json::from_str::<RemoveUpload>(&format!("{{{upload}}}")).expect("remove");
        for chore in [
            format!(r#"{{{ids},"chore":"remove"}}"#),
            r#"{"user":"usr_01ARZ3NDEKTSV4RRFFQ69G5FAV","chore":"disband","collection":"col_01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#.into(),
        ] {
            serde_json::from_str::<LibraryChore>(&chore).expect(&chore);
        }
        let event = r#"{"event":"evt_1","kind":"invoice.paid","of":"customer","id":"cus_1"}"#;
        serde_json::from_str::<ApplyStripeEvent>(event).expect(event);
    }
}
