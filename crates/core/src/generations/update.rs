//! The one way in which a job changes: read job and account, let a rule decide, write all of it or decide again.

use jiff::Timestamp;

use super::generation::{Generation, Outcome, Stage};
use super::image::ImageState;
use super::keeping::Keeping;
use super::pace::{self, Pace};
use super::view::GenerationView;
use crate::accounts::{Draft, outbox_id};
use crate::credits::Credits;
use crate::ids::{GenerationId, UserId};
use crate::messages::{FinishGeneration, News, QueueName, SubmitGeneration};
use crate::ports::documents::{DocumentsError, Etag, NewDocument, Rounds, encode};
use crate::services::Services;

/// A job under decision, with the account that pays for it.
pub(super) struct Case<'a> {
    pub(super) generation: Generation,
    pub(super) draft: Draft,
    pub(super) services: &'a Services,
}

/// Lets `decide` change the job, as often as others decide first, and commits. What users can see becomes an event;
/// when the job has ended, its credits are settled and the next one of the backlog goes to work. `Ok(None)`: there is
/// no such job.
pub(super) async fn update<T>(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    mut decide: impl FnMut(&mut Case<'_>) -> T,
) -> Result<Option<(Generation, T)>, DocumentsError> {
    let mut rounds = Rounds::default();
    loop {
        // The account first: a job read after it is as the account knows it or later, so the credits of one that is
        // still open are still held. The other way round a job that ended in between would be settled twice.
        let draft = Draft::open(services, user, None).await?;
        let Some(document) = services.documents.get(user.as_str(), id.as_str()).await? else {
            return Ok(None);
        };
        let before: Generation = document.decode()?;
        let mut case = Case { generation: before.clone(), draft, services };
        let answer = decide(&mut case);
        let Case { mut generation, mut draft, .. } = case;
        if generation == before {
            return Ok(Some((generation, answer)));
        }
        take_in(services, &mut draft, document.etag, &before, &mut generation).await?;
        match draft.commit(services).await {
            Ok(()) => {
                measure(services, &before, &generation).await;
                return Ok(Some((generation, answer)));
            }
            Err(error) => rounds.again(error)?,
        }
    }
}

/// A job that a rule has changed goes into the draft, with an event if its owner can see the change: three writes at
/// the most, unless the job has just ended.
pub(crate) async fn take_in(
    services: &Services,
    draft: &mut Draft,
    etag: Etag,
    before: &Generation,
    generation: &mut Generation,
) -> Result<(), DocumentsError> {
    if generation.is_final() && !before.is_final() {
        let kept =
            draft.account.keeps_until(generation.plan, draft.now, &services.catalog, draft.now);
        generation.keeping.expires_at = Some(kept);
        advance(services, draft, &generation.id).await?;
    }
    take_in_quietly(draft, etag, before, generation);
    if face(generation) != face(before) {
        let position = draft.account.lanes.position(&generation.id);
        let view = GenerationView::of(services, generation, position, draft.now).await;
        let view = serde_json::to_value(view).expect("views are plain data");
        draft.announce(&generation.id, generation.revision, &view);
    }
    Ok(())
}

/// The same without an event, for what its owner was told in another way: one write.
pub(crate) fn take_in_quietly(
    draft: &mut Draft,
    etag: Etag,
    before: &Generation,
    generation: &mut Generation,
) {
    generation.revision += 1;
    draft.account.shelve(&generation.id, before.place(), generation.place());
    draft.replace(etag, document_of(generation));
}

/// What this change tells of how long things take.
async fn measure(services: &Services, before: &Generation, after: &Generation) {
    match (&before.stage, &after.stage) {
        (Stage::Queued { at }, Stage::AtWork { started_at, .. }) => {
            let waited = started_at.duration_since(*at);
            pace::measured(services, Pace::Queue(after.queue), waited, 0.0).await;
        }
        (Stage::AtWork { started_at, .. }, Stage::Ended(ended))
            if ended.outcome == Outcome::Succeeded =>
        {
            let model = &after.order.model;
            let listed = services.catalog.model(model).map_or(5.0, |model| model.usual_seconds);
            let took = ended.finished_at.duration_since(*started_at);
            pace::measured(services, Pace::Work(model), took, listed).await;
        }
        _ => {}
    }
}

/// A job as a document.
pub(super) fn document_of(generation: &Generation) -> NewDocument {
    NewDocument {
        id: generation.id.to_string(),
        kind: generation.keeping.kind(),
        position: None,
        due: generation.due(),
        body: encode(generation),
    }
}

/// Puts a job into the shared queue.
pub(super) fn dispatch(generation: &mut Generation, draft: &mut Draft) {
    let message = format!("{}:submit", generation.id);
    generation.dispatch(message.clone(), draft.now);
    let body =
        SubmitGeneration { user: generation.user.clone(), generation: generation.id.clone() };
    draft.send(generation.queue, message, encode(&body));
}

impl Case<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.draft.now
    }

    /// The message in the outbox has arrived: it need not be sent again.
    pub(super) fn received(&mut self) {
        if let Some(message) = self.generation.outbox.take() {
            self.draft.delete(outbox_id(&message));
        }
    }

    /// Ends the job and settles its credits: what was delivered is captured, the rest goes back. If the provider may
    /// still be at it, a message will tell it to stop; the same message clears up what it has sent. A job that has ended stays as it is.
    pub(super) fn end(&mut self, outcome: Outcome) {
        let now = self.now();
        let price = self.price_of_one();
        let hold = self.generation.hold.clone();
        let at_provider = self.generation.images().iter().any(|image| match image.state {
            ImageState::Requested { .. }
            | ImageState::Rendering { .. }
            | ImageState::Kept { .. } => true,
            ImageState::Planned { .. }
            | ImageState::Drawn { .. }
            | ImageState::Delivered(_)
            | ImageState::Filtered { .. }
            | ImageState::Failed { .. } => false,
        });
        if let Some(captured) = self.generation.end(outcome, price, now) {
            let entries = self.draft.account.wallet.close(&hold, captured, now);
            self.draft.enter(entries);
            self.draft.account.lanes.leave(&self.generation.id);
            self.received();
            if at_provider {
                let message = format!("{}:abandoned", self.generation.id);
                let body = FinishGeneration {
                    user: self.generation.user.clone(),
                    generation: self.generation.id.clone(),
                    news: News::Abandoned,
                };
                self.generation.outbox = Some(message.clone());
                self.draft.send(QueueName::GenerationResults, message, encode(&body));
            }
        }
    }

    /// Ends the job if none of its images is under way any more.
    pub(super) fn end_if_settled(&mut self) {
        if let Some(outcome) = self.generation.settled() {
            self.end(outcome);
        }
    }

    /// What was held for each image: the price at acceptance, whatever the catalogue says now.
    fn price_of_one(&self) -> Credits {
        Credits::new(self.generation.hold.amount().get() / self.generation.order.count)
    }
}

/// A place is free: the longest-waiting jobs of this user go to the shared queue, in the same commit.
async fn advance(
    services: &Services,
    draft: &mut Draft,
    ended: &GenerationId,
) -> Result<(), DocumentsError> {
    let plan = services.catalog.plan(draft.account.plan);
    while let Some(next) = draft.account.lanes.advance(plan) {
        debug_assert_ne!(next, *ended, "a job that has ended has left the lanes");
        let user = draft.account.id.clone();
        let Some(document) = services.documents.get(user.as_str(), next.as_str()).await? else {
            draft.account.lanes.leave(&next);
            continue;
        };
        let mut generation: Generation = document.decode()?;
        if !matches!(generation.stage, Stage::Waiting) {
            // Read after the account: it was changed by a later commit than ours, which will conflict.
            continue;
        }
        dispatch(&mut generation, draft);
        generation.revision += 1;
        draft.replace(document.etag, document_of(&generation));
    }
    Ok(())
}

/// What a user can see of a job's state: when it changes, that is an event.
fn face(generation: &Generation) -> (super::Status, Vec<u8>, Keeping) {
    let image = |image: &super::Image| match image.state {
        ImageState::Planned { .. }
        | ImageState::Requested { .. }
        | ImageState::Rendering { .. }
        | ImageState::Drawn { .. }
        | ImageState::Kept { .. } => 0,
        ImageState::Delivered(_) => 1,
        ImageState::Filtered { .. } => 2,
        ImageState::Failed { .. } => 3,
    };
    // That it is kept for longer is no news.
    let keeping = Keeping { expires_at: None, ..generation.keeping.clone() };
    (generation.status(), generation.images().iter().map(image).collect(), keeping)
}
