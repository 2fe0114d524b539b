//! What one generation costs in Cosmos DB: the real functions on Microsoft's emulator, each operation counted by what
//! the emulator charges and by Microsoft's published figures (docs/cosmos.md).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use imagegen_adapters::clock::{SystemClock, SystemIds};
use imagegen_adapters::cosmos::{Account, CosmosDocuments, charge, setup};
use imagegen_adapters::http::Http;
use imagegen_core::ports::documents::{
    Document, Documents, DocumentsError, DuePage, Found, Page, Range, Search, Write,
};
use imagegen_cosmos_emulator::{Emulator, Throttling};
use jiff::Timestamp;
use tokio::net::TcpListener;

use crate::app::TestApp;

/// The most that one generation may cost by what the emulator charges.
const MOST_CHARGED: f64 = 80.0;
/// And by Microsoft's published figures. Lower it when a decision writes less.
const MOST_MODELLED: f64 = 155.0;

/// What writing an item of up to so many bytes costs before indexing, and reading it where one replica is enough.
const BY_SIZE: [(usize, f64, f64); 5] = [
    (1 << 10, 4.95, 1.00),
    (2 << 10, 6.29, 1.04),
    (4 << 10, 6.67, 1.14),
    (8 << 10, 7.04, 1.33),
    (16 << 10, 9.52, 1.67),
];
/// For each indexed value that a write adds or takes away.
const TERM: f64 = 0.2;
/// A read by a quorum asks two replicas.
const QUORUM: f64 = 2.0;
/// Bytes of an item beside its body: its names, and what the service adds.
const AROUND_THE_BODY: usize = 350;

/// Passes everything on and writes down what it cost.
#[derive(Debug)]
struct Counted {
    inner: CosmosDocuments,
    /// Of each document: bytes, and whether it has a due time.
    stored: Mutex<BTreeMap<String, (usize, bool)>>,
    seen: Mutex<Vec<Operation>>,
}

#[derive(Debug)]
struct Operation {
    what: String,
    charged: f64,
    modelled: f64,
}

impl Counted {
    fn note(&self, what: String, charged: f64, modelled: f64) {
        self.seen.lock().expect("nobody panicked").push(Operation { what, charged, modelled });
    }

    fn take(&self) -> Vec<Operation> {
        std::mem::take(&mut self.seen.lock().expect("nobody panicked"))
    }

    /// By learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption: a replace takes the old item away
    /// and adds the new one.
    fn modelled(&self, write: &Write) -> f64 {
        let mut stored = self.stored.lock().expect("nobody panicked");
        let terms = |has_due| TERM * if has_due { 3.0 } else { 2.0 };
        match write {
            Write::Create(new) => {
                let (bytes, due) = (new.body.len(), new.due.is_some());
                stored.insert(new.id.clone(), (bytes, due));
                by_size(bytes).0 + terms(due)
            }
            Write::Replace { document: new, .. } => {
                let now = (new.body.len(), new.due.is_some());
                let (bytes, due) = stored.insert(new.id.clone(), now).unwrap_or(now);
                // Its place stays; that its due time moves is taken for granted.
                let moved = TERM * (f64::from(u8::from(due)) + f64::from(u8::from(now.1)));
                by_size(bytes).0 + by_size(now.0).0 + moved
            }
            Write::Delete { id } => {
                let (bytes, due) = stored.remove(id).unwrap_or((0, false));
                by_size(bytes).0 + terms(due)
            }
        }
    }
}

/// Write and read.
fn by_size(body: usize) -> (f64, f64) {
    let row = BY_SIZE.iter().find(|(bytes, _, _)| body + AROUND_THE_BODY <= *bytes);
    row.map(|(_, write, read)| (*write, *read)).expect("documents are small")
}

#[async_trait]
impl Documents for Counted {
    async fn get(&self, partition: &str, id: &str) -> Result<Option<Document>, DocumentsError> {
        let (found, charged) = charge::metered(self.inner.get(partition, id)).await;
        let found = found?;
        let bytes = found.as_ref().map_or(0, |document| document.body.len());
        self.note(format!("read {id} ({bytes} bytes)"), charged, QUORUM * by_size(bytes).1);
        Ok(found)
    }

    async fn list(&self, _: &str, range: &Range) -> Result<Page, DocumentsError> {
        panic!("a job reads by id alone, and not `{}`", range.kind);
    }

    async fn search(&self, _: &str, search: &Search) -> Result<Found, DocumentsError> {
        panic!("a job reads by id alone, and not `{}`", search.kind);
    }

    async fn due(
        &self,
        kind: &str,
        _: Timestamp,
        _: Option<&str>,
    ) -> Result<DuePage, DocumentsError> {
        panic!("a job reads by id alone, and not `{kind}`");
    }

    async fn commit(&self, partition: &str, writes: Vec<Write>) -> Result<(), DocumentsError> {
        let (mut what, mut modelled) = (format!("commit of {}", writes.len()), 0.0);
        for write in &writes {
            let (verb, id, bytes) = match write {
                Write::Create(new) => ("create", &new.id, new.body.len()),
                Write::Replace { document, .. } => ("replace", &document.id, document.body.len()),
                Write::Delete { id } => ("delete", id, 0),
            };
            let units = self.modelled(write);
            modelled += units;
            write!(what, "\n            {units:>7.2}    {verb} {id} ({bytes} bytes)")
                .expect("a String takes it");
        }
        let (done, charged) = charge::metered(self.inner.commit(partition, writes)).await;
        self.note(what, charged, modelled);
        done
    }
}

#[tokio::test]
async fn a_generation_costs_no_more_than_it_may() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let emulator = Emulator::new(address, Throttling::Off);
    let account = Account::with_key(&emulator.connection_string()).expect("an account");
    let serving = tokio::spawn(async move { emulator.serve(listener).await.map(|_| ()) });
    let http = Http::new(Arc::new(SystemClock), Arc::new(SystemIds));
    setup::set_up(&account, "imagegen", &http, &mut |_| {}).await.expect("the emulator works");
    let counted = Arc::new(Counted {
        inner: CosmosDocuments::new(account, "imagegen"),
        stored: Mutex::default(),
        seen: Mutex::default(),
    });
    let app = TestApp::on(counted.clone());
    app.me("ada").await;
    // The second is what most of them are: the account has a history.
    app.create("ada", "a red fox in snow").await;
    app.drain().await;
    counted.take();

    let mut steps = Vec::new();
    let create = app.create("ada", "a red fox in snow, oil on canvas, late evening");
    let (id, metered) = charge::metered(create).await;
    steps.push(("create_generation", counted.take()));
    let sum: f64 = steps[0].1.iter().map(|operation| operation.charged).sum();
    assert!((metered - sum).abs() < 1e-9, "the meter of the router's: {metered}, {sum}");
    assert_eq!(app.deliver().await.len(), 1);
    steps.push(("submit_generation", counted.take()));
    assert_eq!(app.draw().await, 1);
    steps.push(("replicate_webhook", counted.take()));
    assert_eq!(app.deliver().await.len(), 1);
    steps.push(("finish_generation", counted.take()));
    assert_eq!(app.generation("ada", &id).await["status"], "succeeded");
    serving.abort();

    let (mut table, mut charged, mut modelled) = (String::new(), 0.0, 0.0);
    for (function, operations) in &steps {
        let (mut one, mut two) = (0.0, 0.0);
        for operation in operations {
            let Operation { what, charged, modelled } = operation;
            writeln!(table, "    {charged:>7.2} {modelled:>7.2}  {what}")
                .expect("a String takes it");
            one += charged;
            two += modelled;
        }
        writeln!(table, "{function}: {one:.2} by the emulator, {two:.2} by the model")
            .expect("a String takes it");
        charged += one;
        modelled += two;
    }
    writeln!(table, "all: {charged:.2} by the emulator, {modelled:.2} by the model")
        .expect("a String takes it");
    println!("{table}");
    assert!(charged <= MOST_CHARGED && modelled <= MOST_MODELLED, "{table}");
}
