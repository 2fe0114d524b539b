//! Against Azurite, and, for what it never does, against a server that does as it is told.

#[path = "../../../../../tests/peers/azurite.rs"]
#[allow(dead_code, unreachable_pub, reason = "whoever includes it uses a part")]
mod azurite;
mod by_identity;
mod by_key;
mod lent_keys;
#[path = "../../../../../tests/peers/line.rs"]
#[allow(unreachable_pub, reason = "whoever includes it sees it as its own")]
mod line;
mod troubles;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use imagegen_core::ports::blobs::{Blobs as _, conformance};
use jiff::Timestamp;
use reqwest::{Client, StatusCode};

use super::*;
use crate::http::loopback::TestClock;
use azurite::Azurite;
use line::Line;

const SERVICE: &str = include_str!("../../../../../infra/storage/blob-service.json");
const TTL: Duration = Duration::from_mins(10);

/// A prefix that no other test has.
fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("run_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn service() -> BlobService {
    BlobService::parse(SERVICE).expect("it is checked in")
}

fn account_at(connection_string: &str) -> Arc<StorageAccount> {
    let http = TestClock::new().http();
    let account = StorageAccount::with_connection_string(connection_string, http);
    Arc::new(account.expect("a connection string"))
}

/// Made anew by each test, and there after the first.
async fn set_up(account: &StorageAccount) {
    account.set_up(&service(), &[], &mut |_| {}).await.expect("set up");
}

async fn status(client: &Client, url: &str) -> StatusCode {
    client.get(url).send().await.expect("an answer").status()
}

async fn send(client: &Client, upload: &UploadUrl, bytes: Vec<u8>) -> reqwest::Response {
    let mut request = client.put(&upload.url).body(bytes);
    for (name, value) in &upload.headers {
        request = request.header(*name, value);
    }
    request.send().await.expect("an answer")
}

/// What holds for whatever signs the links.
async fn links_keep_their_promises(images: &BlobStorage, client: &Client) {
    let (run, now) = (fresh(), Timestamp::now());
    let key = format!("{run}/usr_1/gen_1/0/original.webp");
    images.put(&key, "image/webp", vec![7; 1000]).await.expect("put");
    let url = images.read_url(&key, now, TTL).await.expect("a link");

    let answer = client.get(&url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "image/webp");
    assert_eq!(header("cache-control"), Window::CACHE_CONTROL);
    assert_eq!(answer.bytes().await.expect("the picture"), vec![7; 1000]);

    let other = format!("{run}/usr_2/secret.webp");
    images.put(&other, "image/webp", vec![8; 10]).await.expect("put");
    for tampered in [
        url.replace(&key, &other),
        url.replace("sp=r", "sp=rw"),
        url.replace("max-age%3D3600", "max-age%3D9999"),
        url.replace("&se=20", "&se=21"),
        url.split('?').next().expect("an address").to_owned(),
    ] {
        assert_ne!(tampered, url);
        assert_eq!(status(client, &tampered).await, 403, "{tampered}");
    }
    let past = Timestamp::from_second(now.as_second() - 3 * 86_400).expect("a near time");
    let expired = images.read_url(&key, past, TTL).await.expect("a link");
    assert_eq!(status(client, &expired).await, 403);
}

async fn an_upload_is_made_once(uploads: &BlobStorage, client: &Client) {
    let key = format!("{}/usr_1/upl_1/raw", fresh());
    let now = Timestamp::now();
    let upload = uploads.upload_url(&key, "image/png", 10, now, TTL).await.expect("a link");
    assert_eq!(send(client, &upload, vec![1; 20]).await.status(), 201);
    // The link cannot hold its sender to a size, which is why the size is asked for.
    assert_eq!(uploads.size(&key).await.expect("an answer"), Some(20));
    assert_eq!(send(client, &upload, vec![2; 20]).await.status(), 403);
    assert_eq!(status(client, &upload.url).await, 403);
    assert_eq!(uploads.get(&key).await.expect("an answer"), Some(vec![1; 20]));
}
