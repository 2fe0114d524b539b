//! Adapters.

pub mod content_safety;
pub mod http;
pub mod oidc;
pub mod replicate;
pub mod service_bus;
pub mod web_pubsub;
