//! An account, and how it lets us in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::http::ClientOptions;
use azure_storage_blob::{BlobServiceClient, BlobServiceClientOptions};
use imagegen_core::ports::blobs::BlobsError;
use jiff::Timestamp;

use super::LARGEST_BLOB;
use super::address::Address;
use super::delegation::LentKeys;
use super::shared_key::SharedKey;
use super::wire::Failure;
use crate::http::{Http, InvalidConnectionString, SdkTransport};
use crate::sas::{self, BlobSas, InvalidKey, Links, Protocol, Window};

/// For one attempt: ten megabytes over a slow line, and seconds of an answer that does not come.
const TIMEOUT: Duration = Duration::from_secs(15);
/// For all attempts. Somebody may be waiting, and behind the queues everything is tried again anyway.
const PATIENCE: Duration = Duration::from_secs(30);

/// What telemetry files calls to it under.
const KIND: &str = "Azure blob";

/// One storage account. Its containers share the connections and what signs links.
pub struct StorageAccount {
    client: BlobServiceClient,
    address: Address,
    signing: Signing,
}

#[derive(Debug)]
enum Signing {
    /// By the account's own key.
    Own(Arc<BlobSas>),
    Lent(LentKeys),
}

#[derive(Debug, thiserror::Error)]
pub enum InvalidAccount {
    #[error("an account's address is like `https://ACCOUNT.blob.core.windows.net`")]
    Address,
    #[error(transparent)]
    ConnectionString(#[from] InvalidConnectionString),
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// Entra's tokens open everything, and would be read on the way.
    #[error("an identity needs an https address")]
    Identity,
}

impl StorageAccount {
    /// By an Entra identity, which must have the roles Storage Blob Data Contributor and Storage Blob Delegator. `url`
    /// is `https://ACCOUNT.blob.core.windows.net`. Does no I/O.
    pub fn with_identity(
        url: &str,
        credential: Arc<dyn TokenCredential>,
        http: Http,
    ) -> Result<Self, InvalidAccount> {
        let address = Address::of(url).ok_or(InvalidAccount::Address)?;
        if address.endpoint.url().scheme() != "https" {
            return Err(InvalidAccount::Identity);
        }
        let client = client(&address, Some(credential), options(&http))?;
        let lent = LentKeys::new(address.account.clone(), http);
        Ok(Self { client, address, signing: Signing::Lent(lent) })
    }

    /// By the account's key: for emulators. Does no I/O.
    pub fn with_connection_string(text: &str, http: Http) -> Result<Self, InvalidAccount> {
        let (address, key) = Address::of_connection_string(text)?;
        let sas = Arc::new(BlobSas::new(&address.account, key.expose())?);
        let mut options = options(&http);
        let signed = SharedKey::new(Arc::clone(&sas), http);
        options.per_try_policies.push(Arc::new(signed));
        let client = client(&address, None, options)?;
        Ok(Self { client, address, signing: Signing::Own(sas) })
    }

    /// By the account's key, but with a lent one for links: what Azurite lends over https alone.
    #[cfg(test)]
    pub(super) fn borrowing(text: &str, http: Http) -> Result<Self, InvalidAccount> {
        let account = Self::with_connection_string(text, http.clone())?;
        let lent = LentKeys::new(account.address.account.clone(), http);
        Ok(Self { signing: Signing::Lent(lent), ..account })
    }

    pub(super) fn client(&self) -> &BlobServiceClient {
        &self.client
    }

    pub(super) fn links(&self, container: &str) -> Links {
        let plain = self.address.endpoint.url().scheme() == "http";
        let protocol = if plain { Protocol::HttpsAndHttp } else { Protocol::Https };
        Links::new(&self.address.endpoint.to_string(), container, protocol)
    }

    /// What signs a link that is made at `now` and opens for `window`.
    pub(super) async fn sas(
        &self,
        now: Timestamp,
        window: Window,
    ) -> Result<Arc<BlobSas>, BlobsError> {
        match &self.signing {
            Signing::Own(sas) => Ok(Arc::clone(sas)),
            Signing::Lent(keys) => keys.sas(now, window, self).await,
        }
    }

    /// What became of a call.
    pub(super) fn outcome<T>(&self, outcome: azure_core::Result<T>) -> Result<T, Failure> {
        let host = || self.address.endpoint.url().host_str().unwrap_or_default();
        outcome.map_err(|error| Failure::of(error, host()))
    }
}

fn options(http: &Http) -> ClientOptions {
    SdkTransport::new(http.clone(), KIND, TIMEOUT, PATIENCE, LARGEST_BLOB).into_options()
}

fn client(
    address: &Address,
    credential: Option<Arc<dyn TokenCredential>>,
    client_options: ClientOptions,
) -> Result<BlobServiceClient, InvalidAccount> {
    // The version of our links too: a key that was asked for in one version signs links of it.
    let options = BlobServiceClientOptions { client_options, version: sas::VERSION.to_owned() };
    let url = address.endpoint.url().clone();
    let client = BlobServiceClient::new(url, credential, Some(options));
    client.map_err(|_| InvalidAccount::Address)
}

/// Neither keys nor tokens.
impl fmt::Debug for StorageAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StorageAccount").field("address", &self.address).finish_non_exhaustive()
    }
}
