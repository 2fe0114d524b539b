//! Who is calling.

use async_trait::async_trait;

use super::BoxError;

/// Checks access tokens.
///
/// Promises: `Ok` only for a token that the configured issuer signed with RS256 for this API, in force now, with the
/// required scope. What cannot be checked is refused.
#[async_trait]
pub trait Identity: std::fmt::Debug + Send + Sync + 'static {
    /// `bearer` is what follows `Bearer ` in the header.
    async fn authenticate(&self, bearer: &str) -> Result<Person, IdentityError>;
}

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub issuer: String,
    /// `oid` where the issuer gives one (`sub` is pairwise in Entra), else `sub`.
    pub subject: String,
    pub email: Option<String>,
    pub name: Option<String>,
    pub roles: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The caller must sign in again. The reason is safe to show.
    #[error("the access token is not valid: {reason}")]
    Invalid { reason: &'static str },
    /// The token is good but was not issued for this use.
    #[error("the access token lacks the scope `{scope}`")]
    InsufficientScope { scope: String },
    /// The issuer's keys could not be had; the token may be good.
    #[error("the issuer's keys cannot be read now")]
    Unavailable(#[source] BoxError),
}
