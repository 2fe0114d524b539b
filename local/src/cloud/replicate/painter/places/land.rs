//! Meadow, forest, mountains, desert.

use super::super::brush::{Brush, Frame};
use super::super::canvas::Canvas;
use super::super::geometry::{at, blend, smooth, unit};
use super::super::light::Light;
use super::super::outline::{Form, limb, polygon};
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, layered, noise};
use super::super::scene::{Hour, Kind, Scene, Season, Sign, Style, Weather};
use super::super::sky::mist;
use super::super::terrain::{flowers, grass, grass_colour, leaf_colour, rock, tree};
use super::{Ridge, Stage, below, row, sky_above};

pub(super) fn meadow(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.5, 0.62));
    let sun = sky_above(canvas, scene, light, horizon, random);
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
        ground(canvas, scene, light, ridge, base, distance, salt);
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
    Stage { near: blend(floor, bottom, 0.72), far: floor + short * 0.02, horizon, sun }
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

/// Rolling ground below a ridge.
fn ground(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    ridge: Ridge,
    colour: Rgb,
    distance: f32,
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
    below(
        canvas,
        |x| ridge.at(x, short),
        |x, y, depth| {
            let t = unit(depth / (short * 0.5));
            let patches = layered(x / short * 5.0, y / short * 16.0, 3, salt);
            let mut c = tones[0].toward(tones[1], t * if snowy { 0.45 } else { 1.0 });
            c = c.toward(tones[2] * (0.7 + 0.6 * patches), 0.4);
            let crest = smooth(short * 0.05, 0.0, depth);
            c = c + sunlit * colour * (0.13 * crest);
            if snowy {
                let drift = layered(x / short * 3.0, y / short * 10.0, 3, salt ^ 5) - 0.5;
                c = c.toward(light.flat(rgb(0x9c_b0d8)), unit(0.25 + drift * 1.4) * 0.6);
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
    let groups = 1 + random.below(3);
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

pub(super) fn forest(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let horizon = row(canvas, random.between(0.58, 0.66));
    let sun = sky_above(canvas, scene, light, horizon, random);
    let air = forest_air(scene, light);
    let shaft = at(width * (0.5 + light.toward[0] * 0.5), horizon * 0.3);
    let salt = random.next() as u32;
    canvas.all(|x, y, under| {
        let glow = 1.0 / (1.0 + ((at(x, y) - shaft).length() / (short * 0.42)).powi(2));
        let leaves = layered(x / short * 9.0, y / short * 9.0, 4, salt);
        let base = air.toward(air.lighter(0.5), glow * 0.8) * (0.72 + 0.4 * leaves + 0.2 * glow);
        under.toward(base, 0.9)
    });
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
    Stage { near: blend(floor, height, 0.66), far: floor, horizon, sun }
}

fn forest_air(scene: &Scene, light: &Light) -> Rgb {
    let green = match (scene.snowy(), scene.season) {
        (true, _) => rgb(0xb4_c4d8),
        (_, Season::Autumn) => rgb(0xc0_904c),
        _ => rgb(0x78_a070),
    };
    light.flat(green).toward(light.haze, if scene.weather == Weather::Fog { 0.6 } else { 0.25 })
}

fn trunk(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    foot: super::super::geometry::Point,
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
    let mut forms = vec![limb(&[
        (0.0, -0.015, radius * 1.7),
        (sway * 0.1, 0.05, radius),
        (sway, 0.6, radius * 0.8),
        (sway * 1.2, 1.1, radius * 0.7),
    ])];
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
    let snow = [super::super::brush::mark(
        [polygon(&[
            (sway - radius * 2.0, 0.0),
            (sway - radius * 0.4, 0.0),
            (sway - radius * 0.4, 1.1),
            (sway - radius * 2.0, 1.1),
        ])],
        rgb(0xee_f2fa),
        radius * 0.3,
    )];
    let marks = if scene.snowy() { &snow[..] } else { &[] };
    brush.model(
        &forms,
        super::super::brush::surface(bark, super::super::brush::Grain::Wood, radius * 0.9),
        marks,
    );
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
        forms.push(super::super::outline::oval(
            x,
            y,
            size * random.between(0.6, 1.2),
            size * random.between(0.35, 0.6),
        ));
    }
    brush.body(
        &forms,
        super::super::brush::surface(leaves, super::super::brush::Grain::Leaf, size * 0.5),
    );
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
    ground(canvas, scene, light, ridge, colour * 0.9, 0.55 * (1.0 - near), random.next() as u32);
}

/// Sunbeams that fall through the trees.
fn rays(
    canvas: &mut Canvas,
    light: &Light,
    from: super::super::geometry::Point,
    random: &mut Random,
) {
    let short = canvas.short();
    let source = from + at(light.toward[0] * short * 0.6, -short * 0.75);
    for _ in 0..5 {
        let aim = at(
            canvas.width as f32 * random.between(0.1, 0.9),
            canvas.height as f32 * random.between(0.8, 1.0),
        );
        let half = short * random.between(0.02, 0.06);
        let beam = Form::Area(vec![source, at(aim.x - half, aim.y), at(aim.x + half, aim.y)]);
        canvas.fill_soft(
            &[beam],
            light.direct.lighter(0.3),
            if light.dark { 0.07 } else { 0.13 },
            short * 0.015,
        );
    }
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

pub(super) fn mountains(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.6, 0.7));
    let short = canvas.short();
    let sun = sky_above(canvas, scene, light, horizon, random);
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
    ground(canvas, scene, light, ridge, base, 0.1, random.next() as u32);
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
    Stage { near: blend(horizon, bottom, 0.78), far: horizon + short * 0.15, horizon, sun }
}

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
    below(
        canvas,
        |x| line_ref[x as usize],
        |x, y, depth| {
            // Each flank leans its own way; the noise is what breaks it into faces.
            let u = x / short;
            let warp = layered(u * 7.0, y / short * 7.0, 4, salt ^ 7) - 0.5;
            let column = ((x + warp * short * 0.05) as usize).min(line_ref.len() - 5);
            let slope = (line_ref[column + 4] - line_ref[column.saturating_sub(4)]) / 8.0;
            let ribs =
                layered(u * 16.0 + depth / short * 4.0 * side, y / short * 5.0, 3, salt ^ 11) - 0.5;
            let lit = unit(0.5 - side * slope * 0.55 + ribs * 1.6 + warp * 0.8);
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

pub(super) fn desert(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.5, 0.6));
    let short = canvas.short();
    let sun = sky_above(canvas, scene, light, horizon, random);
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
                super::super::subjects::cactus(&mut brush, None)
            } else {
                rock(&mut brush, false, random)
            }
        }
    }
    if scene.hour == Hour::Noon {
        mist(canvas, light.haze, horizon, short * 0.06, 0.5, 3);
    }
    Stage { near: blend(horizon, bottom, 0.72), far: horizon + short * 0.14, horizon, sun }
}

fn dune(canvas: &mut Canvas, light: &Light, sand: Rgb, base: f32, near: f32, random: &mut Random) {
    let short = canvas.short();
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
        let tall = 0.55 + 0.45 * super::super::random::lattice(cell as i32, 3, salt);
        (base - height * rise * tall, t - peak)
    };
    let (bright, shade) = (
        light.flat(sand * 1.1) + light.direct * sand * 0.14,
        light.flat(sand.toward(rgb(0x7a_4a50), 0.55) * 0.8),
    );
    below(
        canvas,
        |x| crest(x).0,
        |x, y, depth| {
            let wander = (layered(x / short * 2.0, y / short * 3.0, 2, salt ^ 4) - 0.5) * 0.16;
            let (_, past) = crest(x - depth * 0.55 * side);
            let lee = smooth(0.0, 0.03, past * 1.0 + wander * unit(depth / height))
                * smooth(height * 1.9, height * 0.1, depth);
            let ripple = super::super::geometry::sin(
                (y + layered(x / short * 5.0, y / short * 9.0, 2, salt) * short * 0.16) / short
                    * blend(420.0, 210.0, near),
            );
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
