//! The rings and what holds them apart, read from the manifests.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Package, its folder, and the packages of ours that it may use.
const ALLOWED: [(&str, &str, &[&str]); 8] = [
    ("imagegen", ".", &["imagegen-adapters", "imagegen-core"]),
    ("imagegen-core", "crates/core", &[]),
    ("imagegen-adapters", "crates/adapters", &["imagegen-core"]),
    ("imagegen-cosmos-emulator", "crates/cosmos-emulator", &[]),
    ("imagegen-simulation", "crates/simulation", &["imagegen", "imagegen-core"]),
    ("imagegen-local", "local", &["imagegen-painter"]),
    ("imagegen-painter", "local/painter", &[]),
    ("imagegen-bench", "benches", &["imagegen-adapters", "imagegen-core", "imagegen-painter"]),
];

/// What does I/O, or knows a vendor: not for the core.
const NOT_IN_CORE: [&str; 9] =
    ["http", "hyper", "image", "jsonwebtoken", "reqwest", "rusqlite", "tokio", "warp", "webp"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn manifest(folder: &str) -> String {
    std::fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("it is checked in")
}

/// The names under `[dependencies]`: what the package itself stands on, its tests aside.
fn dependencies(manifest: &str) -> BTreeSet<&str> {
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (name, _) = line.split_once('=')?;
        Some(name.trim().trim_end_matches(".workspace"))
    });
    names.collect()
}

#[test]
fn each_ring_uses_only_what_lies_inside_it() {
    for (package, folder, allowed) in ALLOWED {
        let manifest = manifest(folder);
        let used = dependencies(&manifest);
        assert!(!used.is_empty() || allowed.is_empty(), "{folder}/Cargo.toml is not understood");
        for name in used.iter().filter(|name| name.starts_with("imagegen")) {
            assert!(
                allowed.contains(name),
                "`{package}` may not use `{name}`: ARCHITECTURE.md has the rings"
            );
        }
    }
}

#[test]
fn the_core_does_no_input_or_output() {
    let manifest = manifest("crates/core");
    let used = dependencies(&manifest);
    assert!(used.contains("serde"), "the manifest is not understood: {used:?}");
    for name in NOT_IN_CORE {
        assert!(!used.contains(name), "`imagegen-core` may not use `{name}`");
    }
}

#[test]
fn every_member_of_the_workspace_has_its_place_in_the_rings() {
    let manifest = manifest(".");
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = "));
    let members: Vec<String> =
        serde_json::from_str(members.expect("a list")).expect("JSON by luck and by habit");
    for member in members {
        assert!(
            ALLOWED.iter().any(|(_, folder, _)| *folder == member),
            "add `{member}` to ALLOWED"
        );
    }
}

/// `make run` builds without the tests' dependencies, `make test` with them. Where they would give a crate other
/// features it is built twice, with everything above it: minutes, on every machine.
#[test]
fn tests_build_no_crate_with_other_features() {
    let tree = |edges: &str| tree(&["--workspace", "--format", "{p} [{f}]", "--edges", edges]);
    let (without, with) = (tree("normal,build"), tree("normal,build,dev"));
    let rebuilt: Vec<_> = without.difference(&with).collect();
    assert!(rebuilt.is_empty(), "name their features of the tests in a manifest: {rebuilt:?}");
}

/// What is deployed is built alone. With the whole workspace the features of all members are unified, and Microsoft's
/// emulator of Cosmos DB would be in the handler.
#[test]
fn no_emulator_is_in_what_is_deployed() {
    const FEATURE: &str = "__internal_in_memory_emulator";
    let features = |package: &str| {
        tree(&["--package", package, "--edges", "normal,build,features", "--format", "{p} [{f}]"])
    };
    let has = |package: &str| features(package).iter().any(|line| line.contains(FEATURE));
    assert!(has("imagegen-cosmos-emulator"), "the feature has another name by now");
    assert!(!has("imagegen"), "the emulator of Cosmos DB would be deployed");
    let uses = |name: &str| features("imagegen").iter().any(|line| line.starts_with(name));
    assert!(uses("azure_data_cosmos_driver ") && !uses("imagegen-cosmos-emulator "));
}

/// The lines of `cargo tree`, each once.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--offline", "--locked", "--prefix", "none"]).args(arguments);
    let output = command.current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names are text");
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)").to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}
