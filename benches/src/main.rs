//! `make bench`: N1 to N5 and N7 to N9 of `docs/benchmarks.md`, measured on the release binaries that lie beside this
//! one.
//!
//! Each figure of ours stands beside the same figure of a peer (bare warp, sharp, Pillow), taken in the same run: machines differ, and this
//! one may be busy; the ratio says more than the number.

mod accept;
mod clients;
mod issuer;
mod library;
mod load;
mod machine;
mod me;
mod memory;
mod own_time;
mod pictures;
mod process;
mod resets;
mod seed;
mod stand_ins;
mod start;
mod store;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use self::machine::Machine;
use self::process::Binaries;
use self::seed::Seed;
use self::stand_ins::StandIns;
use self::table::Row;

/// Measures the handler and prints a table: value, goal, met or not, and bare warp of the same run.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    errand: Option<Errand>,
    /// Shorter runs: for trying things out, not for the record.
    #[arg(long)]
    quick: bool,
    /// Only these, separated by commas.
    #[arg(long, value_delimiter = ',', value_enum, ignore_case = true)]
    only: Vec<Number>,
    /// Print the table as docs/benchmarks.md has it.
    #[arg(long)]
    markdown: bool,
    /// Where the stores of the run are kept until it ends: a folder on the disk that is to be measured. The default
    /// lies beside the binaries.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Another handler than the one beside this program, such as the package's.
    #[arg(long, value_name = "FILE")]
    handler: Option<PathBuf>,
}

/// What is no measurement.
#[derive(Debug, Subcommand)]
enum Errand {
    Seed(Seed),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Number {
    N1,
    N2,
    N3,
    N4,
    N5,
    N7,
    N8,
    N9,
}

/// What every measurement is given.
struct Bench {
    binaries: Binaries,
    stand_ins: StandIns,
    folder: PathBuf,
    quick: bool,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is what the program is for")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Errand::Seed(seed)) = &arguments.errand {
        return match seed.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                eprintln!("imagegen-bench: {sentence}");
                ExitCode::FAILURE
            }
        };
    }
    let markdown = arguments.markdown;
    match run(arguments) {
        Ok((machine, rows, failed)) => {
            println!("{}", table::render(&machine, &rows, markdown));
            if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(sentence) => {
            eprintln!("imagegen-bench: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The rows that could be measured, and how many measurements failed: one that fails does not take the others along.
fn run(arguments: Arguments) -> Result<(Machine, Vec<Row>, usize), String> {
    let binaries = Binaries::beside_us(arguments.handler.as_deref())?;
    // Before we make it busy ourselves.
    let machine = Machine::look(&binaries);
    let parent = arguments.folder.unwrap_or_else(|| binaries.folder.clone());
    let folder = parent.join(format!("imagegen-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)
        .map_err(|e| format!("cannot write {}: {e}", folder.display()))?;
    let _removed = Removed(&folder);
    let bench = Bench {
        binaries,
        stand_ins: StandIns::start()?,
        folder: folder.clone(),
        quick: arguments.quick,
    };
    let wanted = |number| arguments.only.is_empty() || arguments.only.contains(&number);
    let (mut rows, mut failed) = (Vec::new(), 0);
    for (number, measure) in [
        (Number::N1, start::measure as fn(&Bench) -> Result<Vec<Row>, String>),
        (Number::N2, memory::measure),
        (Number::N3, me::measure),
        (Number::N4, accept::measure),
        (Number::N5, own_time::measure),
        (Number::N7, pictures::measure),
        (Number::N8, resets::measure),
        (Number::N9, library::measure),
    ] {
        if wanted(number) {
            progress(&format!("{number:?} …"));
            match measure(&bench) {
                Ok(measured) => rows.extend(measured),
                Err(sentence) => {
                    progress(&format!("{number:?} could not be measured: {sentence}"));
                    failed += 1;
                }
            }
        }
    }
    Ok((machine, rows, failed))
}

/// A line for whoever waits; the table is for standard output.
#[expect(clippy::print_stderr, reason = "see above")]
fn progress(line: &str) {
    eprintln!("{line}");
}

impl Bench {
    /// One of two, by how long the run may take.
    fn pick<T>(&self, quick: T, whole: T) -> T {
        if self.quick { quick } else { whole }
    }
}

/// Removes the folder when the run ends, however it ends.
struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        // It is only rubbish that stays.
        let _ = std::fs::remove_dir_all(self.0);
    }
}
