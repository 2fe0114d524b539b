//! When a key for links is asked for, and what happens when it cannot be had.

use futures_util::future::join_all;

use super::*;
use crate::http::loopback::{Act, Seen, Server, answer};

const NOON: &str = "2026-01-01T12:00:00Z";
const DAY: Duration = Duration::from_hours(24);

/// As Azure answers; the times are those that were asked for.
fn lend(seen: &Seen) -> Act {
    assert!(seen.target.contains("comp=userdelegationkey"), "{}", seen.target);
    let body = String::from_utf8(seen.body.clone()).expect("text");
    let told = |name: &str| {
        let rest = body.split_once(&format!("<{name}>")).expect("it is told").1;
        rest.split('<').next().expect("it ends").to_owned()
    };
    answer(
        200,
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><UserDelegationKey><SignedOid>o</SignedOid>\
             <SignedTid>t</SignedTid><SignedStart>{}</SignedStart><SignedExpiry>{}</SignedExpiry>\
             <SignedService>b</SignedService><SignedVersion>2022-11-02</SignedVersion>\
             <Value>c2VjcmV0</Value></UserDelegationKey>",
            told("Start"),
            told("Expiry")
        ),
    )
    .with("content-type", "application/xml")
}

struct Borrower {
    images: BlobStorage,
    clock: Arc<TestClock>,
}

impl Borrower {
    fn of(server: &Server) -> Self {
        let clock = TestClock::new();
        let text =
            format!("AccountName=fluxstore;AccountKey=YQ==;BlobEndpoint={}/fluxstore", server.url);
        let account = StorageAccount::borrowing(&text, clock.http()).expect("a connection string");
        Self { images: BlobStorage::new(Arc::new(account), "images"), clock }
    }

    /// The days of the key that signs a link.
    async fn key_at(&self, now: Timestamp) -> Result<String, BlobsError> {
        let link = self.images.read_url("a.webp", now, DAY).await?;
        let field = |name: &str| link.split('&').find_map(|it| it.strip_prefix(name));
        Ok(format!(
            "{} {}",
            &field("skt=").expect("lent")[..10],
            &field("ske=").expect("lent")[..10]
        ))
    }
}

fn noon() -> Timestamp {
    NOON.parse().expect("a time")
}

#[tokio::test]
async fn one_key_serves_a_day_and_everybody_who_asks_at_once() {
    let server = Server::start(lend).await;
    let borrower = Borrower::of(&server);
    let keys = join_all((0..20).map(|_| borrower.key_at(noon()))).await;
    assert!(keys.iter().all(|key| key.as_deref().is_ok_and(|it| it == "2025-12-31 2026-01-04")));
    let evening: Timestamp = "2026-01-01T23:59:59Z".parse().unwrap();
    borrower.key_at(evening).await.unwrap();
    assert_eq!(server.seen().len(), 1);
    let body = String::from_utf8(server.only().body).unwrap();
    assert!(body.contains("<Start>2025-12-31T23:00:00Z</Start>"), "{body}");
    assert!(body.contains("<Expiry>2026-01-04T01:00:00Z</Expiry>"), "{body}");

    let key = borrower.key_at(noon() + DAY).await.unwrap();
    assert_eq!(key, "2026-01-01 2026-01-05");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn yesterdays_key_signs_while_no_other_can_be_had() {
    let server = Server::start(|seen| {
        let body = String::from_utf8_lossy(&seen.body).into_owned();
        if body.contains("<Start>2025-12-31") { lend(seen) } else { answer(503, "") }
    })
    .await;
    let borrower = Borrower::of(&server);
    let first = borrower.key_at(noon()).await.unwrap();
    let asked = || server.seen().len();
    assert_eq!(asked(), 1);
    assert_eq!(borrower.key_at(noon() + DAY).await.unwrap(), first);
    let after_one_failure = asked();
    assert!(after_one_failure > 1, "another one was asked for");
    // Not again at once, and not once for each link.
    borrower.key_at(noon() + DAY).await.unwrap();
    assert_eq!(asked(), after_one_failure);
    borrower.clock.advance(Duration::from_mins(1));
    borrower.key_at(noon() + DAY).await.unwrap();
    assert!(asked() > after_one_failure, "it is tried again");
    // But no link outlives its key.
    let outlived = borrower.key_at(noon() + 3 * DAY).await;
    assert!(matches!(outlived, Err(BlobsError::Unavailable(_))), "{outlived:?}");
}

#[tokio::test]
async fn without_any_key_everybody_is_told_at_once_and_it_is_tried_again_later() {
    let down = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let switch = Arc::clone(&down);
    let server =
        Server::start(
            move |seen| {
                if switch.load(Ordering::Relaxed) { answer(500, "") } else { lend(seen) }
            },
        )
        .await;
    let borrower = Borrower::of(&server);
    let refused = join_all((0..20).map(|_| borrower.key_at(noon()))).await;
    assert!(refused.iter().all(|key| matches!(key, Err(BlobsError::Unavailable(_)))));
    assert!(server.seen().len() <= 4, "one asks for all: {}", server.seen().len());
    down.store(false, Ordering::Relaxed);
    borrower.clock.advance(Duration::from_secs(5));
    borrower.key_at(noon()).await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_lent_for_less_than_the_link_signs_nothing() {
    let server = Server::start(|seen| {
        let Act::Answer { body, .. } = lend(seen) else { unreachable!("it answers") };
        let text = String::from_utf8(body).expect("text");
        answer(200, text.replace("2026-01-04T", "2026-01-01T"))
    })
    .await;
    let refused = Borrower::of(&server).key_at(noon()).await;
    assert!(matches!(refused, Err(BlobsError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn who_may_not_borrow_is_told_so() {
    let server =
        Server::script(
            [answer(403, "").with("x-ms-error-code", "AuthorizationPermissionMismatch")],
        )
        .await;
    let refused = Borrower::of(&server).key_at(noon()).await;
    let Err(BlobsError::Refused(source)) = refused else { panic!("{refused:?}") };
    assert!(source.to_string().contains("403 AuthorizationPermissionMismatch"), "{source}");
}
