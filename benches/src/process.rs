//! The processes that are measured: how they are started, what `/proc` tells of them, and that they end with us.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::clients;
use crate::machine::{first_number, value_of};
use crate::stand_ins::StandIns;

/// The release binaries that lie beside ours.
pub(crate) struct Binaries {
    pub(crate) folder: PathBuf,
    pub(crate) handler: PathBuf,
    pub(crate) local: PathBuf,
    pub(crate) bare_warp: PathBuf,
}

/// Longer than any start; what takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

impl Binaries {
    /// `handler`, when it is not the one beside us.
    pub(crate) fn beside_us(handler: Option<&Path>) -> Result<Self, String> {
        let us = std::env::current_exe().map_err(|e| format!("cannot find the binaries: {e}"))?;
        let folder = us.parent().ok_or("cannot find the binaries")?.to_owned();
        let find = |name: &str| {
            let path = folder.join(name);
            let missing = || format!("{name} is missing beside this program: use `make bench`");
            path.is_file().then_some(path).ok_or_else(missing)
        };
        let handler = match handler {
            Some(file) => file.canonicalize().map_err(|e| format!("cannot find --handler: {e}"))?,
            None => find("imagegen")?,
        };
        let [local, bare_warp] = ["imagegen-local", "bare-warp"].map(find);
        Ok(Self { handler, local: local?, bare_warp: bare_warp?, folder })
    }
}

/// A server that answers. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first answer.
    pub(crate) started_in: Duration,
}

impl Server {
    pub(crate) fn bare_warp(binaries: &Binaries) -> Result<Self, String> {
        Self::start(Command::new(&binaries.bare_warp).env_clear())
    }

    /// The handler with complete settings and its data in `folder`.
    pub(crate) fn handler(
        binaries: &Binaries,
        stand_ins: &StandIns,
        folder: &Path,
    ) -> Result<Self, String> {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("cannot write {}: {e}", folder.display()))?;
        let settings = settings(stand_ins, folder);
        Self::start(Command::new(&binaries.handler).env_clear().envs(settings))
    }

    fn start(command: &mut Command) -> Result<Self, String> {
        let port = free_port()?;
        let command = command
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let start = Instant::now();
        let mut child = command.spawn().map_err(|e| format!("cannot start {command:?}: {e}"))?;
        let started_in = loop {
            if answers(address) {
                break start.elapsed();
            }
            if start.elapsed() > PATIENCE {
                let _ = child.kill();
                return Err(format!("{command:?} does not answer"));
            }
            // A refused connection costs the one core it needs for starting some 20 µs; so leave it half of it.
            std::thread::sleep(Duration::from_micros(50));
        };
        Ok(Self { child, address, started_in })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already, or gone now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| format!("there is no free port: {e}"))
}

/// What the host's readiness probe asks.
fn answers(address: SocketAddr) -> bool {
    TcpStream::connect(address)
        .is_ok_and(|stream| clients::exchange(stream, &clients::get("/", None)).is_ok())
}

fn settings(stand_ins: &StandIns, folder: &Path) -> Vec<(&'static str, String)> {
    let there = format!("http://{}", stand_ins.address);
    let folder = folder.display();
    // 32 bytes in base64; nobody checks what is signed with it.
    let key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAwMDA=";
    vec![
        ("IMAGEGEN_DOCUMENTS", format!("sqlite:{folder}/documents.sqlite")),
        ("IMAGEGEN_BLOBS", format!("files:{folder}/blobs")),
        ("IMAGEGEN_BLOBS_PUBLIC_URL", format!("{there}/blobs")),
        ("IMAGEGEN_BLOBS_KEY", key.into()),
        (
            "ServiceBus",
            format!("Endpoint={there}/servicebus;SharedAccessKeyName=Root;SharedAccessKey={key}"),
        ),
        (
            "WEB_PUBSUB_CONNECTION_STRING",
            format!("Endpoint={there}/webpubsub;AccessKey={key};Version=1.0;"),
        ),
        ("REPLICATE_API_TOKEN", "r8_nobody".into()),
        ("REPLICATE_BASE_URL", format!("{there}/replicate/v1")),
        ("TICKET_KEY", key.into()),
        ("CONTENT_SAFETY_ENDPOINT", format!("{there}/contentsafety")),
        ("CONTENT_SAFETY_KEY", "nobodys".into()),
        ("OIDC_ISSUER", stand_ins.issuer()),
        ("OIDC_AUDIENCE", crate::issuer::AUDIENCE.into()),
        ("OIDC_REQUIRED_SCOPE", crate::issuer::SCOPE.into()),
        ("LOG_LEVEL", "info".into()),
    ]
}

/// Bytes in memory now.
pub(crate) fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    value_of(&status, "VmRSS").and_then(first_number).unwrap_or(0) * 1024
}

/// What a process, and of it each group of threads of one name, has had of the cores.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cpu {
    pub(crate) user: Duration,
    pub(crate) system: Duration,
}

impl Cpu {
    pub(crate) fn of(pid: u32) -> Self {
        Self::read(&format!("/proc/{pid}/stat"))
    }

    /// Of the threads whose name begins with `name`.
    pub(crate) fn of_threads(pid: u32, name: &str) -> Self {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let named = tasks.filter(|task| {
            let comm = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            comm.starts_with(name)
        });
        named.map(|task| Self::read(&task.path().join("stat").display().to_string())).fold(
            Self::default(),
            |sum, one| Self { user: sum.user + one.user, system: sum.system + one.system },
        )
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            user: self.user.saturating_sub(before.user),
            system: self.system.saturating_sub(before.system),
        }
    }

    pub(crate) fn all(self) -> Duration {
        self.user + self.system
    }

    /// proc(5): the 14th and 15th number, in hundredths of a second, counted after the name, which may hold spaces.
    fn read(path: &str) -> Self {
        let stat = std::fs::read_to_string(path).unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let mut numbers = after_name.split(' ').skip(11).map(|n| n.parse().unwrap_or(0));
        let mut next = || Duration::from_millis(numbers.next().unwrap_or(0) * 10);
        Self { user: next(), system: next() }
    }
}
