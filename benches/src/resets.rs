//! N8: the monthly reset with 1,000 accounts due, of 10,000 and of 1,000,000. Who is due is found, a message is sent for
//! each, and each is handled: rules and store, the queue silent.

use std::path::Path;
use std::time::{Duration, Instant};

use imagegen_core::accounts;
use imagegen_core::billing;
use imagegen_core::ids::UserId;
use imagegen_core::ports::documents::{NewDocument, Write};
use imagegen_core::services::Services;
use jiff::Timestamp;
use serde_json::json;
use tokio::task::JoinSet;

use crate::store::services;
use crate::table::{Row, count, ms};
use crate::{Bench, progress};

const DUE: u64 = 1_000;
/// Commits under way while accounts are stored.
const TASKS: usize = 512;
/// How much more time a hundred times the accounts may take.
const GOAL: f64 = 2.0;

struct Times {
    find: Duration,
    reset: Duration,
}

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let (few, many) = (10 * DUE, bench.pick(100 * DUE, 1000 * DUE));
    let small = reset_all(&bench.folder.join("resets-few"), few)?;
    let large = reset_all(&bench.folder.join("resets-many"), many)?;
    let all = |times: &Times| (times.find + times.reset).as_secs_f64();
    let ratio = all(&large) / all(&small);
    let row = |accounts: u64, times: &Times| {
        let what = format!("{} accounts due, of {}", count(DUE), count(accounts));
        let value = format!("{} to find them, {} to reset them", ms(times.find), ms(times.reset));
        Row::new("", what, value)
    };
    let first = Row { number: "N8", ..row(few, &small) };
    let second = row(many, &large).goal(format!("≤ {GOAL:.0} × that"), ratio <= GOAL);
    Ok(vec![first, second.beside(format!("{ratio:.2} × that"))])
}

fn reset_all(folder: &Path, accounts: u64) -> Result<Times, String> {
    std::fs::create_dir_all(folder).map_err(|e| format!("cannot write the folder: {e}"))?;
    let services = services(folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("no async runtime: {e}"))?;
    runtime.block_on(store(&services, accounts))?;
    progress(&format!("  {} accounts stored", count(accounts)));
    let start = Instant::now();
    let sent = runtime.block_on(accounts::enqueue_due_resets(&services));
    let find = start.elapsed();
    let sent = sent.map_err(|e| e.to_string())?;
    if sent as u64 != DUE {
        return Err(format!("{sent} accounts were found due, and {DUE} are"));
    }
    let start = Instant::now();
    runtime.block_on(async {
        for n in 0..DUE {
            billing::renew(&services, &user(n * (accounts / DUE)))
                .await
                .map_err(|e| e.to_string())?;
        }
        Ok::<_, String>(())
    })?;
    let reset = start.elapsed();
    let left = runtime.block_on(accounts::enqueue_due_resets(&services));
    match left.map_err(|e| e.to_string())? {
        0 => Ok(Times { find, reset }),
        left => Err(format!("{left} accounts are due after all were reset")),
    }
}

/// One in so many is due, spread evenly.
async fn store(services: &Services, accounts: u64) -> Result<(), String> {
    let now = Timestamp::now();
    let hours = |n: i64| now.checked_add(jiff::SignedDuration::from_hours(n)).expect("in range");
    let (ended, fresh) = (hours(-31 * 24), hours(-24));
    let mut tasks = JoinSet::new();
    for n in 0..accounts {
        let due = n % (accounts / DUE) == 0;
        let began = if due { ended } else { fresh };
        let ends = if due { hours(-1) } else { hours(29 * 24) };
        let write = Write::Create(account(&user(n), began, ends));
        let documents = services.documents.clone();
        tasks.spawn(async move { documents.commit(user(n).as_str(), vec![write]).await });
        if tasks.len() == TASKS {
            tasks
                .join_next()
                .await
                .expect("there are some")
                .expect("no task panics")
                .map_err(|e| e.to_string())?;
        }
    }
    while let Some(stored) = tasks.join_next().await {
        stored.expect("no task panics").map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn user(n: u64) -> UserId {
    // Spread over the index, as hashes of people are.
    let spread = u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    UserId::from_bytes(spread.to_be_bytes())
}

/// A free account with half of its month's credits.
fn account(user: &UserId, began: Timestamp, ends: Timestamp) -> NewDocument {
    let body = json!({
        "schema": 1, "id": user, "email": "somebody@example.com", "name": "Somebody", "plan": "free",
        "period": { "anchor": began, "number": 0 },
        "wallet": {
            "grants": [{
                "id": format!("free:{began}"), "priority": 0, "created_at": began, "expires_at": ends,
                "remaining": 5, "held": 0,
            }],
            "totals": { "granted": 10, "used": 5, "expired": 0 },
        },
        "drawn_in_period": 0, "lanes": { "at_work": [], "waiting": [] }, "last_event": 9,
    });
    NewDocument {
        id: accounts::KIND.into(),
        kind: accounts::KIND,
        position: None,
        due: Some(ends),
        body: body.to_string(),
    }
}
