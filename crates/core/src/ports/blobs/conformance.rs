//! The contract of [`Blobs`](super::Blobs), as tests. What a link opens is tested where something serves it.

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};

use super::{Blobs, BlobsError};

const HOUR: Duration = Duration::from_hours(1);

/// `run` is to be new for every call.
pub async fn run(store: &dyn Blobs, run: &str) {
    what_was_put_is_got(store, run).await;
    a_second_put_replaces(store, run).await;
    missing_is_none_and_deleting_it_is_fine(store, run).await;
    a_bad_key_is_refused(store).await;
    links_are_stable_within_a_window_and_change_after(store, run).await;
}

async fn what_was_put_is_got(store: &dyn Blobs, run: &str) {
    let key = format!("{run}/usr_1/gen_1/0/original.webp");
    let bytes: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
    store.put(&key, "image/webp", bytes.clone()).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), Some(bytes));
}

async fn a_second_put_replaces(store: &dyn Blobs, run: &str) {
    let key = format!("{run}/again.png");
    store.put(&key, "image/png", vec![1; 1000]).await.unwrap();
    store.put(&key, "image/png", vec![2]).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), Some(vec![2]));
}

async fn missing_is_none_and_deleting_it_is_fine(store: &dyn Blobs, run: &str) {
    let key = format!("{run}/missing.png");
    assert_eq!(store.get(&key).await.unwrap(), None);
    store.delete(&key).await.unwrap();
    store.put(&key, "image/png", vec![1]).await.unwrap();
    store.delete(&key).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), None);
}

async fn a_bad_key_is_refused(store: &dyn Blobs) {
    for key in
        ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a/.b", "a\\b", "a b", "a?b", "a%2fb"]
    {
        let put = store.put(key, "image/png", vec![1]).await;
        assert!(matches!(put, Err(BlobsError::Refused(_))), "{key}: {put:?}");
        let url = store.read_url(key, Timestamp::UNIX_EPOCH, HOUR).await;
        assert!(matches!(url, Err(BlobsError::Refused(_))), "{key}: {url:?}");
    }
}

async fn links_are_stable_within_a_window_and_change_after(store: &dyn Blobs, run: &str) {
    let key = format!("{run}/link.webp");
    let start: Timestamp = "2026-01-01T10:00:01Z".parse().unwrap();
    let later = |seconds: i64| start.checked_add(seconds.seconds()).unwrap();
    let first = store.read_url(&key, start, HOUR).await.unwrap();
    assert_eq!(first, store.read_url(&key, later(60), HOUR).await.unwrap());
    assert_ne!(first, store.read_url(&key, later(2 * 3600), HOUR).await.unwrap());
    let other = store.read_url(&format!("{run}/other.webp"), start, HOUR).await.unwrap();
    assert_ne!(first, other);
}
