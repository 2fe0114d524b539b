//! `application/x-www-form-urlencoded` as Stripe reads it: nesting is spelled with brackets in the names
//! (`line_items[0][price]`), and the order stays.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// A vendor's own client sends brackets as they are, and Stripe reads both.
const NAME: &AsciiSet = &VALUE.remove(b'[').remove(b']');

/// A body, or a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "text, numbers and ids as they come")]
    pub(super) fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    /// `name[0]`, `name[1]`, …
    #[must_use]
    pub(super) fn with_all<T: ToString>(
        self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let numbered = values.into_iter().enumerate();
        numbered.fold(self, |form, (n, value)| form.with(format!("{name}[{n}]"), value))
    }

    #[must_use]
    pub(super) fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn encode(&self) -> String {
        let pair = |(name, value): &(String, String)| {
            let name = utf8_percent_encode(name, NAME);
            format!("{name}={}", utf8_percent_encode(value, VALUE))
        };
        self.0.iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use reqwest::Url;

    /// The pairs as the URL standard reads them.
    fn decode(text: &str) -> Vec<(String, String)> {
        let url = Url::parse(&format!("http://localhost/?{text}")).expect("a query");
        url.query_pairs().into_owned().collect()
    }

    #[test]
    fn brackets_stay_and_everything_else_is_escaped() {
        let form = Form::new()
            .with("metadata[user id]", "a+b&c=d")
            .with("success_url", "https://app/?session={CHECKOUT_SESSION_ID}")
            .with("enabled", true)
            .with_some("none", None::<&str>)
            .with_all("types", ["a.b", "c"]);
        assert_eq!(
            form.encode(),
            "metadata[user%20id]=a%2Bb%26c%3Dd\
             &success_url=https%3A%2F%2Fapp%2F%3Fsession%3D%7BCHECKOUT_SESSION_ID%7D\
             &enabled=true&types[0]=a.b&types[1]=c"
        );
        assert_eq!(Form::new().encode(), "");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_in_the_same_order(
            pairs in proptest::collection::vec(("\\PC{1,12}", "\\PC{0,40}|[\\x00-\\x7f]{0,40}"), 1..8)
        ) {
            let form = Form(pairs.clone());
            let text = form.encode();
            prop_assert!(text.is_ascii() && !text.contains(' '), "{text}");
            prop_assert_eq!(decode(&text), pairs);
        }
    }
}
