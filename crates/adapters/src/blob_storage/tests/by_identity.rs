//! With a token and a lent key, as in Azure.

use std::sync::OnceLock;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::OffsetDateTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use imagegen_core::ports::clock::{Clock, Ids};
use reqwest::Certificate;

use super::*;
use crate::clock::{SystemClock, SystemIds};
use crate::http::Http;
use crate::scratch::Folder;

/// Azurite with a certificate that this process made, and who trusts it.
struct Secure {
    azurite: Azurite,
    certificate: Certificate,
}

impl Secure {
    fn shared() -> &'static Self {
        static SHARED: OnceLock<Secure> = OnceLock::new();
        SHARED.get_or_init(|| {
            let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]);
            let made = made.expect("a certificate");
            let folder = Folder::new();
            let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
            std::fs::write(&certificate, made.cert.pem()).expect("the folder is writable");
            std::fs::write(&key, made.signing_key.serialize_pem()).expect("it is writable");
            let azurite = Azurite::start_with_identity(&certificate, &key);
            let certificate = Certificate::from_der(made.cert.der()).expect("a certificate");
            Self { azurite, certificate }
        })
    }

    fn http(&self) -> Http {
        let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) =
            (Arc::new(SystemClock), Arc::new(SystemIds));
        Http::trusting(clock, ids, self.certificate.clone())
    }

    fn client(&self) -> Client {
        let builder = Client::builder().tls_certs_only([self.certificate.clone()]);
        builder.build().expect("a client")
    }
}

/// Signs nothing, because Azurite does not look.
#[derive(Debug)]
struct Somebody;

#[async_trait]
impl TokenCredential for Somebody {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://storage.azure.com/.default"]);
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let claims = serde_json::json!({
            "aud": "https://storage.azure.com", "iss": "https://sts.windows.net/22222222-2222-2222-2222-222222222222/",
            "iat": now - 60, "nbf": now - 60, "exp": now + 3600,
            "oid": "11111111-1111-1111-1111-111111111111", "tid": "22222222-2222-2222-2222-222222222222",
        });
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token =
            format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(&claims.to_string()), part("x"));
        let expires_on = OffsetDateTime::from_unix_timestamp(now + 3600).expect("a near time");
        Ok(AccessToken::new(token, expires_on))
    }
}

async fn container(name: &str) -> BlobStorage {
    let secure = Secure::shared();
    let url = format!("{}/{}", secure.azurite.url, azurite::ACCOUNT);
    let account = StorageAccount::with_identity(&url, Arc::new(Somebody), secure.http());
    let account = Arc::new(account.expect("an address"));
    set_up(&account).await;
    BlobStorage::new(account, name)
}

#[tokio::test]
async fn it_keeps_the_contract_of_the_port() {
    conformance::run(&container("images").await, &fresh()).await;
}

#[tokio::test]
async fn a_link_opens_one_blob_until_it_expires_and_to_nobody_who_changes_it() {
    links_keep_their_promises(&container("images").await, &Secure::shared().client()).await;
}

#[tokio::test]
async fn a_strangers_link_makes_a_blob_once_and_reads_nothing() {
    an_upload_is_made_once(&container("uploads").await, &Secure::shared().client()).await;
}

#[tokio::test]
async fn two_instances_sign_the_same_link_and_it_outlives_the_next_days_key() {
    let (one, two) = (container("images").await, container("images").await);
    let (key, now) = (format!("{}/a.webp", fresh()), Timestamp::now());
    one.put(&key, "image/webp", vec![1]).await.unwrap();
    let link = one.read_url(&key, now, TTL).await.unwrap();
    assert_eq!(two.read_url(&key, now, TTL).await.unwrap(), link);
    let client = Secure::shared().client();
    assert_eq!(status(&client, &link).await, 200);

    let tomorrow = now.checked_add(Duration::from_hours(24)).unwrap();
    let next = one.read_url(&key, tomorrow, TTL).await.unwrap();
    let lent_until =
        |link: &str| link.split('&').find_map(|it| it.strip_prefix("ske=")).map(str::to_owned);
    assert_ne!(lent_until(&next), lent_until(&link));
    assert_eq!(status(&client, &link).await, 200);
    assert_eq!(status(&client, &next).await, 403, "it is not tomorrow yet");
}

#[test]
fn a_token_never_travels_in_the_clear() {
    let http = TestClock::new().http();
    for url in ["http://127.0.0.1:10000/devstoreaccount1", "http://fluxstore.blob.core.windows.net"]
    {
        let refused = StorageAccount::with_identity(url, Arc::new(Somebody), http.clone());
        assert!(refused.is_err(), "{url}");
    }
}
