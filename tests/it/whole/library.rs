//! The library as the whole product serves it.

use serde_json::json;

use super::local::Local;
use crate::folder::Folder;

#[tokio::test]
async fn pictures_come_as_one_zip_through_the_host() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.hurry().await;
    let ada = local.sign_in("ada").await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let (_, job) = local.order_picture(&ada, "a fox", &format!("zip-{n}")).await;
        ids.push(local.ended(&ada, &job["id"]).await["id"].clone());
    }
    let zip =
        local.post_for_file(&ada, "/api/v1/generations/archive", &json!({ "ids": ids })).await;
    // The end of the central directory (APPNOTE 4.3.16): three pictures, their recipes and a word about them.
    let end = &zip[zip.len() - 22..];
    assert_eq!(&end[..4], b"PK\x05\x06");
    assert_eq!(u16::from_le_bytes([end[10], end[11]]), 5);
    let pictures = zip.windows(12).filter(|it| it.starts_with(b"RIFF") && it.ends_with(b"WEBP"));
    assert_eq!(pictures.count(), 3, "they lie in it as they are");
}
