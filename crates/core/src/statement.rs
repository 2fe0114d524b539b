//! A user's statement: each line of the ledger with a reason and, where a job is behind it, its picture.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;

use crate::accounts::Account;
use crate::catalog::{Catalog, PackId, PlanId};
use crate::credits::{AccountName, Credits, Entry, GrantId, Reason};
use crate::generations::{self, GenerationView};
use crate::ids::{GenerationId, UserId};
use crate::ports::documents::{Document, Documents, DocumentsError, Order, Range};
use crate::services::Services;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StatementLine))]
pub struct LineView {
    /// Counts the lines from 1, without a gap.
    pub number: u64,
    pub at: String,
    /// `grant`, `hold`, `close`, `expire`, `claw_back` or `restore`.
    pub kind: &'static str,
    /// A sentence.
    pub reason: String,
    /// Which credits came or went; `null` for the lines of a job.
    pub origin: Option<OriginView>,
    /// What it did to the credits that can be spent.
    pub change: i64,
    /// What could be spent after it; below zero when more was taken back than was left.
    pub balance: i64,
    /// Credits that were spent for good: of a job that ended.
    pub used: i64,
    pub generation_id: Option<String>,
    /// Of that job, while it is kept.
    pub prompt: Option<String>,
    pub thumbnail_url: Option<String>,
    pub placeholder: Option<String>,
    /// Of what was paid for.
    pub invoice_id: Option<String>,
}

/// Where credits came from, for programs: a page says it in the language of its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Origin))]
pub struct OriginView {
    /// `plan` (a month of it), `pack` (bought on top) or `other`.
    pub kind: &'static str,
    /// The id of the pack, or of the plan where it is known.
    pub id: Option<String>,
}

#[derive(Debug)]
pub struct StatementPage {
    /// Newest first.
    pub lines: Vec<LineView>,
    /// The last line's number, when more follow.
    pub next: Option<u64>,
}

/// One page of `limit` lines (1 to 100), newest first, of numbers below `before`; with pictures.
pub async fn page(
    services: &Services,
    user: &UserId,
    before: Option<u64>,
    limit: usize,
) -> Result<StatementPage, DocumentsError> {
    let (entries, next) = entries(&*services.documents, user, before, limit).await?;
    // Most jobs have two lines on a page, and each is read once.
    let jobs: BTreeSet<_> = entries.iter().filter_map(generation_of).collect();
    let read = jobs.iter().map(|id| picture(services, user, id));
    let pictures: BTreeMap<_, _> = jobs.iter().zip(try_join_all(read).await?).collect();
    let lines = entries.iter().map(|entry| {
        let mut line = line(entry, &services.catalog);
        let picture = generation_of(entry).and_then(|id| pictures[&id].clone());
        if let Some((prompt, thumbnail, placeholder)) = picture {
            line.prompt = Some(prompt);
            line.thumbnail_url = thumbnail;
            line.placeholder = placeholder;
        }
        line
    });
    Ok(StatementPage { lines: lines.collect(), next })
}

/// The same, 100 lines without pictures, for a file.
pub async fn bare_page(
    documents: &dyn Documents,
    catalog: &Catalog,
    user: &UserId,
    before: Option<u64>,
) -> Result<StatementPage, DocumentsError> {
    let (entries, next) = entries(documents, user, before, 100).await?;
    let lines = entries.iter().map(|entry| line(entry, catalog)).collect();
    Ok(StatementPage { lines, next })
}

async fn entries(
    documents: &dyn Documents,
    user: &UserId,
    before: Option<u64>,
    limit: usize,
) -> Result<(Vec<Entry>, Option<u64>), DocumentsError> {
    let after = before.map(Entry::position);
    let range = Range { kind: Entry::KIND, after, order: Order::Descending, limit };
    let page = documents.list(user.as_str(), &range).await?;
    let entries = page.documents.iter().map(Document::decode::<Entry>);
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let last = entries.last().and_then(|entry| entry.booked).filter(|_| page.more);
    Ok((entries, last.map(|booked| booked.number)))
}

/// Prompt, thumbnail and placeholder of a job that is still kept.
async fn picture(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
) -> Result<Option<(String, Option<String>, Option<String>)>, DocumentsError> {
    let Some(generation) = generations::get(services, user, id).await? else { return Ok(None) };
    let now = services.clock.now();
    let view = GenerationView::of(services, &generation, 0, now).await;
    let image = view.images.into_iter().find(|image| image.status == "delivered");
    let (thumbnail, placeholder) =
        image.map_or((None, None), |image| (image.thumbnail_url, image.placeholder));
    Ok(Some((view.prompt, thumbnail, placeholder)))
}

fn line(entry: &Entry, catalog: &Catalog) -> LineView {
    // Entries that are older than the numbers come first, as if they had none.
    let (number, balance) = entry.booked.map_or((0, 0), |booked| (booked.number, booked.balance));
    let used = entry.effect_on(AccountName::Used);
    let (kind, reason) = told(&entry.reason, catalog);
    LineView {
        number,
        at: entry.at.to_string(),
        kind,
        reason,
        origin: grant_of(entry).map(origin),
        change: entry.effect_on(AccountName::Available),
        balance,
        used,
        generation_id: generation_of(entry).map(ToString::to_string),
        prompt: None,
        thumbnail_url: None,
        placeholder: None,
        invoice_id: grant_of(entry).and_then(GrantId::invoice).map(str::to_owned),
    }
}

fn told(reason: &Reason, catalog: &Catalog) -> (&'static str, String) {
    match reason {
        Reason::Grant { grant } => ("grant", format!("Received: {}.", source(grant, catalog))),
        Reason::Hold { .. } => ("hold", "Reserved for a job.".into()),
        Reason::Close { captured, released, .. } if released.is_zero() => {
            ("close", format!("A job was done: {captured} used."))
        }
        Reason::Close { captured, released, .. } if captured.is_zero() => {
            ("close", format!("A job ended without a picture: all {released} given back."))
        }
        Reason::Close { captured, released, .. } => {
            ("close", format!("A job ended: {captured} used, {released} given back."))
        }
        Reason::Expire { grant } => {
            ("expire", format!("Not used in time: {}.", source(grant, catalog)))
        }
        Reason::ExpireReleased { grant, .. } => {
            ("expire", format!("Given back after its time was over: {}.", source(grant, catalog)))
        }
        Reason::ClawBack { grant, .. } => {
            ("claw_back", format!("The money was given back: {}.", source(grant, catalog)))
        }
        Reason::Restore { grant, .. } => (
            "restore",
            format!("The money was not given back after all: {}.", source(grant, catalog)),
        ),
    }
}

/// Where credits came from, in words.
fn source(grant: &GrantId, catalog: &Catalog) -> String {
    if let Some(pack) = grant.pack() {
        let pack = catalog.pack(&PackId(pack.to_owned()));
        return pack.map_or_else(|| "a pack of credits".into(), |pack| pack.name.clone());
    }
    if grant.invoice().is_some() {
        return "a month of your plan".into();
    }
    match plan_of(grant) {
        Some(plan) => format!("a month of the {} plan", catalog.plan(plan).name),
        None => "credits".into(),
    }
}

fn origin(grant: &GrantId) -> OriginView {
    if let Some(pack) = grant.pack() {
        return OriginView { kind: "pack", id: Some(pack.to_owned()) };
    }
    if grant.invoice().is_some() {
        return OriginView { kind: "plan", id: None };
    }
    match plan_of(grant) {
        Some(plan) => OriginView { kind: "plan", id: Some(plan.as_str().to_owned()) },
        None => OriginView { kind: "other", id: None },
    }
}

/// Of credits that nobody paid for: the plan whose month they are.
fn plan_of(grant: &GrantId) -> Option<PlanId> {
    grant.0.split(':').next()?.parse().ok()
}

fn generation_of(entry: &Entry) -> Option<&GenerationId> {
    match &entry.reason {
        Reason::Hold { generation }
        | Reason::Close { generation, .. }
        | Reason::ExpireReleased { generation, .. } => Some(generation),
        Reason::Grant { .. }
        | Reason::Expire { .. }
        | Reason::ClawBack { .. }
        | Reason::Restore { .. } => None,
    }
}

fn grant_of(entry: &Entry) -> Option<&GrantId> {
    match &entry.reason {
        Reason::Grant { grant }
        | Reason::Expire { grant }
        | Reason::ExpireReleased { grant, .. }
        | Reason::ClawBack { grant, .. }
        | Reason::Restore { grant, .. } => Some(grant),
        Reason::Hold { .. } | Reason::Close { .. } => None,
    }
}

/// What an account has and has used in the month that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Usage))]
pub struct UsageView {
    pub period_start: String,
    pub period_end: String,
    /// Below zero when more was taken back than was left.
    pub available: i64,
    pub held: u32,
    /// Since the account was opened.
    pub used_ever: u64,
    /// On an unlimited plan: credits drawn in this month.
    pub drawn_in_period: Option<u32>,
    /// On an unlimited plan: past so many, jobs go to the standard queue.
    pub fair_use: Option<u32>,
    /// What there is, in the order in which it burns.
    pub grants: Vec<GrantView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Grant))]
pub struct GrantView {
    pub source: String,
    pub origin: OriginView,
    pub remaining: u32,
    pub held: u32,
    pub expires_at: Option<String>,
}

impl UsageView {
    pub fn of(account: &Account, services: &Services) -> Self {
        let now = services.clock.now();
        let wallet = &account.wallet;
        let fair_use = services.catalog.plan(account.plan).fair_use();
        let grants = wallet.grants().iter().filter(|grant| {
            grant.id != GrantId::unlimited() && !(grant.lapsed(now) && grant.held.is_zero())
        });
        Self {
            period_start: account.month_start().to_string(),
            period_end: account.month_end().to_string(),
            available: account.spendable(now),
            held: wallet.held().get(),
            used_ever: wallet.totals().used,
            drawn_in_period: fair_use.map(|_| account.drawn_in_period.get()),
            fair_use: fair_use.map(Credits::get),
            grants: grants
                .map(|grant| GrantView {
                    source: source(&grant.id, &services.catalog),
                    origin: origin(&grant.id),
                    remaining: grant.remaining.get(),
                    held: grant.held.get(),
                    expires_at: grant.expires_at.map(|at| at.to_string()),
                })
                .collect(),
        }
    }
}

/// The whole statement as CSV (RFC 4180), newest line first, page by page. An error ends it in the middle: then the
/// file is not whole, and whoever sends it is to show that.
pub fn csv(
    services: Services,
    user: UserId,
) -> impl Stream<Item = Result<String, DocumentsError>> + Send + 'static {
    let head = stream::once(async { Ok(CSV_HEAD.to_owned()) });
    let pages = stream::try_unfold(Some(None), move |state: Option<Option<u64>>| {
        let (services, user) = (services.clone(), user.clone());
        async move {
            let Some(before) = state else { return Ok(None) };
            let page = bare_page(&*services.documents, &services.catalog, &user, before).await?;
            let text: String = page.lines.iter().map(LineView::to_csv).collect();
            Ok(Some((text, page.next.map(Some))))
        }
    });
    head.chain(pages)
}

/// The first row.
pub const CSV_HEAD: &str = "number,at,kind,reason,change,balance,used,generation_id,invoice_id\r\n";

impl LineView {
    /// As a row of CSV (RFC 4180), with its line end.
    pub fn to_csv(&self) -> String {
        csv_line(self)
    }
}

fn csv_line(line: &LineView) -> String {
    let id = |id: &Option<String>| id.clone().unwrap_or_default();
    let LineView { number, at, kind, reason, change, balance, used, .. } = line;
    // Only the sentence may have a comma; nothing in it comes from a user.
    let reason = reason.replace('"', "\"\"");
    let (generation, invoice) = (id(&line.generation_id), id(&line.invoice_id));
    format!(
        "{number},{at},{kind},\"{reason}\",{change},{balance},{used},{generation},{invoice}\r\n"
    )
}
