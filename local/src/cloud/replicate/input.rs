//! One input of a model: what it may be, and what is said when it is not.

use serde_json::{Value, json};

pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// JSON; empty when there is none.
    pub(super) default: &'static str,
}

pub(super) enum Kind {
    /// Must be given.
    Prompt,
    Boolean,
    Integer(i64, i64),
    Number(f64, f64),
    Choice(&'static [&'static str]),
    /// An http(s) or data URI.
    Image,
    /// At most so many of them.
    Images(usize),
}

pub(super) const fn input(name: &'static str, kind: Kind, default: &'static str) -> Input {
    Input { name, kind, default }
}

impl Input {
    pub(super) fn schema(&self) -> Value {
        let mut schema = match self.kind {
            Kind::Prompt => json!({"type": "string"}),
            Kind::Boolean => json!({"type": "boolean"}),
            Kind::Integer(least, most) => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
            Kind::Number(least, most) => {
                json!({"type": "number", "minimum": least, "maximum": most})
            }
            Kind::Choice(choices) => json!({"type": "string", "enum": choices}),
            Kind::Image => json!({"type": "string", "format": "uri"}),
            Kind::Images(most) => {
                json!({"type": "array", "items": {"type": "string", "format": "uri"}, "maxItems": most})
            }
        };
        if let Ok(default) = serde_json::from_str::<Value>(self.default) {
            schema["default"] = default;
        }
        schema
    }
}

impl Kind {
    /// What is wrong with `value`, worded as the vendor words it.
    pub(super) fn complaint(&self, name: &str, value: Option<&Value>) -> Option<String> {
        let Some(value) = value else {
            return matches!(self, Self::Prompt).then(|| format!("{name} is required"));
        };
        let ill_typed = |expected: &str| {
            format!("Invalid type. Expected: {expected}, given: {}", kind_of(value))
        };
        let beyond = |below: bool, least: &dyn ToString, most: &dyn ToString| {
            if below {
                format!("Must be greater than or equal to {}", least.to_string())
            } else {
                format!("Must be less than or equal to {}", most.to_string())
            }
        };
        match self {
            Self::Prompt => (!value.is_string()).then(|| ill_typed("string")),
            Self::Boolean => (!value.is_boolean()).then(|| ill_typed("boolean")),
            Self::Integer(least, most) => match value.as_i64() {
                None => Some(ill_typed("integer")),
                Some(it) => (it < *least || it > *most).then(|| beyond(it < *least, least, most)),
            },
            Self::Number(least, most) => match value.as_f64() {
                None => Some(ill_typed("number")),
                Some(it) => (it < *least || it > *most).then(|| beyond(it < *least, least, most)),
            },
            Self::Choice(choices) => match value.as_str() {
                None => Some(ill_typed("string")),
                Some(it) => (!choices.contains(&it)).then(|| {
                    let quoted: Vec<String> =
                        choices.iter().map(|choice| format!("\"{choice}\"")).collect();
                    format!("input.{name} must be one of the following: {}", quoted.join(", "))
                }),
            },
            Self::Image => (!is_uri(value)).then(|| "Does not match format 'uri'".to_owned()),
            Self::Images(most) => match value.as_array() {
                None => Some(ill_typed("array")),
                Some(images) if images.len() > *most => {
                    Some(format!("Array must have at most {most} items"))
                }
                Some(images) => {
                    (!images.iter().all(is_uri)).then(|| "Does not match format 'uri'".to_owned())
                }
            },
        }
    }
}

fn is_uri(value: &Value) -> bool {
    let schemes = ["http://", "https://", "data:image/"];
    value.as_str().is_some_and(|uri| schemes.iter().any(|scheme| uri.starts_with(scheme)))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
