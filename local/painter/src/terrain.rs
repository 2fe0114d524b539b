//! Ground: ridges, grass, water, and the things that grow on it.

use super::brush::{Brush, Frame, Grain, Surface, surface};
use super::canvas::Canvas;
use super::geometry::{Point, at, blend, smooth, unit};
use super::light::Light;
use super::outline::{Form, blob, limb, oval, polygon};
use super::palette::{Rgb, WHITE, rgb};
use super::random::{Random, layered, noise};
use super::scene::{Scene, Season};

/// Fills what is below the line `top` and above the row `to`, both in pixels, with a colour by place and depth
/// below the line.
pub(super) fn below(
    canvas: &mut Canvas,
    to: f32,
    top: impl Fn(f32) -> f32,
    colour: impl Fn(f32, f32, f32) -> Rgb,
) {
    let line: Vec<f32> = (0..canvas.width).map(|x| top(x as f32 + 0.5)).collect();
    let highest = line.iter().copied().fold(f32::MAX, f32::min).max(0.0);
    canvas.each(highest as usize, to.max(0.0).ceil() as usize, |x, y, under| {
        let depth = y - line[x as usize];
        let cover = unit(depth + 0.5);
        if cover > 0.0 { under.toward(colour(x, y, depth), cover) } else { under }
    });
}

/// A hill line: where it is, how high its hills are, how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ridge {
    pub(super) base: f32,
    pub(super) height: f32,
    pub(super) frequency: f32,
    pub(super) octaves: u32,
    pub(super) salt: u32,
}

impl Ridge {
    /// The row of the line over the column `x`.
    pub(super) fn at(&self, x: f32, short: f32) -> f32 {
        self.base
            - self.height * layered(x / short * self.frequency + 7.3, 0.37, self.octaves, self.salt)
    }
}

/// The colour of growing ground in this season.
pub(super) fn grass_colour(scene: &Scene) -> Rgb {
    if scene.snowy() {
        return rgb(0xe8_eef8);
    }
    match scene.season {
        Season::Spring => rgb(0x8a_c252),
        Season::Summer | Season::Winter => rgb(0x6c_a544),
        Season::Autumn => rgb(0xb8_9440),
    }
}

pub(super) fn leaf_colour(scene: &Scene, random: &mut Random) -> Rgb {
    match scene.season {
        _ if scene.snowy() => rgb(0xd4_deec),
        Season::Autumn => {
            random.pick(&[rgb(0xc8_5a1e), rgb(0xd8_8a24), rgb(0xa8_3a20), rgb(0xc8_a838)])
        }
        Season::Spring => random.pick(&[rgb(0x86_b848), rgb(0xf0_b8cc), rgb(0x9c_c85c)]),
        Season::Summer | Season::Winter => {
            random.pick(&[rgb(0x3f_7a34), rgb(0x55_8a38), rgb(0x34_6a3c)])
        }
    }
}

/// Blades that stand up from `row`, higher the nearer they are.
pub(super) fn grass(
    canvas: &mut Canvas,
    light: &Light,
    colour: Rgb,
    from: f32,
    to: f32,
    random: &mut Random,
) {
    let short = canvas.short();
    let width = canvas.width as f32;
    let count = (560.0 * width / short) as usize;
    for i in 0..count {
        let t = i as f32 / count as f32;
        let row = blend(from, to, t * t);
        let size = short * blend(0.010, 0.055, t) * random.between(0.5, 1.2);
        let x = random.unit() * width;
        let lean = random.between(-0.5, 0.5) * size;
        let tone =
            light.flat(colour * random.between(0.55, 1.2)).toward(light.haze, 0.25 * (1.0 - t));
        let blade = limb(&[
            (x, row, size * 0.05),
            (x + lean * 0.3, row - size * 0.6, size * 0.035),
            (x + lean, row - size, 0.2),
        ]);
        canvas.fill(&[blade], tone, 0.9);
    }
}

/// Dots of flowers in the grass.
pub(super) fn flowers(
    canvas: &mut Canvas,
    light: &Light,
    colours: &[Rgb],
    from: f32,
    to: f32,
    random: &mut Random,
) {
    let short = canvas.short();
    let count = (110.0 * canvas.width as f32 / short) as usize;
    for i in 0..count {
        let t = i as f32 / count as f32;
        let p = at(random.unit() * canvas.width as f32, blend(from, to, t * t));
        let r = short * blend(0.0025, 0.0105, t) * random.between(0.7, 1.3);
        let colour = light.flat(random.pick(colours) * random.between(0.9, 1.15));
        let stem = limb(&[(p.x, p.y + r * 5.0, r * 0.14), (p.x, p.y, r * 0.12)]);
        canvas.fill(&[stem], light.flat(rgb(0x3c_7030)), 0.8);
        let turn = random.between(0.0, 1.2);
        let petals: Vec<Form> = (0..5)
            .map(|k| {
                let q = at(r * 0.75, 0.0).turned(k as f32 * 1.2566 + turn);
                oval(p.x + q.x, p.y + q.y * 0.7, r * 0.55, r * 0.45)
            })
            .collect();
        canvas.fill(&petals, colour, 1.0);
        canvas.fill(&[oval(p.x, p.y, r * 0.35, r * 0.3)], light.flat(rgb(0xf4_c838)), 1.0);
    }
}

/// Water from `horizon` to `bottom`: it mirrors the picture above it and glitters under the sun.
pub(super) fn water(
    canvas: &mut Canvas,
    light: &Light,
    deep: Rgb,
    horizon: f32,
    sun: Point,
    rough: f32,
    salt: u32,
) {
    let mirror = canvas.clone();
    let (height, short) = (canvas.height as f32, canvas.short());
    let from = horizon.max(0.0) as usize;
    let rows = canvas.height;
    let body = light.flat(deep);
    let glitter = (light.direct + light.rim).lighter(0.25);
    canvas.each(from, rows, |x, y, _| {
        let depth = (y - horizon) / (height - horizon).max(1.0);
        let near = 0.05 + depth;
        let (u, v) = (x / short / near * 1.6, 3.0 / near * 2.2);
        let wave = layered(u, v * 2.0, 3, salt) - 0.5;
        let fine = noise(u * 4.0, v * 9.0, salt ^ 0x77) - 0.5;
        let swing = (wave + 0.5 * fine) * rough;
        let look_up = horizon - (y - horizon) * 0.9 - 2.0 + swing * short * 0.16 * near;
        let seen =
            mirror.between(x + swing * short * 0.05, look_up.clamp(0.0, (horizon - 1.0).max(0.0)));
        let grazing = blend(0.78, 0.34, unit(depth * 1.5)) - 0.25 * rough * depth;
        let mut colour = body.toward(seen, unit(grazing)) + body * (swing * 0.9 * rough);
        let path = ((x - sun.x).abs() / (short * (0.03 + 0.2 * depth))).min(3.0);
        let sparkle = smooth(0.08, 0.34, wave + fine * 0.7) * unit(1.0 - path * path * 0.22);
        colour = colour.toward(glitter, unit(sparkle * 0.62));
        if rough > 0.75 {
            // Crests break.
            colour =
                colour.toward(light.flat(WHITE), 0.75 * smooth(0.22, 0.34, wave + 0.25 * fine));
        }
        colour
    });
}

/// A tree of the background. `size` is its height in pixels.
pub(super) fn tree(
    canvas: &mut Canvas,
    light: &Light,
    scene: &Scene,
    foot: Point,
    size: f32,
    distance: f32,
    random: &mut Random,
) {
    let frame = Frame { origin: foot, scale: size, flip: random.chance(0.5), tilt: 0.0 };
    let salt = random.next() as u32;
    let pine = random.chance(if scene.snowy() { 0.9 } else { 0.45 });
    let leaves = if pine { rgb(0x2c_5a3c) } else { leaf_colour(scene, random) };
    let mut brush = Brush { canvas, frame, light, distance, salt };
    if pine {
        conifer(&mut brush, leaves, scene.snowy(), random);
    } else {
        leafy(&mut brush, leaves, random);
    }
}

pub(super) fn conifer(brush: &mut Brush, needles: Rgb, snowy: bool, random: &mut Random) {
    brush.body(
        &[limb(&[(0.0, 0.0, 0.035), (0.0, 0.3, 0.02)])],
        surface(rgb(0x5a_4030), Grain::Smooth, 0.03),
    );
    let mut tiers = Vec::new();
    let mut caps = Vec::new();
    let count = 6;
    for tier in 0..count {
        let t = tier as f32 / count as f32;
        let (low, high) = (0.1 + 0.8 * t, 0.1 + 0.8 * t + 0.3 * (1.0 - t * 0.45));
        let half = 0.3 * (1.0 - t) + 0.045;
        let sag = random.between(0.015, 0.04);
        let tip = high.min(1.0);
        tiers.push(polygon(&[
            (0.0, tip),
            (-half * 0.42, (low + tip) * 0.5),
            (-half, low - sag),
            (-half * 0.55, low + 0.02),
            (-half * 0.25, low - sag * 0.6),
            (0.0, low + 0.02),
            (half * 0.3, low - sag * 0.7),
            (half * 0.6, low + 0.02),
            (half, low - sag),
            (half * 0.4, (low + tip) * 0.5),
        ]));
        let cap = half * 0.95;
        caps.push(blob(&[
            (0.0, tip),
            (-cap * 0.5, (low + tip) * 0.5 - 0.01),
            (-cap, low + 0.012),
            (-cap * 0.3, low + 0.055),
            (cap * 0.2, low + 0.04),
            (cap, low + 0.012),
            (cap * 0.5, (low + tip) * 0.5 - 0.01),
        ]));
    }
    let marks =
        if snowy { vec![super::brush::mark(caps, rgb(0xee_f3fc), 0.012)] } else { Vec::new() };
    brush.model(&tiers, surface(needles, Grain::Leaf, 0.09), &marks);
}

pub(super) fn leafy(brush: &mut Brush, leaves: Rgb, random: &mut Random) {
    let lean = random.between(-0.05, 0.05);
    let bark = surface(rgb(0x6a_4c38), Grain::Wood, 0.03);
    brush.body(
        &[
            limb(&[(0.0, -0.01, 0.05), (lean * 0.4, 0.2, 0.033), (lean, 0.5, 0.022)]),
            limb(&[(lean * 0.5, 0.26, 0.024), (lean - 0.13, 0.5, 0.01)]),
            limb(&[(lean * 0.6, 0.3, 0.02), (lean + 0.14, 0.54, 0.008)]),
        ],
        bark,
    );
    let mut back = Vec::new();
    let mut front = Vec::new();
    for i in 0..9 {
        let a = i as f32 * 0.7 + random.between(-0.2, 0.2);
        let p = at(random.between(0.12, 0.26), 0.0).turned(a);
        let r = random.between(0.12, 0.18);
        back.push(oval(lean + p.x, 0.68 + p.y * 0.85, r, r * 0.9));
    }
    for _ in 0..5 {
        let r = random.between(0.09, 0.13);
        front.push(oval(lean + random.between(-0.2, 0.2), random.between(0.58, 0.84), r, r * 0.85));
    }
    brush.body(&back, Surface { shine: 0.0, ..surface(leaves * 0.82, Grain::Leaf, 0.13) });
    brush.body(&front, surface(leaves * 1.08, Grain::Leaf, 0.08));
}

/// A boulder.
pub(super) fn rock(brush: &mut Brush, snowy: bool, random: &mut Random) {
    let mut outline = Vec::new();
    for i in 0..9 {
        let a = i as f32 / 9.0 * std::f32::consts::TAU;
        let p = at(random.between(0.42, 0.56), 0.0).turned(a);
        outline.push((p.x, (p.y * 0.62 + 0.2).max(-0.05)));
    }
    let cap = super::brush::mark([oval(0.0, 0.55, 0.55, 0.26)], rgb(0xf0_f4fc), 0.06);
    let marks = if snowy { vec![cap] } else { Vec::new() };
    brush.model(&[polygon(&outline)], surface(rgb(0x8a_8680), Grain::Stone, 0.12), &marks);
}
