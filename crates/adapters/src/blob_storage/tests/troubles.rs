//! The store is down, slow to answer, or not as it was set up.

use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use super::*;
use crate::http::loopback::{Act, Server, answer, nobody};

fn images_at(url: &str) -> BlobStorage {
    let text = format!("AccountName=fluxstore;AccountKey=YQ==;BlobEndpoint={url}/fluxstore");
    BlobStorage::new(account_at(&text), "images")
}

#[tokio::test]
async fn while_the_store_is_away_it_is_unavailable_and_afterwards_it_goes_on() {
    let azurite = Azurite::shared();
    let line = Line::to(azurite.port()).await;
    let through = azurite.connection_string();
    let through = through.replace(&azurite.port().to_string(), &line.port.to_string());
    let account = account_at(&through);
    set_up(&account).await;
    let (images, key) = (BlobStorage::new(account, "images"), format!("{}/a.png", fresh()));
    images.put(&key, "image/png", vec![1]).await.unwrap();

    line.cut();
    let now = Timestamp::now();
    assert!(matches!(images.get(&key).await, Err(BlobsError::Unavailable(_))));
    assert!(matches!(images.size(&key).await, Err(BlobsError::Unavailable(_))));
    assert!(matches!(images.delete(&key).await, Err(BlobsError::Unavailable(_))));
    let put = images.put(&key, "image/png", vec![2]).await;
    assert!(matches!(put, Err(BlobsError::Unavailable(_))), "{put:?}");
    images.read_url(&key, now, TTL).await.expect("signing asks nobody");

    line.mend(azurite.port());
    assert_eq!(images.get(&key).await.unwrap(), Some(vec![1]));
}

#[tokio::test]
async fn where_nobody_listens_is_unavailable_and_the_key_is_not_told() {
    let images = images_at(&nobody().await);
    let Err(BlobsError::Unavailable(source)) = images.get("a.png").await else {
        panic!("answered")
    };
    assert!(!format!("{source:?} {images:?}").contains("YQ=="), "{source:?}");
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_told_apart() {
    let busy = || answer(503, "").with("x-ms-error-code", "ServerBusy");
    let server = Server::script([busy(), Act::Drop, busy(), answer(201, "")]).await;
    images_at(&server.url).put("a.png", "image/png", vec![1, 2]).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(
        seen.iter().all(|it| it.body == [1, 2] && it.header("x-ms-version") == Some("2022-11-02"))
    );

    for (status, code, tries, unavailable) in [
        (503, "ServerBusy", 4, true),
        (500, "OperationTimedOut", 4, true),
        (429, "TooManyRequests", 4, true),
        (401, "InvalidAuthenticationInfo", 1, true),
        (409, "ContainerBeingDeleted", 1, true),
        (403, "AuthenticationFailed", 1, false),
        (403, "AuthorizationPermissionMismatch", 1, false),
        (404, "ContainerNotFound", 1, false),
        (404, "", 1, false),
        (412, "LeaseIdMissing", 1, false),
        (400, "InvalidHeaderValue", 1, false),
    ] {
        let server = Server::script([answer(status, "").with("x-ms-error-code", code)]).await;
        let images = images_at(&server.url);
        let outcome = match images.get("a.png").await {
            Err(BlobsError::Unavailable(_)) => true,
            Err(BlobsError::Refused(_)) => false,
            Ok(found) => panic!("{status} {code}: {found:?}"),
        };
        assert_eq!((server.seen().len(), outcome), (tries, unavailable), "{status} {code}");
    }
}

#[tokio::test]
async fn a_missing_container_is_no_missing_blob_and_says_who_makes_it() {
    let account = account_at(&Azurite::shared().connection_string());
    let nowhere = BlobStorage::new(account, "nowhere");
    for outcome in [
        nowhere.get("a.png").await.map(|_| ()),
        nowhere.size("a.png").await.map(|_| ()),
        nowhere.put("a.png", "image/png", vec![1]).await,
        nowhere.delete("a.png").await,
    ] {
        let Err(BlobsError::Refused(source)) = outcome else { panic!("{outcome:?}") };
        assert!(source.to_string().contains("`imagegen blobs setup`"), "{source}");
    }
}

#[tokio::test]
async fn what_is_too_long_is_not_read() {
    let long = answer(206, "").with("content-length", "5000000000");
    let server = Server::script([long]).await;
    let read = images_at(&server.url).get("a.png").await;
    let Err(BlobsError::Refused(source)) = read else { panic!("{read:?}") };
    assert!(format!("{source:?}").contains("TooLarge"), "{source:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_not_shown() {
    let azurite = Azurite::shared();
    let wrong = azurite.connection_string().replace(azurite::KEY, "d3Jvbmc=");
    let images = BlobStorage::new(account_at(&wrong), "images");
    let Err(BlobsError::Refused(source)) = images.get("a.png").await else { panic!("taken") };
    // Azure says `AuthenticationFailed`.
    assert!(source.to_string().contains("403 AuthorizationFailure"), "{source}");
}

#[tokio::test]
async fn telemetry_sees_every_attempt_and_no_name_of_a_blob() {
    let busy = answer(503, "").with("x-ms-error-code", "ServerBusy");
    let server = Server::script([busy, answer(201, "")]).await;
    let images = images_at(&server.url);
    let seen = Seen::default();
    {
        let _listening = tracing::subscriber::set_default(seen.clone());
        images.put("usr_1234567890/gen_1/0/a.png", "image/png", vec![1]).await.unwrap();
    }
    let seen = seen.0.lock().unwrap().join("\n");
    assert_eq!(seen.matches("dependency.kind=Azure blob").count(), 2, "{seen}");
    assert_eq!(seen.matches("dependency.name=PUT /fluxstore/images/*").count(), 2, "{seen}");
    assert!(seen.contains("dependency.result=503") && seen.contains("dependency.result=201"));
    assert!(!seen.contains("usr_") && !seen.contains("SharedKey"), "{seen}");
}

/// The fields of dependencies.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let text = format!("{field}={value:?}").replace('"', "");
        self.0.lock().expect("a test").push(text);
    }
}

impl Subscriber for Seen {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == crate::dependency::TARGET
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
