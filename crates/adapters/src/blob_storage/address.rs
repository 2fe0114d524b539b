//! Where an account is, and what it is called.

use reqwest::Url;

use crate::http::{ConnectionString, Endpoint, InvalidConnectionString, Secret};

/// Of Microsoft's storage emulators, and public: `UseDevelopmentStorage=true` stands for it.
const EMULATED_ACCOUNT: &str = "devstoreaccount1";
const EMULATED_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const EMULATED_ENDPOINT: &str = "http://127.0.0.1:10000/devstoreaccount1";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) endpoint: Endpoint,
    pub(super) account: String,
}

impl Address {
    /// Of `https://ACCOUNT.blob.core.windows.net`, or of an emulator's `https://127.0.0.1:10000/ACCOUNT`.
    pub(super) fn of(text: &str) -> Option<Self> {
        let endpoint: Endpoint = text.trim().parse().ok()?;
        let account = account_in(endpoint.url())?;
        Some(Self { endpoint, account })
    }

    /// And the account's key.
    pub(super) fn of_connection_string(
        text: &str,
    ) -> Result<(Self, Secret), InvalidConnectionString> {
        use InvalidConnectionString::Unusable;

        let parts = ConnectionString::parse(text)?;
        if parts.get("UseDevelopmentStorage").is_some_and(|it| is_true(it.expose())) {
            if parts.get("DevelopmentStorageProxyUri").is_some() {
                return Err(Unusable("DevelopmentStorageProxyUri"));
            }
            let endpoint = EMULATED_ENDPOINT.parse().expect("it is an address of this machine");
            let address = Self { endpoint, account: EMULATED_ACCOUNT.to_owned() };
            return Ok((address, Secret::new(EMULATED_KEY)));
        }
        // It signs no links, and it expires.
        if parts.get("SharedAccessSignature").is_some() {
            return Err(Unusable("SharedAccessSignature"));
        }
        let account = parts.need("AccountName")?.expose();
        let endpoint = if let Some(endpoint) = parts.get("BlobEndpoint") {
            endpoint.expose().to_owned()
        } else {
            let part = |name, absent| parts.get(name).map_or(absent, Secret::expose);
            let protocol = part("DefaultEndpointsProtocol", "https");
            let suffix = part("EndpointSuffix", "core.windows.net");
            format!("{protocol}://{account}.blob.{suffix}")
        };
        let endpoint = endpoint.parse().map_err(InvalidConnectionString::Endpoint)?;
        let address = Self { endpoint, account: account.to_owned() };
        Ok((address, parts.need("AccountKey")?.clone()))
    }
}

fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

fn account_in(url: &Url) -> Option<String> {
    let mut segments = url.path_segments()?.filter(|segment| !segment.is_empty());
    let (first, more) = (segments.next(), segments.next());
    let named = match url.host_str()? {
        host if host == "localhost" || is_ip(host) => first.filter(|_| more.is_none())?,
        host => host.split('.').next().filter(|_| first.is_none())?,
    };
    let is_name = (3..=24).contains(&named.len()) && named.bytes().all(is_of_a_name);
    is_name.then(|| named.to_owned())
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_ip(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String, String) {
        let (address, key) = Address::of_connection_string(text).expect(text);
        (address.endpoint.to_string(), address.account, key.expose().to_owned())
    }

    #[test]
    fn an_account_is_called_as_its_address_says() {
        for (text, account) in [
            ("https://fluxstore.blob.core.windows.net", Some("fluxstore")),
            ("https://fluxstore.blob.core.windows.net/", Some("fluxstore")),
            ("https://fluxstore.blob.core.chinacloudapi.cn", Some("fluxstore")),
            ("https://127.0.0.1:10000/devstoreaccount1", Some("devstoreaccount1")),
            ("http://localhost:10000/devstoreaccount1/", Some("devstoreaccount1")),
            ("https://[::1]:10000/devstoreaccount1", Some("devstoreaccount1")),
            ("https://127.0.0.1:10000", None),
            ("https://fluxstore.blob.core.windows.net/images", None),
            ("https://127.0.0.1/devstoreaccount1/images", None),
            ("http://fluxstore.blob.core.windows.net", None),
            ("https://fluxstore.blob.core.windows.net/?sv=1", None),
            ("fluxstore", None),
        ] {
            assert_eq!(Address::of(text).map(|it| it.account).as_deref(), account, "{text}");
        }
    }

    #[test]
    fn a_connection_string_is_read_as_microsofts_clients_do() {
        let (url, account, key) = read(
            "DefaultEndpointsProtocol=https;AccountName=fluxstore;AccountKey=YQ==;\
             EndpointSuffix=core.windows.net",
        );
        assert_eq!(url, "https://fluxstore.blob.core.windows.net");
        assert_eq!((&*account, &*key), ("fluxstore", "YQ=="));
        let (url, ..) = read("AccountName=fluxstore;AccountKey=YQ==");
        assert_eq!(url, "https://fluxstore.blob.core.windows.net");
        let (url, account, _) = read(
            "AccountName=devstoreaccount1;AccountKey=YQ==;\
             BlobEndpoint=http://127.0.0.1:4000/devstoreaccount1;",
        );
        assert_eq!(
            (&*url, &*account),
            ("http://127.0.0.1:4000/devstoreaccount1", "devstoreaccount1")
        );
        let (url, account, key) = read("UseDevelopmentStorage=true");
        assert_eq!((&*url, &*account), (EMULATED_ENDPOINT, EMULATED_ACCOUNT));
        assert_eq!(key, EMULATED_KEY);
    }

    #[test]
    fn one_that_cannot_work_is_named_and_not_shown() {
        for text in [
            "AccountName=fluxstore",
            "AccountKey=aHVudGVyMg==",
            "AccountName=fluxstore;SharedAccessSignature=sv=1&sig=aHVudGVyMg==",
            "AccountName=fluxstore;AccountKey=aHVudGVyMg==;DefaultEndpointsProtocol=http",
            "AccountName=fluxstore;AccountKey=aHVudGVyMg==;BlobEndpoint=http://azurite:10000/x",
            "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://elsewhere",
            "hunter2",
        ] {
            let wrong = Address::of_connection_string(text).expect_err(text).to_string();
            assert!(!wrong.contains("hunter2") && !wrong.contains("aHVudGVyMg"), "{wrong}");
        }
    }
}
