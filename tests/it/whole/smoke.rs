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

/// The page as a place has it: it calls the API under another name than its own.
#[test]
fn a_page_that_knows_its_api_passes_and_one_that_was_not_placed_does_not() {
    let folder = Folder::new();
    let port = free_port();
    let (url, origin) = (format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}"));
    let (built, placed) = (folder.join("built"), folder.join("placed"));
    std::fs::create_dir(&built).expect("the folder is ours");
    let frontend = Path::new(env!("CARGO_MANIFEST_DIR")).join("frontend");
    for name in ["config.json", "staticwebapp.config.json"] {
        std::fs::copy(frontend.join("public").join(name), built.join(name)).expect("both are ours");
    }
    for name in ["index.html", "404.html"] {
        std::fs::write(built.join(name), "<!doctype html>").expect("the folder is ours");
    }
    let mut place = Command::new("node");
    place.arg(frontend.join("scripts/place.mjs")).args([&built, &placed]);
    place.envs([("API_URL", &url), ("PICTURES_URL", &url), ("REALTIME_URL", &url)]);
    place.env("SIGN_IN_AUTHORITY", "https://contoso.ciamlogin.com/1-2-3");
    place.envs([("SIGN_IN_CLIENT_ID", "page"), ("SIGN_IN_SCOPES", "api://x/access_as_user")]);
    assert!(place.status().expect("Node.js is needed").success());

    let local = Local::start_page(&folder, port, &placed, &origin);
    let output = smoke(&[&url, "", &origin]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 10, "{said}");
    drop(local);

    let _local = Local::start_page(&folder, port, &built, &origin);
    let output = smoke(&[&url, "", &origin]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("FAIL  the page knows its API"), "{said}");
}

/// Free a moment ago; the page's origin has to be known before the start.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
    listener.local_addr().expect("it is bound").port()
}

#[test]
fn nobody_there_is_a_failure() {
    // Nothing listens on port 9 of the loopback interface.
    let output = smoke(&["http://127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(1));
}
