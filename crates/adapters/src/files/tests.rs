use std::sync::atomic::AtomicBool;

use imagegen_core::ports::blobs::conformance;

use super::*;
use crate::scratch::Folder;

fn open(folder: &Folder) -> FileBlobs {
    let sas = BlobSas::new("local", "c2VjcmV0").unwrap();
    FileBlobs::open(folder.join("blobs"), "images", "http://localhost:7071/_local/blobs/", sas)
        .unwrap()
}

#[tokio::test]
async fn it_keeps_the_contract_of_the_port_twice_in_one_folder() {
    let folder = Folder::new();
    let blobs = open(&folder);
    conformance::run(&blobs, "one").await;
    conformance::run(&blobs, "two").await;
}

#[tokio::test]
async fn a_blob_is_a_file_where_the_local_cloud_looks_for_it() {
    let folder = Folder::new();
    open(&folder).put("usr_1/a.png", "image/png", vec![1, 2]).await.unwrap();
    assert_eq!(fs::read(folder.join("blobs/images/usr_1/a.png")).unwrap(), [1, 2]);
    let left = fs::read_dir(folder.join("blobs/images/.incoming")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_blob_is_there_after_the_store_was_opened_again() {
    let folder = Folder::new();
    open(&folder).put("a.png", "image/png", vec![1]).await.unwrap();
    assert_eq!(open(&folder).get("a.png").await.unwrap(), Some(vec![1]));
}

#[tokio::test]
async fn a_link_has_everything_that_the_server_checks() {
    let folder = Folder::new();
    let now = "2026-01-01T10:20:30.5Z".parse().unwrap();
    let url = open(&folder).read_url("usr_1/a.webp", now, Duration::from_mins(10)).await.unwrap();
    let (address, query) = url.split_once('?').unwrap();
    assert_eq!(address, "http://localhost:7071/_local/blobs/images/usr_1/a.webp");
    let (fields, signature) = query.split_once("&sig=").unwrap();
    assert_eq!(
        fields,
        "sv=2022-11-02&spr=https%2Chttp&st=2026-01-01T09%3A55%3A00Z&se=2026-01-01T11%3A10%3A00Z&sr=b&sp=r\
         &rscc=private%2C%20max-age%3D3600%2C%20immutable"
    );
    assert!(!signature.is_empty());
}

#[tokio::test]
async fn a_folder_is_no_blob_and_a_blob_is_no_folder() {
    let folder = Folder::new();
    let blobs = open(&folder);
    blobs.put("usr_1/a.png", "image/png", vec![1]).await.unwrap();
    assert_eq!(blobs.get("usr_1").await.unwrap(), None);
    assert_eq!(blobs.get("usr_1/a.png/b.png").await.unwrap(), None);
    blobs.delete("usr_1").await.unwrap();
    blobs.delete("usr_1/a.png/b.png").await.unwrap();
    for key in ["usr_1", "usr_1/a.png/b.png"] {
        let put = blobs.put(key, "image/png", vec![2]).await;
        assert!(matches!(put, Err(BlobsError::Refused(_))), "{key}: {put:?}");
    }
    assert_eq!(blobs.get("usr_1/a.png").await.unwrap(), Some(vec![1]));
}

#[test]
fn what_a_crash_left_is_removed_and_what_is_being_written_is_not() {
    let folder = Folder::new();
    drop(open(&folder));
    let incoming = folder.join("blobs/images/.incoming");
    fs::write(incoming.join("1-0"), [1]).unwrap();
    let busy = File::create(incoming.join("2-0")).unwrap();
    busy.lock().unwrap();
    drop(open(&folder));
    assert!(!incoming.join("1-0").exists());
    assert!(incoming.join("2-0").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_never_sees_half_a_file() {
    const SIZE: usize = 300_000;
    let folder = Folder::new();
    let blobs = Arc::new(open(&folder));
    blobs.put("a.png", "image/png", vec![0; SIZE]).await.unwrap();
    let written = Arc::new(AtomicBool::new(false));
    let (store, done) = (Arc::clone(&blobs), Arc::clone(&written));
    let writer = tokio::spawn(async move {
        for n in 1..=50 {
            store.put("a.png", "image/png", vec![n; SIZE]).await.unwrap();
        }
        done.store(true, Ordering::Release);
    });
    while !written.load(Ordering::Acquire) {
        let bytes = blobs.get("a.png").await.unwrap().unwrap();
        assert_eq!(bytes.len(), SIZE);
        assert!(bytes.iter().all(|b| *b == bytes[0]), "two pictures in one");
    }
    writer.await.unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    fs::write(folder.join("blobs"), "a file").unwrap();
    let sas = BlobSas::new("local", "c2VjcmV0").unwrap();
    let error = FileBlobs::open(folder.join("blobs"), "images", "http://x", sas).unwrap_err();
    let wanted = format!("`{}`", folder.join("blobs/images").display());
    assert!(error.to_string().contains(&wanted), "{error}");
}

#[tokio::test]
async fn a_link_for_an_upload_says_that_it_only_makes_the_blob() {
    let folder = Folder::new();
    let now = "2026-01-01T10:20:30.5Z".parse().unwrap();
    let ttl = Duration::from_mins(15);
    let upload = open(&folder).upload_url("usr_1/upl_1/raw", "image/png", 9, now, ttl).await;
    let upload = upload.unwrap();
    assert_eq!(upload.expires_at, "2026-01-01T10:35:31Z".parse().unwrap());
    let (address, query) = upload.url.split_once('?').unwrap();
    assert_eq!(address, "http://localhost:7071/_local/blobs/images/usr_1/upl_1/raw");
    assert!(query.contains("&se=2026-01-01T10%3A35%3A31Z&sr=b&sp=c&sig="), "{query}");
    assert_eq!(upload.headers[0], ("x-ms-blob-type", "BlockBlob".to_owned()));
}
