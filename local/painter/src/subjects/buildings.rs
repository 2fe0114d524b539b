//! House, castle, lighthouse, tower, windmill.

use super::super::brush::{Brush, Grain, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, polygon, slab, wire};
use super::super::palette::{Rgb, WHITE, rgb};
use super::Look;

const LAMP: Rgb = rgb(0xff_cc68);

fn window(brush: &mut Brush, lit: bool, (x, y): (f32, f32), (w, h): (f32, f32)) {
    let pane = slab(x - w, y - h, x + w, y + h, w * 0.2);
    if lit {
        brush.shine(&[pane], LAMP.lighter(0.15));
        brush.glow(x, y, w * 1.8, LAMP, 0.45);
    } else {
        brush.body(&[pane], smooth_skin(rgb(0x4a_6478), w * 0.4).shiny(0.4));
    }
    let bar = w * 0.09;
    brush.flat(
        &[slab(x - bar, y - h, x + bar, y + h, 0.0), slab(x - w, y - bar, x + w, y + bar, 0.0)],
        rgb(0xe8_e0d4),
    );
}

pub(super) fn house(brush: &mut Brush, look: &mut Look) {
    let wall =
        look.colour_or_one_of(&[rgb(0xe8_dcc4), rgb(0xd8_b088), rgb(0xb8_ccd0), rgb(0xe8_c8b8)]);
    let roof = if look.colour.is_some() {
        wall * 0.45
    } else {
        look.random.pick(&[rgb(0x98_442c), rgb(0x50_5864), rgb(0x7c_5438)])
    };
    brush.body(&[slab(0.2, 0.62, 0.32, 1.0, 0.0)], surface(rgb(0x8c_5c48), Grain::Stone, 0.03));
    brush.body(&[slab(0.18, 0.97, 0.34, 1.02, 0.01)], surface(rgb(0x70_4838), Grain::Stone, 0.02));
    for (i, r) in [0.035, 0.05, 0.07, 0.1].iter().enumerate() {
        let t = i as f32;
        brush.veil(
            &[oval(0.27 + 0.04 * t * t * 0.6, 1.08 + 0.11 * t, r * 1.2, *r)],
            brush.light.haze.lighter(0.2),
            0.4 - 0.08 * t,
            0.03,
        );
    }
    let boards: Vec<Form> = (0..7)
        .map(|i| wire(&[(-0.5, 0.06 + 0.07 * i as f32), (0.5, 0.06 + 0.07 * i as f32)], 0.003))
        .collect();
    brush.model(
        &[slab(-0.46, 0.0, 0.46, 0.52, 0.0)],
        surface(wall, Grain::Smooth, 0.04),
        &[
            mark(boards, wall * 0.8, 0.002),
            mark([slab(-0.6, 0.42, 0.6, 0.6, 0.0)], wall * 0.6, 0.03),
        ],
    );
    brush.body(
        &[polygon(&[(-0.24, 0.5), (0.0, 0.76), (0.24, 0.5)]).moved(-0.12, 0.02)],
        surface(wall, Grain::Smooth, 0.02),
    );
    let tiles: Vec<Form> = (0..6)
        .map(|i| wire(&[(-0.7, 0.53 + 0.06 * i as f32), (0.7, 0.53 + 0.06 * i as f32)], 0.004))
        .collect();
    brush.model(
        &[polygon(&[(-0.56, 0.47), (-0.4, 0.88), (0.4, 0.88), (0.56, 0.47)])],
        surface(roof, Grain::Stone, 0.05),
        &[mark(tiles.clone(), roof * 0.65, 0.004)],
    );
    brush.body(
        &[polygon(&[(-0.3, 0.47), (-0.1, 0.72), (0.1, 0.47)])],
        surface(wall, Grain::Smooth, 0.03),
    );
    brush.body(
        &[
            limb(&[(-0.34, 0.45, 0.022), (-0.1, 0.745, 0.022)]),
            limb(&[(-0.1, 0.745, 0.022), (0.14, 0.45, 0.022)]),
        ],
        surface(roof * 0.85, Grain::Smooth, 0.02),
    );
    window(brush, look.lit, (-0.1, 0.565), (0.045, 0.05));
    window(brush, look.lit, (-0.3, 0.25), (0.075, 0.085));
    window(brush, look.lit, (0.3, 0.25), (0.075, 0.085));
    brush.body(&[slab(-0.085, 0.0, 0.085, 0.3, 0.015)], surface(rgb(0x6c_4028), Grain::Wood, 0.02));
    brush.flat(&[oval(0.055, 0.15, 0.012, 0.012)], rgb(0xe0_b850));
    brush
        .body(&[slab(-0.14, -0.02, 0.14, 0.025, 0.0)], surface(rgb(0xa0_988c), Grain::Stone, 0.02));
}

pub(super) fn castle(brush: &mut Brush, look: &mut Look) {
    let stone = look.colour_or_one_of(&[rgb(0xa8_a098), rgb(0xc0_b098), rgb(0x90_94a0)]);
    let roof = look.random.pick(&[rgb(0x38_508c), rgb(0x9c_3830), rgb(0x44_6058), rgb(0x68_4480)]);
    // Back towers first; the gate is nearest.
    let towers = [
        (-0.2, 0.1, 0.72, 0.26, 0.84),
        (0.17, 0.09, 0.62, 0.24, 0.84),
        (0.0, 0.11, 0.82, 0.3, 0.9),
        (-0.42, 0.1, 0.5, 0.22, 1.0),
        (0.42, 0.105, 0.56, 0.24, 1.0),
    ];
    for (x, half, top, spire, tone) in towers {
        turret(brush, look, stone * tone, roof, (x, half, top, spire));
    }
    wall(brush, stone, -0.5, 0.5, 0.3);
    brush.body(&[slab(-0.17, 0.0, 0.17, 0.4, 0.0)], surface(stone * 1.05, Grain::Stone, 0.05));
    battlements(brush, stone * 1.05, -0.19, 0.19, 0.4);
    brush.flat(&[slab(-0.085, 0.0, 0.085, 0.14, 0.0), oval(0.0, 0.14, 0.085, 0.1)], rgb(0x2c_2220));
    let bars: Vec<Form> = (-2..=2)
        .map(|i| wire(&[(i as f32 * 0.035, 0.06), (i as f32 * 0.035, 0.24)], 0.005))
        .collect();
    brush.flat(&bars, rgb(0x7c_6450));
    window(brush, look.lit, (-0.36, 0.14), (0.018, 0.035));
    window(brush, look.lit, (0.34, 0.14), (0.018, 0.035));
}

fn turret(
    brush: &mut Brush,
    look: &Look,
    stone: Rgb,
    roof: Rgb,
    (x, half, top, spire): (f32, f32, f32, f32),
) {
    brush
        .body(&[slab(x - half, 0.0, x + half, top, 0.0)], surface(stone, Grain::Stone, half * 0.9));
    brush.body(
        &[slab(x - half * 1.18, top - 0.05, x + half * 1.18, top + 0.015, 0.0)],
        surface(stone * 0.92, Grain::Stone, half * 0.8),
    );
    brush.body(
        &[polygon(&[(x - half * 1.3, top + 0.01), (x, top + spire), (x + half * 1.3, top + 0.01)])],
        surface(roof, Grain::Stone, half * 0.8),
    );
    brush.flat(&[wire(&[(x, top + spire - 0.01), (x, top + spire + 0.09)], 0.004)], rgb(0x40_342c));
    brush.body(
        &[polygon(&[
            (x + 0.004, top + spire + 0.088),
            (x + 0.085, top + spire + 0.066),
            (x + 0.004, top + spire + 0.036),
        ])],
        smooth_skin(roof.saturated(1.3).lighter(0.15), 0.01),
    );
    for y in [top - 0.12, top - 0.3] {
        if y > 0.34 {
            window(brush, look.lit, (x, y), (half * 0.17, 0.033));
        }
    }
}

fn wall(brush: &mut Brush, stone: Rgb, left: f32, right: f32, top: f32) {
    let mut joints: Vec<Form> = Vec::new();
    for row in 0..6 {
        let y = row as f32 * 0.055;
        joints.push(wire(&[(left, y), (right, y)], 0.0025));
        for column in 0..12 {
            let x = left + (column as f32 + if row % 2 == 0 { 0.0 } else { 0.5 }) * 0.09;
            joints.push(wire(&[(x, y), (x, y + 0.055)], 0.0025));
        }
    }
    brush.model(
        &[slab(left, -0.03, right, top, 0.0)],
        surface(stone * 0.95, Grain::Stone, 0.04),
        &[mark(joints, stone * 0.7, 0.002)],
    );
    battlements(brush, stone, left - 0.02, right + 0.02, top);
}

fn battlements(brush: &mut Brush, stone: Rgb, left: f32, right: f32, top: f32) {
    let count = ((right - left) / 0.075) as usize;
    let mut forms = vec![slab(left, top - 0.03, right, top + 0.012, 0.0)];
    for i in 0..count {
        let x = left + (right - left) * (i as f32 + 0.2) / count as f32;
        forms.push(slab(x, top, x + 0.045, top + 0.05, 0.0));
    }
    brush.body(&forms, surface(stone, Grain::Stone, 0.02));
}

pub(super) fn lighthouse(brush: &mut Brush, look: &mut Look) {
    let paint = look.colour_or(rgb(0xc8_3030));
    let side = look.random.between(-0.2, 0.35);
    brush.body(&[slab(0.1, 0.0, 0.34, 0.13, 0.0)], surface(rgb(0xe8_e4dc), Grain::Smooth, 0.03));
    brush.body(
        &[polygon(&[(0.07, 0.12), (0.12, 0.2), (0.32, 0.2), (0.37, 0.12)])],
        surface(paint * 0.8, Grain::Smooth, 0.03),
    );
    window(brush, look.lit, (0.23, 0.065), (0.022, 0.028));
    if look.lit {
        // Behind the tower: the lamp is inside, the beam goes past it.
        for (direction, strength) in [(1.0, 0.55), (-1.0, 0.4)] {
            let far = 2.6 * direction;
            let rise = side * direction * 0.7;
            let beam = |spread: f32| {
                polygon(&[(0.0, 0.885), (far, 0.885 + rise + spread), (far, 0.885 + rise - spread)])
            };
            brush.veil(&[beam(0.3)], rgb(0xff_f0c0), strength * 0.5, 0.05);
            brush.veil(&[beam(0.15)], rgb(0xff_f8dc), strength * 0.7, 0.025);
        }
    }
    let tower = polygon(&[(-0.125, 0.0), (-0.078, 0.8), (0.078, 0.8), (0.125, 0.0)]);
    let bands: Vec<Form> =
        [0.06, 0.34, 0.62].iter().map(|y| slab(-0.3, *y, 0.3, y + 0.14, 0.0)).collect();
    brush.model(
        &[tower],
        surface(rgb(0xf4_f0e8), Grain::Smooth, 0.13),
        &[mark(bands, paint, 0.001)],
    );
    for (x, y) in [(0.0, 0.27), (0.015, 0.53)] {
        window(brush, look.lit, (x, y), (0.014, 0.026));
    }
    brush.body(&[slab(-0.04, 0.0, 0.03, 0.1, 0.02)], surface(rgb(0x50_3424), Grain::Wood, 0.02));
    brush.body(&[slab(-0.115, 0.79, 0.115, 0.825, 0.01)], smooth_skin(rgb(0x3c_4048), 0.03));
    let rails: Vec<Form> = (-4..=4)
        .map(|i| wire(&[(i as f32 * 0.027, 0.82), (i as f32 * 0.027, 0.865)], 0.0028))
        .chain([wire(&[(-0.112, 0.865), (0.112, 0.865)], 0.004)])
        .collect();
    brush.flat(&rails, rgb(0x30_343c));
    if look.lit {
        brush.shine(&[slab(-0.06, 0.825, 0.06, 0.93, 0.01)], rgb(0xff_f4cc));
        brush.glow(0.0, 0.88, 0.1, rgb(0xff_e8a0), 1.0);
    } else {
        brush.body(
            &[slab(-0.06, 0.825, 0.06, 0.93, 0.01)],
            smooth_skin(rgb(0x9c_c4d4), 0.04).shiny(0.6),
        );
        brush.shine(&[oval(0.0, 0.875, 0.02, 0.026)], rgb(0xff_f0c0));
    }
    for x in [-0.06, -0.02, 0.02, 0.06] {
        brush.flat(&[wire(&[(x, 0.825), (x, 0.93)], 0.004)], rgb(0x30_343c));
    }
    brush.body(
        &[blob(&[(-0.085, 0.925), (0.085, 0.925), (0.05, 0.975), (0.0, 0.995), (-0.05, 0.975)])],
        smooth_skin(paint, 0.05),
    );
    brush.body(&[oval(0.0, 1.005, 0.014, 0.02)], smooth_skin(paint * 0.8, 0.01));
}

pub(super) fn tower(brush: &mut Brush, look: &mut Look) {
    let wall = look.colour_or(rgb(0x7c_90a8));
    brush.flat(&[wire(&[(0.0, 0.9), (0.0, 1.06)], 0.004)], rgb(0x50_5860));
    for (half, low, top) in [(0.07, 0.7, 0.94), (0.105, 0.4, 0.8), (0.15, 0.0, 0.62)] {
        brush.body(
            &[slab(-half, low, half, top, 0.005)],
            surface(wall, Grain::Smooth, half * 0.5).shiny(0.2),
        );
        let rows = ((top - low) / 0.03) as usize;
        for row in 0..rows {
            for column in 0..5 {
                let x = -half * 0.8 + half * 1.6 * (column as f32 + 0.5) / 5.0;
                let y = low + 0.012 + row as f32 * 0.03;
                let pane = slab(x - half * 0.11, y, x + half * 0.11, y + 0.017, 0.0);
                if look.lit && look.random.chance(0.5) {
                    brush.shine(&[pane], LAMP);
                } else {
                    brush.flat(&[pane], wall * 0.55);
                }
            }
        }
    }
}

pub(super) fn windmill(brush: &mut Brush, look: &mut Look) {
    let wall = look.colour_or(rgb(0xec_e0cc));
    brush.body(
        &[polygon(&[(-0.24, 0.0), (-0.14, 0.58), (0.14, 0.58), (0.24, 0.0)])],
        surface(wall, Grain::Stone, 0.14),
    );
    brush.body(
        &[blob(&[(-0.17, 0.56), (0.17, 0.56), (0.12, 0.7), (0.0, 0.77), (-0.12, 0.7)])],
        surface(rgb(0x70_4834), Grain::Wood, 0.08),
    );
    window(brush, look.lit, (0.0, 0.36), (0.03, 0.045));
    brush.body(&[slab(-0.05, 0.0, 0.05, 0.16, 0.03)], surface(rgb(0x5c_3c28), Grain::Wood, 0.02));
    let turn = look.random.between(0.1, 1.4);
    for arm in 0..4 {
        let a = turn + arm as f32 * std::f32::consts::FRAC_PI_2;
        let pole = limb(&[(0.0, 0.0, 0.013), (0.0, 0.47, 0.008)]).turned(a).moved(0.0, 0.64);
        let sail = polygon(&[(0.012, 0.1), (0.105, 0.12), (0.105, 0.46), (0.012, 0.46)])
            .turned(a)
            .moved(0.0, 0.64);
        brush.body(&[sail], surface(WHITE * 0.95, Grain::Smooth, 0.02));
        let lattice: Vec<Form> = (0..5)
            .map(|i| {
                wire(&[(0.0, 0.12 + 0.08 * i as f32), (0.105, 0.12 + 0.08 * i as f32)], 0.003)
                    .turned(a)
                    .moved(0.0, 0.64)
            })
            .collect();
        brush.flat(&lattice, rgb(0x70_5440));
        brush.body(&[pole], surface(rgb(0x5c_4030), Grain::Wood, 0.01));
    }
    brush.body(&[oval(0.0, 0.64, 0.03, 0.03)], smooth_skin(rgb(0x40_2c20), 0.02));
}
