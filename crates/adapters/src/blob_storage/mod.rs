//! Blobs in Azure Blob Storage, by Microsoft's client `azure_storage_blob`.
//!
//! There are two ways in. In Azure an Entra identity, which is lent a key that signs links; for emulators a connection
//! string with the account's own key. Everything else is the same.

mod account;
mod address;
mod delegation;
mod setup;
mod shared_key;
#[cfg(test)]
mod tests;
mod wire;

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::http::RequestContent;
use azure_storage_blob::BlobClient;
use azure_storage_blob::models::{
    BlobClientDeleteOptions, BlobClientDownloadOptions, BlobClientGetPropertiesResultHeaders as _,
    BlobClientUploadOptions, DeleteSnapshotsOptionType,
};
use imagegen_core::ports::blobs::{Blobs, BlobsError, UploadUrl};
use jiff::Timestamp;

use crate::blob_key;
use crate::sas::{Links, Window};

pub use account::{InvalidAccount, StorageAccount};
pub use setup::{BlobService, Done, InvalidBlobService, Step};

/// Bytes. The largest that we store comes from a provider and has half of it.
const LARGEST_BLOB: usize = 64 * 1024 * 1024;
/// So that the client asks once and not for a part at a time; one that is longer is refused before it is read.
const ONE_PART: NonZero<usize> = NonZero::new(LARGEST_BLOB + 1).expect("it is not zero");

/// A picture never changes. Links say a shorter time of their own.
const CACHE_CONTROL: &str = "private, max-age=31536000, immutable";

/// One container of an account.
///
/// A put replaces, as the port promises: what a repeat stores is what its commit describes. Only a stranger's upload is
/// create-only, by its link.
#[derive(Debug)]
pub struct BlobStorage {
    account: Arc<StorageAccount>,
    container: String,
    links: Links,
}

impl BlobStorage {
    /// Does no I/O. The container is made elsewhere: by Bicep, or by [`StorageAccount::set_up`].
    pub fn new(account: Arc<StorageAccount>, container: &str) -> Self {
        let links = account.links(container);
        Self { account, container: container.to_owned(), links }
    }

    fn blob(&self, key: &str) -> Result<BlobClient, BlobsError> {
        blob_key::check(key)?;
        Ok(self.account.client().blob_client(&self.container, key))
    }

    /// `Ok(None)` when there is no such blob.
    fn outcome<T>(&self, outcome: azure_core::Result<T>) -> Result<Option<T>, BlobsError> {
        wire::found(self.account.outcome(outcome), &self.container)
    }
}

#[async_trait]
impl Blobs for BlobStorage {
    async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), BlobsError> {
        let blob = self.blob(key)?;
        let options = BlobClientUploadOptions {
            blob_content_type: Some(content_type.to_owned()),
            blob_cache_control: Some(CACHE_CONTROL.to_owned()),
            // One request, whatever its size: so it is whole or absent.
            partition_size: Some(NonZero::<u64>::MAX),
            ..BlobClientUploadOptions::default()
        };
        let done = blob.upload(RequestContent::from(bytes), Some(options)).await;
        self.outcome(done)?
            .map(|_| ())
            .ok_or_else(|| BlobsError::Refused("a put found no blob".into()))
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobsError> {
        let blob = self.blob(key)?;
        let options = BlobClientDownloadOptions {
            partition_size: Some(ONE_PART),
            ..BlobClientDownloadOptions::default()
        };
        let read = async { blob.download(Some(options)).await?.body.collect().await };
        Ok(self.outcome(read.await)?.map(Vec::from))
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, BlobsError> {
        let blob = self.blob(key)?;
        let size = async { blob.get_properties(None).await?.content_length() };
        self.outcome(size.await)?
            .map(|it| it.ok_or_else(|| BlobsError::Unavailable("a blob without a length".into())))
            .transpose()
    }

    async fn delete(&self, key: &str) -> Result<(), BlobsError> {
        let blob = self.blob(key)?;
        let options = BlobClientDeleteOptions {
            // Whoever deletes a picture means every copy of it.
            delete_snapshots: Some(DeleteSnapshotsOptionType::Include),
            ..BlobClientDeleteOptions::default()
        };
        self.outcome(blob.delete(Some(options)).await)?;
        Ok(())
    }

    async fn read_url(
        &self,
        key: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, BlobsError> {
        blob_key::check(key)?;
        let window = Window::around(now, ttl).map_err(|e| BlobsError::Refused(e.into()))?;
        let sas = self.account.sas(now, window).await?;
        Ok(self.links.read(&sas, key, window))
    }

    async fn upload_url(
        &self,
        key: &str,
        content_type: &str,
        _limit: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<UploadUrl, BlobsError> {
        blob_key::check(key)?;
        let window = Window::from_now(now, ttl).map_err(|e| BlobsError::Refused(e.into()))?;
        let sas = self.account.sas(now, window).await?;
        Ok(self.links.upload(&sas, key, content_type, window))
    }
}
