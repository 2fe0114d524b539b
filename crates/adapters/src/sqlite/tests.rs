use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use imagegen_core::ports::documents::{Etag, NewDocument, Order, conformance};
use tokio::task::JoinSet;

use super::*;
use crate::scratch::Folder;

fn open(folder: &Folder) -> SqliteDocuments {
    SqliteDocuments::open(file(folder)).unwrap()
}

fn file(folder: &Folder) -> PathBuf {
    folder.join("documents.sqlite")
}

fn document(id: impl Into<String>, kind: &'static str) -> NewDocument {
    NewDocument { id: id.into(), kind, position: None, due: None, body: "{}".into() }
}

fn create(id: impl Into<String>) -> Write {
    Write::Create(document(id, "thing"))
}

async fn etag(store: &SqliteDocuments, partition: &str, id: &str) -> Etag {
    store.get(partition, id).await.unwrap().expect("the document is there").etag
}

async fn ids(store: &SqliteDocuments, partition: &str, kind: &'static str) -> BTreeSet<String> {
    let (mut ids, mut after) = (BTreeSet::new(), None);
    loop {
        let range = Range { kind, after, order: Order::Ascending, limit: 100 };
        let page = store.list(partition, &range).await.unwrap();
        ids.extend(page.documents.into_iter().map(|d| d.id));
        after = ids.last().cloned();
        if !page.more {
            return ids;
        }
    }
}

#[tokio::test]
async fn it_keeps_the_contract_of_the_port_twice_on_one_file() {
    let folder = Folder::new();
    let store = open(&folder);
    conformance::run(&store, "one").await;
    conformance::run(&store, "two").await;
}

#[tokio::test]
async fn documents_are_there_after_the_store_was_opened_again() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit("p", vec![create("a")]).await.unwrap();
    let before = store.get("p", "a").await.unwrap();
    drop(store);
    assert_eq!(open(&folder).get("p", "a").await.unwrap(), before);
}

#[tokio::test]
async fn dropping_the_store_ends_its_thread_and_closes_the_file() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit("p", vec![create("a")]).await.unwrap();
    drop(store);
    // The last connection to close takes the log into the file and removes it.
    assert!(!folder.join("documents.sqlite-wal").exists());
}

/// Everything that waits while the writer is busy goes into one transaction; a reader of another process holds the
/// writer up here, so that all of these wait.
#[tokio::test]
async fn a_conflict_undoes_its_own_commit_alone() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder));
    store.commit("p", vec![create("taken")]).await.unwrap();
    let blocker = rusqlite::Connection::open(file(&folder)).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = JoinSet::new();
    for n in 0..100 {
        let store = Arc::clone(&store);
        waiting.spawn(async move {
            let mut writes = vec![create(format!("a{n:03}")), create(format!("b{n:03}"))];
            if n % 3 == 0 {
                writes.insert(1, create("taken"));
            }
            (n, store.commit("p", writes).await)
        });
    }
    // All of them are in the channel once nothing but the writer can go on.
    tokio::task::yield_now().await;
    blocker.execute_batch("COMMIT").unwrap();
    for (n, outcome) in waiting.join_all().await {
        let conflict = matches!(&outcome, Err(DocumentsError::Conflict { id }) if id == "taken");
        assert_eq!((outcome.is_ok(), conflict), (n % 3 != 0, n % 3 == 0), "{n}: {outcome:?}");
        for id in [format!("a{n:03}"), format!("b{n:03}")] {
            assert_eq!(store.get("p", &id).await.unwrap().is_some(), n % 3 != 0, "{id}");
        }
    }
}

#[tokio::test]
async fn commits_in_one_transaction_see_each_other() {
    let folder = Folder::new();
    let store = open(&folder);
    let racing = (0..50).map(|_| store.commit("p", vec![create("one")]));
    let outcomes = futures_util::future::join_all(racing).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_increment_is_lost_among_many_tasks() {
    const TASKS: u32 = 16;
    const EACH: u32 = 20;
    let folder = Folder::new();
    let store = Arc::new(open(&folder));
    store.commit("p", vec![create("sum"), create("other")]).await.unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for n in 0..EACH {
                while !increment(&store, task, n).await {}
            }
        });
    }
    tasks.join_all().await;
    let sum = store.get("p", "sum").await.unwrap().unwrap();
    assert_eq!(sum.body.len(), "{}".len() + usize::try_from(TASKS * EACH).unwrap());
    assert_eq!(ids(&store, "p", "entry").await.len(), usize::try_from(TASKS * EACH).unwrap());
}

/// One more space in the body of `sum`, and the entry that says who put it there; false on a conflict.
async fn increment(store: &SqliteDocuments, task: u32, n: u32) -> bool {
    let sum = store.get("p", "sum").await.unwrap().unwrap();
    let document = NewDocument { body: format!("{} ", sum.body), ..document("sum", "thing") };
    let entry = self::document(format!("entry:{task}:{n}"), "entry");
    let writes = vec![Write::Create(entry), Write::Replace { etag: sum.etag, document }];
    match store.commit("p", writes).await {
        Ok(()) => {
            // A read sees the commit that just returned, whichever connection does it.
            assert_ne!(store.get("p", "sum").await.unwrap().unwrap().body, sum.body);
            true
        }
        Err(DocumentsError::Conflict { .. }) => false,
        Err(e) => panic!("{e:?}"),
    }
}

#[tokio::test]
async fn what_is_not_allowed_is_refused() {
    let folder = Folder::new();
    let store = open(&folder);
    let long = "ü".repeat(256);
    for id in ["", "a/b", "a\\b", "a?b", "a#b", long.as_str()] {
        let delete = Write::Delete { id: id.into() };
        for write in [create(id), delete] {
            let outcome = store.commit("p", vec![write]).await;
            assert!(matches!(outcome, Err(DocumentsError::Refused(_))), "`{id}`: {outcome:?}");
        }
        assert!(matches!(store.get("p", id).await, Err(DocumentsError::Refused(_))), "`{id}`");
    }
    let twice = vec![create("a"), create("b"), Write::Delete { id: "a".into() }];
    let list = Write::Create(NewDocument { body: "[]".into(), ..document("a", "thing") });
    for writes in [twice, vec![list]] {
        let outcome = store.commit("p", writes).await;
        assert!(matches!(outcome, Err(DocumentsError::Refused(_))), "{outcome:?}");
    }
    for limit in [0, 101] {
        let range = Range { kind: "thing", after: None, order: Order::Ascending, limit };
        assert!(matches!(store.list("p", &range).await, Err(DocumentsError::Refused(_))));
    }
    let due = store.due("thing", Timestamp::UNIX_EPOCH, Some("rubbish")).await;
    assert!(matches!(due, Err(DocumentsError::Refused(_))));
    store.commit("p", vec![create("ü".repeat(255))]).await.unwrap();
}

#[tokio::test]
async fn an_etag_of_another_store_conflicts() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit("p", vec![create("a")]).await.unwrap();
    for foreign in ["", "\"00000000-0000-0000-0000-000000000000\"", "ffffffffffffffffff"] {
        let etag = Etag(foreign.into());
        let replace = Write::Replace { etag, document: document("a", "thing") };
        let outcome = store.commit("p", vec![replace]).await;
        assert!(matches!(outcome, Err(DocumentsError::Conflict { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_document_may_change_its_kind_and_its_time() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit("p", vec![create("a")]).await.unwrap();
    let etag = etag(&store, "p", "a").await;
    let due = Some(Timestamp::UNIX_EPOCH);
    let other = NewDocument { due, ..document("a", "other") };
    store.commit("p", vec![Write::Replace { etag, document: other }]).await.unwrap();
    assert!(ids(&store, "p", "thing").await.is_empty());
    assert_eq!(ids(&store, "p", "other").await.len(), 1);
    let page = store.due("other", Timestamp::UNIX_EPOCH, None).await.unwrap();
    assert_eq!((page.documents.len(), page.cursor), (1, None));
}

#[tokio::test]
async fn a_tool_walks_all_partitions_that_hold_a_kind() {
    let folder = Folder::new();
    let store = open(&folder);
    for n in 0..7 {
        let kind = if n % 2 == 0 { "account" } else { "other" };
        let documents = vec![Write::Create(document("x", kind)), create("y")];
        store.commit(&format!("p{n}"), documents).await.unwrap();
    }
    let first = store.partitions_of_kind("account", None, 3).unwrap();
    assert_eq!(first, ["p0", "p2", "p4"]);
    assert_eq!(store.partitions_of_kind("account", Some("p4"), 3).unwrap(), ["p6"]);
    assert!(store.partitions_of_kind("account", Some("p6"), 3).unwrap().is_empty());
}

#[tokio::test]
async fn two_stores_on_one_file_see_each_others_commits() {
    let folder = Folder::new();
    let (one, two) = (open(&folder), open(&folder));
    for n in 0..20 {
        let (writer, reader) = if n % 2 == 0 { (&one, &two) } else { (&two, &one) };
        writer.commit("p", vec![create(format!("d{n}"))]).await.unwrap();
        assert!(reader.get("p", &format!("d{n}")).await.unwrap().is_some());
    }
    let all = (0..40).map(|n| {
        let store = if n % 2 == 0 { &one } else { &two };
        store.commit("p", vec![create(format!("e{n}"))])
    });
    for outcome in futures_util::future::join_all(all).await {
        outcome.unwrap();
    }
}

#[test]
fn every_query_goes_by_an_index_and_sorts_nothing() {
    let folder = Folder::new();
    drop(open(&folder));
    let connection = open::reader(&file(&folder)).unwrap();
    for sql in reader::ALL {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut steps = statement.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get(3).unwrap();
            let fine = step.starts_with("SEARCH documents USING")
                || ["SCAN CONSTANT ROW", "SCALAR SUBQUERY 1"].contains(&step.as_str());
            assert!(fine, "{sql}: {step}");
        }
    }
}

#[test]
fn what_cannot_be_opened_is_named_in_a_sentence() {
    let folder = Folder::new();
    let foreign = folder.join("foreign.sqlite");
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE theirs (a)").unwrap();
    let newer = folder.join("newer.sqlite");
    drop(SqliteDocuments::open(&newer).unwrap());
    let raised = rusqlite::Connection::open(&newer).unwrap();
    raised.pragma_update(None, "user_version", 99).unwrap();
    let text = folder.join("notes.txt");
    std::fs::write(&text, "Not a database at all. ".repeat(100)).unwrap();
    let damaged = folder.join("damaged.sqlite");
    drop(SqliteDocuments::open(&damaged).unwrap());
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[100..].fill(0xff);
    std::fs::write(&damaged, bytes).unwrap();
    std::fs::create_dir(folder.join("folder")).unwrap();
    for (path, why) in [
        (folder.join("missing/documents.sqlite"), "folder has to exist"),
        (folder.join("folder"), "folder has to exist"),
        (foreign, "another program"),
        (text, "another program"),
        (newer, "newer version"),
        (damaged, "damaged"),
    ] {
        let error = SqliteDocuments::open(&path).unwrap_err().to_string();
        let named = error.contains(&format!("`{}`", path.display()));
        assert!(named && error.contains(why), "{}: {error}", path.display());
    }
}

/// Set in the child process only: the file that it writes to.
const CHILD: &str = "IMAGEGEN_TEST_SQLITE_CHILD";
const PARTITIONS: usize = 5;

/// The child is this same test in another process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_no_commit_that_it_was_told_is_done() {
    if let Some(path) = std::env::var_os(CHILD) {
        return commit_until_killed(Path::new(&path)).await;
    }
    // In one of the first commits, in the middle of many, and after the log was taken into the file.
    for acknowledged in [1, 60, 2000] {
        let folder = Folder::new();
        let told = run_and_kill(&file(&folder), acknowledged);
        let store = open(&folder);
        let (mut accounts, mut entries) = (BTreeSet::new(), BTreeSet::new());
        for partition in 0..PARTITIONS {
            let partition = format!("p{partition}");
            accounts.extend(numbers(&ids(&store, &partition, "account").await));
            entries.extend(numbers(&ids(&store, &partition, "entry").await));
        }
        assert_eq!(accounts, entries, "half a commit was kept");
        let lost: Vec<_> = told.difference(&accounts).collect();
        assert!(lost.is_empty(), "lost of {}: {lost:?}", told.len());
    }
}

async fn commit_until_killed(path: &Path) {
    let store = Arc::new(SqliteDocuments::open(path).unwrap());
    // The test runner's own line ends here.
    std::io::stdout().write_all(b"\n").unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..PARTITIONS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for n in (task..).step_by(PARTITIONS) {
                let account = document(format!("account:{n}"), "account");
                let entry = document(format!("entry:{n}"), "entry");
                let writes = vec![Write::Create(account), Write::Create(entry)];
                store.commit(&format!("p{task}"), writes).await.unwrap();
                // Not `println!`: the runner would keep it.
                std::io::stdout().write_all(format!("committed {n}\n").as_bytes()).unwrap();
            }
        });
    }
    tasks.join_all().await;
}

/// The numbers that the child said were committed, having been killed after so many.
fn run_and_kill(path: &Path, acknowledged: usize) -> BTreeSet<usize> {
    const SELF: &str = "sqlite::tests::a_killed_process_loses_no_commit_that_it_was_told_is_done";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", SELF, "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (mut told, mut line) = (BTreeSet::new(), String::new());
    while output.read_line(&mut line).unwrap() > 0 {
        // A line without an end was cut off by the kill.
        let number = line.strip_prefix("committed ").and_then(|rest| rest.strip_suffix('\n'));
        if number.is_some_and(|n| told.insert(n.parse().unwrap())) && told.len() == acknowledged {
            child.kill().unwrap();
        }
        line.clear();
    }
    child.wait().unwrap();
    assert!(told.len() >= acknowledged, "the child ended by itself");
    told
}

fn numbers(ids: &BTreeSet<String>) -> BTreeSet<usize> {
    ids.iter().map(|id| id.split_once(':').unwrap().1.parse().unwrap()).collect()
}
