//! The ports, in one place.

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::generations::Paces;
use crate::ports::blobs::Blobs;
use crate::ports::clock::{Clock, Ids};
use crate::ports::documents::Documents;
use crate::ports::imaging::Imaging;
use crate::ports::moderation::Moderation;
use crate::ports::payments::Payments;
use crate::ports::queue::Queue;
use crate::ports::realtime::Realtime;
use crate::providers::Providers;
use crate::ticket::TicketKey;

/// What the rules stand on. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Services {
    pub documents: Arc<dyn Documents>,
    pub blobs: Arc<dyn Blobs>,
    /// What users send, before anybody looked at it: a container of its own, which no link reads.
    pub uploads: Arc<dyn Blobs>,
    pub queue: Arc<dyn Queue>,
    pub providers: Providers,
    pub realtime: Arc<dyn Realtime>,
    pub moderation: Arc<dyn Moderation>,
    pub imaging: Arc<dyn Imaging>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub catalog: Arc<Catalog>,
    /// How long jobs took lately, as far as this process knows.
    pub paces: Arc<Paces>,
    pub tickets: TicketKey,
    /// Where providers reach us, such as `https://api.example.com`; without it jobs are polled by delayed messages.
    pub public_url: Option<String>,
    /// Who takes the money; without it nothing is sold.
    pub payments: Option<Arc<dyn Payments>>,
    /// Where the web page is, such as `https://example.com`: the way back from a payment.
    pub app_url: Option<String>,
}

impl Services {
    /// A new id's number: of now, and of chance.
    pub(crate) fn fresh_ulid(&self) -> ulid::Ulid {
        let now = self.clock.now().as_millisecond();
        ulid::Ulid::from_parts(u64::try_from(now).unwrap_or(0), self.ids.random())
    }
}
