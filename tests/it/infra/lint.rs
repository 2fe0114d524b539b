//! The templates are free of what [`super::rules`] finds, and the rules find it.

use std::collections::BTreeSet;
use std::path::Path;

use super::bicep::{Kind, Template};
use super::rules::findings;
use super::{infra, templates};

#[test]
fn nothing_is_wrong_with_the_templates() {
    let found: Vec<_> = templates().iter().flat_map(findings).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_module_is_used() {
    let main = Template::read(&infra("main.bicep"));
    let used: BTreeSet<_> = main.of(Kind::Module).into_iter().map(|it| main.of_what(it)).collect();
    for template in templates().iter().skip(1) {
        let name = template.path.file_name().unwrap_or_default().to_string_lossy();
        assert!(used.contains(format!("modules/{name}").as_str()), "nothing uses {name}");
    }
}

/// What is wrong on the left is what is found on the right.
#[test]
fn each_rule_finds_what_it_is_for() {
    let cases = [
        ("param a string =", "this is not Bicep"),
        ("param a string", "`a` is not used"),
        ("output a string = b", "nothing is called `b`"),
        ("output a string = b('x')", "nothing is called `b`"),
        ("output a array = [for x in [ 1 ]: y]", "nothing is called `y`"),
        ("var a = 'x'\nvar a = 'y'\noutput b string = a", "`a` is declared twice"),
        ("module m 'none.bicep' = { name: 'm' }", "there is no none.bicep"),
        (
            "module m 'modules/identity.bicep' = { params: { name: 'x', tags: {} } }",
            "`m` needs `location`",
        ),
        (
            "module m 'modules/identity.bicep' = { params: { name: 'x', tags: {}, location: 'x', y: 1 } }",
            "`m` takes no `y`",
        ),
        (
            "module m 'modules/identity.bicep' = { params: { name: 'x', tags: {}, location: 'x' } }\noutput o string = m!.outputs.key",
            "`m` has no output `key`",
        ),
        ("resource r 'A.B/c@2024-01-01-preview' = { tags: {} }", "is not a released version"),
        ("resource r 'A.B/c@2024-01-01' = { name: 'r' }", "`r` has no tags"),
        (
            "resource r 'Microsoft.SignalRService/webPubSub@2024-03-01' = [for x in []: { name: x, tags: {} }]",
            "`properties.disableLocalAuth` of `r` must be true",
        ),
        (
            "resource r 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = { properties: { allow: true } }",
            "`properties.allow` of `r` must be false",
        ),
        ("output k string = 'x;AccountKey=${uniqueString('a')}'", "no keys, here is one"),
        ("param apiKey string\nvar a = apiKey\noutput b bool = empty(a)", "`apiKey` sounds secret"),
        (
            "@secure()\nparam k string = 'abc'\nvar a = k\noutput b bool = empty(a)",
            "`k` has a value in the file",
        ),
        ("@secure()\nparam k string\noutput o string = k", "an output tells a secret"),
    ];
    for (text, expected) in cases {
        let found = findings(&Template::parse(&infra("case.bicep"), text));
        assert!(found.iter().any(|it| it.contains(expected)), "{text}\nfound {found:?}");
    }
}

#[test]
fn what_is_right_is_not_found_fault_with() {
    let text = "param names string[]\nparam on bool = true\n\
        var all = union(map(names, name => toLower(name)), [])\n\
        module m 'modules/identity.bicep' = if (on) { params: { name: all[0], tags: {}, location: 'x' } }\n\
        resource r 'A.B/c/d@2024-01-01' = [for (name, i) in names: if (on) { name: '${name}-${i}' }]\n\
        output o string = on ? m!.outputs.id : r[0].id";
    assert_eq!(findings(&Template::parse(&infra("case.bicep"), text)), [""; 0]);
}

/// A parameter of `main.bicep`, and the environment variable that it comes from, if it needs no other.
fn given() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(infra("main.bicepparam")).expect("it is checked in");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
    let lines = lines.filter(|line| *line != "using './main.bicep'").map(|line| {
        let (name, value) =
            line.strip_prefix("param ").and_then(|it| it.split_once(" = ")).expect(line);
        let probe =
            Template::parse(Path::new("main.bicepparam"), &format!("output probe any = {value}"));
        assert_eq!(findings(&probe), [""; 0], "{line}");
        (name.to_owned(), value.to_owned())
    });
    lines.collect()
}

#[test]
fn the_parameter_file_gives_what_is_needed_and_no_secret() {
    let main = Template::read(&infra("main.bicep"));
    let given = given();
    let params = main.of(Kind::Param);
    for (name, value) in &given {
        let param = params.iter().find(|param| param.name == name);
        let param = param.unwrap_or_else(|| panic!("main.bicep takes no `{name}`"));
        if param.decorators.contains("@secure()") {
            assert!(
                value.starts_with("readEnvironmentVariable(") && value.ends_with(", '')"),
                "{name}"
            );
        }
    }
    for param in params.iter().filter(|param| param.value().is_none()) {
        assert!(given.iter().any(|(name, _)| name == param.name), "`{}` is not given", param.name);
    }
}
