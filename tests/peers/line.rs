//! A line to a server that tests cut and put up again, with an address that stays. Included with `#[path]` by whichever
//! tests use it.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where the line ends; `None` while it is cut, and whoever connects is dropped.
type End = Option<u16>;

#[derive(Debug)]
pub struct Line {
    /// Ours, on the loopback.
    pub port: u16,
    end: watch::Sender<End>,
}

impl Line {
    /// To a port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = listener.local_addr().expect("an address").port();
        let (end, now) = watch::channel(Some(port));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, now.clone()));
            }
        });
        Self { port: here, end }
    }

    /// Ends what is under way, and lets nobody through.
    pub fn cut(&self) {
        self.end.send_replace(None);
    }

    /// Lets through again, perhaps to somebody else.
    pub fn mend(&self, port: u16) {
        self.end.send_replace(Some(port));
    }
}

async fn carry(mut near: TcpStream, mut end: watch::Receiver<End>) -> std::io::Result<()> {
    let Some(port) = *end.borrow_and_update() else { return Ok(()) };
    let mut far = TcpStream::connect(("127.0.0.1", port)).await?;
    tokio::select! {
        biased;
        _ = end.changed() => {}
        _ = copy_bidirectional(&mut near, &mut far) => {}
    }
    Ok(())
}
