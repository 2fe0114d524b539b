//! What goes wrong on purpose.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

/// One sort of failure, for a number of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Fault {
    pub on: On,
    pub what: What,
    /// How many requests it meets; then it is over.
    pub times: u32,
}

/// Which requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    Everything,
    /// Reads, queries and commits of documents, and not what a client asks about the account.
    Documents,
    Commits,
}

/// What happens to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Answers 429 without doing anything.
    Throttle { retry_after_ms: u32 },
    /// Answers this status without doing anything.
    Answer { status: u16 },
    /// Closes the connection without doing anything.
    Cut,
    /// Does it, and closes the connection instead of answering.
    Lose,
}

/// A request, as far as faults are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Account,
    Document,
    Commit,
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Fault>,
    everything: u64,
    documents: u64,
    commits: u64,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.with(|state| state.waiting.push(fault));
    }

    pub(crate) fn clear(&self) {
        self.with(|state| state.waiting.clear());
    }

    pub(crate) fn seen(&self, on: On) -> u64 {
        self.with(|state| match on {
            On::Everything => state.everything,
            On::Documents => state.documents,
            On::Commits => state.commits,
        })
    }

    /// Counts a request, and takes what is to happen to it: the fault that was told first.
    pub(crate) fn next(&self, sort: Sort) -> Option<What> {
        self.with(|state| {
            state.everything += 1;
            state.documents += u64::from(On::Documents.covers(sort));
            state.commits += u64::from(On::Commits.covers(sort));
            let covers = |fault: &Fault| fault.on.covers(sort) && fault.times > 0;
            let at = state.waiting.iter().position(covers)?;
            let fault = &mut state.waiting[at];
            fault.times -= 1;
            let what = fault.what;
            state.waiting.retain(|fault| fault.times > 0);
            Some(what)
        })
    }

    fn with<T>(&self, then: impl FnOnce(&mut State) -> T) -> T {
        then(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl On {
    fn covers(self, sort: Sort) -> bool {
        match (self, sort) {
            (Self::Everything, Sort::Account | Sort::Document | Sort::Commit)
            | (Self::Documents, Sort::Document | Sort::Commit)
            | (Self::Commits, Sort::Commit) => true,
            (Self::Documents, Sort::Account) | (Self::Commits, Sort::Account | Sort::Document) => {
                false
            }
        }
    }
}
