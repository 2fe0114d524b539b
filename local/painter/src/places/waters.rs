//! Sea, beach, lake, and below the surface.

use super::super::brush::{Brush, Frame, Grain, surface};
use super::super::canvas::Canvas;
use super::super::field::Field;
use super::super::geometry::{at, blend, sin, smooth, unit};
use super::super::light::Light;
use super::super::outline::{Form, limb};
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::random::{Random, layered, noise};
use super::super::scene::{Scene, Sign, Style, Weather};
use super::super::terrain::{grass_colour, rock, tree, water};
use super::peaks::range;
use super::{Ridge, Stage, below, row, sky_above};

fn roughness(scene: &Scene) -> f32 {
    match scene.weather {
        Weather::Storm => 1.0,
        Weather::Rain => 0.6,
        Weather::Fog => 0.2,
        Weather::Clear | Weather::Cloudy | Weather::Snow => 0.45,
    }
}

pub(super) fn sea(canvas: &mut Canvas, scene: &Scene, light: &Light, random: &mut Random) -> Stage {
    let horizon = row(canvas, random.between(0.52, 0.62));
    let short = canvas.short();
    let sun = sky_above(canvas, scene, light, horizon, random);
    if scene.shows(Sign::Mountains) || random.chance(0.35) {
        range(canvas, scene, light, horizon + short * 0.01, 0.13, 0.75, random);
    }
    let deep = if scene.wet() { rgb(0x2c_4654) } else { rgb(0x1c_6088) };
    water(canvas, light, deep, horizon, sun, roughness(scene), random.next() as u32);
    if scene.weather == Weather::Storm {
        breakers(canvas, light, deep, horizon, random);
    }
    Stage { near: blend(horizon, canvas.height as f32, 0.6), far: horizon + short * 0.03, horizon }
}

/// Waves of a storm, one before the other, with foam on their backs.
fn breakers(canvas: &mut Canvas, light: &Light, deep: Rgb, horizon: f32, random: &mut Random) {
    let (height, short) = (canvas.height as f32, canvas.short());
    for layer in 0..5 {
        let near = layer as f32 / 4.0;
        let salt = random.next() as u32;
        let phase = random.between(0.0, 9.0);
        let base = blend(horizon + short * 0.05, height - short * 0.05, near);
        let swell = short * blend(0.015, 0.07, near);
        let length = blend(16.0, 6.5, near);
        let top = move |x: f32| {
            let u = x / short * length + phase;
            // Sharp crests, wide troughs.
            let wave = 1.0 - sin(u * 0.5 + layered(u * 0.4, 1.0, 2, salt)).abs();
            base - swell * (wave * wave * 1.3 + 0.4 * layered(u, 2.0, 3, salt))
        };
        let (dark, bright, foam) = (
            light.flat(deep * 0.75),
            light.flat(deep.toward(rgb(0x7c_b8b4), 0.55) * 1.15),
            light.flat(WHITE) * 1.05,
        );
        below(canvas, height, top, |x, y, depth| {
            let lace = layered(
                x / short * 16.0 / (0.4 + near),
                y / short * 30.0 / (0.4 + near),
                4,
                salt ^ 3,
            );
            let t = unit(depth / (swell * 2.6));
            let white = smooth(0.12 + 0.5 * t, 0.0, t * 0.8 + lace * 0.5 - 0.3) * 0.8
                + smooth(0.66, 0.74, lace) * 0.4 * (1.0 - t);
            bright.toward(dark, t).toward(foam, unit(white)).toward(light.haze, 0.35 * (1.0 - near))
        });
    }
}

pub(super) fn beach(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.42, 0.5));
    let (height, short) = (canvas.height as f32, canvas.short());
    let sun = sky_above(canvas, scene, light, horizon, random);
    if random.chance(0.5) {
        range(canvas, scene, light, horizon + short * 0.01, 0.12, 0.65, random);
    }
    let salt = random.next() as u32;
    water(canvas, light, rgb(0x1f_8fa4), horizon, sun, 0.5, salt);
    let slant = random.between(-0.12, 0.12);
    let width = canvas.width as f32;
    let shore = blend(horizon, height, random.between(0.26, 0.36));
    let edge = move |x: f32| {
        shore
            + (x / width - 0.5) * slant * short
            + short * 0.035 * (layered(x / short * 2.4, 0.5, 3, salt) - 0.5)
    };
    let sand = if scene.snowy() { rgb(0xec_f0f8) } else { rgb(0xea_cf9e) };
    let (dry, wet, foam) = (
        light.flat(sand * 1.05),
        light.flat(sand.toward(rgb(0x80_7060), 0.55)),
        light.flat(WHITE) * 1.08,
    );
    // Two lines of foam, the farther one still on its way.
    for (offset, thickness) in [(-0.085, 0.010), (-0.04, 0.014)] {
        let line = move |x: f32| {
            edge(x) + short * (offset + 0.02 * (layered(x / short * 4.0, offset, 3, salt) - 0.5))
        };
        below(canvas, shore + short * 0.12, line, |x, y, depth| {
            let lace = layered(x / short * 30.0, y / short * 40.0, 3, salt);
            let white = smooth(short * thickness * 2.4, 0.0, depth) * smooth(0.25, 0.5, lace);
            let shallow = light.flat(rgb(0x7c_d0cc));
            shallow.toward(foam, unit(white))
        });
    }
    below(canvas, height, edge, |x, y, depth| {
        let ripples = layered(x / short * 3.0, y / short * 20.0, 3, salt ^ 8);
        let grain = 0.93 + 0.09 * noise(x * 0.8, y * 0.8, salt) + 0.12 * (ripples - 0.5);
        let damp = smooth(short * 0.11, short * 0.02, depth + (ripples - 0.5) * short * 0.04);
        let base = dry.toward(wet, damp) * grain;
        if depth > short * 0.02 {
            return base;
        }
        let lace = layered(x / short * 26.0, y / short * 34.0, 3, salt);
        let white = smooth(short * 0.02, 0.0, depth) * smooth(0.3, 0.48, lace);
        base.toward(foam, unit(white))
    });
    if scene.style != Style::Minimal {
        for _ in 0..=random.below(3) {
            let x = width * (0.5 + random.pick(&[-1.0, 1.0]) * random.between(0.3, 0.5));
            let frame = Frame {
                origin: at(x, edge(x) + short * random.between(0.02, 0.2)),
                scale: short * random.between(0.04, 0.1),
                flip: false,
                tilt: 0.0,
            };
            let mut brush = Brush { canvas, frame, light, distance: 0.0, salt };
            rock(&mut brush, scene.snowy(), random);
        }
        if random.chance(0.55) && !scene.snowy() {
            let side = random.pick(&[-1.0, 1.0]);
            palm(
                canvas,
                light,
                width * (0.5 + side * random.between(0.38, 0.46)),
                blend(shore, height, random.between(0.3, 0.7)),
                -side,
                random,
            );
        }
    }
    Stage { near: blend(shore, height, 0.72), far: shore + short * 0.06, horizon }
}

fn palm(canvas: &mut Canvas, light: &Light, x: f32, y: f32, lean: f32, random: &mut Random) {
    let short = canvas.short();
    let frame = Frame {
        origin: at(x, y),
        scale: short * random.between(0.5, 0.62),
        flip: lean < 0.0,
        tilt: 0.0,
    };
    let mut brush = Brush { canvas, frame, light, distance: 0.0, salt: random.next() as u32 };
    brush.body(
        &[limb(&[(0.0, 0.0, 0.04), (0.03, 0.3, 0.026), (0.12, 0.62, 0.022), (0.22, 0.86, 0.02)])],
        surface(rgb(0x96_7650), Grain::Wood, 0.03),
    );
    for i in 0..9 {
        let a = i as f32 * 0.698 + random.between(-0.15, 0.15);
        let (dx, dy) = (super::super::geometry::cos(a) * 0.36, sin(a) * 0.2);
        let tone = rgb(0x3c_8a44) * (0.75 + 0.35 * unit(dy * 4.0 + 0.5));
        let leaf = limb(&[
            (0.22, 0.86, 0.008),
            (0.22 + dx * 0.5, 0.9 + dy * 0.7 + 0.06, 0.034),
            (0.22 + dx, 0.86 + dy - 0.08, 0.004),
        ]);
        brush.body(&[leaf], surface(tone, Grain::Leaf, 0.03));
    }
}

pub(super) fn lake(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.52, 0.6));
    let (height, short, width) = (canvas.height as f32, canvas.short(), canvas.width as f32);
    let sun = sky_above(canvas, scene, light, horizon, random);
    let foggy = scene.weather == Weather::Fog;
    range(
        canvas,
        scene,
        light,
        horizon,
        if foggy { 0.2 } else { 0.36 },
        if foggy { 0.85 } else { 0.6 },
        random,
    );
    let hills = Ridge {
        base: horizon + short * 0.01,
        height: short * 0.1,
        frequency: 1.5,
        octaves: 3,
        salt: random.next() as u32,
    };
    let bank =
        light.flat(grass_colour(scene) * 0.55).toward(light.haze, if foggy { 0.75 } else { 0.35 });
    below(
        canvas,
        height,
        |x| hills.at(x, short),
        |_, _, depth| bank * (1.0 + 0.2 * smooth(0.0, short * 0.05, depth)),
    );
    if scene.style != Style::Minimal {
        for _ in 0..(22.0 * width / short) as usize {
            let x = random.unit() * width;
            let foot = at(x, horizon + short * random.between(-0.012, 0.005));
            tree(
                canvas,
                light,
                scene,
                foot,
                short * random.between(0.05, 0.13),
                if foggy { 0.75 } else { 0.32 },
                random,
            );
        }
    }
    water(canvas, light, rgb(0x24_5468), horizon, sun, 0.16, random.next() as u32);
    super::super::sky::mist(
        canvas,
        light.haze.lighter(0.1),
        horizon,
        short * 0.09,
        if foggy { 1.0 } else { 0.35 },
        random.next() as u32,
    );
    let shore = blend(horizon, height, 0.66);
    let salt = random.next() as u32;
    let edge = move |x: f32| {
        shore
            + short
                * (0.16 * ((x / width - 0.5).abs() * -1.2)
                    + 0.06 * layered(x / short * 3.0, 0.1, 4, salt))
    };
    let (upper, lower) =
        (light.flat(grass_colour(scene) * 0.9), light.flat(grass_colour(scene) * 0.4));
    below(canvas, height, edge, |x, y, depth| {
        let tufts = layered(x / short * 30.0, y / short * 12.0, 3, salt);
        upper.toward(lower, unit(depth / (short * 0.3))) * (0.75 + 0.5 * tufts)
    });
    if !scene.snowy() && scene.style != Style::Minimal {
        super::super::terrain::grass(
            canvas,
            light,
            grass_colour(scene) * 0.8,
            shore + short * 0.02,
            height + short * 0.05,
            random,
        );
    }
    Stage { near: blend(shore, height, 0.55), far: shore + short * 0.05, horizon }
}

pub(super) fn underwater(canvas: &mut Canvas, light: &Light, random: &mut Random) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let salt = random.next() as u32;
    let source = at(width * (0.5 + light.toward[0] * 0.4), -short * 0.15);
    // Beams fan out from where the sun stands over the surface.
    let fan = Field::of(canvas.width, canvas.height, 3, |x, y| {
        let from = at(x, y) - source;
        layered(from.x / from.y.max(1.0) * 7.0, 0.3, 3, salt)
    });
    canvas.all(|x, y, _| {
        let depth = y / height;
        let base = rgb(0x58_c8d4)
            .toward(rgb(0x18_7ca8), smooth(0.0, 0.45, depth))
            .toward(rgb(0x06_2c58), smooth(0.4, 1.1, depth));
        let beams = fan.at(x, y);
        let shaft = smooth(0.45, 0.8, beams) * smooth(1.0, 0.1, depth) * 0.5;
        let caustic = layered(x / short * 7.0, y / short * 22.0, 2, salt ^ 2);
        let surface_light = smooth(0.13, 0.0, depth) * smooth(0.42, 0.7, caustic);
        base.toward(rgb(0xc8_fff4), unit(shaft + surface_light * 0.7))
    });
    let floor = row(canvas, random.between(0.82, 0.88));
    for layer in 0..3 {
        let near = layer as f32 / 2.0;
        let ridge = Ridge {
            base: floor + short * 0.08 * near,
            height: short * blend(0.2, 0.08, near),
            frequency: blend(1.6, 2.6, near),
            octaves: 4,
            salt: random.next() as u32,
        };
        let sand = light.flat(rgb(0xc8_b490)).toward(light.haze, blend(0.75, 0.12, near));
        below(
            canvas,
            height,
            |x| ridge.at(x, short),
            |x, y, depth| {
                let ripples = layered(x / short * 6.0, y / short * 36.0, 3, salt);
                sand * (0.8 + 0.4 * ripples) * blend(1.1, 0.7, unit(depth / (short * 0.2)))
            },
        );
        growth(canvas, light, ridge, near, random);
    }
    for _ in 0..40 {
        let p = at(random.unit() * width, random.unit() * height);
        let r = short * random.between(0.002, 0.009);
        canvas.fill(&[super::super::outline::ring(p.x, p.y, r, r * 0.12)], rgb(0xd8_fcff), 0.5);
        canvas.glow(at(p.x - r * 0.3, p.y - r * 0.3), r * 0.2, WHITE, 0.6);
    }
    Stage { near: floor + short * 0.06, far: floor - short * 0.04, horizon: height * 0.35 }
}

/// Weed and coral.
fn growth(canvas: &mut Canvas, light: &Light, ridge: Ridge, near: f32, random: &mut Random) {
    let short = canvas.short();
    let width = canvas.width as f32;
    for _ in 0..(7.0 * width / short) as usize {
        let x = random.unit() * width;
        let frame = Frame {
            origin: at(x, ridge.at(x, short) + short * 0.02),
            scale: short * random.between(0.08, 0.24),
            flip: random.chance(0.5),
            tilt: 0.0,
        };
        let mut brush = Brush {
            canvas,
            frame,
            light,
            distance: blend(0.7, 0.05, near),
            salt: random.next() as u32,
        };
        let weed = random.chance(0.5);
        let colour = if weed {
            random.pick(&[rgb(0x3c_8c58), rgb(0x6c_9440)])
        } else {
            random.pick(&[rgb(0xe8_6a6a), rgb(0xe8_a048), rgb(0xc8_6cc0), rgb(0xf0_8cac)])
        };
        let mut forms: Vec<Form> = Vec::new();
        for k in 0..5 {
            let a = (k as f32 - 2.0) * 0.12;
            if weed {
                let sway = random.between(-0.1, 0.1);
                forms.push(limb(&[
                    (a * 0.6, 0.0, 0.03),
                    (a + sway, 0.35, 0.035),
                    (a - sway, 0.7, 0.028),
                    (a + sway * 1.4, 1.0, 0.004),
                ]));
            } else {
                let tall = random.between(0.35, 0.6);
                forms.push(limb(&[
                    (a * 0.3, 0.0, 0.05),
                    (a * 1.2, tall * 0.6, 0.04),
                    (a * 2.4, tall, 0.045),
                ]));
                forms.push(limb(&[
                    (a * 1.2, tall * 0.6, 0.035),
                    (a * 1.2 + 0.09, tall * 1.02, 0.035),
                ]));
            }
        }
        brush.body(&forms, surface(colour, if weed { Grain::Smooth } else { Grain::Stone }, 0.04));
    }
}
