//! N5: our own time for a generation, all invocations added: the whole product runs on the local cloud, jobs come at
//! a steady rate, and the handler's own log tells how long each invocation took and whose it was.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use imagegen_adapters::imaging::{Order, finish, for_moderation};
use imagegen_core::catalog::OutputFormat;
use imagegen_core::ports::imaging::Recipe;
use serde_json::{Value, json};

use crate::clients::{ask, get, post};
use crate::process::Cpu;
use crate::table::{Row, median_and_p99, ms};
use crate::{Bench, progress};

const JOBS_A_SECOND: u32 = 4;
/// Models then take no time; what the stand-in needs for painting it still needs, on the same cores.
const SPEED: u32 = 1_000;
const OWN_MEDIAN: Duration = Duration::from_millis(20);
const OWN_P99: Duration = Duration::from_millis(80);
const WHOLE_MEDIAN: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_mins(2);
/// The spans' and the pictures' times, and nothing else that is below a warning.
const LOG: &str = "warn,imagegen::functions=debug,imagegen_adapters::imaging=debug";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let seconds = bench.pick(6, 20);
    let folder = bench.folder.join("local");
    let cloud = Cloud::start(bench, &folder)?;
    cloud.ask(&post("/_local/faults", None, &faults()), 200)?;
    let jobs = seconds * JOBS_A_SECOND;
    let tokens = (0..jobs + 2).map(|n| cloud.token(n)).collect::<Result<Vec<_>, _>>()?;
    let (warm_up, tokens) = tokens.split_at(2);
    cloud.all_done(&cloud.create_all(warm_up)?)?;

    let before = Cpu::of(cloud.handler()?);
    let created = cloud.create_all(tokens)?;
    cloud.all_done(&created)?;
    let cpu = Cpu::of(cloud.handler()?).since(before);

    let times = cloud.times();
    let times = created
        .iter()
        .map(|(id, _)| times.get(id).ok_or_else(|| format!("the log tells nothing of {id}")));
    let times: Vec<&Times> = times.collect::<Result<_, _>>()?;
    let imaging = imaging_alone(&folder)?;
    drop(cloud);
    Ok(rows(&times, cpu, imaging, seconds))
}

fn rows(times: &[&Times], cpu: Cpu, imaging: Imaging, seconds: u32) -> Vec<Row> {
    let all = |of: fn(&Times) -> Duration| median_and_p99(times.iter().map(|t| of(t)).collect());
    let (own, own_p99) = all(Times::without_imaging);
    let (whole, whole_p99) = all(Times::whole);
    let (pictures, pictures_p99) = all(|t| t.imaging);
    let jobs = u32::try_from(times.len()).unwrap_or(u32::MAX);
    let each = cpu.all() / jobs;
    let calls: usize = times.iter().map(|t| t.calls()).sum();
    let two = |a: Duration, b: Duration| format!("{} median, {} p99", ms(a), ms(b));
    vec![
        Row::new(
            "N5",
            format!(
                "our own time per generation of 1024², without the image pipeline, waiting for stand-ins included; \
                 {JOBS_A_SECOND} jobs/s for {seconds} s, {:.1} invocations each",
                f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / f64::from(jobs)
            ),
            two(own, own_p99),
        )
        .goal(
            format!("≤ {} median, ≤ {} p99", ms(OWN_MEDIAN), ms(OWN_P99)),
            own <= OWN_MEDIAN && own_p99 <= OWN_P99,
        ),
        Row::new("", "with the image pipeline (free plan: drawn on and encoded anew)", two(whole, whole_p99))
            .goal(format!("≤ {} median", ms(WHOLE_MEDIAN)), whole <= WHOLE_MEDIAN),
        Row::new("", "the pipeline's part of it", two(pictures, pictures_p99)),
        Row::new(
            "",
            "the pipeline alone on the same pictures, nothing else running",
            format!("{} + {} to make it fit for the safety check", ms(imaging.finish), ms(imaging.for_moderation)),
        ),
        Row::new(
            "",
            format!("time on a core per job, handler process ({} in the kernel)", ms(cpu.system / jobs)),
            format!("{}, {} without the pipeline alone", ms(each), ms(each.saturating_sub(imaging.finish + imaging.for_moderation))),
        ),
        Row::new("", format!("mean per job by function: {}", by_function(times)), ""),
    ]
}

fn by_function(times: &[&Times]) -> String {
    let mut sums: BTreeMap<&str, (u32, Duration)> = BTreeMap::new();
    for (name, calls, time) in times.iter().flat_map(|t| t.functions()) {
        let sum = sums.entry(name).or_default();
        *sum = (sum.0 + calls, sum.1 + time);
    }
    let jobs = u32::try_from(times.len()).unwrap_or(u32::MAX);
    let each = sums.into_iter().map(|(name, (calls, time))| {
        let calls = f64::from(calls) / f64::from(jobs);
        format!("{name} {} in {calls:.1} calls", ms(time / jobs))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn faults() -> String {
    json!({"replicate": {"speed": SPEED, "creates_per_minute": 100_000}}).to_string()
}

/// What the log tells of one job.
#[derive(Debug, Default)]
struct Times {
    /// Calls and time of each function.
    functions: BTreeMap<String, (u32, Duration)>,
    imaging: Duration,
}

impl Times {
    fn functions(&self) -> impl Iterator<Item = (&str, u32, Duration)> {
        self.functions.iter().map(|(name, (calls, time))| (name.as_str(), *calls, *time))
    }

    fn whole(&self) -> Duration {
        self.functions().map(|(_, _, time)| time).sum()
    }

    fn without_imaging(&self) -> Duration {
        self.whole().saturating_sub(self.imaging)
    }

    fn calls(&self) -> usize {
        self.functions().map(|(_, calls, _)| calls as usize).sum()
    }
}

/// `imagegen-local` with its handler. Killed when dropped, and its handler with it.
struct Cloud {
    child: Child,
    address: SocketAddr,
    lines: Receiver<String>,
}

impl Cloud {
    fn start(bench: &Bench, folder: &Path) -> Result<Self, String> {
        let mut command = Command::new(&bench.binaries.local);
        command
            .args(["--port", "0", "--data"])
            .arg(folder)
            // The user's settings would win over the cloud's own.
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("LOG_LEVEL", LOG)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| format!("cannot start {command:?}: {e}"))?;
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let (mut cloud, start) = (Self { child, address: nowhere(), lines }, Instant::now());
        let port = folder.join("port");
        loop {
            if let Some(port) = std::fs::read_to_string(&port).ok().and_then(|p| p.parse().ok()) {
                cloud.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
                if cloud.handler().is_ok() {
                    return Ok(cloud);
                }
            }
            if start.elapsed() > PATIENCE {
                return Err("the local cloud does not start".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn ask(&self, request: &[u8], status: u16) -> Result<Value, String> {
        ask(self.address, request, status)
    }

    /// The handler's process.
    fn handler(&self) -> Result<u32, String> {
        let status = self.ask(&get("/_local/status", None), 200)?;
        let pid = status["handler"]["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok());
        pid.ok_or_else(|| format!("the handler does not run: {}", status["handler"]))
    }

    fn token(&self, user: u32) -> Result<String, String> {
        let person = json!({"email": format!("user{user}@example.com")}).to_string();
        let reply = self.ask(&post("/_local/oidc/dev-token", None, &person), 200)?;
        let token = reply["access_token"].as_str();
        token.map(str::to_owned).ok_or_else(|| "there is no token in the answer".into())
    }

    /// One job of each owner of a token, at the steady rate. Ids, each with the token.
    fn create_all<'t>(&self, tokens: &'t [String]) -> Result<Vec<(String, &'t str)>, String> {
        let start = Instant::now();
        let subjects = ["a red fox in snow", "a lighthouse at dusk", "a blue dragon over a city"];
        let create = |n: u32, token: &'t String, subject: &str| {
            let due = Duration::from_secs(1) / JOBS_A_SECOND * n;
            std::thread::sleep(due.saturating_sub(start.elapsed()));
            let order = json!({"prompt": subject, "model": "flux-schnell", "seed": n}).to_string();
            let job = self.ask(&post("/api/v1/generations", Some(token), &order), 202)?;
            let id = job["id"].as_str().ok_or("the job has no id")?.to_owned();
            Ok((id, token.as_str()))
        };
        (0..).zip(tokens).zip(subjects.iter().cycle()).map(|((n, t), s)| create(n, t, s)).collect()
    }

    fn all_done(&self, jobs: &[(String, &str)]) -> Result<(), String> {
        let start = Instant::now();
        for (id, token) in jobs {
            loop {
                let job = self.ask(&get(&format!("/api/v1/generations/{id}"), Some(token)), 200)?;
                match job["status"].as_str() {
                    Some("succeeded") => break,
                    Some("failed" | "cancelled" | "blocked") => {
                        return Err(format!("job {id} did not succeed: {job}"));
                    }
                    _ if start.elapsed() > PATIENCE => {
                        return Err(format!("job {id} does not end: {job}"));
                    }
                    _ => std::thread::sleep(Duration::from_millis(250)),
                }
            }
        }
        progress(&format!(
            "  all {} done {:.1?} after the last was ordered",
            jobs.len(),
            start.elapsed()
        ));
        // The log comes through two pipes.
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    }

    /// By job, from the lines so far.
    fn times(&self) -> HashMap<String, Times> {
        let mut all: HashMap<String, Times> = HashMap::new();
        for line in self.lines.try_iter() {
            let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
            let span = &line["span"];
            let Some(id) = span["generation.id"].as_str() else { continue };
            let times = all.entry(id.to_owned()).or_default();
            let time = |field: &str| line[field].as_u64().map(Duration::from_micros);
            if let Some(took) = time("imaging_us") {
                times.imaging += took;
            }
            if let (Some(took), Some(name)) = (time("duration_us"), span["function.name"].as_str())
            {
                let sum = times.functions.entry(name.to_owned()).or_default();
                *sum = (sum.0 + 1, sum.1 + took);
            }
        }
        all
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // Gone already, or gone now; the handler goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn nowhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 9))
}

/// Medians on one core.
#[derive(Clone, Copy)]
struct Imaging {
    finish: Duration,
    for_moderation: Duration,
}

/// What the handler did with the pictures, once more and alone.
fn imaging_alone(data: &Path) -> Result<Imaging, String> {
    const PICTURES: usize = 12;
    let recipe = Recipe {
        prompt: Some("a red fox in snow".into()),
        model: "flux-schnell".into(),
        seed: 1,
        width: 1024,
        height: 1024,
        parent: None,
        generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAW".into(),
        index: 0,
        created_at: "2026-01-01T00:00:00Z".into(),
    };
    let (mut finishing, mut shrinking) = (Vec::new(), Vec::new());
    for path in pictures(&data.join("replicate")).into_iter().take(PICTURES) {
        let bytes = std::fs::read(&path).map_err(|e| format!("cannot read a picture: {e}"))?;
        let copy = bytes.clone();
        let start = Instant::now();
        for_moderation(copy).map_err(|e| e.to_string())?;
        shrinking.push(start.elapsed());
        let order =
            Order { bytes: &bytes, format: OutputFormat::Webp, watermark: true, recipe: &recipe };
        let start = Instant::now();
        let finished = finish(&order).map_err(|e| e.to_string())?;
        finishing.push(start.elapsed());
        if (finished.width, finished.height) != (1024, 1024) {
            return Err("the pictures are not 1024 × 1024".into());
        }
    }
    if finishing.is_empty() {
        return Err("the stand-in left no pictures".into());
    }
    Ok(Imaging { finish: median_and_p99(finishing).0, for_moderation: median_and_p99(shrinking).0 })
}

/// All files one folder down.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries(folder).flat_map(|job| entries(&job.path()).map(|file| file.path()));
    files.filter(|path| path.is_file()).collect()
}
