//! `imagegen`: the custom handler, and the tools that go with it.

use std::process::ExitCode;

use clap::Parser as _;
use imagegen::commands::{Arguments, run};

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
