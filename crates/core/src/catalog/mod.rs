//! Plans, models and prices: `catalog.toml` beside this file, read at start. No price or limit stands anywhere else.

mod file;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::credits::Credits;
use crate::messages::QueueName;

/// What is sold, and how it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    pub plans: Vec<Plan>,
    pub packs: Vec<Pack>,
    pub models: Vec<Model>,
    /// From acceptance to the moment by which a job has ended.
    pub job_deadline: Duration,
    /// From the first provider call to the moment we give up on it.
    pub work_limit: Duration,
    pub uploads: UploadLimits,
    pub library: LibraryLimits,
    pub billing: BillingTerms,
}

/// What becomes of plans around a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingTerms {
    /// How long a plan goes on when a payment fails, without new credits.
    pub grace: Duration,
    /// How much longer than the month its credits last, until the next one is paid.
    pub renewal_slack: Duration,
}

/// Credits that are bought once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    pub id: PackId,
    pub name: String,
    pub credits: Credits,
    pub usd_cents: u32,
    /// From the day of the purchase.
    pub days: u32,
}

/// Such as `credits_100`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackId(pub String);

impl fmt::Display for PackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What users may bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    pub most_bytes: u64,
    /// How long the link for sending a picture is good.
    pub link_life: Duration,
    /// A picture that no job uses is removed after this.
    pub unused_life: Duration,
    /// How many a user may have that no job uses yet.
    pub most_unused: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryLimits {
    /// How long what was thrown away comes back on demand.
    pub trash_days: u32,
    /// The most collections of one user.
    pub collections: usize,
    /// The most share links of one user.
    pub shares: usize,
    /// The most jobs in one call that changes or downloads many.
    pub at_once: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub id: PlanId,
    pub name: String,
    pub usd_cents_per_month: u32,
    pub credits: PlanCredits,
    pub queue: QueueName,
    /// How many of a user's jobs are at work at once.
    pub at_work: usize,
    /// How many more may wait behind them.
    pub waiting: usize,
    pub images_per_job: u32,
    pub watermark: bool,
    pub api_keys: bool,
    pub retention_days: u32,
    /// Whether the days count only from the end of the subscription.
    pub kept_while_subscribed: bool,
    pub support: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanCredits {
    Monthly(Credits),
    /// Nothing is refused; past `fair_use` in a period, jobs go to `queue_after`.
    Unlimited {
        fair_use: Credits,
        queue_after: QueueName,
    },
}

#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PlanId {
    #[default]
    Free,
    Basic,
    Premium,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub id: String,
    pub name: String,
    /// The least plan that opens it.
    pub plan: PlanId,
    /// For one image.
    pub credits: Credits,
    /// Unicode characters.
    pub prompt_characters: usize,
    pub usual_seconds: f64,
    pub sizes: Vec<Size>,
    /// How many reference images it takes, 0 for none.
    pub input_images: u32,
    pub strength: bool,
    /// In order of preference; never empty.
    pub routes: Vec<Route>,
}

/// One way to have a model's picture drawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub provider: Provider,
    /// The provider's name of the model.
    pub model: String,
    /// What the provider takes for one image of a megapixel, in millionths of a dollar.
    pub usd_micros: u64,
}

/// Whoever can be asked to draw.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// What was stored before there were others is its.
    #[default]
    Replicate,
    /// FLUX in Azure AI Foundry.
    Foundry,
    /// Black Forest Labs themselves.
    Bfl,
    /// A GPU of our own, behind a Cog server.
    Cog,
}

impl Provider {
    pub const ALL: [Self; 4] = [Self::Replicate, Self::Foundry, Self::Bfl, Self::Cog];

    /// As it stands in the address that it reports to.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replicate => "replicate",
            Self::Foundry => "foundry",
            Self::Bfl => "bfl",
            Self::Cog => "cog",
        }
    }

    /// Whether the picture comes in the answer to the request, so that asking takes as long as drawing.
    pub fn draws_while_asked(self) -> bool {
        match self {
            Self::Foundry | Self::Cog => true,
            Self::Replicate | Self::Bfl => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub aspect_ratio: AspectRatio,
    pub width: u32,
    pub height: u32,
}

/// Width to height, as in `16:9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AspectRatio {
    width: u8,
    height: u8,
}

/// The file that the user gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    Webp,
    Png,
    Jpeg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a ratio of two whole numbers, such as `16:9`")]
pub struct InvalidAspectRatio;

impl Catalog {
    /// The catalogue that this program was built with.
    pub fn built_in() -> Self {
        file::parse(include_str!("catalog.toml")).expect("a test reads the built-in catalogue")
    }

    pub fn plan(&self, id: PlanId) -> &Plan {
        self.plans.iter().find(|p| p.id == id).expect("parsing made sure of every plan")
    }

    pub fn pack(&self, id: &PackId) -> Option<&Pack> {
        self.packs.iter().find(|p| p.id == *id)
    }

    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|m| m.id == id)
    }
}

impl Plan {
    /// The end of the time for which it keeps pictures that are kept from `since` on.
    pub fn keeps_until(&self, since: Timestamp) -> Timestamp {
        days_after(since, self.retention_days)
    }

    /// On an unlimited plan: past so many credits in a month, jobs go to the standard queue.
    pub fn fair_use(&self) -> Option<Credits> {
        match self.credits {
            PlanCredits::Monthly(_) => None,
            PlanCredits::Unlimited { fair_use, .. } => Some(fair_use),
        }
    }

    /// Whether `model` may be used on this plan.
    pub fn opens(&self, model: &Model) -> bool {
        self.id >= model.plan
    }
}

impl Pack {
    /// When credits lapse that are bought at `since`.
    pub fn lapses_at(&self, since: Timestamp) -> Timestamp {
        days_after(since, self.days)
    }
}

impl LibraryLimits {
    pub fn trash_until(&self, since: Timestamp) -> Timestamp {
        days_after(since, self.trash_days)
    }
}

fn days_after(since: Timestamp, days: u32) -> Timestamp {
    let days = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    since.checked_add(days).expect("a few years from now exist")
}

impl Model {
    pub fn size(&self, ratio: AspectRatio) -> Option<Size> {
        self.sizes.iter().copied().find(|s| s.aspect_ratio == ratio)
    }

    /// How `provider` makes it, if it does.
    pub fn route(&self, provider: Provider) -> Option<&Route> {
        self.routes.iter().find(|route| route.provider == provider)
    }

    /// What `count` images cost.
    pub fn price(&self, count: u32) -> Credits {
        self.credits * count
    }
}

impl PlanId {
    pub const ALL: [Self; 3] = [Self::Free, Self::Basic, Self::Premium];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Basic => "basic",
            Self::Premium => "premium",
        }
    }
}

impl FromStr for PlanId {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|p| p.as_str() == text);
        known.ok_or_else(|| format!("`{text}` is no plan: free, basic or premium"))
    }
}

impl OutputFormat {
    pub const ALL: [Self; 3] = [Self::Webp, Self::Png, Self::Jpeg];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Webp => "image/webp",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

impl AspectRatio {
    pub const SQUARE: Self = Self { width: 1, height: 1 };
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

impl FromStr for AspectRatio {
    type Err = InvalidAspectRatio;
    fn from_str(text: &str) -> Result<Self, InvalidAspectRatio> {
        let part = |t: &str| t.parse().ok().filter(|n| *n > 0).ok_or(InvalidAspectRatio);
        let (width, height) = text.split_once(':').ok_or(InvalidAspectRatio)?;
        let ratio = Self { width: part(width)?, height: part(height)? };
        // `+16:9` and `016:9` parse as numbers, but one ratio has one name.
        (ratio.to_string() == text).then_some(ratio).ok_or(InvalidAspectRatio)
    }
}

impl TryFrom<String> for AspectRatio {
    type Error = InvalidAspectRatio;
    fn try_from(text: String) -> Result<Self, InvalidAspectRatio> {
        text.parse()
    }
}

impl From<AspectRatio> for String {
    fn from(ratio: AspectRatio) -> Self {
        ratio.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_and_models_are_as_sold() {
        let catalog = Catalog::built_in();
        let free = catalog.plan(PlanId::Free);
        assert_eq!(free.credits, PlanCredits::Monthly(Credits::new(10)));
        assert_eq!((free.at_work, free.waiting, free.images_per_job), (1, 10, 1));
        let prices: Vec<_> =
            catalog.models.iter().map(|m| (m.id.as_str(), m.plan, m.credits.get())).collect();
        assert_eq!(
            prices,
            [
                ("flux-schnell", PlanId::Free, 1),
                ("flux-dev", PlanId::Basic, 2),
                ("flux-1.1-pro", PlanId::Premium, 5),
                ("flux-kontext-pro", PlanId::Premium, 5),
                ("flux-2-pro", PlanId::Premium, 5),
            ]
        );
        let opened = |p| catalog.models.iter().filter(|m| catalog.plan(p).opens(m)).count();
        assert_eq!(PlanId::ALL.map(opened), [1, 2, 5]);
    }

    #[test]
    fn a_provider_has_one_name_and_a_model_one_route_to_each() {
        use Provider::{Bfl, Cog, Foundry, Replicate};
        for provider in Provider::ALL {
            assert_eq!(serde_json::to_value(provider).ok(), Some(provider.as_str().into()));
        }
        let catalog = Catalog::built_in();
        let routes = |model: &Model| model.routes.iter().map(|r| r.provider).collect::<Vec<_>>();
        let all: Vec<_> = catalog.models.iter().map(routes).collect();
        assert_eq!(
            all,
            [
                vec![Replicate, Cog],
                vec![Replicate],
                vec![Replicate, Foundry, Bfl],
                vec![Replicate, Foundry, Bfl],
                vec![Replicate, Bfl],
            ]
        );
    }

    #[test]
    fn a_ratio_has_one_spelling() {
        assert_eq!("16:9".parse::<AspectRatio>().map(|r| r.to_string()), Ok("16:9".into()));
        for wrong in ["", "16", "16:", "0:1", "+1:1", "01:1", "1:1 ", "1.5:1", "300:1"] {
            assert!(wrong.parse::<AspectRatio>().is_err(), "{wrong}");
        }
    }
}
