//! N7: one picture through the pipeline, beside what others use for the same, on one core each.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use imagegen_adapters::imaging::{Order, finish};
use imagegen_core::catalog::OutputFormat;
use imagegen_core::ports::imaging::Recipe;
use serde_json::Value;

use crate::table::{Row, median_and_p99, ms};
use crate::{Bench, progress};

const SIDE: u32 = 1024;
/// libwebp's effort: ours, and what both others take unless told.
const OUR_EFFORT: u32 = 2;
const THEIR_EFFORT: u32 = 4;

/// Another library's time for the same three pictures.
struct Peer {
    name: String,
    effort: u32,
    time: Duration,
}

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let rounds = bench.pick(5, 25);
    let painted = imagegen_painter::paint("a red fox in snow", 42, SIDE, SIDE);
    let file = bench.folder.join("picture.png");
    painted.save(&file).map_err(|e| format!("cannot write the picture: {e}"))?;
    let png = std::fs::read(&file).map_err(|e| format!("cannot read the picture: {e}"))?;
    let ours = ours(&png, rounds)?;
    let mut peers = Vec::new();
    for effort in [OUR_EFFORT, THEIR_EFFORT] {
        peers.extend(peer("node", "pictures.mjs", &file, effort, rounds));
        peers.extend(peer(&python(bench), "pictures.py", &file, effort, rounds));
    }
    let beside = peers.iter().map(|peer| {
        let ratio = peer.time.as_secs_f64() / ours.as_secs_f64();
        format!("{} (effort {}) {}, {ratio:.2} × ours", peer.name, peer.effort, ms(peer.time))
    });
    let beside = beside.collect::<Vec<_>>().join("; ");
    let what = format!(
        "a PNG of {SIDE}² to full-size WebP q80, WebP of 384² and a placeholder, with the recipe; one core, effort {OUR_EFFORT}, median of {rounds}"
    );
    let met = !peers.is_empty() && peers.iter().all(|peer| ours < peer.time);
    let row = Row::new("N7", what, ms(ours)).goal("faster than sharp and than Pillow", met);
    Ok(vec![row.beside(beside)])
}

fn ours(png: &[u8], rounds: usize) -> Result<Duration, String> {
    let recipe = Recipe {
        prompt: Some("a red fox in snow".into()),
        model: "flux-schnell".into(),
        seed: 42,
        width: SIDE,
        height: SIDE,
        parent: None,
        generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAW".into(),
        index: 0,
        created_at: "2026-01-01T00:00:00Z".into(),
    };
    // The PNG is what was asked for: its pixels stay, and everything else is made.
    let order = Order { bytes: png, format: OutputFormat::Png, watermark: false, recipe: &recipe };
    let mut times = Vec::new();
    for _ in 0..rounds + 2 {
        let start = Instant::now();
        let finished = finish(&order).map_err(|e| e.to_string())?;
        times.push(start.elapsed());
        if finished.display.is_none() {
            return Err("no WebP was made".into());
        }
    }
    // The first two warm up.
    Ok(median_and_p99(times.split_off(2)).0)
}

/// `None`, with a line on the console, where it is not installed.
fn peer(program: &str, script: &str, file: &Path, effort: u32, rounds: usize) -> Option<Peer> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(script);
    let mut command = Command::new(program);
    command.arg(&script).arg(file).args([effort.to_string(), rounds.to_string()]);
    // Both libraries may use several threads for one picture.
    command.env("VIPS_CONCURRENCY", "1").env("OMP_NUM_THREADS", "1");
    let found = command.output().ok().filter(|output| output.status.success());
    let measured = found.and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok());
    let peer = measured.and_then(|told| {
        let time = Duration::try_from_secs_f64(told["ms"].as_f64()? / 1000.0).ok()?;
        Some(Peer { name: told["version"].as_str()?.to_owned(), effort, time })
    });
    if peer.is_none() {
        progress(&format!(
            "  {} could not be run: `make bench` installs what it needs",
            script.display()
        ));
    }
    peer
}

/// That of `make bench`, beside the binaries' folder.
fn python(bench: &Bench) -> String {
    let target = bench.binaries.folder.parent().unwrap_or(&bench.binaries.folder);
    target.join("bench-peers/bin/python").display().to_string()
}
