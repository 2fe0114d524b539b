//! Where a vendor lives.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// The address that a vendor's paths are appended to: `https` anywhere, `http` on this machine alone, so that no key
/// travels in the clear. It may have a path of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an https URL, or an http URL of this machine, without user, query and fragment")]
pub struct InvalidEndpoint;

impl Endpoint {
    /// The address with `segments` appended to its path, escaped where needed.
    pub fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("http and https URLs have paths")
            .pop_if_empty()
            .extend(segments);
        url
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// Whether `url` is on the same scheme, host and port.
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// Its name or address, without a port.
    pub fn host(&self) -> &str {
        self.0.host_str().expect("http and https URLs have hosts")
    }

    /// The same address on another port.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        self.0.set_port(Some(port)).expect("http and https URLs have ports");
        self
    }
}

/// Without a slash at the end.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;
    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        let url = private_url(text).ok_or(InvalidEndpoint)?;
        let bare = url.query().is_none() && url.fragment().is_none();
        bare.then_some(Self(url)).ok_or(InvalidEndpoint)
    }
}

/// A URL that nobody on the way can read or change, and that brings no user name.
pub(crate) fn private_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let private = match url.scheme() {
        "https" => true,
        "http" => is_this_machine(&url),
        _ => false,
    };
    (private && url.username().is_empty() && url.password().is_none()).then_some(url)
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_travel_encrypted_or_not_at_all() {
        for good in
            ["https://a.example", "http://127.0.0.1:7071/x", "http://localhost", "http://[::1]:1"]
        {
            assert!(good.parse::<Endpoint>().is_ok(), "{good}");
        }
        for bad in [
            "http://a.example",
            "http://127.0.0.1.a.example",
            "ftp://127.0.0.1",
            "https://user@a.example",
            "https://a.example/?q",
            "a.example",
            "",
        ] {
            assert_eq!(bad.parse::<Endpoint>(), Err(InvalidEndpoint), "{bad}");
        }
    }

    #[test]
    fn paths_are_appended_to_a_prefix_and_escaped() {
        for base in ["http://localhost:1/_local/x", "http://localhost:1/_local/x/"] {
            let endpoint: Endpoint = base.parse().expect(base);
            let url = endpoint.join(["users", "a/b", ":send"]);
            assert_eq!(url.as_str(), "http://localhost:1/_local/x/users/a%2Fb/:send");
            assert_eq!(endpoint.to_string(), "http://localhost:1/_local/x");
        }
    }
}
