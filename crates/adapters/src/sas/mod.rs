//! Links to one blob. Signed with the account's key they are Azure's "service SAS", which the files of a laptop have
//! too; signed with a key that Entra's identity was lent, "user delegation SAS".
//!
//! The rules: <https://learn.microsoft.com/rest/api/storageservices/create-service-sas> and
//! <https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas>.

mod links;
mod window;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::utf8_percent_encode;

pub(crate) use links::Links;
pub use window::{InvalidWindow, Window};

use crate::signature::{URI_COMPONENT, hmac_sha256};

/// Later versions sign more lines and are not accepted everywhere.
pub const VERSION: &str = "2022-11-02";

/// Signs links. The key never shows, not even in a debug print.
#[derive(Clone)]
pub struct BlobSas {
    account: String,
    key: Vec<u8>,
    delegation: Option<Delegation>,
}

/// What Azure says about a key that it lent to an identity; every link says it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The identity, and the tenant it is in.
    pub object_id: String,
    pub tenant_id: String,
    /// From when to when the key signs, as Azure wrote it: `2026-01-01T00:00:00Z`.
    pub start: String,
    pub expiry: String,
    /// `b`, for blobs.
    pub service: String,
    /// The version of the protocol in which the key was asked for.
    pub version: String,
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

impl BlobSas {
    pub fn new(account: &str, key: &str) -> Result<Self, InvalidKey> {
        let account = account.to_owned();
        match BASE64.decode(key) {
            Ok(key) => Ok(Self { account, key, delegation: None }),
            Err(source) => Err(InvalidKey { account, source }),
        }
    }

    /// `key` is the bytes, which Azure sends as base64.
    pub fn delegated(account: &str, key: Vec<u8>, delegation: Delegation) -> Self {
        Self { account: account.to_owned(), key, delegation: Some(delegation) }
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
        let mut signed = vec![access, &start, &expiry, &resource];
        let mut fields =
            vec![("sv", VERSION), ("spr", protocol), ("st", &*start), ("se", &*expiry)];
        if let Some(lent) = &self.delegation {
            let said = [
                ("skoid", &*lent.object_id),
                ("sktid", &*lent.tenant_id),
                ("skt", &*lent.start),
                ("ske", &*lent.expiry),
                ("sks", &*lent.service),
                ("skv", &*lent.version),
            ];
            signed.extend(said.map(|(_, value)| value));
            signed.extend(["", "", ""]); // authorized and unauthorized user, correlation
            fields.extend(said);
        } else {
            signed.push(""); // policy
        }
        signed.extend(["", protocol, VERSION]); // addresses
        signed.extend(["b", "", "", cache_control]); // snapshot, encryption scope
        signed.extend([disposition, "", "", ""]); // encoding, language, type
        let signature = self.sign(&signed.join("\n"));
        fields.extend([
            ("sr", "b"),
            ("sp", access),
            ("rscc", cache_control),
            ("rscd", disposition),
            ("sig", &signature),
        ]);
        let mut query = String::with_capacity(512);
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend([name, "="]);
            query.extend(utf8_percent_encode(value, URI_COMPONENT));
        }
        query
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// In base64.
    pub(crate) fn sign(&self, text: &str) -> String {
        BASE64.encode(hmac_sha256(&self.key, text))
    }
}

impl std::fmt::Debug for BlobSas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobSas")
            .field("account", &self.account)
            .field("delegation", &self.delegation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

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
    fn a_link_with_a_lent_key_is_signed_as_microsofts_sdk_does() {
        let lent = Delegation {
            object_id: "11111111-1111-1111-1111-111111111111".into(),
            tenant_id: "22222222-2222-2222-2222-222222222222".into(),
            start: "2026-01-01T00:00:00Z".into(),
            expiry: "2026-01-02T00:00:00Z".into(),
            service: "b".into(),
            version: "2022-11-02".into(),
        };
        let key = b"0123456789abcdef0123456789abcdef".to_vec();
        let sas = BlobSas::delegated("fluxstore", key, lent);
        let plain = Link { cache_control: None, content_disposition: None, ..link() };
        assert_eq!(
            sas.query(&plain),
            "sv=2022-11-02&spr=https&st=2026-01-01T00%3A00%3A00Z&se=2026-01-01T01%3A00%3A00Z\
             &skoid=11111111-1111-1111-1111-111111111111&sktid=22222222-2222-2222-2222-222222222222\
             &skt=2026-01-01T00%3A00%3A00Z&ske=2026-01-02T00%3A00%3A00Z&sks=b&skv=2022-11-02\
             &sr=b&sp=r&sig=UOPVDoCjNBYn22SHc%2BwmptzipG92jemzN%2FazJT7YsUg%3D"
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
        assert_eq!(format!("{sas:?}"), r#"BlobSas { account: "local", delegation: None, .. }"#);
        let invalid = BlobSas::new("local", "not base64").unwrap_err();
        assert_eq!(invalid.to_string(), "the key of storage account `local` is not base64");
    }
}
