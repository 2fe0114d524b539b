//! Service SAS, sv 2022-11-02: which requests a signed link allows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;

use crate::cloud::{hmac_sha256, pairs, same_secret};

/// The version that is pinned on both sides; the string to sign differs between versions.
const VERSION: &str = "2022-11-02";

/// What the request wants to do with the blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// Make a blob that does not exist yet.
    Create,
    /// Write whatever is there.
    Write,
}

/// A link's query, as it was given.
pub(super) struct Link(Vec<(String, String)>);

impl Link {
    pub(super) fn parse(query: &str) -> Self {
        Self(pairs(query.as_bytes()))
    }

    /// A parameter, or the empty string, which is what stands for an absent one in the string to sign.
    pub(super) fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Whether the link allows `access` to `blob`; otherwise Azure's error code with a sentence.
    pub(super) fn allows(
        &self,
        access: Access,
        target: &Target<'_>,
        now: Timestamp,
    ) -> Result<(), (&'static str, &'static str)> {
        const DENIED: &str = "AuthenticationFailed";
        if self.field("sig").is_empty() {
            return Err((
                "NoAuthenticationInformation",
                "The blob is private: a signed link is needed.",
            ));
        }
        if self.field("sv") != VERSION {
            return Err((DENIED, "The signed version must be 2022-11-02."));
        }
        let Some(expected) = self.signature(target) else {
            return Err((DENIED, "The signed resource must be b or c."));
        };
        if !same_secret(&expected, self.field("sig")) {
            return Err((DENIED, "The signature does not match."));
        }
        let start = self.field("st");
        if !start.is_empty() && time(start).is_none_or(|start| start > now) {
            return Err((DENIED, "The link is not valid yet."));
        }
        if time(self.field("se")).is_none_or(|expiry| expiry <= now) {
            return Err((DENIED, "The link has expired."));
        }
        let protocols = self.field("spr");
        if !protocols.is_empty() && !protocols.split(',').any(|protocol| protocol == "http") {
            return Err((
                "AuthorizationProtocolMismatch",
                "The link is for https alone; this service speaks http.",
            ));
        }
        let permitted = |letter| self.field("sp").contains(letter);
        let permitted = match access {
            Access::Read => permitted('r'),
            Access::Create => permitted('c') || permitted('w'),
            Access::Write => permitted('w'),
        };
        match access {
            _ if permitted => Ok(()),
            Access::Write if self.field("sp").contains('c') => Err((
                "UnauthorizedBlobOverwrite",
                "This request is not authorized to perform blob overwrites.",
            )),
            Access::Read | Access::Create | Access::Write => {
                Err(("AuthorizationPermissionMismatch", "The link does not permit this."))
            }
        }
    }

    /// The signature that a link with these fields must carry.
    fn signature(&self, target: &Target<'_>) -> Option<String> {
        let Target { account, key, container, blob } = target;
        let resource = match self.field("sr") {
            "b" => format!("/blob/{account}/{container}/{blob}"),
            "c" => format!("/blob/{account}/{container}"),
            _ => return None,
        };
        let field = |name| self.field(name);
        // snapshot has no field here: this service keeps none.
        let lines = [
            field("sp"),
            field("st"),
            field("se"),
            &resource,
            field("si"),
            field("sip"),
            field("spr"),
            field("sv"),
            field("sr"),
            "",
            field("ses"),
            field("rscc"),
            field("rscd"),
            field("rsce"),
            field("rscl"),
            field("rsct"),
        ];
        let key = BASE64.decode(key).ok()?;
        Some(BASE64.encode(hmac_sha256(&key, lines.join("\n").as_bytes())))
    }
}

/// The blob that is asked for, and the account's key in base64.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) account: &'a str,
    pub(super) key: &'a str,
    pub(super) container: &'a str,
    pub(super) blob: &'a str,
}

fn time(written: &str) -> Option<Timestamp> {
    written.parse().ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const KEY: &str =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    const V7: &str = "sv=2022-11-02&spr=https&st=2026-01-01T00%3A00%3A00Z&se=2026-01-01T01%3A00%3A00Z&sr=b&sp=r\
        &rscc=private%2C%20max-age%3D3600&rscd=inline";

    fn target() -> Target<'static> {
        Target {
            account: "devstoreaccount1",
            key: KEY,
            container: "images",
            blob: "u1/2026/abc.webp",
        }
    }

    /// A signed link for `target`: `fields` are pairs of a query.
    pub(in crate::cloud::blobs) fn link(target: &Target<'_>, fields: &str) -> String {
        let fields = format!("sv=2022-11-02&{fields}");
        let signature = Link::parse(&fields).signature(target).expect("sr is b or c");
        let signature: String =
            url::form_urlencoded::byte_serialize(signature.as_bytes()).collect();
        format!("{fields}&sig={signature}")
    }

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    fn verdict(query: &str, access: Access) -> Result<(), &'static str> {
        Link::parse(query)
            .allows(access, &target(), at("2026-01-01T00:30:00Z"))
            .map_err(|(code, _)| code)
    }

    #[test]
    fn the_signature_is_that_of_the_vendors_library() {
        let signature = Link::parse(V7).signature(&target());
        assert_eq!(signature.as_deref(), Some("ZH09nSMiLhL2KiGUT/h+MMWu5g7hxuK686N6UZxCUXY="));
    }

    #[test]
    fn a_link_is_good_for_its_time_and_its_permission() {
        let read = link(&target(), "st=2026-01-01T00:00:00Z&se=2026-01-01T01:00:00Z&sr=b&sp=r");
        assert_eq!(verdict(&read, Access::Read), Ok(()));
        assert_eq!(verdict(&read, Access::Write), Err("AuthorizationPermissionMismatch"));
        let early = link(&target(), "st=2026-01-01T00:31:00Z&se=2026-01-01T01:00:00Z&sr=b&sp=r");
        assert_eq!(verdict(&early, Access::Read), Err("AuthenticationFailed"));
        let late = link(&target(), "se=2026-01-01T00:30:00Z&sr=b&sp=r");
        assert_eq!(verdict(&late, Access::Read), Err("AuthenticationFailed"));
    }

    #[test]
    fn c_makes_a_blob_and_does_not_overwrite_one() {
        let create = link(&target(), "se=2026-01-01T01:00:00Z&sr=b&sp=c");
        assert_eq!(verdict(&create, Access::Create), Ok(()));
        assert_eq!(verdict(&create, Access::Write), Err("UnauthorizedBlobOverwrite"));
        assert_eq!(verdict(&create, Access::Read), Err("AuthorizationPermissionMismatch"));
    }

    #[test]
    fn a_link_for_the_container_opens_every_blob_in_it() {
        let link = link(&target(), "se=2026-01-01T01:00:00Z&sr=c&sp=r");
        assert_eq!(verdict(&link, Access::Read), Ok(()));
    }

    #[test]
    fn no_field_can_be_changed() {
        let good = link(
            &target(),
            "st=2026-01-01T00:00:00Z&se=2026-01-01T01:00:00Z&spr=https,http&sr=b&sp=r&rscc=private&rscd=inline\
             &rsct=image/webp",
        );
        assert_eq!(verdict(&good, Access::Read), Ok(()));
        for (from, to) in [
            ("st=2026-01-01T00:00:00Z", "st=2025-01-01T00:00:00Z"),
            ("se=2026-01-01T01", "se=2026-01-01T02"),
            ("sp=r", "sp=rw"),
            ("sr=b", "sr=c"),
            ("rscc=private", "rscc=public"),
            ("rscd=inline", "rscd=attachment"),
            ("rsct=image/webp", "rsct=text/html"),
            ("spr=https,http", "spr=http"),
            ("sp=r", "sip=127.0.0.1&sp=r"),
        ] {
            let tampered = good.replace(from, to);
            assert_ne!(tampered, good, "{from}");
            assert_eq!(
                verdict(&tampered, Access::Read),
                Err("AuthenticationFailed"),
                "{from} → {to}"
            );
        }
    }

    #[test]
    fn a_link_for_one_blob_opens_no_other() {
        let good = link(&target(), "se=2026-01-01T01:00:00Z&sr=b&sp=r");
        let other = Target { blob: "u2/2026/abc.webp", ..target() };
        let verdict = Link::parse(&good).allows(Access::Read, &other, at("2026-01-01T00:30:00Z"));
        assert_eq!(verdict.map_err(|(code, _)| code), Err("AuthenticationFailed"));
    }
}
