//! Cancelling one job: in every state that is not final, and that one job alone.

use super::generation::{Generation, Outcome, Status};
use super::update::update;
use crate::ids::{GenerationId, UserId};
use crate::ports::documents::DocumentsError;
use crate::services::Services;

#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    #[error("there is no such generation")]
    NotFound,
    #[error("the generation has ended already: it is {}", status.as_str())]
    Ended { status: Status },
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// Ends the job; images delivered so far stay and are paid for, the rest of the credits goes back. Cancelling what
/// is cancelled is done already.
pub async fn cancel(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<Generation, CancelError> {
    let decided = update(services, user, id, |case| case.end(Outcome::Cancelled)).await?;
    let (generation, ()) = decided.ok_or(CancelError::NotFound)?;
    match generation.status() {
        Status::Cancelled => Ok(generation),
        status => Err(CancelError::Ended { status }),
    }
}
