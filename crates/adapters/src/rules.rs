//! What every document store refuses in the same words: Cosmos DB's rules, kept by `SQLite` too, so that what works on
//! a laptop works in the cloud.

use imagegen_core::ports::documents::{DocumentsError, MAX_WRITES, NewDocument, Write};

pub(crate) fn check_limit(limit: usize) -> Result<(), DocumentsError> {
    if (1..=100).contains(&limit) {
        Ok(())
    } else {
        Err(refused(format!("a page has 1 to 100 documents, not {limit}")))
    }
}

pub(crate) fn check_writes(writes: &[Write]) -> Result<(), DocumentsError> {
    if !(1..=MAX_WRITES).contains(&writes.len()) {
        let count = writes.len();
        return Err(refused(format!("a commit has 1 to {MAX_WRITES} writes, not {count}")));
    }
    let mut ids = Vec::with_capacity(writes.len());
    for write in writes {
        check_id(id_of(write))?;
        ids.push(id_of(write));
        match write {
            Write::Create(document) | Write::Replace { document, .. } => check_body(document)?,
            Write::Delete { .. } => {}
        }
    }
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(refused(format!("a commit writes `{}` twice", pair[0]))),
        None => Ok(()),
    }
}

pub(crate) fn id_of(write: &Write) -> &str {
    match write {
        Write::Create(document) | Write::Replace { document, .. } => &document.id,
        Write::Delete { id } => id,
    }
}

pub(crate) fn check_id(id: &str) -> Result<(), DocumentsError> {
    if id.is_empty() {
        return Err(refused("a document id is empty".to_owned()));
    }
    // The length in bytes is known; characters are counted only where that could matter.
    if id.len() > 255 && id.chars().count() > 255 {
        return Err(refused("a document id is longer than 255 characters".to_owned()));
    }
    if id.bytes().any(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')) {
        return Err(refused(format!("document id `{id}` has one of / \\ ? #")));
    }
    Ok(())
}

/// Catches a value that is no object. Bodies come from `encode`, which cannot produce broken JSON, so parsing each
/// of them again would cost more than the write.
fn check_body(document: &NewDocument) -> Result<(), DocumentsError> {
    if document.body.starts_with('{') {
        Ok(())
    } else {
        Err(refused(format!("the body of document `{}` is no JSON object", document.id)))
    }
}

pub(crate) fn refused(why: String) -> DocumentsError {
    DocumentsError::Refused(why.into())
}
