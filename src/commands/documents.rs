//! The store that the other commands read, and what must be there before anything is kept in it.

use std::path::Path;

use imagegen_adapters::cosmos::setup::{Step, set_up};
use imagegen_adapters::store::{Address, Store};

use super::StoreArguments;
use super::ledger::{explain, runtime};
use crate::app::Ground;

/// A store that is there. A file is not made by looking for it.
pub(super) fn open(
    store: &StoreArguments,
    setting: &impl Fn(&str) -> Option<String>,
) -> Result<Store, String> {
    let address = address(store, setting)?;
    if let Address::Sqlite(path) = &address
        && !Path::new(path).exists()
    {
        return Err(format!("there is no store at {path}"));
    }
    address.open(&store.database).map_err(|e| explain(&e))
}

/// Prints a line for each thing as soon as it is done, so that what was done is known when the next thing fails.
pub(super) fn setup(
    store: &StoreArguments,
    setting: &impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let account = match address(store, setting)? {
        Address::Cosmos(account) => account,
        Address::Sqlite(_) => {
            return Err("a file needs no setup: --documents is to name a Cosmos DB account".into());
        }
    };
    let http = Ground::new(setting).http;
    let run = async { set_up(&account, &store.database, &http, &mut print).await };
    runtime()?.block_on(run).map_err(|e| explain(&e))
}

fn address(
    store: &StoreArguments,
    setting: &impl Fn(&str) -> Option<String>,
) -> Result<Address, String> {
    let identity = || Ground::new(setting).tokens as _;
    Address::parse(&store.documents, identity).map_err(|e| format!("--documents is wrong: {e}"))
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
fn print(step: &Step) {
    println!("{}: {}", step.what, step.done.as_str());
}
