//! Staging: the Functions host finds `host.json`, the binary and each `<name>/function.json` one level deep in one
//! folder, and nowhere else.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::functions::all;

/// What `host.json` calls the binary.
const HANDLER: &str = "handler";
const HOST_JSON: &str = include_str!("../../host.json");
/// Whose owner runs it, and who else may.
const RUNS: u32 = 0o755;
const READS: u32 = 0o644;

/// A version of the GNU C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Glibc(u32, u32);

pub(super) fn package(
    out: &Path,
    zip: Option<&Path>,
    handler: Option<&Path>,
    most: Option<Glibc>,
) -> Result<(), String> {
    let staging = |error| format!("cannot stage the package in {}: {error}", out.display());
    stage(out, handler).map_err(staging)?;
    if let Some(most) = most {
        let binary = fs::read(out.join(HANDLER)).map_err(staging)?;
        match needed(&binary) {
            Some(needed) if needed > most => {
                return Err(format!("the binary needs glibc {needed}, and {most} is the most"));
            }
            Some(_) | None => {}
        }
    }
    let Some(zip) = zip else { return Ok(()) };
    pack(out, zip).map_err(|error| format!("cannot pack {}: {error}", zip.display()))
}

fn stage(out: &Path, handler: Option<&Path>) -> io::Result<()> {
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
    match handler {
        Some(file) => fs::copy(file, &fresh)?,
        None => fs::copy(std::env::current_exe()?, &fresh)?,
    };
    fs::rename(fresh, out.join(HANDLER))
}

/// Only what was staged, in the order of names, without times: so the same package is the same bytes.
fn pack(folder: &Path, file: &Path) -> io::Result<()> {
    let mut names: Vec<_> =
        all().iter().map(|function| format!("{}/function.json", function.name)).collect();
    names.extend(["host.json".to_owned(), HANDLER.to_owned()]);
    names.sort();
    // Another run's half-written file must not look like a package.
    let fresh = file.with_extension("new");
    let mut zip = ZipWriter::new(io::BufWriter::new(fs::File::create(&fresh)?));
    for name in names {
        // The run bit is all that unzipping keeps of who may what; without it the host cannot start the handler.
        let mode = if name == HANDLER { RUNS } else { READS };
        zip.start_file(&name, SimpleFileOptions::DEFAULT.unix_permissions(mode))?;
        io::copy(&mut fs::File::open(folder.join(&name))?, &mut zip)?;
    }
    zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(fresh, file)
}

/// The newest version of glibc that a binary asks for, read off the names of versions in it; `None` when it asks for
/// none.
fn needed(binary: &[u8]) -> Option<Glibc> {
    const MARK: &[u8] = b"GLIBC_";
    let marks = binary.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let versions = marks.filter_map(|(at, _)| {
        let text = &binary[at + MARK.len()..];
        let end = text.iter().position(|b| !b.is_ascii_digit() && *b != b'.')?;
        std::str::from_utf8(&text[..end]).ok()?.parse().ok()
    });
    versions.max()
}

impl FromStr for Glibc {
    type Err = &'static str;
    /// Two numbers; a third says nothing here.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.').map(str::parse);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self(major, minor)),
            _ => Err("write it like 2.31"),
        }
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_that_is_asked_for_counts() {
        let binary = b"\0GLIBC_2.2.5\0GLIBC_2.31\0GLIBC_2.9\0GLIBC_PRIVATE\0GLIBC_";
        assert_eq!(needed(binary), Some(Glibc(2, 31)));
        assert_eq!(needed(b"static"), None);
        assert!(Glibc(2, 9) < Glibc(2, 31) && "2.31".parse() == Ok(Glibc(2, 31)));
    }
}
