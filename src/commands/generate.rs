//! Files made from the code: checked in, so that a change shows in review, and held by a test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config;
use crate::functions::router::public_path;
use crate::functions::spec::{Access, Function, Trigger};
use crate::functions::{all, openapi};

/// Path in the checkout → exact text.
pub type Generated = BTreeMap<PathBuf, String>;

/// Every generated file.
pub fn generated() -> Generated {
    let functions = all();
    let mut files: Generated = functions
        .iter()
        .map(|f| (Path::new("functions").join(f.name).join("function.json"), f.function_json()))
        .collect();
    files.insert("openapi.json".into(), openapi_text());
    files.insert("local.settings.json.example".into(), config::example_file());
    files.insert("docs/settings.md".into(), config::reference());
    files.insert("docs/functions.md".into(), reference(&functions));
    files
}

/// The table for people.
fn reference(functions: &[Function]) -> String {
    let mut text = "# Functions\n\nGenerated from `src/functions/mod.rs` by `make generate`. One name is everywhere the \
        same: row, folder, Rust function,\nfile, `operationId` and log span. Times are UTC.\n\n\
        | function | called by | what it does |\n|---|---|---|\n"
        .to_owned();
    for function in functions {
        let called_by = match &function.trigger {
            Trigger::Http { method, route, access } => {
                let who = match access {
                    Access::User => "",
                    Access::Signature => ", by a provider",
                    Access::Open => ", by anyone",
                };
                format!("`{method} {}`{who}", public_path(route))
            }
            Trigger::Queue { queue, .. } => format!("queue `{}`", queue.as_str()),
            Trigger::Timer { schedule } => format!("timer `{schedule}`"),
        };
        let (name, summary) = (function.name, function.doc.summary);
        writeln!(text, "| `{name}` | {called_by} | {summary} |")
            .expect("a String takes everything");
    }
    text
}

fn openapi_text() -> String {
    let document = openapi::document(&all());
    let mut text = serde_json::to_string_pretty(&document).expect("plain JSON");
    text.push('\n');
    text
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn print_openapi() {
    print!("{}", openapi_text());
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn generate(root: &Path, check: bool) -> Result<(), String> {
    let stale = stale(root);
    if check {
        return if stale.is_empty() {
            Ok(())
        } else {
            Err(format!("out of date: {}; run `make generate`", stale.join(", ")))
        };
    }
    let failed =
        |path: &Path, error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let folder = root.join("functions");
    if folder.exists() {
        // A function that left the table leaves the disk.
        fs::remove_dir_all(&folder).map_err(|e| failed(&folder, e))?;
    }
    for (path, text) in generated() {
        let path = root.join(path);
        let parent = path.parent().expect("every generated file lies in the checkout");
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, text))
            .map_err(|e| failed(&path, e))?;
    }
    if stale.is_empty() {
        println!("Everything was up to date.");
    } else {
        println!("Brought up to date: {}", stale.join(", "));
    }
    Ok(())
}

/// What differs from the code, or has no place in it any more.
fn stale(root: &Path) -> Vec<String> {
    let wanted = generated();
    let differs = |(path, text): (&PathBuf, &String)| {
        let found = fs::read_to_string(root.join(path)).unwrap_or_default();
        (found != *text).then(|| path.display().to_string())
    };
    let mut stale: Vec<_> = wanted.iter().filter_map(differs).collect();
    let folders = fs::read_dir(root.join("functions")).into_iter().flatten().flatten();
    for folder in folders {
        let path = Path::new("functions").join(folder.file_name()).join("function.json");
        if !wanted.contains_key(&path) {
            stale.push(path.display().to_string());
        }
    }
    stale
}
