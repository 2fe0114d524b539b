//! One `imagegen-local` of a test's own, on a free port, with its data in a temporary folder.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use imagegen::config::SETTINGS;
use serde_json::{Value, json};

use crate::folder::Folder;

pub(crate) const HANDLER: &str = env!("CARGO_BIN_EXE_imagegen");
/// Nothing waits so long unless it fails: machines that run tests are busy ones.
const PATIENCE: Duration = Duration::from_mins(8);
/// How often a client asks while it waits for a job.
const INTERVAL: Duration = Duration::from_millis(100);

/// A running `imagegen-local`; killed when dropped.
pub(crate) struct Local {
    child: Child,
    lines: Receiver<String>,
    pub(crate) port: u16,
    data: PathBuf,
    client: reqwest::Client,
}

/// `imagegen-local` with the settings of nobody but itself.
pub(crate) fn command(data: &Path, port: u16) -> Command {
    let program = Path::new(HANDLER).with_file_name("imagegen-local");
    assert!(
        program.is_file(),
        "{} is missing: run `make test`, which builds everything first",
        program.display()
    );
    let mut command = without_settings(&program);
    command.args(["--restart-limit", "100", "--port", &port.to_string(), "--data"]).arg(data);
    command
}

/// A program that finds no setting of ours in its environment.
pub(crate) fn without_settings(program: &Path) -> Command {
    let mut command = Command::new(program);
    for setting in SETTINGS {
        command.env_remove(setting.name);
    }
    command
}

impl Local {
    pub(crate) fn start(folder: &Folder) -> Self {
        Self::start_on(folder, 0)
    }

    pub(crate) fn start_on(folder: &Folder, port: u16) -> Self {
        Self::start_with(folder, port, &[])
    }

    /// With settings of the user's own.
    pub(crate) fn start_with(folder: &Folder, port: u16, settings: &[(&str, &str)]) -> Self {
        let mut command = command(&folder.join("data"), port);
        command.envs(settings.iter().copied());
        Self::spawn(folder, command)
    }

    /// With an identity in place of the keys of Azure's services.
    pub(crate) fn start_keyless(folder: &Folder) -> Self {
        let mut command = command(&folder.join("data"), 0);
        command.arg("--keyless");
        Self::spawn(folder, command)
    }

    /// On `port`, with the page in `web`, which browsers may call from under `origin`.
    pub(crate) fn start_page(folder: &Folder, port: u16, web: &Path, origin: &str) -> Self {
        let mut command = command(&folder.join("data"), port);
        command.arg("--web").arg(web).args(["--cors", origin]);
        Self::spawn(folder, command)
    }

    /// With a package that was made before.
    pub(crate) fn start_package(folder: &Folder, package: &Path) -> Self {
        let mut command = command(&folder.join("data"), 0);
        command.arg("--package").arg(package);
        Self::spawn(folder, command)
    }

    fn spawn(folder: &Folder, mut command: Command) -> Self {
        let data = folder.join("data");
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let (sender, lines) = channel();
        read(child.stdout.take().expect("it is piped"), sender.clone());
        read(child.stderr.take().expect("it is piped"), sender);
        let client = reqwest::Client::builder().no_proxy().build().expect("nothing can fail");
        let mut local = Self { child, lines, port: 0, data, client };
        local.port = local.listening();
        local
    }

    fn listening(&self) -> u16 {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => match line.strip_prefix("Listening on http://localhost:") {
                    Some(port) => return port.parse().expect("a port"),
                    None => seen.push(line),
                },
                Err(error) => panic!("it does not listen ({error}); it said {seen:#?}"),
            }
        }
    }

    /// What was said since the start, for who reads a failure.
    fn last_words(&self) -> String {
        let lines: Vec<_> = self.lines.try_iter().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// As `kill -9` does it.
    pub(crate) fn kill(self) {
        drop(self);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What the stand-ins are told to do otherwise.
    pub(crate) async fn order(&self, faults: &Value) {
        let (status, answer) = self.post("", "/_local/faults", faults).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Small pictures in a moment, for tests that want many.
    pub(crate) async fn hurry(&self) {
        self.order(&json!({ "replicate": { "speed": 20.0, "canvas": 128 } })).await;
    }

    /// An access token; `wish` has at least an e-mail address.
    pub(crate) async fn token_of(&self, wish: &Value) -> String {
        let (status, answer) = self.post("", "/_local/oidc/dev-token", wish).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn sign_in(&self, name: &str) -> String {
        self.token_of(&json!({ "email": format!("{name}@example.com") })).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        self.send(self.client.get(self.url(path)).bearer_auth(token)).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(self.url(path)).bearer_auth(token);
        self.send(request.json(body)).await
    }

    /// The body of a 200, whatever it is.
    pub(crate) async fn post_for_file(&self, token: &str, path: &str, body: &Value) -> Vec<u8> {
        let request = self.client.post(self.url(path)).bearer_auth(token).json(body);
        let response = request.send().await.expect("it answers");
        assert_eq!(response.status(), 200);
        response.bytes().await.expect("the file is whole").to_vec()
    }

    /// Orders one picture of the least model under `key`.
    pub(crate) async fn order_picture(&self, token: &str, prompt: &str, key: &str) -> (u16, Value) {
        let request = self.client.post(self.url("/api/v1/generations")).bearer_auth(token);
        let body = json!({ "prompt": prompt, "model": "flux-schnell" });
        self.send(request.header("idempotency-key", key).json(&body)).await
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> reqwest::Response {
        let method = method.parse().expect("a method");
        let mut request = self.client.request(method, self.url(path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("it answers")
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => panic!("no answer: {error:?}"),
        };
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("the answer is whole");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    pub(crate) async fn download(&self, link: &Value) -> Vec<u8> {
        // Links are for browsers, which know `localhost`; here it may be another address.
        let link = link.as_str().expect("a link").replace("//localhost:", "//127.0.0.1:");
        let response = self.client.get(link).send().await.expect("it answers");
        assert_eq!(response.status(), 200);
        response.bytes().await.expect("the picture is whole").to_vec()
    }

    pub(crate) async fn status(&self) -> Value {
        self.get("", "/_local/status").await.1
    }

    pub(crate) async fn predictions_created(&self) -> u64 {
        let (_, stats) = self.get("", "/_local/replicate/stats").await;
        stats["predictions_created"].as_u64().unwrap_or_else(|| panic!("no number: {stats}"))
    }

    /// Asks until `is_it` finds what it looks for, as clients that only know HTTP have to.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        mut is_it: impl AsyncFnMut() -> Result<T, Value>,
    ) -> T {
        let mut last = Value::Null;
        let asked = async {
            loop {
                match is_it().await {
                    Ok(found) => return found,
                    Err(now) => last = now,
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, asked).await;
        found.unwrap_or_else(|_| panic!("{what}; at last {last:#}"))
    }

    /// The job, once it has ended.
    pub(crate) async fn ended(&self, token: &str, id: &Value) -> Value {
        let path = format!("/api/v1/generations/{}", id.as_str().expect("an id"));
        self.until("the job does not end", async || {
            let (_, job) = self.get(token, &path).await;
            if job["finished_at"].is_string() { Ok(job) } else { Err(job) }
        })
        .await
    }

    /// Waits until products and prices are there: they are made in the background, after the start.
    pub(crate) async fn can_sell(&self) {
        let token = self.sign_in("window-shopper").await;
        let last = json!({ "pack": "credits_500" });
        self.until("nothing can be bought", async || {
            let (status, page) = self.post(&token, "/api/v1/subscription/checkout", &last).await;
            if status == 200 { Ok(()) } else { Err(page) }
        })
        .await;
        // It may not have come to the portal yet. Done once more, it changes nothing.
        let program = command(&self.data, 0).get_program().to_owned();
        let output = without_settings(Path::new(&program))
            .args(["with", "--data"])
            .arg(&self.data)
            .args(["--", HANDLER, "billing", "setup"])
            .output()
            .expect("it was built for this test");
        assert!(output.status.success(), "{output:?}");
    }

    /// Presses a button of a page for people, and follows where it leads.
    pub(crate) async fn press(&self, page: &Value, fields: &[(&str, &str)]) {
        let page = page.as_str().expect("an address").replace("//localhost:", "//127.0.0.1:");
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(page).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let status = request.send().await.expect("it answers").status();
        assert!(status.is_success() || status.as_u16() == 402, "{status}");
    }

    /// Presses the first button of a page, with what is hidden beside it.
    pub(crate) async fn confirm(&self, page: &Value) {
        let text = String::from_utf8(self.download(page).await).expect("a page is text");
        let form = text.split("<form").nth(1).unwrap_or_else(|| panic!("no form: {text}"));
        let form = form.split("</form>").next().expect("it ends");
        let attribute = |input: &str, name: &str| {
            let value = input.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
            Some(value.to_owned())
        };
        let hidden = form.split("<input").skip(1);
        let hidden =
            hidden.filter_map(|it| Some((attribute(it, "name")?, attribute(it, "value")?)));
        let fields: Vec<_> = hidden.collect();
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.press(page, &fields).await;
    }

    /// As the host's machine may end it at any time.
    pub(crate) async fn kill_handler(&self) {
        let pid = self.until("the handler does not come back", async || {
            let status = self.status().await;
            status["handler"]["pid"].as_u64().ok_or(status)
        });
        kill_process(pid.await);
    }

    /// Waits until every queue is empty; no message may have been given up.
    pub(crate) async fn assert_queues_run_dry(&self) {
        let queues = self.until("messages stay in the queues", async || {
            let queues = self.status().await["queues"].take();
            let waiting = queues.as_object().expect("queues").values().any(|queue| {
                ["active", "scheduled", "locked"].iter().any(|n| queue[n].as_u64() != Some(0))
            });
            if waiting { Err(queues) } else { Ok(queues) }
        });
        for (name, queue) in queues.await.as_object().expect("queues") {
            assert_eq!(queue["dead_letter"], 0, "{name}: {queue}");
        }
    }

    /// Puts the account behind `token` on a plan, as an operator does.
    pub(crate) async fn put_on_plan(&self, token: &str, plan: &str) {
        let (_, me) = self.get(token, "/api/v1/me").await;
        let account = me["id"].as_str().unwrap_or_else(|| panic!("no account: {me}"));
        self.handler_says(&["admin", "plan", "--account", account, "--plan", plan]);
    }

    /// Sends `file` as the answer to `POST /api/v1/uploads` says; returns the status.
    pub(crate) async fn send_file(&self, offered: &Value, file: Vec<u8>) -> u16 {
        let link = offered["upload_url"].as_str().unwrap_or_else(|| panic!("no link: {offered}"));
        let mut request = self.client.put(link.replace("//localhost:", "//127.0.0.1:")).body(file);
        for (name, value) in offered["headers"].as_object().expect("headers") {
            request = request.header(name, value.as_str().expect("a value"));
        }
        request.send().await.expect("it answers").status().as_u16()
    }

    /// What a command of the handler prints about this data folder.
    pub(crate) fn handler_says(&self, arguments: &[&str]) -> String {
        let documents = format!("sqlite:{}", self.data.join("documents.sqlite").display());
        let output = without_settings(Path::new(HANDLER))
            .args(arguments)
            .args(["--documents", &documents])
            .output()
            .expect("it was built for this test");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("sentences are text")
    }

    /// Rebuilds every balance from the ledger with the program's own command.
    pub(crate) fn assert_no_drift(&self) {
        let said = self.handler_says(&["ledger", "verify"]);
        assert!(said.lines().any(|line| line == "drift 0"), "{said}");
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // SIGKILL: the handler must end with it all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("It said at last:\n{}", self.last_words());
        }
    }
}

fn read(output: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // The test may have ended.
            let _ = sender.send(line);
        }
    });
}

/// `kill -9`, by the tool that every machine has: this language has no safe call for it.
fn kill_process(pid: u64) {
    let status = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    // It may have ended by itself meanwhile.
    status.expect("there is a `kill`");
}
