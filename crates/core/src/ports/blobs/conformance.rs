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
    the_size_is_known_without_reading(store, run).await;
    a_link_for_an_upload_is_for_one_key_and_a_time(store, run).await;
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
        let size = store.size(key).await;
        assert!(matches!(size, Err(BlobsError::Refused(_))), "{key}: {size:?}");
        let url = store.upload_url(key, "image/png", 1, Timestamp::UNIX_EPOCH, HOUR).await;
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

async fn the_size_is_known_without_reading(store: &dyn Blobs, run: &str) {
    let key = format!("{run}/sized.png");
    assert_eq!(store.size(&key).await.unwrap(), None);
    store.put(&key, "image/png", vec![1; 1234]).await.unwrap();
    assert_eq!(store.size(&key).await.unwrap(), Some(1234));
    store.delete(&key).await.unwrap();
    assert_eq!(store.size(&key).await.unwrap(), None);
}

async fn a_link_for_an_upload_is_for_one_key_and_a_time(store: &dyn Blobs, run: &str) {
    let now: Timestamp = "2026-01-01T10:00:01Z".parse().unwrap();
    let key = |name: &str| format!("{run}/{name}");
    let upload = async |key: &str, now, ttl| {
        let upload = store.upload_url(key, "image/png", 10_000, now, ttl).await.unwrap();
        let type_is_told = |(name, value): &(&str, String)| {
            name.eq_ignore_ascii_case("content-type") && value == "image/png"
        };
        assert!(upload.headers.iter().any(type_is_told), "{upload:?}");
        upload
    };
    let first = upload(&key("a"), now, HOUR).await;
    assert!(first.expires_at >= now.checked_add(1.hour()).unwrap());
    // Not for a whole window, as links for reading are: it is used once.
    assert!(first.expires_at <= now.checked_add(61.minutes()).unwrap());
    assert_ne!(first.url, upload(&key("b"), now, HOUR).await.url);
    assert_ne!(first.url, store.read_url(&key("a"), now, HOUR).await.unwrap());
    // Signing makes nothing.
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    let refused = store.upload_url(&key("a"), "image/png", 1, now, Duration::from_secs(59)).await;
    assert!(matches!(refused, Err(BlobsError::Refused(_))), "{refused:?}");
}
