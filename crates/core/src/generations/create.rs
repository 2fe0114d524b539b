//! Accepting a job: checks, then hold, job, event, idempotency key and message in one commit. Nothing waits on a
//! provider.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::generation::{Generation, Stage, plus};
use super::inputs;
use super::keeping::Keeping;
use super::order::{NotPermitted, Objection, Order, permit};
use super::update::{dispatch, document_of};
use super::view::GenerationView;
use crate::accounts::{Admission, BacklogFull, CannotHold, Draft, Place};
use crate::catalog::Model;
use crate::ids::{DecisionId, GenerationId, UserId, hex};
use crate::ports::blobs::BlobsError;
use crate::ports::documents::{DocumentsError, NewDocument, Rounds, Write, encode};
use crate::ports::identity::Person;
use crate::ports::moderation::{Category, ModerationError, Verdict};
use crate::safety::{self, Decision, Fingerprint};
use crate::services::Services;

/// The caller's name for one wish: the same key is the same job. 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

#[derive(Debug)]
pub struct Created {
    pub generation: Generation,
    /// How many of the user's own jobs come first.
    pub position: usize,
    /// The key was used before, for the same wish: this is the job of that time.
    pub replayed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    #[error(transparent)]
    CannotHold(#[from] CannotHold),
    #[error(transparent)]
    BacklogFull(#[from] BacklogFull),
    #[error("the prompt was kept back by the safety check")]
    Blocked { decision: DecisionId, category: Category },
    /// Something is wrong with a picture that the job starts from; as in a wish, each fault names its field.
    #[error("a picture to start from cannot be used")]
    Inputs(Vec<Objection>),
    #[error("a picture to start from was kept back by the safety check")]
    InputBlocked { number: usize, decision: DecisionId, category: Category },
    #[error("this idempotency key was used for another request")]
    KeyReused,
    #[error("there is no such generation")]
    NotFound,
    /// Nothing was stored or charged.
    #[error(transparent)]
    Moderation(#[from] ModerationError),
    #[error(transparent)]
    Blobs(#[from] BlobsError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// What is kept of an idempotency key.
#[derive(Debug, Serialize, Deserialize)]
struct KeptKey {
    generation: GenerationId,
    /// Of the order, so that the same key with another wish is noticed.
    fingerprint: String,
}

/// Accepts `order`, or says why not; then nothing is stored and nothing charged.
pub async fn create(
    services: &Services,
    user: &UserId,
    person: &Person,
    key: &IdempotencyKey,
    order: &Order,
    model: &Model,
) -> Result<Created, CreateError> {
    accept(services, user, person, key, order, model, None).await
}

/// Makes a new job of an old one's order. With a seed of chance it draws another picture; with a given one the same.
pub async fn retry(
    services: &Services,
    user: &UserId,
    person: &Person,
    key: &IdempotencyKey,
    id: &GenerationId,
) -> Result<Created, CreateError> {
    let old = super::get(services, user, id).await?.ok_or(CreateError::NotFound)?;
    let Some(model) = services.catalog.model(&old.order.model) else {
        let gone = NotPermitted::Gone { model: old.order.model };
        return Err(gone.into());
    };
    accept(services, user, person, key, &old.order, model, Some(id)).await
}

async fn accept(
    services: &Services,
    user: &UserId,
    person: &Person,
    key: &IdempotencyKey,
    order: &Order,
    model: &Model,
    retry_of: Option<&GenerationId>,
) -> Result<Created, CreateError> {
    let fingerprint = hex_sha256(&[encode(order).as_bytes(), encode(&retry_of).as_bytes()]);
    let id = GenerationId::new(services.fresh_ulid());
    let mut moderated = false;
    let mut rounds = Rounds::default();
    loop {
        if let Some(kept) = services.documents.get(user.as_str(), &key.document_id()).await? {
            return replay(services, user, &kept.decode()?, &fingerprint).await;
        }
        let mut draft = Draft::open(services, user, Some(person)).await?;
        let plan = services.catalog.plan(draft.account.plan);
        permit(order, model, plan, &services.catalog)?;
        // The queue is chosen before this job counts towards fair use.
        let queue = draft.account.queue(&services.catalog);
        let price = order.price(model);
        let (hold, entry) = draft.account.hold(&id, price, &services.catalog, draft.now)?;
        let admission = draft.account.lanes.admit(&id, plan)?;
        if !moderated {
            // After the cheap refusals, before anything is stored; once, whatever conflicts follow.
            moderate(services, user, order).await?;
            inputs::complete(services, user, order).await?;
            moderated = true;
        }
        let order = inputs::fitted(services, user, order, model).await?;
        inputs::pin(services, &order, &mut draft).await?;
        let deadline = SignedDuration::try_from(services.catalog.job_deadline);
        let mut generation = Generation {
            schema: 1,
            id: id.clone(),
            user: user.clone(),
            order,
            plan: draft.account.plan,
            queue,
            created_at: draft.now,
            deadline_at: plus(draft.now, deadline.expect("an hour is a duration")),
            revision: 1,
            retry_of: retry_of.cloned(),
            hold,
            stage: Stage::Waiting,
            outbox: None,
            keeping: Keeping::default(),
        };
        draft.enter([entry]);
        match admission {
            Admission::AtWork => dispatch(&mut generation, &mut draft),
            Admission::Waits => {}
        }
        let position = draft.account.lanes.position(&id);
        let view = GenerationView::of(services, &generation, position, draft.now).await;
        let view = serde_json::to_value(view).expect("views are plain data");
        draft.announce(&id, generation.revision, &view);
        draft.account.shelve(&id, Place::Nowhere, generation.place());
        draft.create(document_of(&generation));
        draft.create(NewDocument {
            id: key.document_id(),
            kind: "idempotency_key",
            position: None,
            due: None,
            body: encode(&KeptKey { generation: id.clone(), fingerprint: fingerprint.clone() }),
        });
        match draft.commit(services).await {
            Ok(()) => return Ok(Created { generation, position, replayed: false }),
            Err(error) => rounds.again(error)?,
        }
    }
}

async fn replay(
    services: &Services,
    user: &UserId,
    kept: &KeptKey,
    fingerprint: &str,
) -> Result<Created, CreateError> {
    if kept.fingerprint != fingerprint {
        return Err(CreateError::KeyReused);
    }
    let generation = super::get(services, user, &kept.generation).await?;
    let generation = generation.ok_or(CreateError::NotFound)?;
    let draft = Draft::open(services, user, None).await?;
    let position = draft.account.lanes.position(&generation.id);
    Ok(Created { generation, position, replayed: true })
}

async fn moderate(services: &Services, user: &UserId, order: &Order) -> Result<(), CreateError> {
    let prompt = order.prompt.as_str();
    let Verdict::Blocked { category, severity } = services.moderation.text(prompt).await? else {
        return Ok(());
    };
    if safety::is_pardoned(services, user, &Fingerprint::of_prompt(prompt)).await? {
        return Ok(());
    }
    let id = DecisionId::new(services.fresh_ulid());
    tracing::info!(decision.id = %id, category = category.as_str(), severity,
        "A prompt was kept back, decision `{id}`");
    let now = services.clock.now();
    let decision = Decision::of_prompt(id.clone(), prompt, category, severity, now);
    let kept = vec![Write::Create(decision.document())];
    services.documents.commit(user.as_str(), kept).await?;
    Err(CreateError::Blocked { decision: id, category })
}

fn hex_sha256(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hex(&hash.finalize())
}

impl IdempotencyKey {
    pub fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned())).ok_or(InvalidIdempotencyKey)
    }

    /// For a caller that gave none: a key that nobody else uses.
    pub fn fresh(services: &Services) -> Self {
        Self(services.fresh_ulid().to_string())
    }

    /// A name of the key of 64 characters, whatever it holds.
    pub fn fingerprint(&self) -> String {
        hex_sha256(&[self.0.as_bytes()])
    }

    /// Hashed, because a key may hold what a document's id may not.
    fn document_id(&self) -> String {
        format!("idem:{}", self.fingerprint())
    }
}
