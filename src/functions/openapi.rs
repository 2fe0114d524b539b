//! OpenAPI 3.1, made from the table and the types on the wire.

use imagegen_core::catalog::OutputFormat;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem::{FieldError, ProblemBody};
use super::router::public_path;
use super::spec::{Access, Function, Trigger};

/// The document, as it is served and as `openapi.json` holds it.
pub fn document(functions: &[Function]) -> Value {
    let mut schemas = vec![
        ("Problem".to_owned(), ProblemBody::schema()),
        (FieldError::name().into_owned(), FieldError::schema()),
    ];
    let mut paths: Map<String, Value> = Map::new();
    for function in functions {
        let Trigger::Http { method, route, access } = &function.trigger else { continue };
        if *access == Access::Signature {
            // Called by providers, in their own form.
            continue;
        }
        for schema in function.doc.takes.iter().chain(function.doc.gives.iter().map(|(_, s)| s)) {
            (schema.collect)(&mut schemas);
        }
        let item = paths.entry(public_path(route)).or_insert_with(|| json!({}));
        item[method.as_str().to_lowercase()] = operation(function, route, *access);
    }
    let schemas: Map<String, Value> = schemas
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).expect("schemas are JSON")))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ImageGenerator AI",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Pictures from words with FLUX models. A job is accepted at once and answers 202; \
                follow it by its address, by events, or live. Errors are application/problem+json (RFC 9457).",
            "license": { "name": "MIT", "identifier": "MIT" }
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" }
            }
        }
    })
}

fn operation(function: &Function, route: &str, access: Access) -> Value {
    let parameter = |place: &str, name: &str, description: &str, required: bool| {
        json!({ "name": name, "in": place, "required": required, "description": description,
            "schema": { "type": "string" } })
    };
    let in_path = route.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> =
        in_path.map(|name| parameter("path", name, "The id.", true)).collect();
    let doc = &function.doc;
    parameters.extend(doc.query.iter().map(|(name, text)| parameter("query", name, text, false)));
    parameters
        .extend(doc.headers.iter().map(|(name, text)| parameter("header", name, text, false)));

    let content = |schema: &str| {
        let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
        json!({ "application/json": { "schema": reference } })
    };
    let mut responses = Map::new();
    if let Some((status, schema)) = &doc.gives {
        let answer = json!({ "description": doc.summary, "content": content(&schema.name) });
        responses.insert(status.to_string(), answer);
    } else {
        let mut answer = json!({ "description": doc.summary });
        if let Some(content_type) = doc.file {
            // OpenAPI 3.1: bytes have no schema.
            answer["content"] = json!({ content_type: {} });
        }
        responses.insert("200".into(), answer);
    }
    let reference = json!({ "$ref": "#/components/schemas/Problem" });
    responses.insert(
        "default".into(),
        json!({
            "description": "Why it was not done.",
            "content": { "application/problem+json": { "schema": reference } }
        }),
    );
    let mut operation = json!({
        "operationId": function.name,
        "summary": doc.summary,
        "parameters": parameters,
        "responses": responses,
        "security": match access {
            Access::User => json!([{ "token": [] }]),
            Access::Open | Access::Signature => json!([]),
        },
    });
    if doc.takes_picture {
        let kinds = OutputFormat::ALL.map(|format| (format.content_type().to_owned(), json!({})));
        operation["requestBody"] = json!({ "required": true, "content": Map::from_iter(kinds) });
    }
    if let Some(schema) = &doc.takes {
        operation["requestBody"] = json!({ "required": true, "content": content(&schema.name) });
    }
    operation
}
