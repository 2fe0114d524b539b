//! What becomes of pictures once they are made: found again, sorted, thrown away, shown to others, and removed in the
//! end.
//!
//! Reading order: [`filter`] (what a list can be narrowed to), [`list`] (one page, and the counts), [`change`]
//! (favourites, collections and the trash: one job or a hundred), [`collections`], [`remove`] (the end of a picture),
//! [`share`] with [`token`] (links for others), [`archive`] with [`zip`] (many pictures as one file).

mod archive;
mod change;
mod collections;
mod filter;
mod list;
mod remove;
mod share;
mod token;
mod zip;

pub use self::archive::archive;
pub use self::change::{Change, Changed, Marks, Refusal, change};
pub use self::collections::{
    Collection, CollectionError, CollectionName, InvalidName, collections, create_collection,
    delete_collection, rename_collection,
};
pub use self::filter::{Filter, Moment, StatusFilter};
pub use self::list::{GenerationsPage, list, shelf};
pub use self::remove::{ChoreError, do_chore, enqueue_due};
pub use self::share::{
    OpenError, Share, ShareError, Shared, SharedPicture, open, revoke, share, shares, token_of,
};
