//! What runs the product in Azure, as far as it can be held against the code without Azure: the templates, the
//! workflows, the scripts and the operators' documents.

mod agreement;
mod bicep;
mod delivery;
mod lint;
mod rules;
mod scripts;
mod watching;

use std::path::{Path, PathBuf};

use self::bicep::Template;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn infra(name: &str) -> PathBuf {
    root().join("infra").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// `main.bicep`, then its modules by name.
fn templates() -> Vec<Template> {
    let folder = std::fs::read_dir(infra("modules")).expect("it is checked in");
    let mut modules: Vec<_> = folder.map(|entry| entry.expect("it can be read").path()).collect();
    modules.sort();
    std::iter::once(infra("main.bicep")).chain(modules).map(|path| Template::read(&path)).collect()
}
