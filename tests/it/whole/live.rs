//! Live updates, followed by a client that others made.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::local::Local;
use crate::folder::Folder;

#[tokio::test]
async fn the_vendors_client_follows_a_job_live_through_a_dropped_connection() {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    assert!(
        peers.join("node_modules/@azure/web-pubsub-client").is_dir(),
        "the client is missing: run `make test`, which installs it first"
    );
    let folder = Folder::new();
    let local = Local::start(&folder);
    // `slow:` works for 20 seconds at speed 1.
    local.order(&json!({ "replicate": { "speed": 4.0, "canvas": 128 } })).await;
    let ada = local.sign_in("ada").await;

    let mut node = Command::new("node")
        .arg(peers.join("follow.mjs"))
        .args([&local.url(""), &ada, "slow: a tortoise"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("Node.js is installed");
    let mut lines = BufReader::new(node.stdout.take().expect("it is piped")).lines();
    let (mut seen, mut cut, mut ended) = (Vec::new(), false, Value::Null);
    while let Some(line) = lines.next_line().await.expect("it writes lines") {
        let mut line: Value = serde_json::from_str(&line).expect("the lines are JSON");
        if line["ended"].is_object() {
            ended = line["ended"].take();
            continue;
        }
        if line["seen"]["status"] == "running" && !cut {
            let (_, answer) = local.post("", "/_local/webpubsub/_cut", &Value::Null).await;
            assert_eq!(answer["cut"], 1, "{answer}");
            cut = true;
        }
        seen.push(line["seen"].take());
    }
    assert!(node.wait().await.expect("it ends").success(), "{seen:#?}");
    assert!(cut, "the job was never seen running: {seen:#?}");

    // Every event once and in order, up to the last there is.
    let numbers: Vec<_> = seen.iter().filter_map(|event| event["seq"].as_u64()).collect();
    let (_, events) = local.get(&ada, "/api/v1/events").await;
    let last = events["last_seq"].as_u64().expect("a number");
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "{ended}");
    assert_eq!(seen.last().expect("it saw something")["status"], "succeeded", "{seen:#?}");
    assert_eq!(ended["job"]["status"], "succeeded", "{ended}");
    // The client recovers its connection by itself, so nothing had to be asked for.
    assert_eq!((&ended["live"], &ended["filled"]), (&json!(last), &json!(0)), "{ended}");
}

#[tokio::test]
async fn a_socket_that_is_cut_a_hundred_times_during_a_job_loses_and_repeats_nothing() {
    const CUTS: u64 = 100;
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.order(&json!({ "replicate": { "speed": 1.5, "canvas": 64 } })).await;
    let ada = local.sign_in("ada").await;
    local.put_on_plan(&ada, "premium").await;
    let output = Command::new("node")
        .arg(peers.join("drops.mjs"))
        .args([&local.url(""), &ada, &CUTS.to_string()])
        .kill_on_drop(true)
        .output()
        .await
        .expect("Node.js is installed");
    assert!(output.status.success(), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let number = |name: &str| told[name].as_u64().expect("a number");
    assert!(number("cuts") >= CUTS, "{told}");
    // Both ways back were gone.
    assert!(number("recovered") > CUTS / 4 && number("fresh") > CUTS / 4, "{told}");
    // Every event once and in order, up to the end of the job at the least.
    let seqs = told["seqs"].as_array().expect("a list").clone();
    let last = seqs.len();
    assert_eq!(seqs, (1..=last).map(|n| json!(n)).collect::<Vec<_>>());
    assert!(last > 100, "too little happened: {told}");
    assert_eq!(told["job"]["status"], "succeeded", "{told}");
}
