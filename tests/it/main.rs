//! The edge and the whole, through the doors that people and hosts use.
//!
//! [`app`] puts the real router, rules and stores into this process, with stand-ins for what lies outside;
//! [`whole`] starts `imagegen-local` with the real handler and knows nothing but HTTP.

mod app;
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
mod nasty_files;
mod providers;
mod recipes;
mod safety;
mod till;
mod uploads;
mod whole;
