//! Reads: one item by its name, ranges of one partition, and the two that cross partitions.

use std::fmt::Write as _;

use azure_data_cosmos::CosmosError;
use azure_data_cosmos::feed::FeedScope;
use azure_data_cosmos::options::ItemReadOptions;
use imagegen_core::ports::documents::{
    Condition, Document, DocumentsError, DuePage, Found, MAX_LOOKED_AT, Order, Page, Range, Search,
    Test, met,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::client::{Client, charged, reads};
use super::failure;
use super::pages::{Asked, Pages};
use super::wire::{Item, end_of_due, end_of_kind, place};
use crate::rules::refused;

/// The most documents on a page of what is due.
const DUE_PAGE: usize = 100;
/// How many documents a search asks the service to look at with one request.
const SEARCH_PAGE: usize = 200;

pub(super) async fn get(
    client: &Client,
    partition: &str,
    id: &str,
) -> Result<Option<Document>, DocumentsError> {
    let container = client.container().await?;
    let options = ItemReadOptions::default().with_operation_options(reads());
    let call = client.measured("read", async {
        let read = container.read_item(partition.to_owned(), id, Some(options));
        let answer = Box::pin(read).await?;
        let charge = charged(answer.headers());
        Ok((answer.into_model::<Item>()?, charge))
    });
    match call.await {
        Ok(item) => document(item).map(Some),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(failure::of(error)),
    }
}

/// Sub-statuses tell of more than the item: 1003 is a container that is not there, which must not look like an
/// account that has nothing.
fn is_absent(error: &CosmosError) -> bool {
    let sub_status = error.status().sub_status().map_or(0, |sub| sub.value());
    error.status().is_not_found() && sub_status == 0
}

pub(super) async fn list(
    client: &Client,
    partition: &str,
    range: &Range,
) -> Result<Page, DocumentsError> {
    let Range { kind, after, order, limit } = range;
    // No position is empty, so each of them is after the empty one.
    let (start, end) = (place(kind, ""), end_of_kind(kind));
    let after = after.as_deref().map(|after| place(kind, after));
    let (from, to, direction) = match order {
        Order::Ascending => (after.unwrap_or(start), end, "ASC"),
        Order::Descending => (start, after.unwrap_or(end), "DESC"),
    };
    // One more than asked for tells whether more follow.
    let text = format!(
        "SELECT TOP {} * FROM c WHERE c.place > @from AND c.place < @to ORDER BY c.place {direction}",
        limit + 1
    );
    let query = Asked::new("list", text).with("@from", from).with("@to", to);
    let scope = FeedScope::partition(partition.to_owned());
    let pages: Pages<'_, Item> = query.within(client, scope, limit + 1).await?;
    let mut items = pages.first(limit + 1).await?;
    let more = items.len() > *limit;
    items.truncate(*limit);
    let documents = items.into_iter().map(document).collect::<Result<_, _>>()?;
    Ok(Page { documents, more })
}

/// What is told of each document that a search looks at: where it stands, and all of it if it may be a hit.
#[derive(Deserialize)]
struct LookedAt {
    place: String,
    item: Option<Item>,
}

/// The service leaves out what certainly is no hit; [`met`] decides about the rest. So what a hit is does not depend
/// on how the service compares letters, and what is looked at is counted exactly.
pub(super) async fn search(
    client: &Client,
    partition: &str,
    search: &Search,
) -> Result<Found, DocumentsError> {
    let Search { kind, from, before, conditions, limit } = search;
    let from = place(kind, from.as_deref().unwrap_or_default());
    let to = before.as_deref().map_or_else(|| end_of_kind(kind), |before| place(kind, before));
    let (condition, parameters) = condition(conditions);
    let look_at = if conditions.is_empty() { limit + 1 } else { MAX_LOOKED_AT + 1 };
    let text = format!(
        "SELECT TOP {look_at} c.place AS place, ({condition}) ? c : null AS item FROM c \
         WHERE c.place >= @from AND c.place < @to ORDER BY c.place DESC"
    );
    let query = Asked::new("search", text).with("@from", from).with("@to", to);
    let query = parameters.into_iter().fold(query, |query, (name, value)| query.with(&name, value));
    let scope = FeedScope::partition(partition.to_owned());
    let mut pages: Pages<'_, LookedAt> =
        query.within(client, scope, look_at.min(SEARCH_PAGE)).await?;
    let (mut documents, mut looked_at, mut last) = (Vec::new(), 0, None);
    while let Some(page) = pages.next().await? {
        for found in page {
            if looked_at == MAX_LOOKED_AT || documents.len() == *limit {
                return Ok(Found { documents, next: last });
            }
            looked_at += 1;
            let (_, position) = found.place.split_once('/').ok_or_else(no_place)?;
            last = Some(position.to_owned());
            if let Some(item) = found.item {
                let document = document(item)?;
                if met(conditions, &document.body) {
                    documents.push(document);
                }
            }
        }
    }
    Ok(Found { documents, next: None })
}

/// An expression that is true at least of all hits.
fn condition(conditions: &[Condition]) -> (String, Vec<(String, Value)>) {
    let (mut text, mut parameters) = ("true".to_owned(), Vec::new());
    for (index, Condition { path, test }) in conditions.iter().enumerate() {
        // Paths are names in our code, never a user's. In brackets they may be words of the language, such as `order`.
        let value = format!("c.body['{}']", path.replace('.', "']['"));
        let name = format!("@p{index}");
        let written = match test {
            Test::IsTrue => write!(text, " AND {value} = true"),
            Test::OneOf(texts) => {
                parameters.push((name.clone(), texts.as_slice().into()));
                write!(text, " AND ARRAY_CONTAINS({name}, {value})")
            }
            // How the service folds other alphabets is not documented.
            Test::Contains(part) if part.is_ascii() => {
                parameters.push((name.clone(), part.as_str().into()));
                write!(text, " AND CONTAINS({value}, {name}, true)")
            }
            Test::Contains(_) => write!(text, " AND IS_STRING({value})"),
        };
        written.expect("a String takes it");
    }
    (text, parameters)
}

/// The cursor is the last document's due string: it has its place among all of them for as long as it is due then,
/// and what comes after it is found whether or not it is still there.
pub(super) async fn due(
    client: &Client,
    kind: &str,
    before: Timestamp,
    cursor: Option<&str>,
) -> Result<DuePage, DocumentsError> {
    let start = place(kind, "");
    if cursor.is_some_and(|cursor| !cursor.starts_with(&start)) {
        return Err(refused("this is no cursor of what is due of this kind".to_owned()));
    }
    let after = cursor.map_or(start, str::to_owned);
    let text = format!(
        "SELECT TOP {} * FROM c WHERE c.due > @after AND c.due < @end ORDER BY c.due ASC",
        DUE_PAGE + 1
    );
    let query =
        Asked::new("due", text).with("@after", after).with("@end", end_of_due(kind, before));
    let scope = FeedScope::full_container();
    let pages: Pages<'_, Item> = query.within(client, scope, DUE_PAGE + 1).await?;
    let mut items = pages.first(DUE_PAGE + 1).await?;
    let more = items.len() > DUE_PAGE;
    items.truncate(DUE_PAGE);
    let cursor = items.last().filter(|_| more).and_then(|item| item.due.clone());
    let documents = items.into_iter().map(|item| Ok((item.partition.clone(), document(item)?)));
    Ok(DuePage { documents: documents.collect::<Result<_, _>>()?, cursor })
}

pub(super) async fn partitions_of_kind(
    client: &Client,
    kind: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<String>, DocumentsError> {
    let text = "SELECT VALUE c.partition FROM c WHERE c.place > @from AND c.place < @to \
                AND c.partition > @after ORDER BY c.partition ASC";
    let query = Asked::new("partitions", text).with("@from", place(kind, ""));
    let query = query.with("@to", end_of_kind(kind)).with("@after", after);
    let mut pages: Pages<'_, String> =
        query.within(client, FeedScope::full_container(), limit).await?;
    let mut partitions: Vec<String> = Vec::new();
    while let Some(page) = pages.next().await? {
        for partition in page {
            // A partition comes once for each document of the kind.
            if partitions.last() == Some(&partition) {
                continue;
            }
            if partitions.len() == limit {
                return Ok(partitions);
            }
            partitions.push(partition);
        }
    }
    Ok(partitions)
}

fn document(item: Item) -> Result<Document, DocumentsError> {
    item.into_document().map_err(DocumentsError::Refused)
}

fn no_place() -> DocumentsError {
    refused("an item has no place".to_owned())
}
