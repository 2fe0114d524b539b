//! Azure Storage's words for what went wrong.
//!
//! The codes: <https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes>.

use azure_core::error::{Error, ErrorKind};
use imagegen_core::ports::blobs::BlobsError;

/// Why a call came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no such blob.
    NoBlob,
    NoContainer(Answer),
    /// Made by somebody else, a moment or a year ago.
    ContainerExists,
    Other(BlobsError),
}

/// An answer that says no. Without the body, which repeats what was asked.
#[derive(Debug, thiserror::Error)]
#[error("{host} answered {status} {code}")]
pub(super) struct Answer {
    host: String,
    status: u16,
    code: String,
}

/// The store is not as it was set up.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no container `{container}`: Bicep makes it in Azure, `imagegen blobs setup` elsewhere"
)]
struct NoContainer {
    container: String,
    source: Answer,
}

impl Failure {
    pub(super) fn of(error: Error, host: &str) -> Self {
        let (status, code) = match error.kind() {
            ErrorKind::HttpResponse { status, error_code, .. } => {
                (u16::from(*status), error_code.clone().unwrap_or_default())
            }
            // No token is no answer of storage, nor is one that cannot be read: another may be had later.
            ErrorKind::Connection
            | ErrorKind::Io
            | ErrorKind::Credential
            | ErrorKind::DataConversion => {
                return Self::Other(BlobsError::Unavailable(error.into()));
            }
            ErrorKind::Other => {
                return Self::Other(BlobsError::Refused(error.into()));
            }
        };
        let answer = Answer { host: host.to_owned(), status, code };
        match (status, &*answer.code) {
            (404, "BlobNotFound") => Self::NoBlob,
            (404, "ContainerNotFound") => Self::NoContainer(answer),
            (409, "ContainerAlreadyExists") => Self::ContainerExists,
            // A token that lapsed on the way: the next call brings another.
            (401 | 408 | 429 | 500..=599, _) | (409, "ContainerBeingDeleted") => {
                Self::Other(BlobsError::Unavailable(answer.into()))
            }
            _ => Self::Other(BlobsError::Refused(answer.into())),
        }
    }

    pub(super) fn into_error(self, container: &str) -> BlobsError {
        match self {
            Self::NoBlob => BlobsError::Refused("there is no such blob".into()),
            Self::NoContainer(source) => {
                BlobsError::Refused(NoContainer { container: container.to_owned(), source }.into())
            }
            Self::ContainerExists => BlobsError::Refused("there is such a container".into()),
            Self::Other(error) => error,
        }
    }
}

/// `Ok(None)` when there is no such blob.
pub(super) fn found<T>(
    outcome: Result<T, Failure>,
    container: &str,
) -> Result<Option<T>, BlobsError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Failure::NoBlob) => Ok(None),
        Err(failure) => Err(failure.into_error(container)),
    }
}
