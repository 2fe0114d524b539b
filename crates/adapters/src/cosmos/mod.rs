//! Documents in Cosmos DB for `NoSQL`. docs/cosmos.md has the items, their indexes and what a request costs.

mod account;
pub mod charge;
mod client;
mod commit;
mod failure;
mod pages;
mod reader;
pub mod setup;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;

use async_trait::async_trait;
use imagegen_core::ports::documents::{
    Document, Documents, DocumentsError, DuePage, Found, Page, Range, Search, Write,
};
use jiff::Timestamp;

pub use account::{Account, InvalidAccount};
use client::Client;

use crate::rules::{check_id, check_limit, check_writes};

/// Documents in one container of one database. Asks nobody until it is first used.
pub struct CosmosDocuments {
    client: Client,
}

impl CosmosDocuments {
    /// `database` has to have the containers of `infra/cosmos/containers.json`; [`setup`] makes them.
    pub fn new(account: Account, database: &str) -> Self {
        Self { client: Client::new(account, database) }
    }

    /// Partitions after `after` that hold a document of `kind`, in order.
    ///
    /// For tools alone, such as the one that verifies every ledger: no port has it, because no request and no timer
    /// may walk all partitions.
    pub async fn partitions_of_kind(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, DocumentsError> {
        reader::partitions_of_kind(&self.client, kind, after.unwrap_or_default(), limit).await
    }
}

#[async_trait]
impl Documents for CosmosDocuments {
    async fn get(&self, partition: &str, id: &str) -> Result<Option<Document>, DocumentsError> {
        check_id(id)?;
        reader::get(&self.client, partition, id).await
    }

    async fn list(&self, partition: &str, range: &Range) -> Result<Page, DocumentsError> {
        check_limit(range.limit)?;
        reader::list(&self.client, partition, range).await
    }

    async fn search(&self, partition: &str, search: &Search) -> Result<Found, DocumentsError> {
        check_limit(search.limit)?;
        reader::search(&self.client, partition, search).await
    }

    async fn due(
        &self,
        kind: &str,
        before: Timestamp,
        cursor: Option<&str>,
    ) -> Result<DuePage, DocumentsError> {
        reader::due(&self.client, kind, before, cursor).await
    }

    async fn commit(&self, partition: &str, writes: Vec<Write>) -> Result<(), DocumentsError> {
        check_writes(&writes)?;
        commit::commit(&self.client, partition, writes).await
    }
}

impl fmt::Debug for CosmosDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CosmosDocuments").field(&self.client.host()).finish()
    }
}
