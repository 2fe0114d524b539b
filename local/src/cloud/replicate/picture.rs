//! From a prediction to files: the size, the picture, the mark of an unsafe one, the encoding.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};
use serde_json::{Map, Value};
use url::Url;

use super::input::Kind;
use super::models::Model;
use super::prediction::Prediction;
use super::script::Script;
use crate::cloud::content_safety;
use imagegen_painter as painter;

/// What a model reads at most of an input image.
const MAX_INPUT_BYTES: usize = 32 * 1024 * 1024;

/// The files of `prediction`, as name and content, painted one after the other.
///
/// A prompt that contains `unsafe-image` gives pictures that Content Safety's stand-in finds violent; with
/// `one-unsafe-image` it is the first of them alone. No side is longer than `canvas`.
pub(super) fn files(
    prediction: &Prediction,
    inputs: &[RgbImage],
    canvas: Option<u32>,
) -> Vec<(String, Vec<u8>)> {
    let (model, input) = (prediction.model(), &prediction.input);
    let script = Script::of(prediction.prompt());
    let (width, height) = size(model, input, inputs.first().map(RgbImage::dimensions));
    let (width, height) = within(canvas, width, height);
    let extension = model.value(input, "output_format").as_str().unwrap_or("webp").to_owned();
    let quality = model
        .value(input, "output_quality")
        .as_u64()
        .and_then(|it| u8::try_from(it).ok())
        .unwrap_or(80);
    let asked = model.value(input, "num_outputs").as_u64().unwrap_or(1);
    let source = composed(inputs, width, height);
    // With several outputs the unsafe ones are left out, so fewer come than were asked for.
    let delivered = if script.drops_one { asked - 1 } else { asked };
    (0..delivered)
        .map(|number| {
            let seed = prediction.seed.wrapping_add(number);
            let mut picture = match &source {
                Some(source) => {
                    let strength = strength(model, prediction);
                    painter::repaint(script.subject, seed, source, strength, width, height)
                }
                None => painter::paint(script.subject, seed, width, height),
            };
            if is_unsafe(script.subject, number) {
                mark(&mut picture);
            }
            (format!("{number}.{extension}"), encode(&picture, &extension, quality))
        })
        .collect()
}

pub(in crate::cloud) fn is_unsafe(subject: &str, number: u64) -> bool {
    let first_only = subject.contains("one-unsafe-image");
    subject.contains("unsafe-image") && (number == 0 || !first_only)
}

/// The images that the input names, read from data URIs or from this machine.
pub(super) async fn inputs(
    client: &reqwest::Client,
    prediction: &Prediction,
) -> Result<Vec<RgbImage>, String> {
    let mut images = Vec::new();
    for uri in uris(prediction.model(), &prediction.input) {
        let bytes = fetch(client, &uri).await?;
        let image = tokio::task::spawn_blocking(move || decode(bytes))
            .await
            .map_err(|e| e.to_string())??;
        images.push(image);
    }
    Ok(images)
}

fn uris(model: &Model, input: &Map<String, Value>) -> Vec<String> {
    let images = model.inputs.iter().filter(|it| matches!(it.kind, Kind::Image | Kind::Images(_)));
    let values = images.filter_map(|it| input.get(it.name));
    values
        .flat_map(|value| match value {
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        })
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

pub(in crate::cloud) async fn fetch(
    client: &reqwest::Client,
    uri: &str,
) -> Result<Vec<u8>, String> {
    if let Some(data) = uri.strip_prefix("data:") {
        let (_, content) = data.split_once(";base64,").ok_or("an input image is not base64")?;
        return BASE64.decode(content).map_err(|e| format!("an input image cannot be read: {e}"));
    }
    let url = Url::parse(uri).map_err(|e| e.to_string())?;
    if !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
        return Err("the local Replicate fetches input images from this machine alone".to_owned());
    }
    let told = |e: reqwest::Error| format!("an input image cannot be fetched: {}", e.without_url());
    let mut response =
        client.get(url).send().await.and_then(reqwest::Response::error_for_status).map_err(told)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(told)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_INPUT_BYTES {
            return Err("an input image is larger than 32 MB".to_owned());
        }
    }
    Ok(bytes)
}

pub(in crate::cloud) fn decode(bytes: Vec<u8>) -> Result<RgbImage, String> {
    let reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    reader
        .decode()
        .map(DynamicImage::into_rgb8)
        .map_err(|e| format!("an input image cannot be read: {e}"))
}

/// Width and height as the model would make them.
fn size(model: &Model, input: &Map<String, Value>, given: Option<(u32, u32)>) -> (u32, u32) {
    let number = |name| model.value(input, name).as_u64().and_then(|it| u32::try_from(it).ok());
    let ratio = model.value(input, "aspect_ratio");
    let ratio = ratio.as_str().unwrap_or("1:1");
    if let (Some(width), Some(height), "custom") = (number("width"), number("height"), ratio) {
        return (width.next_multiple_of(32), height.next_multiple_of(32));
    }
    let (megapixels, is_standard) = match model.value(input, "resolution").as_str() {
        Some("0.5 MP") => (0.5, false),
        Some("2 MP") => (2.0, false),
        Some("4 MP") => (4.0, false),
        _ => (1.0, true),
    };
    // An open-weight model takes the shape of the image it is given.
    let follows_input =
        ratio == "match_input_image" || (model.name == "flux-dev" && given.is_some());
    let (width, height) = if follows_input {
        let (width, height) = given.unwrap_or((1, 1));
        fitted(f64::from(width) / f64::from(height), megapixels)
    } else {
        listed(ratio).filter(|_| is_standard).unwrap_or_else(|| fitted(quotient(ratio), megapixels))
    };
    if model.value(input, "megapixels") == "0.25" {
        (width / 2, height / 2)
    } else {
        (width, height)
    }
}

/// The same shape with no side longer than `canvas`.
pub(in crate::cloud) fn within(canvas: Option<u32>, width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height);
    match canvas {
        Some(canvas) if canvas < longest => {
            let scaled = |side: u32| (side * canvas / longest).max(1);
            (scaled(width), scaled(height))
        }
        Some(_) | None => (width, height),
    }
}

fn listed(ratio: &str) -> Option<(u32, u32)> {
    Some(match ratio {
        "1:1" => (1024, 1024),
        "16:9" => (1344, 768),
        "21:9" => (1536, 640),
        "3:2" => (1216, 832),
        "2:3" => (832, 1216),
        "4:5" => (896, 1088),
        "5:4" => (1088, 896),
        "3:4" => (896, 1152),
        "4:3" => (1152, 896),
        "9:16" => (768, 1344),
        "9:21" => (640, 1536),
        _ => return None,
    })
}

fn quotient(ratio: &str) -> f64 {
    let sides = ratio
        .split_once(':')
        .and_then(|(w, h)| Some((w.parse::<f64>().ok()?, h.parse::<f64>().ok()?)));
    sides.map_or(1.0, |(width, height)| width / height)
}

/// About so many megapixels in that shape, in steps of 32.
fn fitted(quotient: f64, megapixels: f64) -> (u32, u32) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what fits before"
    )]
    let step = |side: f64| ((side / 32.0).round().clamp(8.0, 96.0) as u32) * 32;
    let area = megapixels * 1024.0 * 1024.0;
    (step((area * quotient).sqrt()), step((area / quotient).sqrt()))
}

/// How much of the result is painted and how much is the input image: 1 ignores the image.
#[expect(clippy::cast_possible_truncation, reason = "a share needs no more digits")]
fn strength(model: &Model, prediction: &Prediction) -> f32 {
    let usual = match model.name {
        // It edits: what the words do not speak of stays.
        "flux-kontext-pro" => 0.45,
        // It makes a new picture with what it was shown.
        "flux-2-pro" => 0.55,
        // `image_prompt` is a hint at a composition.
        _ => 0.85,
    };
    model.value(&prediction.input, "prompt_strength").as_f64().unwrap_or(usual).clamp(0.0, 1.0)
        as f32
}

/// What is painted over: the one image, or all of them side by side, each running into the next.
fn composed(inputs: &[RgbImage], width: u32, height: u32) -> Option<RgbImage> {
    let (first, others) = inputs.split_first()?;
    if others.is_empty() {
        return Some(first.clone());
    }
    let layers: Vec<RgbImage> = inputs.iter().map(|it| covering(it, width, height)).collect();
    let last = layers.len() - 1;
    Some(RgbImage::from_fn(width, height, |x, y| {
        // In 1/256 of a band, measured from the middle of the first one.
        let bands = u64::try_from(layers.len()).expect("a list in memory");
        let across = (u64::from(x) * bands * 256 / u64::from(width)).saturating_sub(128);
        let index = usize::try_from(across / 256).unwrap_or(last).min(last);
        // Most of a band is one image alone; the fade is the quarter between two.
        let fade = ((across % 256).saturating_sub(96) * 4).min(256);
        let (one, other) =
            (layers[index].get_pixel(x, y), layers[(index + 1).min(last)].get_pixel(x, y));
        let mixed = |channel: usize| {
            let (one, other) = (u64::from(one[channel]), u64::from(other[channel]));
            u8::try_from((one * (256 - fade) + other * fade) / 256).unwrap_or(u8::MAX)
        };
        Rgb([mixed(0), mixed(1), mixed(2)])
    }))
}

/// The middle of `image`, scaled until it fills the size.
fn covering(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    DynamicImage::ImageRgb8(image.clone())
        .resize_to_fill(width, height, image::imageops::FilterType::Triangle)
        .into_rgb8()
}

pub(in crate::cloud) fn mark(picture: &mut RgbImage) {
    let side = content_safety::MARKER_SIDE;
    for (x, y) in (0..side.min(picture.width())).flat_map(|x| (0..side).map(move |y| (x, y))) {
        if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
            *pixel = Rgb(content_safety::MARKER);
        }
    }
}

pub(in crate::cloud) fn encode(picture: &RgbImage, extension: &str, quality: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let written = match extension {
        "png" => picture.write_to(&mut bytes, ImageFormat::Png),
        "jpg" => JpegEncoder::new_with_quality(&mut bytes, quality.max(1)).encode_image(picture),
        _ => {
            let encoder =
                webp::Encoder::from_rgb(picture.as_raw(), picture.width(), picture.height());
            return encoder.encode(f32::from(quality)).to_vec();
        }
    };
    written.expect("memory is writable and the size is within every format's");
    bytes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::super::models::{OWNER, find};
    use super::super::prediction::tests::prediction;
    use super::*;
    use serde_json::json;

    fn sized(model: &str, input: &Value, given: Option<(u32, u32)>) -> (u32, u32) {
        let model = find(OWNER, model).expect("the model is in the table");
        size(model, input.as_object().expect("an object"), given)
    }

    fn ordered(model: &str, input: &Value) -> Prediction {
        let mut prediction = prediction("p1", model);
        prediction.input = input.as_object().cloned().expect("an object");
        prediction
    }

    #[test]
    fn sizes_are_those_of_the_models() {
        assert_eq!(sized("flux-schnell", &json!({"aspect_ratio": "16:9"}), None), (1344, 768));
        assert_eq!(sized("flux-schnell", &json!({"megapixels": "0.25"}), None), (512, 512));
        assert_eq!(
            sized("flux-dev", &json!({"aspect_ratio": "16:9"}), Some((500, 1000))),
            (736, 1440)
        );
        assert_eq!(sized("flux-kontext-pro", &json!({}), None), (1024, 1024));
        assert_eq!(sized("flux-kontext-pro", &json!({}), Some((1024, 512))), (1440, 736));
        assert_eq!(sized("flux-2-pro", &json!({"resolution": "4 MP"}), None), (2048, 2048));
        let custom = json!({"aspect_ratio": "custom", "width": 500, "height": 256});
        assert_eq!(sized("flux-1.1-pro", &custom, None), (512, 256));
    }

    #[test]
    fn every_format_is_what_it_is_called() {
        for (format, expected) in
            [("webp", ImageFormat::WebP), ("jpg", ImageFormat::Jpeg), ("png", ImageFormat::Png)]
        {
            let input = json!({"prompt": "a fox", "megapixels": "0.25", "output_format": format});
            let files = files(&ordered("flux-schnell", &input), &[], None);
            assert_eq!(files[0].0, format!("0.{format}"));
            assert_eq!(image::guess_format(&files[0].1).ok(), Some(expected));
        }
    }

    #[test]
    fn a_canvas_keeps_the_shape_and_never_enlarges() {
        assert_eq!(within(Some(64), 1344, 768), (64, 36));
        assert_eq!(within(Some(64), 32, 32), (32, 32));
        assert_eq!(within(None, 1344, 768), (1344, 768));
    }

    #[test]
    fn one_of_several_is_left_out_when_that_is_the_script() {
        let input = json!({"prompt": "some-nsfw: a beach", "num_outputs": 3, "megapixels": "0.25"});
        assert_eq!(files(&ordered("flux-schnell", &input), &[], None).len(), 2);
    }

    #[test]
    fn the_mark_is_found_after_every_encoding() {
        let mut marked = painter::paint("a fox", 1, 256, 256);
        mark(&mut marked);
        for format in ["webp", "jpg", "png"] {
            let found = |picture: &RgbImage| {
                content_safety::is_marked(
                    &decode(encode(picture, format, 60)).expect("we encoded it"),
                )
            };
            assert!(found(&marked), "{format}");
            assert!(!found(&painter::paint("a fox", 1, 256, 256)), "{format}");
        }
    }

    #[test]
    fn one_unsafe_image_is_the_first() {
        assert_eq!([0, 1].map(|number| is_unsafe("an unsafe-image", number)), [true, true]);
        assert_eq!([0, 1].map(|number| is_unsafe("one-unsafe-image", number)), [true, false]);
        assert!(!is_unsafe("a fox", 0));
    }

    /// Dark on the left, bright on the right, in one colour.
    fn slope(colour: [u8; 3]) -> RgbImage {
        RgbImage::from_fn(128, 128, |x, _| {
            Rgb(colour.map(|it| u8::try_from(u32::from(it) * x / 127).expect("a share of a byte")))
        })
    }

    fn painted(model: &str, input: &Value, inputs: &[RgbImage]) -> RgbImage {
        let files = files(&ordered(model, input), inputs, Some(128));
        decode(files[0].1.clone()).expect("we encoded it")
    }

    /// The mean of a channel from column `from` to column `to`.
    fn mean(image: &RgbImage, channel: usize, from: u32, to: u32) -> f64 {
        let columns = image.enumerate_pixels().filter(|(x, _, _)| (from..to).contains(x));
        let (sum, count) = columns.fold((0.0, 0.0), |(sum, count), (_, _, it)| {
            (sum + f64::from(it[channel]), count + 1.0)
        });
        sum / count
    }

    #[test]
    fn an_edit_keeps_what_it_was_given_and_follows_the_words() {
        let given = slope([200, 200, 200]);
        let edit = |prompt: &str| {
            let input = json!({"prompt": prompt, "output_format": "png"});
            painted("flux-kontext-pro", &input, std::slice::from_ref(&given))
        };
        let (one, other) = (edit("a red sunset"), edit("a blue night"));
        assert_eq!(one, edit("a red sunset"), "the same words and seed are the same picture");
        assert_ne!(one, other);
        for picture in [&one, &other] {
            let (left, right) = (mean(picture, 1, 0, 32), mean(picture, 1, 96, 128));
            assert!(right > left + 20.0, "dark on the left: {left} and {right}");
        }
        let redness = |it: &RgbImage| mean(it, 0, 0, 128) - mean(it, 2, 0, 128);
        assert!(redness(&one) > redness(&other) + 10.0, "{} {}", redness(&one), redness(&other));
    }

    #[test]
    fn references_stand_side_by_side() {
        let (red, blue) = (
            RgbImage::from_pixel(64, 64, Rgb([230, 20, 20])),
            RgbImage::from_pixel(64, 64, Rgb([20, 20, 230])),
        );
        let both = composed(&[red.clone(), blue.clone()], 128, 64).expect("there are images");
        assert_eq!(both.get_pixel(2, 2), &Rgb([230, 20, 20]));
        assert_eq!(both.get_pixel(125, 2), &Rgb([20, 20, 230]));
        let input = json!({"prompt": "a field", "output_format": "png"});
        let picture = painted("flux-2-pro", &input, &[red, blue]);
        let redness = |from, to| mean(&picture, 0, from, to) - mean(&picture, 2, from, to);
        assert!(redness(0, 40) > redness(88, 128), "the first is on the left");
        let three = composed(&vec![slope([9; 3]); 3], 100, 40).expect("there are images");
        assert_eq!(three.dimensions(), (100, 40));
    }

    #[test]
    fn the_more_strength_the_less_is_left_of_the_input() {
        let given = slope([255, 120, 0]);
        let off = |strength: f64| {
            let input =
                json!({"prompt": "a fox", "prompt_strength": strength, "output_format": "png"});
            let picture = painted("flux-dev", &input, std::slice::from_ref(&given));
            let pairs = picture.pixels().zip(given.pixels());
            pairs
                .map(|(a, b)| (0..3).map(|c| u64::from(a[c].abs_diff(b[c]))).sum::<u64>())
                .sum::<u64>()
        };
        let (little, much, all) = (off(0.2), off(0.6), off(1.0));
        assert!(little < much && much < all, "{little} {much} {all}");
    }

    #[test]
    fn an_input_image_shows_through_as_much_as_asked() {
        let white = RgbImage::from_pixel(64, 64, Rgb([255; 3]));
        let painted = |strength: f64| {
            let input = json!({"prompt": "x", "prompt_strength": strength, "output_format": "png", "megapixels": "0.25"});
            let files = files(&ordered("flux-dev", &input), std::slice::from_ref(&white), None);
            decode(files[0].1.clone()).expect("we encoded it")
        };
        assert!(painted(0.0).pixels().all(|pixel| pixel.0 == [255; 3]));
        assert!(painted(1.0).pixels().any(|pixel| pixel.0 != [255; 3]));
    }
}
