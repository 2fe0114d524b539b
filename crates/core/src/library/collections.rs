//! Named heaps of jobs. All of a user's lie in one document, so that a name is taken once and a count is written in
//! the commit that changes it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::accounts::Draft;
use crate::ids::{CollectionId, UserId};
use crate::messages::{Chore, LibraryChore, QueueName};
use crate::ports::documents::{DocumentsError, Etag, NewDocument, Rounds, encode};
use crate::services::Services;

/// The kind of the document, and its id: there is one in a partition, or none yet.
const KIND: &str = "collections";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    pub id: CollectionId,
    pub name: CollectionName,
    pub created_at: Timestamp,
    /// Jobs in it that lists show.
    pub count: u32,
}

/// 1 to 80 characters without blanks at the ends and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollectionName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 80 characters, and no control characters")]
pub struct InvalidName;

#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    #[error("there is no such collection")]
    NotFound,
    /// Capital and small letters do not make two names.
    #[error("there is a collection of this name")]
    NameTaken,
    #[error("there are {most} collections already, as many as there may be")]
    TooMany { most: usize },
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// Stored as it is (`schema` 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    schema: u8,
    /// Oldest first.
    items: Vec<Collection>,
}

/// A user's collections on the way through a decision.
#[derive(Debug)]
pub(super) struct Collections {
    etag: Option<Etag>,
    read: Stored,
    now: Stored,
}

/// All of a user's collections, oldest first.
pub async fn collections(
    services: &Services,
    user: &UserId,
) -> Result<Vec<Collection>, DocumentsError> {
    Ok(Collections::read(services, user).await?.now.items)
}

pub async fn create_collection(
    services: &Services,
    user: &UserId,
    name: &CollectionName,
) -> Result<Collection, CollectionError> {
    let id = CollectionId::new(services.fresh_ulid());
    let most = services.catalog.library.collections;
    decide(services, user, |collections, draft| {
        collections.free(name, None)?;
        if collections.now.items.len() >= most {
            return Err(CollectionError::TooMany { most });
        }
        let (id, name) = (id.clone(), name.clone());
        let new = Collection { id, name, created_at: draft.now, count: 0 };
        collections.now.items.push(new.clone());
        Ok(new)
    })
    .await
}

pub async fn rename_collection(
    services: &Services,
    user: &UserId,
    id: &CollectionId,
    name: &CollectionName,
) -> Result<Collection, CollectionError> {
    decide(services, user, |collections, _| {
        collections.free(name, Some(id))?;
        let found = collections.get_mut(id).ok_or(CollectionError::NotFound)?;
        found.name = name.clone();
        Ok(found.clone())
    })
    .await
}

/// Its jobs stay. They leave it one by one, by a message: until then some still name a collection that is gone.
pub async fn delete_collection(
    services: &Services,
    user: &UserId,
    id: &CollectionId,
) -> Result<Collection, CollectionError> {
    decide(services, user, |collections, draft| {
        let items = &mut collections.now.items;
        let place = items.iter().position(|it| it.id == *id).ok_or(CollectionError::NotFound)?;
        let gone = items.remove(place);
        let chore = Chore::Disband { collection: id.clone() };
        let body = encode(&LibraryChore { user: user.clone(), chore });
        draft.send(QueueName::LibraryChores, disband_message(id), body);
        Ok(gone)
    })
    .await
}

/// The name of the message, and with it of its document in the outbox.
pub(super) fn disband_message(id: &CollectionId) -> String {
    format!("{id}:disband")
}

async fn decide(
    services: &Services,
    user: &UserId,
    mut rule: impl FnMut(&mut Collections, &mut Draft) -> Result<Collection, CollectionError>,
) -> Result<Collection, CollectionError> {
    let mut rounds = Rounds::default();
    loop {
        let mut draft = Draft::open(services, user, None).await?;
        let mut collections = Collections::read(services, user).await?;
        let answer = rule(&mut collections, &mut draft)?;
        collections.write(&mut draft);
        match draft.commit(services).await {
            Ok(()) => return Ok(answer),
            Err(error) => rounds.again(error)?,
        }
    }
}

impl Collections {
    pub(super) async fn read(services: &Services, user: &UserId) -> Result<Self, DocumentsError> {
        let found = services.documents.get(user.as_str(), KIND).await?;
        let (etag, read) = match found {
            None => (None, Stored { schema: 1, items: Vec::new() }),
            Some(document) => (Some(document.etag.clone()), document.decode()?),
        };
        Ok(Self { etag, now: read.clone(), read })
    }

    /// Into the draft, if anything has changed.
    pub(super) fn write(self, draft: &mut Draft) {
        if self.now == self.read {
            return;
        }
        let body = encode(&self.now);
        let document = NewDocument { id: KIND.into(), kind: KIND, position: None, due: None, body };
        match self.etag {
            None => draft.create(document),
            Some(etag) => draft.replace(etag, document),
        }
    }

    pub(super) fn has(&self, id: &CollectionId) -> bool {
        self.now.items.iter().any(|it| it.id == *id)
    }

    /// A job that lists show moves from one to another, or in or out. One that is gone counts nothing.
    pub(super) fn moved(&mut self, from: Option<&CollectionId>, to: Option<&CollectionId>) {
        if from == to {
            return;
        }
        if let Some(left) = from.and_then(|id| self.get_mut(id)) {
            left.count = left.count.saturating_sub(1);
        }
        if let Some(entered) = to.and_then(|id| self.get_mut(id)) {
            entered.count += 1;
        }
    }

    fn get_mut(&mut self, id: &CollectionId) -> Option<&mut Collection> {
        self.now.items.iter_mut().find(|it| it.id == *id)
    }

    fn free(
        &self,
        name: &CollectionName,
        but: Option<&CollectionId>,
    ) -> Result<(), CollectionError> {
        let wanted = name.0.to_lowercase();
        let taken =
            |it: &Collection| it.name.0.to_lowercase() == wanted && but.is_none_or(|b| it.id != *b);
        if self.now.items.iter().any(taken) { Err(CollectionError::NameTaken) } else { Ok(()) }
    }
}

impl CollectionName {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let fits = (1..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned())).ok_or(InvalidName)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Collections stored by the first version are still read.
    #[test]
    fn the_stored_form_of_schema_1_still_decodes() {
        let stored = r#"{"schema":1,"items":[{"id":"col_01ARZ3NDEKTSV4RRFFQ69G5FAV","name":"Foxes",
            "created_at":"2026-11-22T11:53:31.322Z","count":3}]}"#;
        let decoded: Stored = serde_json::from_str(stored).expect("schema 1");
        let again = serde_json::to_value(&decoded).expect("plain data");
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(stored).expect("JSON"));
    }

    #[test]
    fn a_name_is_short_and_visible() {
        assert_eq!(CollectionName::parse(" Foxes ").map(|n| n.0), Ok("Foxes".into()));
        for wrong in ["", "  ", "a\nb", &"x".repeat(81)] {
            assert_eq!(CollectionName::parse(wrong), Err(InvalidName), "{wrong}");
        }
    }
}
