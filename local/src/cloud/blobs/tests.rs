use super::sas::tests::link;
use super::*;
use crate::cloud::tests::{call, ground};

fn blobs(name: &str) -> Blobs {
    Blobs::new(&ground(name))
}

/// A call for `images/<blob>` with a link of `permissions`.
fn signed(blobs: &Blobs, method: Method, blob: &str, permissions: &str) -> Call {
    let target = Target { account: ACCOUNT, key: &blobs.key, container: "images", blob };
    let fields = format!("se=2999-01-01T00:00:00Z&spr=https,http&sr=b&sp={permissions}");
    let query = link(&target, &fields);
    let mut call = call(method, &format!("/images/{blob}?{query}"), "pixels");
    call.headers.insert("x-ms-blob-type", HeaderValue::from_static("BlockBlob"));
    call
}

fn with(mut call: Call, name: &'static str, value: &'static str) -> Call {
    call.headers.insert(name, HeaderValue::from_static(value));
    call
}

fn code(answer: &Answer) -> &str {
    answer.headers().get("x-ms-error-code").map_or("", |code| code.to_str().expect("text"))
}

#[tokio::test]
async fn what_was_put_is_read() {
    let blobs = blobs("blobs-put");
    let put = blobs.handle(signed(&blobs, Method::PUT, "u1/a.webp", "cw")).await;
    assert_eq!(put.status(), StatusCode::CREATED);
    let read = blobs.handle(signed(&blobs, Method::GET, "u1/a.webp", "r")).await;
    assert_eq!((read.status(), read.body().as_ref()), (StatusCode::OK, b"pixels".as_slice()));
    assert_eq!(read.headers()["content-type"], "image/webp");
    assert_eq!(read.headers()["etag"], put.headers()["etag"]);
}

#[tokio::test]
async fn without_a_link_nothing_is_read() {
    let answer = blobs("blobs-anonymous").handle(call(Method::GET, "/images/a.webp", "")).await;
    assert_eq!(
        (answer.status(), code(&answer)),
        (StatusCode::UNAUTHORIZED, "NoAuthenticationInformation")
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let blobs = blobs("blobs-missing");
    let answer = blobs.handle(signed(&blobs, Method::GET, "u1/a.webp", "r")).await;
    assert_eq!((answer.status(), code(&answer)), (StatusCode::NOT_FOUND, "BlobNotFound"));
}

#[tokio::test]
async fn a_blob_is_made_once_when_that_is_asked() {
    let blobs = blobs("blobs-once");
    let put = || with(signed(&blobs, Method::PUT, "a.png", "cw"), "if-none-match", "*");
    assert_eq!(blobs.handle(put()).await.status(), StatusCode::CREATED);
    let again = blobs.handle(put()).await;
    assert_eq!((again.status(), code(&again)), (StatusCode::CONFLICT, "BlobAlreadyExists"));
}

#[tokio::test]
async fn a_put_without_the_type_of_blob_is_refused() {
    let blobs = blobs("blobs-type");
    let mut put = signed(&blobs, Method::PUT, "a.png", "cw");
    put.headers.remove("x-ms-blob-type");
    assert_eq!(code(&blobs.handle(put).await), "MissingRequiredHeader");
}

#[tokio::test]
async fn a_known_copy_is_not_sent_again() {
    let blobs = blobs("blobs-known");
    let put = blobs.handle(signed(&blobs, Method::PUT, "a.png", "cw")).await;
    let mut get = signed(&blobs, Method::GET, "a.png", "r");
    get.headers.insert("if-none-match", put.headers()["etag"].clone());
    assert_eq!(blobs.handle(get).await.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_range_is_cut_out() {
    let blobs = blobs("blobs-range");
    blobs.handle(signed(&blobs, Method::PUT, "a.png", "cw")).await;
    let part =
        blobs.handle(with(signed(&blobs, Method::GET, "a.png", "r"), "range", "bytes=1-3")).await;
    assert_eq!(
        (part.status(), part.body().as_ref()),
        (StatusCode::PARTIAL_CONTENT, b"ixe".as_slice())
    );
    assert_eq!(part.headers()["content-range"], "bytes 1-3/6");
    let beyond =
        blobs.handle(with(signed(&blobs, Method::GET, "a.png", "r"), "range", "bytes=9-")).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
}

#[test]
fn ranges_are_read_as_http_says() {
    assert_eq!(slice("bytes=0-", 10), Range::Inside(0, 9));
    assert_eq!(slice("bytes=2-100", 10), Range::Inside(2, 9));
    assert_eq!(slice("bytes=-3", 10), Range::Inside(7, 9));
    assert_eq!(slice("bytes=-30", 10), Range::Inside(0, 9));
    assert_eq!(slice("bytes=10-", 10), Range::Outside);
    assert_eq!(slice("bytes=0-", 0), Range::Outside);
    assert_eq!(slice("bytes=5-2", 10), Range::Unreadable);
    assert_eq!(slice("bytes=0-1,3-4", 10), Range::Unreadable);
}

#[tokio::test]
async fn the_link_decides_the_headers_of_the_answer() {
    let blobs = blobs("blobs-headers");
    blobs.handle(signed(&blobs, Method::PUT, "a.png", "cw")).await;
    let target = Target { account: ACCOUNT, key: &blobs.key, container: "images", blob: "a.png" };
    let query = link(
        &target,
        "se=2999-01-01T00:00:00Z&sr=b&sp=r&rscc=private&rscd=attachment&rsct=image/x",
    );
    let answer = blobs.handle(call(Method::GET, &format!("/images/a.png?{query}"), "")).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("cache-control"), "private");
    assert_eq!(header("content-disposition"), "attachment");
    assert_eq!(header("content-type"), "image/x");
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder() {
    let blobs = blobs("blobs-traversal");
    for path in [
        "/images/../secret",
        "/images/%2e%2e/secret",
        "/images/a%2F..%2Fb",
        "/images/..%5Cb",
        "/../images/a",
        "/images",
        "/images/",
        "/images//a",
        "/.incoming/a",
        "/images/a%00b",
    ] {
        let answer = blobs.handle(call(Method::GET, path, "")).await;
        assert_eq!(
            (answer.status(), code(&answer)),
            (StatusCode::BAD_REQUEST, "InvalidUri"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_link_that_only_makes_a_blob_neither_exchanges_nor_reads_it() {
    let blobs = blobs("blobs-create");
    let put = || signed(&blobs, Method::PUT, "u1/upl/raw", "c");
    assert_eq!(blobs.handle(put()).await.status(), StatusCode::CREATED);
    let again = blobs.handle(put()).await;
    assert_eq!(
        (again.status(), code(&again)),
        (StatusCode::FORBIDDEN, "UnauthorizedBlobOverwrite")
    );
    let read = blobs.handle(signed(&blobs, Method::GET, "u1/upl/raw", "c")).await;
    assert_eq!(
        (read.status(), code(&read)),
        (StatusCode::FORBIDDEN, "AuthorizationPermissionMismatch")
    );
}

#[tokio::test]
async fn a_browser_of_another_origin_may_send_what_a_link_allows() {
    let blobs = blobs("blobs-cors");
    let asked = blobs.handle(call(Method::OPTIONS, "/uploads/u1/upl/raw", "")).await;
    assert_eq!(asked.status(), StatusCode::OK);
    let header = |name: &str| asked.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("access-control-allow-origin"), "*");
    assert!(header("access-control-allow-methods").contains("PUT"));
    assert!(header("access-control-allow-headers").contains('*'));
    let put = blobs.handle(signed(&blobs, Method::PUT, "u1/upl/raw", "c")).await;
    assert_eq!(put.headers()["access-control-allow-origin"], "*");
    // A page must be able to read why it was refused.
    let refused = blobs.handle(signed(&blobs, Method::PUT, "u1/upl/raw", "c")).await;
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn an_upload_of_more_than_the_store_takes_is_refused() {
    let blobs = blobs("blobs-large");
    let mut put = signed(&blobs, Method::PUT, "a.png", "c");
    put.body = Bytes::from(vec![0; MAX_BYTES + 1]);
    let answer = blobs.handle(put).await;
    assert_eq!(
        (answer.status(), code(&answer)),
        (StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge")
    );
}
