//! What a search asks for, and what meeting it means: the same for a store that has a query language and for one that
//! reads document by document with [`met`].

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Document;

/// The most documents that one [`search`](super::Documents::search) looks at.
///
/// Read from disk this many small documents take some 10 ms; see ADR 14.
pub const MAX_LOOKED_AT: usize = 2_000;

/// Which documents of a partition, last position first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub kind: &'static str,
    /// Only this position and greater ones.
    pub from: Option<String>,
    /// Only positions less than this one.
    pub before: Option<String>,
    /// All of them are to be met.
    pub conditions: Vec<Condition>,
    /// 1 to 100.
    pub limit: usize,
}

/// What one value of a document's body is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Names of members joined by dots, such as `order.model`. Members of arrays are not reached.
    pub path: &'static str,
    pub test: Test,
}

/// An absent value, and one of another type, meets none of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    IsTrue,
    /// The text is exactly one of these.
    OneOf(Vec<String>),
    /// The text has this one in it; capital and small letters are alike, of all alphabets that have both.
    Contains(String),
}

/// One page of what a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub documents: Vec<Document>,
    /// [`Search::before`] of the next page; `None` when no document is left to look at.
    pub next: Option<String>,
}

/// Whether the body of a document meets all of `conditions`. A body that is no JSON meets none.
pub fn met(conditions: &[Condition], body: &str) -> bool {
    if conditions.is_empty() {
        return true;
    }
    let mut values = vec![Value::Other; conditions.len()];
    let wanted = conditions.iter().map(|condition| condition.path).enumerate().collect();
    let mut reader = serde_json::Deserializer::from_str(body);
    let read = Members { wanted, values: &mut values }.deserialize(&mut reader);
    read.is_ok() && conditions.iter().zip(&values).all(|(c, value)| c.test.met_by(value))
}

impl Test {
    fn met_by(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::IsTrue, Value::Flag(flag)) => *flag,
            (Self::OneOf(texts), Value::Text(text)) => texts.contains(text),
            (Self::Contains(part), Value::Text(text)) => {
                text.to_lowercase().contains(&part.to_lowercase())
            }
            (_, Value::Text(_) | Value::Flag(_) | Value::Other) => false,
        }
    }
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Flag(bool),
    /// Absent, or of a type that nothing is asked about.
    Other,
}

/// Reads the values that are asked about and passes over the rest: a document is a page of text, and a search looks
/// at thousands.
struct Members<'a> {
    /// Which value each path, from here on, leads to.
    wanted: Vec<(usize, &'static str)>,
    values: &'a mut [Value],
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let deeper = self.wanted.iter().filter(|(_, path)| !path.is_empty());
            let below = deeper.filter_map(|(index, path)| {
                let rest = path.strip_prefix(name.as_str())?;
                let rest = rest.strip_prefix('.').or(rest.is_empty().then_some(""))?;
                Some((*index, rest))
            });
            let below: Vec<_> = below.collect();
            if below.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(Members { wanted: below, values: &mut *self.values })?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        for (index, path) in self.wanted {
            if path.is_empty() {
                self.values[index] = Value::Text(text.to_owned());
            }
        }
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<(), E> {
        for (index, path) in self.wanted {
            if path.is_empty() {
                self.values[index] = Value::Flag(flag);
            }
        }
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(path: &'static str, text: &str) -> Condition {
        Condition { path, test: Test::OneOf(vec![text.to_owned()]) }
    }

    fn has(path: &'static str, text: &str) -> Condition {
        Condition { path, test: Test::Contains(text.to_owned()) }
    }

    #[test]
    fn conditions_reach_members_of_members_and_nothing_else() {
        let body =
            r#"{"a":{"b":"x","c":[{"d":"y"}]},"ab":"z","flag":true,"off":false,"n":1,"no":null}"#;
        assert!(met(&[], body));
        assert!(met(&[is("a.b", "x"), is("ab", "z")], body));
        assert!(met(&[Condition { path: "flag", test: Test::IsTrue }], body));
        for wrong in [is("a", "x"), is("b", "x"), is("a.b.c", "x"), is("a.c.d", "y"), is("n", "1")]
        {
            assert!(!met(std::slice::from_ref(&wrong), body), "{wrong:?}");
        }
        for path in ["off", "n", "no", "a", "ab", "missing"] {
            assert!(!met(&[Condition { path, test: Test::IsTrue }], body), "{path}");
        }
        assert!(!met(&[is("a.b", "x"), is("ab", "no")], body));
        assert!(!met(&[is("a.b", "x")], "no JSON"));
    }

    #[test]
    fn capital_and_small_letters_are_alike() {
        let body = r#"{"p":"Ein roter FUCHS im Schnee – Élan \"Ω\""}"#;
        for part in ["fuchs", "ROTER", "élan", "ω", "\"ω", "s im s", ""] {
            assert!(met(&[has("p", part)], body), "{part}");
        }
        assert!(!met(&[has("p", "füchse")], body));
    }
}
