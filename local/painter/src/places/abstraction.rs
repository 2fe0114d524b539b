//! For words that name nothing one can see: colour and shape from what the words hash to.

use std::f32::consts::FRAC_PI_2;

use super::super::canvas::Canvas;
use super::super::geometry::{at, blend, cos, sin, smooth, unit};
use super::super::outline::{Form, oval, polygon, slab};
use super::super::palette::{Harmony, Rgb};
use super::super::random::{Random, layered, noise};
use super::super::scene::Scene;
use super::Stage;

pub(super) fn paint(canvas: &mut Canvas, scene: &Scene, random: &mut Random) -> Stage {
    // The words choose colours and kind; the seed only arranges them.
    let mut words = Random::new(scene.words);
    let harmony = if scene.colours.is_empty() {
        Harmony::from_chance(&mut words)
    } else {
        Harmony::around(&scene.colours, &mut words)
    };
    match words.below(4) {
        0 => ribbons(canvas, &harmony, random),
        1 => circles(canvas, &harmony, random),
        2 => marble(canvas, &harmony, random),
        _ => layers(canvas, &harmony, random),
    }
    let height = canvas.height as f32;
    Stage { near: height * 0.8, far: height * 0.6, horizon: height * 0.6 }
}

/// Silk: bands that fold over each other, each with its own light.
fn ribbons(canvas: &mut Canvas, harmony: &Harmony, random: &mut Random) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let salt = random.next() as u32;
    canvas.all(|x, y, _| {
        harmony
            .ramp(0.12 + 0.25 * (y / height) + 0.2 * noise(x / short * 1.4, y / short * 1.4, salt))
    });
    let slope = random.between(-0.5, 0.5);
    for band in 0..9 {
        let t = band as f32 / 8.0;
        let (salt, phase) = (random.next() as u32, random.between(0.0, 6.0));
        let (swing, pace) = (short * random.between(0.06, 0.2), random.between(2.0, 4.2));
        let thickness = short * random.between(0.09, 0.22);
        let colour = harmony.ramp(blend(0.2, 1.0, (t * 3.7 + random.unit() * 0.3).fract()));
        let base = blend(-0.1, 1.05, t) * height;
        canvas.all(|x, y, under| {
            let u = x / short;
            let fold =
                sin(u * pace + phase) * swing + (layered(u * 1.3, t, 2, salt) - 0.5) * short * 0.3;
            let place = (y - base - fold - slope * (x - width * 0.5)) / thickness;
            if !(-0.6..=1.02).contains(&place) {
                return under;
            }
            let lean = cos(u * pace + phase);
            let shade = 0.6 + 0.45 * sin(unit(place) * 3.1) + 0.16 * lean;
            let body = smooth(0.0, 0.01, place) * smooth(1.0, 0.985, place);
            let shadow = smooth(-0.6, 0.0, place) * 0.35;
            (under * (1.0 - shadow * (1.0 - body))).toward(
                colour * shade
                    + Rgb(1.0, 1.0, 1.0) * (0.1 * smooth(0.9, 1.0, sin(unit(place) * 3.1))),
                body,
            )
        });
    }
}

/// Discs, halves and bars on paper, as a printer of the twenties would have set them.
fn circles(canvas: &mut Canvas, harmony: &Harmony, random: &mut Random) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let salt = random.next() as u32;
    let paper = harmony.0[4].lighter(0.35);
    canvas.all(|x, y, _| {
        paper * (0.96 + 0.06 * layered(x / short * 60.0, y / short * 60.0, 2, salt))
    });
    let cells = if width > height {
        (5, ((5.0 * height / width).round() as usize).max(2))
    } else {
        (((5.0 * width / height).round() as usize).max(2), 5)
    };
    let (cw, ch) = (width / cells.0 as f32, height / cells.1 as f32);
    for row in 0..cells.1 {
        for column in 0..cells.0 {
            let (x0, y0) = (column as f32 * cw, row as f32 * ch);
            let (x1, y1) = (x0 + cw, y0 + ch);
            let ground = harmony.0[random.below(5)];
            if random.chance(0.75) {
                canvas.fill(&[slab(x0, y0, x1 + 0.5, y1 + 0.5, 0.0)], ground, 1.0);
            }
            let colour = harmony.0[(random.below(4) + 1) % 5];
            let r = cw.min(ch) * 0.5;
            let centre = at(f32::midpoint(x0, x1), f32::midpoint(y0, y1));
            let quarter = |cx: f32, cy: f32, r: f32| -> Form {
                let sx = if cx < centre.x { 1.0 } else { -1.0 };
                let sy = if cy < centre.y { 1.0 } else { -1.0 };
                let mut points = vec![(cx, cy)];
                for i in 0..=16 {
                    let a = i as f32 / 16.0 * FRAC_PI_2;
                    points.push((cx + sx * r * cos(a), cy + sy * r * sin(a)));
                }
                polygon(&points)
            };
            let corner = at(random.pick(&[x0, x1]), random.pick(&[y0, y1]));
            match random.below(6) {
                0 => canvas.fill(&[oval(centre.x, centre.y, r * 0.86, r * 0.86)], colour, 1.0),
                1 => {
                    canvas.fill(&[quarter(corner.x, corner.y, r * 2.0)], colour, 1.0);
                    canvas.fill(
                        &[quarter(corner.x, corner.y, r * 1.2)],
                        harmony.0[random.below(5)],
                        1.0,
                    );
                }
                2 => canvas.fill(&[polygon(&[(x0, y1), (x1, y0), (x1, y1)])], colour, 1.0),
                3 => {
                    for i in 0..4 {
                        let x = x0 + cw * (i as f32 + 0.25) / 4.0;
                        canvas.fill(&[slab(x, y0, x + cw * 0.11, y1, 0.0)], colour, 1.0);
                    }
                }
                4 => {
                    canvas.fill(&[oval(centre.x, centre.y, r * 0.9, r * 0.9)], colour, 1.0);
                    canvas.fill(
                        &[oval(centre.x, centre.y, r * 0.45, r * 0.45)],
                        harmony.0[random.below(5)],
                        1.0,
                    );
                }
                _ => canvas.fill(&[quarter(corner.x, corner.y, r * 2.0)], colour, 1.0),
            }
        }
    }
    canvas.all(|x, y, c| {
        c * (0.95 + 0.08 * layered(x / short * 90.0, y / short * 90.0, 2, salt ^ 1))
    });
}

/// Ink in water: noise that bends noise, veined with the lightest colour.
fn marble(canvas: &mut Canvas, harmony: &Harmony, random: &mut Random) {
    let short = canvas.short();
    let salt = random.next() as u32;
    let scale = random.between(1.2, 2.0);
    canvas.all(|x, y, _| {
        let (u, v) = (x / short * scale, y / short * scale);
        let (a, b) = (layered(u, v, 4, salt), layered(u + 5.2, v + 1.3, 4, salt ^ 1));
        let (c, d) = (
            layered(u + 3.0 * a, v + 3.0 * b, 4, salt ^ 2),
            layered(u + 2.6 * b, v + 2.6 * a + 4.0, 3, salt ^ 3),
        );
        let base = harmony.ramp(smooth(0.2, 0.8, c));
        let vein = smooth(0.03, 0.0, (d - 0.5).abs());
        let depth = 0.75 + 0.5 * a;
        (base * depth).toward(harmony.0[4], vein * 0.55)
    });
}

/// Paper cut in layers, each with a shadow on the next.
fn layers(canvas: &mut Canvas, harmony: &Harmony, random: &mut Random) {
    let short = canvas.short();
    let salt = random.next() as u32;
    let steps = 8.0;
    let scale = random.between(0.9, 1.5);
    let height_at =
        |x: f32, y: f32| layered(x / short * scale, y / short * scale, 3, salt) * 1.5 - 0.25;
    canvas.all(|x, y, _| {
        let here = (height_at(x, y) * steps).floor();
        let mut shadow: f32 = 0.0;
        for i in 1..4 {
            let d = short * 0.007 * i as f32;
            let there = (height_at(x - d * 0.6, y - d) * steps).floor();
            if there > here {
                shadow = shadow.max(0.42 - 0.1 * i as f32);
            }
        }
        let paper = 0.97 + 0.05 * noise(x * 0.5, y * 0.5, salt ^ 4);
        harmony.ramp(unit(here / steps)) * ((1.0 - shadow) * paper)
    });
}
