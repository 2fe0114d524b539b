//! Jobs: from a wish to pictures, whatever crashes, repeats or comes late.
//!
//! Reading order: [`order`] (what is asked), [`generation`] and [`image`] (the life of a job, as values), [`update`]
//! (the one way in which a job changes), then one file an operation: [`create`], [`submit`] with [`route`] and
//! [`ask`], [`finish`] with [`deliver`], [`cancel`], [`reconcile`]; [`inputs`] (pictures that a job starts from); and
//! [`view`] (what its owner sees) with [`pace`] (how long it usually takes).

mod ask;
mod cancel;
mod create;
mod deliver;
mod finish;
mod generation;
mod image;
mod inputs;
mod keeping;
mod keys;
mod order;
mod pace;
mod queries;
mod reconcile;
mod route;
mod submit;
mod update;
mod view;

pub use self::cancel::{CancelError, cancel};
pub use self::create::{
    CreateError, Created, IdempotencyKey, InvalidIdempotencyKey, create, retry,
};
pub use self::finish::{FinishError, finish};
pub use self::generation::{Ended, Failure, Generation, Outcome, Stage, Status};
pub use self::image::{Asset, Image, ImageState};
pub use self::inputs::{Input, InputWish, fitted};
pub use self::keeping::{KIND, Keeping, REMOVED, Removal, TRASH};
pub(crate) use self::keys::{Rendition, blob_key};
pub use self::order::{MAX_COUNT, MAX_SEED, NotPermitted, Objection, Order, Prompt, Wish, permit};
pub use self::pace::Paces;
pub use self::queries::{EventsPage, events, get};
pub(crate) use self::reconcile::remove_message;
pub use self::reconcile::{enqueue_silent, relay_outbox};
pub use self::submit::submit;
pub(crate) use self::update::{take_in, take_in_quietly};
pub use self::view::{CreditsView, ErrorView, EventView, GenerationView, ImageView, InputView};
