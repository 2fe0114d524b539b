//! What sails and flies.

use super::super::brush::{Brush, Grain, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, polygon, slab, wire};
use super::super::palette::{Rgb, WHITE, rgb};
use super::Look;

pub(super) fn sailboat(brush: &mut Brush, look: &mut Look) {
    let sail = look.colour_or_one_of(&[rgb(0xfa_f4e8), rgb(0xf4_e8d4), rgb(0xe8_5c40)]);
    let hull = look.random.pick(&[rgb(0x7c_4428), rgb(0x28_4c78), rgb(0xf0_ece4), rgb(0x8c_2c2c)]);
    brush.body(
        &[wire(&[(0.0, 0.1), (0.0, 0.99)], 0.011)],
        surface(rgb(0x8c_6440), Grain::Wood, 0.01),
    );
    let main = blob(&[
        (0.022, 0.96),
        (0.04, 0.6),
        (0.03, 0.24),
        (0.2, 0.22),
        (0.4, 0.24),
        (0.28, 0.5),
        (0.13, 0.8),
    ]);
    let seams: Vec<Form> = (0..5)
        .map(|i| {
            limb(&[
                (0.0, 0.34 + 0.12 * i as f32, 0.0025),
                (0.2, 0.31 + 0.12 * i as f32, 0.0025),
                (0.42, 0.34 + 0.12 * i as f32, 0.0025),
            ])
        })
        .collect();
    brush.model(&[main], smooth_skin(sail, 0.13), &[mark(seams.clone(), sail * 0.84, 0.002)]);
    let jib = blob(&[
        (-0.022, 0.9),
        (-0.12, 0.62),
        (-0.3, 0.36),
        (-0.46, 0.2),
        (-0.24, 0.2),
        (-0.04, 0.24),
        (-0.03, 0.5),
    ]);
    brush.model(&[jib], smooth_skin(sail * 0.95, 0.12), &[mark([], sail, 0.0)]);
    brush.body(
        &[wire(&[(0.0, 0.2), (0.42, 0.215)], 0.009)],
        surface(rgb(0x8c_6440), Grain::Wood, 0.01),
    );
    brush.flat(
        &[wire(&[(0.0, 0.98), (-0.5, 0.16)], 0.002), wire(&[(0.0, 0.98), (0.46, 0.15)], 0.002)],
        rgb(0x40_3830),
    );
    brush.body(
        &[polygon(&[(0.004, 1.0), (0.1, 0.975), (0.004, 0.95)])],
        smooth_skin(rgb(0xd8_3c30), 0.01),
    );
    brush
        .body(&[slab(0.08, 0.12, 0.26, 0.185, 0.02)], surface(rgb(0xf0_e8d8), Grain::Smooth, 0.02));
    if look.lit {
        brush.shine(
            &[oval(0.13, 0.152, 0.016, 0.014), oval(0.2, 0.152, 0.016, 0.014)],
            rgb(0xff_d070),
        );
        brush.glow(0.16, 0.15, 0.06, rgb(0xff_c860), 0.6);
    }
    let shape = blob(&[
        (-0.56, 0.165),
        (-0.3, 0.125),
        (0.0, 0.115),
        (0.3, 0.125),
        (0.5, 0.15),
        (0.47, 0.05),
        (0.4, -0.02),
        (0.0, -0.035),
        (-0.3, -0.02),
        (-0.45, 0.05),
    ]);
    let stripe = limb(&[(-0.6, 0.14, 0.013), (0.0, 0.085, 0.013), (0.6, 0.13, 0.013)]);
    brush.model(&[shape], surface(hull, Grain::Wood, 0.06), &[mark([stripe], WHITE, 0.002)]);
    brush.veil(
        &[limb(&[(-0.5, -0.02, 0.006), (0.0, -0.035, 0.012), (0.5, -0.015, 0.005)])],
        brush.light.flat(WHITE),
        0.8,
        0.008,
    );
}

pub(super) fn ship(brush: &mut Brush, look: &mut Look) {
    let hull = look.colour_or(rgb(0x28_3a5c));
    for (i, x) in [-0.22_f32, 0.02, 0.26].iter().enumerate() {
        brush.body(
            &[polygon(&[(x - 0.06, 0.5), (x - 0.045, 0.86), (x + 0.045, 0.86), (x + 0.06, 0.5)])],
            surface(rgb(0xc8_4430), Grain::Smooth, 0.05),
        );
        brush.body(&[slab(x - 0.05, 0.8, x + 0.05, 0.87, 0.0)], smooth_skin(rgb(0x24_2428), 0.04));
        for k in 0..3 {
            let t = k as f32 + i as f32 * 0.3;
            brush.veil(
                &[oval(x - 0.12 * t - 0.05, 0.95 + 0.06 * t, 0.09 + 0.03 * t, 0.05 + 0.02 * t)],
                brush.light.haze * 0.8,
                0.4,
                0.04,
            );
        }
    }
    brush.body(
        &[
            slab(-0.5, 0.3, 0.46, 0.44, 0.02),
            slab(-0.4, 0.42, 0.38, 0.53, 0.02),
            slab(0.2, 0.52, 0.38, 0.6, 0.02),
        ],
        surface(rgb(0xf2_f0ea), Grain::Smooth, 0.03),
    );
    for row in 0..2 {
        for i in 0..13 {
            let x = -0.43 + 0.067 * i as f32 + 0.02 * row as f32;
            let pane = oval(x, 0.37 + 0.11 * row as f32, 0.014, 0.017);
            if x > 0.4 - 0.1 * row as f32 {
                continue;
            }
            if look.lit {
                brush.shine(&[pane], rgb(0xff_d880));
            } else {
                brush.flat(&[pane], rgb(0x40_5468));
            }
        }
    }
    let shape = blob(&[
        (-0.86, 0.34),
        (-0.4, 0.3),
        (0.4, 0.3),
        (0.98, 0.42),
        (0.86, 0.16),
        (0.76, -0.02),
        (0.0, -0.04),
        (-0.7, -0.02),
        (-0.82, 0.14),
    ]);
    brush.model(
        &[shape],
        smooth_skin(hull, 0.08),
        &[
            mark([slab(-1.2, -0.2, 1.2, 0.06, 0.0)], rgb(0xa8_3428), 0.003),
            mark(
                [limb(&[(-1.0, 0.3, 0.014), (0.4, 0.265, 0.014), (1.1, 0.4, 0.014)])],
                WHITE,
                0.002,
            ),
        ],
    );
    brush.veil(
        &[limb(&[(-0.8, -0.02, 0.012), (0.0, -0.04, 0.016), (0.86, 0.0, 0.024)])],
        brush.light.flat(WHITE),
        0.85,
        0.012,
    );
}

pub(super) fn plane(brush: &mut Brush, look: &mut Look) {
    let paint = look.colour_or(rgb(0xe8_eaec));
    let trim = if look.colour.is_some() { WHITE } else { rgb(0xd8_3c30) };
    brush.body(
        &[polygon(&[(-0.06, 0.56), (-0.42, 0.92), (-0.54, 0.92), (-0.34, 0.56)])],
        smooth_skin(paint * 0.75, 0.03),
    );
    brush.body(
        &[polygon(&[(-0.84, 0.58), (-1.08, 0.98), (-1.18, 0.98), (-1.14, 0.56)])],
        smooth_skin(trim, 0.03),
    );
    let body = blob(&[
        (1.1, 0.44),
        (0.92, 0.58),
        (0.6, 0.64),
        (-0.4, 0.64),
        (-1.1, 0.6),
        (-1.2, 0.56),
        (-0.9, 0.44),
        (-0.3, 0.32),
        (0.6, 0.3),
        (0.95, 0.35),
    ]);
    brush.model(
        &[body],
        smooth_skin(paint, 0.13).shiny(0.6),
        &[mark([limb(&[(-1.3, 0.54, 0.016), (0.0, 0.44, 0.02), (1.2, 0.42, 0.016)])], trim, 0.003)],
    );
    for i in 0..12 {
        let x = -0.66 + 0.11 * i as f32;
        brush.flat(
            &[slab(x - 0.022, 0.525, x + 0.022, 0.58, 0.018)],
            if look.lit { rgb(0xff_e0a0) } else { rgb(0x38_5068) },
        );
    }
    brush.body(
        &[blob(&[(0.86, 0.6), (0.99, 0.53), (0.86, 0.51), (0.76, 0.55)])],
        smooth_skin(rgb(0x30_4860), 0.02).shiny(0.6),
    );
    brush.body(
        &[polygon(&[(0.28, 0.42), (-0.3, -0.06), (-0.52, -0.08), (-0.2, 0.4)])],
        smooth_skin(paint * 0.92, 0.04),
    );
    brush.body(
        &[limb(&[(0.0, 0.14, 0.055), (-0.2, 0.14, 0.045)])],
        smooth_skin(rgb(0x8c_949c), 0.04).shiny(0.5),
    );
    brush.body(
        &[polygon(&[(-0.86, 0.52), (-1.14, 0.36), (-1.24, 0.36), (-1.08, 0.54)])],
        smooth_skin(paint * 0.85, 0.03),
    );
}

pub(super) fn rocket(brush: &mut Brush, look: &mut Look) {
    let paint = look.colour_or(rgb(0xd8_3430));
    flame(brush);
    for side in [1.0, -1.0] {
        brush.body(
            &[blob(&[
                (side * 0.12, 0.42),
                (side * 0.2, 0.3),
                (side * 0.27, 0.08),
                (side * 0.24, 0.06),
                (side * 0.12, 0.17),
                (side * 0.1, 0.24),
            ])],
            smooth_skin(paint, 0.05).shiny(0.4),
        );
    }
    brush.body(
        &[polygon(&[(-0.08, 0.16), (0.08, 0.16), (0.1, 0.09), (-0.1, 0.09)])],
        smooth_skin(rgb(0x50_545c), 0.04).shiny(0.4),
    );
    let body = blob(&[
        (0.0, 1.0),
        (0.055, 0.92),
        (0.115, 0.76),
        (0.14, 0.55),
        (0.13, 0.32),
        (0.095, 0.14),
        (-0.095, 0.14),
        (-0.13, 0.32),
        (-0.14, 0.55),
        (-0.115, 0.76),
        (-0.055, 0.92),
    ]);
    let nose = polygon(&[(-0.3, 0.8), (0.3, 0.8), (0.3, 1.2), (-0.3, 1.2)]);
    let band = slab(-0.3, 0.2, 0.3, 0.245, 0.0);
    brush.model(
        &[body],
        smooth_skin(rgb(0xf0_f0ee), 0.13).shiny(0.5),
        &[mark([nose, band], paint, 0.002)],
    );
    for (y, r) in [(0.62, 0.06), (0.43, 0.042)] {
        brush.body(&[oval(0.0, y, r * 1.3, r * 1.3)], smooth_skin(rgb(0x9c_a4ac), 0.02).shiny(0.7));
        brush.body(&[oval(0.0, y, r, r)], smooth_skin(rgb(0x40_a0d8), 0.04).shiny(0.9));
        brush.veil(&[oval(-r * 0.3, y + r * 0.35, r * 0.28, r * 0.18)], WHITE, 0.8, 0.003);
    }
    brush.body(
        &[limb(&[(0.0, 0.3, 0.018), (0.0, 0.1, 0.016)])],
        smooth_skin(paint * 0.9, 0.02).shiny(0.4),
    );
}

fn flame(brush: &mut Brush) {
    brush.glow(0.0, -0.06, 0.1, rgb(0xff_8c30), 1.0);
    for (i, r) in [0.05, 0.07, 0.1, 0.13].iter().enumerate() {
        let t = i as f32;
        brush.veil(
            &[oval(0.03 * if i % 2 == 0 { 1.0 } else { -1.0 }, -0.34 - 0.13 * t, *r, *r)],
            rgb(0xd8_c8d0),
            0.3 - 0.055 * t,
            0.05,
        );
    }
    brush.veil(
        &[blob(&[(-0.09, 0.1), (0.09, 0.1), (0.085, -0.06), (0.0, -0.36), (-0.085, -0.06)])],
        rgb(0xff_6c1c),
        0.95,
        0.02,
    );
    brush.veil(
        &[blob(&[(-0.065, 0.1), (0.065, 0.1), (0.055, -0.04), (0.0, -0.24), (-0.055, -0.04)])],
        rgb(0xff_c43c),
        1.0,
        0.014,
    );
    brush.veil(
        &[blob(&[(-0.04, 0.1), (0.04, 0.1), (0.03, 0.0), (0.0, -0.12), (-0.03, 0.0)])],
        rgb(0xff_fce0),
        1.0,
        0.01,
    );
}

pub(super) fn ufo(brush: &mut Brush, look: &mut Look) {
    let metal: Rgb = look.colour_or(rgb(0x9c_a8b8));
    brush.veil(
        &[polygon(&[(-0.3, 0.3), (0.3, 0.3), (0.8, -1.3), (-0.8, -1.3)])],
        rgb(0xb0_ffd8),
        0.35,
        0.08,
    );
    brush.body(
        &[blob(&[(-0.34, 0.55), (-0.24, 0.86), (0.0, 0.98), (0.24, 0.86), (0.34, 0.55)])],
        smooth_skin(rgb(0x88_d0e8), 0.14).shiny(0.9),
    );
    brush.body(&[oval(0.0, 0.48, 0.92, 0.2)], smooth_skin(metal, 0.12).shiny(0.7));
    brush.body(&[oval(0.0, 0.36, 0.5, 0.1)], smooth_skin(metal * 0.7, 0.06).shiny(0.4));
    for i in 0..7 {
        let x = (i as f32 - 3.0) * 0.24;
        let y = 0.44 - 0.015 * (3.0 - (i as f32 - 3.0).abs());
        brush.shine(&[oval(x, y, 0.034, 0.026)], rgb(0xff_f090));
        brush.glow(x, y, 0.04, rgb(0xff_e060), 0.6);
    }
}

pub(super) fn balloon(brush: &mut Brush, look: &mut Look) {
    let first = look.colour_or_one_of(&[
        rgb(0xd8_3830),
        rgb(0x28_70c0),
        rgb(0xf0_9c28),
        rgb(0x38_a070),
        rgb(0x8c_48b0),
    ]);
    let second = if look.colour.is_some() {
        first.lighter(0.35)
    } else {
        look.random.pick(&[rgb(0xf8_e4a8), rgb(0xf8_f4ec), rgb(0xf4_c040)])
    };
    brush.flat(
        &[
            wire(&[(-0.055, 0.13), (-0.1, 0.3)], 0.003),
            wire(&[(0.055, 0.13), (0.1, 0.3)], 0.003),
            wire(&[(-0.02, 0.13), (-0.04, 0.28)], 0.0025),
            wire(&[(0.02, 0.13), (0.04, 0.28)], 0.0025),
        ],
        rgb(0x40_3428),
    );
    let bag = blob(&[
        (0.0, 1.0),
        (0.2, 0.95),
        (0.33, 0.8),
        (0.34, 0.64),
        (0.25, 0.46),
        (0.1, 0.285),
        (0.0, 0.27),
        (-0.1, 0.285),
        (-0.25, 0.46),
        (-0.34, 0.64),
        (-0.33, 0.8),
        (-0.2, 0.95),
    ]);
    let mut gores: Vec<Form> = Vec::new();
    for (inner, outer) in [(0.0_f32, 0.09_f32), (0.2, 0.285)] {
        for side in [1.0, -1.0] {
            if inner == 0.0 {
                gores.push(blob(&[
                    (0.0, 1.02),
                    (side * outer * 0.6, 0.9),
                    (side * outer, 0.66),
                    (side * outer * 0.7, 0.42),
                    (0.0, 0.2),
                ]));
            } else {
                gores.push(blob(&[
                    (side * 0.02, 1.01),
                    (side * inner * 0.85, 0.88),
                    (side * inner, 0.66),
                    (side * inner * 0.55, 0.42),
                    (side * 0.05, 0.22),
                    (side * 0.085, 0.22),
                    (side * outer * 0.75, 0.46),
                    (side * outer, 0.66),
                    (side * outer * 0.85, 0.88),
                ]));
            }
        }
    }
    let belt = limb(&[(-0.5, 0.67, 0.03), (0.0, 0.6, 0.035), (0.5, 0.67, 0.03)]);
    brush.model(
        &[bag],
        smooth_skin(first, 0.26).shiny(0.15),
        &[mark(gores, second, 0.003), mark([belt], first * 0.7, 0.004)],
    );
    if look.lit {
        brush.glow(0.0, 0.36, 0.13, rgb(0xff_b850), 0.8);
    }
    brush.veil(&[blob(&[(-0.018, 0.2), (0.018, 0.2), (0.0, 0.27)])], rgb(0xff_c040), 0.9, 0.006);
    brush.body(
        &[blob(&[(-0.075, 0.135), (0.075, 0.135), (0.062, 0.02), (0.0, 0.0), (-0.062, 0.02)])],
        surface(rgb(0x9c_6838), Grain::Wood, 0.04),
    );
    brush.body(
        &[limb(&[(-0.075, 0.135, 0.011), (0.075, 0.135, 0.011)])],
        smooth_skin(rgb(0x6c_4424), 0.01),
    );
}
