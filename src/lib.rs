//! ImageGenerator AI, the edge: what Azure calls and what clients see.
//!
//! Reading order: [`functions`] (the table of everything that can be called), [`app`] (the composition root),
//! [`config`] (every setting), [`commands`] (what the binary does besides serving). The rules are in
//! `imagegen-core`, what talks to the outside in `imagegen-adapters`.

pub mod app;
pub mod commands;
pub mod config;
pub mod functions;
pub mod telemetry;
