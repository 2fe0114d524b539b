//! The load generator: one thread, raw HTTP/1.1 on connections that stay open, each with one request under way. A
//! client library would be slower than what it is to measure.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::clients::Head;

/// How much is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Amount {
    /// Round and round through the requests until the time is over.
    For(Duration),
    /// So many times through all requests.
    Rounds(usize),
}

pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    /// Connection n of m sends request n, n + m, n + 2m and so on.
    pub(crate) requests: Arc<Vec<Vec<u8>>>,
    pub(crate) connections: usize,
    pub(crate) amount: Amount,
    /// Every answer has to have it.
    pub(crate) status: u16,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) answers: u64,
    pub(crate) took: Duration,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

impl Outcome {
    #[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
    pub(crate) fn rate(&self) -> f64 {
        self.answers as f64 / self.took.as_secs_f64()
    }
}

impl Load {
    /// Runs on a thread of its own and waits for its end.
    pub(crate) fn run(self) -> Result<Outcome, String> {
        let thread = std::thread::Builder::new().name("load".into()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(|e| e.to_string())?.block_on(self.all())
        });
        let thread = thread.map_err(|e| format!("cannot start a thread: {e}"))?;
        thread.join().map_err(|_| "the load generator panicked".to_owned())?
    }

    async fn all(self) -> Result<Outcome, String> {
        let load = Arc::new(self);
        let mut streams = Vec::new();
        for _ in 0..load.connections {
            let stream = TcpStream::connect(load.address).await.map_err(|e| e.to_string())?;
            stream.set_nodelay(true).map_err(|e| e.to_string())?;
            streams.push(stream);
        }
        let start = Instant::now();
        let mut running = JoinSet::new();
        for (n, stream) in streams.into_iter().enumerate() {
            let load = Arc::clone(&load);
            running.spawn(async move { load.connection(n, stream, start).await });
        }
        let mut waits = Vec::new();
        while let Some(ended) = running.join_next().await {
            waits.extend(ended.map_err(|e| e.to_string())??);
        }
        let took = start.elapsed();
        let answers = waits.len() as u64;
        let (median, p99) = crate::table::median_and_p99(waits);
        let time = |microseconds: u32| Duration::from_micros(microseconds.into());
        Ok(Outcome { answers, took, median: time(median), p99: time(p99) })
    }

    /// Returns how long each answer took, in microseconds.
    async fn connection(
        &self,
        n: usize,
        mut stream: TcpStream,
        start: Instant,
    ) -> Result<Vec<u32>, String> {
        let mine = || self.requests.iter().skip(n).step_by(self.connections);
        let rounds = match self.amount {
            Amount::For(_) => usize::MAX,
            Amount::Rounds(rounds) => rounds,
        };
        let (mut waits, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        for _ in 0..rounds {
            for request in mine() {
                let sent = Instant::now();
                if matches!(self.amount, Amount::For(time) if sent - start > time) {
                    return Ok(waits);
                }
                stream.write_all(request).await.map_err(|e| e.to_string())?;
                self.answer(&mut stream, &mut buffer).await?;
                waits.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            if n >= self.requests.len() {
                return Err("there are fewer requests than connections".into());
            }
        }
        Ok(waits)
    }

    async fn answer(&self, stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), String> {
        let mut filled = 0;
        loop {
            match stream.read(&mut buffer[filled..]).await {
                Ok(0) => return Err("the server closed a connection".into()),
                Ok(read) => filled += read,
                Err(e) => return Err(e.to_string()),
            }
            let Some(head) = Head::read(&buffer[..filled])? else { continue };
            if filled < head.whole() {
                continue;
            }
            if head.status != self.status {
                let text = String::from_utf8_lossy(&buffer[..filled]);
                return Err(format!("an answer is not {}: {text}", self.status));
            }
            return Ok(());
        }
    }
}
