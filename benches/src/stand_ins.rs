//! The least that can stand in for the services that the handler asks: fixed answers, at once, on one thread. What
//! they cost is part of what is measured, because they run on the same cores.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::clients::content_length;
use crate::issuer::Issuer;

/// Runs as long as the program does.
pub(crate) struct StandIns {
    pub(crate) address: SocketAddr,
    pub(crate) tokens: Issuer,
    pub(crate) calls: Arc<Calls>,
}

/// How often each was asked.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    pub(crate) moderation: AtomicU64,
    pub(crate) queue: AtomicU64,
    pub(crate) realtime: AtomicU64,
}

/// The answers, made once.
struct Answers {
    metadata: Vec<u8>,
    keys: Vec<u8>,
    allowed: Vec<u8>,
    kept: Vec<u8>,
    published: Vec<u8>,
    unknown: Vec<u8>,
    calls: Arc<Calls>,
}

impl StandIns {
    pub(crate) fn start() -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("the stand-ins cannot start: {e}");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (tokens, calls) = (Issuer::new()?, Arc::new(Calls::default()));
        let answers = Arc::new(Answers::new(address, &tokens, Arc::clone(&calls)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let serve = move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("it is not blocking");
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(connection(stream, Arc::clone(&answers)));
                }
            });
        };
        std::thread::Builder::new().name("stand-ins".into()).spawn(serve).map_err(failed)?;
        Ok(Self { address, tokens, calls })
    }

    pub(crate) fn issuer(&self) -> String {
        issuer(self.address)
    }

    /// Tokens of users 0 to `count`.
    pub(crate) fn tokens(&self, count: usize) -> Vec<String> {
        self.tokens.tokens(&self.issuer(), count)
    }
}

fn issuer(address: SocketAddr) -> String {
    format!("http://{address}/oidc")
}

impl Answers {
    fn new(address: SocketAddr, tokens: &Issuer, calls: Arc<Calls>) -> Self {
        let issuer = issuer(address);
        let metadata = serde_json::json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")});
        let categories = ["Hate", "SelfHarm", "Sexual", "Violence"]
            .map(|category| serde_json::json!({"category": category, "severity": 0}));
        let allowed = serde_json::json!({"blocklistsMatch": [], "categoriesAnalysis": categories});
        Self {
            metadata: answer("200 OK", &metadata.to_string()),
            keys: answer("200 OK", &tokens.key_set().to_string()),
            allowed: answer("200 OK", &allowed.to_string()),
            kept: answer("201 Created", ""),
            published: answer("202 Accepted", ""),
            unknown: answer("404 Not Found", ""),
            calls,
        }
    }

    fn to(&self, head: &[u8]) -> &[u8] {
        let target = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let counted = |calls: &AtomicU64| calls.fetch_add(1, Ordering::Relaxed);
        if target.starts_with(b"/contentsafety/") {
            counted(&self.calls.moderation);
            &self.allowed
        } else if target.starts_with(b"/servicebus/") {
            counted(&self.calls.queue);
            &self.kept
        } else if target.starts_with(b"/webpubsub/") {
            counted(&self.calls.realtime);
            &self.published
        } else if target == b"/oidc/keys" {
            &self.keys
        } else if target.starts_with(b"/oidc/.well-known/") {
            &self.metadata
        } else {
            &self.unknown
        }
    }
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// Requests one after another; a client that goes away ends it.
async fn connection(mut stream: TcpStream, answers: Arc<Answers>) {
    let _ = stream.set_nodelay(true);
    let (mut buffer, mut filled) = (vec![0; 64 * 1024], 0);
    loop {
        match stream.read(&mut buffer[filled..]).await {
            Ok(0) | Err(_) => return,
            Ok(read) => filled += read,
        }
        let Some(end) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let whole = end + 4 + content_length(&buffer[..end]).unwrap_or(0);
        if filled < whole {
            continue;
        }
        if stream.write_all(answers.to(&buffer[..end])).await.is_err() {
            return;
        }
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
    }
}
