//! One page of a user's jobs, and how many there are.

use super::Filter;
use crate::accounts::{Draft, Place, Shelf};
use crate::generations::{Generation, KIND, TRASH};
use crate::ids::{GenerationId, UserId};
use crate::ports::documents::{Document, DocumentsError, Rounds, Search};
use crate::services::Services;

#[derive(Debug)]
pub struct GenerationsPage {
    /// Newest first. Fewer than asked for, or none, does not mean that this is the end.
    pub generations: Vec<Generation>,
    /// The cursor of the next page, if there is one.
    pub next: Option<GenerationId>,
}

/// One page of the jobs that `filter` lets through, `limit` (1 to 100) at the most, older than `cursor`.
///
/// Bounded in work: a search for what is rare answers with a short page and goes on with the next one.
pub async fn list(
    services: &Services,
    user: &UserId,
    filter: &Filter,
    cursor: Option<&GenerationId>,
    limit: usize,
) -> Result<GenerationsPage, DocumentsError> {
    let search = filter.search(cursor, limit);
    let found = services.documents.search(user.as_str(), &search).await?;
    let generations = found.documents.iter().map(Document::decode::<Generation>);
    let mut generations = generations.collect::<Result<Vec<_>, _>>()?;
    generations.retain(|generation| filter.fits(generation));
    let next = found.next.map(|id| id.parse::<GenerationId>());
    let next = next.transpose().map_err(|e| DocumentsError::Refused(Box::new(e)))?;
    Ok(GenerationsPage { generations, next })
}

/// How many jobs the library has. An account that is older than the counts is counted first, once.
pub async fn shelf(services: &Services, user: &UserId) -> Result<Shelf, DocumentsError> {
    let mut rounds = Rounds::default();
    loop {
        let mut draft = Draft::open(services, user, None).await?;
        if let Some(shelf) = draft.account.shelf {
            return Ok(shelf);
        }
        // Whoever brings, moves or removes a job meanwhile writes the account, and this commit conflicts.
        let shelf = counted(services, user).await?;
        draft.account.shelf = Some(shelf.clone());
        match draft.commit(services).await {
            Ok(()) => return Ok(shelf),
            Err(error) => rounds.again(error)?,
        }
    }
}

async fn counted(services: &Services, user: &UserId) -> Result<Shelf, DocumentsError> {
    let mut shelf = Shelf::default();
    for kind in [KIND, TRASH] {
        let mut before = None;
        loop {
            let search = Search { kind, from: None, before, conditions: Vec::new(), limit: 100 };
            let found = services.documents.search(user.as_str(), &search).await?;
            for document in &found.documents {
                let generation: Generation = document.decode()?;
                shelf.moved(&generation.id, Place::Nowhere, generation.place());
            }
            before = found.next;
            if before.is_none() {
                break;
            }
        }
    }
    Ok(shelf)
}
