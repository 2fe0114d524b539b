//! The rules of ImageGenerator AI: no I/O happens here.
//!
//! Reading order: [`catalog`] (plans, models, prices), [`credits`] (the ledger), [`accounts`] (who may do how much
//! at once), [`billing`] (what is bought, and what becomes of it when the money goes back), [`generations`] (the life of a job), [`uploads`] (pictures that users bring along), [`safety`] (what was
//! kept back, and appeals), [`library`] (what becomes of pictures), [`statement`] (where the credits went), [`messages`] (what travels through queues),
//! [`ports`] (what the rules need from the world), [`providers`] (who draws, and who is left alone for a while),
//! [`services`] (the ports in one place), [`metrics`] (figures for operators).
//!
//! Invariant: a rule is a pure function of values; the only `await`s are port calls, and everything a decision
//! changes is written in one commit.

pub mod accounts;
pub mod billing;
pub mod catalog;
pub mod credits;
pub mod generations;
pub mod ids;
pub mod library;
pub mod messages;
pub mod metrics;
pub mod ports;
pub mod providers;
pub mod safety;
pub mod services;
pub mod statement;
pub mod ticket;
pub mod uploads;
