//! The smoke test of a deployment, against what runs here.

use std::path::Path;
use std::process::{Command, Output};

use super::local::Local;
use crate::folder::Folder;

fn smoke(arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("infra/scripts/smoke.sh");
    let mut command = Command::new("bash");
    command.arg(script).args(arguments).env("TRIES", "1").env("NO_PROXY", "127.0.0.1");
    command.output().expect("bash and curl are needed")
}

#[test]
fn a_deployment_that_works_passes_and_another_version_does_not() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    let url = local.url("");
    let output = smoke(&[&url, env!("CARGO_PKG_VERSION")]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 7, "{said}");

    let output = smoke(&[&url, "99.0.0"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("FAIL  it is version 99.0.0"), "{said}");
}

#[test]
fn nobody_there_is_a_failure() {
    // Nothing listens on port 9 of the loopback interface.
    let output = smoke(&["http://127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(1));
}
