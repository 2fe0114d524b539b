//! The functions of a package: each direct child folder with a `function.json`.

use std::path::Path;

use http::Method;
use serde::Deserialize;

use super::host_json::HostJson;
use super::routes::Template;
use super::schedule::Schedule;
use super::settings::Settings;

#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) trigger: Trigger,
}

#[derive(Debug, Clone)]
pub(crate) enum Trigger {
    Http(HttpTrigger),
    Queue(QueueTrigger),
    Timer(Box<TimerTrigger>),
}

#[derive(Debug, Clone)]
pub(crate) struct HttpTrigger {
    pub(crate) template: Template,
    /// `None` takes every method.
    pub(crate) methods: Option<Vec<Method>>,
    pub(crate) authorization: Authorization,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authorization {
    Anonymous,
    /// `function` and `admin`: there is one key on one machine.
    Key,
}

#[derive(Debug, Clone)]
pub(crate) struct QueueTrigger {
    pub(crate) queue: String,
    pub(crate) binding: String,
    pub(crate) data: DataType,
}

/// What the handler gets of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    String,
    Binary,
}

#[derive(Debug, Clone)]
pub(crate) struct TimerTrigger {
    pub(crate) binding: String,
    pub(crate) schedule: Schedule,
    pub(crate) use_monitor: bool,
    pub(crate) run_on_startup: bool,
}

/// A function that the host leaves out, and why; the others go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Broken {
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// All functions of `package`, and those that cannot be served, both by name.
///
/// # Errors
/// A sentence when the folder itself cannot be read.
pub(crate) fn load(
    package: &Path,
    host: &HostJson,
    settings: &Settings,
) -> Result<(Vec<Function>, Vec<Broken>), String> {
    let unreadable = |e: std::io::Error| format!("cannot read {}: {e}", package.display());
    let (mut functions, mut broken) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(package).map_err(unreadable)? {
        let folder = entry.map_err(unreadable)?;
        let Ok(text) = std::fs::read_to_string(folder.path().join("function.json")) else {
            continue;
        };
        let name = folder.file_name().to_string_lossy().into_owned();
        if settings
            .get(&format!("AzureWebJobs.{name}.Disabled"))
            .is_some_and(|value| value == "true" || value == "1")
        {
            broken.push(Broken { name, reason: "a setting disables it".into() });
            continue;
        }
        match parse(&name, &text, host, settings) {
            Ok(trigger) => functions.push(Function { name, trigger }),
            Err(reason) => broken.push(Broken { name, reason }),
        }
    }
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    broken.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((functions, broken))
}

#[derive(Deserialize)]
struct File {
    bindings: Vec<Binding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's format has them")]
struct Binding {
    r#type: String,
    direction: Option<String>,
    name: Option<String>,
    auth_level: Option<String>,
    methods: Option<Vec<String>>,
    route: Option<String>,
    queue_name: Option<String>,
    connection: Option<String>,
    data_type: Option<String>,
    cardinality: Option<String>,
    #[serde(default)]
    is_sessions_enabled: bool,
    #[serde(default = "yes")]
    auto_complete_messages: bool,
    schedule: Option<String>,
    #[serde(default = "yes")]
    use_monitor: bool,
    #[serde(default)]
    run_on_startup: bool,
}

fn yes() -> bool {
    true
}

fn parse(name: &str, text: &str, host: &HostJson, settings: &Settings) -> Result<Trigger, String> {
    if !is_function_name(name) {
        return Err(
            "its name must begin with a letter and have letters, digits, _ and - only".into()
        );
    }
    let file: File = serde_json::from_str(text)
        .map_err(|e| format!("its function.json is not understood: {e}"))?;
    let (triggers, others): (Vec<&Binding>, Vec<&Binding>) = file
        .bindings
        .iter()
        .partition(|binding| binding.r#type.to_lowercase().ends_with("trigger"));
    let [trigger] = triggers.as_slice() else {
        return Err(format!("it must have exactly one trigger, not {}", triggers.len()));
    };
    let mut names: Vec<&str> =
        file.bindings.iter().filter_map(|binding| binding.name.as_deref()).collect();
    names.sort_unstable();
    if names.len() < file.bindings.len() || !names.iter().all(|name| is_binding_name(name)) {
        return Err("each of its bindings needs a name that is an identifier or $return".into());
    }
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("the names of its bindings must differ".into());
    }
    if trigger.direction.as_deref().is_some_and(|direction| direction != "in") {
        return Err("the direction of its trigger must be \"in\"".into());
    }
    match trigger.r#type.to_lowercase().as_str() {
        "httptrigger" => http(name, trigger, &others, host, settings).map(Trigger::Http),
        "servicebustrigger" => queue(trigger, &others, settings).map(Trigger::Queue),
        "timertrigger" => timer(trigger, &others, settings).map(Box::new).map(Trigger::Timer),
        other => Err(format!("the trigger {other:?} is not served here")),
    }
}

/// `^[A-Za-z][A-Za-z0-9_-]{0,127}$`, and not `host`.
fn is_function_name(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !name.eq_ignore_ascii_case("host")
}

fn is_binding_name(name: &str) -> bool {
    name == "$return"
        || (name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

fn name_of(binding: &Binding) -> String {
    binding.name.clone().expect("the names of all bindings were checked")
}

fn http(
    name: &str,
    trigger: &Binding,
    others: &[&Binding],
    host: &HostJson,
    settings: &Settings,
) -> Result<HttpTrigger, String> {
    let is_output = |binding: &Binding| {
        binding.r#type.eq_ignore_ascii_case("http") && binding.direction.as_deref() == Some("out")
    };
    if !matches!(others, [only] if is_output(only)) {
        return Err(
            "beside its httpTrigger it must have one http output only: nothing else is proxied"
                .into(),
        );
    }
    let route = match trigger.route.as_deref() {
        None | Some("") => name.to_owned(),
        Some(route) => settings.resolve(route)?,
    };
    let authorization =
        match trigger.auth_level.as_deref().unwrap_or("function").to_lowercase().as_str() {
            "anonymous" => Authorization::Anonymous,
            "function" | "admin" => Authorization::Key,
            other => return Err(format!("its authLevel {other:?} does not exist")),
        };
    let methods =
        trigger.methods.as_ref().map(|methods| methods.iter().map(|text| method(text)).collect());
    Ok(HttpTrigger {
        template: Template::parse(&host.route_prefix, &route)?,
        methods: methods.transpose()?,
        authorization,
    })
}

fn method(text: &str) -> Result<Method, String> {
    Method::from_bytes(text.to_uppercase().as_bytes())
        .map_err(|_| format!("{text:?} is not an HTTP method"))
}

fn queue(
    trigger: &Binding,
    others: &[&Binding],
    settings: &Settings,
) -> Result<QueueTrigger, String> {
    no_others(others)?;
    let queue = trigger
        .queue_name
        .as_deref()
        .ok_or("its serviceBusTrigger has no queueName (topics are not served)")?;
    if trigger.is_sessions_enabled || !trigger.auto_complete_messages {
        return Err("sessions and autoCompleteMessages: false are not served here".into());
    }
    if trigger.cardinality.as_deref().is_some_and(|cardinality| cardinality != "one") {
        return Err("only cardinality one is served here".into());
    }
    let connection = trigger.connection.as_deref().unwrap_or("AzureWebJobsServiceBus");
    let by_identity = format!("{connection}__fullyQualifiedNamespace");
    if settings.get(connection).or(settings.get(&by_identity)).is_none() {
        return Err(format!("the setting {connection} of its connection is missing"));
    }
    let data = match trigger.data_type.as_deref().map(str::to_lowercase).as_deref() {
        None | Some("string") => DataType::String,
        Some("binary") => DataType::Binary,
        Some(other) => return Err(format!("the dataType {other:?} is not served here")),
    };
    Ok(QueueTrigger {
        queue: settings.resolve(queue)?.to_lowercase(),
        binding: name_of(trigger),
        data,
    })
}

fn timer(
    trigger: &Binding,
    others: &[&Binding],
    settings: &Settings,
) -> Result<TimerTrigger, String> {
    no_others(others)?;
    let schedule = trigger.schedule.as_deref().ok_or("its timerTrigger has no schedule")?;
    Ok(TimerTrigger {
        binding: name_of(trigger),
        schedule: Schedule::parse(&settings.resolve(schedule)?)?,
        use_monitor: trigger.use_monitor,
        run_on_startup: trigger.run_on_startup,
    })
}

// Outputs of queue and timer functions lose message ids and times in the real host; nobody should want them.
fn no_others(others: &[&Binding]) -> Result<(), String> {
    match others {
        [] => Ok(()),
        [first, ..] => Err(format!("its {} binding is not served here", first.r#type)),
    }
}

#[cfg(test)]
#[path = "functions_tests.rs"]
mod tests;
