//! A linter for Bicep: what `az bicep build` would say of names, and what it would not say of ours. It knows no types of
//! resources: a property with a wrong name passes here and fails there.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::bicep::{Declaration, Kind, Template, children, visit};

/// Bicep's own functions and decorators, as far as they are used.
const FUNCTIONS: [&str; 32] = [
    "allowed",
    "bool",
    "coalesce",
    "concat",
    "contains",
    "deployment",
    "description",
    "empty",
    "environment",
    "filter",
    "guid",
    "int",
    "length",
    "loadJsonContent",
    "map",
    "maxLength",
    "maxValue",
    "minLength",
    "minValue",
    "readEnvironmentVariable",
    "replace",
    "resourceGroup",
    "resourceId",
    "secure",
    "split",
    "string",
    "subscription",
    "subscriptionResourceId",
    "tenant",
    "toLower",
    "union",
    "uniqueString",
];

/// Resource, property, value: what each resource of the type has to say. No keys, no public blobs, TLS 1.2.
const DEMANDS: [(&str, &str, &str); 20] = [
    ("Microsoft.DocumentDB/databaseAccounts", "properties.disableLocalAuth", "true"),
    (
        "Microsoft.DocumentDB/databaseAccounts",
        "properties.disableKeyBasedMetadataWriteAccess",
        "true",
    ),
    ("Microsoft.DocumentDB/databaseAccounts", "properties.minimalTlsVersion", "'Tls12'"),
    ("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "false"),
    ("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "false"),
    ("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "true"),
    ("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "'TLS1_2'"),
    (
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "properties.publicAccess",
        "'None'",
    ),
    ("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", "true"),
    ("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", "'1.2'"),
    ("Microsoft.SignalRService/webPubSub", "properties.disableLocalAuth", "true"),
    ("Microsoft.CognitiveServices/accounts", "properties.disableLocalAuth", "true"),
    ("Microsoft.Insights/components", "properties.DisableLocalAuth", "true"),
    ("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "true"),
    ("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", "true"),
    ("Microsoft.Web/sites", "properties.httpsOnly", "true"),
    ("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "'1.2'"),
    ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "false"),
    ("Microsoft.Cdn/profiles/customDomains", "properties.tlsSettings.minimumTlsVersion", "'TLS12'"),
    ("Microsoft.Cdn/profiles/afdEndpoints/routes", "properties.forwardingProtocol", "'HttpsOnly'"),
];

/// What gives a key away, or takes one.
const KEY_WORDS: [&str; 6] = [
    "listKeys",
    "listSecrets",
    "AccountKey=",
    "SharedAccessKey=",
    "InstrumentationKey=",
    "accessPolicies",
];

/// Everything that is wrong with `template`, one sentence each. Modules are read from beside it.
pub(crate) fn findings(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    syntax(template, &mut found);
    if found.is_empty() {
        names(template, &mut found);
        modules(template, &mut found);
        resources(template, &mut found);
        secrets(template, &mut found);
    }
    found
}

fn syntax(template: &Template, found: &mut Vec<String>) {
    visit(template.root(), &mut |node| {
        if node.is_error() || node.is_missing() {
            found.push(format!("{}: this is not Bicep", template.line(node)));
        }
    });
}

/// Every name is declared once, known where it is used, and used.
fn names(template: &Template, found: &mut Vec<String>) {
    let mut declared = BTreeMap::new();
    for it in template.declarations() {
        let outputs = it.kind == Kind::Output;
        if declared.insert((outputs, it.name), it).is_some() {
            found.push(format!("{}: `{}` is declared twice", template.line(it.node), it.name));
        }
    }
    let mut used = BTreeSet::new();
    for it in template.declarations() {
        let mut local = BTreeSet::new();
        visit(it.node, &mut |node| local.extend(locals(template, node)));
        for node in references(it.node) {
            let name = template.text(node);
            if declared.contains_key(&(false, name)) {
                used.insert(name);
            } else if !local.contains(name) && !FUNCTIONS.contains(&name) {
                found.push(format!("{}: nothing is called `{name}`", template.line(node)));
            }
        }
    }
    for ((_, name), it) in declared {
        let must = matches!(it.kind, Kind::Param | Kind::Var) || it.is_existing();
        if must && !used.contains(name) {
            found.push(format!("{}: `{name}` is not used", template.line(it.node)));
        }
    }
}

/// The names that a loop or a lambda brings along.
fn locals<'a>(template: &'a Template, node: Node<'a>) -> Vec<&'a str> {
    let nodes = match node.kind() {
        "for_loop_parameters" => children(node),
        "for_statement" => node.child_by_field_name("initializer").into_iter().collect(),
        "lambda_expression" => children(node).into_iter().take(1).collect(),
        _ => Vec::new(),
    };
    nodes.into_iter().map(|node| template.text(node)).collect()
}

/// The identifiers of a declaration that stand for something declared elsewhere.
fn references(declaration: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    visit(declaration, &mut |node| {
        let Some(parent) = node.parent().filter(|_| node.kind() == "identifier") else { return };
        let first = children(parent).first().copied() == Some(node);
        let names_something = match parent.kind() {
            "parameter_declaration"
            | "variable_declaration"
            | "resource_declaration"
            | "module_declaration"
            | "output_declaration"
            | "object_property"
            | "lambda_expression" => first,
            _ => false,
        };
        let initializer = parent.child_by_field_name("initializer") == Some(node);
        let of_a_type =
            std::iter::successors(Some(node), Node::parent).any(|up| up.kind() == "type");
        if !(names_something || initializer || of_a_type) {
            found.push(node);
        }
    });
    found
}

/// Modules are there, are given what they need and nothing else, and have the outputs that are read.
fn modules(template: &Template, found: &mut Vec<String>) {
    let mut outputs = BTreeMap::new();
    for it in template.of(Kind::Module) {
        let at = template.line(it.node);
        let path = template.path.with_file_name(template.of_what(it));
        if !path.is_file() {
            found.push(format!("{at}: there is no {}", template.of_what(it)));
            continue;
        }
        let module = Template::read(&path);
        let given = it.body().and_then(|body| template.at(body, "params"));
        let given: Vec<_> = given.map(|it| template.properties(it)).unwrap_or_default();
        let given: BTreeSet<_> = given.into_iter().map(|(key, _)| key).collect();
        let params = module.of(Kind::Param);
        for param in &params {
            let needed = param.value().is_none();
            if needed && !given.contains(param.name) {
                found.push(format!("{at}: `{}` needs `{}`", it.name, param.name));
            }
        }
        for key in given.iter().filter(|key| params.iter().all(|param| param.name != **key)) {
            found.push(format!("{at}: `{}` takes no `{key}`", it.name));
        }
        let names = module.of(Kind::Output).into_iter().map(|it| it.name.to_owned());
        outputs.insert(it.name, names.collect::<BTreeSet<_>>());
    }
    visit(template.root(), &mut |node| {
        let Some((module, output)) = output_read(template, node) else { return };
        if outputs.get(module).is_some_and(|outputs| !outputs.contains(output)) {
            found.push(format!("{}: `{module}` has no output `{output}`", template.line(node)));
        }
    });
}

/// Module and output of `module.outputs.output`.
fn output_read<'a>(template: &'a Template, node: Node<'a>) -> Option<(&'a str, &'a str)> {
    let object =
        node.child_by_field_name("object").filter(|it| it.kind() == "member_expression")?;
    let middle = object.child_by_field_name("property")?;
    let module = object.child_by_field_name("object")?;
    let output = node.child_by_field_name("property")?;
    (template.text(middle) == "outputs").then(|| (template.text(module), template.text(output)))
}

fn resources(template: &Template, found: &mut Vec<String>) {
    for it in template.of(Kind::Resource) {
        let at = template.line(it.node);
        let (kind, version) = template.of_what(it).split_once('@').unwrap_or_default();
        if !is_date(version) {
            found.push(format!("{at}: `{kind}@{version}` is not a released version"));
        }
        let Some(body) = it.body().filter(|_| !it.is_existing()) else { continue };
        if is_tracked(kind) && template.at(body, "tags").is_none() {
            found.push(format!("{at}: `{}` has no tags", it.name));
        }
        for (_, path, value) in DEMANDS.iter().filter(|(of, ..)| *of == kind) {
            let is = template.at(body, path).map(|node| template.text(node));
            if is != Some(*value) {
                found.push(format!("{at}: `{path}` of `{}` must be {value}", it.name));
            }
        }
    }
    visit(template.root(), &mut |node| {
        let text = if node.child_count() == 0 { template.text(node) } else { "" };
        if KEY_WORDS.iter().any(|word| text.contains(word)) {
            found.push(format!("{}: no keys, here is one: {text}", template.line(node)));
        }
    });
}

/// `2024-04-01`.
fn is_date(version: &str) -> bool {
    let parts: Vec<_> = version.split('-').map(str::len).collect();
    parts == [4, 2, 2] && version.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// Whether it is something of its own, and not part of another resource.
fn is_tracked(kind: &str) -> bool {
    kind.matches('/').count() == 1 && !kind.starts_with("Microsoft.Authorization/")
}

/// What is secret says so, and does not come out again.
fn secrets(template: &Template, found: &mut Vec<String>) {
    let secret = |it: &Declaration<'_>| it.decorators.contains("@secure()");
    let params = template.of(Kind::Param);
    for it in params.iter().filter(|it| !secret(it)) {
        if ["Key", "Password", "Secret", "Secrets", "Token"]
            .iter()
            .any(|end| it.name.ends_with(end))
        {
            found.push(format!("{}: `{}` sounds secret", template.line(it.node), it.name));
        }
    }
    for it in params.iter().filter(|it| secret(it)) {
        let default = it.value().map_or("''", |value| template.text(value));
        if default != "''" {
            found.push(format!(
                "{}: `{}` has a value in the file",
                template.line(it.node),
                it.name
            ));
        }
    }
    for output in template.of(Kind::Output) {
        for node in references(output.node) {
            if params.iter().any(|it| secret(it) && it.name == template.text(node)) {
                found.push(format!("{}: an output tells a secret", template.line(node)));
            }
        }
    }
}
