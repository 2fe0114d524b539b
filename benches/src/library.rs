//! N9: pages of a library of 10,000 jobs, first, last and searched, from the request to the last byte of the answer.

use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use imagegen_core::ids::GenerationId;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clients::{ask, exchange, get};
use crate::process::Server;
use crate::table::{Row, count, median_and_p99, ms};
use crate::{Bench, progress, seed};

const JOBS: u64 = 10_000;
const GOAL: Duration = Duration::from_millis(20);
/// Of a page: what a screen of a grid shows, and some.
const LIMIT: usize = 50;
/// 2026-01-01T00:00:00Z; a job each hour from then on.
const FIRST: u64 = 1_767_225_600_000;
const HOUR: u64 = 3_600_000;
/// One job in so many has a word that the others lack.
const RARE: u64 = 2_500;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let folder = bench.folder.join("library");
    let server = Server::handler(&bench.binaries, &bench.stand_ins, &folder)?;
    let token = &bench.stand_ins.tokens(1)[0];
    let me = ask(server.address, &get("/api/v1/me", Some(token)), 200)?;
    let user = me["id"].as_str().ok_or("/me tells no id")?.to_owned();
    seed(&folder, &user)?;
    progress(&format!("  {} jobs stored", count(JOBS)));
    let last_page = last_cursor();
    let times = bench.pick(50, 300);
    let page = |what: &str, query: String, items: usize| {
        let path = format!("/api/v1/generations?limit={LIMIT}{query}");
        let (median, p99, bytes) = timed(&server, &get(&path, Some(token)), items, times)?;
        let what = format!("{what} ({} kB)", bytes / 1000);
        let row = Row::new("", what, format!("{} median, {} p99", ms(median), ms(p99)));
        Ok::<_, String>(row.goal(format!("≤ {} median", ms(GOAL)), median <= GOAL))
    };
    let number = format!("first page of {LIMIT} of a library of {} jobs", count(JOBS));
    Ok(vec![
        Row { number: "N9", ..page(&number, String::new(), LIMIT)? },
        page("last page", format!("&cursor={last_page}"), LIMIT)?,
        page("a month in the middle, by date", "&from=2026-07-01&to=2026-08-01".into(), LIMIT)?,
        page("search for two words that every job has", "&q=fox+snow".into(), LIMIT)?,
        page(
            "search for a word of one job in 2,500: as much as one page looks at",
            "&q=zebra".into(),
            1,
        )?,
        page("search for a word that no job has, first of five pages", "&q=unicorn".into(), 0)?,
    ])
}

/// Median, p99 and the size of the answer.
fn timed(
    server: &Server,
    request: &[u8],
    items: usize,
    times: usize,
) -> Result<(Duration, Duration, usize), String> {
    let stream = TcpStream::connect(server.address).map_err(|e| e.to_string())?;
    let mut took = Vec::new();
    let mut bytes = 0;
    for _ in 0..times {
        let stream = stream.try_clone().map_err(|e| e.to_string())?;
        let start = Instant::now();
        let reply = exchange(stream, request).map_err(|e| e.to_string())?;
        took.push(start.elapsed());
        bytes = reply.body.len();
        let page: Value = serde_json::from_slice(&reply.body).map_err(|e| e.to_string())?;
        let found = page["items"].as_array().map_or(usize::MAX, Vec::len);
        if reply.status != 200 || found != items {
            return Err(format!("wanted {items} jobs and got {found}: {}", reply.status));
        }
    }
    let (median, p99) = median_and_p99(took);
    Ok((median, p99, bytes))
}

fn id(n: u64) -> String {
    let at = Timestamp::from_millisecond(i64::try_from(FIRST + n * HOUR).expect("a year or two"));
    GenerationId::first_at(at.expect("a year or two")).to_string()
}

/// Of the page before the last one.
fn last_cursor() -> String {
    id(LIMIT as u64)
}

fn seed(folder: &Path, user: &str) -> Result<(), String> {
    let jobs = (0..JOBS).map(|n| (id(n), job(&id(n), user, n))).collect::<Vec<_>>();
    seed::write(&folder.join("documents.sqlite"), user, &jobs)
}

/// A job as it is stored when its one picture was delivered.
pub(crate) fn job(id: &str, user: &str, n: u64) -> Value {
    let at = "2026-01-01T00:00:00Z";
    let rare = if n % RARE == RARE - 1 { "a zebra" } else { "a hare" };
    let prompt = format!(
        "a red fox and {rare} in snow, number {n}, early morning, long shadows, a village far away, smoke from chimneys"
    );
    json!({
        "schema": 1, "id": id, "user": user,
        "order": {
            "prompt": prompt, "model": "flux-schnell", "aspect_ratio": "16:9", "count": 1, "seed": null,
            "output_format": "webp", "embed_prompt": true,
        },
        "plan": "free", "queue": "generation-free", "created_at": at, "deadline_at": at, "revision": 6,
        "retry_of": null,
        "hold": { "generation": id, "allocations": [{ "grant": format!("free:{at}"), "amount": 1 }] },
        "stage": {
            "stage": "ended", "outcome": { "outcome": "succeeded" }, "started_at": at, "finished_at": at,
            "images": [{
                "index": 0, "seed": 7,
                "state": {
                    "state": "delivered", "width": 1344, "height": 768, "bytes": 123_456, "format": "webp",
                    "original_is_display": true,
                    "placeholder": format!("data:image/webp;base64,{}", "UklGRl4A".repeat(40)),
                },
            }],
            "captured": 1, "released": 0,
        },
        "outbox": null,
    })
}
