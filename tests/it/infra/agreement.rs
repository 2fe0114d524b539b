//! The templates have what the code needs, and the code knows what the templates make.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imagegen::config::{Kind as Needed, SETTINGS, Setting};
use imagegen::functions::all;
use imagegen_core::catalog::Catalog;
use imagegen_core::messages::QueueName;
use jiff::{Span, SpanRelativeTo, Unit};
use serde_json::Value;

use super::bicep::{Kind, Template};
use super::{infra, read, root};

fn module(name: &str) -> Template {
    Template::read(&infra("modules").join(name))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_queues_are_those_of_the_code() {
    let template = module("queues.bicep");
    let made: BTreeSet<_> = template.literals(template.var("names"));
    let known: BTreeSet<_> = QueueName::ALL.into_iter().map(QueueName::as_str).collect();
    assert_eq!(made, known);
    let read = all().into_iter().filter_map(|function| {
        let bindings: Value = serde_json::from_str(&function.function_json()).expect("JSON");
        bindings["bindings"][0]["queueName"].as_str().map(str::to_owned)
    });
    let read: BTreeSet<_> = read.collect();
    assert_eq!(read, known.into_iter().map(str::to_owned).collect(), "every queue has a reader");
}

/// In seconds. Days are of 24 hours.
fn seconds(iso: &str) -> f64 {
    let span: Span = iso.parse().expect("a duration");
    span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).expect("no months")
}

#[test]
fn a_message_is_locked_longer_than_it_takes_and_lives_longer_than_its_job() {
    let template = module("queues.bicep");
    let queue = template.of(Kind::Resource).into_iter().find(|it| it.name == "queues");
    let queue = queue.expect("there are queues").body().expect("it has a body");
    let is = |path: &str| {
        let node = template.at(queue, &format!("properties.{path}")).expect(path);
        template.literal(node).unwrap_or(template.text(node)).to_owned()
    };
    let host = json("host.json");
    let clock = |text: &Value| {
        let text = text.as_str().expect("hh:mm:ss").replacen(':', "h", 1).replacen(':', "m", 1);
        seconds(&format!("PT{}S", text.to_uppercase()))
    };
    let lock = seconds(&is("lockDuration"));
    assert!(clock(&host["functionTimeout"]) < lock, "a function would outlive its message's lock");
    assert!(lock <= clock(&host["extensions"]["serviceBus"]["maxAutoLockRenewalDuration"]));
    // The outbox sends again after a minute, then every five.
    assert_eq!(is("requiresDuplicateDetection"), "true");
    assert!(seconds(&is("duplicateDetectionHistoryTimeWindow")) >= 600.0);
    assert_eq!(is("maxDeliveryCount"), "10");
    assert_eq!(is("deadLetteringOnMessageExpiration"), "true");
    let job = Catalog::built_in().job_deadline.as_secs_f64();
    assert!(seconds(&is("defaultMessageTimeToLive")) >= 100.0 * job);
}

#[test]
fn the_containers_are_those_of_the_code() {
    let blobs = json("infra/storage/blob-service.json");
    let made = blobs["containers"].as_array().expect("a list");
    let code = read("src/app.rs");
    for name in made {
        assert!(code.contains(&name.to_string()), "nothing is kept in the container {name}");
    }
    assert_eq!(made.len(), 2);
    // What a browser does: it reads pictures, and sends one with the headers that it is told.
    let rule = &blobs["cors"][0];
    for method in ["GET", "PUT", "OPTIONS"] {
        assert!(rule["allowedMethods"].to_string().contains(method), "{rule}");
    }
    let documents = json("infra/cosmos/containers.json");
    for container in documents["containers"].as_array().expect("a list") {
        assert!(container["id"].is_string() && container["partitionKey"]["paths"][0].is_string());
    }
    // The templates read these files, so that nothing is written twice.
    for (template, file) in
        [("pictures.bicep", "blob-service.json"), ("documents.bicep", "containers.json")]
    {
        assert!(read(&format!("infra/modules/{template}")).contains(file), "{template}");
    }
}

/// Rows of the table that the templates leave out, and why.
const LEFT_OUT: [(&str, &str); 18] = [
    ("IMAGEGEN_BLOBS_PUBLIC_URL", "with files only"),
    ("IMAGEGEN_BLOBS_ACCOUNT", "with files only"),
    ("IMAGEGEN_BLOBS_KEY", "with files only"),
    ("ServiceBus", "a key: the identity instead"),
    ("WEB_PUBSUB_CONNECTION_STRING", "a key: the identity instead"),
    ("CONTENT_SAFETY_KEY", "a key: the identity instead"),
    ("FOUNDRY_API_KEY", "a key: the identity instead"),
    ("IDENTITY_ENDPOINT", "the platform sets it"),
    ("WEB_PUBSUB_HUB", "extraSettings"),
    ("REPLICATE_BASE_URL", "extraSettings"),
    ("REPLICATE_DELIVERY_HOSTS", "extraSettings"),
    ("FOUNDRY_OUTPUT_HOSTS", "extraSettings"),
    ("BFL_BASE_URL", "extraSettings"),
    ("BFL_HOSTS", "extraSettings"),
    ("CONTENT_SAFETY_THRESHOLDS", "extraSettings"),
    ("STRIPE_BASE_URL", "extraSettings"),
    ("STRIPE_PORTAL_CONFIGURATION", "extraSettings"),
    ("LOG_LEVEL", "extraSettings"),
];

/// What the Functions host reads, or both.
const OF_THE_HOST: [&str; 4] = [
    "AzureWebJobsStorage__",
    "ServiceBus__",
    "AzureFunctionsJobHost__",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
];

/// Name and value of each app setting.
fn app_settings(api: &Template) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let used = api.of(Kind::Resource).into_iter().find(|it| it.name == "settings");
    let used = api.text(used.expect("there are settings").body().expect("it has a body"));
    for it in api.of(Kind::Var).into_iter().filter(|it| it.name.ends_with("Settings")) {
        assert!(used.contains(it.name), "`{}` is never set", it.name);
        super::bicep::visit(it.node, &mut |node| {
            for (key, value) in api.properties(node) {
                found.insert(key.to_owned(), api.text(value).to_owned());
            }
        });
    }
    found
}

#[test]
fn every_setting_is_set_or_left_out_for_a_reason() {
    let api = module("api.bicep");
    let set = app_settings(&api);
    let left: BTreeMap<_, _> = LEFT_OUT.into_iter().collect();
    for Setting { name, kind, .. } in SETTINGS {
        let set = set.contains_key(*name);
        assert!(
            set != left.contains_key(name),
            "set `{name}` in api.bicep, or say in LEFT_OUT why not"
        );
        let may = match kind {
            Needed::Default(_) | Needed::Optional | Needed::Or(_) | Needed::Identity => true,
            Needed::Needed | Needed::Secret => set || left[name] != "extraSettings",
        };
        assert!(may, "nothing starts without `{name}`");
    }
    for name in set.keys().filter(|name| !OF_THE_HOST.iter().any(|of| name.starts_with(of))) {
        assert!(SETTINGS.iter().any(|it| it.name == name), "the handler reads no `{name}`");
    }
    for name in left.keys() {
        assert!(SETTINGS.iter().any(|it| it.name == *name), "`{name}` is no setting any more");
    }
}

#[test]
fn secrets_come_out_of_the_vault_and_are_put_into_it() {
    let set = app_settings(&module("api.bicep"));
    let vault = module("vault.bicep");
    let mut kept: BTreeSet<_> = vault.literals(vault.root());
    kept.retain(|text| !text.contains(['/', '@']));
    let script = read("infra/scripts/secrets.sh");
    for Setting { name, kind, doc, .. } in SETTINGS {
        let secret = matches!(kind, Needed::Secret)
            || doc.contains("Secret.")
            || doc.contains("secrets that");
        let Some(value) = set.get(*name).filter(|_| secret && !ADDRESSES.contains(name)) else {
            continue;
        };
        let key = value.strip_prefix("'${secret}").and_then(|it| it.strip_suffix("/)'"));
        let key = key.unwrap_or_else(|| panic!("`{name}` does not come out of the vault: {value}"));
        assert_eq!(key, name.to_lowercase().replace('_', "-"));
        assert!(kept.contains(key), "vault.bicep does not keep `{key}`");
        assert!(script.contains(key), "secrets.sh does not know `{key}`");
    }
    let out: BTreeSet<_> = set.values().filter(|value| value.contains("${secret}")).collect();
    assert_eq!(out.len(), 7, "{out:?}");
}

/// Secret when it is a connection string; the templates give an address.
const ADDRESSES: [&str; 2] = ["IMAGEGEN_BLOBS", "IMAGEGEN_DOCUMENTS"];

/// Who may do what: the identity's parameter, the resource and the role. Every row has its reason in the code.
const ROLES: [(&str, &str, &str); 15] = [
    // The Functions host: leases of timers, keys, and the package.
    ("appPrincipalId", "hosting", "Storage Blob Data Owner"),
    // adapters/azure_blob: put, get and remove; the key that signs links.
    ("appPrincipalId", "containers[i]", "Storage Blob Data Contributor"),
    ("appPrincipalId", "pictures", "Storage Blob Delegator"),
    // adapters/service_bus sends; the host receives. The last one only with `countMessages`.
    ("appPrincipalId", "queues", "Azure Service Bus Data Sender"),
    ("appPrincipalId", "queues", "Azure Service Bus Data Receiver"),
    ("appPrincipalId", "queues", "Azure Service Bus Data Owner"),
    ("appPrincipalId", "realtime", "Web PubSub Service Owner"),
    ("appPrincipalId", "safety", "Cognitive Services User"),
    // The platform, for Key Vault references.
    ("appPrincipalId", "vault", "Key Vault Secrets User"),
    ("appPrincipalId", "insights", "Monitoring Metrics Publisher"),
    ("appPrincipalId", "documents", "documentsContributor"),
    ("operatorPrincipalId", "vault", "Key Vault Secrets Officer"),
    ("operatorPrincipalId", "queues", "Azure Service Bus Data Receiver"),
    ("operatorPrincipalId", "queues", "Azure Service Bus Data Sender"),
    ("operatorPrincipalId", "documents", "documentsContributor"),
];

#[test]
fn each_identity_has_the_roles_it_needs_and_no_other() {
    let template = module("roles.bicep");
    let mut given = BTreeSet::new();
    for it in template.of(Kind::Resource).into_iter().filter(|it| !it.is_existing()) {
        let body = it.body().expect("it has a body");
        let text = |path: &str| template.at(body, path).map_or("", |node| template.text(node));
        let place = if text("scope").is_empty() { text("parent") } else { text("scope") };
        let role = text("properties.roleDefinitionId");
        let role = role
            .split('\'')
            .nth(1)
            .filter(|_| role.contains("role["))
            .unwrap_or("documentsContributor");
        let name = text("name");
        assert!(name.contains(text("properties.principalId")), "{name} is the same for everybody");
        given.insert((text("properties.principalId"), place, role));
        let optional = role == "Azure Service Bus Data Owner";
        assert_eq!(template.text(it.node).contains("if (countMessages)"), optional, "{}", it.name);
    }
    assert_eq!(given, ROLES.into_iter().collect());

    let table: BTreeSet<_> =
        template.properties(template.var("role")).into_iter().map(|it| it.0).collect();
    let used: BTreeSet<_> =
        ROLES.into_iter().map(|it| it.2).filter(|it| it.contains(' ')).collect();
    assert_eq!(table, used, "the table has the roles that are given, and no other");
    assert!(
        super::templates().iter().skip(1).filter(|it| !it.path.ends_with("roles.bicep")).all(
            |it| {
                !it.text(it.root()).contains("roleAssignments")
                    && !it.text(it.root()).contains("RoleAssignments@")
            }
        ),
        "roles are given in roles.bicep alone"
    );
}

/// What tokens are asked for, and whose role makes them worth something.
const SCOPES: [(&str, &str); 6] = [
    ("cosmos.azure.com", "documents"),
    ("servicebus.azure.net", "queues"),
    ("webpubsub.azure.com", "realtime"),
    ("cognitiveservices.azure.com", "safety"),
    ("monitor.azure.com", "insights"),
    ("storage.azure.com", "pictures"),
];

#[test]
fn every_service_that_the_code_asks_tokens_for_gives_a_role() {
    let mut asked = BTreeSet::new();
    sources(&root().join("crates/adapters/src"), &mut |text| {
        for (at, _) in text.match_indices("/.default\"") {
            let host = text[..at].rsplit("\"https://").next().unwrap_or_default();
            asked.insert(host.to_owned());
        }
    });
    assert!(!asked.is_empty());
    for host in asked {
        let place = SCOPES.iter().find(|(scope, _)| *scope == host).map(|it| it.1);
        let place = place.unwrap_or_else(|| panic!("SCOPES does not say whose {host} is"));
        assert!(
            ROLES.iter().any(|(who, of, _)| *who == "appPrincipalId" && *of == place),
            "{place}"
        );
    }
}

/// Rust files below `folder`.
pub(super) fn sources(folder: &Path, see: &mut impl FnMut(&str)) {
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            sources(&path, see);
        } else if path.extension().is_some_and(|it| it == "rs") {
            see(&std::fs::read_to_string(path).expect("text"));
        }
    }
}

#[test]
fn the_scale_groups_are_functions_and_all_are_explained() {
    let main = Template::read(&infra("main.bicep"));
    let default = |name: &str| {
        let param = main.of(Kind::Param).into_iter().find(|it| it.name == name).expect(name);
        main.text(param.value().expect("it has a default")).to_owned()
    };
    let host = json("host.json");
    let at_once = &host["extensions"]["serviceBus"]["maxConcurrentCalls"];
    assert_eq!(default("queueConcurrency"), at_once.to_string(), "host.json and main.bicep");
    let ready = default("alwaysReady");
    let page = read("docs/scaling.md");
    let groups = all().into_iter().map(|it| {
        let json: Value = serde_json::from_str(&it.function_json()).expect("JSON");
        (it.name, json["bindings"][0]["type"] == "httpTrigger")
    });
    for (name, http) in groups.filter(|(_, http)| !http) {
        assert!(
            !http && page.contains(&format!("| `function:{name}` |")),
            "docs/scaling.md lacks {name}"
        );
    }
    for named in ready.split('\'').skip(1).step_by(2) {
        let function = named.strip_prefix("function:");
        assert!(named == "http" || all().iter().any(|it| Some(it.name) == function), "{named}");
    }
}
