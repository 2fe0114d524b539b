//! Adapters.

pub mod http;
pub mod service_bus;
