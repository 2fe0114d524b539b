//! Access tokens of an `OpenID` Connect issuer: Entra External ID, Azure AD B2C, or a local one.
//!
//! Sources: RFC 7519 (JWT), RFC 8725 (what goes wrong with them), Microsoft's "Access token claims reference".

mod keys;
mod verified;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::clock::Clock;
use imagegen_core::ports::identity::{Identity, IdentityError, Person};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

use crate::http::{Http, private_url};
use keys::Keys;
use verified::{Checked, Verified};
use wire::Claims;

/// Bytes. Entra's tokens have 1 to 2 kB; with many roles, a few more.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Whose tokens are accepted, and which.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The exact `iss` of the tokens, down to the slash at the end that B2C has and External ID has not.
    pub issuer: String,
    /// `<issuer>/.well-known/openid-configuration` unless set. External ID's is on another host than its issuer.
    pub metadata_url: Option<String>,
    /// The `aud` of our API.
    pub audience: String,
    /// A word of `scp`.
    pub required_scope: String,
    /// External ID: the `tid` that a token must have; its `ver` must then be `2.0`.
    pub tenant: Option<String>,
    /// B2C: the user flows of which `tfp` must name one; none means that it is not looked at.
    pub policies: Vec<String>,
    /// By how much the issuer's clock and ours may differ: 60 to 300 seconds.
    pub skew: Duration,
}

/// A setting that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOidcSettings {
    #[error("the address of the issuer's metadata must be https, or http on this machine")]
    MetadataUrl,
    #[error("issuer, audience and required scope must not be empty")]
    Empty,
    #[error("the skew must be 60 to 300 seconds")]
    Skew,
}

/// Checks tokens of one issuer. The issuer is asked for its keys when the first token comes.
#[derive(Debug)]
pub struct OidcIdentity {
    settings: OidcSettings,
    skew_seconds: i64,
    keys: Keys,
    verified: Verified,
    /// Signature alone: the times are compared with our own clock, the rest is compared here, word by word.
    signature_only: Validation,
    clock: Arc<dyn Clock>,
}

impl OidcIdentity {
    pub fn new(
        settings: OidcSettings,
        http: Http,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidOidcSettings> {
        let needed = [&settings.issuer, &settings.audience, &settings.required_scope];
        if needed.into_iter().any(String::is_empty) {
            return Err(InvalidOidcSettings::Empty);
        }
        let skew_seconds = i64::try_from(settings.skew.as_secs()).unwrap_or(i64::MAX);
        if !(60..=300).contains(&skew_seconds) {
            return Err(InvalidOidcSettings::Skew);
        }
        let metadata_url = settings.metadata_url.clone().unwrap_or_else(|| {
            format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'))
        });
        let metadata_url = private_url(&metadata_url).ok_or(InvalidOidcSettings::MetadataUrl)?;
        Ok(Self {
            skew_seconds,
            keys: Keys::new(metadata_url, settings.issuer.clone(), http, clock.clone()),
            verified: Verified::default(),
            signature_only: signature_only(),
            settings,
            clock,
        })
    }

    /// Compares what the issuer signed with what we accept. The times come last, so that a token for someone else is
    /// called that even when it has expired.
    fn check(&self, claims: Claims, now: i64) -> Result<Checked, IdentityError> {
        let settings = &self.settings;
        if claims.iss != settings.issuer {
            return invalid("it is from another issuer");
        }
        if !claims.aud.contains(&settings.audience) {
            return invalid("it is for another audience");
        }
        if let Some(tenant) = &settings.tenant {
            if !claims.tid.as_ref().is_some_and(|t| t.eq_ignore_ascii_case(tenant)) {
                return invalid("it is from another tenant");
            }
            if claims.ver.as_deref() != Some("2.0") {
                return invalid("it is of another version");
            }
        }
        if !settings.policies.is_empty() {
            let policy = claims.tfp.as_deref().unwrap_or_default();
            if !settings.policies.iter().any(|p| p.eq_ignore_ascii_case(policy)) {
                return invalid("it is from another user flow");
            }
        }
        let lifetime = verified::Lifetime {
            from: claims.nbf.unwrap_or(i64::MIN).saturating_sub(self.skew_seconds),
            until: claims.exp.saturating_add(self.skew_seconds),
        };
        check_lifetime(lifetime, now)?;
        let scope = &settings.required_scope;
        if !claims.scp.as_deref().unwrap_or_default().split(' ').any(|s| s == scope) {
            return Err(IdentityError::InsufficientScope { scope: scope.clone() });
        }
        let person = claims.into_person().ok_or(reason("it names nobody"))?;
        Ok(Checked { person, lifetime })
    }

    async fn key(&self, bearer: &str) -> Result<Arc<DecodingKey>, IdentityError> {
        let header = decode_header(bearer).map_err(|_| reason("it is not a signed token"))?;
        // Never the header's choice: `none`, or HS256 with our public key as the secret, would let anyone sign.
        if header.alg != Algorithm::RS256 {
            return invalid("it is not signed with RS256");
        }
        if header.crit.is_some() {
            return invalid("its header asks for something that we do not know");
        }
        let id = header.kid.ok_or(reason("it does not name its key"))?;
        let key = self.keys.find(&id).await.map_err(IdentityError::Unavailable)?;
        key.ok_or(reason("its key is not one of the issuer's"))
    }
}

#[async_trait]
impl Identity for OidcIdentity {
    async fn authenticate(&self, bearer: &str) -> Result<Person, IdentityError> {
        if bearer.len() > LONGEST_TOKEN {
            return invalid("it is too long");
        }
        let now = self.clock.now().as_second();
        let digest = verified::digest(bearer);
        if let Some(checked) = self.verified.find(&digest, now) {
            check_lifetime(checked.lifetime, now)?;
            return Ok(checked.person.clone());
        }
        let key = self.key(bearer).await?;
        let claims = decode::<Claims>(bearer, &key, &self.signature_only).map_err(|e| {
            use jsonwebtoken::errors::ErrorKind;
            reason(match e.kind() {
                ErrorKind::InvalidSignature => "its signature does not hold",
                _ => "it is not readable",
            })
        })?;
        let checked = self.check(claims.claims, now)?;
        let person = checked.person.clone();
        self.verified.keep(digest, checked, now);
        Ok(person)
    }
}

fn check_lifetime(lifetime: verified::Lifetime, now: i64) -> Result<(), IdentityError> {
    if now >= lifetime.until {
        return invalid("it has expired");
    }
    if now < lifetime.from {
        return invalid("it is not valid yet");
    }
    Ok(())
}

fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

fn reason(reason: &'static str) -> IdentityError {
    IdentityError::Invalid { reason }
}

fn invalid<T>(why: &'static str) -> Result<T, IdentityError> {
    Err(reason(why))
}

#[cfg(test)]
mod tests;
