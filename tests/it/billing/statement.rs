//! Where the credits went, as users read it.

use serde_json::json;

use super::{Shop, Telling};

#[tokio::test]
async fn each_line_has_a_reason_and_a_jobs_lines_have_its_picture() {
    let shop = Shop::new(Telling::InOrder);
    shop.basic().await;
    let body = json!({ "prompt": "two foxes", "model": "flux-dev", "count": 2 });
    let id = shop.app.post("ada", "/api/v1/generations", &body).await.accepted();
    shop.app.drain().await;
    shop.buy(&json!({ "pack": "credits_100" })).await;
    let lines = shop.lines().await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            (text("kind"), text("reason"), line["change"].as_i64(), line["balance"].as_i64())
        })
        .collect();
    let row = |kind: &str, reason: &str, change, balance| {
        (kind.to_owned(), reason.to_owned(), Some(change), Some(balance))
    };
    assert_eq!(
        told,
        [
            row("grant", "Received: a month of the Free plan.", 10, 10),
            row("grant", "Received: a month of your plan.", 200, 210),
            row("hold", "Reserved for a job.", -4, 206),
            row("close", "A job was done: 4 used.", 0, 206),
            row("grant", "Received: 100 credits.", 100, 306),
        ]
    );
    // The same for a program, which says it in another language.
    let origins: Vec<_> = lines.iter().map(|line| &line["origin"]).collect();
    let origin = |kind: &str, id: Option<&str>| json!({ "kind": kind, "id": id });
    assert_eq!(
        origins,
        [
            &origin("plan", Some("free")),
            &origin("plan", None),
            &json!(null),
            &json!(null),
            &origin("pack", Some("credits_100")),
        ]
    );
    for line in &lines[2..4] {
        assert_eq!(line["generation_id"], id, "{line}");
        assert_eq!(line["prompt"], "two foxes", "{line}");
        assert!(
            line["thumbnail_url"].as_str().is_some_and(|url| url.contains("thumbnail")),
            "{line}"
        );
    }
    assert_eq!(lines[3]["used"], 4);
    assert!(lines[1]["invoice_id"].as_str().is_some_and(|id| id.starts_with("in_")));
    // A job that is removed for good leaves its lines, without the picture.
    assert_eq!(shop.app.get("bob", "/api/v1/usage/ledger").await.ok()["items"][0]["change"], 10);
}

#[tokio::test]
async fn the_whole_statement_is_had_as_a_file() {
    let shop = Shop::new(Telling::InOrder);
    shop.basic().await;
    shop.spend(60).await;
    let file = shop.app.get("ada", "/api/v1/usage/ledger.csv").await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = file.header("content-disposition").expect("a name");
    assert!(disposition.contains("statement-2026-01-15.csv"), "{disposition}");
    let text = String::from_utf8(file.body.to_vec()).expect("text");
    let rows: Vec<_> = text.lines().collect();
    let lines = shop.lines().await;
    assert_eq!(rows.len(), lines.len() + 1);
    assert_eq!(rows[0], "number,at,kind,reason,change,balance,used,generation_id,invoice_id");
    let newest = lines.last().expect("there are some");
    assert!(rows[1].starts_with(&format!("{},", newest["number"])), "{}", rows[1]);
}

#[tokio::test]
async fn usage_tells_what_there_is_and_in_which_order_it_burns() {
    let shop = Shop::new(Telling::InOrder);
    shop.buy(&json!({ "pack": "credits_500" })).await;
    shop.basic().await;
    let usage = shop.app.get("ada", "/api/v1/usage").await.ok();
    assert_eq!((&usage["available"], &usage["fair_use"]), (&json!(710), &json!(null)));
    let grants: Vec<_> = usage["grants"].as_array().expect("a list").iter().collect();
    let sources: Vec<_> = grants.iter().map(|it| (&it["source"], &it["remaining"])).collect();
    assert_eq!(
        sources,
        [
            (&json!("a month of the Free plan"), &json!(10)),
            (&json!("a month of your plan"), &json!(200)),
            (&json!("500 credits"), &json!(500)),
        ]
    );
}

#[tokio::test]
async fn a_wrong_cursor_is_named() {
    let shop = Shop::new(Telling::InOrder);
    let answer = shop.app.get("ada", "/api/v1/usage/ledger?cursor=x").await;
    assert_eq!(answer.refused_field(422, "invalid-request"), "#/cursor");
}
