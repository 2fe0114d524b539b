//! Azurite, Microsoft's storage emulator from npm, as a process beside the tests. Included with `#[path]` by whichever
//! tests use it; standard library alone.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Of every storage emulator, and public.
pub const ACCOUNT: &str = "devstoreaccount1";
pub const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Ends when it is dropped, and also when the test's process ends in any way: it reads from a pipe that then closes.
#[derive(Debug)]
pub struct Azurite {
    process: Child,
    /// Such as `http://127.0.0.1:40861`.
    pub url: String,
}

impl Azurite {
    /// The one that all tests of a process share. Whoever uses it has a container or keys of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Azurite> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(0))
    }

    /// An empty one on a port of this machine; 0 is any free one.
    pub fn start(port: u16) -> Self {
        Self::run(&[&port.to_string()])
    }

    /// One that speaks https and takes Entra's tokens, without looking at their signature.
    pub fn start_with_identity(certificate: &Path, key: &Path) -> Self {
        let text = |path: &Path| path.to_str().expect("a path of ASCII").to_owned();
        Self::run(&["0", &text(certificate), &text(key)])
    }

    pub fn port(&self) -> u16 {
        let port = self.url.rsplit(':').next().and_then(|port| port.parse().ok());
        port.expect("it ends in a port")
    }

    /// With the account's key.
    pub fn connection_string(&self) -> String {
        let scheme = self.url.split(':').next().unwrap_or_default();
        format!(
            "DefaultEndpointsProtocol={scheme};AccountName={ACCOUNT};AccountKey={KEY};\
             BlobEndpoint={}/{ACCOUNT};",
            self.url
        )
    }

    fn run(arguments: &[&str]) -> Self {
        let peers = peers();
        assert!(
            peers.join("node_modules/azurite").is_dir(),
            "Azurite is missing: run `npm ci --prefix tests/peers`, or `make test`, which does"
        );
        let mut process = Command::new("node")
            .arg(peers.join("azurite.mjs"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js is installed");
        let mut url = String::new();
        let output = process.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut url).expect("it prints text");
        assert!(!url.is_empty(), "Azurite did not start: {:?}", process.wait());
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `tests/peers`, from any package of the workspace.
fn peers() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut found = above.map(|folder| folder.join("tests/peers"));
    found.find(|folder| folder.join("package.json").is_file()).expect("it is checked in")
}
