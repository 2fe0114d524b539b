//! Functions and core under seeded crashes, repeats and delays.
//!
//! Reading order: [`faults`] (what goes wrong), [`world`] (everything outside the handler, and how one call to it
//! goes), the ports ([`documents`], [`blobs`], [`bus`], [`provider`] with [`webhook`], [`till`], [`surroundings`]),
//! [`process`] (invocations and kills), [`deliver`] (how everything reaches the handler's functions), [`people`] (who
//! asks for what), [`shop`] (months of money), and the judges: [`watch`] at every commit, [`check`] at the end.
//! [`story`] is one run.
//!
//! A run is a function of its seed: time is virtual, every port call waits a while of chance before and after its
//! effect, and all chance comes from the seed.

mod blobs;
mod bus;
mod check;
mod deliver;
mod documents;
mod faults;
mod people;
mod process;
mod provider;
mod random;
mod shop;
mod story;
mod surroundings;
mod till;
mod trace;
mod watch;
mod webhook;
mod world;

pub use self::check::Counts;
pub use self::faults::{Fault, Level};
pub use self::story::{Report, run};
pub use self::trace::Recording;
