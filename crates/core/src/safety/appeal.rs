//! An appeal: made by the owner, answered by an operator, each once.

use jiff::Timestamp;

use super::decision::{Answer, Appeal, Decision, KIND, Outcome, Subject};
use super::pardon::Fingerprint;
use crate::ids::{DecisionId, UserId};
use crate::ports::documents::{Documents, DocumentsError, Etag, Rounds, Write};
use crate::services::Services;

/// Characters of a message or note.
const LONGEST_MESSAGE: usize = 2_000;

/// What the owner says.
#[derive(Debug, Clone)]
pub struct NewAppeal {
    pub message: String,
    /// Needed for a prompt that was kept back: we do not have it any more.
    pub prompt: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum AppealError {
    #[error("there is no such decision")]
    NotFound,
    /// `field` by its name on the wire.
    #[error("{field} {detail}")]
    Invalid { field: &'static str, detail: String },
    #[error("this decision has been appealed already")]
    Appealed,
    #[error("there is no open appeal of this decision")]
    NotOpen,
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// An appeal that nobody has answered.
#[derive(Debug)]
pub struct OpenAppeal {
    pub user: UserId,
    pub decision: Decision,
}

/// One decision of this user.
pub async fn find(
    documents: &dyn Documents,
    user: &UserId,
    id: &DecisionId,
) -> Result<Option<Decision>, DocumentsError> {
    Ok(read(documents, user, id).await?.map(|(_, decision)| decision))
}

/// Appeals a decision. The same appeal again is the same appeal.
pub async fn appeal(
    services: &Services,
    user: &UserId,
    id: &DecisionId,
    new: &NewAppeal,
) -> Result<Decision, AppealError> {
    let message = new.message.trim();
    if message.is_empty() || message.chars().count() > LONGEST_MESSAGE {
        let detail = format!("must have 1 to {LONGEST_MESSAGE} characters");
        return Err(AppealError::Invalid { field: "message", detail });
    }
    change(&*services.documents, user, id, |decision| {
        let prompt = prompt_of(decision, new)?;
        match &decision.appeal {
            Some(made) if made.message == message => return Ok(Vec::new()),
            Some(_) => return Err(AppealError::Appealed),
            None => {}
        }
        let at = services.clock.now();
        decision.appeal = Some(Appeal { at, message: message.to_owned(), prompt, answer: None });
        Ok(Vec::new())
    })
    .await
}

/// Answers an open appeal. An overturned decision lets the same thing pass from then on.
pub async fn answer(
    documents: &dyn Documents,
    user: &UserId,
    id: &DecisionId,
    outcome: Outcome,
    note: Option<&str>,
    now: Timestamp,
) -> Result<Decision, AppealError> {
    change(documents, user, id, |decision| {
        let appeal = decision.appeal.as_mut().ok_or(AppealError::NotOpen)?;
        match &appeal.answer {
            Some(given) if given.outcome == outcome => return Ok(Vec::new()),
            Some(_) => return Err(AppealError::NotOpen),
            None => {}
        }
        appeal.answer = Some(Answer { at: now, outcome, note: note.map(str::to_owned) });
        match outcome {
            Outcome::Upheld => Ok(Vec::new()),
            Outcome::Overturned => Ok(vec![decision.fingerprint.clone()]),
        }
    })
    .await
}

/// What waits for an operator, oldest first, with the cursor of the next page.
pub async fn open_appeals(
    documents: &dyn Documents,
    now: Timestamp,
    cursor: Option<&str>,
) -> Result<(Vec<OpenAppeal>, Option<String>), DocumentsError> {
    let page = documents.due(KIND, now, cursor).await?;
    let appeals = page.documents.into_iter().filter_map(|(partition, document)| {
        let user = partition.parse().ok()?;
        Some(document.decode().map(|decision| OpenAppeal { user, decision }))
    });
    Ok((appeals.collect::<Result<_, _>>()?, page.cursor))
}

/// The prompt given again, if it is the one that was kept back.
fn prompt_of(decision: &Decision, new: &NewAppeal) -> Result<Option<String>, AppealError> {
    let invalid =
        |detail: &str| Err(AppealError::Invalid { field: "prompt", detail: detail.to_owned() });
    match (&decision.subject, &new.prompt) {
        (Subject::Image { .. } | Subject::Upload { .. }, _) => Ok(None),
        (Subject::Prompt, None) => {
            invalid("is needed: a prompt that is kept back is not stored, so send it again")
        }
        (Subject::Prompt, Some(prompt)) => {
            let prompt = prompt.trim();
            if Fingerprint::of_prompt(prompt) == decision.fingerprint {
                Ok(Some(prompt.to_owned()))
            } else {
                invalid("is not the one that this decision is about")
            }
        }
    }
}

async fn read(
    documents: &dyn Documents,
    user: &UserId,
    id: &DecisionId,
) -> Result<Option<(Etag, Decision)>, DocumentsError> {
    match documents.get(user.as_str(), id.as_str()).await? {
        Some(document) => Ok(Some((document.etag.clone(), document.decode()?))),
        None => Ok(None),
    }
}

/// Lets `decide` change the decision and commits it, with a pardon for each fingerprint returned.
async fn change(
    documents: &dyn Documents,
    user: &UserId,
    id: &DecisionId,
    mut decide: impl FnMut(&mut Decision) -> Result<Vec<Fingerprint>, AppealError>,
) -> Result<Decision, AppealError> {
    let mut rounds = Rounds::default();
    loop {
        let (etag, before) = read(documents, user, id).await?.ok_or(AppealError::NotFound)?;
        let mut decision = before.clone();
        let pardoned = decide(&mut decision)?;
        if decision == before {
            return Ok(decision);
        }
        let mut writes = vec![Write::Replace { etag, document: decision.document() }];
        for fingerprint in pardoned {
            let known = documents.get(user.as_str(), &fingerprint.pardon().id).await?;
            if known.is_none() {
                writes.push(Write::Create(fingerprint.pardon()));
            }
        }
        match documents.commit(user.as_str(), writes).await {
            Ok(()) => return Ok(decision),
            Err(error) => rounds.again(error)?,
        }
    }
}
