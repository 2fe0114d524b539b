//! One `imagegen-local` of a test's own: a package in a temporary folder, any free port, the echo handler.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// The content type of a batch.
pub(crate) const BATCH: &str = "application/vnd.microsoft.servicebus.json";
/// Long enough for a busy machine; nothing waits so long unless it fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder with a package and a data folder, gone with the value.
pub(crate) struct Place(PathBuf);

impl Place {
    /// A package with the functions that the echo handler has.
    pub(crate) fn new() -> Place {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "imagegen-host-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let place = Place(std::env::temp_dir().join(name));
        place.write("package/host.json", &host_json("00:00:30"));
        place.write("package/handler", "");
        for route in
            ["stream", "hang", "settings", "teapot", "exit", "jobs/{id:int}", "files/{*rest}"]
        {
            let name = route.split('/').next().expect("a route has a first segment");
            place.http(name, route, r#""authLevel":"anonymous""#);
        }
        place.queue("work", "jobs", "binary");
        place
    }

    pub(crate) fn http(&self, name: &str, route: &str, more: &str) {
        let trigger = format!(
            r#"{{"type":"httpTrigger","direction":"in","name":"req","route":"{route}",{more}}}"#
        );
        self.function(
            name,
            &format!(r#"{trigger},{{"type":"http","direction":"out","name":"res"}}"#),
        );
    }

    pub(crate) fn queue(&self, name: &str, queue: &str, data_type: &str) {
        self.function(name, &format!(r#"{{"type":"serviceBusTrigger","direction":"in","name":"message","queueName":"{queue}","connection":"ServiceBus","dataType":"{data_type}"}}"#));
    }

    pub(crate) fn timer(&self, name: &str, schedule: &str) {
        let binding = json!({"type": "timerTrigger", "direction": "in", "name": "timer", "schedule": schedule});
        self.function(name, &binding.to_string());
    }

    pub(crate) fn function(&self, name: &str, bindings: &str) {
        self.write(
            &format!("package/{name}/function.json"),
            &format!("{{\"bindings\":[{bindings}]}}"),
        );
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.0.join(path);
        std::fs::create_dir_all(file.parent().expect("it lies in a folder"))
            .expect("temporary folders are writable");
        std::fs::write(file, text).expect("temporary folders are writable");
    }

    /// Puts `program` into the folder `bin`.
    pub(crate) fn link(&self, program: &str, target: &str) {
        std::fs::create_dir_all(self.path("bin")).expect("temporary folders are writable");
        let link = self.path("bin").join(program);
        std::os::unix::fs::symlink(target, link).expect("temporary folders are writable");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// The command that serves this place; a test may change it.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.command_without_package();
        command.arg("--package").arg(self.path("package"));
        command
    }

    pub(crate) fn command_without_package(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imagegen-local"));
        command
            .args(["--port", "0", "--data"])
            .arg(self.data())
            .arg("--handler")
            .arg(echo_handler());
        command
    }

    pub(crate) fn start(&self) -> Local {
        Local::start(self.command())
    }

    /// Runs a command that should end by itself, soon.
    pub(crate) fn refusal(&self, change: impl FnOnce(&mut Command)) -> String {
        let mut command = self.command();
        change(&mut command);
        let Output { status, stderr, .. } = command.output().expect("it can be started");
        assert!(!status.success(), "it should not have begun");
        String::from_utf8_lossy(&stderr).into_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn host_json(function_timeout: &str) -> String {
    json!({
        "version": "2.0", "functionTimeout": function_timeout,
        "customHandler": {"description": {"defaultExecutablePath": "handler"}, "enableProxyingHttpRequest": true},
        "extensions": {"serviceBus": {"maxConcurrentCalls": 4}},
    })
    .to_string()
}

fn echo_handler() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_imagegen-local"))
        .parent()
        .expect("a binary lies in a folder");
    let handler = folder.join("examples/echo_handler");
    assert!(
        handler.is_file(),
        "`cargo build -p imagegen-local --examples` makes {}",
        handler.display()
    );
    handler
}

/// A running `imagegen-local`; killed when dropped.
pub(crate) struct Local {
    child: Child,
    lines: Receiver<String>,
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
}

impl Local {
    pub(crate) fn start(mut command: Command) -> Local {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it was built for this test");
        let (sender, lines) = channel();
        read(child.stdout.take().expect("it is piped"), sender.clone());
        read(child.stderr.take().expect("it is piped"), sender);
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let mut local =
            Local { child, lines, url: String::new(), client: client.expect("nothing can fail") };
        let line = local.line(|line| line.starts_with("Listening on "));
        line.trim_start_matches("Listening on ").clone_into(&mut local.url);
        local
    }

    /// Waits for a line of either output.
    pub(crate) fn line(&self, is_it: impl Fn(&str) -> bool) -> String {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if is_it(&line) => return line,
                Ok(line) => seen.push(line),
                Err(e) => panic!("the line did not come ({e}); before it: {seen:#?}"),
            }
        }
    }

    /// Waits for the next call of a queue or timer function.
    pub(crate) fn invoked(&self) -> Value {
        let line = self.line(|line| line.starts_with("INVOKED "));
        serde_json::from_str(line.trim_start_matches("INVOKED "))
            .expect("the echo handler writes JSON")
    }

    /// Waits for the next call of `function`.
    pub(crate) fn invoked_as(&self, function: &str) -> Value {
        loop {
            let call = self.invoked();
            if call["function"] == function {
                return call;
            }
        }
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("{}{path}", self.url)).send().await.expect("the front answers")
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.expect("it is JSON")
    }

    pub(crate) async fn status(&self) -> Value {
        self.json("/_local/status").await
    }

    /// Asks for the status until it is as expected; there is no event for it.
    pub(crate) async fn status_when(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let status = self.status().await;
            if is_it(&status) {
                return status;
            }
            assert!(tokio::time::Instant::now() < deadline, "it stayed {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends one message to the queue `jobs`, with the key from the handler's own settings.
    pub(crate) async fn send(&self, message: &Value) {
        self.send_with(message.to_string(), None).await;
    }

    pub(crate) async fn send_with(&self, body: String, batch: Option<&str>) {
        let settings = self.json("/api/settings").await;
        let connection = settings["ServiceBus"].as_str().expect("the host sets it").to_owned();
        let part = |name: &str| {
            let parts = connection.split(';').filter_map(|part| part.split_once('='));
            parts
                .filter(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
                .next()
                .expect(name)
        };
        let address = format!("{}/jobs", part("Endpoint"));
        let token = sign(&address, &part("SharedAccessKeyName"), &part("SharedAccessKey"));
        let request =
            self.client.post(format!("{address}/messages")).header("authorization", token);
        let request =
            request.header("content-type", batch.unwrap_or("application/json")).body(body);
        assert_eq!(request.send().await.expect("the broker answers").status(), 201);
    }

    pub(crate) async fn faults(&self, faults: Value) {
        let body = json!({ "host": faults }).to_string();
        let answer =
            self.client.post(format!("{}/_local/faults", self.url)).body(body).send().await;
        assert_eq!(answer.expect("the front answers").status(), 200);
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it was killed");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; tells whether it was a success.
    pub(crate) fn end(mut self) -> bool {
        self.child.wait().expect("it is our child").success()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: impl Read + Send + 'static, lines: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
}

fn sign(address: &str, rule: &str, key: &str) -> String {
    const UNRESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let (resource, expiry) = (encode(address), u32::MAX);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(format!("{resource}\n{expiry}").as_bytes());
    let signature = encode(&BASE64.encode(mac.finalize().into_bytes()));
    format!("SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={rule}")
}
