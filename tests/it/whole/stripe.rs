//! The payment service's stand-in, called by a client that others made.

use std::path::Path;

use serde_json::{Value, json};
use tokio::process::Command;

use super::local::{Local, command};
use crate::folder::Folder;

#[tokio::test]
async fn the_vendors_client_sells_changes_and_ends_a_subscription() {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    assert!(
        peers.join("node_modules/stripe").is_dir(),
        "the client is missing: run `make test`, which installs it first"
    );
    let folder = Folder::new();
    let _local = Local::start(&folder);
    // `with` gives it the settings that the handler has.
    let program = command(&folder.join("data"), 0).get_program().to_owned();
    let node = Command::new(program)
        .args(["with", "--data"])
        .arg(folder.join("data"))
        .args(["--", "node"])
        .arg(peers.join("stripe.mjs"))
        .kill_on_drop(true)
        .output()
        .await
        .expect("Node.js is installed");
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let told: Value = serde_json::from_slice(&node.stdout).expect("the line is JSON");
    assert_eq!((&told["graces"], &told["bad"]), (&json!(6), &json!([])), "{told}");
}
