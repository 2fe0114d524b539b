//! The document store, in memory: the port's contract and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use imagegen_core::ports::documents::{
    Document, Documents, DocumentsError, DuePage, Etag, Found, MAX_LOOKED_AT, MAX_WRITES,
    NewDocument, Order, Page, Range, Search, Write, met,
};
use jiff::Timestamp;

use crate::check;
use crate::faults::Port;
use crate::watch::Change;
use crate::world::{Caller, NoAnswer, locked};

type Partition = BTreeMap<String, Document>;
type DueKey = (String, Timestamp, String, String);

#[derive(Debug, Default)]
pub(crate) struct Store {
    partitions: BTreeMap<String, Partition>,
    /// Kind, time, partition, id.
    due: BTreeSet<DueKey>,
    writes: u64,
}

/// What a commit comes to. Not the port's error, which cannot be cloned.
enum Committed {
    Done,
    Conflict(String),
    Refused(String),
}

const DUE_PAGE: usize = 100;

impl Store {
    pub(crate) fn partitions(&self) -> impl Iterator<Item = (&str, &Partition)> {
        self.partitions.iter().map(|(name, documents)| (name.as_str(), documents))
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.partitions.values().flat_map(BTreeMap::values).filter(|d| d.kind == kind).count()
    }

    pub(crate) fn get(&self, partition: &str, id: &str) -> Option<Document> {
        self.partitions.get(partition)?.get(id).cloned()
    }

    /// A partition's documents of one kind.
    fn in_order(&self, partition: &str, kind: &str) -> Vec<&Document> {
        let documents = self.partitions.get(partition).into_iter().flat_map(BTreeMap::values);
        let mut of_kind: Vec<_> = documents.filter(|d| d.kind == kind).collect();
        of_kind.sort_by(|a, b| a.position.cmp(&b.position));
        of_kind
    }

    fn list(&self, partition: &str, range: &Range) -> Page {
        let fits = |d: &&Document| match (&range.after, range.order) {
            (None, _) => true,
            (Some(after), Order::Ascending) => d.position > *after,
            (Some(after), Order::Descending) => d.position < *after,
        };
        let mut found = self.in_order(partition, range.kind);
        found.retain(fits);
        if range.order == Order::Descending {
            found.reverse();
        }
        let more = found.len() > range.limit;
        Page { documents: found.into_iter().take(range.limit).cloned().collect(), more }
    }

    fn search(&self, partition: &str, search: &Search) -> Found {
        let of_kind = self.in_order(partition, search.kind).into_iter().rev();
        let mut within = of_kind.filter(|d| {
            search.from.as_ref().is_none_or(|from| d.position >= *from)
                && search.before.as_ref().is_none_or(|before| d.position < *before)
        });
        let (mut found, mut last) = (Vec::new(), None);
        for document in within.by_ref().take(MAX_LOOKED_AT) {
            if found.len() == search.limit {
                return Found { documents: found, next: last };
            }
            if met(&search.conditions, &document.body) {
                found.push(document.clone());
            }
            last = Some(document.position.clone());
        }
        Found { documents: found, next: within.next().and(last) }
    }

    fn due(&self, kind: &str, before: Timestamp, cursor: Option<&str>) -> DuePage {
        let after: Option<(Timestamp, String, String)> =
            cursor.map(|c| serde_json::from_str(c).expect("we made the cursor"));
        let first = (kind.to_owned(), Timestamp::MIN, String::new(), String::new());
        let in_time = self.due.range(first..).take_while(|key| key.0 == kind && key.1 <= before);
        let mut keys = in_time.filter(|(_, at, partition, id)| {
            after.as_ref().is_none_or(|(a, p, i)| (at, partition, id) > (a, p, i))
        });
        let page: Vec<_> = keys.by_ref().take(DUE_PAGE).collect();
        let cursor = keys.next().and_then(|_| {
            let (_, at, partition, id) = page.last()?;
            Some(serde_json::to_string(&(at, partition, id)).expect("plain data"))
        });
        let document = |key: &&DueKey| {
            (key.2.clone(), self.get(&key.2, &key.3).expect("the index follows the documents"))
        };
        DuePage { documents: page.iter().map(document).collect(), cursor }
    }

    fn commit(
        &mut self,
        partition: &str,
        writes: &[Write],
        changes: &mut Vec<Change>,
    ) -> Committed {
        if writes.is_empty() || writes.len() > MAX_WRITES {
            return Committed::Refused(format!("{} writes in a commit", writes.len()));
        }
        let ids: BTreeSet<_> = writes.iter().map(id_of).collect();
        let good = |id: &&str| (1..=255).contains(&id.len()) && !id.contains(['/', '\\', '?', '#']);
        if ids.len() < writes.len() || !ids.iter().all(good) {
            return Committed::Refused(format!("the ids of a commit are not good: {ids:?}"));
        }
        let documents = self.partitions.entry(partition.to_owned()).or_default();
        for write in writes {
            let stored = documents.get(id_of(write));
            let fits = match write {
                Write::Create(_) => stored.is_none(),
                Write::Replace { etag, .. } => stored.is_some_and(|d| d.etag == *etag),
                Write::Delete { .. } => stored.is_some(),
            };
            if !fits {
                return Committed::Conflict(id_of(write).to_owned());
            }
        }
        for write in writes {
            self.writes += 1;
            let new = match write {
                Write::Create(document) | Write::Replace { document, .. } => {
                    Some(stored(document, self.writes))
                }
                Write::Delete { .. } => None,
            };
            let id = id_of(write).to_owned();
            let old = match new.clone() {
                Some(document) => documents.insert(id, document),
                None => documents.remove(&id),
            };
            if let Some(key) = old.as_ref().and_then(|d| due_key(partition, d)) {
                self.due.remove(&key);
            }
            self.due.extend(new.as_ref().and_then(|d| due_key(partition, d)));
            changes.push(Change { old, new });
        }
        Committed::Done
    }
}

fn id_of(write: &Write) -> &str {
    match write {
        Write::Create(document) | Write::Replace { document, .. } => &document.id,
        Write::Delete { id } => id,
    }
}

fn stored(new: &NewDocument, version: u64) -> Document {
    let millisecond =
        |at: Timestamp| Timestamp::from_millisecond(at.as_millisecond()).expect("less than it was");
    Document {
        id: new.id.clone(),
        kind: new.kind.to_owned(),
        position: new.position.clone().unwrap_or_else(|| new.id.clone()),
        due: new.due.map(millisecond),
        body: new.body.clone(),
        etag: Etag(version.to_string()),
    }
}

fn due_key(partition: &str, document: &Document) -> Option<DueKey> {
    Some((document.kind.clone(), document.due?, partition.to_owned(), document.id.clone()))
}

/// As a store does that keeps JSON and not text.
fn rewritten(body: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(body).expect("bodies are JSON");
    value.to_string()
}

#[async_trait]
impl Documents for Caller {
    async fn get(&self, partition: &str, id: &str) -> Result<Option<Document>, DocumentsError> {
        let found = self.ask(Port::Documents, || locked(&self.world.store).get(partition, id));
        let found = found.await.map_err(unavailable)?;
        Ok(found.map(|mut document| {
            if self.world.weather.rewrites_bodies {
                document.body = rewritten(&document.body);
            }
            document
        }))
    }

    async fn list(&self, partition: &str, range: &Range) -> Result<Page, DocumentsError> {
        let page = self.ask(Port::Documents, || locked(&self.world.store).list(partition, range));
        page.await.map_err(unavailable)
    }

    async fn search(&self, partition: &str, search: &Search) -> Result<Found, DocumentsError> {
        let effect = || locked(&self.world.store).search(partition, search);
        self.ask(Port::Documents, effect).await.map_err(unavailable)
    }

    async fn due(
        &self,
        kind: &str,
        before: Timestamp,
        cursor: Option<&str>,
    ) -> Result<DuePage, DocumentsError> {
        let effect = || locked(&self.world.store).due(kind, before, cursor);
        self.ask(Port::Documents, effect).await.map_err(unavailable)
    }

    async fn commit(&self, partition: &str, writes: Vec<Write>) -> Result<(), DocumentsError> {
        let (world, partition) = (self.world.clone(), partition.to_owned());
        let process = self.process.clone();
        let effect = move || {
            let mut changes = Vec::new();
            let committed = locked(&world.store).commit(&partition, &writes, &mut changes);
            match &committed {
                Committed::Done => {
                    world.note(|| format!("{process} commit {}", brief(&writes)));
                    let now = world.now();
                    let found = locked(&world.watch).committed(&partition, &changes, now);
                    let money = check::money_moved(&world, &partition, &changes);
                    for what in found.into_iter().chain(money) {
                        world.broken(what);
                    }
                }
                Committed::Conflict(id) => world.note(|| format!("{process} conflict on {id}")),
                Committed::Refused(why) => world.broken(format!("a commit was refused: {why}")),
            }
            committed
        };
        match self.tell(Port::Documents, effect).await.map_err(unavailable)? {
            Committed::Done => Ok(()),
            Committed::Conflict(id) => Err(DocumentsError::Conflict { id }),
            Committed::Refused(why) => Err(DocumentsError::Refused(why.into())),
        }
    }
}

fn brief(writes: &[Write]) -> String {
    let one = |write: &Write| match write {
        Write::Create(document) => format!("+{}", document.id),
        Write::Replace { document, .. } => format!("={}", document.id),
        Write::Delete { id } => format!("-{id}"),
    };
    writes.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn unavailable(error: NoAnswer) -> DocumentsError {
    DocumentsError::Unavailable(error.into())
}
