//! The pages of one query.

use std::num::NonZeroU32;

use azure_data_cosmos::feed::{FeedScope, QueryPageIterator};
use azure_data_cosmos::options::{MaxItemCountHint, QueryOptions};
use azure_data_cosmos::{CosmosError, Query};
use futures_util::{FutureExt as _, StreamExt as _};
use imagegen_core::ports::documents::DocumentsError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::client::{Client, charged, reads};
use super::failure;

/// A query with its parameters.
#[derive(Debug)]
pub(super) struct Asked {
    /// What it is called in telemetry.
    pub(super) name: &'static str,
    query: Result<Query, CosmosError>,
}

pub(super) struct Pages<'c, T: Send> {
    client: &'c Client,
    name: &'static str,
    rest: QueryPageIterator<T>,
}

impl Asked {
    pub(super) fn new(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, query: Ok(Query::from(text.into())) }
    }

    pub(super) fn with(self, name: &str, value: impl Serialize) -> Self {
        Self { query: self.query.and_then(|query| query.with_parameter(name, value)), ..self }
    }

    /// Up to `page_size` results a request, at the service's discretion.
    pub(super) async fn within<T: DeserializeOwned + Send + 'static>(
        self,
        client: &Client,
        scope: FeedScope,
        page_size: usize,
    ) -> Result<Pages<'_, T>, DocumentsError> {
        let query = self.query.map_err(failure::of)?;
        let page_size = u32::try_from(page_size).ok().and_then(NonZeroU32::new);
        let hint = page_size.map_or(MaxItemCountHint::ServerDecides, MaxItemCountHint::Limit);
        let options =
            QueryOptions::default().with_operation_options(reads()).with_max_item_count(hint);
        let container = client.container().await?;
        let opened = Box::pin(container.query_items(query, scope, Some(options))).await;
        Ok(Pages { client, name: self.name, rest: opened.map_err(failure::of)?.into_pages() })
    }
}

impl<T: DeserializeOwned + Send + 'static> Pages<'_, T> {
    /// An empty page is not the end; `None` is.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<T>>, DocumentsError> {
        let mut next = self.rest.next();
        // The end is known without asking anybody: no call is made, and none is to be told of.
        let at_once = (&mut next).now_or_never();
        if matches!(at_once, Some(None)) {
            return Ok(None);
        }
        let call = self.client.measured(self.name, async {
            let page = match at_once {
                Some(page) => page,
                None => next.await,
            };
            let Some(page) = page else { return Ok((None, 0.0)) };
            let page = page?;
            let charge = charged(page.headers());
            Ok((Some(page.into_items()), charge))
        });
        call.await.map_err(failure::of)
    }

    /// The first `most` results, or all if there are fewer.
    pub(super) async fn first(mut self, most: usize) -> Result<Vec<T>, DocumentsError> {
        let mut found = Vec::new();
        while found.len() < most {
            let Some(page) = self.next().await? else { break };
            found.extend(page);
        }
        found.truncate(most);
        Ok(found)
    }
}
