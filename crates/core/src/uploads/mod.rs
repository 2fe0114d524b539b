//! Pictures that users bring along: sent to storage by the user's own program, then looked at, and made anew by us.
//!
//! Reading order: [`upload`] (the life of one, as values), then one file an operation: [`offer`], [`complete`],
//! [`remove`]; and [`view`] (what its owner sees). Jobs start from them in `generations/inputs.rs`.

mod complete;
mod offer;
mod remove;
mod upload;
mod view;

pub use self::complete::{CompleteError, complete};
pub use self::offer::{Objection, Offer, OfferError, Offered, offer};
pub use self::remove::{RemoveError, enqueue_due_removals, remove};
pub use self::upload::{KIND, Picture, Upload, UploadState, get, picture_key};
pub(crate) use self::upload::{document_of, read};
pub use self::view::{OfferedView, UploadErrorView, UploadView, code, sentence};
