//! Which account, and who we are there.

use std::fmt;
use std::sync::Arc;

use azure_core::credentials::{Secret as SdkSecret, TokenCredential};
use azure_data_cosmos::{AccountEndpoint, AccountReference};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::http::{ConnectionString, Endpoint, InvalidConnectionString, InvalidEndpoint, Secret};

/// An account, and how to show it who asks.
#[derive(Clone)]
pub struct Account {
    pub(super) endpoint: Endpoint,
    credential: Credential,
}

#[derive(Clone)]
enum Credential {
    /// In base64.
    Key(Secret),
    Identity(Arc<dyn TokenCredential>),
}

/// Why an account cannot be used, without showing a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccount {
    #[error("the account's address {0}")]
    Address(InvalidEndpoint),
    #[error(transparent)]
    ConnectionString(#[from] InvalidConnectionString),
}

impl Account {
    /// `AccountEndpoint=…;AccountKey=…;`, as the portal and the emulators hand it out.
    pub fn with_key(connection_string: &str) -> Result<Self, InvalidAccount> {
        let parts = ConnectionString::parse(connection_string)?;
        let endpoint = parts.need("AccountEndpoint")?.expose().parse();
        let key = parts.need("AccountKey")?;
        if BASE64.decode(key.expose()).is_err() {
            return Err(InvalidConnectionString::Unusable("AccountKey").into());
        }
        Ok(Self {
            endpoint: endpoint.map_err(InvalidAccount::Address)?,
            credential: Credential::Key(key.clone()),
        })
    }

    /// `https://….documents.azure.com/`, with the roles that `identity` has there.
    pub fn with_identity(
        endpoint: &str,
        identity: Arc<dyn TokenCredential>,
    ) -> Result<Self, InvalidAccount> {
        Ok(Self {
            endpoint: endpoint.parse().map_err(InvalidAccount::Address)?,
            credential: Credential::Identity(identity),
        })
    }

    pub(super) fn key(&self) -> Option<&Secret> {
        match &self.credential {
            Credential::Key(key) => Some(key),
            Credential::Identity(_) => None,
        }
    }

    pub(super) fn reference(&self) -> azure_data_cosmos::Result<AccountReference> {
        let endpoint: AccountEndpoint = self.endpoint.to_string().parse()?;
        Ok(match &self.credential {
            Credential::Key(key) => AccountReference::with_authentication_key(
                endpoint,
                SdkSecret::from(key.expose().to_owned()),
            ),
            Credential::Identity(identity) => {
                AccountReference::with_credential(endpoint, Arc::clone(identity))
            }
        })
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Account").field(&self.endpoint).finish()
    }
}
