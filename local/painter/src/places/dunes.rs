//! The desert.

use super::super::brush::{Brush, Frame};
use super::super::canvas::Canvas;
use super::super::geometry::{at, blend, sin, smooth, unit};
use super::super::light::Light;
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, lattice, layered, noise};
use super::super::scene::{Hour, Kind, Scene, Style};
use super::super::sky::mist;
use super::super::terrain::rock;
use super::peaks::range;
use super::{Stage, below, row, sky_above};

pub(super) fn desert(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.5, 0.6));
    let short = canvas.short();
    sky_above(canvas, scene, light, horizon, random);
    let sand = if scene.snowy() { rgb(0xe6_ecf6) } else { rgb(0xe4_ae6c) };
    if random.chance(0.5) {
        range(canvas, scene, light, horizon + short * 0.01, 0.14, 0.7, random);
    }
    let layers = 4;
    for layer in 0..layers {
        let near = layer as f32 / (layers - 1) as f32;
        dune(canvas, light, sand, horizon + short * (0.03 + 0.16 * near), near, random);
    }
    let bottom = canvas.height as f32;
    if scene.style != Style::Minimal && !scene.actors.iter().any(|a| a.kind == Kind::Cactus) {
        for _ in 0..random.below(4) + 2 {
            let t = random.unit();
            let x = canvas.width as f32
                * (0.5 + random.pick(&[-1.0, 1.0]) * random.between(0.22, 0.48));
            let frame = Frame {
                origin: at(x, horizon + short * (0.12 + 0.2 * t)),
                scale: short * blend(0.05, 0.13, t),
                flip: random.chance(0.5),
                tilt: 0.0,
            };
            let mut brush = Brush {
                canvas,
                frame,
                light,
                distance: 0.3 * (1.0 - t),
                salt: random.next() as u32,
            };
            if random.chance(0.6) {
                super::super::subjects::cactus(&mut brush, None);
            } else {
                rock(&mut brush, false, random);
            }
        }
    }
    if scene.hour == Hour::Noon {
        mist(canvas, light.haze, horizon, short * 0.06, 0.5, 3);
    }
    Stage { near: blend(horizon, bottom, 0.72), far: horizon + short * 0.14, horizon }
}

fn dune(canvas: &mut Canvas, light: &Light, sand: Rgb, base: f32, near: f32, random: &mut Random) {
    let short = canvas.short();
    let to = if near < 1.0 { base + short * 0.09 } else { canvas.height as f32 };
    let salt = random.next() as u32;
    let (frequency, height, phase) =
        (blend(2.4, 1.0, near), short * blend(0.07, 0.17, near), random.between(0.0, 30.0));
    let side = light.toward[0].signum();
    // A dune climbs gently and falls steeply; the crest wanders down toward the viewer.
    let crest = move |x: f32| {
        let u = x / short * frequency + phase;
        let cell = u.floor();
        let t = u - cell;
        let peak = 0.62;
        let rise = if t < peak { smooth(0.0, peak, t) } else { smooth(1.0, peak, t) };
        let tall = 0.55 + 0.45 * lattice(cell as i32, 3, salt);
        (base - height * rise * tall, t - peak)
    };
    let (bright, shade) = (
        light.flat(sand * 1.1) + light.direct * sand * 0.14,
        light.flat(sand.toward(rgb(0x7a_4a50), 0.55) * 0.8),
    );
    below(
        canvas,
        to,
        |x| crest(x).0,
        |x, y, depth| {
            let wander = (layered(x / short * 2.0, y / short * 3.0, 2, salt ^ 4) - 0.5) * 0.16;
            let (_, past) = crest(x - depth * 0.55 * side);
            let lee = smooth(0.0, 0.03, past * 1.0 + wander * unit(depth / height))
                * smooth(height * 1.9, height * 0.1, depth);
            let ripple =
                sin((y + layered(x / short * 5.0, y / short * 9.0, 2, salt) * short * 0.16)
                    / short
                    * blend(420.0, 210.0, near));
            let grain = 0.97 + 0.03 * ripple + 0.05 * (noise(x * 0.9, y * 0.9, salt) - 0.5);
            let fall = unit(depth / (short * 0.6));
            let colour = bright.toward(
                shade,
                unit(0.12 + 0.85 * lee * if side < 0.0 { 1.0 } else { 0.85 } + 0.25 * fall),
            );
            (colour * grain).toward(light.haze, 0.5 * (1.0 - near))
        },
    );
}
