//! What goes over the wire, and what a verdict is made of.

use serde_json::{Value, json};

use super::*;
use crate::entra::tests::always;
use crate::http::Secret;
use crate::http::loopback::{Act, Server, TestClock, answer, nobody};

fn settings(url: &str) -> ContentSafetySettings {
    ContentSafetySettings {
        endpoint: format!("{url}/_local/contentsafety"),
        access: Access::Key(Secret::new("k")),
        thresholds: Thresholds::default(),
        blocklists: Vec::new(),
    }
}

fn check(settings: ContentSafetySettings) -> ContentSafety {
    ContentSafety::new(settings, TestClock::new().http()).expect("settings")
}

fn judged(severities: [Value; 4]) -> Value {
    let names = ["Hate", "SelfHarm", "Sexual", "Violence"];
    let list: Vec<_> = names
        .iter()
        .zip(severities)
        .map(|(category, severity)| json!({"category": category, "severity": severity}))
        .collect();
    json!({"blocklistsMatch": [], "categoriesAnalysis": list})
}

fn harmless() -> Value {
    judged([json!(0), json!(0), json!(2), json!(0)])
}

async fn verdict(answered: &Value) -> Result<Verdict, ModerationError> {
    let server = Server::script([answer(200, answered.to_string())]).await;
    check(settings(&server.url)).text("a red fox").await
}

#[tokio::test]
async fn a_text_is_sent_for_all_categories() {
    let server = Server::script([answer(200, harmless().to_string())]).await;
    let settings =
        ContentSafetySettings { blocklists: vec!["brands".into()], ..settings(&server.url) };
    assert_eq!(check(settings).text("a red fox").await.expect("a verdict"), Verdict::Allowed);
    let seen = server.only();
    assert_eq!(seen.method, "POST");
    assert_eq!(
        seen.target,
        "/_local/contentsafety/contentsafety/text:analyze?api-version=2024-09-01"
    );
    assert_eq!(seen.header("ocp-apim-subscription-key"), Some("k"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(
        seen.json(),
        json!({"text": "a red fox", "categories": ["Hate", "SelfHarm", "Sexual", "Violence"],
            "blocklistNames": ["brands"], "haltOnBlocklistHit": false,
            "outputType": "FourSeverityLevels"})
    );
}

#[tokio::test]
async fn an_image_is_sent_as_base64() {
    let answered = json!({"categoriesAnalysis": harmless()["categoriesAnalysis"]});
    let server = Server::script([answer(200, answered.to_string())]).await;
    let verdict = check(settings(&server.url)).image(b"\xff\xd8\xff").await.expect("a verdict");
    assert_eq!(verdict, Verdict::Allowed);
    let seen = server.only();
    assert_eq!(
        seen.target,
        "/_local/contentsafety/contentsafety/image:analyze?api-version=2024-09-01"
    );
    assert_eq!(
        seen.json(),
        json!({"image": {"content": "/9j/"}, "categories": ["Hate", "SelfHarm", "Sexual", "Violence"],
            "outputType": "FourSeverityLevels"})
    );
}

#[tokio::test]
async fn the_most_severe_category_at_or_above_its_threshold_blocks() {
    for (severities, expected) in [
        ([json!(0), json!(2), json!(2), json!(2)], Verdict::Allowed),
        (
            [json!(4), json!(0), json!(0), json!(0)],
            Verdict::Blocked { category: Category::Hate, severity: 4 },
        ),
        (
            [json!(4), json!(0), json!(6), json!(4)],
            Verdict::Blocked { category: Category::Sexual, severity: 6 },
        ),
        (
            [json!(0), json!(200), json!(0), json!(0)],
            Verdict::Blocked { category: Category::SelfHarm, severity: 7 },
        ),
    ] {
        assert_eq!(verdict(&judged(severities)).await.expect("a verdict"), expected);
    }
}

#[tokio::test]
async fn each_category_has_its_own_threshold() {
    let server = Server::script([answer(200, harmless().to_string())]).await;
    let thresholds = Thresholds { sexual: 2, ..Thresholds::default() };
    let strict = check(ContentSafetySettings { thresholds, ..settings(&server.url) });
    assert_eq!(
        strict.text("a").await.expect("a verdict"),
        Verdict::Blocked { category: Category::Sexual, severity: 2 }
    );
}

#[tokio::test]
async fn a_missing_severity_is_zero_but_a_missing_category_is_no_verdict() {
    let mut answered = judged([json!(0), json!(null), json!(0), json!(0)]);
    assert_eq!(verdict(&answered).await.expect("a verdict"), Verdict::Allowed);
    let list = answered["categoriesAnalysis"].as_array_mut().expect("a list");
    list[1].as_object_mut().expect("an object").remove("severity");
    list.push(json!({"category": "SomethingNew", "severity": 6}));
    assert_eq!(verdict(&answered).await.expect("a verdict"), Verdict::Allowed);
    for index in 0..4 {
        let mut answered = answered.clone();
        answered["categoriesAnalysis"].as_array_mut().expect("a list").remove(index);
        assert!(verdict(&answered).await.is_err(), "{index}");
    }
}

#[tokio::test]
async fn a_term_of_the_operators_list_blocks() {
    let mut answered = harmless();
    answered["blocklistsMatch"] = json!([{"blocklistName": "brands", "blocklistItemText": "x"}]);
    let expected = Verdict::Blocked { category: Category::Other, severity: 7 };
    assert_eq!(verdict(&answered).await.expect("a verdict"), expected);
}

#[tokio::test]
async fn no_answer_is_no_verdict() {
    for act in [
        answer(500, ""),
        answer(401, ""),
        answer(200, "rubbish"),
        answer(200, "{}"),
        answer(200, r#"{"categoriesAnalysis":[{"category":"Hate","severity":-1}]}"#),
        answer(302, ""),
        Act::Drop,
    ] {
        let server = Server::script([act.clone()]).await;
        let safety = check(settings(&server.url));
        assert!(safety.text("a").await.is_err(), "{act:?}");
        assert!(safety.image(b"a").await.is_err(), "{act:?}");
    }
    assert!(check(settings(&nobody().await)).text("a").await.is_err());
}

#[tokio::test]
async fn a_busy_service_is_asked_again() {
    let busy = answer(429, "").with("retry-after", "1");
    let server = Server::script([busy, answer(200, harmless().to_string())]).await;
    let verdict = check(settings(&server.url)).text("a").await.expect("a verdict");
    assert_eq!((verdict, server.seen().len()), (Verdict::Allowed, 2));
}

#[tokio::test]
async fn every_part_of_a_long_text_is_judged() {
    let server = Server::start(|seen| {
        let text = seen.json()["text"].as_str().map(str::to_owned).expect("a text");
        assert!(text.chars().count() <= LONGEST_TEXT);
        let severity = if text.contains("bad") { 6 } else { 0 };
        answer(200, judged([json!(severity), json!(0), json!(0), json!(0)]).to_string())
    })
    .await;
    let safety = check(settings(&server.url));
    let fine = "é ".repeat(12_000);
    assert_eq!(safety.text(&fine).await.expect("a verdict"), Verdict::Allowed);
    assert_eq!(server.seen().len(), 3);
    let blocked = Verdict::Blocked { category: Category::Hate, severity: 6 };
    assert_eq!(safety.text(&(fine + "bad")).await.expect("a verdict"), blocked);
}

#[test]
fn a_text_is_cut_between_words_and_nothing_is_lost() {
    assert_eq!(split("", 5), [""]);
    assert_eq!(split("ab cd", 5), ["ab cd"]);
    assert_eq!(split("ab cd ef", 5), ["ab ", "cd ef"]);
    assert_eq!(split("abcdefgh", 5), ["abcde", "fgh"]);
    assert_eq!(split("äb\u{3000}cdef", 4), ["äb\u{3000}", "cdef"]);
}

proptest::proptest! {
    #[test]
    fn parts_are_short_and_together_the_text(text in "\\PC{0,60}|[a ]{0,60}", most in 1_usize..20) {
        let parts = split(&text, most);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|p| p.chars().count() <= most));
    }
}

#[test]
fn settings_that_cannot_work_stop_the_boot() {
    let good = settings("http://127.0.0.1:1");
    let zero = Thresholds { hate: 0, ..Thresholds::default() };
    for wrong in [
        ContentSafetySettings { endpoint: "http://a.example".into(), ..good.clone() },
        ContentSafetySettings { access: Access::Key(Secret::new("")), ..good.clone() },
        ContentSafetySettings { thresholds: zero, ..good.clone() },
    ] {
        assert!(ContentSafety::new(wrong, TestClock::new().http()).is_err());
    }
}

#[tokio::test]
async fn an_identity_asks_with_a_token_and_no_key() {
    let server = Server::script([answer(200, harmless().to_string())]).await;
    let settings =
        ContentSafetySettings { access: Access::Identity(always("eyJ")), ..settings(&server.url) };
    assert_eq!(check(settings).text("a red fox").await.expect("judged"), Verdict::Allowed);
    let seen = server.only();
    assert_eq!(seen.header("authorization"), Some("Bearer eyJ"));
    assert_eq!(seen.header("ocp-apim-subscription-key"), None);
}
