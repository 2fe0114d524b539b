//! Staging: the Functions host finds `host.json`, the binary and each `<name>/function.json` one level deep in one
//! folder, and nowhere else.

use std::fs;
use std::io;
use std::path::Path;

use crate::functions::all;

/// What `host.json` calls the binary.
const HANDLER: &str = "handler";
const HOST_JSON: &str = include_str!("../../host.json");

pub(super) fn package(out: &Path) -> Result<(), String> {
    stage(out).map_err(|error| format!("cannot stage the package in {}: {error}", out.display()))
}

fn stage(out: &Path) -> io::Result<()> {
    fs::create_dir_all(out)?;
    for entry in fs::read_dir(out)? {
        // Only what an earlier run made: a folder with a function.json in it.
        let path = entry?.path();
        if path.join("function.json").is_file() {
            fs::remove_dir_all(path)?;
        }
    }
    fs::write(out.join("host.json"), HOST_JSON)?;
    for function in all() {
        let folder = out.join(function.name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("function.json"), function.function_json())?;
    }
    // A running handler keeps its file: the new one gets the name.
    let fresh = out.join(format!(".{HANDLER}.new"));
    fs::copy(std::env::current_exe()?, &fresh)?;
    fs::rename(fresh, out.join(HANDLER))
}
