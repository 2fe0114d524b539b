//! The smaller ports: moderation, imaging, realtime, clock and ids.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::catalog::OutputFormat;
use imagegen_core::ids::UserId;
use imagegen_core::ports::clock::{Clock, Ids};
use imagegen_core::ports::imaging::{
    Encoded, Finished, Imaging, ImagingError, ImagingOrder, Normalised, Recipe, Unusable,
};
use imagegen_core::ports::moderation::{Category, Moderation, ModerationError, Verdict};
use imagegen_core::ports::realtime::{Realtime, RealtimeError};
use jiff::Timestamp;
use serde::Deserialize;

use crate::faults::Port;
use crate::random::Random;
use crate::world::{Caller, locked};

/// What open pages were told, by user: event numbers with the revision they told.
pub(crate) type Published = BTreeMap<String, Vec<(u64, u64)>>;

/// A prompt with this word is kept back.
pub(crate) const FORBIDDEN: &str = "forbidden";
/// A picture with these bytes is kept back.
pub(crate) const UNSAFE: &str = "unsafe";
/// A file with these bytes is no picture.
pub(crate) const BAD: &str = "bad";

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

fn verdict(blocked: bool) -> Verdict {
    if blocked {
        Verdict::Blocked { category: Category::Violence, severity: 6 }
    } else {
        Verdict::Allowed
    }
}

#[async_trait]
impl Moderation for Caller {
    async fn text(&self, text: &str) -> Result<Verdict, ModerationError> {
        let judged = self.ask(Port::Moderation, || verdict(text.contains(FORBIDDEN)));
        judged.await.map_err(|e| ModerationError::Unavailable(e.into()))
    }

    async fn image(&self, image: &[u8]) -> Result<Verdict, ModerationError> {
        let judged = self.ask(Port::Moderation, || verdict(contains(image, UNSAFE)));
        judged.await.map_err(|e| ModerationError::Unavailable(e.into()))
    }
}

#[async_trait]
impl Imaging for Caller {
    async fn finish(&self, bytes: Vec<u8>, order: ImagingOrder) -> Result<Finished, ImagingError> {
        // It runs in the process: it is slow or dies with it, but does not fail by chance.
        let _ = self.ask(Port::Imaging, || ()).await;
        let original = readable(bytes)?;
        let fits = order.format == OutputFormat::Webp;
        let webp = |bytes| Encoded { bytes, content_type: "image/webp", extension: "webp" };
        Ok(Finished {
            display: (!fits).then(|| webp(original.clone())),
            thumbnail: webp(vec![0; 16]),
            original: Encoded {
                bytes: original,
                content_type: order.format.content_type(),
                extension: order.format.as_str(),
            },
            placeholder: "data:,".into(),
            width: 1024,
            height: 1024,
        })
    }

    async fn for_moderation(&self, bytes: Vec<u8>) -> Result<Vec<u8>, ImagingError> {
        let _ = self.ask(Port::Imaging, || ()).await;
        readable(bytes)
    }

    async fn normalise(&self, bytes: Vec<u8>) -> Result<Normalised, Unusable> {
        let _ = self.ask(Port::Imaging, || ()).await;
        let bytes = readable(bytes).map_err(|_| Unusable::Damaged)?;
        let picture = Encoded { bytes, content_type: "image/webp", extension: "webp" };
        Ok(Normalised { picture, width: 1024, height: 1024 })
    }

    async fn read_recipe(&self, _bytes: Vec<u8>) -> Result<Option<Recipe>, ImagingError> {
        Ok(None)
    }

    async fn without_recipe(&self, bytes: Vec<u8>) -> Result<Encoded, ImagingError> {
        let _ = self.ask(Port::Imaging, || ()).await;
        Ok(Encoded { bytes: readable(bytes)?, content_type: "image/webp", extension: "webp" })
    }
}

fn readable(bytes: Vec<u8>) -> Result<Vec<u8>, ImagingError> {
    if contains(&bytes, BAD) {
        return Err(ImagingError { reason: "no picture".into() });
    }
    Ok(bytes)
}

/// What is looked at in an event.
#[derive(Deserialize)]
struct Told {
    seq: u64,
    generation: ToldOf,
}

#[derive(Deserialize)]
struct ToldOf {
    revision: u64,
}

#[async_trait]
impl Realtime for Caller {
    async fn negotiate(&self, user: &UserId, _now: Timestamp) -> Result<String, RealtimeError> {
        Ok(format!("wss://realtime.example/{user}"))
    }

    async fn publish(&self, user: &UserId, event: String) -> Result<(), RealtimeError> {
        let event: Told = serde_json::from_str(&event).expect("events are numbered");
        let told = (event.seq, event.generation.revision);
        let (world, user) = (self.world.clone(), user.to_string());
        let effect = move || {
            locked(&world.published).entry(user.clone()).or_default().push(told);
        };
        self.tell(Port::Realtime, effect).await.map_err(|e| RealtimeError(e.into()))
    }
}

#[async_trait]
impl Clock for Caller {
    fn now(&self) -> Timestamp {
        let now = self.world.now();
        now.checked_add(self.process.skew).expect("a skew is seconds")
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Ids for Caller {
    fn random(&self) -> u128 {
        let mut ids = locked(&self.world.ids);
        let mut half = || u128::from(Random::number(&mut ids));
        (half() << 64) | half()
    }
}
