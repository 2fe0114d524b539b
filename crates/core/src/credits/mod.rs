//! Credits.
mod amount;
pub use self::amount::Credits;
