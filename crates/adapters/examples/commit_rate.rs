//! How many commits and reads a second the embedded store does, on this machine and this disk.
//!
//! `cargo run --release -p imagegen-adapters --example commit_rate [FOLDER]`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use imagegen_adapters::sqlite::SqliteDocuments;
use imagegen_core::ports::documents::{Documents as _, Etag, NewDocument, Order, Range, Write};

const USERS: u64 = 10_000;
const FOR: Duration = Duration::from_secs(4);

fn main() {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("commit-rate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(measure(&folder));
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}

async fn measure(folder: &Path) {
    println!("append and fsync, 4 KiB: {:?}", fsync(folder));
    let path = folder.join("documents.sqlite");
    let store = Arc::new(SqliteDocuments::open(&path).expect("the store opens"));
    fill(&store).await;
    for tasks in [1, 8, 64, 256] {
        commits(&store, tasks).await;
    }
    for tasks in [1, 2] {
        reads(&store, tasks).await;
    }
    let size = std::fs::metadata(&path).expect("the file is there").len() / 1_000_000;
    println!("file: {size} MB");
}

fn fsync(folder: &Path) -> Duration {
    use std::io::Write as _;
    const TIMES: u32 = 200;
    let mut file = std::fs::File::create(folder.join("probe")).expect("a file can be made");
    let start = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[1; 4096]).and_then(|()| file.sync_data()).expect("the disk takes it");
    }
    start.elapsed() / TIMES
}

fn user(n: u64) -> String {
    // Spread over the alphabet as real user ids, which are hashes, are.
    format!("usr_{:026x}", u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 40 | u128::from(n))
}

fn document(id: String, kind: &'static str) -> NewDocument {
    let body = format!(r#"{{"schema":1,"kind":"{kind}","text":"{}"}}"#, "x".repeat(560));
    NewDocument { id, kind, position: None, due: None, body }
}

async fn fill(store: &SqliteDocuments) {
    for n in 0..USERS {
        let create = Write::Create(document("account".to_owned(), "account"));
        // One at a time would wait for 10,000 fsyncs.
        if n % 200 == 0 {
            let all = (n..n + 200).map(|n| {
                let create = create.clone();
                async move { store.commit(&user(n), vec![create]).await.expect("a new account") }
            });
            futures_util::future::join_all(all).await;
        }
    }
}

fn account() -> NewDocument {
    let due = Some(jiff::Timestamp::UNIX_EPOCH);
    NewDocument { due, ..document("account".to_owned(), "account") }
}

/// What accepting a generation writes: the account, and five new documents.
async fn commits(store: &Arc<SqliteDocuments>, tasks: u64) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let start = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let store = Arc::clone(store);
        running.spawn(async move {
            let mut took = Vec::new();
            while start.elapsed() < FOR {
                let n = NEXT.fetch_add(1, Ordering::Relaxed);
                // Each task has users of its own, so no commit conflicts.
                let user = user((n.wrapping_mul(7919) % (USERS / tasks)) * tasks + task);
                let begun = Instant::now();
                let account = store.get(&user, "account").await.expect("a read");
                let etag = account.expect("every user has one").etag;
                store.commit(&user, generation(n, etag)).await.expect("a commit");
                took.push(begun.elapsed());
            }
            took
        });
    }
    let mut took: Vec<Duration> = running.join_all().await.into_iter().flatten().collect();
    took.sort_unstable();
    let rate = u128::try_from(took.len()).expect("a count") * 1000 / start.elapsed().as_millis();
    let (median, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!(
        "{tasks:>4} tasks: {rate:>6} commits/s of 6 writes; median {median:.1?}, p99 {p99:.1?}"
    );
}

fn generation(n: u64, etag: Etag) -> Vec<Write> {
    // Ids of generations sort by time.
    let id = format!("gen_01{n:024}");
    let due = Some(jiff::Timestamp::UNIX_EPOCH + Duration::from_secs(n));
    let job = NewDocument { due, ..document(id.clone(), "generation") };
    let outbox = NewDocument { due, ..document(format!("outbox:{id}:submit"), "outbox") };
    vec![
        Write::Replace { etag, document: account() },
        Write::Create(document(format!("hold:{id}"), "entry")),
        Write::Create(job),
        Write::Create(document(format!("idem:{n:032x}"), "idempotency")),
        Write::Create(document(format!("event:{n:012}"), "event")),
        Write::Create(outbox),
    ]
}

async fn reads(store: &Arc<SqliteDocuments>, tasks: u64) {
    for what in ["points", "pages of 20"] {
        let start = Instant::now();
        let mut running = tokio::task::JoinSet::new();
        for task in 0..tasks {
            let store = Arc::clone(store);
            running.spawn(async move {
                let mut n = task;
                while start.elapsed() < FOR / 2 {
                    n += tasks;
                    let user = user(n.wrapping_mul(7919) % USERS);
                    if what == "points" {
                        store.get(&user, "account").await.expect("a read").expect("an account");
                    } else {
                        let order = Order::Descending;
                        let range = Range { kind: "generation", after: None, order, limit: 20 };
                        store.list(&user, &range).await.expect("a page");
                    }
                }
                n / tasks
            });
        }
        let count: u64 = running.join_all().await.into_iter().sum();
        let rate = u128::from(count) * 1000 / start.elapsed().as_millis();
        println!("{tasks:>4} tasks: {rate:>6} {what} read/s");
    }
}
