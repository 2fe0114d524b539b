//! Each kind of prediction as Replicate writes it, and what we make of it.

use std::time::Duration;

use imagegen_core::catalog::{AspectRatio, Catalog, Provider};
use imagegen_core::ids::UserId;
use imagegen_core::ticket::{TicketKey, Ticketed};
use serde_json::json;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../fixtures/", $name, ".json"))
    };
}

fn read(text: &str) -> Prediction {
    let prediction: WirePrediction = serde_json::from_str(text).expect("a prediction");
    let snapshot = prediction.into_snapshot();
    assert_eq!(snapshot.id.0, "kzs0v6k9h5rma0cv1f7b2m4x8c");
    snapshot.state
}

fn failed(reason: &str) -> Prediction {
    Prediction::Failed { reason: reason.into() }
}

#[test]
fn what_has_not_ended_is_working_even_with_an_output_or_an_unknown_status() {
    assert_eq!(read(fixture!("starting")), Prediction::Working { started: false });
    let processing = read(fixture!("processing_with_output"));
    assert_eq!(processing, Prediction::Working { started: true });
    assert_eq!(read(fixture!("unknown_status")), Prediction::Working { started: false });
}

#[test]
fn one_output_or_a_list_of_one_is_a_picture() {
    let output = "https://replicate.delivery/xezq/abc123/tmpq1w2.webp".into();
    assert_eq!(read(fixture!("succeeded_string")), Prediction::Drawn { output });
    let output = "https://pbxt.replicate.delivery/abc123/out-0.webp".into();
    assert_eq!(read(fixture!("succeeded_array")), Prediction::Drawn { output });
}

#[test]
fn success_without_a_picture_is_failure() {
    let empty = failed("it succeeded without an output");
    assert_eq!(read(fixture!("succeeded_without_output")), empty);
    assert_eq!(read(fixture!("succeeded_with_unknown_output")), empty);
    assert_eq!(read(fixture!("data_removed")), failed("its output was removed already"));
}

#[test]
fn the_filters_sentences_are_told_from_other_failures() {
    assert_eq!(read(fixture!("failed_nsfw")), Prediction::Filtered);
    assert_eq!(read(fixture!("failed_sensitive")), Prediction::Filtered);
    let interrupted = failed("Prediction interrupted; please retry (code: E1000)");
    assert_eq!(read(fixture!("failed")), interrupted);
    assert_eq!(read(fixture!("failed_with_object")), failed(r#"{"code":"E6716"}"#));
}

#[test]
fn both_ways_of_being_called_off_are_cancelled() {
    assert_eq!(read(fixture!("canceled")), Prediction::Cancelled);
    assert_eq!(read(fixture!("aborted")), Prediction::Cancelled);
}

#[test]
fn what_lacks_an_id_or_a_status_is_not_a_prediction() {
    for text in ["", "null", "{}", r#"{"id":"a"}"#, r#"{"id":"","status":"starting"}"#, "[1]"] {
        assert!(serde_json::from_str::<WirePrediction>(text).is_err(), "{text}");
    }
}

#[test]
fn a_list_is_searched_by_ticket_and_where_that_is_missing_by_prompt_and_seed() {
    let page: Page = serde_json::from_str(fixture!("list")).expect("a page");
    assert_eq!(
        page.next.as_deref(),
        Some("https://api.replicate.com/v1/predictions?cursor=cD0yMDI2")
    );
    let named = Ticketed {
        user: UserId::of("i", "s"),
        generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
        index: 0,
    };
    let ticket = TicketKey::new("k").issue(&named);
    let (schnell, square) = ("black-forest-labs/flux-schnell", AspectRatio::SQUARE);
    let sent = Sent {
        ticket: &ticket,
        model: schnell,
        prompt: "a red fox",
        aspect_ratio: square,
        seed: u32::MAX,
    };
    let found = |sent: &Sent<'_>| {
        page.results.iter().find(|p| p.was_asked_for(sent)).map(|p| p.id.as_str())
    };
    assert_eq!(found(&sent), Some("input00000"));
    assert_eq!(found(&Sent { seed: 7, ..sent }), None, "the webhook names another ticket");
    assert_eq!(found(&Sent { prompt: "a fox", ..sent }), None);
    assert_eq!(found(&Sent { model: "black-forest-labs/flux-dev", ..sent }), None);
    let wide = "16:9".parse().expect("a ratio");
    assert_eq!(found(&Sent { aspect_ratio: wide, ..sent }), None);
    let mut ours = page.results;
    ours[0].webhook = Some(format!("https://a.example/{}", ticket.as_str()));
    assert!(ours[0].was_asked_for(&Sent { prompt: "", seed: 0, ..sent }));
}

#[test]
fn a_refusal_is_short_and_does_not_quote_the_prompt() {
    let problem = Problem::read(fixture!("problem_validation").as_bytes());
    let reason = problem.reason("a red fox");
    assert!(reason.starts_with("Input validation failed: - input.prompt: `…`"), "{reason}");
    let problem = Problem::read(fixture!("problem_throttled").as_bytes());
    assert!(problem.reason("").starts_with("Request was throttled"));
    for body in ["", "<html>", "{}", r#"{"title":7}"#] {
        assert_eq!(Problem::read(body.as_bytes()).reason("a"), "no reason given", "{body}");
    }
    let long = format!(r#"{{"detail":"{}"}}"#, "é".repeat(1_000));
    assert_eq!(Problem::read(long.as_bytes()).reason("").chars().count(), LONGEST_REASON);
}

/// The input sent for a model, without what all have in common.
fn sent(model: &str, output_format: OutputFormat) -> Value {
    let catalog = Catalog::built_in();
    let ticket = TicketKey::new("k").issue(&Ticketed {
        user: UserId::of("i", "s"),
        generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
        index: 0,
    });
    let request = ProviderRequest {
        model: catalog.model(model).expect("a model"),
        prompt: "a red fox",
        aspect_ratio: "16:9".parse::<AspectRatio>().expect("a ratio"),
        seed: 42,
        output_format,
        inputs: &[],
        strength_percent: None,
        ticket: &ticket,
        callback: None,
        cancel_after: Duration::from_mins(5),
    };
    let route = &request.model.routes[0];
    let create = Create::new(&route.model, &request).expect("a model that is known");
    let body = serde_json::to_value(create).expect("a body");
    assert_eq!(body.as_object().map(|o| o.keys().collect::<Vec<_>>()), Some(vec![&"input".into()]));
    let mut input = body["input"].clone();
    for (name, value) in
        [("prompt", json!("a red fox")), ("aspect_ratio", json!("16:9")), ("seed", json!(42))]
    {
        assert_eq!(input.as_object_mut().expect("an object").remove(name), Some(value));
    }
    input
}

#[test]
fn each_model_gets_its_own_parameters_and_no_others() {
    let open = json!({"output_format": "webp", "output_quality": 95, "num_outputs": 1,
        "megapixels": "1", "go_fast": false});
    for (model, input) in [
        ("flux-schnell", open.clone()),
        ("flux-dev", open),
        (
            "flux-1.1-pro",
            json!({"output_format": "webp", "safety_tolerance": 2, "prompt_upsampling": false}),
        ),
        ("flux-kontext-pro", json!({"output_format": "png", "safety_tolerance": 2})),
        (
            "flux-2-pro",
            json!({"output_format": "webp", "output_quality": 95, "safety_tolerance": 2,
                "resolution": "1 MP"}),
        ),
    ] {
        assert_eq!(sent(model, OutputFormat::Webp), input, "{model}");
        assert_eq!(sent(model, OutputFormat::Jpeg)["output_format"], "jpg", "{model}");
        assert_eq!(sent(model, OutputFormat::Png)["output_format"], "png", "{model}");
    }
}

/// Two lists that must agree: a model in `catalog.toml` needs its parameters in `wire.rs`.
#[test]
fn every_model_of_the_catalogue_that_is_routed_here_is_known() {
    for model in Catalog::built_in().models {
        if model.routes.iter().any(|r| r.provider == Provider::Replicate) {
            assert!(sent(&model.id, OutputFormat::Webp).is_object(), "{}", model.id);
        }
    }
}

fn with_inputs(
    model: &str,
    inputs: &[InputImage],
    strength_percent: Option<u8>,
) -> Result<serde_json::Value, &'static str> {
    let catalog = Catalog::built_in();
    let named = Ticketed {
        user: UserId::of("i", "s"),
        generation: "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"),
        index: 0,
    };
    let model = catalog.model(model).expect("a model");
    let request = ProviderRequest {
        model,
        prompt: "a red fox",
        aspect_ratio: AspectRatio::SQUARE,
        seed: 7,
        output_format: OutputFormat::Webp,
        inputs,
        strength_percent,
        ticket: &TicketKey::new("k").issue(&named),
        callback: None,
        cancel_after: Duration::from_mins(10),
    };
    let create = Create::new(&model.routes[0].model, &request)?;
    Ok(serde_json::to_value(&create).expect("plain data")["input"].take())
}

fn at(url: &str) -> InputImage {
    InputImage { content_type: "image/webp", bytes: vec![1, 2, 3], url: Some(url.into()) }
}

#[test]
fn each_model_is_given_its_inputs_under_its_own_name() {
    let (one, other) = (at("https://blobs.example/1"), at("https://blobs.example/2"));
    let inline = InputImage { url: None, ..one.clone() };

    let input = with_inputs("flux-dev", std::slice::from_ref(&one), Some(35)).expect("taken");
    assert_eq!(
        (&input["image"], &input["prompt_strength"], &input["go_fast"]),
        (&json!("https://blobs.example/1"), &json!(0.35), &json!(false))
    );
    let input = with_inputs("flux-dev", &[], Some(35)).expect("taken");
    assert!(input.get("image").is_none() && input.get("prompt_strength").is_none(), "{input}");

    let input = with_inputs("flux-kontext-pro", &[inline], None).expect("taken");
    assert_eq!(input["input_image"], "data:image/webp;base64,AQID");
    assert_eq!(input["safety_tolerance"], 2);
    assert!(input.get("prompt_strength").is_none(), "{input}");

    let input = with_inputs("flux-2-pro", &[one.clone(), other], None).expect("taken");
    assert_eq!(
        input["input_images"],
        json!(["https://blobs.example/1", "https://blobs.example/2"])
    );
    let input = with_inputs("flux-2-pro", &[], None).expect("taken");
    assert!(input.get("input_images").is_none(), "{input}");

    // Drawn without them it would be another picture, and paid.
    assert!(with_inputs("flux-schnell", std::slice::from_ref(&one), None).is_err());
    assert!(with_inputs("flux-dev", &[one.clone(), one], None).is_err());
}

#[test]
fn what_is_too_large_to_go_along_is_refused() {
    let large = InputImage { content_type: "image/webp", bytes: vec![0; 1_000_000], url: None };
    let inputs = vec![large.clone(); 8];
    let refused = with_inputs("flux-2-pro", &inputs, None);
    assert_eq!(refused, Err("the input images are too large to go along"));
    assert!(with_inputs("flux-2-pro", &inputs[..7], None).is_ok());
    let linked = InputImage { url: Some("https://blobs.example/1".into()), ..large };
    assert!(with_inputs("flux-2-pro", &vec![linked; 8], None).is_ok());
}
