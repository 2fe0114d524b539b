//! What is done on paper: watercolour, ink, a line.

use super::super::canvas::Canvas;
use super::super::field::Field;
use super::super::geometry::{smooth, unit};
use super::super::mask::blurred;
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, layered, noise};

/// Pigment in water: it runs, dries darker at the rim of each wash, and lets the paper through.
pub(super) fn watercolour(canvas: &mut Canvas, random: &mut Random) {
    let short = canvas.short();
    let salt = random.next() as u32;
    let soft = canvas.defocused(short * 0.0045);
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let mut wash = canvas.clone();
    let drift = |frequency: f32, octaves: u32, salt: u32| {
        Field::of(canvas.width, canvas.height, 4, move |x, y| {
            layered(x / short * frequency, y / short * frequency, octaves, salt) - 0.5
        })
    };
    let (across, down) = (drift(13.0, 3, salt), drift(13.0, 3, salt ^ 1));
    let (blooms, tears) = (drift(4.0, 4, salt ^ 5), drift(7.0, 4, salt ^ 8));
    wash.all(|x, y, _| {
        let (u, v) = (x / short, y / short);
        let (dx, dy) = (across.at(x, y), down.at(x, y));
        let (fx, fy) =
            (noise(u * 90.0, v * 90.0, salt ^ 2) - 0.5, noise(u * 90.0, v * 90.0, salt ^ 3) - 0.5);
        let c = soft
            .between(x + (dx * 0.034 + fx * 0.006) * short, y + (dy * 0.034 + fy * 0.006) * short)
            .clamped();
        // Few tones, with soft steps: washes.
        let l = c.luminance().max(0.02);
        let stepped = (l * 6.0).floor() / 6.0 + smooth(0.25, 0.75, (l * 6.0).fract()) / 6.0;
        (c * (stepped.max(0.05) / l)).clamped().saturated(1.12)
    });
    let tones: Vec<f32> = wash.pixels.iter().map(|c| c.luminance()).collect();
    let around = blurred(&tones, canvas.width, canvas.height, short * 0.007);
    let paper = rgb(0xfb_f8f0);
    let margin = short * 0.035;
    let columns = canvas.width;
    canvas.all(|x, y, _| {
        let i = y as usize * columns + x as usize;
        let (u, v) = (x / short, y / short);
        let c = wash.pixels[i];
        let rim = unit((around[i] - tones[i] - 0.012) * 5.0);
        let bloom = blooms.at(x, y);
        let grain = layered(u * 150.0, v * 150.0, 2, salt ^ 6);
        let density = unit(0.86 + bloom * 0.5 - (grain - 0.5) * 0.26 + rim * 0.35);
        let painted = Rgb(1.0, 1.0, 1.0).toward(c, density);
        let painted = painted.toward(c * 0.68, rim * 0.55);
        let border = x.min(width - x).min(y).min(height - y);
        let torn = margin + tears.at(x, y) * short * 0.06;
        let inside = smooth(torn - 1.5, torn + 2.5, border);
        let edge = smooth(torn + short * 0.014, torn, border) * inside;
        let painted = painted * (1.0 - 0.16 * edge);
        (paper.toward(painted * paper, inside)) * (0.955 + 0.07 * grain)
    });
}

/// Pen and ink: contours, and hatching that gets denser the darker it is.
pub(super) fn ink(canvas: &mut Canvas, random: &mut Random) {
    let short = canvas.short();
    let salt = random.next() as u32;
    let pen = rgb(0x1c_1a22);
    let paper = rgb(0xf5_efe2);
    let outline = contours(canvas, short * 0.0022, 0.05, 0.17);
    let source = canvas.defocused(short * 0.0025);
    let (low, high) = tonal_range(&source);
    let columns = canvas.width;
    let pitch = (short / 150.0).max(4.0);
    canvas.all(|x, y, _| {
        let i = y as usize * columns + x as usize;
        let (u, v) = (x / short, y / short);
        let tone = unit((source.pixels[i].luminance() - low) / (high - low));
        let wobble = (layered(u * 6.0, v * 6.0, 2, salt) - 0.5) * 3.2;
        let pressure = 0.78 + 0.5 * noise(u * 34.0, v * 34.0, salt ^ 1);
        let hatch = |direction: (f32, f32), from: f32, to: f32| {
            let place = (x * direction.0 + y * direction.1) / pitch + wobble;
            let line = (place - place.floor() - 0.5).abs() * 2.0;
            let wide = smooth(from, to, tone) * pressure * 0.78;
            smooth(wide + 0.3, wide - 0.06, line) * smooth(0.0, 0.14, wide)
        };
        let shade = unit(
            hatch((0.62, 0.78), 0.62, 0.08)
                + hatch((-0.66, 0.75), 0.36, 0.0)
                + hatch((0.08, 1.0), 0.2, 0.0)
                + 0.85 * smooth(0.13, 0.03, tone),
        );
        let fibre = layered(u * 120.0, v * 120.0, 2, salt ^ 4);
        let ink = unit(shade * 0.86 + outline[i] * 0.95);
        (paper * (0.95 + 0.08 * fibre)).toward(pen, ink * 0.94)
    });
}

/// One clean line on white, with a breath of colour.
pub(super) fn lines(canvas: &mut Canvas, random: &mut Random) {
    let short = canvas.short();
    let outline = contours(canvas, short * 0.0032, 0.045, 0.12);
    let washes = canvas.defocused(short * 0.012);
    let columns = canvas.width;
    let salt = random.next() as u32;
    canvas.all(|x, y, _| {
        let i = y as usize * columns + x as usize;
        let tint = washes.pixels[i].clamped().saturated(0.9).toward(rgb(0xff_fdf8), 0.86);
        let pressure = 0.8 + 0.2 * noise(x / short * 9.0, y / short * 9.0, salt);
        tint.toward(rgb(0x20_2028), outline[i] * pressure)
    });
}

/// How much every pixel lies on a contour: a difference of two blurs per channel, so lines keep one width.
fn contours(canvas: &Canvas, radius: f32, from: f32, to: f32) -> Vec<f32> {
    let soft = canvas.defocused(radius.max(0.9));
    let reach = (radius * 0.6).round().max(1.0) as usize;
    let mut lines = vec![0.0; canvas.pixels.len()];
    for y in 0..canvas.height {
        for x in 0..canvas.width {
            let (left, right) = (soft.at(x.saturating_sub(reach), y), soft.at(x + reach, y));
            let (up, down) = (soft.at(x, y.saturating_sub(reach)), soft.at(x, y + reach));
            let edge = (left.distance(right) + up.distance(down)).sqrt();
            lines[y * canvas.width + x] = smooth(from, to, edge);
        }
    }
    lines
}

/// The luminances below and above which only a twentieth lies.
fn tonal_range(canvas: &Canvas) -> (f32, f32) {
    let mut counts = [0_usize; 64];
    for c in &canvas.pixels {
        counts[((unit(c.luminance()) * 63.0) as usize).min(63)] += 1;
    }
    let rest = canvas.pixels.len() / 20;
    let low = rank(0..64, &counts, rest).unwrap_or(0) as f32 / 63.0;
    let high = rank((0..64).rev(), &counts, rest).unwrap_or(63) as f32 / 63.0;
    (low * 0.9, high.max(low + 0.25))
}

/// The step at which more than `rest` pixels have been passed.
fn rank(
    mut order: impl Iterator<Item = usize>,
    counts: &[usize; 64],
    rest: usize,
) -> Option<usize> {
    let mut sum = 0;
    order.find(|step| {
        sum += counts[*step];
        sum > rest
    })
}
