//! `imagegen`: the custom handler, and the tools that go with it.

use std::process::ExitCode;

use clap::Parser as _;
use imagegen::commands::{Arguments, run};

/// A request makes hundreds of small allocations on several threads, which the C library's allocator is slow at
/// (docs/benchmarks.md has the figures of both).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::print_stderr, reason = "a failure to start is for whoever started it")]
fn main() -> ExitCode {
    match run(Arguments::parse(), |name| std::env::var(name).ok()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("imagegen: {sentence}");
            ExitCode::FAILURE
        }
    }
}
