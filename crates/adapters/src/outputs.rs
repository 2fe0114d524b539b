//! From where outputs may be fetched. A provider's answer or webhook names the address; without this list, whoever got
//! one past us could make us call anything and hand our token to it.

use std::time::Duration;

use imagegen_core::ports::image_provider::ProviderError;
use reqwest::Url;

use crate::http::{Call, Http, HttpError, private_url};

/// Bytes: the port's promise.
pub(crate) const LARGEST_OUTPUT: usize = 32 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct OutputHosts(Vec<OutputHost>);

#[derive(Debug)]
enum OutputHost {
    /// This host and all below it, over https at its usual port.
    Domain(String),
    /// Exactly this host and port.
    Address { host: String, port: u16 },
}

impl OutputHosts {
    /// `None` when one of them is no host, nor a host and a port.
    pub(crate) fn parse(texts: &[String]) -> Option<Self> {
        let host = |text: &String| OutputHost::parse(text.trim());
        texts.iter().map(host).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The address, if it is on one of the hosts and nobody on the way can read what is sent to it.
    pub(crate) fn allowed(&self, output: &str) -> Option<Url> {
        private_url(output).filter(|url| self.allow(url))
    }

    /// `url` must be private already: https, or http on this machine.
    fn allow(&self, url: &Url) -> bool {
        self.0.iter().any(|host| host.allows(url))
    }
}

/// Downloads an output, as the port promises it.
pub(crate) async fn fetch(
    http: &Http,
    hosts: &OutputHosts,
    output: &str,
    authorized: impl FnOnce(Call) -> Call,
) -> Result<Vec<u8>, ProviderError> {
    let refused = |reason: String| ProviderError::Refused { reason };
    let url = hosts.allowed(output);
    let url = url.ok_or_else(|| refused("the output is not on the provider's hosts".into()))?;
    let call = Call::get(url)
        .timeout(Duration::from_secs(30))
        .patience(Duration::from_secs(45))
        .largest_answer(LARGEST_OUTPUT);
    let reply = http.send_idempotent(&authorized(call)).await.map_err(|error| match error {
        HttpError::TooLarge { .. } => refused(error.to_string()),
        HttpError::Unsent { .. } | HttpError::Lost { .. } => {
            ProviderError::Unavailable(error.into())
        }
    })?;
    match reply.status.as_u16() {
        200 => Ok(reply.body),
        408 | 429 | 500..=599 => Err(ProviderError::Unavailable(reply.unexpected().into())),
        _ => Err(refused(reply.unexpected().to_string())),
    }
}

impl OutputHost {
    fn parse(text: &str) -> Option<Self> {
        // The URL parser knows what a host is, and writes it as it will write those that we compare.
        let url = Url::parse(&format!("http://{text}/")).ok()?;
        let host = url.host_str()?.to_owned();
        let plain = !text.contains(['/', '@', '?', '#', '*']) && !host.starts_with('.');
        // An explicit `:80` is the scheme's default, and no `url.port()`.
        let port = text.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        plain.then_some(match port {
            Some(port) => Self::Address { host, port },
            None => Self::Domain(host),
        })
    }

    fn allows(&self, url: &Url) -> bool {
        let asked = url.host_str().unwrap_or_default();
        match self {
            Self::Domain(host) => {
                let below = || asked.strip_suffix(host).is_some_and(|rest| rest.ends_with('.'));
                url.scheme() == "https" && url.port().is_none() && (asked == host || below())
            }
            Self::Address { host, port } => {
                asked == host && url.port_or_known_default() == Some(*port)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_hosts_are_fetched_from() {
        let hosts = ["replicate.delivery".to_owned(), "127.0.0.1:7071".to_owned()];
        let hosts = OutputHosts::parse(&hosts).expect("hosts");
        for (url, allowed) in [
            ("https://replicate.delivery/a.webp", true),
            ("https://pbxt.replicate.delivery/a/b.webp?x=1", true),
            ("https://REPLICATE.delivery:443/a", true),
            ("http://127.0.0.1:7071/files/a", true),
            ("http://replicate.delivery/a", false),
            ("https://replicate.delivery:8443/a", false),
            ("https://evilreplicate.delivery/a", false),
            ("https://replicate.delivery.evil.example/a", false),
            ("https://replicate.delivery./a", false),
            ("https://evil.example/replicate.delivery", false),
            ("http://127.0.0.1:7072/a", false),
            ("http://127.0.0.1/a", false),
            ("http://localhost:7071/a", false),
            ("https://169.254.169.254/metadata", false),
        ] {
            let parsed = Url::parse(url).expect(url);
            assert_eq!(hosts.allow(&parsed), allowed, "{url}");
        }
    }

    #[test]
    fn a_host_is_a_host() {
        for wrong in ["", " ", "https://a.example", "a.example/x", "*.a.example", ".a", "u@a", ":1"]
        {
            assert!(OutputHosts::parse(&[wrong.to_owned()]).is_none(), "{wrong}");
        }
    }
}
