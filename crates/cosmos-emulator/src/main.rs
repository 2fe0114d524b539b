//! `cosmos-emulator`: an account in memory, on one port of this machine, until it is ended.

use std::net::Ipv4Addr;
use std::process::ExitCode;

use clap::Parser;
use imagegen_cosmos_emulator::{Emulator, Throttling};
use tokio::net::TcpListener;

/// Microsoft's in-memory emulator of Cosmos DB, over HTTP on this machine. All is lost when it ends.
#[derive(Debug, Parser)]
#[command(name = "cosmos-emulator", version)]
struct Arguments {
    /// Where to listen, on loopback only; 0 takes a free port.
    #[arg(long, default_value_t = 8081)]
    port: u16,
    /// Answer 429 when more is asked than the container's throughput.
    #[arg(long)]
    throttle: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cosmos-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "whoever starts it reads there how to reach it")]
async fn run(arguments: &Arguments) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let throttling = if arguments.throttle { Throttling::On } else { Throttling::Off };
    let emulator = Emulator::new(listener.local_addr()?, throttling);
    println!("{}", emulator.connection_string());
    tokio::select! {
        served = emulator.serve(listener) => served.map(|never| match never {}),
        signal = tokio::signal::ctrl_c() => signal,
    }
}
