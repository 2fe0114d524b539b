//! N4: accepted generations: token checked, prompt moderated, credits held, job, event, key and message in one
//! commit that is on the disk before the answer; then message and event are sent.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::clients::post;
use crate::load::{Amount, Load, Outcome};
use crate::me::me_requests;
use crate::process::{Cpu, Server};
use crate::table::{Row, count, ms, per_second};
use crate::{Bench, progress, store};

const GOAL: f64 = 5_000.0;
/// A free account's credits, and the jobs that may wait: as many as it can be sent before one ends.
const JOBS_A_USER: usize = 10;
const CONNECTIONS: usize = 128;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let users = bench.pick(1_000, 4_000);
    let folder = bench.folder.join("accept");
    let ours = Server::handler(&bench.binaries, &bench.stand_ins, &folder)?;
    let tokens = bench.stand_ins.tokens(users);
    // Their owners are seen for the first time before it begins.
    load(&ours, me_requests(&tokens), Amount::Rounds(1), 200)?;
    let body =
        r#"{"prompt":"a red fox in snow, early morning, long shadows","model":"flux-schnell"}"#;
    let orders: Vec<_> =
        tokens.iter().map(|token| post("/api/v1/generations", Some(token), body)).collect();
    let before = Seen::now(bench, &ours);
    let first = load(&ours, orders.clone(), Amount::Rounds(1), 202)?;
    let middle = Seen::now(bench, &ours);
    let rest = load(&ours, orders, Amount::Rounds(JOBS_A_USER - 1), 202)?;
    let after = Seen::now(bench, &ours);
    drop(ours);
    let proof = verify(bench, &folder)?;

    let accepted = first.answers + rest.answers;
    let rate = rate(accepted, first.took + rest.took);
    let share = middle.since(&before, first.answers, first.took);
    let share_rest = after.since(&middle, rest.answers, rest.took);
    let in_process = store::accepts(&bench.folder.join("accept-in-process"), users, JOBS_A_USER)?;
    let fsync = store::fsync(&bench.folder)?;
    Ok(vec![
        Row::new(
            "N4",
            format!(
                "accepted generations, durable: {} free users × {JOBS_A_USER}, {CONNECTIONS} connections",
                count(users as u64)
            ),
            per_second(rate),
        )
        .goal(format!("≥ {}", per_second(GOAL)), rate >= GOAL),
        Row::new("", format!("each user's first job: {share}"), described(&first)),
        Row::new("", format!("the nine that wait for it: {share_rest}"), described(&rest)),
        Row::new("", format!("the ledger afterwards: {proof}"), ""),
        Row::new(
            "N4b",
            format!(
                "the same without HTTP: rules and store alone, {} tasks ({})",
                in_process.tasks, in_process.cpu
            ),
            per_second(in_process.rate),
        ),
        Row::new("", "the disk: append 4 KiB and fsync, one after another", format!("{}, {} each", per_second(1.0 / fsync.as_secs_f64()), ms(fsync))),
    ])
}

fn load(
    server: &Server,
    requests: Vec<Vec<u8>>,
    amount: Amount,
    status: u16,
) -> Result<Outcome, String> {
    let (address, requests) = (server.address, Arc::new(requests));
    Load { address, requests, connections: CONNECTIONS, amount, status }.run()
}

fn described(outcome: &Outcome) -> String {
    let Outcome { median, p99, .. } = outcome;
    format!("{}, median {}, p99 {}", per_second(outcome.rate()), ms(*median), ms(*p99))
}

#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Who has had the cores so far, and who was asked how often.
struct Seen {
    handler: Cpu,
    writer: Cpu,
    bench: Cpu,
    calls: [u64; 3],
}

impl Seen {
    fn now(bench: &Bench, server: &Server) -> Self {
        let calls = &bench.stand_ins.calls;
        let read = |n: &AtomicU64| n.load(Ordering::Relaxed);
        Self {
            handler: Cpu::of(server.pid()),
            writer: Cpu::of_threads(server.pid(), "sqlite-writer"),
            bench: Cpu::of(std::process::id()),
            calls: [&calls.moderation, &calls.queue, &calls.realtime].map(read),
        }
    }

    /// In words, for each of `accepted` jobs.
    #[expect(clippy::cast_precision_loss, reason = "figures to be read")]
    fn since(&self, before: &Self, accepted: u64, took: Duration) -> String {
        let each = |time: Duration| format!("{:.0} µs", time.as_secs_f64() * 1e6 / accepted as f64);
        let handler = self.handler.since(before.handler);
        let writer = self.writer.since(before.writer);
        let bench = self.bench.since(before.bench);
        let busy = (handler.all() + bench.all()).as_secs_f64() / took.as_secs_f64();
        let [moderation, queue, realtime] =
            std::array::from_fn(|n| (self.calls[n] - before.calls[n]) as f64 / accepted as f64);
        format!(
            "of the cores each took {} in the handler ({} of it in the kernel; the thread that writes had {}) and {} \
             in load and stand-ins, {busy:.1} cores busy; calls each: moderation {moderation:.1}, queue {queue:.1}, \
             realtime {realtime:.1}",
            each(handler.all()),
            each(handler.system),
            each(writer.all()),
            each(bench.all()),
        )
    }
}

/// What `imagegen ledger verify` says. It fails if there is drift.
fn verify(bench: &Bench, folder: &Path) -> Result<String, String> {
    let start = Instant::now();
    let output = Command::new(&bench.binaries.handler)
        .args(["ledger", "verify", "--documents"])
        .arg(format!("sqlite:{}", folder.join("documents.sqlite").display()))
        .output()
        .map_err(|e| format!("cannot verify the ledger: {e}"))?;
    progress(&format!("  the ledger was verified in {:.1?}", start.elapsed()));
    let text = String::from_utf8_lossy(&output.stdout).trim().replace('\n', "; ");
    if output.status.success() { Ok(text) } else { Err(format!("the ledger is wrong: {text}")) }
}
