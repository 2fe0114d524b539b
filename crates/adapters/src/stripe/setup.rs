//! What must be there at Stripe before anything is sold. Everything is found again by a name of its own, so that a
//! second run changes nothing.

use imagegen_core::ports::payments::{PaymentsError, Ware};

use super::Stripe;
use super::api::{API_VERSION, Failure};
use super::events::HANDLED;
use super::form::Form;
use super::portal::{self, Offer};
use super::prices::{find, lookup_key, name, wares};
use super::wire::{PortalConfiguration, Price, Product, WebhookEndpoint};
use crate::http::Secret;

/// One thing at Stripe, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub what: String,
    pub done: Done,
    /// What a webhook endpoint that was made signs with. Stripe never tells it again.
    pub secret: Option<Secret>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Made,
    Changed,
    AsItShouldBe,
    /// Left alone, and somebody should remove it.
    InTheWay,
}

/// Who is told of each step as soon as it is done.
type Tell<'a> = &'a mut (dyn FnMut(Step) + Send);

/// A run of `set_up`: the names of its calls. Another run must not be answered with what this one was.
struct Run<'a> {
    stripe: &'a Stripe,
    number: i64,
    tell: Tell<'a>,
}

impl Stripe {
    /// Makes or changes products, prices and the portal's configuration until they are as the catalogue says, and,
    /// with its URL, the webhook endpoint. May be repeated, also after half of it.
    pub async fn set_up(
        &self,
        webhook_url: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<(), PaymentsError> {
        let number = self.api.now().as_millisecond();
        let mut run = Run { stripe: self, number, tell };
        let mut offers = Vec::new();
        for ware in wares(&self.catalog) {
            let product = run.product(&ware).await?;
            let price = run.price(&ware, &product).await?;
            match ware {
                Ware::Plan(_) => offers.push(Offer { product, price }),
                Ware::Pack(_) => {}
            }
        }
        run.portal(&offers).await?;
        if let Some(url) = webhook_url {
            run.webhook(url).await?;
        }
        Ok(())
    }

    fn title(&self, ware: &Ware) -> (&str, u32) {
        match ware {
            Ware::Plan(id) => {
                let plan = self.catalog.plan(*id);
                (&plan.name, plan.usd_cents_per_month)
            }
            Ware::Pack(id) => {
                let pack = self.catalog.pack(id).expect("wares are read from the catalogue");
                (&pack.name, pack.usd_cents)
            }
        }
    }
}

impl Run<'_> {
    async fn product(&mut self, ware: &Ware) -> Result<String, Failure> {
        let (api, (title, _)) = (&self.stripe.api, self.stripe.title(ware));
        let id = format!("imagegen_{}", name(ware));
        let path = ["products", id.as_str()];
        let wanted = Form::new().with("name", title).with("metadata[ware]", name(ware));
        let done = match api.find::<Product>(&path, &Form::new()).await? {
            None => {
                let form = wanted.with("id", &id);
                let _: Product =
                    api.post(&["products"], &form, &self.key(&format!("product:{id}"))).await?;
                Done::Made
            }
            Some(found)
                if found.active
                    && found.name == title
                    && found.metadata.get("ware").is_some_and(|it| it == name(ware)) =>
            {
                Done::AsItShouldBe
            }
            Some(_) => {
                let form = wanted.with("active", true);
                let _: Product =
                    api.post(&path, &form, &self.key(&format!("product:{id}"))).await?;
                Done::Changed
            }
        };
        self.tell(format!("product {id}"), done);
        Ok(id)
    }

    /// A price never changes: another amount is another price, to which the lookup key moves. Who pays the old one
    /// goes on paying it.
    async fn price(&mut self, ware: &Ware, product: &str) -> Result<String, Failure> {
        let (api, (_, cents)) = (&self.stripe.api, self.stripe.title(ware));
        let key = lookup_key(ware);
        let found = find(api, ware).await?;
        let mark = Form::new().with("metadata[ware]", name(ware));
        let marked = found
            .as_ref()
            .is_none_or(|price| price.metadata.get("ware").is_some_and(|it| it == name(ware)));
        if let Some(price) = found.as_ref().filter(|_| !marked) {
            // Before it loses its key: it would not be known any more.
            let path = ["prices", price.id.as_str()];
            let _: Price = api.post(&path, &mark, &self.key(&format!("mark:{key}"))).await?;
        }
        let (id, done) = match found {
            Some(price) if is_as_wanted(&price, ware, cents, product) => {
                (price.id, if marked { Done::AsItShouldBe } else { Done::Changed })
            }
            found => {
                let form = mark
                    .with("product", product)
                    .with("currency", "usd")
                    .with("unit_amount", cents)
                    .with("lookup_key", &key)
                    .with("transfer_lookup_key", true);
                let form = match ware {
                    Ware::Plan(_) => form.with("recurring[interval]", "month"),
                    Ware::Pack(_) => form,
                };
                let price: Price =
                    api.post(&["prices"], &form, &self.key(&format!("price:{key}"))).await?;
                let done = if found.is_some() { Done::Changed } else { Done::Made };
                (price.id, done)
            }
        };
        self.stripe.prices.forget(ware);
        self.tell(format!("price {key}: {id}, {cents} US cents"), done);
        Ok(id)
    }

    async fn portal(&mut self, offers: &[Offer]) -> Result<(), Failure> {
        let api = &self.stripe.api;
        let path = ["billing_portal", "configurations"];
        let (wanted, key) = (portal::wanted(offers), self.key("portal"));
        let (id, done) = match portal::ours(api).await? {
            Some(found) if portal::is_as_wanted(&found, offers) => (found.id, Done::AsItShouldBe),
            Some(found) => {
                let path = [path[0], path[1], found.id.as_str()];
                let _: PortalConfiguration = api.post(&path, &wanted, &key).await?;
                (found.id, Done::Changed)
            }
            None => {
                let made: PortalConfiguration = api.post(&path, &wanted, &key).await?;
                (made.id, Done::Made)
            }
        };
        self.stripe.portal_configuration.forget();
        self.tell(format!("portal configuration {id}"), done);
        Ok(())
    }

    async fn webhook(&mut self, url: &str) -> Result<(), Failure> {
        let api = &self.stripe.api;
        let all: Vec<WebhookEndpoint> = api.all(&["webhook_endpoints"], &Form::new()).await?;
        let (ours, others): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|endpoint| endpoint.url == url)
            .partition(|endpoint| endpoint.api_version.as_deref() == Some(API_VERSION));
        let wanted = Form::new()
            .with_all("enabled_events", HANDLED)
            .with("description", "ImageGenerator AI")
            .with("metadata[imagegen]", 1);
        let (id, done, secret) = match ours.into_iter().next() {
            Some(found) if is_awake_for_the_right_events(&found) => {
                (found.id, Done::AsItShouldBe, None)
            }
            Some(found) => {
                let path = ["webhook_endpoints", found.id.as_str()];
                let form = wanted.with("disabled", false);
                let _: WebhookEndpoint = api.post(&path, &form, &self.key("webhook")).await?;
                (found.id, Done::Changed, None)
            }
            None => {
                let form = wanted.with("url", url).with("api_version", API_VERSION);
                let path = ["webhook_endpoints"];
                let made: WebhookEndpoint = api.post(&path, &form, &self.key("webhook")).await?;
                (made.id, Done::Made, made.secret)
            }
        };
        let what = format!("webhook endpoint {id}: {url}");
        (self.tell)(Step { what, done, secret: secret.map(Secret::new) });
        for other in others {
            // A version is for ever. It signs with a secret that may be the only one in use, so it is not for us to
            // remove.
            let version = other.api_version.as_deref().unwrap_or("the account's own version");
            let what = format!("webhook endpoint {}: the same URL in {version}", other.id);
            self.tell(what, Done::InTheWay);
        }
        Ok(())
    }

    fn key(&self, thing: &str) -> String {
        format!("setup:{}:{thing}", self.number)
    }

    fn tell(&mut self, what: String, done: Done) {
        (self.tell)(Step { what, done, secret: None });
    }
}

fn is_as_wanted(price: &Price, ware: &Ware, cents: u32, product: &str) -> bool {
    let recurring = price.recurring.as_ref().map(|it| (it.interval.as_str(), it.interval_count));
    let wanted = match ware {
        Ware::Plan(_) => Some(("month", 1)),
        Ware::Pack(_) => None,
    };
    price.active
        && price.unit_amount == Some(cents.into())
        && price.currency.as_deref() == Some("usd")
        && price.product.as_ref().is_some_and(|it| it.0 == product)
        && recurring == wanted
}

fn is_awake_for_the_right_events(endpoint: &WebhookEndpoint) -> bool {
    let all = |event: &String| HANDLED.contains(&event.as_str());
    endpoint.status == "enabled"
        && endpoint.enabled_events.len() == HANDLED.len()
        && endpoint.enabled_events.iter().all(all)
}

impl Done {
    /// For a line of the command.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Changed => "changed",
            Self::AsItShouldBe => "as it should be",
            Self::InTheWay => "to be removed by hand, once nobody signs with it",
        }
    }
}
