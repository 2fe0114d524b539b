//! Adapters.

pub mod http;
pub mod oidc;
pub mod replicate;
pub mod service_bus;
