//! N2: resident memory, idle and after requests.

use std::sync::Arc;
use std::time::Duration;

use crate::Bench;
use crate::clients::get;
use crate::load::{Amount, Load};
use crate::me::{CONNECTIONS, USERS, me_requests};
use crate::process::{Server, resident};
use crate::table::{Row, count};

const IDLE_GOAL: u64 = 15_000_000;
const USED_GOAL: u64 = 40_000_000;
const REQUESTS: usize = 100_000;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let requests = bench.pick(REQUESTS / 5, REQUESTS);
    let ours = Server::handler(&bench.binaries, &bench.stand_ins, &bench.folder.join("memory"))?;
    let ours = idle_and_used(&ours, me_requests(&bench.stand_ins.tokens(USERS)), requests)?;
    let bare = Server::bare_warp(&bench.binaries)?;
    let theirs = idle_and_used(&bare, vec![get("/", None); USERS], requests)?;
    let after = format!(
        "resident memory after {} × GET /api/v1/me of {} users",
        count(requests as u64),
        count(USERS as u64)
    );
    let row = |number, what: String, ours: u64, theirs: u64, goal: u64| {
        Row::new(number, what, megabytes(ours))
            .goal(format!("≤ {}", megabytes(goal)), ours <= goal)
            .beside(megabytes(theirs))
    };
    Ok(vec![
        row("N2", "resident memory, idle".into(), ours.0, theirs.0, IDLE_GOAL),
        row("", after, ours.1, theirs.1, USED_GOAL),
    ])
}

/// In bytes.
fn idle_and_used(
    server: &Server,
    requests: Vec<Vec<u8>>,
    times: usize,
) -> Result<(u64, u64), String> {
    // What the start needed may be given back.
    std::thread::sleep(Duration::from_millis(500));
    let idle = resident(server.pid());
    let rounds = Amount::Rounds(times / requests.len());
    let load = Load {
        address: server.address,
        requests: Arc::new(requests),
        connections: CONNECTIONS,
        amount: rounds,
        status: 200,
    };
    load.run()?;
    Ok((idle, resident(server.pid())))
}

#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
