//! Draws a picture from the words of a prompt and a seed: what the image models do, on one machine without a model.
//!
//! The words say what is in the picture, the seed how it is arranged. The same words, seed and size give the same
//! bytes on every machine, as with the vendor's seeds; everything here is arithmetic to that end. There is no text
//! and no signature in a picture: what it is made by is said next to it.
//!
//! The way of a picture: [`words`] → [`scene`] → [`light`] → [`places`] → [`subjects`] (placed by [`cast`]) →
//! [`weather`] → [`styles`].

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels and places change into each other all the time, and every picture is far below 2^24 of either"
)]
#![expect(
    clippy::many_single_char_names,
    clippy::similar_names,
    reason = "geometry has x, y, u, v, r and t; longer names would hide the formula"
)]

mod brush;
mod canvas;
mod cast;
mod field;
mod geometry;
mod light;
mod mask;
mod outline;
mod palette;
mod places;
mod random;
mod scene;
mod sky;
mod styles;
mod subjects;
mod terrain;
#[cfg(test)]
mod tests;
mod vocabulary;
mod weather;
mod words;

use image::RgbImage;

use canvas::Canvas;
use light::Light;
use random::Random;
use scene::Scene;

/// The picture of `prompt`, arranged by `seed`. Never fails: words it does not know become colours and shapes.
pub fn paint(prompt: &str, seed: u64, width: u32, height: u32) -> RgbImage {
    let scene = words::read(prompt);
    let random = arrangement(&scene, seed);
    let mut canvas = compose(&scene, &random, Canvas::new(width, height), Backdrop::Painted);
    styles::apply(&mut canvas, &scene, &mut random.fork("style"));
    canvas.to_image()
}

/// `source` changed toward `prompt`: its colours go to the prompt's, the prompt's subject enters it, its style covers
/// all. `strength` 0 keeps the source, 1 ignores it.
pub fn repaint(
    prompt: &str,
    seed: u64,
    source: &RgbImage,
    strength: f32,
    width: u32,
    height: u32,
) -> RgbImage {
    let strength = if strength.is_nan() { 1.0 } else { strength.clamp(0.0, 1.0) };
    if strength >= 1.0 || source.width() == 0 || source.height() == 0 {
        return paint(prompt, seed, width, height);
    }
    let original = Canvas::from_image(source, width, height);
    if strength <= 0.0 {
        return original.to_image();
    }
    let scene = words::read(prompt);
    let random = arrangement(&scene, seed);
    let mut painted = compose(&scene, &random, original.clone(), Backdrop::Given(strength));
    styles::apply(&mut painted, &scene, &mut random.fork("style"));
    // A faint wish leaves a trace of the source over everything, the subject too.
    let mut result = original;
    result.mixed(&painted, geometry::smooth(0.0, 0.3, strength));
    result.to_image()
}

/// Words and seed together: other words with the same seed are another picture, not the same one with another name.
fn arrangement(scene: &Scene, seed: u64) -> Random {
    Random::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ scene.words)
}

/// What is behind the subjects.
#[derive(Debug, Clone, Copy)]
enum Backdrop {
    /// The scene's own place.
    Painted,
    /// What is on the canvas already, given way by this strength.
    Given(f32),
}

fn compose(scene: &Scene, random: &Random, given: Canvas, backdrop: Backdrop) -> Canvas {
    let light = Light::of(scene, &mut random.fork("light"));
    let mut canvas = given.clone();
    let stage = places::paint(&mut canvas, scene, &light, random);
    if let Backdrop::Given(strength) = backdrop {
        let mut kept = given;
        styles::recolour(&mut kept, &canvas, 0.35 + 0.5 * strength);
        kept.mixed(&canvas, geometry::smooth(0.5, 1.0, strength));
        canvas = kept;
    }
    if styles::blurs_backdrop(scene) {
        let radius = canvas.short() * 0.008;
        canvas = canvas.defocused(radius);
    }
    cast::paint(&mut canvas, scene, &light, stage, random);
    weather::paint(&mut canvas, scene, &light, stage, random);
    canvas
}
