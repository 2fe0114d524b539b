//! Every setting there is: one table, read once, all errors at once. The only reader of the environment is `main`;
//! everybody else is given [`Settings`].
//!
//! In Azure these are app settings; on one machine the local cloud sets them. `local.settings.json.example` and
//! `docs/settings.md` are made from the table.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub name: &'static str,
    pub kind: Kind,
    /// What it means, in which unit, and where it comes from.
    pub doc: &'static str,
    /// Something that could stand there; for a secret never a real one.
    pub example: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The start fails without it.
    Needed,
    /// As `Needed`, and never shown.
    Secret,
    /// May be absent.
    Optional,
    /// Has this value when absent.
    Default(&'static str),
    /// The start fails without it, unless this other one is set.
    Or(&'static str),
    /// For Azure, where an identity stands in for a key; the example file has the key.
    Identity,
}

/// What the service bus is called in `function.json`, so the host reads it too.
pub const SERVICE_BUS: &str = "ServiceBus";
/// Where the host finds the service bus when there is an identity and no connection string.
pub const SERVICE_BUS_NAMESPACE: &str = "ServiceBus__fullyQualifiedNamespace";

pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "IMAGEGEN_DOCUMENTS",
        kind: Kind::Secret,
        doc: "Where documents are kept: `sqlite:` and the path of a file; the address of a Cosmos DB account, for \
              the identity; or the account's connection string.",
        example: "sqlite:.local/documents.sqlite",
    },
    Setting {
        name: "COSMOS_DATABASE",
        kind: Kind::Default("imagegen"),
        doc: "The database in the Cosmos DB account.",
        example: "imagegen",
    },
    Setting {
        name: "IMAGEGEN_BLOBS",
        kind: Kind::Secret,
        doc: "Where pictures are kept: `files:` and the path of a folder; `https://ACCOUNT.blob.core.windows.net`, for \
              the identity; or a storage account's connection string, such as `UseDevelopmentStorage=true`.",
        example: "files:.local/blobs",
    },
    Setting {
        name: "IMAGEGEN_BLOBS_PUBLIC_URL",
        kind: Kind::Optional,
        doc: "What links to pictures begin with; `/<container>/<blob>` follows. Needed with `files:`.",
        example: "http://localhost:7071/_local/blobs",
    },
    Setting {
        name: "IMAGEGEN_BLOBS_ACCOUNT",
        kind: Kind::Default("local"),
        doc: "The storage account's name, as signed into links. For `files:` alone.",
        example: "local",
    },
    Setting {
        name: "IMAGEGEN_BLOBS_KEY",
        kind: Kind::Optional,
        doc: "Signs links to pictures, as a storage account's key does: 32 or more bytes in base64. Secret. Needed with \
              `files:`.",
        example: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAwMDA=",
    },
    Setting {
        name: SERVICE_BUS,
        kind: Kind::Or(SERVICE_BUS_NAMESPACE),
        doc: "The Service Bus connection string. The Functions host receives with it, the handler sends. Secret.",
        example: "Endpoint=sb://example.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=c2VjcmV0",
    },
    Setting {
        name: SERVICE_BUS_NAMESPACE,
        kind: Kind::Identity,
        doc: "The Service Bus namespace's host name. The host receives from it and the handler sends, both by identity.",
        example: "example.servicebus.windows.net",
    },
    Setting {
        name: "WEB_PUBSUB_CONNECTION_STRING",
        kind: Kind::Or("WEB_PUBSUB_ENDPOINT"),
        doc: "The Web PubSub connection string, for live updates. Secret.",
        example: "Endpoint=https://example.webpubsub.azure.com;AccessKey=c2VjcmV0;Version=1.0;",
    },
    Setting {
        name: "WEB_PUBSUB_ENDPOINT",
        kind: Kind::Identity,
        doc: "Where Web PubSub is, for the identity.",
        example: "https://example.webpubsub.azure.com",
    },
    Setting {
        name: "WEB_PUBSUB_HUB",
        kind: Kind::Default("imagegen"),
        doc: "The Web PubSub hub: a letter, then letters, digits and `_`.",
        example: "imagegen",
    },
    Setting {
        name: "REPLICATE_API_TOKEN",
        kind: Kind::Optional,
        doc: "The token of the Replicate account that pays for pictures. Secret. Absent: Replicate is not asked. One \
              provider at least must be set.",
        example: "r8_example",
    },
    Setting {
        name: "REPLICATE_BASE_URL",
        kind: Kind::Default("https://api.replicate.com/v1"),
        doc: "Where Replicate's API is.",
        example: "https://api.replicate.com/v1",
    },
    Setting {
        name: "REPLICATE_WEBHOOK_SECRETS",
        kind: Kind::Optional,
        doc: "The secrets that Replicate signs webhooks with (`whsec_…`), separated by commas: two while one is \
              being rolled. Needed with PUBLIC_URL.",
        example: "whsec_c2VjcmV0",
    },
    Setting {
        name: "REPLICATE_DELIVERY_HOSTS",
        kind: Kind::Default("replicate.delivery"),
        doc: "The hosts that pictures may be fetched from, with what is under them, separated by commas.",
        example: "replicate.delivery",
    },
    Setting {
        name: "FOUNDRY_ENDPOINT",
        kind: Kind::Optional,
        doc: "Where FLUX in Azure AI Foundry is. Absent: Foundry is not asked.",
        example: "https://example.api.cognitive.microsoft.com",
    },
    Setting {
        name: "FOUNDRY_API_KEY",
        kind: Kind::Optional,
        doc: "The key of the Foundry resource. Secret. Absent: the identity is used.",
        example: "c2VjcmV0",
    },
    Setting {
        name: "FOUNDRY_OUTPUT_HOSTS",
        kind: Kind::Default("blob.core.windows.net"),
        doc: "The hosts that pictures may be fetched from when Foundry answers with a link, with what is under them, \
              separated by commas.",
        example: "blob.core.windows.net",
    },
    Setting {
        name: "BFL_API_KEY",
        kind: Kind::Optional,
        doc: "The key of the account at Black Forest Labs. Secret. Absent: they are not asked.",
        example: "c2VjcmV0",
    },
    Setting {
        name: "BFL_BASE_URL",
        kind: Kind::Default("https://api.bfl.ai"),
        doc: "Where the API of Black Forest Labs is; `https://api.eu.bfl.ai` and `https://api.us.bfl.ai` stay in a \
              region.",
        example: "https://api.bfl.ai",
    },
    Setting {
        name: "BFL_WEBHOOK_SECRET",
        kind: Kind::Optional,
        doc: "What Black Forest Labs are told to sign webhooks with: 32 random bytes in base64, nobody else's. Needed \
              with PUBLIC_URL.",
        example: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAwMDI=",
    },
    Setting {
        name: "BFL_HOSTS",
        kind: Kind::Default("bfl.ai"),
        doc: "The hosts where Black Forest Labs are asked about tasks and pictures are fetched, with what is under \
              them, separated by commas.",
        example: "bfl.ai",
    },
    Setting {
        name: "COG_BASE_URL",
        kind: Kind::Optional,
        doc: "Where a Cog server with FLUX schnell is. It has no key, so nobody else may reach it. Absent: none is \
              asked.",
        example: "https://cog.internal.example",
    },
    Setting {
        name: "PUBLIC_URL",
        kind: Kind::Optional,
        doc: "Where providers reach this API. Absent: no webhooks, jobs are polled by delayed messages.",
        example: "https://api.example.com",
    },
    Setting {
        name: "TICKET_KEY",
        kind: Kind::Secret,
        doc: "Signs the addresses that providers report to: 32 random bytes in base64, nobody else's.",
        example: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAwMDE=",
    },
    Setting {
        name: "CONTENT_SAFETY_ENDPOINT",
        kind: Kind::Needed,
        doc: "Where Azure AI Content Safety is.",
        example: "https://example.cognitiveservices.azure.com",
    },
    Setting {
        name: "CONTENT_SAFETY_KEY",
        kind: Kind::Optional,
        doc: "The key of the Content Safety resource. Secret. Absent: the identity is used, and the endpoint must be \
              the resource's own.",
        example: "c2VjcmV0",
    },
    Setting {
        name: "CONTENT_SAFETY_THRESHOLDS",
        kind: Kind::Default("hate=4,self_harm=4,sexual=4,violence=4"),
        doc: "The severity, 1 to 7, from which each category is kept back.",
        example: "hate=4,self_harm=4,sexual=4,violence=4",
    },
    Setting {
        name: "OIDC_ISSUER",
        kind: Kind::Needed,
        doc: "The `iss` of access tokens, letter for letter.",
        example: "https://00000000-0000-0000-0000-000000000000.ciamlogin.com/00000000-0000-0000-0000-000000000000/v2.0",
    },
    Setting {
        name: "OIDC_METADATA_URL",
        kind: Kind::Optional,
        doc: "Where the issuer's metadata is, if not at the issuer with `/.well-known/openid-configuration`.",
        example: "https://example.ciamlogin.com/00000000-0000-0000-0000-000000000000/v2.0/.well-known/openid-configuration",
    },
    Setting {
        name: "OIDC_AUDIENCE",
        kind: Kind::Needed,
        doc: "The `aud` of access tokens: this API's client id.",
        example: "00000000-0000-0000-0000-000000000001",
    },
    Setting {
        name: "OIDC_REQUIRED_SCOPE",
        kind: Kind::Default("access_as_user"),
        doc: "The scope that an access token must have.",
        example: "access_as_user",
    },
    Setting {
        name: "OIDC_TENANT",
        kind: Kind::Optional,
        doc: "Entra External ID: the tenant id that `tid` must be.",
        example: "00000000-0000-0000-0000-000000000000",
    },
    Setting {
        name: "OIDC_POLICIES",
        kind: Kind::Optional,
        doc: "Azure AD B2C: the user flows whose tokens are taken (`tfp`), separated by commas.",
        example: "B2C_1_susi",
    },
    Setting {
        name: "STRIPE_API_KEY",
        kind: Kind::Optional,
        doc: "The key of the Stripe account that is paid, `sk_…` or a restricted `rk_…`. Secret. Absent: nothing is \
              sold.",
        example: "sk_test_example",
    },
    Setting {
        name: "STRIPE_BASE_URL",
        kind: Kind::Default("https://api.stripe.com"),
        doc: "Where Stripe's API is; `/v1/…` follows.",
        example: "https://api.stripe.com",
    },
    Setting {
        name: "STRIPE_WEBHOOK_SECRETS",
        kind: Kind::Optional,
        doc: "The secrets that Stripe signs webhooks with (`whsec_…`), separated by commas: two while one is being \
              rolled. Absent: no webhook is believed, and what was paid is found by the daily timer, or when its \
              buyer asks.",
        example: "whsec_c2VjcmV0",
    },
    Setting {
        name: "STRIPE_AUTOMATIC_TAX",
        kind: Kind::Default("false"),
        doc: "`true` has Stripe add tax to what is sold; it must be set up there first.",
        example: "false",
    },
    Setting {
        name: "STRIPE_PORTAL_CONFIGURATION",
        kind: Kind::Optional,
        doc: "The configuration of Stripe's portal (`bpc_…`). Absent: the one that `imagegen billing setup` made, or \
              else the account's own.",
        example: "bpc_example",
    },
    Setting {
        name: "APP_URL",
        kind: Kind::Optional,
        doc: "Where the web page is: the way back from a payment. Needed with STRIPE_API_KEY.",
        example: "https://example.com",
    },
    Setting {
        name: "AZURE_CLIENT_ID",
        kind: Kind::Identity,
        doc: "The client id of the user-assigned identity that is used where no key is set. Absent: the function \
              app's own identity.",
        example: "00000000-0000-0000-0000-000000000002",
    },
    Setting {
        name: "IDENTITY_ENDPOINT",
        kind: Kind::Identity,
        doc: "Where the platform hands out tokens; it sets this and IDENTITY_HEADER itself. Absent: whoever is signed \
              in with `az login` is used where no key is set.",
        example: "http://127.0.0.1:41234/msi/token/",
    },
    Setting {
        name: "APPLICATIONINSIGHTS_CONNECTION_STRING",
        kind: Kind::Optional,
        doc: "The Application Insights resource that telemetry goes to; the Functions host sends there too. Absent: \
              logs alone.",
        example: "InstrumentationKey=00000000-0000-0000-0000-000000000003;IngestionEndpoint=https://example.in.applicationinsights.azure.com/",
    },
    Setting {
        name: "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        kind: Kind::Identity,
        doc: "`Authorization=AAD`, with `;ClientId=…` for the host: telemetry is sent by identity, where the resource \
              takes nothing else.",
        example: "Authorization=AAD;ClientId=00000000-0000-0000-0000-000000000002",
    },
    Setting {
        name: "LOG_LEVEL",
        kind: Kind::Default("info"),
        doc: "What is logged: a level, or `tracing` directives such as `info,imagegen_core=debug`.",
        example: "info",
    },
];

/// All settings, checked for presence. A value is had by its name in the table.
#[derive(Clone)]
pub struct Settings(BTreeMap<&'static str, String>);

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSettings(Vec<String>);

impl Settings {
    /// Reads every row of the table through `get`.
    pub fn load(get: impl Fn(&str) -> Option<String>) -> Result<Self, BadSettings> {
        Self::load_rows(SETTINGS.iter(), get)
    }

    /// Reads the rows whose names begin with `prefix`, for a command that needs no more.
    pub fn load_some(
        prefix: &str,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BadSettings> {
        Self::load_rows(SETTINGS.iter().filter(|setting| setting.name.starts_with(prefix)), get)
    }

    fn load_rows<'a>(
        rows: impl Iterator<Item = &'a Setting>,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BadSettings> {
        let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
        for setting in rows {
            let given = get(setting.name).filter(|value| !value.trim().is_empty());
            if given.as_deref().is_some_and(|value| value.starts_with("@Microsoft.KeyVault(")) {
                // The platform leaves the reference in place when it cannot read the vault.
                wrong.push(format!(
                    "{} is a Key Vault reference that was not resolved: check the identity's role and the \
                     secret's name",
                    setting.name
                ));
                continue;
            }
            match (given, setting.kind) {
                (Some(value), _) => {
                    values.insert(setting.name, value);
                }
                (None, Kind::Default(value)) => {
                    values.insert(setting.name, value.to_owned());
                }
                (None, Kind::Optional | Kind::Identity) => {}
                (None, Kind::Or(other)) => {
                    if get(other).is_none_or(|value| value.trim().is_empty()) {
                        let Setting { name, doc, .. } = setting;
                        wrong.push(format!("{name} is missing, and so is {other}: {doc}"));
                    }
                }
                (None, Kind::Needed | Kind::Secret) => {
                    wrong.push(format!("{} is missing: {}", setting.name, setting.doc));
                }
            }
        }
        if wrong.is_empty() { Ok(Self(values)) } else { Err(BadSettings(wrong)) }
    }

    /// A setting that the table says is always there.
    pub fn get(&self, name: &str) -> &str {
        self.optional(name).expect("the table has it and `load` made sure of it")
    }

    pub fn optional(&self, name: &str) -> Option<&str> {
        debug_assert!(SETTINGS.iter().any(|s| s.name == name), "`{name}` is not in the table");
        self.0.get(name).map(String::as_str)
    }

    /// The parts of a list that is separated by commas; none when it is absent.
    pub fn list(&self, name: &str) -> Vec<String> {
        let parts = self.optional(name).unwrap_or("").split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }
}

/// Names only: values may be secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl BadSettings {
    pub fn one(name: &str, why: impl fmt::Display) -> Self {
        Self(vec![format!("{name} is wrong: {why}")])
    }
}

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for BadSettings {}

/// The settings of a machine that has keys in place of an identity.
fn with_keys() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.kind != Kind::Identity)
}

/// The text of `local.settings.json.example`, the form that the Functions tools read.
pub fn example_file() -> String {
    let values: serde_json::Map<String, serde_json::Value> =
        with_keys().map(|s| (s.name.to_owned(), s.example.into())).collect();
    let file = serde_json::json!({ "IsEncrypted": false, "Values": values });
    let mut text = serde_json::to_string_pretty(&file).expect("plain JSON");
    text.push('\n');
    text
}

/// The text of `docs/settings.md`.
pub fn reference() -> String {
    let mut text = String::from(
        "# Settings\n\nMade from the table in `src/config.rs` by `make generate`.\n\n\
         | name | needed | meaning | example |\n|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let needed = match setting.kind {
            Kind::Needed => "yes".to_owned(),
            Kind::Secret => "yes, secret".to_owned(),
            Kind::Optional => "no".to_owned(),
            Kind::Default(value) => format!("no: `{value}`"),
            Kind::Or(other) => format!("yes, or `{other}`"),
            Kind::Identity => "in Azure".to_owned(),
        };
        let doc = setting.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let Setting { name, example, .. } = setting;
        writeln!(text, "| `{name}` | {needed} | {doc} | `{example}` |").expect("a String takes it");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(name: &str) -> Option<String> {
        with_keys().find(|s| s.name == name).map(|s| s.example.to_owned())
    }

    #[test]
    fn the_examples_are_settings_that_load() {
        let settings = Settings::load(example).expect("complete");
        assert_eq!(settings.list("REPLICATE_DELIVERY_HOSTS"), ["replicate.delivery"]);
    }

    #[test]
    fn everything_missing_is_named_at_once_and_no_secret_is_shown() {
        let wrong = Settings::load(|_| None).expect_err("nothing is set").to_string();
        for setting in SETTINGS {
            let needed = matches!(setting.kind, Kind::Needed | Kind::Secret | Kind::Or(_));
            let named = format!("{} is missing", setting.name);
            assert_eq!(wrong.lines().any(|line| line.starts_with(&named)), needed, "{named}");
        }
        assert!(wrong.contains("ServiceBus is missing, and so is ServiceBus__"), "{wrong}");
        let settings = Settings::load(example).expect("complete");
        assert!(!format!("{settings:?}").contains("r8_example"));
    }

    #[test]
    fn an_identity_stands_in_for_keys() {
        let identity = |name: &str| {
            let keyless = SETTINGS.iter().find(|s| s.name == name && s.kind == Kind::Identity);
            let without = ["ServiceBus", "WEB_PUBSUB_CONNECTION_STRING", "CONTENT_SAFETY_KEY"];
            let kept = example(name).filter(|_| !without.contains(&name));
            keyless.map(|s| s.example.to_owned()).or(kept)
        };
        let settings = Settings::load(identity).expect("complete");
        assert_eq!(settings.optional(SERVICE_BUS), None);
        assert_eq!(settings.get(SERVICE_BUS_NAMESPACE), "example.servicebus.windows.net");
    }

    #[test]
    fn an_unresolved_key_vault_reference_stops_the_start() {
        let get = |name: &str| match name {
            "TICKET_KEY" => Some("@Microsoft.KeyVault(SecretUri=https://v/s)".to_owned()),
            _ => example(name),
        };
        let wrong = Settings::load(get).expect_err("one is unresolved").to_string();
        assert!(wrong.starts_with("TICKET_KEY is a Key Vault reference"), "{wrong}");
    }
}
