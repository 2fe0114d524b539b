//! Adapters.

pub mod files;
pub mod sas;
#[cfg(test)]
mod scratch;
pub mod sqlite;
