//! Keys that Azure lends to an identity, so that it can sign links: "user delegation keys".
//!
//! A key is for a day by the calendar, whoever asks for it, and Azure makes the same one for the same identity and times.
//! So all instances sign the same links, and browsers cache what those show.

use std::sync::{Arc, RwLock};

use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;
use azure_storage_blob::BlobServiceClient;
use azure_storage_blob::models::KeyInfo;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::blobs::BlobsError;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::account::StorageAccount;
use crate::http::Http;
use crate::sas::{BlobSas, Delegation, Window};

const DAY: i64 = 86_400;
/// Before its day: links open five minutes before they are made, because clocks differ.
const BEFORE: i64 = 3_600;
/// After its day: a link of its last minute lasts up to 25 hours, and a day more is for going on when the next key
/// cannot be had. Azure lends for seven days at most.
const AFTER: i64 = 2 * DAY + BEFORE;
/// Between two requests for a new key while the old one still signs.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The same when there is none: everybody waits for it.
const PAUSE_WITHOUT_KEY: SignedDuration = SignedDuration::from_secs(5);

#[derive(Debug)]
pub(super) struct LentKeys {
    account: String,
    http: Http,
    current: RwLock<Option<Key>>,
    /// Held by whoever asks for a key, so that one asks for all; when that last failed.
    failed: Mutex<Option<Timestamp>>,
}

#[derive(Debug, Clone)]
struct Key {
    /// The day that it was asked for, as the second in which that begins.
    day: i64,
    start: Timestamp,
    expiry: Timestamp,
    sas: Arc<BlobSas>,
}

impl Key {
    /// A link must not outlive its key.
    fn covers(&self, window: Window) -> bool {
        self.start <= window.start() && window.expiry() <= self.expiry
    }
}

impl LentKeys {
    pub(super) fn new(account: String, http: Http) -> Self {
        Self { account, http, current: RwLock::default(), failed: Mutex::default() }
    }

    /// What signs a link that is made at `now` and opens for `window`.
    pub(super) async fn sas(
        &self,
        now: Timestamp,
        window: Window,
        account: &StorageAccount,
    ) -> Result<Arc<BlobSas>, BlobsError> {
        let day = now.as_second().div_euclid(DAY) * DAY;
        let Some(key) = self.current(window) else { return self.first(day, window, account).await };
        if key.day == day {
            return Ok(key.sas);
        }
        // Whoever finds someone else asking goes on with yesterday's key.
        let Ok(mut failed) = self.failed.try_lock() else { return Ok(key.sas) };
        if failed.is_some_and(|at| self.passed_since(at) < PAUSE) {
            return Ok(key.sas);
        }
        match self.ask(day, window, account, &mut failed).await {
            Ok(sas) => Ok(sas),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "No new key for links can be had; going on with yesterday's"
                );
                Ok(key.sas)
            }
        }
    }

    async fn first(
        &self,
        day: i64,
        window: Window,
        account: &StorageAccount,
    ) -> Result<Arc<BlobSas>, BlobsError> {
        let mut failed = self.failed.lock().await;
        // Someone may have asked while we waited.
        if let Some(key) = self.current(window) {
            return Ok(key.sas);
        }
        if failed.is_some_and(|at| self.passed_since(at) < PAUSE_WITHOUT_KEY) {
            let why = "the key for links could not be had a moment ago";
            return Err(BlobsError::Unavailable(why.into()));
        }
        self.ask(day, window, account, &mut failed).await
    }

    async fn ask(
        &self,
        day: i64,
        window: Window,
        account: &StorageAccount,
        failed: &mut Option<Timestamp>,
    ) -> Result<Arc<BlobSas>, BlobsError> {
        let lent = account.outcome(self.lend(day, account.client()).await);
        let lent = lent.map_err(|failure| failure.into_error("")).and_then(|key| {
            let sas = Arc::clone(&key.sas);
            let covers = key.covers(window);
            *self.current.write().expect("nothing panics while it holds this") = Some(key);
            covers.then_some(sas).ok_or_else(|| {
                BlobsError::Refused("the key that was lent ends before the link".into())
            })
        });
        *failed = lent.is_err().then(|| self.http.now());
        lent
    }

    async fn lend(&self, day: i64, client: &BlobServiceClient) -> azure_core::Result<Key> {
        let at = |second| OffsetDateTime::from_unix_timestamp(second).map_err(unreadable);
        let info = KeyInfo {
            start: Some(at(day - BEFORE)?),
            expiry: Some(at(day + DAY + AFTER)?),
            ..KeyInfo::default()
        };
        let answer = client.get_user_delegation_key(info.try_into()?, None).await?;
        let lent = answer.into_model()?;
        let start = moment(lent.signed_start.ok_or_else(missing("SignedStart"))?)?;
        let expiry = moment(lent.signed_expiry.ok_or_else(missing("SignedExpiry"))?)?;
        let delegation = Delegation {
            object_id: lent.signed_oid.ok_or_else(missing("SignedOid"))?,
            tenant_id: lent.signed_tid.ok_or_else(missing("SignedTid"))?,
            start: start.to_string(),
            expiry: expiry.to_string(),
            service: lent.signed_service.ok_or_else(missing("SignedService"))?,
            version: lent.signed_version.ok_or_else(missing("SignedVersion"))?,
        };
        let value = lent.value.ok_or_else(missing("Value"))?;
        let sas = Arc::new(BlobSas::delegated(&self.account, value, delegation));
        Ok(Key { day, start, expiry, sas })
    }

    fn current(&self, window: Window) -> Option<Key> {
        let current = self.current.read().expect("nothing panics while it holds this");
        current.as_ref().filter(|key| key.covers(window)).cloned()
    }

    fn passed_since(&self, moment: Timestamp) -> SignedDuration {
        self.http.now().duration_since(moment)
    }
}

fn moment(time: OffsetDateTime) -> azure_core::Result<Timestamp> {
    Timestamp::from_second(time.unix_timestamp()).map_err(unreadable)
}

fn missing(name: &'static str) -> impl Fn() -> Error {
    move || unreadable(format!("the lent key has no `{name}`"))
}

fn unreadable(error: impl Into<BoxError>) -> Error {
    Error::new(ErrorKind::DataConversion, error)
}
