//! `imagegen-simulation`: many runs, or one of them line by line.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use imagegen_simulation::{Counts, Fault, Level, Recording, Report, run};

/// Runs the core under seeded faults and checks that credits add up. Exit code 1: an invariant is broken.
#[derive(Parser)]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run this one seed and print what happens.
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, value_enum, default_value = "all")]
    faults: Level,
    /// Runs at the same time.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// Over all runs.
#[derive(Default)]
struct Sum {
    runs: u64,
    counts: Counts,
    faults: BTreeMap<Fault, u64>,
    dead_letters: u64,
    broken: Vec<(u64, Vec<String>)>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(seed) = arguments.seed {
        tracing_subscriber::fmt().without_time().with_ansi(false).init();
        let mut sum = Sum::default();
        sum.add(run(seed, arguments.faults, Recording::Printed));
        return sum.print(None);
    }
    let start = Instant::now();
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.seeds;
    let sum = Mutex::new(Sum::default());
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let report = run(seed, arguments.faults, Recording::Off);
                    sum.lock().expect("no run panics").add(report);
                }
            });
        }
    });
    let mut sum = sum.into_inner().expect("no run panics");
    sum.broken.sort();
    sum.print(Some(start))
}

impl Sum {
    fn add(&mut self, report: Report) {
        self.runs += 1;
        self.dead_letters += report.dead_letters;
        for (fault, count) in report.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        let (sum, one) = (&mut self.counts, report.counts);
        sum.jobs += one.jobs;
        sum.succeeded += one.succeeded;
        sum.delivered += one.delivered;
        sum.stray_blobs += one.stray_blobs;
        sum.drawn_for_nobody += one.drawn_for_nobody;
        sum.payments += one.payments;
        sum.refunds += one.refunds;
        sum.disputes += one.disputes;
        sum.undone += one.undone;
        if !report.broken.is_empty() {
            self.broken.push((report.seed, report.broken));
        }
    }

    fn print(&self, start: Option<Instant>) -> ExitCode {
        for (seed, broken) in &self.broken {
            println!("seed {seed}: {} broken", broken.len());
            broken.iter().take(5).for_each(|what| println!("    {what}"));
        }
        let Counts { jobs, succeeded, delivered, .. } = self.counts;
        let Counts { stray_blobs, drawn_for_nobody, .. } = self.counts;
        let Counts { payments, refunds, disputes, undone, .. } = self.counts;
        print!("{} runs", self.runs);
        if let Some(start) = start {
            let seconds = start.elapsed().as_secs_f64();
            let runs = f64::from(u32::try_from(self.runs).unwrap_or(u32::MAX));
            print!(" in {seconds:.1} s, {:.0} a second", runs / seconds);
        }
        println!(": {jobs} jobs, {succeeded} succeeded, {delivered} images delivered");
        for fault in Fault::ALL {
            println!("{:>10} {}", self.faults.get(&fault).unwrap_or(&0), fault.as_str());
        }
        println!("{:>10} dead letters, all replayed", self.dead_letters);
        println!(
            "{payments:>10} payments, {refunds} refunds, {disputes} disputes, {undone} undone"
        );
        println!("{stray_blobs:>10} stray blobs");
        println!("{drawn_for_nobody:>10} pictures drawn for nobody");
        println!("{:>10} runs with a broken invariant", self.broken.len());
        if self.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
