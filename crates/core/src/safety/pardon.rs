//! What an overturned decision lets through: for one owner, the very same thing and nothing else.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::generations::Order;
use crate::ids::{UserId, hex};
use crate::ports::documents::{DocumentsError, NewDocument, encode};
use crate::services::Services;

/// Names a prompt, or a picture by all that it follows from, without holding either. SHA-256 in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    pub(crate) fn of_prompt(prompt: &str) -> Self {
        Self::of(&["prompt", prompt])
    }

    /// The picture that `order` becomes with `seed`. What it starts from is part of it: the same words over another
    /// picture are another picture.
    pub(crate) fn of_image(order: &Order, seed: u32) -> Self {
        let (ratio, seed) = (order.aspect_ratio.to_string(), seed.to_string());
        let words = ["image", order.prompt.as_str(), &order.model, &ratio, &seed];
        if order.inputs.is_empty() {
            return Self::of(&words);
        }
        let inputs = encode(&(&order.inputs, order.strength_percent));
        Self::of(&[&words[..], &[&inputs]].concat())
    }

    /// A picture that was brought along, as we made it anew: the same file is the same picture.
    pub(crate) fn of_upload(picture: &[u8]) -> Self {
        Self::of_bytes(&[b"upload", picture])
    }

    fn of(parts: &[&str]) -> Self {
        let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
        Self::of_bytes(&parts)
    }

    fn of_bytes(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // The length keeps ("ab", "c") apart from ("a", "bc").
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hex(&hash.finalize()))
    }

    fn document_id(&self) -> String {
        format!("pardon:{}", self.0)
    }

    pub(super) fn pardon(&self) -> NewDocument {
        NewDocument {
            id: self.document_id(),
            kind: "pardon",
            position: None,
            due: None,
            body: "{}".into(),
        }
    }
}

/// Whether an operator let the same thing pass for this user.
pub(crate) async fn is_pardoned(
    services: &Services,
    user: &UserId,
    fingerprint: &Fingerprint,
) -> Result<bool, DocumentsError> {
    let found = services.documents.get(user.as_str(), &fingerprint.document_id()).await?;
    Ok(found.is_some())
}
