//! Bringing an account to where the payment service's books say it is.

use jiff::Timestamp;

use super::gifts::{Gift, gifts};
use super::receipt::Receipt;
use super::verdict::verdict;
use crate::accounts::{self, Draft};
use crate::credits::Drift;
use crate::ids::UserId;
use crate::metrics;
use crate::ports::documents::{Document, DocumentsError, Rounds};
use crate::ports::payments::{Books, BooksOf, CustomerId, Payments, PaymentsError};
use crate::services::Services;
use futures_util::future::try_join_all;

/// How many receipts one commit may write: each comes with an entry, and a commit takes a hundred documents.
const RECEIPTS_AT_ONCE: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// The books belong to nobody here.
    Nobody,
    /// The account was there already.
    AsItWas,
    /// The account is there now.
    Moved,
}

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error("no payment service is set up")]
    Off,
    /// A user has bought something as another customer than the one we know: an operator has to decide.
    #[error(
        "user `{user}` is customer `{known}`, and customer `{other}` has bought something for them too"
    )]
    TwoCustomers { user: UserId, known: String, other: String },
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// Something happened to someone's books: reads them whole and brings the account there. Late, twice, out of order and
/// for nothing make no difference.
pub async fn follow(services: &Services, of: &BooksOf) -> Result<Followed, FollowError> {
    let payments = services.payments.as_deref().ok_or(FollowError::Off)?;
    let asked_at = services.clock.now();
    let Some(books) = payments.books(of).await? else { return Ok(Followed::Nobody) };
    let Some(user) = books.user.clone() else {
        tracing::warn!(customer = %books.customer.0, "A customer is none of our users");
        return Ok(Followed::Nobody);
    };
    bring(services, payments, &user, books, asked_at).await
}

/// The same for a user who asks, or whose month has ended. Nothing to do for one who never went to pay.
pub async fn refresh(services: &Services, user: &UserId) -> Result<Followed, FollowError> {
    let Some(payments) = services.payments.as_deref() else { return Ok(Followed::Nobody) };
    let account = Draft::open(services, user, None).await?.account;
    let Some(standing) = account.standing else { return Ok(Followed::Nobody) };
    let asked_at = services.clock.now();
    let books = read(payments, user, &standing.customer).await?;
    bring(services, payments, user, books, asked_at).await
}

/// Handles one message about an account that is due. Late, early or twice makes no difference.
pub async fn renew(services: &Services, user: &UserId) -> Result<(), FollowError> {
    let account = accounts::reset(services, user).await?;
    measure_drift(services, user).await?;
    let terms = &services.catalog.billing;
    let ask_at = account.standing.as_ref().and_then(|standing| standing.ask_at(terms));
    if ask_at.is_none_or(|at| services.clock.now() < at) || services.payments.is_none() {
        return Ok(());
    }
    refresh(services, user).await.map(drop)
}

/// Each account is due once a month at the least: that often its ledger is added up. The metric is 0, or somebody is to
/// look at once.
async fn measure_drift(services: &Services, user: &UserId) -> Result<(), DocumentsError> {
    let Some(audit) = accounts::audit(&*services.documents, user).await? else { return Ok(()) };
    let off: u64 = audit.drift.iter().map(|drift| drift.ledger.abs_diff(drift.wallet)).sum();
    metrics::ledger_drift(off);
    tracing::info!(ledger.entries = audit.entries, ledger.drift = off, "A ledger was added up");
    for Drift { what, ledger, wallet } in audit.drift {
        tracing::error!(user.id = %user, ledger, wallet, "The ledger says otherwise: {what}");
    }
    Ok(())
}

/// A customer who was deleted has bought nothing.
async fn read(
    payments: &dyn Payments,
    user: &UserId,
    customer: &CustomerId,
) -> Result<Books, PaymentsError> {
    let books = payments.books(&BooksOf::Customer(customer.clone())).await?;
    Ok(books.unwrap_or_else(|| Books {
        customer: customer.clone(),
        user: Some(user.clone()),
        subscriptions: Vec::new(),
        invoices: Vec::new(),
    }))
}

async fn bring(
    services: &Services,
    payments: &dyn Payments,
    user: &UserId,
    mut books: Books,
    mut asked_at: Timestamp,
) -> Result<Followed, FollowError> {
    let mut followed = Followed::AsItWas;
    let mut rounds = Rounds::default();
    let (mut seen, mut undone) = (None, false);
    loop {
        let mut draft = Draft::open(services, user, None).await?;
        let known_as_of = draft.account.standing.as_ref().map(|known| known.as_of);
        if let Some(known) = &draft.account.standing {
            if known.customer != books.customer {
                return other_customer(user, &known.customer, &books);
            }
            // Somebody has read later than we did. What we read after we saw theirs is later still, whatever the
            // clocks say.
            if known.as_of > asked_at && seen != known_as_of {
                seen = known_as_of;
                rounds.again(DocumentsError::Conflict { id: accounts::KIND.into() })?;
                asked_at = services.clock.now();
                books = read(payments, user, &books.customer.clone()).await?;
                continue;
            }
        }
        let terms = &services.catalog.billing;
        let mut verdict = verdict(&books, draft.account.standing.as_ref(), terms, asked_at);
        if !verdict.doubles.is_empty() && !undone {
            for double in &verdict.doubles {
                tracing::warn!(subscription = %double.0, "A second subscription is undone");
                payments.undo(double).await?;
            }
            // If it is still there, the next one who looks undoes it again: that changes nothing.
            undone = true;
            asked_at = services.clock.now();
            books = read(payments, user, &books.customer.clone()).await?;
            continue;
        }
        if let Some(subscription) = &verdict.unknown {
            tracing::error!(subscription = %subscription.0,
                "A subscription has a price or a state that we do not know; the plan stays as it was");
        }
        let all = settle_invoices(services, user, &mut draft, &books).await?;
        verdict.standing.as_of = known_as_of.map_or(asked_at, |known| known.max(asked_at));
        let same = draft.account.standing.as_ref();
        let same = same.is_some_and(|before| before.agrees_with(&verdict.standing));
        let now = draft.now;
        let entries = draft.account.take_standing(verdict.standing, &services.catalog, now);
        draft.enter(entries);
        match draft.commit(services).await {
            Ok(()) => {
                if !same || all != Settled::Nothing {
                    followed = Followed::Moved;
                }
                if all != Settled::Part {
                    return Ok(followed);
                }
            }
            Err(error) => rounds.again(error)?,
        }
    }
}

/// Only a customer who has bought nothing is passed over.
fn other_customer(
    user: &UserId,
    known: &CustomerId,
    books: &Books,
) -> Result<Followed, FollowError> {
    if books.subscriptions.is_empty() && books.invoices.is_empty() {
        return Ok(Followed::Nobody);
    }
    Err(FollowError::TwoCustomers {
        user: user.clone(),
        known: known.0.clone(),
        other: books.customer.0.clone(),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    Nothing,
    /// As many as go into one commit; there are more.
    Part,
    All,
}

/// Gives what was paid for and takes back what the money went back for.
async fn settle_invoices(
    services: &Services,
    user: &UserId,
    draft: &mut Draft,
    books: &Books,
) -> Result<Settled, DocumentsError> {
    let gifts: Vec<Gift> =
        books.invoices.iter().flat_map(|invoice| gifts(invoice, &services.catalog)).collect();
    let ids: Vec<_> = gifts.iter().map(|gift| Receipt::document_id(&gift.grant.id)).collect();
    let kept = ids.iter().map(|id| services.documents.get(user.as_str(), id));
    let kept = try_join_all(kept).await?;
    draft.account.wallet.forget_lapsed(|id| gifts.iter().any(|gift| gift.grant.id == *id));
    let mut written = 0;
    for (gift, kept) in gifts.iter().zip(kept) {
        if written == RECEIPTS_AT_ONCE {
            return Ok(Settled::Part);
        }
        written += usize::from(settle(draft, gift, kept)?);
    }
    Ok(if written == 0 { Settled::Nothing } else { Settled::All })
}

/// Whether anything was to be written.
fn settle(draft: &mut Draft, gift: &Gift, kept: Option<Document>) -> Result<bool, DocumentsError> {
    let now = draft.now;
    let Some(kept) = kept else {
        if gift.given_back == gift.grant.amount {
            return Ok(false);
        }
        let (mut receipt, entry) = Receipt::give(gift, &mut draft.account.wallet, now);
        let correction = receipt.correct(gift.given_back, &mut draft.account.wallet, now);
        draft.enter([entry]);
        draft.enter(correction);
        draft.create(receipt.document());
        return Ok(true);
    };
    let before: Receipt = kept.decode()?;
    let mut receipt = before.clone();
    let correction = receipt.correct(gift.given_back, &mut draft.account.wallet, now);
    draft.enter(correction);
    if receipt == before {
        return Ok(false);
    }
    draft.replace(kept.etag, receipt.document());
    Ok(true)
}
