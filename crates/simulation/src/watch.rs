//! Looks at every commit as it happens: what must hold at any moment is checked at each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imagegen_core::accounts::{self, Account};
use imagegen_core::catalog::Catalog;
use imagegen_core::credits::{Balances, Entry, drift};
use imagegen_core::generations;
use imagegen_core::ids::{GenerationId, UserId};
use imagegen_core::ports::documents::Document;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// One document before and after a commit.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) old: Option<Document>,
    pub(crate) new: Option<Document>,
}

#[derive(Debug)]
pub(crate) struct Watch {
    catalog: Arc<Catalog>,
    users: BTreeMap<String, UserWatch>,
    /// Answered with 202.
    accepted: BTreeSet<(UserId, GenerationId)>,
    /// The revision with which each job ended.
    pub(crate) ended: BTreeMap<String, u64>,
    pub(crate) broken: Vec<String>,
}

#[derive(Debug, Default)]
struct UserWatch {
    ledger: Balances,
    /// The revision of each job that has not ended.
    open: BTreeMap<String, u64>,
    at_work: BTreeSet<String>,
    /// How many were at work after the commit before.
    were_at_work: usize,
}

/// What is looked at in a job at each commit: reading all of it would be most of a run's time.
#[derive(Deserialize)]
struct Job {
    id: GenerationId,
    revision: u64,
    deadline_at: Timestamp,
    stage: Stage,
}

#[derive(Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum Stage {
    Waiting,
    Queued,
    AtWork,
    Ended,
}

/// Clocks of processes are off by as much; a deadline is kept by the clock that took it.
const SKEW: SignedDuration = SignedDuration::from_secs(2);

impl Watch {
    pub(crate) fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            users: BTreeMap::new(),
            accepted: BTreeSet::new(),
            ended: BTreeMap::new(),
            broken: Vec::new(),
        }
    }

    pub(crate) fn accepted(&mut self, user: &UserId, id: &GenerationId) {
        self.accepted.insert((user.clone(), id.clone()));
    }

    pub(crate) fn all_accepted(&self) -> impl Iterator<Item = &(UserId, GenerationId)> {
        self.accepted.iter()
    }

    /// Jobs that have not ended.
    pub(crate) fn open(&self) -> usize {
        self.users.values().map(|user| user.open.len()).sum()
    }

    /// What is wrong with this commit, if anything.
    pub(crate) fn committed(
        &mut self,
        partition: &str,
        changes: &[Change],
        now: Timestamp,
    ) -> Vec<String> {
        let mut broken = Vec::new();
        let mut account = None;
        let mut entered = false;
        let user = self.users.entry(partition.to_owned()).or_default();
        for Change { old, new } in changes {
            let document = new.as_ref().or(old.as_ref()).expect("a change has a side");
            match (document.kind.as_str(), old, new) {
                ("entry", None, Some(new)) => {
                    entered = true;
                    user.ledger.add(&decode::<Entry>(new));
                }
                ("entry", ..) => broken.push(format!("entry {} was changed", document.id)),
                // A job that has ended may be written again, but as the job it was.
                (generations::KIND, Some(old), Some(new)) if self.ended.contains_key(&new.id) => {
                    let moved = stage_of(old) != stage_of(new);
                    broken.extend(moved.then(|| format!("{} changed after it had ended", new.id)));
                }
                (generations::KIND, _, Some(new)) => {
                    let job = decode::<Job>(new);
                    if user.job(&job, now, &mut broken) {
                        self.ended.insert(job.id.to_string(), job.revision);
                    }
                }
                (generations::KIND, _, None) => {
                    broken.push(format!("job {} was deleted", document.id));
                }
                (accounts::KIND, _, Some(new)) => account = Some(decode::<Account>(new)),
                _ => {}
            }
        }
        match account {
            Some(account) => user.books(&account, &self.catalog, &mut broken),
            None if entered => broken.push("entries were written without their account".into()),
            None => {}
        }
        broken
    }
}

impl UserWatch {
    /// Whether the job ended in this commit.
    fn job(&mut self, job: &Job, now: Timestamp, broken: &mut Vec<String>) -> bool {
        let id = job.id.to_string();
        if self.open.insert(id.clone(), job.revision).is_some_and(|last| last >= job.revision) {
            broken.push(format!("the revision of {id} did not rise"));
        }
        match job.stage {
            Stage::Waiting => false,
            Stage::Queued | Stage::AtWork => {
                self.at_work.insert(id);
                false
            }
            Stage::Ended => {
                self.at_work.remove(&id);
                self.open.remove(&id);
                if now > job.deadline_at + SKEW {
                    broken.push(format!("{id} ended at {now}, due by {}", job.deadline_at));
                }
                true
            }
        }
    }

    fn books(&mut self, account: &Account, catalog: &Catalog, broken: &mut Vec<String>) {
        for found in drift(&account.wallet, &self.ledger) {
            broken.push(format!("drift in {}: {found:?}", account.id));
        }
        for entry in &self.ledger.unbalanced {
            broken.push(format!("entry {entry} does not sum to zero"));
        }
        let most = catalog.plan(account.plan).at_work;
        // When a plan ends, more may be at work than the new one allows; but none is added.
        let too_many = self.at_work.len() > most.max(self.were_at_work);
        self.were_at_work = self.at_work.len();
        if account.lanes.at_work() != self.at_work.len() || too_many {
            broken.push(format!(
                "{} has {} jobs at work, its lanes say {}, its plan {most}",
                account.id,
                self.at_work.len(),
                account.lanes.at_work()
            ));
        }
        if account.lanes.at_work() + account.lanes.waiting() != self.open.len() {
            broken.push(format!("the lanes of {} are not its open jobs", account.id));
        }
    }
}

/// All that a job came to.
fn stage_of(document: &Document) -> generations::Stage {
    decode::<generations::Generation>(document).stage
}

pub(crate) fn decode<T: serde::de::DeserializeOwned>(document: &Document) -> T {
    let decoded = document.decode();
    decoded.expect("what the core wrote it can read")
}
