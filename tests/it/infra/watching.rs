//! Alerts watch what the code tells, and somebody who is woken finds what to do.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use clap::Parser as _;
use imagegen::commands::Arguments;
use imagegen::functions::all;

use super::bicep::{Kind, Template, children};
use super::{infra, read};

/// The figures that the handler tells Application Insights.
fn metrics() -> BTreeSet<String> {
    let text = read("crates/core/src/metrics.rs");
    let names = text.split("metric = \"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(str::to_owned).collect()
}

/// What the alerts' queries are made of.
fn alerts() -> Template {
    Template::read(&infra("modules/alerts.bicep"))
}

fn names(template: &Template) -> BTreeSet<String> {
    let searches = children(template.var("searches"));
    let mut nodes: Vec<_> = searches.into_iter().filter_map(|it| template.at(it, "name")).collect();
    for it in template.of(Kind::Resource) {
        if template.of_what(it).starts_with("Microsoft.Insights/metricAlerts@") {
            nodes.extend(it.body().and_then(|body| template.at(body, "name")));
        }
    }
    nodes.into_iter().filter_map(|node| template.literal(node)).map(str::to_owned).collect()
}

#[test]
fn each_alert_has_its_page_in_the_runbook_and_each_page_its_alert() {
    let runbook = read("docs/runbook.md");
    let (_, pages) = runbook.split_once("\n# Alerts\n").expect("the part about alerts");
    let (pages, _) = pages.split_once("\n# ").unwrap_or((pages, ""));
    let mut found = BTreeSet::new();
    for page in pages.split("\n## ").skip(1) {
        let (name, text) = page.split_once('\n').expect("more than a heading");
        for part in ["**Means.**", "**Look.**", "**Do.**"] {
            assert!(text.contains(part), "{name} does not say {part}");
        }
        assert!(text.contains("```"), "{name} has no commands");
        found.insert(name.trim_matches('`').to_owned());
    }
    let alerts = alerts();
    assert_eq!(found, names(&alerts));
    let said = alerts.text(alerts.root());
    for name in &found {
        assert!(
            said.contains(&format!("${{runbook}} {name}."))
                || said.contains("${runbook} ${search.name}.")
        );
    }
}

#[test]
fn queries_ask_for_figures_and_functions_that_there_are() {
    let template = alerts();
    let (told, mut asked) = (metrics(), BTreeSet::new());
    for search in children(template.var("searches")) {
        let query = template.text(template.at(search, "query").expect("each has one"));
        for (at, start) in query.match_indices("name == \"") {
            let name = query[at + start.len()..].split('"').next().expect("it ends");
            let metric = query[..at].rfind("metricsOfOurs") > query[..at].rfind("requestsOfOurs");
            if metric {
                assert!(told.contains(name), "nobody tells `{name}`");
                asked.insert(name.to_owned());
            } else {
                assert!(all().iter().any(|it| it.name == name), "no function is called `{name}`");
            }
        }
        let column =
            template.at(search, "column").and_then(|it| template.literal(it)).expect("one");
        assert!(query.contains(&format!("{column} = ")), "the query has no column `{column}`");
    }
    assert_eq!(asked, told, "a figure that nobody watches");
}

/// The queries as they are asked, with the names that Bicep puts in.
fn queries() -> Vec<String> {
    let template = alerts();
    let value = |name: &str| template.literal(template.var(name)).expect("plain").to_owned();
    let (metrics, requests) = (value("metricsOfOurs"), value("requestsOfOurs"));
    let asked = children(template.var("searches")).into_iter().map(|search| {
        let query = template.text(template.at(search, "query").expect("each has one"));
        let query = query.trim_matches('\'').replace("${metricsOfOurs}", &metrics);
        query.replace("${requestsOfOurs}", &requests)
    });
    let looked = commands("docs/runbook.md").into_iter().filter_map(|line| {
        line.strip_prefix("ask \"").and_then(|rest| rest.split('"').next()).map(str::to_owned)
    });
    asked.chain(looked).collect()
}

#[test]
fn microsofts_own_parser_reads_the_queries() {
    let mut asked = queries();
    assert!(asked.len() > 20 && !asked.concat().contains("${"), "{asked:#?}");
    // It does find fault.
    asked.push("requests | where nam == 'x'".to_owned());
    let peers = super::root().join("tests/peers");
    let mut node = Command::new("node")
        .arg(peers.join("kql.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is installed");
    let input = serde_json::to_vec(&asked).expect("plain");
    node.stdin.take().expect("it is piped").write_all(&input).expect("it reads");
    let output = node.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "the parser is missing: run `make test`, which installs it first"
    );
    let faults: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).expect("JSON");
    for (query, faults) in asked.iter().zip(&faults).rev().skip(1) {
        assert_eq!(faults, &[""; 0], "{query}");
    }
    assert_eq!((faults.len(), faults.last().map(Vec::len)), (asked.len(), Some(1)));
}

/// Lines of a page's fenced blocks, with those that go on put together.
fn commands(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in read(page).split("```").skip(1).step_by(2) {
        let block = block.replace("\\\n", " ");
        found.extend(block.lines().skip(1).map(str::trim).map(str::to_owned));
    }
    found
}

#[test]
fn commands_for_operators_are_commands_that_there_are() {
    let mut count = 0;
    for page in ["docs/deployment.md", "docs/runbook.md"] {
        for line in commands(page).iter().filter(|line| line.starts_with("imagegen ")) {
            let line = line.split(" #").next().expect("before the comment");
            // What stands between quotes is one word.
            let parts = line.split('"').enumerate().flat_map(|(i, part)| match i % 2 {
                0 => part.split_whitespace().collect::<Vec<_>>(),
                _ => vec![part],
            });
            if let Err(error) = Arguments::try_parse_from(parts) {
                panic!("{page}: {line}\n{error}");
            }
            count += 1;
        }
    }
    assert!(count > 3);
}

#[test]
fn what_operators_are_told_to_set_is_read() {
    let parameters = read("infra/main.bicepparam");
    let main = Template::read(&infra("main.bicep"));
    let page = read("docs/deployment.md");
    // Hooks get what is set as well.
    let place = read("frontend/scripts/place.mjs");
    let mut count = 0;
    for rest in page.split("azd env set ").skip(1) {
        let name: String =
            rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
        assert!(
            parameters.contains(&format!("readEnvironmentVariable('{name}'"))
                || place.contains(&format!("  {name}: ")),
            "nothing reads {name}"
        );
        count += 1;
    }
    assert!(count > 10);
    let scaling = read("docs/scaling.md");
    let (_, numbers) = scaling.split_once("\n## Numbers\n").expect("the part about numbers");
    let (table, _) = numbers.split_once("\n## ").expect("another part");
    for name in table.lines().filter_map(|line| line.strip_prefix("| `")) {
        let names = name.split(" |").next().expect("a cell").split(", ");
        for name in names.map(|it| it.trim_matches('`')) {
            let known = main.of(Kind::Param).into_iter().any(|it| it.name == name);
            assert!(known, "main.bicep has no `{name}`");
        }
    }
}
