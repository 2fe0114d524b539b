//! Webhooks, and the list of events.

use hmac::{Hmac, KeyInit as _, Mac as _};
use std::fmt::Write as _;

use super::*;

const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn verify(body: &[u8]) -> Result<Notice, NoticeError> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    mac.update(b"1767225600.");
    mac.update(body);
    let mut signature = "t=1767225600,v1=".to_owned();
    for byte in mac.finalize().into_bytes() {
        write!(signature, "{byte:02x}").expect("a String takes it");
    }
    let call = NoticeCall { signature: Some(&signature), body, now: NOW };
    stripe("http://127.0.0.1:1").verify(&call)
}

#[test]
fn a_signed_event_tells_whose_books_to_read() {
    let notice = verify(include_bytes!("../fixtures/event.json")).expect("signed");
    assert_eq!(
        notice,
        Notice {
            id: "evt_1".into(),
            kind: "customer.subscription.updated".into(),
            of: Some(BooksOf::Customer(CustomerId("cus_1".into()))),
        }
    );
}

#[test]
fn an_event_of_another_version_or_an_unknown_kind_is_a_notice_all_the_same() {
    let text = include_str!("../fixtures/event.json");
    let old = text.replace("2026-10-28.endive", "2020-08-27");
    assert!(verify(old.as_bytes()).expect("signed").of.is_some());
    let unknown = br#"{"id":"evt_2","object":"event","type":"moon.landed","data":{"object":7}}"#;
    let notice = verify(unknown).expect("signed");
    assert_eq!((notice.kind.as_str(), notice.of), ("moon.landed", None));
}

#[test]
fn what_is_no_snapshot_event_cannot_be_read() {
    for body in [
        include_str!("../fixtures/event_thin.json"),
        r#"{"id":"evt_1","object":"event"}"#,
        r#"{"id":"cus_1","object":"customer","type":"x"}"#,
        "[]",
        "",
    ] {
        let error = verify(body.as_bytes());
        assert!(matches!(error, Err(NoticeError::Unreadable(_))), "{body}: {error:?}");
    }
}

#[test]
fn without_a_secret_no_webhook_is_believed() {
    let stripe = with(StripeSettings { webhook_secrets: vec![], ..settings("http://127.0.0.1:1") });
    let signature = Some("t=1767225600,v1=00");
    let error = stripe.verify(&NoticeCall { signature, body: b"{}", now: NOW });
    assert!(matches!(error, Err(NoticeError::Forged(_))), "{error:?}");
}

#[tokio::test]
async fn what_happened_is_listed_page_by_page() {
    let server =
        Server::script([answer(200, include_str!("../fixtures/events.json")), list("")]).await;
    let stripe = stripe(&server.url);
    let page = stripe.notices(NOW, None).await.expect("a page");
    let of: Vec<_> = page.notices.iter().map(|notice| notice.of.clone()).collect();
    let customer = BooksOf::Customer(CustomerId("cus_1".into()));
    assert_eq!(of, [Some(customer), Some(BooksOf::Charge("ch_1".into()))]);
    assert_eq!(page.cursor.as_deref(), Some("evt_1"));
    let page = stripe.notices(NOW, page.cursor.as_deref()).await.expect("a page");
    assert_eq!((page.notices.len(), page.cursor), (0, None));

    let seen = server.seen();
    let asked = query(&seen[0]);
    assert_eq!(value(&asked, "types[0]"), Some("checkout.session.completed"));
    assert_eq!(asked.iter().filter(|(name, _)| name.starts_with("types[")).count(), 20);
    assert_eq!(value(&asked, "created[gte]"), Some("1767225600"));
    assert_eq!((value(&asked, "limit"), value(&asked, "starting_after")), (Some("100"), None));
    assert_eq!(value(&query(&seen[1]), "starting_after"), Some("evt_1"));
}
