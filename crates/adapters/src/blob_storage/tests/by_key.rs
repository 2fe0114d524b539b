//! With the account's key, as emulators have it.

use azure_storage_blob::models::BlockListType;

use super::*;

async fn container(name: &str) -> BlobStorage {
    let account = account_at(&Azurite::shared().connection_string());
    set_up(&account).await;
    BlobStorage::new(account, name)
}

#[tokio::test]
async fn it_keeps_the_contract_of_the_port_twice_in_one_container() {
    let images = container("images").await;
    conformance::run(&images, &fresh()).await;
    conformance::run(&images, &fresh()).await;
}

#[tokio::test]
async fn a_link_opens_one_blob_until_it_expires_and_to_nobody_who_changes_it() {
    links_keep_their_promises(&container("images").await, &Client::new()).await;
}

#[tokio::test]
async fn a_strangers_link_makes_a_blob_once_and_reads_nothing() {
    an_upload_is_made_once(&container("uploads").await, &Client::new()).await;
}

#[tokio::test]
async fn what_is_stored_may_be_kept_for_ever_and_may_be_empty() {
    let images = container("images").await;
    let key = format!("{}/a.webp", fresh());
    images.put(&key, "image/webp", Vec::new()).await.unwrap();
    assert_eq!(images.get(&key).await.unwrap(), Some(Vec::new()));
    assert_eq!(images.size(&key).await.unwrap(), Some(0));
    let stored = images.blob(&key).unwrap().get_properties(None).await.unwrap();
    assert_eq!(stored.cache_control().unwrap().as_deref(), Some(CACHE_CONTROL));
    assert_eq!(stored.content_type().unwrap().as_deref(), Some("image/webp"));
}

#[tokio::test]
async fn many_megabytes_are_one_request_and_come_back_whole() {
    let images = container("images").await;
    let key = format!("{}/large.png", fresh());
    let bytes: Vec<u8> = (0..=250).cycle().take(12_000_000).collect();
    images.put(&key, "image/png", bytes.clone()).await.unwrap();
    let stored = images.blob(&key).unwrap().block_blob_client();
    let blocks = stored.get_block_list(BlockListType::Committed, None).await.unwrap();
    let blocks = blocks.into_model().unwrap();
    assert_eq!(blocks.committed_blocks.map_or(0, |blocks| blocks.len()), 0, "put in blocks");
    assert!(images.get(&key).await.unwrap() == Some(bytes), "other bytes came back");
}

#[tokio::test]
async fn setting_up_twice_changes_nothing_and_pages_of_the_origin_may_upload() {
    let azurite = Azurite::start(0);
    let account = account_at(&azurite.connection_string());
    let origins = ["https://app.example".to_owned()];
    for done in [Done::Made, Done::There] {
        let mut steps = Vec::new();
        account.set_up(&service(), &origins, &mut |step| steps.push(step)).await.unwrap();
        assert_eq!(steps.len(), 3, "{steps:?}");
        assert!(steps.iter().all(|step| step.done == done), "{steps:?}");
    }

    let uploads = BlobStorage::new(account, "uploads");
    let now = Timestamp::now();
    let upload = uploads.upload_url("a/raw", "image/png", 9, now, TTL).await.unwrap();
    let client = Client::new();
    let asked = async |origin: &str| {
        let names: Vec<&str> = upload.headers.iter().map(|(name, _)| *name).collect();
        let request = client
            .request(reqwest::Method::OPTIONS, &upload.url)
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", names.join(","));
        request.send().await.unwrap()
    };
    let allowed = asked("https://app.example").await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://app.example");
    assert_eq!(asked("https://other.example").await.status(), 403);
    assert_eq!(send(&client, &upload, vec![1]).await.status(), 201);
}

#[tokio::test]
async fn the_vendors_client_uploads_by_our_link_once() {
    let uploads = container("uploads").await;
    let key = format!("{}/raw", fresh());
    let upload = uploads.upload_url(&key, "image/png", 300_000, Timestamp::now(), TTL).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/peers/blob.mjs");
    let url = upload.unwrap().url;
    let node = tokio::task::spawn_blocking(move || {
        std::process::Command::new("node").args([script, &url, "image/png", "300000"]).output()
    });
    let node = node.await.unwrap().unwrap();
    assert!(node.status.success(), "{node:?}");
    let told: serde_json::Value = serde_json::from_slice(&node.stdout).unwrap();
    // Azure says `UnauthorizedBlobOverwrite`.
    assert_eq!(told["again"], "AuthorizationPermissionMismatch", "{told}");
    assert_eq!(uploads.get(&key).await.unwrap(), Some(vec![7; 300_000]));
}
