//! Adapters.

pub mod http;
