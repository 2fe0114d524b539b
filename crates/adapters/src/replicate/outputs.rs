//! From where outputs may be fetched. A webhook's body names the address; without this list, whoever got one past us
//! could make us call anything and hand our token to it.

use reqwest::Url;

use super::InvalidReplicateSettings;

#[derive(Debug)]
pub(super) struct OutputHosts(Vec<OutputHost>);

#[derive(Debug)]
enum OutputHost {
    /// This host and all below it, over https at its usual port.
    Domain(String),
    /// Exactly this host and port.
    Address { host: String, port: u16 },
}

impl OutputHosts {
    pub(super) fn parse(texts: &[String]) -> Result<Self, InvalidReplicateSettings> {
        let host = |text: &String| OutputHost::parse(text.trim());
        let hosts = texts.iter().map(host).collect::<Option<Vec<_>>>();
        hosts.map(Self).ok_or(InvalidReplicateSettings::OutputHost)
    }

    /// `url` must be private already: https, or http on this machine.
    pub(super) fn allow(&self, url: &Url) -> bool {
        self.0.iter().any(|host| host.allows(url))
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
            assert!(OutputHosts::parse(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
