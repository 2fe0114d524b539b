//! Parameters: `a[b][0][c]=1` in a body or a query, taken by name. What nobody takes is unknown, and refused.

use serde_json::{Map, Value};

use super::refusal::{Done, Refusal};

/// The parameters of one call, or those in one pair of brackets.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// What stands before the brackets; empty at the top.
    path: String,
    fields: Vec<(String, Node)>,
}

#[derive(Debug)]
enum Node {
    Text(String),
    Branch(Vec<(String, Node)>),
}

/// `created` and its like: a time, or bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Range {
    /// Both inclusive.
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

impl Range {
    pub(super) fn holds(self, time: i64) -> bool {
        self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time <= to)
    }
}

impl Form {
    pub(super) fn parse(pairs: Vec<(String, String)>) -> Done<Self> {
        let mut fields = Vec::new();
        for (name, value) in pairs {
            let (first, rest) = name.split_at(name.find('[').unwrap_or(name.len()));
            let inner = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let mut path = vec![first];
            match inner {
                Some(inner) => path.extend(inner.split("][")),
                None if rest.is_empty() => {}
                None => return Err(Refusal::invalid(&name, format!("Invalid parameter: {name}"))),
            }
            put(&mut fields, &path, value)
                .map_err(|()| Refusal::invalid(first, format!("Invalid hash or array: {name}")))?;
        }
        Ok(Self { path: String::new(), fields })
    }

    /// As errors name it.
    pub(super) fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.path) }
    }

    fn take(&mut self, name: &str) -> Option<Node> {
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.remove(place).1)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    pub(super) fn text(&mut self, name: &str) -> Done<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Node::Text(text)) => Ok(Some(text)),
            Some(Node::Branch(_)) => {
                let name = self.name(name);
                Err(Refusal::invalid(&name, format!("Invalid string: {name}")))
            }
        }
    }

    /// One that must be there and say something.
    pub(super) fn needed(&mut self, name: &str) -> Done<String> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| Refusal::parameter_missing(&self.name(name)))
    }

    pub(super) fn flag(&mut self, name: &str) -> Done<Option<bool>> {
        match self.text(name)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => {
                Err(Refusal::invalid(&self.name(name), format!("Invalid boolean: {other}")))
            }
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Done<Option<i64>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().map_err(|_| {
            let message = format!("Invalid integer: {text}");
            Refusal::coded("parameter_invalid_integer", &self.name(name), message)
        })?;
        Ok(Some(number))
    }

    pub(super) fn one_of(&mut self, name: &str, values: &[&str]) -> Done<Option<String>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if values.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let name = self.name(name);
        let message = format!("Invalid {name}: must be one of {}", values.join(", "));
        Err(Refusal::invalid(&name, message))
    }

    /// An address of the web.
    pub(super) fn url(&mut self, name: &str) -> Done<Option<String>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // The placeholder has braces, which no address has.
        let plain = text.replace("{CHECKOUT_SESSION_ID}", "id");
        let fits =
            url::Url::parse(&plain).is_ok_and(|url| ["http", "https"].contains(&url.scheme()));
        if fits {
            return Ok(Some(text));
        }
        Err(Refusal::coded("url_invalid", &self.name(name), "Not a valid URL"))
    }

    /// What is in the brackets after `name`; an empty value is empty brackets.
    pub(super) fn within(&mut self, name: &str) -> Done<Option<Form>> {
        let path = self.name(name);
        match self.take(name) {
            None => Ok(None),
            Some(Node::Branch(fields)) => Ok(Some(Form { path, fields })),
            Some(Node::Text(text)) if text.is_empty() => {
                Ok(Some(Form { path, fields: Vec::new() }))
            }
            Some(Node::Text(_)) => Err(Refusal::invalid(&path, "Invalid object")),
        }
    }

    /// A list of objects.
    pub(super) fn each(&mut self, name: &str) -> Done<Vec<Form>> {
        let Some(list) = self.within(name)? else { return Ok(Vec::new()) };
        let path = list.path.clone();
        list.in_order()
            .into_iter()
            .map(|(place, node)| match node {
                Node::Branch(fields) => Ok(Form { path: format!("{path}[{place}]"), fields }),
                Node::Text(_) => Err(Refusal::invalid(&path, "Invalid array")),
            })
            .collect()
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Done<Vec<String>> {
        let Some(list) = self.within(name)? else { return Ok(Vec::new()) };
        let path = list.path.clone();
        list.in_order()
            .into_iter()
            .map(|(_, node)| match node {
                Node::Text(text) => Ok(text),
                Node::Branch(_) => Err(Refusal::invalid(&path, "Invalid array")),
            })
            .collect()
    }

    fn in_order(self) -> Vec<(String, Node)> {
        let mut fields = self.fields;
        fields.sort_by_key(|(place, _)| place.parse::<u32>().unwrap_or(u32::MAX));
        fields
    }

    /// What the stand-in keeps as it is and only gives back.
    pub(super) fn any(&mut self, name: &str) -> Option<Value> {
        self.take(name).map(plain)
    }

    /// A time, or `[gt]`, `[gte]`, `[lt]` and `[lte]`.
    pub(super) fn range(&mut self, name: &str) -> Done<Range> {
        if let Some((_, Node::Text(_))) = self.fields.iter().find(|(field, _)| field == name) {
            let time = self.number(name)?;
            return Ok(Range { from: time, to: time });
        }
        let Some(mut bounds) = self.within(name)? else { return Ok(Range::default()) };
        let above = bounds.number("gt")?.map(|time| time + 1);
        let below = bounds.number("lt")?.map(|time| time - 1);
        let range =
            Range { from: bounds.number("gte")?.or(above), to: bounds.number("lte")?.or(below) };
        bounds.finish()?;
        Ok(range)
    }

    /// Merges `metadata` into what is there; an empty value takes a key away.
    pub(super) fn metadata(&mut self, object: &mut Value) -> Done<()> {
        if !object["metadata"].is_object() {
            object["metadata"] = Value::Object(Map::new());
        }
        let Some(metadata) = self.within("metadata")? else { return Ok(()) };
        let path = metadata.path.clone();
        let kept = object["metadata"].as_object_mut().expect("it was made an object");
        if metadata.fields.is_empty() {
            kept.clear();
        }
        for (key, node) in metadata.fields {
            let Node::Text(value) = node else {
                return Err(Refusal::invalid(&path, "Metadata values must be strings."));
            };
            if key.chars().count() > 40 || value.chars().count() > 500 {
                let message = "Metadata keys can have up to 40 characters and values up to 500.";
                return Err(Refusal::invalid(&format!("{path}[{key}]"), message));
            }
            if value.is_empty() {
                kept.remove(&key);
            } else {
                kept.insert(key, Value::String(value));
            }
        }
        if kept.len() > 50 {
            return Err(Refusal::invalid(&path, "Metadata can have up to 50 keys."));
        }
        Ok(())
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Done<()> {
        match self.fields.first() {
            None => Ok(()),
            Some((field, _)) => Err(Refusal::parameter_unknown(&self.name(field))),
        }
    }
}

fn put(fields: &mut Vec<(String, Node)>, path: &[&str], value: String) -> Result<(), ()> {
    let (first, rest) = path.split_first().ok_or(())?;
    // `a[]=` goes on with the list.
    let name = if first.is_empty() { fields.len().to_string() } else { (*first).to_owned() };
    let place = fields.iter().position(|(field, _)| *field == name);
    match (place, rest) {
        // The last of two is the one that counts.
        (Some(place), []) => fields[place].1 = Node::Text(value),
        (None, []) => fields.push((name, Node::Text(value))),
        (place, rest) => {
            let place = place.unwrap_or_else(|| {
                fields.push((name, Node::Branch(Vec::new())));
                fields.len() - 1
            });
            let Node::Branch(inner) = &mut fields[place].1 else { return Err(()) };
            put(inner, rest, value)?;
        }
    }
    Ok(())
}

fn plain(node: Node) -> Value {
    match node {
        Node::Text(text) => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "" => Value::Null,
            _ => Value::String(text),
        },
        Node::Branch(fields)
            if !fields.is_empty() && fields.iter().all(|(name, _)| name.parse::<u32>().is_ok()) =>
        {
            fields.into_iter().map(|(_, node)| plain(node)).collect()
        }
        Node::Branch(fields) => {
            Value::Object(fields.into_iter().map(|(name, node)| (name, plain(node))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::pairs;

    fn form(text: &str) -> Form {
        Form::parse(pairs(text.as_bytes())).expect("it is a form")
    }

    #[test]
    fn brackets_are_objects_and_lists() {
        let mut form = form(
            "line_items[0][price]=p1&line_items[1][price]=p2&expand[]=a&expand[]=b&created%5Bgt%5D=5&x=1",
        );
        let mut prices = Vec::new();
        for mut item in form.each("line_items").expect("a list") {
            prices.push(item.needed("price").expect("it is there"));
        }
        assert_eq!(prices, ["p1", "p2"]);
        assert_eq!(form.texts("expand").expect("a list"), ["a", "b"]);
        assert_eq!(form.range("created").expect("a range"), Range { from: Some(6), to: None });
        let left = form.finish().expect_err("x is unknown");
        assert_eq!(left.body("req_1")["error"]["code"], "parameter_unknown");
        assert_eq!(left.body("req_1")["error"]["param"], "x");
    }

    #[test]
    fn what_is_unknown_deep_inside_is_named_whole() {
        let mut form = form("items[0][id]=si_1&items[0][prize]=p");
        let mut item = form.each("items").expect("a list").remove(0);
        item.needed("id").expect("it is there");
        let left = item.finish().expect_err("prize is unknown");
        assert_eq!(left.body("req_1")["error"]["param"], "items[0][prize]");
    }

    #[test]
    fn metadata_is_merged_and_an_empty_value_takes_away() {
        let mut object = serde_json::json!({ "metadata": { "a": "1", "b": "2" } });
        form("metadata[a]=&metadata[c]=3").metadata(&mut object).expect("it fits");
        assert_eq!(object["metadata"], serde_json::json!({ "b": "2", "c": "3" }));
        form("metadata=").metadata(&mut object).expect("it fits");
        assert_eq!(object["metadata"], serde_json::json!({}));
    }

    #[test]
    fn a_text_that_is_also_an_object_is_refused() {
        assert!(Form::parse(pairs(b"a=1&a[b]=2")).is_err());
        assert!(Form::parse(pairs(b"a[b=2")).is_err());
    }
}
