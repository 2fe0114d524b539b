//! Light that spills over: a soft bloom, or a night of neon.

use super::super::canvas::Canvas;
use super::super::geometry::{smooth, unit};
use super::super::palette::{Rgb, rgb};

/// Bright places light their surroundings.
pub(super) fn bloom(canvas: &mut Canvas, strength: f32) {
    // Light that is spread this wide has no detail: a small picture of it is enough.
    let mut bright = canvas.shrunk(4);
    bright.all(|_, _, c| c * smooth(0.72, 1.15, c.luminance()));
    let spill = bright.defocused(canvas.short() * 0.02 / 4.0);
    canvas.all(|x, y, c| shoulder(c + spill.between(x * 0.25 - 0.5, y * 0.25 - 0.5) * strength));
}

/// Rolls off what is too bright instead of cutting it.
fn shoulder(c: Rgb) -> Rgb {
    let roll =
        |v: f32| if v > 0.82 { 0.82 + 0.18 * (1.0 - 1.0 / (1.0 + (v - 0.82) / 0.18)) } else { v };
    Rgb(roll(c.0), roll(c.1), roll(c.2))
}

/// Dark, with every contour a tube of light.
pub(super) fn neon(canvas: &mut Canvas) {
    let soft = canvas.defocused(canvas.short() * 0.002);
    let (width, height) = (canvas.width, canvas.height);
    let base = soft.pixels.iter().map(|c| c.luminance()).sum::<f32>() / soft.pixels.len() as f32;
    let reach = (canvas.short() / 640.0).max(1.0) as usize;
    // In a dark picture also faint contours are contours.
    let (from, to) = if base > 0.25 { (0.1, 0.34) } else { (0.045, 0.18) };
    let mut tubes = canvas.clone();
    for y in 0..height {
        for x in 0..width {
            let (left, right) = (soft.at(x.saturating_sub(reach), y), soft.at(x + reach, y));
            let (up, down) = (soft.at(x, y.saturating_sub(reach)), soft.at(x, y + reach));
            let edge = (left.distance(right) + up.distance(down)).sqrt();
            let here = soft.at(x, y);
            let side = unit(
                x as f32 / width as f32 * 0.6
                    + y as f32 / height as f32 * 0.4
                    + (here.0 - here.2) * 0.8,
            );
            let tube = rgb(0x20_e0ff).toward(rgb(0xff_2ca8), smooth(0.3, 0.7, side));
            tubes.pixels[y * width + x] = tube * smooth(from, to, edge);
        }
    }
    let wide = tubes.shrunk(4).defocused(canvas.short() * 0.022 / 4.0);
    let near = tubes.defocused(canvas.short() * 0.006);
    for (i, pixel) in canvas.pixels.iter_mut().enumerate() {
        let l = pixel.luminance();
        let far = wide.between((i % width) as f32 * 0.25 - 0.4, (i / width) as f32 * 0.25 - 0.4);
        // Day or night before: it is night now.
        let night = rgb(0x0c_0630)
            .toward(rgb(0x58_1c88), smooth(0.0, 0.9, l))
            .toward(rgb(0x30_b0e8), smooth(0.55, 1.0, l) * 0.6);
        let kept = pixel.saturated(1.6) * if base > 0.4 { 0.42 } else { 1.05 };
        let dark = kept.toward(night, if base > 0.4 { 0.7 } else { 0.4 });
        *pixel = shoulder(dark + tubes.pixels[i] * 0.55 + near.pixels[i] * 0.8 + far * 1.15);
    }
}
