//! A range of mountains.

use super::super::canvas::Canvas;
use super::super::field::Field;
use super::super::geometry::{smooth, unit};
use super::super::light::Light;
use super::super::palette::rgb;
use super::super::random::{Random, layered, noise};
use super::super::scene::Scene;
use super::below;

/// A range of peaks: rock in the light on one side, in the shade on the other, snow on top.
pub(super) fn range(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    base: f32,
    height: f32,
    distance: f32,
    random: &mut Random,
) {
    let (width, short) = (canvas.width as f32, canvas.short());
    let salt = random.next() as u32;
    let phase = random.between(0.0, 50.0);
    let ridged = |x: f32| {
        let u = x / short + phase;
        let fold = |v: f32| 1.0 - (2.0 * v - 1.0).abs();
        let peaks = fold(noise(u * 1.7, 0.2, salt));
        let sub = fold(noise(u * 4.3, 0.6, salt ^ 1));
        let fine = layered(u * 11.0, 0.4, 4, salt ^ 2) - 0.5;
        base - short * height * (peaks * peaks * 0.72 + sub * 0.2 + fine * 0.14)
    };
    let side = -light.toward[0].signum();
    let line: Vec<f32> = (0..=width as usize + 8).map(|x| ridged(x as f32)).collect();
    let rock = [light.flat(rgb(0x9a_8e88)), light.flat(rgb(0x56_5666))];
    let snow = [light.flat(rgb(0xfa_fcff)) + light.rim * 0.2, light.flat(rgb(0x98_acd4))];
    let line_ref = &line;
    let snow_line = base - short * height * if scene.snowy() { 0.12 } else { 0.46 };
    let (columns, rows) = (canvas.width, canvas.height);
    let warps = Field::of(columns, rows, 3, |x, y| {
        layered(x / short * 7.0, y / short * 7.0, 4, salt ^ 7) - 0.5
    });
    // Ribs run down and apart from the crest, not straight down.
    let ribbing = Field::of(columns, rows, 2, |x, y| {
        let fall = (y - base) / short * 6.0;
        let lean = if noise(x / short * 3.0, 0.9, salt ^ 0x21) > 0.5 { 1.0 } else { -1.0 };
        layered(x / short * 13.0 + fall * lean, y / short * 6.0, 3, salt ^ 0x11) - 0.5
    });
    below(
        canvas,
        base + short * 0.2,
        |x| line_ref[x as usize],
        |x, y, depth| {
            // Each flank leans its own way; the noise is what breaks it into faces.
            let (warp, ribs) = (warps.at(x, y), ribbing.at(x, y));
            let column = ((x + warp * (short * 0.06 + depth * 0.9)).max(0.0) as usize)
                .min(line_ref.len() - 5);
            let slope = (line_ref[column + 4] - line_ref[column.saturating_sub(4)]) / 8.0;
            let lit = unit(0.5 - side * slope * 0.5 + ribs * 1.5 + warp * 0.9);
            let face = rock[1].toward(rock[0], lit);
            let white = snow[1].toward(snow[0], lit);
            let snowed = smooth(
                short * 0.03,
                -short * 0.05,
                y - snow_line + (warp + ribs * 0.6) * short * 0.22,
            );
            let low = smooth(base - short * height * 0.35, base, y);
            face.toward(white, snowed)
                .toward(light.haze, unit(distance * 0.72 + 0.35 * low * (0.4 + distance)))
        },
    );
}
