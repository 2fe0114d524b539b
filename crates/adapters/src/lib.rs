//! Adapters.

#[cfg(test)]
mod scratch;
pub mod sqlite;
