//! Against Microsoft's in-memory emulator, in this process and over HTTP; with `COSMOS_ENDPOINT` and `COSMOS_KEY` in
//! the environment the suites run against that account instead.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use futures_util::future::join_all;
use imagegen_core::ports::documents::{NewDocument, Order, Write, conformance};
use imagegen_cosmos_emulator::{Emulator, Fault, On, Throttling, What};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::setup::{Done, Step, set_up};
use super::*;
use crate::clock::{SystemClock, SystemIds};
use crate::http::Http;

const DATABASE: &str = "imagegen-tests";

/// An account of a test's own, served until it is dropped.
struct Served {
    emulator: Emulator,
    serving: JoinHandle<()>,
}

impl Served {
    async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let emulator = Emulator::new(listener.local_addr().unwrap(), Throttling::Off);
        let serving = tokio::spawn({
            let emulator = emulator.clone();
            async move {
                let Err(_over) = emulator.serve(listener).await;
            }
        });
        let served = Self { emulator, serving };
        set_up_at(&served.account()).await;
        served
    }

    fn account(&self) -> Account {
        Account::with_key(&self.emulator.connection_string()).unwrap()
    }

    fn documents(&self) -> CosmosDocuments {
        CosmosDocuments::new(self.account(), DATABASE)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn set_up_at(account: &Account) -> Vec<Done> {
    let mut done = Vec::new();
    let http = Http::new(Arc::new(SystemClock), Arc::new(SystemIds));
    let mut tell = |step: &Step| done.push(step.done);
    set_up(account, DATABASE, &http, &mut tell).await.unwrap();
    done
}

fn document_of(id: &str) -> NewDocument {
    let body = r#"{"n":0}"#.to_owned();
    NewDocument { id: id.into(), kind: "thing", position: None, due: None, body }
}

fn create(id: &str) -> Write {
    Write::Create(document_of(id))
}

#[tokio::test]
async fn conforms_in_process() {
    let served = Served::new().await;
    let mut documents = served.documents();
    documents.client = documents.client.through(served.emulator.in_process().into());
    let before = served.emulator.seen(On::Everything);
    conformance::run(&documents, "in-process").await;
    assert_eq!(served.emulator.seen(On::Everything), before, "nothing went over the network");
}

#[tokio::test]
async fn conforms_over_http() {
    let real = std::env::var("COSMOS_ENDPOINT").ok();
    if let Some(endpoint) = real {
        let key = std::env::var("COSMOS_KEY").expect("COSMOS_KEY belongs to COSMOS_ENDPOINT");
        let account = format!("AccountEndpoint={endpoint};AccountKey={key};");
        let account = Account::with_key(&account).unwrap();
        set_up_at(&account).await;
        let run = format!("run-{}", jiff::Timestamp::now().as_millisecond());
        conformance::run(&CosmosDocuments::new(account, DATABASE), &run).await;
        return;
    }
    let served = Served::new().await;
    conformance::run(&served.documents(), "over-http").await;
    assert!(served.emulator.seen(On::Documents) > 0);
}

async fn is_there(documents: &CosmosDocuments, id: &str) -> bool {
    documents.get("p", id).await.unwrap().is_some()
}

fn assert_unavailable<T: fmt::Debug>(result: &Result<T, DocumentsError>) {
    assert!(matches!(result, Err(DocumentsError::Unavailable(_))), "{result:?}");
}

fn assert_refused<T: fmt::Debug>(result: Result<T, DocumentsError>) -> String {
    match result {
        Err(DocumentsError::Refused(why)) => why.to_string(),
        other => panic!("wanted a refusal, got {other:?}"),
    }
}

const ALWAYS: u32 = u32::MAX;

#[tokio::test]
async fn setting_up_twice_changes_nothing_and_what_is_missing_is_named_until_then() {
    let served = Served::new().await;
    assert_eq!(set_up_at(&served.account()).await, [Done::Found, Done::Found]);
    let other = CosmosDocuments::new(served.account(), "another");
    let why = assert_refused(other.get("p", "a").await);
    assert!(why.contains("the database `another`") && why.contains("documents setup"), "{why}");
    let http = Http::new(Arc::new(SystemClock), Arc::new(SystemIds));
    set_up(&served.account(), "another", &http, &mut |_| {}).await.unwrap();
    assert!(!is_there(&other, "a").await, "the client is made anew after a failure");
}

#[tokio::test]
async fn many_first_uses_make_one_client_and_a_failure_is_not_kept() {
    let served = Served::new().await;
    let (emulator, documents) = (&served.emulator, served.documents());
    emulator.fail(Fault { on: On::Everything, what: What::Cut, times: ALWAYS });
    assert_unavailable(&documents.get("p", "a").await);
    emulator.recover();
    let asked = || emulator.seen(On::Everything) - emulator.seen(On::Documents);
    let before = asked();
    let reads = join_all((0..16).map(|_| documents.get("p", "a"))).await;
    assert!(reads.iter().all(Result::is_ok), "{reads:?}");
    let by_many = asked() - before;
    let alone = served.documents();
    alone.get("p", "a").await.unwrap();
    assert_eq!(by_many, asked() - before - by_many, "as many as one alone");
}

#[tokio::test]
async fn what_was_throttled_is_sent_again_after_the_wait_and_not_for_ever() {
    let served = Served::new().await;
    let (emulator, documents) = (&served.emulator, served.documents());
    let throttle = What::Throttle { retry_after_ms: 20 };
    emulator.fail(Fault { on: On::Commits, what: throttle, times: 2 });
    let started = std::time::Instant::now();
    documents.commit("p", vec![create("a")]).await.unwrap();
    assert!(started.elapsed().as_millis() >= 40, "{:?}", started.elapsed());
    assert_eq!(emulator.seen(On::Commits), 3);
    emulator.fail(Fault { on: On::Documents, what: throttle, times: ALWAYS });
    assert_unavailable(&documents.commit("p", vec![create("b")]).await);
    assert_unavailable(&documents.get("p", "a").await);
    emulator.recover();
    assert!(is_there(&documents, "a").await && !is_there(&documents, "b").await);
}

/// The SDK sends a commit again whose answer was lost, and is told of a conflict with itself.
#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_unavailable_and_never_a_conflict_with_itself() {
    let served = Served::new().await;
    let (emulator, documents) = (&served.emulator, served.documents());
    emulator.fail(Fault { on: On::Commits, what: What::Lose, times: 1 });
    assert_unavailable(&documents.commit("p", vec![create("a"), create("b")]).await);
    assert!(is_there(&documents, "a").await && is_there(&documents, "b").await, "it was done");
    let etag = documents.get("p", "a").await.unwrap().unwrap().etag;
    let replace = Write::Replace { etag, document: document_of("a") };
    let delete = Write::Delete { id: "b".into() };
    emulator.fail(Fault { on: On::Commits, what: What::Lose, times: 1 });
    assert_unavailable(&documents.commit("p", vec![replace.clone(), delete]).await);
    assert!(!is_there(&documents, "b").await, "it was done, once");
    // From then on it is an ordinary conflict.
    let again = documents.commit("p", vec![replace]).await;
    assert!(matches!(again, Err(DocumentsError::Conflict { id }) if id == "a"));
    // Neither of two tries is answered.
    emulator.fail(Fault { on: On::Commits, what: What::Lose, times: ALWAYS });
    assert_unavailable(&documents.commit("p", vec![create("c")]).await);
    emulator.recover();
    assert!(is_there(&documents, "c").await);
}

#[tokio::test]
async fn a_commit_that_certainly_was_not_done_is_sent_again_and_not_for_ever() {
    let served = Served::new().await;
    let (emulator, documents) = (&served.emulator, served.documents());
    for (n, what) in [
        What::Cut,
        What::Answer { status: 408 },
        What::Answer { status: 449 },
        What::Answer { status: 500 },
        What::Answer { status: 503 },
    ]
    .into_iter()
    .enumerate()
    {
        emulator.fail(Fault { on: On::Commits, what, times: 1 });
        let done = documents.commit("p", vec![create(&format!("a{n}"))]).await;
        assert!(done.is_ok(), "{what:?}: {done:?}");
    }
    for what in [What::Cut, What::Answer { status: 408 }, What::Answer { status: 500 }] {
        let before = emulator.seen(On::Commits);
        emulator.fail(Fault { on: On::Commits, what, times: ALWAYS });
        assert_unavailable(&documents.commit("p", vec![create("b")]).await);
        emulator.recover();
        let sent = emulator.seen(On::Commits) - before;
        assert!((2..=4).contains(&sent), "{what:?}: {sent}");
        assert!(!is_there(&documents, "b").await);
    }
    // Throttled first, and somebody else was first: that is certain.
    let throttle = What::Throttle { retry_after_ms: 1 };
    emulator.fail(Fault { on: On::Commits, what: throttle, times: 1 });
    let taken = documents.commit("p", vec![create("a0")]).await;
    assert!(matches!(taken, Err(DocumentsError::Conflict { id }) if id == "a0"));
}

#[tokio::test]
async fn a_spell_without_the_service_is_unavailable_and_over_when_it_is_over() {
    let served = Served::new().await;
    let (emulator, documents) = (&served.emulator, served.documents());
    documents.commit("p", vec![create("a")]).await.unwrap();
    for what in [What::Answer { status: 503 }, What::Cut] {
        // Once: a read is tried again.
        emulator.fail(Fault { on: On::Documents, what, times: 1 });
        assert!(is_there(&documents, "a").await, "{what:?}");
        emulator.fail(Fault { on: On::Everything, what, times: ALWAYS });
        assert_unavailable(&documents.get("p", "a").await);
        assert_unavailable(&documents.commit("p", vec![create("b")]).await);
        assert_unavailable(&documents.due("thing", Timestamp::UNIX_EPOCH, None).await);
        emulator.recover();
        assert!(is_there(&documents, "a").await, "{what:?}");
        let id = format!("after {what:?}").replace('/', "");
        documents.commit("p", vec![create(&id)]).await.unwrap();
    }
}

#[tokio::test]
async fn what_will_never_be_taken_is_refused() {
    let served = Served::new().await;
    let (emulator, documents) = (&served.emulator, served.documents());
    let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(2_200_000));
    let large = NewDocument { id: "a".into(), kind: "thing", position: None, due: None, body };
    assert_refused(documents.commit("p", vec![Write::Create(large)]).await);
    for status in [400, 401, 403] {
        emulator.fail(Fault { on: On::Documents, what: What::Answer { status }, times: 1 });
        assert_refused(documents.get("p", "a").await);
        emulator.fail(Fault { on: On::Documents, what: What::Answer { status }, times: 1 });
        assert_refused(documents.commit("p", vec![create("a")]).await);
    }
    let range = Range { kind: "thing", after: None, order: Order::Ascending, limit: 101 };
    assert_refused(documents.list("p", &range).await);
    assert_refused(documents.due("thing", Timestamp::UNIX_EPOCH, Some("other/x")).await);
}

#[tokio::test]
async fn pages_of_what_is_due_at_one_moment_skip_and_repeat_nothing() {
    let served = Served::new().await;
    let documents = served.documents();
    let due = Some(Timestamp::UNIX_EPOCH);
    for n in 0..25 {
        let partition = format!("p{n}");
        let one = |i: usize| {
            let id = format!("d{i}");
            Write::Create(NewDocument { id, kind: "thing", position: None, due, body: "{}".into() })
        };
        documents.commit(&partition, (0..10).map(one).collect()).await.unwrap();
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = documents.due("thing", Timestamp::UNIX_EPOCH, cursor.as_deref()).await.unwrap();
        seen.extend(page.documents.into_iter().map(|(p, d)| format!("{p}/{}", d.id)));
        pages += 1;
        // Each page's documents are taken off the list, as timers do it.
        let (partition, id) = seen.last().unwrap().split_once('/').unwrap();
        documents.commit(partition, vec![Write::Delete { id: id.into() }]).await.unwrap();
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), pages), (250, 3));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 250);
}

#[tokio::test]
async fn all_partitions_with_a_kind_are_found_in_order_and_in_pages() {
    let served = Served::new().await;
    let documents = served.documents();
    for partition in ["d", "a", "c", "b"] {
        documents.commit(partition, vec![create("1"), create("2")]).await.unwrap();
    }
    let other = NewDocument { kind: "other", ..document_of("1") };
    documents.commit("e", vec![Write::Create(other)]).await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = documents.partitions_of_kind("thing", after.as_deref(), 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        seen.push(page.concat());
    }
    assert_eq!(seen, ["abc", "d"]);
}

#[tokio::test]
async fn what_is_done_is_charged_to_whoever_asks() {
    let served = Served::new().await;
    let documents = served.documents();
    let (done, commit) = charge::metered(documents.commit("p", vec![create("a")])).await;
    done.unwrap();
    let (found, read) = charge::metered(documents.get("p", "a")).await;
    assert!(found.unwrap().is_some() && commit > read && read >= 1.0, "{commit} {read}");
}

/// Writes down for what it is asked.
#[derive(Debug, Default)]
struct Asked(Mutex<Vec<String>>);

#[async_trait]
impl TokenCredential for Asked {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.0.lock().unwrap().extend(scopes.iter().map(|scope| (*scope).to_owned()));
        let expires_on =
            azure_core::time::OffsetDateTime::now_utc() + std::time::Duration::from_hours(1);
        Ok(AccessToken::new("a token", expires_on))
    }
}

#[tokio::test]
async fn without_a_key_it_is_the_identity_that_is_shown() {
    let served = Served::new().await;
    let asked = Arc::new(Asked::default());
    let account = Account::with_identity(served.emulator.url(), asked.clone()).unwrap();
    let documents = CosmosDocuments::new(account.clone(), DATABASE);
    documents.commit("p", vec![create("a")]).await.unwrap();
    let scopes = asked.0.lock().unwrap().clone();
    assert!(scopes.iter().all(|scope| scope == "https://cosmos.azure.com/.default"), "{scopes:?}");
    assert!(!scopes.is_empty());
    let http = Http::new(Arc::new(SystemClock), Arc::new(SystemIds));
    let why = set_up(&account, DATABASE, &http, &mut |_| {}).await.unwrap_err().to_string();
    assert!(why.contains("connection string"), "{why}");
}
