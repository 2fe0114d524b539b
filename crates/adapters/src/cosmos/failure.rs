//! What the caller can do about a failure.

use azure_data_cosmos::CosmosError;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::documents::DocumentsError;

/// Worth trying again, refused, or not known to be either, which is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Success,
    /// Somebody else was there first.
    Conflict,
    /// Nothing was done, because another operation of the same commit failed.
    Dependent,
    Passing,
    Hopeless,
}

/// By the list at learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb. In a commit, 404 is a
/// replace or a delete of what is not there.
pub(super) fn meaning(status: u16) -> Meaning {
    match status {
        200..=299 => Meaning::Success,
        404 | 409 | 412 => Meaning::Conflict,
        424 => Meaning::Dependent,
        // Unknown, too slow, moved, throttled, racing with another write: it may pass.
        408 | 410 | 429 | 449 | 500.. => Meaning::Passing,
        _ => Meaning::Hopeless,
    }
}

/// Of a read or a whole commit. A conflict has no document's name here, so it is for [`super::commit`] to tell.
pub(super) fn of(error: CosmosError) -> DocumentsError {
    let status = u16::from(error.status().status_code());
    // The identity's endpoint was not reached: the service was not even asked.
    let no_token = status == 401 && !error.is_from_wire();
    match meaning(status) {
        Meaning::Passing => unavailable(error),
        _ if no_token => unavailable(error),
        Meaning::Success | Meaning::Conflict | Meaning::Dependent | Meaning::Hopeless => {
            DocumentsError::Refused(error.into())
        }
    }
}

/// Of reading what the container is. It is missing when nobody made it.
pub(super) fn of_container(error: CosmosError, database: &str) -> DocumentsError {
    if error.status().is_not_found() {
        return DocumentsError::Refused(
            format!(
                "the database `{database}` or its container is not there: infra/ makes it, or `imagegen documents setup`"
            )
            .into(),
        );
    }
    of(error)
}

pub(super) fn unavailable(source: impl Into<BoxError>) -> DocumentsError {
    DocumentsError::Unavailable(source.into())
}
