//! Adapters.

pub mod imaging;
