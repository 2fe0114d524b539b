//! An operator's change of plan.

use jiff::Timestamp;

use super::{Account, account};
use crate::catalog::{Catalog, PlanId};
use crate::ids::UserId;
use crate::ports::documents::{Documents, DocumentsError, NewDocument, Rounds, Write, encode};

/// Puts an account on `plan` from `now` on, with that plan's credits for a month. `None`: there is no such account.
pub async fn put_on_plan(
    documents: &dyn Documents,
    catalog: &Catalog,
    user: &UserId,
    plan: PlanId,
    now: Timestamp,
) -> Result<Option<Account>, DocumentsError> {
    let mut rounds = Rounds::default();
    loop {
        let Some(document) = documents.get(user.as_str(), account::KIND).await? else {
            return Ok(None);
        };
        let mut account: Account = document.decode()?;
        let mut entries = account.reset_if_due(catalog, now);
        entries.extend(account.change_plan(plan, catalog, now));
        account.book(&mut entries);
        let changed = NewDocument {
            id: account::KIND.into(),
            kind: account::KIND,
            position: None,
            due: Some(account.due(&catalog.billing)),
            body: encode(&account),
        };
        let mut writes = vec![Write::Replace { etag: document.etag, document: changed }];
        writes.extend(entries.iter().map(|entry| Write::Create(entry.document())));
        match documents.commit(user.as_str(), writes).await {
            Ok(()) => return Ok(Some(account)),
            Err(error) => rounds.again(error)?,
        }
    }
}
