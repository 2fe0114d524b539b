//! N3: signed-in `GET /api/v1/me`, the account read from the store.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::clients::get;
use crate::load::{Amount, Load, Outcome};
use crate::process::Server;
use crate::table::{Row, count, per_second};
use crate::{Bench, progress};

/// As many as the figures that the goals come from had.
pub(crate) const CONNECTIONS: usize = 32;
/// Fewer than the tokens that the handler remembers as checked.
pub(crate) const USERS: usize = 1_000;
/// Many more than that: every token is checked from the start.
const STRANGERS: usize = 5_000;
/// Of a bare warp's rate.
const GOAL: f64 = 0.4;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let ours = Server::handler(&bench.binaries, &bench.stand_ins, &bench.folder.join("me"))?;
    let bare = Server::bare_warp(&bench.binaries)?;
    let all = me_requests(&bench.stand_ins.tokens(STRANGERS));
    // Accounts are opened, and with it written, when their owners are first seen.
    let opening = load(ours.address, &Arc::new(all.clone()), Amount::Rounds(1))?;
    progress(&format!("  accounts opened: {}", per_second(opening.rate())));
    let hello = Arc::new(vec![get("/", None); CONNECTIONS]);
    let sets = [
        ("N3", "one user", Arc::new(vec![all[0].clone(); CONNECTIONS])),
        ("", "1,000 users in turn", Arc::new(all[..USERS].to_vec())),
        ("", "5,000 users in turn: every token checked from the start", Arc::new(all)),
    ];
    let time = bench.pick(Duration::from_millis(1500), Duration::from_secs(5));
    let mut rows = Vec::new();
    for (number, who, requests) in sets {
        let warm = Amount::For(time / 5);
        load(bare.address, &hello, warm)?;
        load(ours.address, &requests, warm)?;
        // A B A B, so that what else the machine does falls on both.
        let (mut theirs, mut mine) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            theirs.push(load(bare.address, &hello, Amount::For(time))?);
            mine.push(load(ours.address, &requests, Amount::For(time))?);
        }
        let (theirs, mine_rate) = (rate(&theirs), rate(&mine));
        let ratio = mine_rate / theirs;
        let p99 = mine.iter().map(|o| o.p99).max().unwrap_or_default();
        let median = mine[0].median;
        rows.push(
            Row::new(
                number,
                format!("signed-in GET /api/v1/me, {who} (median {median:.0?}, p99 {p99:.0?})"),
                format!("{}, {:.0} %", per_second(mine_rate), ratio * 100.0),
            )
            .goal(format!("≥ {:.0} % of bare warp", GOAL * 100.0), ratio >= GOAL)
            .beside(per_second(theirs)),
        );
    }
    let threads = format!("1 load thread, {} connections", count(CONNECTIONS as u64));
    rows[0].what = format!("{}; {threads}", rows[0].what);
    Ok(rows)
}

pub(crate) fn me_requests(tokens: &[String]) -> Vec<Vec<u8>> {
    tokens.iter().map(|token| get("/api/v1/me", Some(token))).collect()
}

fn load(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    amount: Amount,
) -> Result<Outcome, String> {
    let requests = Arc::clone(requests);
    Load { address, requests, connections: CONNECTIONS, amount, status: 200 }.run()
}

#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
fn rate(outcomes: &[Outcome]) -> f64 {
    let answers: u64 = outcomes.iter().map(|o| o.answers).sum();
    let took: Duration = outcomes.iter().map(|o| o.took).sum();
    answers as f64 / took.as_secs_f64()
}
