//! The forest: trunks behind trunks, each row paler.

use super::super::brush::{Brush, Frame, Grain, mark, surface};
use super::super::canvas::Canvas;
use super::super::field::Field;
use super::super::geometry::{Point, at, blend, fade, smooth};
use super::super::light::Light;
use super::super::outline::{Form, limb, oval, polygon};
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, layered, noise};
use super::super::scene::{Scene, Season, Weather};
use super::super::sky::{mist, moon};
use super::super::terrain::leaf_colour;
use super::land::ground;
use super::{Ridge, Stage, row};

pub(super) fn forest(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let horizon = row(canvas, random.between(0.58, 0.66));
    let air = forest_air(scene, light);
    let shaft = at(width * (0.5 + light.toward[0] * 0.5), horizon * 0.3);
    let salt = random.next() as u32;
    let foliage = Field::of(canvas.width, canvas.height, 3, |x, y| {
        layered(x / short * 9.0, y / short * 9.0, 4, salt)
    });
    canvas.all(|x, y, _| {
        let glow = fade((at(x, y) - shaft).length() / (short * 0.42));
        let leaves = foliage.at(x, y);
        air.toward(air.lighter(0.5), glow * 0.8) * (0.72 + 0.4 * leaves + 0.2 * glow)
    });
    if scene.dark() && scene.weather != Weather::Fog {
        moon(canvas, scene, shaft, random);
    }
    let layers = 4;
    for layer in 0..layers {
        let near = (layer as f32 + 0.4) / layers as f32;
        let foot = blend(horizon, horizon + short * 0.16, near);
        undergrowth(canvas, scene, light, foot, near, random);
        let count = (blend(16.0, 3.5, near) * width / short) as usize + 1;
        for i in 0..count {
            let slot = (i as f32 + random.between(0.1, 0.9)) / count as f32;
            // The nearest trunks leave the middle to whoever lives there.
            let slot = if near > 0.6 {
                0.5 + (slot - 0.5).signum() * blend(0.3, 0.52, (slot - 0.5).abs() * 2.0)
            } else {
                slot
            };
            trunk(
                canvas,
                scene,
                light,
                at(slot * width, foot + random.unit() * short * 0.03),
                near,
                random,
            );
        }
        mist(
            canvas,
            air.lighter(0.3),
            foot - short * 0.04,
            short * 0.2,
            0.55 * (1.0 - near),
            random.next() as u32,
        );
    }
    rays(canvas, light, shaft, random);
    let floor = horizon + short * 0.17;
    if !scene.snowy() {
        ferns(canvas, scene, light, floor, height, random);
    }
    Stage { near: blend(floor, height, 0.66), far: floor, horizon }
}

fn forest_air(scene: &Scene, light: &Light) -> Rgb {
    let green = match (scene.snowy(), scene.season) {
        (true, _) => rgb(0xb4_c4d8),
        (_, Season::Autumn) => rgb(0xc0_904c),
        _ => rgb(0x78_a070),
    };
    light.flat(green).toward(light.haze, if scene.weather == Weather::Fog { 0.6 } else { 0.25 })
}

/// A trunk that leaves the picture at its top. Far ones are a shape in the mist, near ones have bark.
fn trunk(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    foot: Point,
    near: f32,
    random: &mut Random,
) {
    let short = canvas.short();
    let scale = foot.y.max(1.0);
    let radius = short * blend(0.007, 0.04, near * near) * random.between(0.7, 1.3) / scale;
    let sway = random.between(-0.03, 0.03);
    let bark = if random.chance(0.25) && !scene.dark() { rgb(0xa8_a09a) } else { rgb(0x54_4234) };
    let frame = Frame { origin: foot, scale, flip: false, tilt: 0.0 };
    let salt = random.next() as u32;
    let mut brush = Brush { canvas, frame, light, distance: 0.62 * (1.0 - near), salt };
    let flare = radius * 2.1;
    let roots = polygon(&[
        (-flare, -0.012),
        (-radius * 1.15, 0.02),
        (-radius * 0.96, 0.07),
        (radius * 0.96, 0.07),
        (radius * 1.15, 0.02),
        (flare, -0.012),
        (radius * 0.5, -0.005),
        (0.0, -0.016),
        (-radius * 0.6, -0.004),
    ]);
    let mut forms = vec![
        roots,
        limb(&[
            (0.0, 0.04, radius),
            (sway * 0.2, 0.2, radius * 0.95),
            (sway, 0.6, radius * 0.8),
            (sway * 1.2, 1.1, radius * 0.7),
        ]),
    ];
    for _ in 0..3 {
        let y = random.between(0.35, 0.95);
        let side = if random.chance(0.5) { 1.0 } else { -1.0 };
        let reach = random.between(0.05, 0.14) * (0.5 + near);
        forms.push(limb(&[
            (sway * y, y, radius * 0.35),
            (sway + side * reach * 0.6, y + 0.03, radius * 0.2),
            (sway + side * reach, y + 0.08, radius * 0.06),
        ]));
    }
    let bark = surface(bark, Grain::Wood, radius * 0.9);
    if near < 0.5 {
        brush.sketch(&forms, bark);
    } else {
        let (left, right) = (sway - radius * 2.0, sway - radius * 0.4);
        let snow = mark(
            [polygon(&[(left, 0.0), (right, 0.0), (right, 1.1), (left, 1.1)])],
            rgb(0xee_f2fa),
            radius * 0.3,
        );
        let marks = if scene.snowy() { vec![snow] } else { Vec::new() };
        brush.model(&forms, bark, &marks);
    }
    if near < 0.8 {
        crown(&mut brush, scene, sway, near, random);
    }
}

/// Leaves where the trunk leaves the picture.
fn crown(brush: &mut Brush, scene: &Scene, sway: f32, near: f32, random: &mut Random) {
    let leaves = leaf_colour(scene, random) * 0.8;
    let size = blend(0.05, 0.13, near);
    let mut forms: Vec<Form> = Vec::new();
    for _ in 0..6 {
        let (x, y) = (sway + random.between(-1.6, 1.6) * size, random.between(0.72, 1.05));
        forms.push(oval(x, y, size * random.between(0.6, 1.2), size * random.between(0.35, 0.6)));
    }
    let foliage = surface(leaves, Grain::Leaf, size * 0.5);
    if near < 0.5 { brush.sketch(&forms, foliage) } else { brush.body(&forms, foliage) }
}

fn undergrowth(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    foot: f32,
    near: f32,
    random: &mut Random,
) {
    let short = canvas.short();
    let colour = match (scene.snowy(), scene.season) {
        (true, _) => rgb(0xe8_eef8),
        (_, Season::Autumn) => rgb(0xa0_682c),
        _ => rgb(0x50_7038),
    };
    let ridge = Ridge {
        base: foot + short * 0.03,
        height: short * 0.07,
        frequency: 3.0,
        octaves: 4,
        salt: random.next() as u32,
    };
    let to = if near > 0.8 { canvas.height as f32 } else { foot + short * 0.12 };
    ground(
        canvas,
        scene,
        light,
        ridge,
        colour * 0.9,
        (0.55 * (1.0 - near), to),
        random.next() as u32,
    );
}

/// Sunbeams that fall through the trees: all in one pass, by the angle at which they left the sun.
fn rays(canvas: &mut Canvas, light: &Light, from: Point, random: &mut Random) {
    let short = canvas.short();
    let source = from + at(light.toward[0] * short * 0.6, -short * 0.9);
    let (salt, bottom) = (random.next() as u32, canvas.height as f32);
    let beams = Field::of(canvas.width, canvas.height, 3, |x, y| {
        let away = at(x, y) - source;
        noise(away.x / away.y.max(1.0) * 9.0, 0.5, salt)
    });
    let (colour, strength) = (light.direct.lighter(0.3), if light.dark { 0.1 } else { 0.2 });
    canvas.all(|x, y, under| {
        let reach = smooth(bottom * 1.05, bottom * 0.35, y);
        under.toward(colour, smooth(0.58, 0.9, beams.at(x, y)) * strength * (0.35 + 0.65 * reach))
    });
}

fn ferns(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    from: f32,
    to: f32,
    random: &mut Random,
) {
    let short = canvas.short();
    let base = if scene.season == Season::Autumn { rgb(0xb8_7030) } else { rgb(0x58_8a3c) };
    let count = (46.0 * canvas.width as f32 / short) as usize;
    for i in 0..count {
        let t = i as f32 / count as f32;
        let foot = at(random.unit() * canvas.width as f32, blend(from, to + short * 0.03, t));
        let size = short * blend(0.02, 0.085, t) * random.between(0.6, 1.2);
        let tone = light.flat(base * random.between(0.5, 1.15)).toward(light.haze, 0.3 * (1.0 - t));
        let blades: Vec<Form> = (0..7)
            .map(|k| {
                let a = (k as f32 - 3.0) * 0.38 + random.between(-0.12, 0.12);
                let tip = at(a, -1.0 + a.abs() * 0.35) * size;
                let middle = at(a * 0.45, -0.7) * size;
                limb(&[
                    (foot.x, foot.y, size * 0.02),
                    (foot.x + middle.x, foot.y + middle.y, size * 0.055),
                    (foot.x + tip.x, foot.y + tip.y, 0.3),
                ])
            })
            .collect();
        canvas.fill(&blades, tone, 0.92);
    }
}
