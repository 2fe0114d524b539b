//! The document store that a setting names, for those who take whichever it is.

use std::path::Path;
use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use imagegen_core::ports::documents::{Documents, DocumentsError};

use crate::cosmos::{Account, CosmosDocuments, InvalidAccount};
use crate::sqlite::{OpenError, SqliteDocuments};

/// What `IMAGEGEN_DOCUMENTS` says.
#[derive(Debug, Clone)]
pub enum Address {
    /// The file.
    Sqlite(String),
    Cosmos(Account),
}

/// Why it says nothing. A connection string is not shown.
#[derive(Debug, thiserror::Error)]
pub enum InvalidAddress {
    #[error(
        "write `sqlite:` and a path, the address of a Cosmos DB account (`https://….documents.azure.com/`), or its \
         connection string"
    )]
    Unknown,
    #[error(transparent)]
    Account(#[from] InvalidAccount),
}

#[derive(Debug)]
pub enum Store {
    Sqlite(Arc<SqliteDocuments>),
    Cosmos(Arc<CosmosDocuments>),
}

impl Address {
    /// `identity` is who we are to an account whose key is not given.
    pub fn parse(
        text: &str,
        identity: impl FnOnce() -> Arc<dyn TokenCredential>,
    ) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(path.to_owned()));
        }
        if text.to_ascii_lowercase().contains("accountendpoint=") {
            return Ok(Self::Cosmos(Account::with_key(text)?));
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(Self::Cosmos(Account::with_identity(text, identity())?));
        }
        Err(InvalidAddress::Unknown)
    }

    /// Opens a file, or makes it; asks no account yet. `database` is the one in the account.
    pub fn open(self, database: &str) -> Result<Store, OpenError> {
        match self {
            Self::Sqlite(path) => {
                SqliteDocuments::open(Path::new(&path)).map(|it| Store::Sqlite(Arc::new(it)))
            }
            Self::Cosmos(account) => {
                Ok(Store::Cosmos(Arc::new(CosmosDocuments::new(account, database))))
            }
        }
    }
}

impl Store {
    pub fn documents(&self) -> &dyn Documents {
        match self {
            Self::Sqlite(documents) => &**documents,
            Self::Cosmos(documents) => &**documents,
        }
    }

    pub fn into_documents(self) -> Arc<dyn Documents> {
        match self {
            Self::Sqlite(documents) => documents,
            Self::Cosmos(documents) => documents,
        }
    }

    /// Partitions after `after` that hold a document of `kind`, in order; fewer than `limit` when there are no more.
    ///
    /// For tools alone, such as the one that verifies every ledger: no port has it, because no request and no timer
    /// may walk all partitions.
    pub async fn partitions_of_kind(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, DocumentsError> {
        match self {
            Self::Sqlite(documents) => documents.partitions_of_kind(kind, after, limit),
            Self::Cosmos(documents) => documents.partitions_of_kind(kind, after, limit).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_named_in_three_ways_and_no_key_is_shown() {
        let nobody = || -> Arc<dyn TokenCredential> { panic!("nobody has to be known") };
        let parse = |text: &str| Address::parse(text, nobody);
        assert!(
            matches!(parse("sqlite:.local/x"), Ok(Address::Sqlite(path)) if path == ".local/x")
        );
        let keyed = "AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=c2VjcmV0;";
        let account = parse(keyed).unwrap();
        assert!(matches!(account, Address::Cosmos(_)) && !format!("{account:?}").contains("c2Vj"));
        for wrong in [
            "postgres://a",
            "",
            "a.sqlite",
            "AccountEndpoint=https://a.documents.azure.com;AccountKey=no base64 at all!",
            "AccountEndpoint=http://a.documents.azure.com;AccountKey=c2VjcmV0",
            "AccountEndpoint=https://a.documents.azure.com",
        ] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(!error.contains("at all") && !error.contains("c2Vj"), "{error}");
        }
    }
}
