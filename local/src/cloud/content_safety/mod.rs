//! Content Safety: finds words in texts and a marker in images, and speaks api-version 2024-09-01.
//!
//! Real models are not what is tested here; that every verdict can be brought about at will, is. The words are in
//! `words.txt`. An image is found violent when its top left corner is magenta (see [`MARKER`]).

mod blocklists;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{Method, StatusCode};
use image::{ImageReader, RgbImage};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Cursor;

use super::{Answer, Call, same_secret, with_header};
use crate::cloud::identity::{COGNITIVE_SERVICES, Identity};
use crate::ground::Ground;

const VERSION: &str = "2024-09-01";
const CATEGORIES: [&str; 4] = ["Hate", "SelfHarm", "Sexual", "Violence"];
const WORDS: &str = include_str!("words.txt");
const MAX_IMAGE_BYTES: usize = 4 * 1024 * 1024;
const MAX_TEXT_CHARACTERS: usize = 10_000;

/// An image whose top left 16 × 16 pixels are about this colour is found to be Violence 6.
/// Replicate's stand-in paints it into pictures of prompts that contain `unsafe-image`; a block of one colour
/// survives JPEG, WebP and being scaled down to a quarter.
pub(crate) const MARKER: [u8; 3] = [255, 0, 255];
/// Width and height of the marker that is painted; a quarter of it is looked at, because services scale down.
pub(crate) const MARKER_SIDE: u32 = 64;

/// The subscription key of this data folder.
pub(crate) fn key(ground: &Ground) -> String {
    ground.secret("content_safety")
}

pub(crate) struct ContentSafety {
    ground: Ground,
    key: String,
    identity: Identity,
}

impl ContentSafety {
    pub(crate) fn new(ground: &Ground) -> Self {
        blocklists::make_tables(ground);
        Self { key: key(ground), identity: Identity::new(ground), ground: Ground::clone(ground) }
    }

    pub(crate) fn handle(&self, call: &Call) -> Answer {
        let given = call.header("ocp-apim-subscription-key");
        let by_key = given.is_some_and(|given| same_secret(given, &self.key));
        let token = call.bearer();
        if !by_key && !token.is_some_and(|it| self.identity.lets_in(it, COGNITIVE_SERVICES)) {
            let sentence = "Access denied due to invalid subscription key.";
            return refusal(StatusCode::UNAUTHORIZED, "401", sentence);
        }
        if call.parameter("api-version").as_deref() != Some(VERSION) {
            let sentence = format!("The api-version must be {VERSION}.");
            return refusal(StatusCode::BAD_REQUEST, "InvalidApiVersion", &sentence);
        }
        let answered = match (&call.method, call.path.as_str()) {
            (&Method::POST, "/contentsafety/text:analyze") => self.analyze_text(&call.body),
            (&Method::POST, "/contentsafety/image:analyze") => analyze_image(&call.body),
            (&Method::POST, "/contentsafety/text:shieldPrompt") => shield(&call.body),
            (_, path) if path.starts_with("/contentsafety/text/blocklists") => {
                return blocklists::answer(&self.ground, call);
            }
            _ => {
                return refusal(
                    StatusCode::NOT_FOUND,
                    "ResourceNotFound",
                    "There is no such operation.",
                );
            }
        };
        match answered {
            Ok(found) => super::json(StatusCode::OK, &found),
            Err(sentence) => refusal(StatusCode::BAD_REQUEST, "InvalidRequestBody", &sentence),
        }
    }

    fn analyze_text(&self, body: &[u8]) -> Result<Value, String> {
        let order: TextOrder = read(body)?;
        if order.text.is_empty() || order.text.chars().count() > MAX_TEXT_CHARACTERS {
            return Err(format!("The text must have 1 to {MAX_TEXT_CHARACTERS} characters."));
        }
        let matches = blocklists::matches(&self.ground, &order.blocklist_names, &order.text)?;
        let halted = order.halt_on_blocklist_hit && !matches.is_empty();
        let categories = if halted {
            json!([])
        } else {
            verdicts(&order.categories, |it| severity(&order.text, it))?
        };
        Ok(json!({ "blocklistsMatch": matches, "categoriesAnalysis": categories }))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextOrder {
    text: String,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    blocklist_names: Vec<String>,
    #[serde(default)]
    halt_on_blocklist_hit: bool,
    // The four levels are levels of the eight as well, so the severities serve both.
    #[serde(default, rename = "outputType")]
    _output_type: Option<TextLevels>,
}

#[derive(Deserialize)]
enum TextLevels {
    FourSeverityLevels,
    EightSeverityLevels,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageOrder {
    image: ImageSource,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default, rename = "outputType")]
    _output_type: Option<ImageLevels>,
}

#[derive(Deserialize)]
enum ImageLevels {
    FourSeverityLevels,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageSource {
    content: Option<String>,
    blob_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShieldOrder {
    #[serde(default)]
    user_prompt: String,
    #[serde(default)]
    documents: Vec<String>,
}

fn analyze_image(body: &[u8]) -> Result<Value, String> {
    let order: ImageOrder = read(body)?;
    let content = match (order.image.content, order.image.blob_url) {
        (Some(content), None) => content,
        (None, Some(_)) => {
            return Err("The resource has no identity that may read blobUrl.".to_owned());
        }
        _ => return Err("Give either content or blobUrl of the image.".to_owned()),
    };
    let bytes = BASE64.decode(content).map_err(|_| "The image content is not base64.")?;
    if bytes.len() > MAX_IMAGE_BYTES {
        return Err("The image is larger than 4 MB.".to_owned());
    }
    let image = decode(bytes)?;
    let violence = if is_marked(&image) { 6 } else { 0 };
    let found =
        verdicts(&order.categories, |category| if category == "Violence" { violence } else { 0 })?;
    Ok(json!({ "categoriesAnalysis": found }))
}

fn decode(bytes: Vec<u8>) -> Result<RgbImage, String> {
    let reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    let image = reader.decode().map_err(|e| format!("The image cannot be read: {e}"))?.into_rgb8();
    let fits = |side: u32| (50..=7200).contains(&side);
    if fits(image.width()) && fits(image.height()) {
        Ok(image)
    } else {
        Err("The image must be 50 × 50 to 7200 × 7200 pixels.".to_owned())
    }
}

/// Whether the picture carries the [`MARKER`].
pub(crate) fn is_marked(image: &RgbImage) -> bool {
    let side = MARKER_SIDE / 4;
    let mut sums = [0u32; 3];
    for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
        for (sum, channel) in sums.iter_mut().zip(image.get_pixel(x, y).0) {
            *sum += u32::from(channel);
        }
    }
    sums.iter()
        .zip(MARKER)
        .all(|(sum, wanted)| (sum / (side * side)).abs_diff(u32::from(wanted)) < 40)
}

fn shield(body: &[u8]) -> Result<Value, String> {
    let order: ShieldOrder = read(body)?;
    let attacks = |text: &String| text.to_lowercase().contains("ignore previous instructions");
    let found = |text: &String| json!({ "attackDetected": attacks(text) });
    Ok(json!({
        "userPromptAnalysis": found(&order.user_prompt),
        "documentsAnalysis": order.documents.iter().map(found).collect::<Vec<_>>(),
    }))
}

fn verdicts(asked: &[String], severity: impl Fn(&str) -> u8) -> Result<Value, String> {
    if let Some(unknown) = asked.iter().find(|category| !CATEGORIES.contains(&category.as_str())) {
        return Err(format!("There is no category {unknown}."));
    }
    Ok(CATEGORIES
        .iter()
        .filter(|category| asked.is_empty() || asked.iter().any(|it| it == *category))
        .map(|category| json!({ "category": category, "severity": severity(category) }))
        .collect())
}

/// The highest severity of a listed word in `text`. A word before a colon is not looked at, so that the
/// stand-ins' order words (`nsfw: a beach`) reach the service that they are meant for.
fn severity(text: &str, category: &str) -> u8 {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(char::is_whitespace)
        .filter(|word| !word.ends_with(':'))
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .collect();
    listed()
        .filter(|(listed, _, word)| *listed == category && words.contains(word))
        .map(|(_, severity, _)| severity)
        .max()
        .unwrap_or(0)
}

fn listed() -> impl Iterator<Item = (&'static str, u8, &'static str)> {
    WORDS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split_whitespace();
        Some((columns.next()?, columns.next()?.parse().ok()?, columns.next()?))
    })
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|e| e.to_string())
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Answer {
    let body = json!({"error": {"code": code, "message": message, "details": []}});
    with_header(super::json(status, &body), "x-ms-error-code", code)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cloud::tests::{body, call, ground};

    pub(super) fn ask(safety: &ContentSafety, method: Method, path: &str, body: &Value) -> Answer {
        let target = format!("/contentsafety/{path}?api-version=2024-09-01");
        let mut call = call(method, &target, body.to_string());
        call.headers.insert(
            "ocp-apim-subscription-key",
            safety.key.parse().expect("base64 is a header value"),
        );
        safety.handle(&call)
    }

    fn severity_of(text: &str, category: &str) -> u64 {
        let safety = ContentSafety::new(&ground("safety"));
        let order = json!({"text": text, "categories": [category]});
        let answer = ask(&safety, Method::POST, "text:analyze", &order);
        body(&answer)["categoriesAnalysis"][0]["severity"]
            .as_u64()
            .expect("one category was asked for")
    }

    fn png(image: &RgbImage) -> String {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).expect("memory is writable");
        BASE64.encode(bytes.into_inner())
    }

    #[test]
    fn every_listed_word_is_in_a_known_category() {
        assert!(listed().count() > 10);
        assert!(
            listed().all(|(category, severity, _)| CATEGORIES.contains(&category) && severity <= 6)
        );
    }

    #[test]
    fn a_listed_word_is_found_in_its_category_alone() {
        assert_eq!(severity_of("A BEHEADING, in oil", "Violence"), 6);
        assert_eq!(severity_of("a beheading", "Hate"), 0);
    }

    #[test]
    fn part_of_a_word_is_not_a_word() {
        assert_eq!(severity_of("a gorey denuded hill", "Violence"), 0);
    }

    #[test]
    fn an_order_word_passes() {
        assert_eq!(severity_of("nsfw: a beach", "Sexual"), 0);
    }

    #[test]
    fn without_the_key_nothing_is_analysed() {
        let safety = ContentSafety::new(&ground("safety-key"));
        let order = call(
            Method::POST,
            "/contentsafety/text:analyze?api-version=2024-09-01",
            r#"{"text":"x"}"#,
        );
        assert_eq!(safety.handle(&order).status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn a_marked_image_is_violent_and_another_is_not() {
        let safety = ContentSafety::new(&ground("safety-image"));
        let plain = RgbImage::from_pixel(64, 64, image::Rgb([200, 180, 160]));
        let marked = RgbImage::from_pixel(64, 64, image::Rgb([246, 9, 250]));
        for (image, violence) in [(plain, 0), (marked, 6)] {
            let order = json!({"image": {"content": png(&image)}});
            let answer = body(&ask(&safety, Method::POST, "image:analyze", &order));
            assert_eq!(
                answer["categoriesAnalysis"][3],
                json!({"category": "Violence", "severity": violence})
            );
        }
    }

    #[test]
    fn what_is_no_image_is_refused() {
        let safety = ContentSafety::new(&ground("safety-no-image"));
        let order = json!({"image": {"content": BASE64.encode("hello")}});
        let answer = ask(&safety, Method::POST, "image:analyze", &order);
        assert_eq!(answer.headers()["x-ms-error-code"], "InvalidRequestBody");
    }
}
