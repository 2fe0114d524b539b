//! Links to one blob, signed with the account's key: Azure's "service SAS", also for the files of a laptop.
//!
//! The rule: <https://learn.microsoft.com/rest/api/storageservices/create-service-sas>.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

/// Later versions sign more lines and are not accepted everywhere.
const VERSION: &str = "2022-11-02";

/// The query fields, in the order that Microsoft's SDK writes them, are encoded as its `encodeURIComponent` does.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Signs links. The key never shows, not even in a debug print.
#[derive(Clone)]
pub struct BlobSas {
    account: String,
    key: Vec<u8>,
}

/// The key of a storage account is base64.
#[derive(Debug, thiserror::Error)]
#[error("the key of storage account `{account}` is not base64")]
pub struct InvalidKey {
    account: String,
    source: base64::DecodeError,
}

/// What a link allows.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    pub container: &'a str,
    /// As it is named, not as a URL writes it.
    pub blob: &'a str,
    pub access: Access,
    pub window: Window,
    pub protocol: Protocol,
    /// The `Cache-Control` of what the link answers, instead of the stored one.
    pub cache_control: Option<&'a str>,
    /// The `Content-Disposition` of what the link answers, instead of the stored one.
    pub content_disposition: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    /// For an upload by the browser: the blob is made once. With `w` beside it, whoever has the link could exchange
    /// what was checked already.
    Create,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Https,
    /// For loopback.
    HttpsAndHttp,
}

/// From when to when a link opens, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    start: Timestamp,
    expiry: Timestamp,
}

/// `ttl` is not between 1 minute and 24 hours, or the time is not of this age of the world.
#[derive(Debug, thiserror::Error)]
#[error("a link cannot last {ttl:?} from {now}")]
pub struct InvalidWindow {
    now: Timestamp,
    ttl: Duration,
}

impl BlobSas {
    pub fn new(account: &str, key: &str) -> Result<Self, InvalidKey> {
        let account = account.to_owned();
        match BASE64.decode(key) {
            Ok(key) => Ok(Self { account, key }),
            Err(source) => Err(InvalidKey { account, source }),
        }
    }

    /// The query of the URL that opens what `link` says, without the `?`.
    pub fn query(&self, link: &Link<'_>) -> String {
        let (start, expiry) = (link.window.start.to_string(), link.window.expiry.to_string());
        let access = match link.access {
            Access::Read => "r",
            Access::Create => "c",
        };
        let protocol = match link.protocol {
            Protocol::Https => "https",
            Protocol::HttpsAndHttp => "https,http",
        };
        let resource = format!("/blob/{}/{}/{}", self.account, link.container, link.blob);
        let cache_control = link.cache_control.unwrap_or_default();
        let disposition = link.content_disposition.unwrap_or_default();
        #[rustfmt::skip]
        let signed = [
            access, &start, &expiry, &resource,
            "", "", protocol, VERSION, // policy, addresses
            "b", "", "", cache_control, // snapshot, encryption scope
            disposition, "", "", "", // encoding, language, type
        ];
        let signature = self.sign(&signed.join("\n"));
        let fields = [
            ("sv", VERSION),
            ("spr", protocol),
            ("st", &start),
            ("se", &expiry),
            ("sr", "b"),
            ("sp", access),
            ("rscc", cache_control),
            ("rscd", disposition),
            ("sig", &signature),
        ];
        let mut query = String::with_capacity(256);
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend([name, "="]);
            query.extend(utf8_percent_encode(value, &ENCODED));
        }
        query
    }

    fn sign(&self, text: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        BASE64.encode(mac.finalize().into_bytes())
    }
}

impl std::fmt::Debug for BlobSas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobSas").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Window {
    /// How long [`around`](Self::around) gives the same link, so that browsers cache what it shows.
    const SAME_LINK: i64 = 3600;

    /// The `Cache-Control` for links of [`around`](Self::around): a picture never changes, and after the hour it is
    /// asked for by another link.
    pub const CACHE_CONTROL: &str = "private, max-age=3600, immutable";

    /// Clocks differ; a link is good on a server whose clock is this far behind.
    const SKEW: i64 = 300;

    /// The same window for every `now` of one hour, good for at least `ttl` from each.
    pub fn around(now: Timestamp, ttl: Duration) -> Result<Self, InvalidWindow> {
        let second = now.as_second();
        let hour = second - second.rem_euclid(Self::SAME_LINK);
        Self::new(hour, hour + Self::SAME_LINK, ttl).ok_or(InvalidWindow { now, ttl })
    }

    /// For a link that is used once, such as an upload's.
    pub fn from_now(now: Timestamp, ttl: Duration) -> Result<Self, InvalidWindow> {
        let second = now.as_second();
        Self::new(second, second + 1, ttl).ok_or(InvalidWindow { now, ttl })
    }

    /// The moment from which the link opens nothing any more.
    pub fn expiry(&self) -> Timestamp {
        self.expiry
    }

    /// For a use at any time from the second `first` until the second `last`, and `ttl` from then.
    fn new(first: i64, last: i64, ttl: Duration) -> Option<Self> {
        if !(Duration::from_mins(1)..=Duration::from_hours(24)).contains(&ttl) {
            return None;
        }
        let seconds = i64::try_from(ttl.as_millis().div_ceil(1000)).ok()?;
        let start = Timestamp::from_second(first - Self::SKEW).ok()?;
        let expiry = Timestamp::from_second(last + seconds).ok()?;
        Some(Self { start, expiry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The well-known key of Microsoft's storage emulators: public.
    const KEY: &str =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn link() -> Link<'static> {
        let (start, expiry) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T01:00:00Z"));
        Link {
            container: "images",
            blob: "u1/2026/abc.webp",
            access: Access::Read,
            window: Window { start, expiry },
            protocol: Protocol::Https,
            cache_control: Some("private, max-age=3600"),
            content_disposition: Some("inline"),
        }
    }

    #[test]
    fn a_link_is_signed_as_microsofts_sdk_does() {
        let sas = BlobSas::new("devstoreaccount1", KEY).unwrap();
        assert_eq!(
            sas.query(&link()),
            "sv=2022-11-02&spr=https&st=2026-01-01T00%3A00%3A00Z&se=2026-01-01T01%3A00%3A00Z&sr=b&sp=r\
             &rscc=private%2C%20max-age%3D3600&rscd=inline\
             &sig=ZH09nSMiLhL2KiGUT%2Fh%2BMMWu5g7hxuK686N6UZxCUXY%3D"
        );
    }

    #[test]
    fn a_link_says_only_what_it_was_told_to() {
        let sas = BlobSas::new("devstoreaccount1", KEY).unwrap();
        let plain = Link { cache_control: None, content_disposition: None, ..link() };
        let query = sas.query(&Link { access: Access::Create, ..plain });
        assert!(query.contains("&sp=c&sig="), "{query}");
    }

    #[test]
    fn whatever_a_link_says_is_signed() {
        let sas = BlobSas::new("devstoreaccount1", KEY).unwrap();
        let window = Window::around(at("2026-01-01T00:00:00Z"), Duration::from_hours(1)).unwrap();
        let others = [
            Link { container: "uploads", ..link() },
            Link { blob: "u2/2026/abc.webp", ..link() },
            Link { access: Access::Create, ..link() },
            Link { window, ..link() },
            Link { protocol: Protocol::HttpsAndHttp, ..link() },
            Link { cache_control: None, ..link() },
            Link { content_disposition: Some("attachment"), ..link() },
        ];
        let signature =
            |link: &Link<'_>| sas.query(link).rsplit_once("&sig=").unwrap().1.to_owned();
        for other in &others {
            assert_ne!(signature(other), signature(&link()), "{other:?}");
        }
    }

    #[test]
    fn the_key_never_shows() {
        let sas = BlobSas::new("local", KEY).unwrap();
        assert_eq!(format!("{sas:?}"), r#"BlobSas { account: "local", .. }"#);
        let invalid = BlobSas::new("local", "not base64").unwrap_err();
        assert_eq!(invalid.to_string(), "the key of storage account `local` is not base64");
    }

    #[test]
    fn one_window_serves_a_whole_hour_and_lasts_long_enough_at_its_end() {
        let ttl = Duration::from_mins(10);
        let first = Window::around(at("2026-01-01T10:00:00Z"), ttl).unwrap();
        let last = Window::around(at("2026-01-01T10:59:59.999Z"), ttl).unwrap();
        assert_eq!(first, last);
        assert_eq!(first.start, at("2026-01-01T09:55:00Z"));
        assert_eq!(first.expiry, at("2026-01-01T11:10:00Z"));
    }

    #[test]
    fn a_link_lasts_a_minute_to_a_day() {
        let now = at("2026-01-01T10:00:00Z");
        for (ttl, fine) in
            [(59_999, false), (60_000, true), (86_400_000, true), (86_400_001, false)]
        {
            let window = Window::around(now, Duration::from_millis(ttl));
            assert_eq!(window.is_ok(), fine, "{ttl} ms");
        }
        assert!(Window::around(Timestamp::MAX, Duration::from_hours(1)).is_err());
        assert!(Window::from_now(now, Duration::MAX).is_err());
    }
}
