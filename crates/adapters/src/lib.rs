//! Adapters.

pub mod http;
pub mod oidc;
pub mod service_bus;
