//! The Functions host's stand-in.

mod functions;
mod host_json;
mod routes;
mod schedule;
pub(crate) mod settings;
#[cfg(test)]
pub(crate) mod testing;
