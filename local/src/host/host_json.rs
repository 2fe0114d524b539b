//! `host.json`, as strict as the host is: what it would refuse at start, this refuses in one sentence.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::settings::Settings;
use crate::timespan;

/// What of `host.json` has a meaning on one machine; the rest (logging, health monitor, bundles) is passed over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HostJson {
    /// `None` is `-1`: unbounded.
    pub(crate) function_timeout: Option<Duration>,
    pub(crate) handler: CustomHandler,
    /// Between slashes of its own making: `api`, or empty.
    pub(crate) route_prefix: String,
    /// Per queue function.
    pub(crate) max_concurrent_calls: usize,
    pub(crate) max_auto_lock_renewal: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CustomHandler {
    pub(crate) executable: String,
    pub(crate) arguments: Vec<String>,
    /// Relative to the folder of `host.json`; empty for that folder.
    pub(crate) working_directory: String,
    pub(crate) initialization_timeout: Duration,
}

/// Settings named `AzureFunctionsJobHost__a__b` overwrite the value at `a.b`, as the host lets them.
const OVERRIDE_PREFIX: &str = "AzureFunctionsJobHost__";

/// Reads `<package>/host.json`.
///
/// # Errors
/// A sentence that names the file and what is wrong in it.
pub(crate) fn read(package: &Path, settings: &Settings) -> Result<HostJson, String> {
    let file = package.join("host.json");
    let text = std::fs::read_to_string(&file)
        .map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    parse(&text, settings).map_err(|reason| format!("{} is not usable: {reason}", file.display()))
}

fn parse(text: &str, settings: &Settings) -> Result<HostJson, String> {
    let mut value: Value =
        serde_json::from_str(text).map_err(|e| format!("it is not JSON ({e})"))?;
    for (name, replacement) in settings.all() {
        if let Some(path) = name.strip_prefix(OVERRIDE_PREFIX) {
            overwrite(&mut value, path, replacement)?;
        }
    }
    let file: File = serde_json::from_value(value).map_err(|e| e.to_string())?;
    file.check()
}

fn overwrite(root: &mut Value, path: &str, replacement: &str) -> Result<(), String> {
    let mut place = root;
    for key in path.split("__") {
        let object = place
            .as_object_mut()
            .ok_or_else(|| format!("{OVERRIDE_PREFIX}{path} leads into a value"))?;
        place = object.entry(key).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    // Settings are strings; a number or a flag has to become one again.
    *place = serde_json::from_str(replacement)
        .ok()
        .filter(|value: &Value| value.is_number() || value.is_boolean())
        .unwrap_or_else(|| Value::String(replacement.to_owned()));
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    version: Option<String>,
    function_timeout: Option<Value>,
    custom_handler: Option<HandlerSection>,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HandlerSection {
    description: Option<Description>,
    #[serde(default)]
    enable_proxying_http_request: bool,
    initialization_timeout: Option<String>,
    http: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    default_executable_path: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
    default_worker_path: Option<String>,
    #[serde(default)]
    worker_arguments: Vec<String>,
    #[serde(default)]
    working_directory: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Extensions {
    http: Http,
    service_bus: ServiceBus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Http {
    route_prefix: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ServiceBus {
    max_concurrent_calls: Option<usize>,
    max_auto_lock_renewal_duration: Option<String>,
}

impl File {
    fn check(self) -> Result<HostJson, String> {
        if self.version.as_deref() != Some("2.0") {
            return Err("its `version` must be exactly \"2.0\"".into());
        }
        Ok(HostJson {
            function_timeout: function_timeout(self.function_timeout)?,
            handler: self.custom_handler.ok_or("it has no `customHandler` section")?.check()?,
            route_prefix: self
                .extensions
                .http
                .route_prefix
                .unwrap_or_else(|| "api".into())
                .trim_matches('/')
                .into(),
            max_concurrent_calls: self.extensions.service_bus.calls()?,
            max_auto_lock_renewal: span(
                "extensions.serviceBus.maxAutoLockRenewalDuration",
                self.extensions.service_bus.max_auto_lock_renewal_duration.as_deref(),
                Duration::from_mins(5),
            )?,
        })
    }
}

impl ServiceBus {
    fn calls(&self) -> Result<usize, String> {
        match self.max_concurrent_calls {
            Some(0) => Err("`extensions.serviceBus.maxConcurrentCalls` must be at least 1".into()),
            Some(calls) => Ok(calls),
            None => Ok(16 * std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
        }
    }
}

impl HandlerSection {
    fn check(self) -> Result<CustomHandler, String> {
        if self.http.is_some() {
            // With function.json files beside it, the real host throws too.
            return Err("`customHandler.http` cannot go with function.json files".into());
        }
        if !self.enable_proxying_http_request {
            return Err(
                "only `customHandler.enableProxyingHttpRequest: true` is served here".into()
            );
        }
        let description = self.description.ok_or("`customHandler` has no `description`")?;
        let executable = description
            .default_executable_path
            .filter(|path| !path.is_empty())
            .ok_or("`customHandler.description.defaultExecutablePath` is missing")?;
        let mut arguments = description.arguments;
        arguments.extend(description.default_worker_path);
        arguments.extend(description.worker_arguments);
        Ok(CustomHandler {
            executable,
            arguments,
            working_directory: description.working_directory,
            initialization_timeout: span(
                "customHandler.initializationTimeout",
                self.initialization_timeout.as_deref(),
                Duration::from_secs(30),
            )?,
        })
    }
}

fn function_timeout(value: Option<Value>) -> Result<Option<Duration>, String> {
    let text = match value {
        None => return Ok(Some(Duration::from_mins(30))),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    if text == "-1" {
        return Ok(None);
    }
    timespan::parse(&text)
        .filter(|timeout| *timeout >= Duration::from_secs(1))
        .map(Some)
        .ok_or_else(|| {
            format!(
                "`functionTimeout` must be -1 or a time span of at least one second, not {text:?}"
            )
        })
}

fn span(name: &str, value: Option<&str>, default: Duration) -> Result<Duration, String> {
    value.map_or(Ok(default), |text| {
        timespan::parse(text)
            .ok_or_else(|| format!("`{name}` must be a time span such as 00:00:30, not {text:?}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{ "version": "2.0", "functionTimeout": "00:02:00",
      "customHandler": {"description": {"defaultExecutablePath":"handler"}, "enableProxyingHttpRequest": true,
        "enableForwardingHttpRequest": true, "initializationTimeout": "00:00:10"},
      "extensions": {"http": {"routePrefix":"/api/"}, "serviceBus": {"maxConcurrentCalls":4}},
      "logging": {"logLevel": {"default":"Information"}} }"#;

    fn parse_with(text: &str, settings: &[(&str, &str)]) -> Result<HostJson, String> {
        parse(text, &Settings::of(settings))
    }

    #[test]
    fn what_matters_here_is_read() {
        let host = parse_with(GOOD, &[]).expect("it is good");
        assert_eq!(host.function_timeout, Some(Duration::from_mins(2)));
        assert_eq!(host.handler.executable, "handler");
        assert_eq!(host.handler.initialization_timeout, Duration::from_secs(10));
        assert_eq!((host.route_prefix.as_str(), host.max_concurrent_calls), ("api", 4));
        assert_eq!(host.max_auto_lock_renewal, Duration::from_mins(5));
    }

    #[test]
    fn a_setting_overwrites_a_value() {
        let settings = [
            ("AzureFunctionsJobHost__functionTimeout", "00:00:05"),
            ("AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls", "2"),
        ];
        let host = parse_with(GOOD, &settings).expect("it is good");
        assert_eq!(
            (host.function_timeout, host.max_concurrent_calls),
            (Some(Duration::from_secs(5)), 2)
        );
    }

    #[test]
    fn minus_one_means_no_timeout() {
        let host = parse_with(&GOOD.replace("\"00:02:00\"", "-1"), &[]).expect("it is good");
        assert_eq!(host.function_timeout, None);
    }

    #[test]
    fn what_the_host_would_refuse_is_refused_in_a_sentence() {
        for (from, to, word) in [
            ("\"2.0\"", "\"2\"", "version"),
            ("\"00:02:00\"", "\"two minutes\"", "functionTimeout"),
            ("\"00:02:00\"", "\"00:00:00.5\"", "functionTimeout"),
            ("customHandler", "httpWorker", "customHandler"),
            (
                "\"enableProxyingHttpRequest\": true",
                "\"enableProxyingHttpRequest\": false",
                "Proxying",
            ),
            ("defaultExecutablePath", "path", "defaultExecutablePath"),
            ("\"00:00:10\"", "\"10\"", "initializationTimeout"),
            ("\"maxConcurrentCalls\":4", "\"maxConcurrentCalls\":0", "maxConcurrentCalls"),
            ("{ \"version\"", "{{", "JSON"),
        ] {
            let error = parse_with(&GOOD.replace(from, to), &[]).expect_err(to);
            assert!(error.contains(word), "{error}");
        }
    }
}
