//! The whole product with its documents in Cosmos DB: Microsoft's emulator, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::local::{HANDLER, Local, without_settings};
use crate::folder::Folder;

/// A running `cosmos-emulator`; killed when dropped, and with it all that it has.
struct Cosmos {
    child: Child,
    connection_string: String,
    client: reqwest::Client,
}

impl Cosmos {
    /// With our containers.
    fn start() -> Self {
        let program = Path::new(HANDLER).with_file_name("cosmos-emulator");
        assert!(program.is_file(), "run `make test`, which builds everything first");
        let mut child = Command::new(program)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it was built");
        let mut connection_string = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        output.read_line(&mut connection_string).expect("it says where it is");
        let connection_string = connection_string.trim().to_owned();
        let client = reqwest::Client::builder().no_proxy().build().expect("nothing can fail");
        let cosmos = Self { child, connection_string, client };
        let made = cosmos.handler_says(&["documents", "setup"]);
        assert_eq!(made, "the database `imagegen`: made\nthe container `documents`: made\n");
        let again = cosmos.handler_says(&["documents", "setup"]);
        let there = "the database `imagegen`: is there\nthe container `documents`: is there\n";
        assert_eq!(again, there);
        cosmos
    }

    /// What a command of the handler prints about this account.
    fn handler_says(&self, arguments: &[&str]) -> String {
        let output = without_settings(Path::new(HANDLER))
            .args(arguments)
            .env("IMAGEGEN_DOCUMENTS", &self.connection_string)
            .output()
            .expect("it was built for this test");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("sentences are text")
    }

    /// Answers 503 to so many requests from now on.
    async fn is_away(&self, times: u32) {
        let fault =
            json!({ "on": "everything", "what": { "answer": { "status": 503 } }, "times": times });
        let told = self.client.post(self.faults()).body(fault.to_string()).send().await;
        assert_eq!(told.expect("it answers").status(), 204);
    }

    async fn is_back(&self) {
        let told = self.client.delete(self.faults()).send().await;
        assert_eq!(told.expect("it answers").status(), 204);
    }

    fn faults(&self) -> String {
        let endpoint = self.connection_string.split(';').next().expect("a part");
        let endpoint = endpoint.strip_prefix("AccountEndpoint=").expect("the endpoint is first");
        format!("{endpoint}_faults")
    }
}

impl Drop for Cosmos {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn jobs_go_through_on_cosmos_db_also_while_it_is_away_for_a_moment() {
    let cosmos = Cosmos::start();
    let folder = Folder::new();
    let settings = [("IMAGEGEN_DOCUMENTS", cosmos.connection_string.as_str())];
    let local = Local::start_with(&folder, 0, &settings);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    let (status, first) = local.order_picture(&ada, "a fox", "key-0").await;
    assert_eq!(status, 202, "{first}");
    assert_eq!(local.ended(&ada, &first["id"]).await["status"], "succeeded");

    cosmos.is_away(u32::MAX).await;
    let (status, problem) = local.order_picture(&ada, "a fox", "key-1").await;
    assert_eq!((status, &problem["status"]), (503, &json!(503)), "{problem}");
    let (status, _) = local.get(&ada, "/api/v1/me").await;
    assert_eq!(status, 503);
    cosmos.is_back().await;
    let (status, second) = local.order_picture(&ada, "a fox", "key-1").await;
    assert_eq!(status, 202, "it is back at once: {second}");

    let mut jobs = vec![second];
    for n in 2..6 {
        let (status, job) = local.order_picture(&ada, "a fox", &format!("key-{n}")).await;
        assert_eq!(status, 202, "{job}");
        jobs.push(job);
    }
    // In the middle of them, for as many requests as some of their messages make.
    cosmos.is_away(24).await;
    for job in &jobs {
        let job: Value = local.ended(&ada, &job["id"]).await;
        assert_eq!(job["status"], "succeeded", "{job}");
    }
    assert_eq!(local.predictions_created().await, 6, "no job was lost, and none paid twice");
    let verified = cosmos.handler_says(&["ledger", "verify"]);
    assert!(verified.starts_with("1 accounts, ") && verified.ends_with("drift 0\n"), "{verified}");
    let spent = cosmos.handler_says(&["ledger", "spend"]);
    assert!(spent.contains("total: 6 pictures"), "{spent}");
}
