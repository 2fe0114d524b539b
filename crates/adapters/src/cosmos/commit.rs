//! A commit is one transactional batch: all of it or nothing, by the service's own promise.
//!
//! The SDK sends a batch again when its answer was lost, in its transport even where it is told not to. That cannot do
//! anything twice: done once, each write of a batch conflicts with itself, for what it creates is there, what it
//! replaces has another `ETag`, and what it deletes is gone. But it looks as if somebody else had been first. The
//! caller would decide anew, on a state that has its own decision in it. So a conflict after a try whose end is
//! unknown is no conflict here: nobody knows whether the commit was done, as with a lost answer in any other store.

use azure_data_cosmos::diagnostics::DiagnosticsContext;
use azure_data_cosmos::models::TransactionalBatchOperationResult;
use azure_data_cosmos::options::{BatchOptions, BatchReplaceOptions, Precondition};
use azure_data_cosmos::{CosmosError, TransactionalBatch};
use imagegen_core::ports::BoxError;
use imagegen_core::ports::documents::{DocumentsError, Write};

use super::client::{Client, charged, commits};
use super::failure::{self, Meaning, meaning, unavailable};
use super::wire::Item;
use crate::rules::id_of;

pub(super) async fn commit(
    client: &Client,
    partition: &str,
    writes: Vec<Write>,
) -> Result<(), DocumentsError> {
    let ids: Vec<String> = writes.iter().map(|write| id_of(write).to_owned()).collect();
    let batch = batch(partition, writes).map_err(DocumentsError::Refused)?;
    let container = client.container().await?;
    let options = BatchOptions::default().with_operation_options(commits());
    let call = client.measured("commit", async {
        let answer = Box::pin(container.execute_transactional_batch(batch, Some(options))).await?;
        let charge = charged(answer.headers());
        let was_certain = is_first_effect(&answer.diagnostics());
        Ok(((answer.into_model(), was_certain), charge))
    });
    let (settled, was_certain) = match call.await {
        // A batch that failed comes as 207: only the results tell.
        Ok((Ok(answer), was_certain)) => {
            let statuses: Vec<_> = answer
                .results()
                .iter()
                .map(TransactionalBatchOperationResult::status_code)
                .collect();
            (settled(&ids, &statuses), was_certain)
        }
        Ok((Err(unreadable), was_certain)) => (Err(unavailable(unreadable)), was_certain),
        Err(error) => {
            let diagnostics = error.diagnostics();
            let was_certain = diagnostics.is_none_or(|diagnostics| is_first_effect(&diagnostics));
            (Err(whole(error, &ids)), was_certain)
        }
    };
    match settled {
        Err(DocumentsError::Conflict { id }) if !was_certain => Err(unavailable(format!(
            "a commit was sent again after its answer was lost, and `{id}` has changed"
        ))),
        settled => settled,
    }
}

/// Whether all tries before the one that was answered certainly had no effect: they were not sent, or answered with
/// 429 or 449, by which the service says that it did nothing.
fn is_first_effect(diagnostics: &DiagnosticsContext) -> bool {
    let requests = diagnostics.requests();
    let Some((_, earlier)) = requests.split_last() else { return true };
    // The transport's own second try is inside of a request.
    let nothing_lost = requests.iter().all(|request| {
        let failed = request.failed_transport_shards();
        failed.iter().all(|shard| shard.request_sent().definitely_not_sent())
    });
    nothing_lost
        && earlier.iter().all(|request| {
            matches!(u16::from(request.status().status_code()), 429 | 449)
                || request.request_sent().definitely_not_sent()
        })
}

fn batch(partition: &str, writes: Vec<Write>) -> Result<TransactionalBatch, BoxError> {
    let mut batch = TransactionalBatch::new(partition.to_owned());
    for write in writes {
        batch = match write {
            Write::Create(document) => batch.create_item(Item::new(partition, document)?)?,
            Write::Replace { etag, document } => {
                let options = BatchReplaceOptions::default()
                    .with_precondition(Precondition::if_match(etag.0));
                let id = document.id.clone();
                batch.replace_item(id, Item::new(partition, document)?, Some(options))?
            }
            Write::Delete { id } => batch.delete_item(id, None),
        };
    }
    Ok(batch)
}

/// Whether all of it was done, and if not, on which document it failed: the one whose status is its own and not
/// "because of another".
fn settled(ids: &[String], statuses: &[u16]) -> Result<(), DocumentsError> {
    if statuses.len() != ids.len() {
        let why = format!("{} writes were answered with {} results", ids.len(), statuses.len());
        return Err(unavailable(why));
    }
    let failed = ids.iter().zip(statuses).find(|(_, status)| match meaning(**status) {
        Meaning::Success | Meaning::Dependent => false,
        Meaning::Conflict | Meaning::Passing | Meaning::Hopeless => true,
    });
    let all_done = statuses.iter().all(|status| meaning(*status) == Meaning::Success);
    match failed {
        Some((id, &status)) => Err(failure_of(id, status)),
        None if all_done => Ok(()),
        None => Err(unavailable("a commit was not done, and none of its writes was to blame")),
    }
}

fn failure_of(id: &str, status: u16) -> DocumentsError {
    match meaning(status) {
        Meaning::Conflict => DocumentsError::Conflict { id: id.to_owned() },
        Meaning::Passing => unavailable(format!("writing `{id}` was answered with {status}")),
        Meaning::Hopeless | Meaning::Success | Meaning::Dependent => {
            DocumentsError::Refused(format!("writing `{id}` was answered with {status}").into())
        }
    }
}

/// The batch as a whole was turned down. Where that is a conflict, nobody says on what; the first document is as good
/// as any, for the caller reads everything anew.
fn whole(error: CosmosError, ids: &[String]) -> DocumentsError {
    match u16::from(error.status().status_code()) {
        409 | 412 => DocumentsError::Conflict { id: ids[0].clone() },
        _ => failure::of(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_of_a_batch_is_looked_at() {
        let ids = ["a", "b", "c"].map(str::to_owned);
        let told = |statuses: &[u16]| match settled(&ids, statuses) {
            Ok(()) => "done".to_owned(),
            Err(DocumentsError::Conflict { id }) => format!("conflict {id}"),
            Err(DocumentsError::Unavailable(_)) => "unavailable".to_owned(),
            Err(DocumentsError::Refused(_)) => "refused".to_owned(),
        };
        for (statuses, meant) in [
            (&[201, 200, 204][..], "done"),
            (&[424, 412, 424], "conflict b"),
            (&[424, 424, 409], "conflict c"),
            (&[404, 424, 424], "conflict a"),
            (&[424, 429, 424], "unavailable"),
            (&[424, 449, 424], "unavailable"),
            (&[424, 503, 424], "unavailable"),
            (&[424, 413, 424], "refused"),
            (&[424, 400, 424], "refused"),
            (&[424, 424, 424], "unavailable"),
            (&[201, 201, 424], "unavailable"),
            (&[201, 200], "unavailable"),
            (&[], "unavailable"),
        ] {
            assert_eq!(told(statuses), meant, "{statuses:?}");
        }
    }
}
