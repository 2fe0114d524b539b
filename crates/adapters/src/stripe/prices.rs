//! Which price is which ware.
//!
//! A ware is sold at the price that has its lookup key. A lookup key moves when a price changes, and those who pay the
//! old price go on paying it: they are known by `metadata[ware]`, which `setup` puts on every price and which stays.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use imagegen_core::catalog::Catalog;
use imagegen_core::ports::payments::Ware;
use jiff::Timestamp;

use super::api::{Api, Failure};
use super::form::Form;
use super::wire::{NamedPrice, Page, Price};

/// How long a ware is sold at the price that we saw.
const FRESH: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct Prices {
    catalog: Arc<Catalog>,
    /// What to sell at: a price's id, and when it was read.
    selling: Mutex<HashMap<Ware, (Timestamp, String)>>,
    /// What was sold: what a price is for never changes. One that we do not know is not kept, so that it is known as
    /// soon as somebody marks it.
    sold: Mutex<HashMap<String, Ware>>,
}

impl Prices {
    pub(super) fn new(catalog: Arc<Catalog>) -> Self {
        Self { catalog, selling: Mutex::default(), sold: Mutex::default() }
    }

    /// The price that `ware` is sold at now; `None` if there is none.
    pub(super) async fn selling(&self, api: &Api, ware: &Ware) -> Result<Option<String>, Failure> {
        let now = api.now();
        if let Some((read_at, price)) = locked(&self.selling).get(ware)
            && now.duration_since(*read_at).unsigned_abs() < FRESH
        {
            return Ok(Some(price.clone()));
        }
        let price = find(api, ware).await?.filter(|price| price.active);
        let Some(price) = price else { return Ok(None) };
        locked(&self.selling).insert(ware.clone(), (now, price.id.clone()));
        Ok(Some(price.id))
    }

    /// To be read again: Stripe did not take it.
    pub(super) fn forget(&self, ware: &Ware) {
        locked(&self.selling).remove(ware);
    }

    /// What each of the prices is for; those that the catalogue does not know are not in it.
    pub(super) async fn wares<'a>(
        &self,
        api: &Api,
        prices: impl IntoIterator<Item = &'a NamedPrice>,
    ) -> Result<HashMap<String, Ware>, Failure> {
        let mut known = HashMap::new();
        let (mut whole, mut unread) = (HashSet::new(), BTreeSet::new());
        for price in prices {
            match price {
                NamedPrice::Whole(price) => {
                    if whole.insert(price.id.as_str())
                        && let Some(ware) = self.learn(price)
                    {
                        known.insert(price.id.clone(), ware);
                    }
                }
                NamedPrice::Id(id) => match locked(&self.sold).get(id) {
                    Some(ware) => {
                        known.insert(id.clone(), ware.clone());
                    }
                    None => {
                        unread.insert(id.as_str());
                    }
                },
            }
        }
        let unread = unread.into_iter().filter(|id| !whole.contains(id));
        let read = try_join_all(unread.map(|id| read(api, id))).await?;
        for price in read.into_iter().flatten() {
            if let Some(ware) = self.learn(&price) {
                known.insert(price.id, ware);
            }
        }
        Ok(known)
    }

    fn learn(&self, price: &Price) -> Option<Ware> {
        let ware = ware_of(&self.catalog, price);
        if let Some(ware) = &ware {
            locked(&self.sold).insert(price.id.clone(), ware.clone());
        } else {
            let key = price.lookup_key.as_deref().unwrap_or_default();
            tracing::warn!(
                price.id,
                price.lookup_key = key,
                "A customer pays a price that the catalogue does not know"
            );
        }
        ware
    }
}

/// Everything that is paid for.
pub(super) fn wares(catalog: &Catalog) -> impl Iterator<Item = Ware> {
    let plans = catalog.plans.iter().filter(|plan| plan.usd_cents_per_month > 0);
    let packs = catalog.packs.iter().map(|pack| Ware::Pack(pack.id.clone()));
    plans.map(|plan| Ware::Plan(plan.id)).chain(packs)
}

/// The price with the ware's lookup key, active or not.
pub(super) async fn find(api: &Api, ware: &Ware) -> Result<Option<Price>, Failure> {
    let query = Form::new().with_all("lookup_keys", [lookup_key(ware)]);
    let page: Page<Price> = api.get(&["prices"], &query).await?;
    Ok(page.data.into_iter().next())
}

async fn read(api: &Api, id: &str) -> Result<Option<Price>, Failure> {
    api.find(&["prices", id], &Form::new()).await
}

pub(super) fn lookup_key(ware: &Ware) -> String {
    match ware {
        Ware::Plan(plan) => format!("imagegen_{}_monthly", plan.as_str()),
        Ware::Pack(pack) => format!("imagegen_{pack}"),
    }
}

/// In metadata.
pub(super) fn name(ware: &Ware) -> &str {
    match ware {
        Ware::Plan(plan) => plan.as_str(),
        Ware::Pack(pack) => &pack.0,
    }
}

fn ware_of(catalog: &Catalog, price: &Price) -> Option<Ware> {
    let by_key = |ware: &Ware| price.lookup_key.as_deref() == Some(lookup_key(ware).as_str());
    let marked = price.metadata.get("ware");
    let by_mark = |ware: &Ware| marked.is_some_and(|marked| marked == name(ware));
    wares(catalog).find(by_key).or_else(|| wares(catalog).find(by_mark))
}

/// Whoever panicked while holding it left a whole map.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
