//! How a message, a webhook and a timer reach the handler: as a queue function does it, `Ok` completes the message
//! and `Err` abandons it. The one file that is to change when the edge's function table comes in between.

use imagegen_core::accounts;
use imagegen_core::generations;
use imagegen_core::library;
use imagegen_core::messages::{
    FinishGeneration, News, QueueName, ResetAccountCredits, SubmitGeneration,
};
use imagegen_core::ports::BoxError;
use imagegen_core::ports::documents::encode;
use imagegen_core::ports::image_provider::WebhookCall;
use imagegen_core::ports::queue::Outgoing;
use imagegen_core::services::Services;

pub(crate) async fn message(
    services: &Services,
    queue: QueueName,
    body: &str,
) -> Result<(), BoxError> {
    match queue {
        QueueName::GenerationFree | QueueName::GenerationBasic | QueueName::GenerationPremium => {
            let SubmitGeneration { user, generation } = serde_json::from_str(body)?;
            generations::submit(services, &user, &generation).await?;
        }
        QueueName::GenerationResults => {
            let message: FinishGeneration = serde_json::from_str(body)?;
            generations::finish(services, &message).await?;
        }
        QueueName::CreditResets => {
            let ResetAccountCredits { user, .. } = serde_json::from_str(body)?;
            accounts::reset(services, &user).await?;
        }
        QueueName::LibraryChores => {
            library::do_chore(services, &serde_json::from_str(body)?).await?;
        }
    }
    Ok(())
}

/// `id` and `body` as the provider sent them to `…/{ticket}`.
pub(crate) async fn webhook(
    services: &Services,
    id: &str,
    ticket: &str,
    body: &[u8],
) -> Result<(), BoxError> {
    let now = services.clock.now();
    let call = WebhookCall { id: Some(id), timestamp: None, signature: None, body, now };
    let snapshot = services.replicate.verify(&call)?;
    let named = services.tickets.check(ticket).ok_or("the ticket is not ours")?;
    let news = News::Report { index: named.index, prediction: snapshot.id, state: snapshot.state };
    let message = FinishGeneration { user: named.user, generation: named.generation, news };
    let outgoing = Outgoing {
        queue: QueueName::GenerationResults,
        id: id.to_owned(),
        body: encode(&message),
        delay: std::time::Duration::ZERO,
    };
    services.queue.send(&outgoing).await?;
    Ok(())
}

/// Every minute.
pub(crate) async fn reconcile_generations(services: &Services) -> Result<(), BoxError> {
    generations::enqueue_silent(services).await?;
    Ok(())
}

/// Every minute.
pub(crate) async fn relay_outbox(services: &Services) -> Result<(), BoxError> {
    generations::relay_outbox(services).await?;
    Ok(())
}

/// Every hour.
pub(crate) async fn reset_monthly_credits(services: &Services) -> Result<(), BoxError> {
    accounts::enqueue_due_resets(services).await?;
    Ok(())
}
