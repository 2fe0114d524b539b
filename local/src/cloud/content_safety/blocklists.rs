//! Blocklists: terms of one's own, found anywhere in a text in any case.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal;
use crate::cloud::{Answer, Call, empty};
use crate::ground::Ground;

pub(super) fn make_tables(ground: &Ground) {
    ground
        .database
        .lock()
        .expect("no holder panics")
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS content_safety_lists (
                 name TEXT PRIMARY KEY, description TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS content_safety_items (
                 id INTEGER PRIMARY KEY, list TEXT NOT NULL, term TEXT NOT NULL, UNIQUE (list, term));",
        )
        .expect("the database was opened for writing");
}

#[derive(Deserialize, Default)]
struct Description {
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terms {
    blocklist_items: Vec<Term>,
}

#[derive(Deserialize)]
struct Term {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ids {
    blocklist_item_ids: Vec<String>,
}

pub(super) fn answer(ground: &Ground, call: &Call) -> Answer {
    let segments = call.segments();
    let name = segments.get(3).map_or("", String::as_str);
    let (name, action) = name.split_once(':').unwrap_or((name, ""));
    match (&call.method, name, action, segments.get(4).map(String::as_str)) {
        (&Method::GET, "", "", None) => lists(ground),
        (&Method::PATCH, name, "", None) if !name.is_empty() => make(ground, name, &call.body),
        (_, name, ..) if !exists(ground, name) => {
            refusal(StatusCode::NOT_FOUND, "ResourceNotFound", "There is no such blocklist.")
        }
        (&Method::GET, name, "", None) => {
            super::super::json(StatusCode::OK, &json!({ "blocklistName": name }))
        }
        (&Method::GET, name, "", Some("blocklistItems")) => items(ground, name),
        (&Method::DELETE, name, "", None) => {
            let delete = "DELETE FROM content_safety_items WHERE list = ?1";
            change(ground, delete, &[name]);
            change(ground, "DELETE FROM content_safety_lists WHERE name = ?1", &[name]);
            empty(StatusCode::NO_CONTENT)
        }
        (&Method::POST, name, "addOrUpdateBlocklistItems", None) => add(ground, name, &call.body),
        (&Method::POST, name, "removeBlocklistItems", None) => remove(ground, name, &call.body),
        _ => refusal(StatusCode::NOT_FOUND, "ResourceNotFound", "There is no such operation."),
    }
}

/// The terms of the lists `names` that are in `text`, as `text:analyze` reports them.
pub(super) fn matches(ground: &Ground, names: &[String], text: &str) -> Result<Vec<Value>, String> {
    let text = text.to_lowercase();
    let mut found = Vec::new();
    for name in names {
        if !exists(ground, name) {
            return Err(format!("There is no blocklist {name}."));
        }
        let hits =
            terms(ground, name).into_iter().filter(|(_, term)| text.contains(&term.to_lowercase()));
        found.extend(hits.map(|(id, term)| {
            json!({"blocklistName": name, "blocklistItemId": id.to_string(), "blocklistItemText": term})
        }));
    }
    Ok(found)
}

fn make(ground: &Ground, name: &str, body: &[u8]) -> Answer {
    let description = serde_json::from_slice::<Description>(body).unwrap_or_default().description;
    let status = if exists(ground, name) { StatusCode::OK } else { StatusCode::CREATED };
    change(
        ground,
        "INSERT OR REPLACE INTO content_safety_lists VALUES (?1, ?2)",
        &[name, &description],
    );
    super::super::json(status, &json!({"blocklistName": name, "description": description}))
}

fn add(ground: &Ground, name: &str, body: &[u8]) -> Answer {
    let wanted: Terms = match serde_json::from_slice(body) {
        Ok(terms) => terms,
        Err(e) => return refusal(StatusCode::BAD_REQUEST, "InvalidRequestBody", &e.to_string()),
    };
    for term in &wanted.blocklist_items {
        change(
            ground,
            "INSERT OR IGNORE INTO content_safety_items (list, term) VALUES (?1, ?2)",
            &[name, &term.text],
        );
    }
    let added: Vec<Value> = terms(ground, name)
        .into_iter()
        .filter(|(_, term)| wanted.blocklist_items.iter().any(|it| it.text == *term))
        .map(item)
        .collect();
    super::super::json(StatusCode::OK, &json!({ "blocklistItems": added }))
}

fn remove(ground: &Ground, name: &str, body: &[u8]) -> Answer {
    let ids: Ids = match serde_json::from_slice(body) {
        Ok(ids) => ids,
        Err(e) => return refusal(StatusCode::BAD_REQUEST, "InvalidRequestBody", &e.to_string()),
    };
    for id in &ids.blocklist_item_ids {
        change(ground, "DELETE FROM content_safety_items WHERE list = ?1 AND id = ?2", &[name, id]);
    }
    empty(StatusCode::NO_CONTENT)
}

fn lists(ground: &Ground) -> Answer {
    let database = ground.database.lock().expect("no holder panics");
    let mut statement = database
        .prepare("SELECT name, description FROM content_safety_lists ORDER BY name")
        .expect("the table exists");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("there is no parameter");
    let lists: Vec<Value> = rows
        .flatten()
        .map(|(name, description): (String, String)| json!({"blocklistName": name, "description": description}))
        .collect();
    super::super::json(StatusCode::OK, &json!({ "value": lists }))
}

fn items(ground: &Ground, name: &str) -> Answer {
    let items: Vec<Value> = terms(ground, name).into_iter().map(item).collect();
    super::super::json(StatusCode::OK, &json!({ "value": items }))
}

fn item((id, term): (i64, String)) -> Value {
    json!({"blocklistItemId": id.to_string(), "text": term})
}

fn terms(ground: &Ground, name: &str) -> Vec<(i64, String)> {
    let database = ground.database.lock().expect("no holder panics");
    let mut statement = database
        .prepare("SELECT id, term FROM content_safety_items WHERE list = ?1 ORDER BY id")
        .expect("the table exists");
    let rows = statement
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("the parameter fits");
    rows.flatten().collect()
}

fn exists(ground: &Ground, name: &str) -> bool {
    let database = ground.database.lock().expect("no holder panics");
    database
        .query_row("SELECT 1 FROM content_safety_lists WHERE name = ?1", [name], |_| Ok(()))
        .is_ok()
}

fn change(ground: &Ground, statement: &str, parameters: &[&str]) {
    let database = ground.database.lock().expect("no holder panics");
    database
        .execute(statement, rusqlite::params_from_iter(parameters))
        .expect("the database was opened for writing");
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;
    use super::*;
    use crate::cloud::content_safety::ContentSafety;
    use crate::cloud::tests::{body, ground};

    #[test]
    fn a_term_is_found_in_texts_once_it_is_on_the_list() {
        let safety = ContentSafety::new(&ground("blocklists"));
        let order = json!({"text": "The ACME logo", "blocklistNames": ["brands"]});
        let unknown = ask(&safety, Method::POST, "text:analyze", &order);
        assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);

        let made =
            ask(&safety, Method::PATCH, "text/blocklists/brands", &json!({"description": "ours"}));
        assert_eq!(made.status(), StatusCode::CREATED);
        let terms = json!({"blocklistItems": [{"text": "acme"}]});
        ask(&safety, Method::POST, "text/blocklists/brands:addOrUpdateBlocklistItems", &terms);
        let found = body(&ask(&safety, Method::POST, "text:analyze", &order));
        assert_eq!(found["blocklistsMatch"][0]["blocklistItemText"], "acme");
    }
}
