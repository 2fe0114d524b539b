//! A room, and a photographer's studio.

use super::super::brush::{Brush, Frame, Grain, surface};
use super::super::canvas::Canvas;
use super::super::geometry::{at, blend, smooth, unit};
use super::super::light::Light;
use super::super::mask::Mask;
use super::super::outline::{oval, polygon, slab};
use super::super::palette::{Harmony, Rgb, WHITE, rgb};
use super::super::random::{Random, lattice, layered, noise};
use super::super::scene::{Place, Scene, Stance};
use super::super::terrain::grass_colour;
use super::{Stage, below, sky_above};

pub(super) fn room(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let horizon = height * random.between(0.64, 0.7);
    let paints = [rgb(0xc8_b49a), rgb(0x8c_a09c), rgb(0xb8_8a78), rgb(0xa4_a8b8), rgb(0xd8_c8a8)];
    let wall = scene.colours.first().copied().unwrap_or_else(|| random.pick(&paints));
    let left = light.toward[0] < 0.0;
    let (half, tall) = (short * 0.16, short * 0.23);
    let centre = at(width * if left { 0.24 } else { 0.76 }, horizon * 0.44);
    // The view from the window is a picture of its own.
    let mut view = Canvas::new(canvas.width as u32, canvas.height as u32);
    let outside = Scene { place: Place::Meadow, ..scene.clone() };
    let sky_light =
        Light::of(&Scene { place: Place::Meadow, ..scene.clone() }, &mut random.fork("outside"));
    sky_above(&mut view, &outside, &sky_light, centre.y + tall * 0.4, random);
    let green = sky_light.flat(grass_colour(scene) * 0.9);
    below(
        &mut view,
        height,
        |x| centre.y + tall * 0.35 - short * 0.06 * layered(x / short * 6.0, 0.2, 3, 7),
        |_, _, _| green,
    );
    let (wall_lit, salt) = (light.flat(wall), random.next() as u32);
    let glow = if scene.dark() { 0.25 } else { 1.0 };
    canvas.all(|x, y, _| {
        let away = (at(x, y) - centre).length() / short;
        let stripes = 0.985 + 0.03 * noise(x / short * 24.0, 0.5, salt);
        wall_lit * stripes * (0.62 + 0.5 * glow / (1.0 + away * away * 3.0))
    });
    let frame = light.flat(rgb(0xf0_ece4));
    let opening = |grow: f32| {
        slab(
            centre.x - half - grow,
            centre.y - tall - grow,
            centre.x + half + grow,
            centre.y + tall + grow,
            grow,
        )
    };
    canvas.fill_soft(
        &[opening(short * 0.03).moved(0.0, short * 0.012)],
        Rgb(0.1, 0.08, 0.08),
        0.4,
        short * 0.02,
    );
    canvas.fill(&[opening(short * 0.016)], frame, 1.0);
    if let Some(mask) = Mask::of(&[opening(0.0)], canvas.width, canvas.height, 0.0) {
        canvas.cover(&mask, |x, y, _| view.at(x as usize, y as usize).lighter(0.08));
    }
    let bar = short * 0.006;
    canvas.fill(
        &[
            slab(centre.x - bar, centre.y - tall, centre.x + bar, centre.y + tall, 0.0),
            slab(centre.x - half, centre.y - bar, centre.x + half, centre.y + bar, 0.0),
        ],
        frame,
        1.0,
    );
    canvas.fill(
        &[slab(
            centre.x - half * 1.25,
            centre.y + tall,
            centre.x + half * 1.25,
            centre.y + tall + short * 0.03,
            3.0,
        )],
        frame * 0.93,
        1.0,
    );
    floor(canvas, light, horizon, random);
    furnish(canvas, scene, light, horizon, left, random);
    let slant = if left { 1.0 } else { -1.0 };
    if !scene.dark() {
        let (y0, y1) = (horizon + short * 0.04, height * 0.98);
        let patch = polygon(&[
            (centre.x + slant * half * 0.3, y0),
            (centre.x + slant * half * 2.6, y0),
            (centre.x + slant * half * 4.0, y1),
            (centre.x + slant * half * 0.8, y1),
        ]);
        canvas.fill_soft(&[patch], light.direct.lighter(0.5), 0.3, short * 0.02);
    }
    Stage { near: blend(horizon, height, 0.62), far: horizon + short * 0.07, horizon }
}

fn floor(canvas: &mut Canvas, light: &Light, horizon: f32, random: &mut Random) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let wood = light.flat(random.pick(&[rgb(0x9c_6a40), rgb(0xb8_8a5c), rgb(0x7c_5238)]));
    let salt = random.next() as u32;
    below(
        canvas,
        height,
        |_| horizon,
        |x, _, depth| {
            let t = depth / (height - horizon);
            let across = (x / width - 0.5) / (0.45 + t) * 9.0;
            let plank = across.floor();
            let joint = smooth(0.03, 0.0, (across - plank).min(1.0 - (across - plank)));
            let tone = 0.82 + 0.3 * lattice(plank as i32, 1, salt);
            let streak = layered(across * 5.0, 3.0 / (0.3 + t), 3, salt);
            wood * (tone * (0.82 + 0.3 * streak) * (1.0 - 0.45 * joint)) * blend(0.75, 1.1, t)
        },
    );
    canvas.fill(
        &[slab(0.0, horizon - short * 0.03, width, horizon, 0.0)],
        light.flat(rgb(0xe8_e2d6)),
        1.0,
    );
    canvas.fill_soft(
        &[slab(0.0, horizon, width, horizon + short * 0.015, 0.0)],
        Rgb(0.08, 0.05, 0.05),
        0.5,
        short * 0.012,
    );
}

/// A rug, a picture on the wall, and for small things a table.
fn furnish(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    horizon: f32,
    right: bool,
    random: &mut Random,
) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let harmony = Harmony::from_chance(random);
    let x = width * if right { 0.74 } else { 0.26 };
    let (y, w, h) = (horizon * 0.4, short * 0.11, short * random.between(0.1, 0.15));
    canvas.fill(&[slab(x - w, y - h, x + w, y + h, 2.0)], light.flat(rgb(0x50_3a2c)), 1.0);
    canvas.fill(
        &[slab(x - w * 0.88, y - h * 0.9, x + w * 0.88, y + h * 0.9, 0.0)],
        light.flat(harmony.0[4]),
        1.0,
    );
    canvas.fill(&[oval(x, y + h * 0.1, w * 0.5, w * 0.5)], light.flat(harmony.0[2]), 1.0);
    canvas.fill(
        &[slab(x - w * 0.88, y + h * 0.35, x + w * 0.88, y + h * 0.9, 0.0)],
        light.flat(harmony.0[1]),
        1.0,
    );
    if scene.actors.iter().any(|a| a.kind.nature().stance == Stance::Table) {
        let frame = Frame { origin: at(width * 0.5, height), scale: short, flip: false, tilt: 0.0 };
        let mut brush = Brush { canvas, frame, light, distance: 0.0, salt: random.next() as u32 };
        let top = (height - blend(horizon, height, 0.62)) / short;
        let reach = width / short * 0.4;
        brush.body(
            &[slab(-reach, top - 0.13, reach, top + 0.03, 0.02)],
            surface(rgb(0x8a_5a38), Grain::Wood, 0.03),
        );
        brush.body(
            &[
                slab(-reach * 0.95, -0.05, -reach * 0.88, top - 0.12, 0.0),
                slab(reach * 0.88, -0.05, reach * 0.95, top - 0.12, 0.0),
            ],
            surface(rgb(0x6a_4228), Grain::Wood, 0.02),
        );
    } else {
        let tone = light.flat(harmony.0[2]);
        let centre = at(width * 0.5, blend(horizon, height, 0.62));
        canvas.fill(
            &[oval(centre.x, centre.y, width * 0.34, (height - horizon) * 0.26)],
            tone * 0.9,
            1.0,
        );
        canvas.fill(
            &[oval(centre.x, centre.y, width * 0.3, (height - horizon) * 0.215)],
            light.flat(harmony.0[3]),
            1.0,
        );
        canvas.fill(
            &[oval(centre.x, centre.y, width * 0.28, (height - horizon) * 0.195)],
            tone,
            1.0,
        );
    }
}

/// A sweep of paper with one large soft light.
pub(super) fn studio(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let papers = [
        rgb(0x9a_a8b4),
        rgb(0xc8_b8a8),
        rgb(0x7c_8e8c),
        rgb(0xb0_a0b0),
        rgb(0xd0_c4b0),
        rgb(0x58_606c),
        rgb(0xc0_846c),
        rgb(0x88_9878),
    ];
    let chosen = random.pick(&papers);
    let paper = scene.colours.first().copied().unwrap_or(chosen);
    let horizon = height * random.between(0.6, 0.66);
    let spot = at(width * (0.5 + light.toward[0] * 0.22), horizon * 0.62);
    let salt = random.next() as u32;
    let dark = if scene.dark() { 0.5 } else { 1.0 };
    canvas.all(|x, y, _| {
        let away = (at((x - spot.x) * 0.8, y - spot.y)).length() / short;
        let wall = 0.42 + 0.75 / (1.0 + away * away * 3.4);
        let floor = smooth(horizon - short * 0.1, horizon + short * 0.16, y);
        let near = unit((y - horizon) / (height - horizon).max(1.0));
        let pool = 0.72
            + 0.36 / (1.0 + (x - width * 0.5) * (x - width * 0.5) * 4.0 / (short * short))
            - 0.3 * near * near;
        let grain = 1.0 + 0.02 * (noise(x * 0.6, y * 0.6, salt) - 0.5);
        (paper * (blend(wall, pool, floor) * grain * dark))
            .toward(WHITE, 0.06 * (1.0 - floor) / (1.0 + away * away * 6.0))
    });
    Stage { near: blend(horizon, height, 0.5), far: blend(horizon, height, 0.25), horizon }
}
