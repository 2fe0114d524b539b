//! The Functions host's stand-in: reads the staged package, keeps the handler alive and calls its functions.

pub(crate) mod admin;
mod billing;
mod envelope;
pub(crate) mod faults;
mod functions;
mod host_json;
pub(crate) mod http;
mod invoke;
mod keeper;
mod package;
mod process;
pub(crate) mod proxy;
mod pump;
mod routes;
mod schedule;
pub(crate) mod settings;
#[cfg(test)]
pub(crate) mod testing;
mod timers;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use self::faults::Switches;
use self::functions::{Broken, Function, Trigger};
use self::host_json::HostJson;
use self::keeper::Keeper;
use self::process::Plan;
use self::settings::Settings;
use self::timers::Timers;
use crate::cloud::Cloud;
use crate::cloud::service_bus::Broker;
use crate::ground::{Ground, GroundParts};
use crate::{console, front};

/// What the command line says.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// 0 takes any free port.
    pub(crate) port: u16,
    pub(crate) data: PathBuf,
    /// `None` stages one.
    pub(crate) package: Option<PathBuf>,
    /// `None` is the package's own, or for staging the `imagegen` beside this program.
    pub(crate) handler: Option<PathBuf>,
    pub(crate) restart_limit: u32,
    /// An identity in place of keys.
    pub(crate) keyless: bool,
    /// Origins that browsers may call from, beside our own.
    pub(crate) cors: Vec<String>,
}

/// Everything that a request, a message or a tick needs.
pub(crate) struct Host {
    pub(crate) ground: Ground,
    pub(crate) json: HostJson,
    pub(crate) functions: Vec<Function>,
    pub(crate) broken: Vec<Broken>,
    pub(crate) keeper: Keeper,
    pub(crate) broker: Broker,
    pub(crate) cloud: Cloud,
    pub(crate) timers: Timers,
    pub(crate) faults: Switches,
    pub(crate) cors: Vec<String>,
    /// For queue and timer functions; HTTP functions go through [`Self::connections`].
    client: reqwest::Client,
    connections: proxy::Connections,
}

/// Serves until a signal ends us.
///
/// # Errors
/// A sentence that says why it cannot begin or go on.
pub(crate) async fn run(options: Options) -> Result<(), String> {
    let (data, _claim) = package::claim(&options.data)?;
    let listeners = front::bind(options.port).await?;
    let ground = GroundParts::open(listeners.port, &data)?;
    let settings = Settings::new(&ground, environment());
    let settings = if options.keyless { settings.keyless(&ground) } else { settings };
    let root =
        package::folder(options.package.as_deref(), options.handler.as_deref(), &data).await?;
    let json = host_json::read(&root, &settings)?;
    // A package that we staged has the handler in it already.
    let replacement = options.handler.as_deref().filter(|_| options.package.is_some());
    let plan = Plan::new(&root, &json.handler, replacement, settings)?;
    let (functions, broken) = functions::load(&root, &json, &plan.settings)?;
    for Broken { name, reason } in &broken {
        console::host(&format!("the function {name} is left out: {reason}"));
    }
    let (keeper, orders) = keeper::keeper(plan.initialization_timeout);
    let unusable = |e| format!("cannot use {}: {e}", data.join("local.sqlite").display());
    let host = Arc::new(Host {
        broker: Broker::open(Arc::clone(&ground)).map_err(unusable)?,
        cloud: Cloud::open(&ground)?,
        timers: Timers::open(Arc::clone(&ground)).map_err(unusable)?,
        ground,
        json,
        functions,
        broken,
        keeper,
        faults: Switches::default(),
        cors: options.cors,
        client: client(),
        connections: proxy::connections(),
    });
    let mut signals = Signals::listen()?;
    listen(&host).map_err(unusable)?;
    package::announce(&data, listeners.port)?;
    console::line(&format!("Listening on http://localhost:{}", listeners.port));
    console::line(&what_to_try(listeners.port));
    // The listeners take calls from here on, though nobody answers them before the next line.
    billing::set_up(&host.ground, &plan);
    tokio::select! {
        // Dropped with the others, this future kills the handler.
        reason = keeper::keep(&host.keeper, orders, &plan, &host.faults, options.restart_limit) => Err(reason),
        () = front::serve(Arc::clone(&host), listeners) => Ok(()),
        () = signals.first() => Ok(()),
    }
}

/// Runs `command` with the handler's settings of the local cloud at `data`, in this process's place.
///
/// # Errors
/// A sentence: no local cloud has run there, or the command cannot be started.
pub(crate) fn with_settings(
    data: &std::path::Path,
    command: &[std::ffi::OsString],
) -> Result<(), String> {
    use std::os::unix::process::CommandExt as _;
    let announced = std::fs::read_to_string(data.join("port")).ok();
    let port = announced.and_then(|port| port.trim().parse().ok());
    let port = port.ok_or_else(|| format!("no local cloud has run in {}", data.display()))?;
    let data = std::path::absolute(data).map_err(|e| format!("cannot find --data: {e}"))?;
    let ground = GroundParts::open(port, &data)?;
    let settings = Settings::new(&ground, environment());
    let (program, arguments) = command.split_first().expect("clap asks for one at least");
    let failed = std::process::Command::new(program).args(arguments).envs(settings.all()).exec();
    Err(format!("cannot start {}: {failed}", program.display()))
}

/// What a person who has just started this may want to do next.
fn what_to_try(port: u16) -> String {
    let at_port = if port == 7071 { String::new() } else { format!(" PORT={port}") };
    format!(
        "Try: open http://localhost:{port} in a browser, or in another shell\n  \
         make demo PROMPT=\"a lighthouse at night\"{at_port}\n  \
         curl -s http://localhost:{port}/api/v1/models\n\
         Pictures are drawn by a painter that stands in for FLUX. End with Ctrl+C."
    )
}

/// Starts what calls functions by itself.
fn listen(host: &Arc<Host>) -> Result<(), crate::cloud::service_bus::Error> {
    for Function { name, trigger } in host.functions.clone() {
        match trigger {
            Trigger::Http(_) => {}
            Trigger::Queue(queue) => {
                host.broker.declare(&queue.queue)?;
                tokio::spawn(pump::pump(Arc::clone(host), name, queue));
            }
            Trigger::Timer(timer) => {
                tokio::spawn(timers::tick(Arc::clone(host), name, *timer));
            }
        }
    }
    Ok(())
}

/// What is not UTF-8 is nobody's setting.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Never through a proxy of the user's, and never elsewhere than asked.
fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client without TLS has nothing that can fail")
}

/// The two signals that end us in peace.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Signals, String> {
        let listen = |kind| signal(kind).map_err(|e| format!("cannot listen for signals: {e}"));
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn first(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
