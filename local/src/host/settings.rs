//! The app settings: what the handler finds in its environment, and what `%NAME%` in the package stands for.

use std::collections::BTreeMap;

use crate::cloud::identity;
use crate::ground::GroundParts;

/// The names under which the stand-ins find the same secrets in [`GroundParts::secret`].
pub(crate) mod secrets {
    pub(crate) const SERVICE_BUS: &str = "service_bus";
    pub(crate) const WEB_PUBSUB: &str = "web_pubsub";
    pub(crate) const BLOBS: &str = "blobs";
    pub(crate) const REPLICATE_TOKEN: &str = "replicate_token";
    pub(crate) const REPLICATE_WEBHOOK: &str = "replicate_webhook";
    pub(crate) const FOUNDRY: &str = "foundry_key";
    pub(crate) const BFL: &str = "bfl_key";
    pub(crate) const BFL_WEBHOOK: &str = "bfl_webhook";
    pub(crate) const STRIPE: &str = "stripe_key";
    pub(crate) const STRIPE_WEBHOOK: &str = "stripe_webhook";
    pub(crate) const CONTENT_SAFETY: &str = "content_safety";
    pub(crate) const IDENTITY_HEADER: &str = "identity_header";
    pub(crate) const IDENTITY_TOKENS: &str = "identity_tokens";
    pub(crate) const TICKET: &str = "ticket";
    /// `x-functions-key` of functions whose `authLevel` is not `anonymous`.
    pub(crate) const FUNCTIONS_KEY: &str = "functions_key";
}

/// The name of the one shared-access rule, as every namespace has it.
pub(crate) const SERVICE_BUS_RULE: &str = "RootManageSharedAccessKey";

/// All settings, of the user and ours; the user's win.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Ours, made anew for this port, below `environment`.
    pub(crate) fn new(
        ground: &GroundParts,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Settings {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let has = |name| environment.get(name).is_some_and(|value: &String| !value.is_empty());
        let mut settings = ours(ground, has("REPLICATE_API_TOKEN"));
        if !has("STRIPE_API_KEY") {
            settings.extend(stripe(ground));
        }
        settings.extend(environment);
        Settings(settings)
    }

    /// The same with an identity in place of the keys of Azure's services, as in Azure.
    pub(crate) fn keyless(mut self, ground: &GroundParts) -> Settings {
        for key in
            ["ServiceBus", "WEB_PUBSUB_CONNECTION_STRING", "CONTENT_SAFETY_KEY", "FOUNDRY_API_KEY"]
        {
            self.0.remove(key);
        }
        let (public, inner) = addresses(ground.port);
        let identity = [
            ("ServiceBus__fullyQualifiedNamespace", format!("{inner}/servicebus")),
            ("WEB_PUBSUB_ENDPOINT", format!("{public}/webpubsub")),
            ("AZURE_CLIENT_ID", identity::CLIENT_ID.to_owned()),
            ("IDENTITY_ENDPOINT", format!("{inner}/identity/token")),
            ("IDENTITY_HEADER", ground.secret(secrets::IDENTITY_HEADER)),
        ];
        self.0.extend(identity.map(|(name, value)| (name.to_owned(), value)));
        self
    }

    /// For tests.
    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Settings {
        Settings(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the handler is paid by our stand-in.
    pub(crate) fn bills_here(&self, ground: &GroundParts) -> bool {
        self.get("STRIPE_BASE_URL") == Some(stripe_base(ground).as_str())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `text` with each `%NAME%` replaced.
    ///
    /// # Errors
    /// Names the setting that does not exist.
    pub(crate) fn resolve(&self, text: &str) -> Result<String, String> {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('%') {
            let (name, after) =
                from.split_once('%').ok_or_else(|| format!("{text:?} has a lone %"))?;
            resolved.push_str(before);
            resolved
                .push_str(self.get(name).ok_or_else(|| format!("the setting {name} is missing"))?);
            rest = after;
        }
        resolved.push_str(rest);
        Ok(resolved)
    }
}

fn ours(ground: &GroundParts, real_replicate: bool) -> BTreeMap<String, String> {
    let port = ground.port;
    let (public, inner) = addresses(port);
    let data = ground.data.display();
    let mut settings = vec![
        ("IMAGEGEN_DOCUMENTS", format!("sqlite:{data}/documents.sqlite")),
        ("IMAGEGEN_BLOBS", format!("files:{data}/blobs")),
        ("IMAGEGEN_BLOBS_PUBLIC_URL", format!("{public}/blobs")),
        ("IMAGEGEN_BLOBS_ACCOUNT", "local".into()),
        ("IMAGEGEN_BLOBS_KEY", ground.secret(secrets::BLOBS)),
        ("ServiceBus", service_bus(&inner, &ground.secret(secrets::SERVICE_BUS))),
        ("WEB_PUBSUB_CONNECTION_STRING", web_pubsub(&public, &ground.secret(secrets::WEB_PUBSUB))),
        ("WEB_PUBSUB_HUB", "imagegen".into()),
        ("TICKET_KEY", ground.secret(secrets::TICKET)),
        ("CONTENT_SAFETY_ENDPOINT", format!("{inner}/contentsafety")),
        ("CONTENT_SAFETY_KEY", ground.secret(secrets::CONTENT_SAFETY)),
        ("OIDC_ISSUER", format!("{public}/oidc")),
        ("OIDC_AUDIENCE", "imagegen-api".into()),
        ("OIDC_REQUIRED_SCOPE", "access_as_user".into()),
        ("APP_URL", format!("http://localhost:{port}")),
        ("LOG_LEVEL", "info".into()),
    ];
    // The real Replicate signs with its own secret and cannot reach this machine: no webhook, no stand-in. And none of
    // the others either: who pays for FLUX must not be given a painter's picture when Replicate is busy.
    if !real_replicate {
        settings.extend([
            ("REPLICATE_API_TOKEN", ground.secret(secrets::REPLICATE_TOKEN)),
            ("REPLICATE_BASE_URL", format!("{inner}/replicate/v1")),
            (
                "REPLICATE_WEBHOOK_SECRETS",
                format!("whsec_{}", ground.secret(secrets::REPLICATE_WEBHOOK)),
            ),
            ("REPLICATE_DELIVERY_HOSTS", format!("127.0.0.1:{port}")),
            ("FOUNDRY_ENDPOINT", format!("{inner}/foundry")),
            ("FOUNDRY_API_KEY", ground.secret(secrets::FOUNDRY)),
            ("FOUNDRY_OUTPUT_HOSTS", format!("127.0.0.1:{port}")),
            ("BFL_API_KEY", ground.secret(secrets::BFL)),
            ("BFL_BASE_URL", format!("{inner}/bfl")),
            ("BFL_WEBHOOK_SECRET", ground.secret(secrets::BFL_WEBHOOK)),
            ("BFL_HOSTS", format!("127.0.0.1:{port}")),
            ("COG_BASE_URL", format!("{inner}/cog")),
            ("PUBLIC_URL", format!("http://127.0.0.1:{port}")),
        ]);
    }
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Where browsers and where the handler find the stand-ins. Browsers come by name, the handler by number: a name may
/// resolve to the loopback of `IPv6`, which nobody promises.
fn addresses(port: u16) -> (String, String) {
    (format!("http://localhost:{port}/_local"), format!("http://127.0.0.1:{port}/_local"))
}

/// The real Stripe signs with a secret of its own and cannot reach this machine: no webhook secret, no stand-in.
fn stripe(ground: &GroundParts) -> [(String, String); 3] {
    [
        ("STRIPE_API_KEY".to_owned(), stripe_key(ground)),
        ("STRIPE_BASE_URL".to_owned(), stripe_base(ground)),
        ("STRIPE_WEBHOOK_SECRETS".to_owned(), stripe_webhook_secret(ground)),
    ]
}

fn stripe_base(ground: &GroundParts) -> String {
    format!("http://127.0.0.1:{}/_local/stripe", ground.port)
}

/// The one key of the stand-in's account.
pub(crate) fn stripe_key(ground: &GroundParts) -> String {
    format!("sk_test_{}", letters(&ground.secret(secrets::STRIPE)))
}

/// What its webhooks to the handler are signed with.
pub(crate) fn stripe_webhook_secret(ground: &GroundParts) -> String {
    format!("whsec_{}", letters(&ground.secret(secrets::STRIPE_WEBHOOK)))
}

/// The vendor's keys have letters and digits alone.
fn letters(secret: &str) -> String {
    secret.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn service_bus(inner: &str, key: &str) -> String {
    format!(
        "Endpoint={inner}/servicebus;SharedAccessKeyName={SERVICE_BUS_RULE};SharedAccessKey={key}"
    )
}

fn web_pubsub(public: &str, key: &str) -> String {
    format!("Endpoint={public}/webpubsub;AccessKey={key};Version=1.0;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::ground;

    fn settings(environment: &[(&str, &str)]) -> Settings {
        let pairs = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Settings::new(&ground(), pairs.collect::<Vec<_>>())
    }

    #[test]
    fn what_the_user_set_wins() {
        let settings = settings(&[("WEB_PUBSUB_HUB", "mine")]);
        assert_eq!(settings.get("WEB_PUBSUB_HUB"), Some("mine"));
        assert_eq!(settings.get("OIDC_AUDIENCE"), Some("imagegen-api"));
    }

    #[test]
    fn without_keys_there_is_an_identity() {
        let settings = settings(&[]).keyless(&ground());
        for key in
            ["ServiceBus", "WEB_PUBSUB_CONNECTION_STRING", "CONTENT_SAFETY_KEY", "FOUNDRY_API_KEY"]
        {
            assert_eq!(settings.get(key), None, "{key}");
        }
        let endpoint = settings.get("IDENTITY_ENDPOINT");
        assert_eq!(endpoint, Some("http://127.0.0.1:7071/_local/identity/token"));
    }

    #[test]
    fn a_token_of_the_user_means_the_real_replicate() {
        let settings = settings(&[("REPLICATE_API_TOKEN", "r8_theirs")]);
        assert_eq!(settings.get("REPLICATE_API_TOKEN"), Some("r8_theirs"));
        for name in [
            "FOUNDRY_ENDPOINT",
            "BFL_API_KEY",
            "COG_BASE_URL",
            "REPLICATE_BASE_URL",
            "REPLICATE_DELIVERY_HOSTS",
            "REPLICATE_WEBHOOK_SECRETS",
            "PUBLIC_URL",
        ] {
            assert_eq!(settings.get(name), None, "{name}");
        }
    }

    #[test]
    fn a_key_of_the_user_means_the_real_stripe() {
        let ground = ground();
        let ours = settings(&[]);
        assert!(ours.bills_here(&ground));
        assert_eq!(ours.get("APP_URL"), Some("http://localhost:7071"));
        assert!(ours.get("STRIPE_API_KEY").is_some_and(|key| key.starts_with("sk_test_")));
        let theirs = settings(&[("STRIPE_API_KEY", "sk_test_theirs")]);
        assert!(!theirs.bills_here(&ground));
        for name in ["STRIPE_BASE_URL", "STRIPE_WEBHOOK_SECRETS"] {
            assert_eq!(theirs.get(name), None, "{name}");
        }
    }

    #[test]
    fn an_empty_public_url_switches_webhooks_off_and_leaves_the_stand_ins() {
        let settings = settings(&[("PUBLIC_URL", "")]);
        assert_eq!(settings.get("PUBLIC_URL"), Some(""), "the handler takes it as absent");
        assert!(settings.get("REPLICATE_BASE_URL").is_some_and(|url| url.contains("/_local/")));
        assert!(settings.get("COG_BASE_URL").is_some());
    }

    #[test]
    fn percent_names_are_replaced_and_missing_ones_named() {
        let settings = Settings::of(&[("QUEUE", "jobs"), ("STAGE", "dev")]);
        assert_eq!(settings.resolve("%QUEUE%-%STAGE%").as_deref(), Ok("jobs-dev"));
        assert_eq!(settings.resolve("plain").as_deref(), Ok("plain"));
        assert_eq!(settings.resolve("%NONE%"), Err("the setting NONE is missing".into()));
    }
}
