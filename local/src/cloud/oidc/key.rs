//! The issuer's RSA key: made once per data folder, because a new key would sign everybody out.

use std::path::Path;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// An RSA-2048 key that signs RS256.
pub(super) struct SigningKey {
    pair: KeyPair,
    /// Modulus and exponent, as a JWK writes them.
    modulus: String,
    exponent: String,
}

impl SigningKey {
    /// Reads the key at `file`, or makes one and keeps it there.
    pub(super) fn open(file: &Path) -> Result<Self, String> {
        if let Ok(der) = std::fs::read(file) {
            let pair = KeyPair::from_pkcs8(&der)
                .map_err(|e| format!("{} is not the RSA key it was: {e}", file.display()))?;
            return Ok(Self::of(pair));
        }
        let key = Self::generate();
        let der: Pkcs8V1Der<'_> = key.pair.as_der().expect("a key just made can be written");
        let write = || {
            let fresh = file.with_extension("new");
            std::fs::write(&fresh, der.as_ref())?;
            std::fs::rename(&fresh, file)
        };
        write().map_err(|e| format!("cannot write {}: {e}", file.display()))?;
        Ok(key)
    }

    /// A key that nobody keeps.
    pub(super) fn generate() -> Self {
        Self::of(KeyPair::generate(KeySize::Rsa2048).expect("the machine can make an RSA key"))
    }

    fn of(pair: KeyPair) -> Self {
        let (modulus, exponent) = numbers(pair.public_key().as_ref());
        Self { modulus: BASE64_URL.encode(modulus), exponent: BASE64_URL.encode(exponent), pair }
    }

    /// The RFC 7638 thumbprint: the same key has the same name in every run.
    pub(super) fn id(&self) -> String {
        let members = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, self.exponent, self.modulus);
        BASE64_URL.encode(Sha256::digest(members))
    }

    /// The public half, with the extra members Entra adds: a reader must ignore them.
    pub(super) fn jwk(&self, issuer: &str) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id(),
            "n": self.modulus, "e": self.exponent, "issuer": issuer,
        })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer has the length of the modulus");
        signature
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(message, signature)
            .is_ok()
    }

    /// The bytes an attacker would use as HMAC secret against a verifier that lets the token choose the algorithm.
    pub(super) fn public_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }
}

/// Modulus and exponent out of an RFC 8017 `RSAPublicKey`: a sequence of two integers.
fn numbers(der: &[u8]) -> (&[u8], &[u8]) {
    let (sequence, _) = element(der);
    let (modulus, rest) = element(sequence);
    let (exponent, _) = element(rest);
    (without_sign(modulus), without_sign(exponent))
}

/// DER puts a zero before a number whose first bit is set; a JWK has the number alone.
fn without_sign(number: &[u8]) -> &[u8] {
    number.strip_prefix(&[0]).unwrap_or(number)
}

/// The content of the DER element that `der` begins with, and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let first = usize::from(der[1]);
    let (start, length) = if first < 0x80 {
        (2, first)
    } else {
        let bytes = first & 0x7f;
        let length = der[2..2 + bytes].iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        (2 + bytes, length)
    };
    (&der[start..start + length], &der[start + length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_survives_a_restart() {
        let folder = crate::cloud::tests::folder("oidc-key");
        let first = SigningKey::open(&folder.join("oidc.key")).expect("the folder is writable");
        let second = SigningKey::open(&folder.join("oidc.key")).expect("the key was kept");
        assert_eq!(first.id(), second.id());
        assert!(second.verifies(b"words", &first.sign(b"words")));
        assert!(!second.verifies(b"other words", &first.sign(b"words")));
    }

    #[test]
    fn the_jwk_has_the_numbers_of_the_key() {
        let key = SigningKey::generate();
        let jwk = key.jwk("http://issuer");
        let modulus = BASE64_URL.decode(jwk["n"].as_str().expect("a string")).expect("base64url");
        assert_eq!(modulus.len(), 256);
        assert_ne!(modulus[0], 0);
        assert_eq!(jwk["e"], "AQAB");
    }
}
