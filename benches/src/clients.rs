//! Requests as bytes, and one exchange at a time.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn get(path: &str, bearer: Option<&str>) -> Vec<u8> {
    request("GET", path, bearer, None)
}

pub(crate) fn post(path: &str, bearer: Option<&str>, body: &str) -> Vec<u8> {
    request("POST", path, bearer, Some(body))
}

fn request(method: &str, path: &str, bearer: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let bearer = bearer.map_or_else(String::new, |t| format!("authorization: Bearer {t}\r\n"));
    let body = body.map_or_else(String::new, |body| {
        format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    });
    let end = if body.is_empty() { "\r\n" } else { "" };
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{bearer}{body}{end}").into_bytes()
}

/// One request on a connection of its own.
pub(crate) fn call(address: SocketAddr, request: &[u8]) -> Result<Reply, String> {
    let stream = TcpStream::connect(address).map_err(|e| format!("{address} is not there: {e}"))?;
    exchange(stream, request).map_err(|e| format!("{address} did not answer: {e}"))
}

/// The body as JSON, if the status is `status`.
pub(crate) fn ask(
    address: SocketAddr,
    request: &[u8],
    status: u16,
) -> Result<serde_json::Value, String> {
    let reply = call(address, request)?;
    if reply.status != status {
        let body = String::from_utf8_lossy(&reply.body);
        return Err(format!("{address} answered {} instead of {status}: {body}", reply.status));
    }
    serde_json::from_slice(&reply.body).map_err(|e| format!("{address} answered no JSON: {e}"))
}

pub(crate) fn exchange(mut stream: TcpStream, request: &[u8]) -> std::io::Result<Reply> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request)?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        match Head::read(&bytes).map_err(std::io::Error::other)? {
            Some(head) if bytes.len() >= head.whole() => {
                let body = bytes[head.length..head.whole()].to_vec();
                return Ok(Reply { status: head.status, body });
            }
            _ => {}
        }
        match stream.read(&mut chunk)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// What of an answer is needed to know where it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Of the head, the empty line included.
    length: usize,
    body: usize,
}

impl Head {
    /// `None` while it is not complete. All servers here say how long their answers are.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<Self>, String> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = &bytes[..end];
        let status = head.get(9..12).and_then(number).ok_or("this is no answer of HTTP/1.1")?;
        let body = content_length(head).ok_or("the answer does not say how long it is")?;
        let status = u16::try_from(status).map_err(|e| e.to_string())?;
        Ok(Some(Self { status, length: end + 4, body }))
    }

    /// The length of head and body.
    pub(crate) fn whole(self) -> usize {
        self.length + self.body
    }
}

/// `None` when no header says it.
pub(crate) fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then(|| number(value.trim_ascii()))?
    })
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
