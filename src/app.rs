//! The composition root: which adapter stands behind which port.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use imagegen_adapters::app_insights::AppInsights;
use imagegen_adapters::bfl::{Bfl, BflSettings};
use imagegen_adapters::blob_storage::{BlobStorage, StorageAccount};
use imagegen_adapters::clock::{SystemClock, SystemIds};
use imagegen_adapters::cog::Cog;
use imagegen_adapters::content_safety::{ContentSafety, ContentSafetySettings, Thresholds};
use imagegen_adapters::entra::{Access, Tokens, Who};
use imagegen_adapters::files::FileBlobs;
use imagegen_adapters::foundry::{Foundry, FoundrySettings};
use imagegen_adapters::http::{Http, Secret};
use imagegen_adapters::imaging::Pipeline;
use imagegen_adapters::oidc::{OidcIdentity, OidcSettings};
use imagegen_adapters::replicate::{Replicate, ReplicateSettings};
use imagegen_adapters::sas::BlobSas;
use imagegen_adapters::service_bus::ServiceBusQueue;
use imagegen_adapters::store::{Address, Store};
use imagegen_adapters::stripe::{Stripe, StripeSettings};
use imagegen_adapters::web_pubsub::WebPubSub;
use imagegen_core::catalog::{Catalog, Provider};
use imagegen_core::ports::blobs::Blobs;
use imagegen_core::ports::clock::{Clock, Ids};
use imagegen_core::ports::documents::Documents;
use imagegen_core::ports::identity::Identity;
use imagegen_core::ports::image_provider::ImageProvider;
use imagegen_core::ports::payments::Payments;
use imagegen_core::providers::Providers;
use imagegen_core::services::Services;
use imagegen_core::ticket::TicketKey;

/// For the router: what an invocation cost in its document store.
pub(crate) use imagegen_adapters::cosmos::charge::metered;

use crate::config::{BadSettings, SERVICE_BUS, SERVICE_BUS_NAMESPACE, Settings};

/// What every handler is given. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub services: Services,
    pub identity: Arc<dyn Identity>,
}

/// The container for pictures that were made.
const IMAGES: &str = "images";
/// The container for files that users send, before anybody looked at them.
const UPLOADS: &str = "uploads";
/// How far the issuer's clock and ours may differ.
const SKEW: Duration = Duration::from_mins(1);

/// What all adapters stand on: time, chance, one HTTP client, and who we are.
#[derive(Debug, Clone)]
pub struct Ground {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub http: Http,
    pub tokens: Arc<Tokens>,
}

impl Ground {
    /// Does no I/O. Who we are is for the platform's settings to say.
    pub fn new(setting: impl Fn(&str) -> Option<String>) -> Self {
        let given = |name| setting(name).filter(|value| !value.trim().is_empty());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let http = Http::new(clock.clone(), ids.clone());
        let who = match given("IDENTITY_ENDPOINT") {
            Some(_) => Who::Managed { client_id: given("AZURE_CLIENT_ID") },
            None => Who::Developer,
        };
        let tokens = Arc::new(Tokens::new(who, http.clone(), clock.clone()));
        Self { clock, ids, http, tokens }
    }

    /// By settings that are read already.
    pub fn of(settings: &Settings) -> Self {
        Self::new(|name| settings.optional(name).map(str::to_owned))
    }

    /// The resource that telemetry goes to, if there is one.
    pub fn insights(&self, settings: &Settings) -> Result<Option<AppInsights>, BadSettings> {
        const NAME: &str = "APPLICATIONINSIGHTS_CONNECTION_STRING";
        let Some(text) = settings.optional(NAME) else { return Ok(None) };
        let by_identity = settings
            .optional("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")
            .is_some_and(|text| text.to_ascii_lowercase().contains("authorization=aad"));
        let tokens = by_identity.then(|| Arc::clone(&self.tokens));
        let instance = format!("{:08x}", self.ids.random() & 0xffff_ffff);
        let insights = AppInsights::new(text, tokens, &instance, self.http.clone());
        insights.map(Some).map_err(wrong(NAME))
    }
}

impl App {
    /// Builds everything from the settings. Opens local files, asks nobody: clients connect when they are first
    /// used.
    pub fn new(settings: &Settings) -> Result<Self, BadSettings> {
        Self::on(Ground::of(settings), settings)
    }

    /// The same on a ground that is there already.
    pub fn on(ground: Ground, settings: &Settings) -> Result<Self, BadSettings> {
        let Ground { clock, ids, http, tokens } = ground;
        let catalog = Arc::new(Catalog::built_in());
        let stripe = stripe(settings, http.clone(), Arc::clone(&catalog))?;
        let [blobs, uploads] = blobs(settings, &tokens, &http)?;
        let services = Services {
            documents: documents(settings, &tokens)?,
            blobs,
            uploads,
            queue: Arc::new(queue(settings, &tokens, &http, &clock)?),
            providers: providers(settings, &tokens, &http)?,
            realtime: Arc::new(realtime(settings, &tokens, &http, &clock)?),
            moderation: Arc::new(moderation(settings, &tokens, http.clone())?),
            imaging: Arc::new(Pipeline),
            clock: clock.clone(),
            ids,
            catalog,
            paces: Arc::default(),
            tickets: TicketKey::new(settings.get("TICKET_KEY")),
            public_url: public_url(settings)?,
            payments: stripe.map(|stripe| Arc::new(stripe) as Arc<dyn Payments>),
            app_url: app_url(settings)?,
        };
        Ok(Self { services, identity: Arc::new(identity(settings, http, clock)?) })
    }
}

fn wrong<E: fmt::Display>(name: &'static str) -> impl Fn(E) -> BadSettings {
    move |error| BadSettings::one(name, error)
}

fn documents(settings: &Settings, tokens: &Arc<Tokens>) -> Result<Arc<dyn Documents>, BadSettings> {
    const NAME: &str = "IMAGEGEN_DOCUMENTS";
    let address = Address::parse(settings.get(NAME), || Arc::clone(tokens) as _);
    let store = address.map_err(wrong(NAME))?.open(settings.get("COSMOS_DATABASE"));
    store.map(Store::into_documents).map_err(|e| BadSettings::one(NAME, chain(&e)))
}

pub(crate) const BLOBS: &str = "IMAGEGEN_BLOBS";

/// Pictures, and what users send.
fn blobs(
    settings: &Settings,
    tokens: &Arc<Tokens>,
    http: &Http,
) -> Result<[Arc<dyn Blobs>; 2], BadSettings> {
    let place = settings.get(BLOBS);
    if let Some(folder) = place.strip_prefix(FILES) {
        let open = |container| files(settings, folder, container).map(Arc::new);
        return Ok([open(IMAGES)?, open(UPLOADS)?]);
    }
    let account = if is_address(place) {
        let credential = Arc::clone(tokens);
        StorageAccount::with_identity(place, credential, http.clone()).map_err(wrong(BLOBS))?
    } else {
        let account = StorageAccount::with_connection_string(place, http.clone());
        account.map_err(|e| {
            let forms = "write `files:` and a path, `https://ACCOUNT.blob.core.windows.net`, or a storage \
                         account's connection string";
            BadSettings::one(BLOBS, format!("{e}; {forms}"))
        })?
    };
    let account = Arc::new(account);
    let of = |container| Arc::new(BlobStorage::new(Arc::clone(&account), container));
    Ok([of(IMAGES), of(UPLOADS)])
}

/// What begins the name of a folder, where a storage account could stand.
pub(crate) const FILES: &str = "files:";

/// Whether it is a storage account's address, for an identity, and no connection string.
pub(crate) fn is_address(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

fn files(settings: &Settings, folder: &str, container: &str) -> Result<FileBlobs, BadSettings> {
    let needed = |name| {
        let why = || BadSettings::one(name, "it is needed with `files:`");
        settings.optional(name).ok_or_else(why)
    };
    let (url, key) = (needed("IMAGEGEN_BLOBS_PUBLIC_URL")?, needed("IMAGEGEN_BLOBS_KEY")?);
    let sas = BlobSas::new(settings.get("IMAGEGEN_BLOBS_ACCOUNT"), key);
    let sas = sas.map_err(wrong("IMAGEGEN_BLOBS_KEY"))?;
    FileBlobs::open(folder, container, url, sas).map_err(|e| BadSettings::one(BLOBS, chain(&e)))
}

/// A key, or else the identity.
fn access(settings: &Settings, key: &str, tokens: &Arc<Tokens>) -> Access {
    match settings.optional(key) {
        Some(key) => Access::Key(Secret::new(key)),
        None => Access::Identity(Arc::clone(tokens)),
    }
}

fn queue(
    settings: &Settings,
    tokens: &Arc<Tokens>,
    http: &Http,
    clock: &Arc<dyn Clock>,
) -> Result<ServiceBusQueue, BadSettings> {
    let (http, clock) = (http.clone(), Arc::clone(clock));
    if let Some(keys) = settings.optional(SERVICE_BUS) {
        return ServiceBusQueue::new(keys, http, clock).map_err(wrong(SERVICE_BUS));
    }
    let namespace = settings.get(SERVICE_BUS_NAMESPACE);
    ServiceBusQueue::by_identity(namespace, Arc::clone(tokens), http, clock)
        .map_err(wrong(SERVICE_BUS_NAMESPACE))
}

fn realtime(
    settings: &Settings,
    tokens: &Arc<Tokens>,
    http: &Http,
    clock: &Arc<dyn Clock>,
) -> Result<WebPubSub, BadSettings> {
    let (http, clock) = (http.clone(), Arc::clone(clock));
    let hub = settings.get("WEB_PUBSUB_HUB");
    if let Some(keys) = settings.optional("WEB_PUBSUB_CONNECTION_STRING") {
        return WebPubSub::new(keys, hub, http, clock)
            .map_err(wrong("WEB_PUBSUB_CONNECTION_STRING or WEB_PUBSUB_HUB"));
    }
    let endpoint = settings.get("WEB_PUBSUB_ENDPOINT");
    WebPubSub::by_identity(endpoint, hub, Arc::clone(tokens), http, clock)
        .map_err(wrong("WEB_PUBSUB_ENDPOINT or WEB_PUBSUB_HUB"))
}

/// Those that have what they need; a model's routes to the others are as if they were not there.
fn providers(
    settings: &Settings,
    tokens: &Arc<Tokens>,
    http: &Http,
) -> Result<Providers, BadSettings> {
    let mut known: Vec<(Provider, Arc<dyn ImageProvider>)> = Vec::new();
    if let Some(token) = settings.optional("REPLICATE_API_TOKEN") {
        known.push((Provider::Replicate, Arc::new(replicate(settings, token, http)?)));
    }
    match (settings.optional("FOUNDRY_ENDPOINT"), settings.optional("FOUNDRY_API_KEY")) {
        (Some(endpoint), _) => {
            let access = access(settings, "FOUNDRY_API_KEY", tokens);
            known.push((Provider::Foundry, Arc::new(foundry(settings, endpoint, access, http)?)));
        }
        (None, None) => {}
        (None, Some(_)) => {
            return Err(BadSettings::one("FOUNDRY_ENDPOINT", "it is needed with FOUNDRY_API_KEY"));
        }
    }
    if let Some(key) = settings.optional("BFL_API_KEY") {
        known.push((Provider::Bfl, Arc::new(bfl(settings, key, http)?)));
    }
    if let Some(base_url) = settings.optional("COG_BASE_URL") {
        let cog = Cog::new(base_url, http.clone()).map_err(wrong("COG_BASE_URL"))?;
        known.push((Provider::Cog, Arc::new(cog)));
    }
    if known.is_empty() {
        let why = "nobody is left who could draw: set it, or FOUNDRY_ENDPOINT, BFL_API_KEY or COG_BASE_URL";
        return Err(BadSettings::one("REPLICATE_API_TOKEN", why));
    }
    Ok(Providers::new(known))
}

fn replicate(settings: &Settings, token: &str, http: &Http) -> Result<Replicate, BadSettings> {
    let secrets = settings.list("REPLICATE_WEBHOOK_SECRETS").into_iter();
    let replicate = ReplicateSettings {
        token: Secret::new(token),
        base_url: settings.get("REPLICATE_BASE_URL").to_owned(),
        webhook_secrets: secrets.map(Secret::new).collect(),
        output_hosts: settings.list("REPLICATE_DELIVERY_HOSTS"),
    };
    Replicate::new(replicate, http.clone()).map_err(wrong("a REPLICATE_ setting"))
}

fn foundry(
    settings: &Settings,
    endpoint: &str,
    access: Access,
    http: &Http,
) -> Result<Foundry, BadSettings> {
    let foundry = FoundrySettings {
        endpoint: endpoint.to_owned(),
        access,
        output_hosts: settings.list("FOUNDRY_OUTPUT_HOSTS"),
    };
    Foundry::new(foundry, http.clone()).map_err(wrong("a FOUNDRY_ setting"))
}

fn bfl(settings: &Settings, key: &str, http: &Http) -> Result<Bfl, BadSettings> {
    let bfl = BflSettings {
        key: Secret::new(key),
        base_url: settings.get("BFL_BASE_URL").to_owned(),
        webhook_secret: settings.optional("BFL_WEBHOOK_SECRET").map(Secret::new),
        hosts: settings.list("BFL_HOSTS"),
    };
    Bfl::new(bfl, http.clone()).map_err(wrong("a BFL_ setting"))
}

pub(crate) fn moderation(
    settings: &Settings,
    tokens: &Arc<Tokens>,
    http: Http,
) -> Result<ContentSafety, BadSettings> {
    let safety = ContentSafetySettings {
        endpoint: settings.get("CONTENT_SAFETY_ENDPOINT").to_owned(),
        access: access(settings, "CONTENT_SAFETY_KEY", tokens),
        thresholds: thresholds(settings)?,
        blocklists: Vec::new(),
    };
    ContentSafety::new(safety, http).map_err(wrong("a CONTENT_SAFETY_ setting"))
}

fn thresholds(settings: &Settings) -> Result<Thresholds, BadSettings> {
    const NAME: &str = "CONTENT_SAFETY_THRESHOLDS";
    let mut thresholds = Thresholds { hate: 4, self_harm: 4, sexual: 4, violence: 4 };
    for part in settings.list(NAME) {
        let bad = || BadSettings::one(NAME, format!("`{part}` is not like `hate=4`"));
        let (category, level) = part.split_once('=').ok_or_else(bad)?;
        let level: u8 = level.trim().parse().map_err(|_| bad())?;
        match category.trim() {
            "hate" => thresholds.hate = level,
            "self_harm" => thresholds.self_harm = level,
            "sexual" => thresholds.sexual = level,
            "violence" => thresholds.violence = level,
            _ => return Err(bad()),
        }
    }
    Ok(thresholds)
}

fn public_url(settings: &Settings) -> Result<Option<String>, BadSettings> {
    let Some(url) = settings.optional("PUBLIC_URL") else { return Ok(None) };
    url::Url::parse(url).map_err(wrong("PUBLIC_URL"))?;
    // Who reports, and what proves that it was them.
    let reporting = [
        ("REPLICATE_API_TOKEN", "REPLICATE_WEBHOOK_SECRETS"),
        ("BFL_API_KEY", "BFL_WEBHOOK_SECRET"),
    ];
    for (key, secret) in reporting {
        if settings.optional(key).is_some() && settings.optional(secret).is_none() {
            let why = "it is needed with PUBLIC_URL, or no webhook can be believed";
            return Err(BadSettings::one(secret, why));
        }
    }
    Ok(Some(url.trim_end_matches('/').to_owned()))
}

/// `None` without a key: nothing is sold.
pub(crate) fn stripe(
    settings: &Settings,
    http: Http,
    catalog: Arc<Catalog>,
) -> Result<Option<Stripe>, BadSettings> {
    let Some(key) = settings.optional("STRIPE_API_KEY") else { return Ok(None) };
    let automatic_tax = settings.get("STRIPE_AUTOMATIC_TAX").trim().parse();
    let secrets = settings.list("STRIPE_WEBHOOK_SECRETS").into_iter();
    let configuration = settings.optional("STRIPE_PORTAL_CONFIGURATION");
    let stripe = StripeSettings {
        api_key: Secret::new(key.trim()),
        base_url: settings.get("STRIPE_BASE_URL").to_owned(),
        webhook_secrets: secrets.map(Secret::new).collect(),
        automatic_tax: automatic_tax
            .map_err(|_| BadSettings::one("STRIPE_AUTOMATIC_TAX", "write `true` or `false`"))?,
        portal_configuration: configuration.map(|id| id.trim().to_owned()),
    };
    Stripe::new(stripe, catalog, http).map(Some).map_err(wrong("a STRIPE_ setting"))
}

fn app_url(settings: &Settings) -> Result<Option<String>, BadSettings> {
    const NAME: &str = "APP_URL";
    let Some(url) = settings.optional(NAME) else {
        return match settings.optional("STRIPE_API_KEY") {
            Some(_) => Err(BadSettings::one(NAME, "it is needed with STRIPE_API_KEY")),
            None => Ok(None),
        };
    };
    let parsed = url::Url::parse(url).map_err(wrong(NAME))?;
    let plain = parsed.query().is_none() && parsed.fragment().is_none();
    if !plain || !["https", "http"].contains(&parsed.scheme()) {
        return Err(BadSettings::one(NAME, "write an https URL without query and fragment"));
    }
    Ok(Some(url.trim_end_matches('/').to_owned()))
}

fn identity(
    settings: &Settings,
    http: Http,
    clock: Arc<dyn Clock>,
) -> Result<OidcIdentity, BadSettings> {
    let oidc = OidcSettings {
        issuer: settings.get("OIDC_ISSUER").to_owned(),
        metadata_url: settings.optional("OIDC_METADATA_URL").map(str::to_owned),
        audience: settings.get("OIDC_AUDIENCE").to_owned(),
        required_scope: settings.get("OIDC_REQUIRED_SCOPE").to_owned(),
        tenant: settings.optional("OIDC_TENANT").map(str::to_owned),
        policies: settings.list("OIDC_POLICIES"),
        skew: SKEW,
    };
    OidcIdentity::new(oidc, http, clock).map_err(wrong("an OIDC_ setting"))
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
