//! What the adapters' tests talk to: a real HTTP server on this machine that does as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::clock::{Clock, Ids};
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Http;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Reads the request and closes the connection.
    Drop,
    /// Reads the request and never answers.
    Hang,
}

#[derive(Debug)]
pub(crate) struct Server {
    /// `http://127.0.0.1:<port>`
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// Stands still, except that sleeping takes no time and moves it on.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<Timestamp>);

/// Always the same number.
#[derive(Debug)]
struct NoChance;

pub(crate) fn answer(status: u16, body: impl AsRef<[u8]>) -> Act {
    Act::Answer { status, headers: Vec::new(), body: body.as_ref().to_vec() }
}

impl Act {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

impl Server {
    /// Does the acts in turn, and the last one ever after.
    pub(crate) async fn script(acts: impl IntoIterator<Item = Act>) -> Self {
        let acts: Vec<_> = acts.into_iter().collect();
        let turn = Mutex::new(0);
        Self::start(move |_| {
            let mut turn = turn.lock().expect("a test");
            let act = acts.get(*turn).or(acts.last()).expect("an act").clone();
            *turn += 1;
            act
        })
        .await
    }

    pub(crate) async fn start(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, act) = (seen.clone(), Arc::new(act));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, act) = (log.clone(), act.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, |request| {
                        log.lock().expect("a test").push(request.clone());
                        act(&request)
                    })
                    .await;
                });
            }
        });
        Self { url, seen }
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("a test").clone()
    }

    /// The request, when there was exactly one.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }

    /// `127.0.0.1:<port>`
    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

impl TestClock {
    /// 2026-01-01T00:00:00Z, Unix time 1767225600.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Timestamp::constant(1_767_225_600, 0))))
    }

    pub(crate) fn advance(&self, duration: Duration) {
        let mut now = self.0.lock().expect("a test");
        *now = now.checked_add(duration).expect("a near time");
    }

    pub(crate) fn http(self: &Arc<Self>) -> Http {
        Http::new(self.clone(), Arc::new(NoChance))
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("a test")
    }

    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

impl Ids for NoChance {
    fn random(&self) -> u128 {
        100
    }
}

async fn serve(stream: TcpStream, act: impl FnOnce(Seen) -> Act) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut seen = Seen { method, target, headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        seen.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = seen.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    seen.body.resize(length, 0);
    stream.read_exact(&mut seen.body).await?;
    match act(seen) {
        Act::Drop => {}
        Act::Hang => std::future::pending().await,
        Act::Answer { status, headers, body } => {
            let mut lines = vec![format!("HTTP/1.1 {status} X"), "connection: close".to_owned()];
            if !headers.iter().any(|(name, _)| *name == "content-length") {
                lines.push(format!("content-length: {}", body.len()));
            }
            lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
            stream.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).await?;
            stream.write_all(&body).await?;
            stream.flush().await?;
        }
    }
    Ok(())
}
