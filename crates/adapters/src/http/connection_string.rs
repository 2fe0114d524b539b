//! `Endpoint=…;SomeKey=…;`, as Azure hands them out.

use super::{Endpoint, InvalidEndpoint, Secret};

/// A parsed connection string. Keys are matched without regard to case.
#[derive(Debug, Clone)]
pub struct ConnectionString {
    parts: Vec<(String, Secret)>,
}

/// What is wrong with a connection string, without showing any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConnectionString {
    #[error("each part of the connection string must be `key=value`")]
    Malformed,
    #[error("the connection string lacks `{0}`")]
    Missing(&'static str),
    #[error("the connection string's `{0}` cannot be used here")]
    Unusable(&'static str),
    #[error("the connection string's `Endpoint` {0}")]
    Endpoint(InvalidEndpoint),
}

impl ConnectionString {
    pub fn parse(text: &str) -> Result<Self, InvalidConnectionString> {
        let part = |part: &str| {
            // Only the first `=`: keys end in base64's padding.
            let (key, value) = part.split_once('=').ok_or(InvalidConnectionString::Malformed)?;
            Ok((key.trim().to_ascii_lowercase(), Secret::new(value.trim())))
        };
        let parts = text.split(';').filter(|p| !p.trim().is_empty()).map(part);
        Ok(Self { parts: parts.collect::<Result<_, _>>()? })
    }

    pub fn get(&self, key: &'static str) -> Option<&Secret> {
        let found = self.parts.iter().find(|(k, _)| k.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value).filter(|v| !v.expose().is_empty())
    }

    pub fn need(&self, key: &'static str) -> Result<&Secret, InvalidConnectionString> {
        self.get(key).ok_or(InvalidConnectionString::Missing(key))
    }

    /// `Endpoint`, with `sb://` read as `https://`.
    pub fn endpoint(&self) -> Result<Endpoint, InvalidConnectionString> {
        let text = self.need("Endpoint")?.expose();
        let text = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sb") => format!("https://{rest}"),
            _ => text.to_owned(),
        };
        text.parse().map_err(InvalidConnectionString::Endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_no_case_and_values_may_hold_equal_signs() {
        let parsed = ConnectionString::parse("ENDPOINT=sb://ns.example/;accesskey=YQ==;;")
            .expect("a connection string");
        assert_eq!(parsed.endpoint().map(|e| e.to_string()), Ok("https://ns.example".into()));
        assert_eq!(parsed.get("AccessKey").map(Secret::expose), Some("YQ=="));
        assert_eq!(parsed.need("Port").err(), Some(InvalidConnectionString::Missing("Port")));
    }

    #[test]
    fn a_wrong_one_is_refused_without_being_shown() {
        let error = ConnectionString::parse("Endpoint=sb://x;hunter2").expect_err("malformed");
        assert!(!error.to_string().contains("hunter2"));
        let plain = ConnectionString::parse("Endpoint=http://ns.example").expect("readable");
        assert!(plain.endpoint().is_err());
        assert!(!format!("{plain:?}").contains("ns.example"));
    }
}
