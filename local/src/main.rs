//! `imagegen-local`: the whole product on one machine.

mod cloud;
mod console;
mod demo;
mod front;
mod ground;
mod guid;
mod host;
mod timespan;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Serves the handler and everything it needs on one port of this machine.
#[derive(Parser)]
#[command(
    name = "imagegen-local",
    version,
    args_conflicts_with_subcommands = true,
    args_override_self = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Subcommand)]
enum Command {
    /// Serve; the same as no command.
    Run(Run),
    /// Run a command with the settings that the handler has, such as `imagegen safety evaluate`.
    With(With),
    /// Draw one picture with the local cloud that is running.
    Demo(demo::Demo),
}

#[derive(Args)]
struct With {
    /// The data folder of the local cloud that is running.
    #[arg(long, value_name = "DIR", default_value = ".local")]
    data: PathBuf,
    /// The command and its arguments, after `--`.
    #[arg(last = true, required = true)]
    command: Vec<std::ffi::OsString>,
}

#[derive(Args)]
struct Run {
    /// Where to listen, on loopback only; 0 takes a free port and writes it to `<data>/port`.
    #[arg(long, default_value_t = 7071)]
    port: u16,
    /// Where everything is kept; made when it is missing.
    #[arg(long, value_name = "DIR", default_value = ".local")]
    data: PathBuf,
    /// The staged package to serve; without it, the handler stages one.
    #[arg(long, value_name = "DIR")]
    package: Option<PathBuf>,
    /// The handler's binary; the default is the package's own, or the `imagegen` beside this program.
    #[arg(long, value_name = "FILE")]
    handler: Option<PathBuf>,
    /// How many failures of the handler within half an hour end the host.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    restart_limit: u32,
    /// Give the handler a managed identity in place of the keys of Azure's services.
    #[arg(long)]
    keyless: bool,
    /// An origin that browsers may call from; may be given several times.
    #[arg(long, value_name = "ORIGIN")]
    cors: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Some(Command::With(with)) => host::with_settings(&with.data, &with.command),
        Some(Command::Demo(demo)) => draw(&demo),
        Some(Command::Run(run)) => serve(run),
        None => serve(arguments.run),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("imagegen-local: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn draw(demo: &demo::Demo) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("cannot start: {e}"))?;
    runtime.block_on(demo::run(demo))
}

fn serve(run: Run) -> Result<(), String> {
    let Run { port, data, package, handler, restart_limit, keyless, cors } = run;
    // Relative to our working directory, which is not the handler's.
    let handler = handler
        .map(std::path::absolute)
        .transpose()
        .map_err(|e| format!("cannot find --handler: {e}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("cannot start threads: {e}"))?;
    let outcome = runtime.block_on(host::run(host::Options {
        port,
        data,
        package,
        handler,
        restart_limit,
        keyless,
        cors,
    }));
    // Calls still under way are dropped; what they had is given back at the next start.
    runtime.shutdown_background();
    outcome
}
