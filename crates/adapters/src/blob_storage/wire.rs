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
    Other {
        /// A status, or a word.
        result: String,
        error: BlobsError,
    },
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
                let result = error.kind().to_string();
                return Self::Other { result, error: BlobsError::Unavailable(error.into()) };
            }
            ErrorKind::Other => {
                let result = error.kind().to_string();
                return Self::Other { result, error: BlobsError::Refused(error.into()) };
            }
        };
        let answer = Answer { host: host.to_owned(), status, code };
        match (status, &*answer.code) {
            (404, "BlobNotFound") => Self::NoBlob,
            (404, "ContainerNotFound") => Self::NoContainer(answer),
            (409, "ContainerAlreadyExists") => Self::ContainerExists,
            // A token that lapsed on the way: the next call brings another.
            (401 | 408 | 429 | 500..=599, _) | (409, "ContainerBeingDeleted") => Self::Other {
                result: status.to_string(),
                error: BlobsError::Unavailable(answer.into()),
            },
            _ => Self::Other {
                result: status.to_string(),
                error: BlobsError::Refused(answer.into()),
            },
        }
    }

    /// For telemetry.
    pub(super) fn result(&self) -> &str {
        match self {
            Self::NoBlob | Self::NoContainer(_) => "404",
            Self::ContainerExists => "409",
            Self::Other { result, .. } => result,
        }
    }

    /// That something is not there, or is there already, is an answer and no failure.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::NoBlob | Self::ContainerExists => true,
            Self::NoContainer(_) | Self::Other { .. } => false,
        }
    }

    pub(super) fn into_error(self, container: &str) -> BlobsError {
        match self {
            Self::NoBlob => BlobsError::Refused("there is no such blob".into()),
            Self::NoContainer(source) => {
                BlobsError::Refused(NoContainer { container: container.to_owned(), source }.into())
            }
            Self::ContainerExists => BlobsError::Refused("there is such a container".into()),
            Self::Other { error, .. } => error,
        }
    }
}

/// `Ok(None)` when there is no such blob.
pub(super) fn outcome<T>(
    outcome: Result<T, Failure>,
    container: &str,
) -> Result<Option<T>, BlobsError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Failure::NoBlob) => Ok(None),
        Err(failure) => Err(failure.into_error(container)),
    }
}
