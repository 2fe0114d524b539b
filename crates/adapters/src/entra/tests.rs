use std::collections::VecDeque;

use azure_core::time::OffsetDateTime;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::*;
use crate::http::loopback::TestClock;

const SCOPE: &str = "https://servicebus.azure.net/.default";
/// Where the test clock begins.
const START: i64 = 1_767_225_600;

/// Gives what it was told to give, in turn, each as soon as the test lets it.
#[derive(Debug)]
struct Scripted {
    answers: Mutex<VecDeque<Result<(&'static str, i64), ()>>>,
    asked: Mutex<Vec<String>>,
    allowed: Semaphore,
}

impl Scripted {
    fn tokens(answers: impl IntoIterator<Item = Result<(&'static str, i64), ()>>) -> Setup {
        let source = Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            allowed: Semaphore::new(100),
        });
        let clock = TestClock::new();
        let credential = Arc::clone(&source) as Arc<dyn TokenCredential>;
        let tokens = Tokens {
            source: Source::Given(credential),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            kept: Mutex::default(),
        };
        Setup { tokens, clock, source }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// An identity whose token is `token`.
pub(crate) fn always(token: &'static str) -> Arc<Tokens> {
    Arc::new(Scripted::tokens([Ok((token, 3600))]).tokens)
}

struct Setup {
    tokens: Tokens,
    clock: Arc<TestClock>,
    source: Arc<Scripted>,
}

impl Setup {
    async fn token(&self) -> Option<String> {
        self.tokens.bearer(SCOPE).await.ok().map(|token| token.expose().to_owned())
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

#[async_trait]
impl TokenCredential for Scripted {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.asked.lock().unwrap().push(scopes.concat());
        self.allowed.acquire().await.expect("never closed").forget();
        let answer = self.answers.lock().unwrap().pop_front().expect("asked once too often");
        let (token, seconds) = answer.map_err(|()| failed("down"))?;
        let expiry = OffsetDateTime::from_unix_timestamp(START + seconds).unwrap();
        Ok(AccessToken::new(token.to_owned(), expiry))
    }
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_call() {
    let setup = Scripted::tokens([Ok(("one", 3600))]);
    setup.source.allowed.forget_permits(100);
    let asking = join_all((0..50).map(|_| setup.token()));
    let (answers, ()) = tokio::join!(asking, async { setup.source.allowed.add_permits(100) });
    assert!(answers.iter().all(|token| token.as_deref() == Some("one")), "{answers:?}");
    assert_eq!(setup.source.asked.lock().unwrap().as_slice(), [SCOPE]);
}

#[tokio::test]
async fn a_new_one_is_asked_for_before_the_old_one_ends() {
    let setup = Scripted::tokens([Ok(("one", 3600)), Ok(("two", 7200))]);
    assert_eq!(setup.token().await.as_deref(), Some("one"));
    setup.pass(3600 - 301);
    assert_eq!(setup.token().await.as_deref(), Some("one"));
    setup.pass(2);
    assert_eq!(setup.token().await.as_deref(), Some("two"));
    assert_eq!(setup.source.asked(), 2);
}

#[tokio::test]
async fn who_has_a_good_one_does_not_wait_for_the_next() {
    let setup = Scripted::tokens([Ok(("one", 3600)), Ok(("two", 7200))]);
    setup.token().await;
    setup.pass(3400);
    setup.source.allowed.forget_permits(100);
    let (first, ()) = tokio::join!(setup.token(), async {
        // The first one asks and waits; this one comes meanwhile.
        assert_eq!(setup.token().await.as_deref(), Some("one"));
        setup.source.allowed.add_permits(100);
    });
    assert_eq!(first.as_deref(), Some("two"));
}

#[tokio::test]
async fn while_none_is_to_be_had_the_old_one_serves_and_nobody_asks_at_each_call() {
    let setup = Scripted::tokens([Ok(("one", 3600)), Err(()), Err(()), Err(()), Ok(("two", 9000))]);
    setup.token().await;
    setup.pass(3400);
    for _ in 0..10 {
        assert_eq!(setup.token().await.as_deref(), Some("one"));
    }
    assert_eq!(setup.source.asked(), 2);
    setup.pass(31);
    assert_eq!(setup.token().await.as_deref(), Some("one"));
    assert_eq!(setup.source.asked(), 3);
    // From here on the old one is no good, so that each call asks.
    setup.pass(300);
    assert_eq!(setup.token().await, None);
    assert_eq!(setup.token().await.as_deref(), Some("two"));
}

#[tokio::test]
async fn each_service_has_a_token_of_its_own() {
    let setup = Scripted::tokens([Ok(("bus", 3600)), Ok(("blobs", 3600))]);
    assert_eq!(setup.token().await.as_deref(), Some("bus"));
    let blobs = setup.tokens.bearer("https://storage.azure.com/.default").await.unwrap();
    assert_eq!(blobs.expose(), "blobs");
    assert_eq!(setup.token().await.as_deref(), Some("bus"));
}

#[tokio::test]
async fn a_failure_names_the_service_and_shows_nothing_else() {
    let setup = Scripted::tokens([Err(())]);
    let error = setup.tokens.bearer(SCOPE).await.unwrap_err();
    assert_eq!(error.to_string(), format!("there is no Entra token for {SCOPE}"));
    assert_eq!(format!("{:?}", setup.tokens), "Tokens { .. }");
}
