//! Meadow and mountains.

use super::super::canvas::Canvas;
use super::super::field::Field;
use super::super::geometry::{at, blend, smooth, unit};
use super::super::light::Light;
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, layered, noise};
use super::super::scene::{Scene, Season, Sign, Style, Weather};
use super::super::sky::mist;
use super::super::terrain::{flowers, grass, grass_colour, tree};
use super::peaks::range;
use super::{Ridge, Stage, below, row, sky_above};

pub(super) fn meadow(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.5, 0.62));
    sky_above(canvas, scene, light, horizon, random);
    let short = canvas.short();
    if scene.shows(Sign::Mountains) || random.chance(0.3) {
        range(canvas, scene, light, horizon + short * 0.02, 0.26, 0.62, random);
    }
    let base = grass_colour(scene);
    let salt = random.next() as u32;
    let hills = 3;
    for layer in 0..hills {
        let near = layer as f32 / (hills - 1) as f32;
        let ridge = Ridge {
            base: horizon + short * (0.05 + 0.14 * near),
            height: short * blend(0.14, 0.1, near),
            frequency: blend(2.2, 1.1, near),
            octaves: 2,
            salt: random.next() as u32,
        };
        let distance = blend(0.55, 0.0, near);
        // The next hill begins above its base.
        let to = if layer + 1 < hills { ridge.base + short * 0.08 } else { canvas.height as f32 };
        ground(canvas, scene, light, ridge, base, (distance, to), salt);
        if scene.style != Style::Minimal && layer + 1 < hills {
            stand_of_trees(canvas, scene, light, ridge, distance * 0.8, random);
        }
        if scene.weather == Weather::Fog {
            mist(
                canvas,
                light.haze.lighter(0.1),
                ridge.base,
                short * 0.12,
                0.8,
                salt ^ layer as u32,
            );
        }
    }
    let bottom = canvas.height as f32;
    let floor = horizon + short * 0.2;
    if !scene.snowy() && scene.style != Style::Minimal {
        grass(canvas, light, base, floor, bottom + short * 0.04, random);
        if scene.shows(Sign::Flowers) || scene.season == Season::Spring || random.chance(0.6) {
            let colours = petals(scene, random);
            flowers(canvas, light, &colours, floor, bottom, random);
        }
    }
    Stage { near: blend(floor, bottom, 0.72), far: floor + short * 0.02, horizon }
}

pub(super) fn mountains(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.6, 0.7));
    let short = canvas.short();
    sky_above(canvas, scene, light, horizon, random);
    range(canvas, scene, light, horizon, 0.5, 0.6, random);
    mist(canvas, light.haze, horizon - short * 0.06, short * 0.16, 0.7, random.next() as u32);
    range(canvas, scene, light, horizon + short * 0.06, 0.34, 0.26, random);
    mist(canvas, light.haze, horizon + short * 0.02, short * 0.1, 0.55, random.next() as u32);
    let base = grass_colour(scene) * 0.8;
    let ridge = Ridge {
        base: horizon + short * 0.16,
        height: short * 0.16,
        frequency: 1.4,
        octaves: 3,
        salt: random.next() as u32,
    };
    let to = canvas.height as f32;
    ground(canvas, scene, light, ridge, base, (0.1, to), random.next() as u32);
    if scene.style != Style::Minimal {
        let width = canvas.width as f32;
        let middle = scene.actors.is_empty();
        for i in 0..(26.0 * width / short) as usize {
            let x = random.unit() * width;
            if !middle && (x / width - 0.5).abs() < 0.2 {
                continue;
            }
            let t = unit(i as f32 / (26.0 * width / short));
            let size = short * blend(0.07, 0.19, t) * random.between(0.75, 1.2);
            let foot = at(x, ridge.at(x, short) + short * blend(0.01, 0.14, t));
            tree(canvas, light, scene, foot, size, blend(0.25, 0.0, t), random);
        }
    }
    let bottom = canvas.height as f32;
    Stage { near: blend(horizon, bottom, 0.78), far: horizon + short * 0.15, horizon }
}

fn petals(scene: &Scene, random: &mut Random) -> Vec<Rgb> {
    if !scene.colours.is_empty() {
        return scene.colours.clone();
    }
    let sets = [
        [rgb(0xe8_3c3c), rgb(0xf4_f0e4), rgb(0x70_70d0)],
        [rgb(0xf4_d048), rgb(0xf8_f4ec), rgb(0xf0_a040)],
        [rgb(0xb0_7cd8), rgb(0xf0_a0c8), rgb(0xf8_f0f4)],
    ];
    random.pick(&sets).to_vec()
}

/// Rolling ground below a ridge, down to the row `to`; what is nearer covers the rest.
pub(super) fn ground(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    ridge: Ridge,
    colour: Rgb,
    (distance, to): (f32, f32),
    salt: u32,
) {
    let short = canvas.short();
    let snowy = scene.snowy();
    let tones = [
        light.flat(colour * 1.12),
        light.flat(colour * 0.62),
        light.flat(colour.saturated(0.8) * 0.9),
    ];
    let sunlit = light.direct;
    let (width, height) = (canvas.width, canvas.height);
    let patches =
        Field::of(width, height, 3, |x, y| layered(x / short * 5.0, y / short * 16.0, 3, salt));
    let drifts = Field::of(width, if snowy { height } else { 0 }, 4, |x, y| {
        layered(x / short * 3.0, y / short * 10.0, 3, salt ^ 5)
    });
    let shade = light.flat(rgb(0x9c_b0d8));
    below(
        canvas,
        to,
        |x| ridge.at(x, short),
        |x, y, depth| {
            let t = unit(depth / (short * 0.5));
            let mut c = tones[0].toward(tones[1], t * if snowy { 0.45 } else { 1.0 });
            c = c.toward(tones[2] * (0.7 + 0.6 * patches.at(x, y)), 0.4);
            let crest = smooth(short * 0.05, 0.0, depth);
            c = c + sunlit * colour * (0.13 * crest);
            if snowy {
                let drift = drifts.at(x, y) - 0.5;
                c = c.toward(shade, unit(0.25 + drift * 1.4) * 0.6);
                let glint = noise(x * 0.7, y * 0.7, salt ^ 9);
                c = c + sunlit * (smooth(0.93, 1.0, glint) * 0.35);
            }
            c.toward(light.haze, distance)
        },
    );
}

fn stand_of_trees(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    ridge: Ridge,
    distance: f32,
    random: &mut Random,
) {
    let short = canvas.short();
    let width = canvas.width as f32;
    let groups = 1 + random.below(3) + if scene.shows(Sign::Trees) { 4 } else { 0 };
    for _ in 0..groups {
        let centre = random.unit() * width;
        for _ in 0..2 + random.below(4) {
            let x = centre + random.between(-0.14, 0.14) * short;
            let size = short * random.between(0.07, 0.14) * blend(1.35, 0.7, distance);
            tree(
                canvas,
                light,
                scene,
                at(x, ridge.at(x, short) + size * 0.05),
                size,
                distance,
                random,
            );
        }
    }
}
