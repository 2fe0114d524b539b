//! Blob Storage's data path: what signed links can read and write, out of `<data>/blobs/<container>/<blob>`.
//!
//! The handler writes the same files itself, so a link is all that this service has to serve.

mod sas;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, StatusCode};
use jiff::Timestamp;

use self::sas::{Access, Link, Target};
use super::{Answer, Call, empty, with_body, with_cors, with_header};
use crate::ground::Ground;

pub(crate) const ACCOUNT: &str = "local";
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Where uploads are written before they get their name; no container can be called so.
const INCOMING: &str = ".incoming";

/// The account's key of this data folder, base64 as Azure writes it.
pub(crate) fn key(ground: &Ground) -> String {
    ground.secret("blobs")
}

pub(crate) struct Blobs {
    folder: PathBuf,
    key: String,
}

impl Blobs {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { folder: ground.data.join("blobs"), key: key(ground) }
    }

    pub(crate) async fn handle(&self, call: Call) -> Answer {
        with_cors(self.answer(call, Timestamp::now()).await.unwrap_or_else(|Refusal(status, code, sentence)| {
            let xml = format!(
                "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{sentence}\
                 </Message></Error>"
            );
            with_header(with_body(status, "application/xml", xml), "x-ms-error-code", code)
        }))
    }

    async fn answer(&self, call: Call, now: Timestamp) -> Result<Answer, Refusal> {
        if call.method == Method::OPTIONS {
            return Ok(empty(StatusCode::OK));
        }
        let name = Name::parse(&call.segments())?;
        let file = self.folder.join(&name.container).join(&name.blob);
        let link = Link::parse(&call.query);
        let allows = |access| {
            let Name { container, blob } = &name;
            let target = Target { account: ACCOUNT, key: &self.key, container, blob };
            link.allows(access, &target, now).map_err(|(code, sentence)| {
                let status = if code == "NoAuthenticationInformation" {
                    StatusCode::UNAUTHORIZED
                } else {
                    StatusCode::FORBIDDEN
                };
                Refusal(status, code, sentence)
            })
        };
        match call.method {
            Method::GET | Method::HEAD => {
                allows(Access::Read)?;
                read(&file, &call, &link).await
            }
            Method::PUT => {
                let only_new = call.header("if-none-match") == Some("*");
                // Whoever may only create must not learn by trying what exists; Azure asks for `w` to overwrite.
                let access =
                    if only_new || !is_file(&file).await { Access::Create } else { Access::Write };
                allows(access)?;
                self.write(&file, &call, only_new || link.field("sp") == "c").await
            }
            _ => Err(Refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "UnsupportedHttpVerb",
                "GET, HEAD or PUT.",
            )),
        }
    }

    async fn write(&self, file: &Path, call: &Call, only_new: bool) -> Result<Answer, Refusal> {
        if call.header("x-ms-blob-type") != Some("BlockBlob") {
            return Err(Refusal(
                StatusCode::BAD_REQUEST,
                "MissingRequiredHeader",
                "The header x-ms-blob-type must be BlockBlob.",
            ));
        }
        if call.body.len() > MAX_BYTES {
            return Err(Refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestBodyTooLarge",
                "The blob is larger than 64 MB.",
            ));
        }
        let incoming = self.folder.join(INCOMING);
        let (file, body) = (file.to_owned(), call.body.clone());
        let written = tokio::task::spawn_blocking(move || put(&incoming, &file, &body, only_new))
            .await
            .expect("writing a file does not panic");
        match written {
            Ok(tag) => Ok(with_header(empty(StatusCode::CREATED), "etag", &tag)),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(Refusal(
                StatusCode::CONFLICT,
                "BlobAlreadyExists",
                "The specified blob already exists.",
            )),
            Err(_) => Err(Refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "The file cannot be written.",
            )),
        }
    }
}

/// Azure's error: status, code, sentence.
#[derive(Debug)]
struct Refusal(StatusCode, &'static str, &'static str);

const NOT_FOUND: Refusal =
    Refusal(StatusCode::NOT_FOUND, "BlobNotFound", "The specified blob does not exist.");

/// A container and a blob whose names stay inside the folder.
struct Name {
    container: String,
    blob: String,
}

impl Name {
    fn parse(segments: &[String]) -> Result<Self, Refusal> {
        const INVALID: Refusal = Refusal(
            StatusCode::BAD_REQUEST,
            "InvalidUri",
            "The requested URI does not name a blob.",
        );
        let (container, path) = segments.split_first().ok_or(INVALID)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        // A decoded piece may still hold a slash, or be `..`: both would leave the folder.
        let inside = |piece: &String| {
            !piece.is_empty() && piece != "." && piece != ".." && !piece.contains(['/', '\\', '\0'])
        };
        if container.is_empty()
            || !container.chars().all(plain)
            || path.is_empty()
            || !path.iter().all(inside)
        {
            return Err(INVALID);
        }
        Ok(Self { container: container.clone(), blob: path.join("/") })
    }
}

async fn is_file(file: &Path) -> bool {
    tokio::fs::metadata(file).await.is_ok_and(|it| it.is_file())
}

async fn read(file: &Path, call: &Call, link: &Link) -> Result<Answer, Refusal> {
    let metadata = tokio::fs::metadata(file).await.map_err(|_| NOT_FOUND)?;
    if !metadata.is_file() {
        return Err(NOT_FOUND);
    }
    let tag = tag(&metadata);
    let same = |tags: &str| tags.split(',').any(|it| it.trim() == tag || it.trim() == "*");
    if call.header("if-none-match").is_some_and(same) {
        return Ok(with_header(empty(StatusCode::NOT_MODIFIED), "etag", &tag));
    }
    let content = Bytes::from(tokio::fs::read(file).await.map_err(|_| NOT_FOUND)?);
    let length = content.len();
    let mut answer = match call.header("range").map(|range| slice(range, length)) {
        None | Some(Range::Unreadable) => Answer::new(content),
        Some(Range::Outside) => {
            return Err(Refusal(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "InvalidRange",
                "The range is not in the blob.",
            ));
        }
        Some(Range::Inside(first, last)) => {
            let mut answer = Answer::new(content.slice(first..=last));
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            with_header(answer, "content-range", &format!("bytes {first}-{last}/{length}"))
        }
    };
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type(file)));
    answer = with_header(answer, "etag", &tag);
    answer = with_header(answer, "accept-ranges", "bytes");
    answer = with_header(answer, "x-ms-blob-type", "BlockBlob");
    answer = overridden(answer, CACHE_CONTROL, link.field("rscc"));
    answer = overridden(answer, CONTENT_DISPOSITION, link.field("rscd"));
    Ok(overridden(answer, CONTENT_TYPE, link.field("rsct")))
}

/// What the link says about the answer is signed, so it goes before what the blob says.
fn overridden(mut answer: Answer, name: HeaderName, value: &str) -> Answer {
    if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// What a `Range` header asks of a blob.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// First and last byte.
    Inside(usize, usize),
    Outside,
    /// Several ranges, or another unit: the whole blob is a right answer to those.
    Unreadable,
}

fn slice(range: &str, length: usize) -> Range {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|it| it.split_once('-')) else {
        return Range::Unreadable;
    };
    let end = length.saturating_sub(1);
    let (first, last) = match (first.parse::<usize>().ok(), last.parse::<usize>().ok()) {
        (Some(first), Some(last)) if first <= last => (first, last.min(end)),
        (Some(first), None) if last.is_empty() => (first, end),
        (None, Some(tail)) if first.is_empty() && tail > 0 => (length.saturating_sub(tail), end),
        _ => return Range::Unreadable,
    };
    if first < length { Range::Inside(first, last) } else { Range::Outside }
}

/// Writes beside the containers and moves into place, so that a reader sees the whole blob or none.
fn put(incoming: &Path, file: &Path, content: &[u8], only_new: bool) -> std::io::Result<String> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|_| std::io::Error::other("no random numbers"))?;
    std::fs::create_dir_all(incoming)?;
    let fresh = incoming.join(format!("{:032x}", u128::from_le_bytes(random)));
    std::fs::write(&fresh, content)?;
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if only_new {
        // A link fails when the name is taken, where a rename would replace it.
        let linked = std::fs::hard_link(&fresh, file);
        std::fs::remove_file(&fresh)?;
        linked?;
    } else {
        std::fs::rename(&fresh, file)?;
    }
    Ok(tag(&std::fs::metadata(file)?))
}

/// Changes when the content is written again.
fn tag(metadata: &std::fs::Metadata) -> String {
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let nanoseconds = modified.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_nanos());
    format!("\"0x{nanoseconds:X}{:X}\"", metadata.len())
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|it| it.to_str()) {
        Some("webp") => "image/webp",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
