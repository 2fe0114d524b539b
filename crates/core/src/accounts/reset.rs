//! The month's end: a timer asks who is due and sends one message each; whoever uses an account that is due resets
//! it on the way.

use std::time::Duration;

use jiff::Timestamp;

use super::{Account, Draft, account};
use crate::ids::UserId;
use crate::messages::{QueueName, ResetAccountCredits};
use crate::ports::documents::{DocumentsError, Rounds, encode};
use crate::ports::identity::Person;
use crate::ports::queue::{Outgoing, QueueError};
use crate::services::Services;

/// The account as it is now: opened when seen for the first time, reset when its month is over.
pub async fn current(
    services: &Services,
    user: &UserId,
    person: &Person,
) -> Result<Account, DocumentsError> {
    settle(services, user, Some(person)).await
}

/// Handles one reset message. Late, early or twice makes no difference.
pub async fn reset(services: &Services, user: &UserId) -> Result<Account, DocumentsError> {
    settle(services, user, None).await
}

async fn settle(
    services: &Services,
    user: &UserId,
    person: Option<&Person>,
) -> Result<Account, DocumentsError> {
    let mut rounds = Rounds::default();
    loop {
        let draft = Draft::open(services, user, person).await?;
        let account = draft.account.clone();
        match draft.commit(services).await {
            Ok(()) => return Ok(account),
            Err(error) => rounds.again(error)?,
        }
    }
}

/// Asks who is due and sends one message each; does no reset itself. Returns how many were sent.
pub async fn enqueue_due_resets(services: &Services) -> Result<usize, EnqueueError> {
    let now = services.clock.now();
    let (mut sent, mut cursor) = (0, None);
    loop {
        let page = services.documents.due(account::KIND, now, cursor.as_deref()).await?;
        for (partition, document) in &page.documents {
            let Ok(user) = partition.parse::<UserId>() else {
                tracing::error!("An account lies in a partition that is no user's");
                continue;
            };
            let due = document.due.unwrap_or(now);
            services.queue.send(&reset_message(&user, due, now)).await?;
            sent += 1;
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(sent);
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// The same account, period and hour is the same message; the next hour's tick may send it again.
fn reset_message(user: &UserId, due: Timestamp, now: Timestamp) -> Outgoing {
    Outgoing {
        queue: QueueName::CreditResets,
        id: format!("{user}:{}:{}", due.as_second(), now.as_second() / 3600),
        body: encode(&ResetAccountCredits { user: user.clone(), due }),
        delay: Duration::ZERO,
    }
}
