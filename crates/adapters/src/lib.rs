//! Everything that talks to the outside, sorted by vendor. Each adapter keeps a port of `imagegen-core`; the
//! vendor's words stay in its `wire.rs`.

pub mod app_insights;
pub mod bfl;
mod blob_key;
pub mod blob_storage;
pub mod clock;
pub mod cog;
pub mod content_safety;
pub mod cosmos;
pub mod dependency;
pub mod entra;
pub mod files;
pub mod foundry;
pub mod http;
pub mod imaging;
pub mod oidc;
mod outputs;
pub mod replicate;
#[cfg(test)]
mod requests;
mod rules;
pub mod sas;
#[cfg(test)]
mod scratch;
pub mod service_bus;
mod signature;
pub mod sqlite;
pub mod store;
pub mod stripe;
mod submitted;
pub mod web_pubsub;
