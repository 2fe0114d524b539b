//! The handler's process: its environment, its lines, and how it dies with us.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::host_json::CustomHandler;
use super::settings::Settings;
use crate::console;

/// Everything needed to start the handler again and again.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) executable: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// The folder of `host.json`.
    pub(crate) root: PathBuf,
    pub(crate) working_directory: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) initialization_timeout: Duration,
}

impl Plan {
    /// # Errors
    /// A sentence when the handler's binary is not there.
    pub(crate) fn new(
        root: &Path,
        handler: &CustomHandler,
        replacement: Option<&Path>,
        settings: Settings,
    ) -> Result<Plan, String> {
        let executable = match replacement {
            Some(file) => file.to_owned(),
            None => root.join(&handler.executable),
        };
        if !executable.is_file() {
            return Err(format!("the handler's binary {} is missing", executable.display()));
        }
        Ok(Plan {
            executable,
            // An argument with a missing setting is empty here, where function.json would be refused.
            arguments: handler
                .arguments
                .iter()
                .map(|text| settings.resolve(text).unwrap_or_default())
                .collect(),
            root: root.to_owned(),
            working_directory: root.join(&handler.working_directory),
            settings,
            initialization_timeout: handler.initialization_timeout,
        })
    }
}

/// A started handler. Dropping it kills it.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) pid: u32,
    outputs: [JoinHandle<()>; 2],
    complaints: Arc<Mutex<VecDeque<String>>>,
    // Held only for its drop.
    _watchdog: Option<Child>,
}

/// Starts the handler on `port`.
///
/// # Errors
/// A sentence with the operating system's reason.
pub(crate) fn start(plan: &Plan, port: u16) -> Result<Process, String> {
    let reason = |e: std::io::Error| format!("cannot start {}: {e}", plan.executable.display());
    let (mut command, needs_watchdog) = bound_to_us(&plan.executable);
    let id = crate::guid::random();
    let mut child = command
        .args(&plan.arguments)
        .current_dir(&plan.working_directory)
        .env_clear()
        .envs(plan.settings.all())
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
        .env("FUNCTIONS_HTTPWORKER_PORT", port.to_string())
        .env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", &id)
        .env("FUNCTIONS_HTTPWORKER_ID", &id)
        .env("FUNCTIONS_APP_ROOT_PATH", &plan.root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C in the terminal is for us: the real host sends the handler no signal but the last one.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(reason)?;
    let pid = child.id().ok_or_else(|| format!("{} ended at once", plan.executable.display()))?;
    let complaints = Arc::new(Mutex::new(VecDeque::new()));
    let outputs = [
        tokio::spawn(pass_on(child.stdout.take(), console::line)),
        tokio::spawn(pass_on(child.stderr.take(), complain(Arc::clone(&complaints)))),
    ];
    let watchdog = if needs_watchdog { watch(pid) } else { None };
    Ok(Process { child, pid, outputs, complaints, _watchdog: watchdog })
}

/// A command whose process does not outlive ours, even when we are killed by SIGKILL and can clean up nothing.
///
/// Only the kernel can promise that. `prctl(PR_SET_PDEATHSIG)` needs `unsafe` in this language, so `setpriv` of
/// util-linux calls it and then becomes the handler: same process, same pid. The signal comes when the *thread*
/// that started the process ends; ours are the runtime's workers, which end with the process. Where there is no
/// `setpriv`, [`watch`] does the next best.
pub(super) fn bound_to_us(executable: &Path) -> (Command, bool) {
    match setpriv() {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(executable);
            (command, false)
        }
        None => (Command::new(executable), true),
    }
}

fn setpriv() -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("setpriv")).find(|file| file.is_file())
}

/// A shell that waits for the end of its standard input, which is the end of ours, and then kills the handler.
fn watch(pid: u32) -> Option<Child> {
    Command::new("sh")
        .args(["-c", "cat >/dev/null; kill -KILL \"$1\"", "watchdog", &pid.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        // When the handler ends first, its pid may go to somebody else: the watchdog must not see our end then.
        .kill_on_drop(true)
        .spawn()
        .ok()
}

/// Passes each line on. Lines are cut at line feeds; what is not UTF-8 is shown as well as it can be.
async fn pass_on(output: Option<impl AsyncRead + Unpin>, mut show: impl FnMut(&str)) {
    let Some(output) = output else { return };
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|length| length > 0) {
        show(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}

/// Standard error is for errors, except for lines with "warn" in them; the last three explain a crash.
fn complain(complaints: Arc<Mutex<VecDeque<String>>>) -> impl FnMut(&str) {
    move |line| {
        let level = if line.to_lowercase().contains("warn") { "warning" } else { "error" };
        console::host(&format!("handler {level}: {line}"));
        let mut complaints = complaints.lock().expect("no holder panics");
        complaints.push_back(line.to_owned());
        while complaints.len() > 3 {
            complaints.pop_front();
        }
    }
}

impl Process {
    /// After the end: the last three lines of its standard error, in one line.
    pub(crate) async fn last_words(self) -> String {
        for output in self.outputs {
            // A grandchild may hold the pipe open for ever.
            let _ = tokio::time::timeout(Duration::from_millis(500), output).await;
        }
        let complaints = self.complaints.lock().expect("no holder panics");
        complaints.iter().map(String::as_str).collect::<Vec<_>>().join(" / ")
    }
}
