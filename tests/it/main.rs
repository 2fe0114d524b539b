//! The edge and the whole, through the doors that people and hosts use.
//!
//! [`app`] puts the real router, rules and stores into this process, with stand-ins for what lies outside;
//! [`whole`] starts `imagegen-local` with the real handler and knows nothing but HTTP.

mod app;
#[path = "../peers/azurite.rs"]
#[allow(dead_code, unreachable_pub, reason = "whoever includes it uses a part")]
mod azurite;
mod billing;
mod create_generation;
mod fakes;
mod folder;
mod functions;
mod generation_life;
mod image_input;
mod infra;
mod layers;
mod library;
mod library_keeping;
mod library_sharing;
#[path = "../peers/line.rs"]
#[allow(unreachable_pub, reason = "whoever includes it sees it as its own")]
mod line;
mod nasty_files;
mod providers;
mod recipes;
mod request_units;
mod safety;
mod till;
mod uploads;
mod whole;
