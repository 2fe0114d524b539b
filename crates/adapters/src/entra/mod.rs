//! Entra tokens: how we are known to Azure's services without a key.
//!
//! In Azure they come from the function app's managed identity, on a developer's machine from the Azure CLI. Both ways
//! are `azure_identity`'s. What is here keeps tokens: one call for each service however many ask at once, a new one
//! before the old one ends, and the old one for as long as it is good when no new one is to be had.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::http::{ClientOptions, Transport};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId,
};
use imagegen_core::ports::clock::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::http::{Http, Secret};

/// A new token is asked for this long before the old one ends: five minutes, as `azure_identity` keeps its own.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// After a failure nobody asks anew for this long while the old token is still good.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// Those who ask have users who wait.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The function app's identity: the user-assigned one with this client id, or else the app's own. The platform
    /// says in `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` where its tokens are.
    Managed { client_id: Option<String> },
    /// Whoever is signed in with `az login` or `azd auth login`.
    Developer,
}

/// What opens a service that takes a key or an identity.
#[derive(Debug, Clone)]
pub enum Access {
    Key(Secret),
    Identity(Arc<Tokens>),
}

/// Tokens for Azure's services, by scope. Nothing is asked before the first one is needed.
pub struct Tokens {
    source: Source,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<String, Arc<Kept>>>,
}

/// No token is to be had.
#[derive(Debug, thiserror::Error)]
#[error("there is no Entra token for {scope}")]
pub struct NoToken {
    scope: String,
    source: azure_core::Error,
}

enum Source {
    /// Built on first use, because it needs the HTTP client.
    Lazy { who: Who, http: Http, built: OnceLock<Result<Arc<dyn TokenCredential>, String>> },
    #[cfg(test)]
    Given(Arc<dyn TokenCredential>),
}

/// What is known of one scope's token.
#[derive(Default)]
struct Kept {
    token: Mutex<Option<AccessToken>>,
    /// Held by the one who asks; until when nobody is to ask again after a failure.
    asking: tokio::sync::Mutex<Option<Timestamp>>,
}

impl Access {
    /// A key that is none.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Key(key) if key.expose().trim().is_empty())
    }
}

impl Tokens {
    pub fn new(who: Who, http: Http, clock: Arc<dyn Clock>) -> Self {
        let source = Source::Lazy { who, http, built: OnceLock::new() };
        Self { source, clock, kept: Mutex::default() }
    }

    /// A token for `scope`, such as `https://servicebus.azure.net/.default`, for an `Authorization: Bearer` header.
    pub async fn bearer(&self, scope: &str) -> Result<Secret, NoToken> {
        let token = self.token(scope).await;
        let token = token.map_err(|source| NoToken { scope: scope.to_owned(), source })?;
        Ok(Secret::new(token.token.secret()))
    }

    async fn token(&self, scope: &str) -> azure_core::Result<AccessToken> {
        let kept = self.kept(scope);
        if let Some(token) = kept.good_for(EARLY, self.clock.now()) {
            return Ok(token);
        }
        let mut turn = match kept.asking.try_lock() {
            Ok(turn) => turn,
            // Somebody asks already. Whoever has a token that is still good does not wait for that.
            Err(_) => match kept.good_for(SignedDuration::ZERO, self.clock.now()) {
                Some(token) => return Ok(token),
                None => kept.asking.lock().await,
            },
        };
        let now = self.clock.now();
        if let Some(token) = kept.good_for(EARLY, now) {
            return Ok(token);
        }
        let old = kept.good_for(SignedDuration::ZERO, now);
        match (&old, *turn) {
            (Some(token), Some(until)) if now < until => return Ok(token.clone()),
            _ => {}
        }
        match (self.ask(scope).await, old) {
            (Ok(token), _) => {
                *turn = None;
                *kept.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
                Ok(token)
            }
            (Err(error), Some(old)) => {
                tracing::warn!(
                    "No new Entra token for {scope}, the old one is still good: {error}"
                );
                *turn = Some(now + PAUSE);
                Ok(old)
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn ask(&self, scope: &str) -> azure_core::Result<AccessToken> {
        let asked = tokio::time::timeout(TIMEOUT, async {
            self.source.credential()?.get_token(&[scope], None).await
        });
        asked.await.unwrap_or_else(|_| Err(failed("the identity endpoint did not answer in time")))
    }

    fn kept(&self, scope: &str) -> Arc<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(scope) {
            return Arc::clone(found);
        }
        Arc::clone(kept.entry(scope.to_owned()).or_default())
    }
}

impl Kept {
    /// The token, if it is good for longer than `spare`.
    fn good_for(&self, spare: SignedDuration, now: Timestamp) -> Option<AccessToken> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let last = (now + spare).as_second();
        token.as_ref().filter(|token| token.expires_on.unix_timestamp() > last).cloned()
    }
}

/// For the clients of Azure's own crates.
#[async_trait]
impl TokenCredential for Tokens {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        match scopes {
            [scope] => self.token(scope).await,
            _ => Err(failed("a token is for exactly one scope")),
        }
    }
}

impl Source {
    fn credential(&self) -> azure_core::Result<Arc<dyn TokenCredential>> {
        match self {
            Self::Lazy { who, http, built } => {
                let built = built.get_or_init(|| build(who, http));
                built.clone().map_err(failed)
            }
            #[cfg(test)]
            Self::Given(credential) => Ok(Arc::clone(credential)),
        }
    }
}

fn build(who: &Who, http: &Http) -> Result<Arc<dyn TokenCredential>, String> {
    match who {
        Who::Managed { client_id } => {
            let transport = Transport::new(Arc::new(http.client()?.clone()));
            let options = ManagedIdentityCredentialOptions {
                user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
                client_options: ClientOptions { transport: Some(transport), ..Default::default() },
            };
            let credential = ManagedIdentityCredential::new(Some(options));
            Ok(credential.map_err(|e| e.to_string())?)
        }
        Who::Developer => Ok(DeveloperToolsCredential::new(None).map_err(|e| e.to_string())?),
    }
}

fn failed(why: impl Into<String>) -> azure_core::Error {
    azure_core::Error::with_message(ErrorKind::Credential, why.into())
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}
