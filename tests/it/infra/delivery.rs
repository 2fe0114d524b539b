//! Workflows and scripts: pinned, with few rights, without secrets.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_yaml_ng::Value;

use super::{infra, read, root};

/// The actions that are trusted, by the commit that their repositories have for the tag. Looked up 2026-11-22.
const ACTIONS: [(&str, &str, &str); 5] = [
    ("actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    ("actions/cache", "27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    ("actions/upload-artifact", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    ("actions/download-artifact", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    ("azure/login", "f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca", "v3.0.1"),
];

struct Workflow {
    name: String,
    text: String,
    yaml: Value,
}

fn workflows() -> Vec<Workflow> {
    let folder = std::fs::read_dir(root().join(".github/workflows")).expect("it is checked in");
    let mut found: Vec<_> = folder
        .map(|entry| {
            let path = entry.expect("it can be read").path();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("text");
            let yaml = serde_yaml_ng::from_str(&text);
            Workflow { yaml: yaml.unwrap_or_else(|error| panic!("{name}: {error}")), name, text }
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

impl Workflow {
    fn jobs(&self) -> Vec<(&str, &Value)> {
        let jobs = self.yaml["jobs"].as_mapping().expect("a workflow has jobs");
        jobs.iter().map(|(name, job)| (name.as_str().expect("a name"), job)).collect()
    }
}

fn steps(job: &Value) -> &[Value] {
    job["steps"].as_sequence().map_or(&[], Vec::as_slice)
}

fn uses(step: &Value) -> &str {
    step["uses"].as_str().unwrap_or_default()
}

#[test]
fn actions_are_pinned_to_commits_that_were_looked_up() {
    for workflow in workflows() {
        for line in workflow.text.lines().filter(|line| line.contains("uses: ")) {
            let (_, what) = line.split_once("uses: ").expect("it has one");
            if what.starts_with("./") {
                assert!(root().join(what).is_file(), "{}: {what}", workflow.name);
                continue;
            }
            let known = ACTIONS
                .iter()
                .any(|(name, commit, tag)| what == format!("{name}@{commit} # {tag}"));
            assert!(known, "{}: `{what}` is not in ACTIONS", workflow.name);
        }
    }
}

#[test]
fn workflows_have_few_rights_and_an_end() {
    for workflow in workflows() {
        let Workflow { name, yaml, .. } = &workflow;
        let rights =
            yaml["permissions"].as_mapping().unwrap_or_else(|| panic!("{name} has no permissions"));
        assert_eq!(rights.len(), 1, "{name}");
        assert_eq!(yaml["permissions"]["contents"], "read", "{name}");
        assert!(yaml["concurrency"]["group"].is_string(), "{name} has no concurrency group");
        assert!(
            yaml["on"].get("pull_request_target").is_none(),
            "{name} would give forks its rights"
        );
        for (id, job) in workflow.jobs() {
            let id = format!("{name}: {id}");
            assert!(job["timeout-minutes"].is_u64() || job["uses"].is_string(), "{id} may hang");
            let signs_in = steps(job).iter().any(|step| uses(step).starts_with("azure/login@"));
            let rights = job["permissions"].as_mapping().cloned().unwrap_or_default();
            let expected = |right: &str| match right {
                "id-token" => signs_in.then_some("write"),
                "contents" => Some("read"),
                // To find and fetch the package of another run.
                "actions" => job["env"]["GH_TOKEN"].is_string().then_some("read"),
                _ => None,
            };
            for (right, is) in &rights {
                let right = right.as_str().expect("a name");
                assert_eq!(is.as_str(), expected(right), "{id}: {right}");
            }
            assert_eq!(signs_in, rights.contains_key("id-token"), "{id}");
            assert_eq!(
                signs_in,
                job["environment"].is_string(),
                "{id}: an environment guards what signs in"
            );
            for step in steps(job).iter().filter(|step| uses(step).starts_with("actions/checkout@"))
            {
                assert_eq!(
                    step["with"]["persist-credentials"], false,
                    "{id} keeps its token lying about"
                );
            }
        }
    }
}

#[test]
fn workflows_have_no_secret_and_run_nothing_that_came_from_outside() {
    for workflow in workflows() {
        let Workflow { name, text, .. } = &workflow;
        assert!(!text.contains("secrets."), "{name}: secrets are in the vault, not at GitHub");
        assert!(!text.contains("set -x"), "{name}");
        for (id, job) in workflow.jobs() {
            for run in steps(job).iter().filter_map(|step| step["run"].as_str()) {
                assert!(!run.contains("${{"), "{name}: {id} puts a value into a script; use env");
                check_bash(&format!("{name}: {id}"), run);
                for script in
                    run.split_whitespace().filter(|word| word.starts_with("infra/scripts/"))
                {
                    let script = script.trim_end_matches([')', '"', '}']);
                    assert!(
                        script.contains('*') || root().join(script).is_file(),
                        "{name}: {script}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_workflows_give_the_templates_what_they_read() {
    let parameters = read("infra/main.bicepparam");
    let read = parameters.split("readEnvironmentVariable('").skip(1);
    let read = read.map(|rest| rest.split('\'').next().expect("it ends"));
    let secret = ["KEY", "TOKEN", "SECRET", "SECRETS"];
    let read: BTreeSet<_> =
        read.filter(|name| !secret.iter().any(|end| name.ends_with(end))).collect();
    let mut given = 0;
    for workflow in workflows() {
        for (id, job) in workflow.jobs() {
            let asks = steps(job).iter().filter_map(|step| step["run"].as_str());
            if !asks.collect::<String>().contains("main.bicepparam") {
                continue;
            }
            let env = job["env"].as_mapping().expect("it has variables");
            let env: BTreeSet<_> = env.keys().filter_map(Value::as_str).collect();
            assert_eq!(env, read, "{}: {id}", workflow.name);
            given += 1;
        }
    }
    assert_eq!(given, 2, "what-if and deploy");
}

/// `bash -n`: whether it can be read.
fn check_bash(name: &str, script: &str) {
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash is needed");
    bash.stdin.take().expect("it is piped").write_all(script.as_bytes()).expect("it reads");
    let output = bash.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn scripts_can_be_read_and_stop_at_the_first_failure() {
    for entry in std::fs::read_dir(infra("scripts")).expect("it is checked in") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|kind| kind != "sh") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let name = path.display().to_string();
        assert!(
            text.starts_with("#!/usr/bin/env bash\n#"),
            "{name} says neither what runs it nor what it is for"
        );
        assert!(text.contains("\nset -euo pipefail\n"), "{name}");
        assert!(is_executable(&path), "{name} is not executable");
        check_bash(&name, &text);
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o111 == 0o111)
}

#[test]
fn azd_finds_what_it_is_told_to_run() {
    let azd: Value = serde_yaml_ng::from_str(&read("azure.yaml")).expect("YAML");
    assert!(
        root().join(azd["infra"]["path"].as_str().expect("a path")).join("main.bicep").is_file()
    );
    let api = &azd["services"]["api"];
    assert_eq!(api["host"], "function");
    let package = api["hooks"]["prepackage"]["posix"]["run"].as_str().expect("a command");
    assert_eq!(package, "make package");
    let staged = format!("--out {}", api["dist"].as_str().expect("a folder"));
    assert!(read("Makefile").contains(&staged), "it stages where azd looks");
    let web = &azd["services"]["web"];
    assert_eq!(web["host"], "staticwebapp");
    assert_eq!(web["hooks"]["prepackage"]["posix"]["run"], "make page");
    let dist = web["dist"].as_str().expect("a folder");
    let placed = web["hooks"]["predeploy"]["posix"]["run"].as_str().expect("a command");
    assert!(placed.ends_with(&format!(" frontend/out {dist}")), "{placed}");
    assert!(read("Makefile").contains(&format!("cp -R frontend/out {dist}\n")), "{dist}");
    let page = read("infra/modules/web.bicep");
    assert!(page.contains("'azd-service-name': 'web'"), "azd finds the page by its tag");
    let secrets = azd["hooks"]["postprovision"]["posix"]["run"].as_str().expect("a script");
    assert!(root().join(secrets).is_file(), "{secrets}");
    let app = read("infra/main.bicep");
    assert!(app.contains("'azd-service-name': 'api'"), "azd finds the app by its tag");
}

/// What the page of a place has to be told: outputs of the templates, or variables of the environment.
#[test]
fn whoever_deploys_the_page_tells_it_its_place() {
    let place = read("frontend/scripts/place.mjs");
    let (_, named) = place.split_once("const PLACE = {").expect("it names them");
    let named = named.split_once("};").expect("it ends").0;
    let asked: Vec<_> = named.lines().filter_map(|line| line.trim().split_once(':')).collect();
    let template = read("infra/main.bicep");
    let mut jobs = 0;
    for workflow in workflows() {
        for (id, job) in workflow.jobs() {
            let deploys = |step: &Value| {
                step["run"].as_str().is_some_and(|run| run.contains("deploy-web.sh"))
            };
            if !steps(job).iter().any(deploys) {
                continue;
            }
            jobs += 1;
            for (name, _) in &asked {
                let said = job["env"].get(name).is_some()
                    || steps(job).iter().any(|step| {
                        step["run"].as_str().is_some_and(|run| run.contains(&format!("{name}=")))
                    });
                assert!(said, "{}: {id} does not tell the page {name}", workflow.name);
            }
        }
    }
    assert_eq!(jobs, 3, "deploy, its roll-back, and the one by hand");
    // azd gives its hooks the outputs; what signs in is set by whoever deploys.
    for (name, _) in asked.iter().filter(|(name, _)| !name.starts_with("SIGN_IN_")) {
        assert!(template.contains(&format!("output {name} string")), "{name} is no output");
    }
}
