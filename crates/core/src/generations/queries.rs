//! Reading jobs and events.

use super::generation::Generation;
use super::keeping::REMOVED;
use super::view::{EventView, GenerationView};
use crate::accounts::{Account, EVENTS_KEPT, StoredEvent, event_id};
use crate::ids::{GenerationId, UserId};
use crate::ports::documents::{DocumentsError, Order, Range};
use crate::services::Services;

/// One job of this user. `None` when there is none of this id, it was removed, or it is another user's.
pub async fn get(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<Option<Generation>, DocumentsError> {
    let found = read(services, user, id).await?;
    Ok(found.filter(|generation| generation.keeping.kind() != REMOVED))
}

/// Also one that was removed.
async fn read(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<Option<Generation>, DocumentsError> {
    let found = services.documents.get(user.as_str(), id.as_str()).await?;
    found.map(|document| document.decode()).transpose()
}

#[derive(Debug)]
pub struct EventsPage {
    pub events: Vec<EventView>,
    pub more: bool,
    /// Events between the number asked for and the first of this page are no longer kept: reload the list.
    pub gap: bool,
}

/// Events with numbers above `after`, in order, 100 at the most; each with its job as it is now.
pub async fn events(
    services: &Services,
    user: &UserId,
    account: &Account,
    after: u64,
) -> Result<EventsPage, DocumentsError> {
    let after = after.min(account.last_event);
    let oldest = account.last_event.saturating_sub(EVENTS_KEPT) + 1;
    let range =
        Range { kind: "event", after: Some(event_id(after)), order: Order::Ascending, limit: 100 };
    let page = services.documents.list(user.as_str(), &range).await?;
    let mut views: Vec<(GenerationId, GenerationView)> = Vec::new();
    let mut events = Vec::new();
    for document in &page.documents {
        let stored: StoredEvent = document.decode()?;
        let known = views.iter().find(|(id, _)| *id == stored.generation);
        let view = if let Some((_, view)) = known {
            view.clone()
        } else {
            let Some(job) = read(services, user, &stored.generation).await? else { continue };
            let position = account.lanes.position(&job.id);
            let view = GenerationView::of(services, &job, position, services.clock.now()).await;
            views.push((stored.generation, view.clone()));
            view
        };
        events.push(EventView { seq: stored.seq, kind: "generation.updated", generation: view });
    }
    Ok(EventsPage { events, more: page.more, gap: after + 1 < oldest })
}
