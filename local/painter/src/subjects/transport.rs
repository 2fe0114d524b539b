//! What rolls.

use super::super::brush::{Brush, Grain, mark, smooth_skin, surface};
use super::super::geometry::at;
use super::super::outline::{Form, blob, limb, oval, polygon, ring, slab, wire};
use super::super::palette::rgb;
use super::Look;

fn wheel(brush: &mut Brush, x: f32, r: f32) {
    brush.body(&[oval(x, r, r, r)], smooth_skin(rgb(0x26_262a), 0.06));
    brush.body(&[oval(x, r, r * 0.6, r * 0.6)], smooth_skin(rgb(0xc0_c6cc), 0.04).shiny(0.6));
    for i in 0..5 {
        let p = at(r * 0.4, 0.0).turned(i as f32 * 1.2566 + 0.3);
        brush.flat(&[oval(x + p.x, r + p.y, r * 0.1, r * 0.1)], rgb(0x38_3a40));
    }
}

pub(super) fn car(brush: &mut Brush, look: &mut Look) {
    let paint = look.colour_or_one_of(&[
        rgb(0xd0_3028),
        rgb(0x28_64b8),
        rgb(0xe8_a828),
        rgb(0x38_8868),
        rgb(0xe0_e0dc),
    ]);
    if look.random.chance(0.5) {
        saloon(brush, look, paint);
    } else {
        beetle(brush, look, paint);
    }
    if look.lit {
        brush.shine(&[oval(1.04, 0.4, 0.04, 0.05)], rgb(0xff_f8dc));
        brush.veil(
            &[polygon(&[(1.06, 0.42), (2.6, 0.62), (2.6, -0.06)])],
            rgb(0xff_f0c0),
            0.45,
            0.06,
        );
        brush.glow(1.05, 0.4, 0.1, rgb(0xff_f0c0), 0.9);
        brush.glow(-1.06, 0.42, 0.06, rgb(0xff_3020), 0.8);
    }
}

fn saloon(brush: &mut Brush, look: &Look, paint: super::super::palette::Rgb) {
    let glass = if look.lit { rgb(0xd8_b070) } else { rgb(0x58_7c94) };
    brush.body(
        &[blob(&[
            (-0.62, 0.55),
            (-0.46, 0.86),
            (-0.2, 0.96),
            (0.16, 0.95),
            (0.4, 0.78),
            (0.6, 0.55),
        ])],
        smooth_skin(paint, 0.06).shiny(0.7),
    );
    brush.body(
        &[
            polygon(&[(-0.5, 0.58), (-0.38, 0.83), (-0.08, 0.88), (-0.08, 0.58)]),
            polygon(&[(-0.02, 0.58), (-0.02, 0.88), (0.15, 0.87), (0.44, 0.58)]),
        ],
        smooth_skin(glass, 0.04).shiny(0.8),
    );
    let body = blob(&[
        (-1.08, 0.5),
        (-0.98, 0.6),
        (-0.5, 0.61),
        (0.5, 0.61),
        (0.92, 0.52),
        (1.08, 0.42),
        (1.1, 0.24),
        (0.9, 0.15),
        (-0.9, 0.15),
        (-1.1, 0.24),
    ]);
    let lines = vec![
        wire(&[(-0.05, 0.6), (-0.05, 0.2)], 0.006),
        wire(&[(-0.56, 0.6), (-0.5, 0.36)], 0.006),
        wire(&[(0.52, 0.6), (0.5, 0.25)], 0.006),
        limb(&[(-1.2, 0.44, 0.006), (1.2, 0.38, 0.006)]),
    ];
    brush.model(
        &[body],
        smooth_skin(paint, 0.11).shiny(0.8),
        &[
            mark(lines, paint * 0.6, 0.003),
            mark([slab(-1.2, 0.1, 1.2, 0.2, 0.0)], paint * 0.4, 0.02),
        ],
    );
    brush.body(
        &[slab(-0.16, 0.46, -0.08, 0.485, 0.01), slab(0.36, 0.46, 0.44, 0.485, 0.01)],
        smooth_skin(rgb(0xd8_dce0), 0.01),
    );
    brush.body(&[oval(1.03, 0.4, 0.045, 0.06)], smooth_skin(rgb(0xf8_f4d8), 0.03).shiny(0.8));
    brush.body(&[oval(-1.05, 0.44, 0.03, 0.06)], smooth_skin(rgb(0xc8_2820), 0.02));
    for x in [-0.62, 0.64] {
        brush.flat(&[oval(x, 0.22, 0.25, 0.24)], paint * 0.28);
        wheel(brush, x, 0.2);
    }
}

fn beetle(brush: &mut Brush, look: &Look, paint: super::super::palette::Rgb) {
    let glass = if look.lit { rgb(0xd8_b070) } else { rgb(0x58_7c94) };
    let body = blob(&[
        (-1.02, 0.3),
        (-0.92, 0.56),
        (-0.56, 0.86),
        (-0.12, 1.0),
        (0.28, 0.9),
        (0.5, 0.66),
        (0.8, 0.6),
        (1.0, 0.44),
        (1.02, 0.26),
        (0.6, 0.16),
        (-0.7, 0.16),
    ]);
    brush.model(
        &[body],
        smooth_skin(paint, 0.15).shiny(0.8),
        &[
            mark([slab(-1.2, 0.1, 1.2, 0.21, 0.0)], paint * 0.4, 0.02),
            mark(
                [
                    wire(&[(-0.26, 0.9), (-0.28, 0.2)], 0.006),
                    wire(&[(0.44, 0.66), (0.38, 0.2)], 0.006),
                ],
                paint * 0.6,
                0.003,
            ),
        ],
    );
    brush.body(
        &[
            blob(&[(-0.22, 0.62), (-0.2, 0.88), (0.02, 0.91), (0.22, 0.82), (0.38, 0.62)]),
            blob(&[(-0.3, 0.62), (-0.28, 0.85), (-0.48, 0.76), (-0.62, 0.62)]),
        ],
        smooth_skin(glass, 0.04).shiny(0.8),
    );
    for x in [-0.6, 0.62] {
        brush.body(&[oval(x, 0.32, 0.32, 0.28)], smooth_skin(paint, 0.08).shiny(0.6));
        brush.flat(&[oval(x, 0.21, 0.24, 0.22)], paint * 0.25);
        wheel(brush, x, 0.2);
    }
    brush.body(&[oval(0.94, 0.46, 0.06, 0.075)], smooth_skin(rgb(0xf8_f4d8), 0.04).shiny(0.8));
    brush.body(
        &[slab(0.9, 0.17, 1.1, 0.23, 0.03), slab(-1.1, 0.17, -0.9, 0.23, 0.03)],
        smooth_skin(rgb(0xc8_ced4), 0.03).shiny(0.7),
    );
}

pub(super) fn train(brush: &mut Brush, look: &mut Look) {
    let paint = look.colour_or(rgb(0x2c_5c48));
    brush.flat(&[slab(-3.0, -0.02, 3.0, 0.015, 0.0)], rgb(0x80_7c78));
    for i in 0..30 {
        let x = -2.9 + 0.2 * i as f32;
        brush.flat(&[slab(x, -0.06, x + 0.09, -0.02, 0.0)], rgb(0x5c_4434));
    }
    for (i, r) in [0.09, 0.13, 0.18, 0.24].iter().enumerate() {
        let t = i as f32;
        brush.veil(
            &[oval(0.86 - 0.3 * t, 1.06 + 0.12 * t, r * 1.2, *r)],
            brush.light.haze.lighter(0.25),
            0.75 - 0.12 * t,
            0.06,
        );
    }
    brush.body(&[slab(-1.36, 0.2, -0.5, 0.7, 0.03)], surface(paint * 0.85, Grain::Smooth, 0.05));
    brush.body(&[slab(-0.46, 0.2, 0.02, 0.94, 0.02)], surface(paint, Grain::Smooth, 0.05));
    brush.body(&[slab(-0.52, 0.92, 0.08, 1.0, 0.03)], smooth_skin(paint * 0.6, 0.03));
    let glass = if look.lit { rgb(0xff_d880) } else { rgb(0x60_8498) };
    brush.shine(
        &[
            slab(-0.36, 0.62, -0.1, 0.86, 0.02),
            slab(-1.24, 0.42, -1.02, 0.6, 0.02),
            slab(-0.92, 0.42, -0.7, 0.6, 0.02),
        ],
        brush.light.flat(glass).toward(glass, if look.lit { 1.0 } else { 0.0 }),
    );
    let bands: Vec<Form> =
        [0.2, 0.5, 0.8].iter().map(|x| slab(*x, 0.2, x + 0.03, 0.9, 0.0)).collect();
    brush.model(
        &[slab(0.0, 0.3, 1.08, 0.74, 0.06)],
        smooth_skin(paint, 0.19).shiny(0.5),
        &[mark(bands, rgb(0xe0_b850), 0.003)],
    );
    brush.body(
        &[polygon(&[(0.8, 0.72), (0.74, 1.0), (0.98, 1.0), (0.92, 0.72)])],
        smooth_skin(rgb(0x2c_2c30), 0.06),
    );
    brush.body(
        &[blob(&[(0.3, 0.72), (0.32, 0.88), (0.42, 0.92), (0.52, 0.88), (0.54, 0.72)])],
        smooth_skin(rgb(0xe0_b850), 0.06).shiny(0.6),
    );
    brush.body(
        &[polygon(&[(1.06, 0.28), (1.3, 0.02), (0.98, 0.02)])],
        smooth_skin(rgb(0xb8_3028), 0.03),
    );
    brush.body(&[slab(-0.46, 0.2, 1.1, 0.3, 0.0)], smooth_skin(rgb(0xb0_3028), 0.03));
    for (x, r) in
        [(-1.2, 0.11), (-0.72, 0.11), (-0.24, 0.19), (0.2, 0.19), (0.6, 0.12), (0.9, 0.12)]
    {
        brush.body(&[oval(x, r, r, r)], smooth_skin(rgb(0x30_3034), 0.04));
        brush.flat(
            &[
                ring(x, r, r * 0.78, 0.012),
                wire(&[(x - r * 0.7, r), (x + r * 0.7, r)], 0.01),
                wire(&[(x, r * 0.3), (x, r * 1.7)], 0.01),
            ],
            rgb(0xc8_4438),
        );
    }
    brush.body(&[wire(&[(-0.24, 0.12), (0.2, 0.12)], 0.018)], smooth_skin(rgb(0xb0_b4b8), 0.01));
    brush.shine(&[oval(1.09, 0.66, 0.05, 0.06)], rgb(0xff_f4c8));
    if look.lit {
        brush.glow(1.09, 0.66, 0.12, rgb(0xff_f0b0), 1.0);
    }
}

pub(super) fn bicycle(brush: &mut Brush, look: &mut Look) {
    let paint =
        look.colour_or_one_of(&[rgb(0xc8_3030), rgb(0x28_7878), rgb(0x30_5cb0), rgb(0xe0_a030)]);
    let dark = rgb(0x24_2426);
    for x in [-0.52, 0.54] {
        brush.body(&[ring(x, 0.32, 0.3, 0.02)], smooth_skin(dark, 0.012));
        let spokes: Vec<Form> = (0..9)
            .map(|i| {
                let p = at(0.29, 0.0).turned(i as f32 * 0.349);
                wire(&[(x - p.x, 0.32 - p.y), (x + p.x, 0.32 + p.y)], 0.0025)
            })
            .collect();
        brush.flat(&spokes, rgb(0xb8_bcc0));
        brush.flat(&[ring(x, 0.32, 0.275, 0.006), oval(x, 0.32, 0.022, 0.022)], rgb(0xc8_ccd0));
    }
    let tube = [
        wire(&[(-0.52, 0.32), (-0.06, 0.3)], 0.014),
        wire(&[(-0.52, 0.32), (-0.2, 0.74)], 0.014),
        wire(&[(-0.06, 0.3), (-0.22, 0.82)], 0.018),
        wire(&[(-0.19, 0.72), (0.36, 0.78)], 0.019),
        wire(&[(-0.06, 0.3), (0.38, 0.72)], 0.021),
        limb(&[(0.35, 0.88, 0.017), (0.4, 0.68, 0.018), (0.46, 0.46, 0.016), (0.54, 0.32, 0.012)]),
    ];
    brush.body(&tube, smooth_skin(paint, 0.016).shiny(0.5));
    brush.body(
        &[blob(&[
            (-0.36, 0.86),
            (-0.34, 0.81),
            (-0.18, 0.815),
            (-0.08, 0.83),
            (-0.1, 0.85),
            (-0.22, 0.87),
        ])],
        smooth_skin(rgb(0x5c_3824), 0.03),
    );
    brush.body(
        &[limb(&[
            (0.35, 0.88, 0.015),
            (0.36, 0.94, 0.015),
            (0.26, 0.98, 0.017),
            (0.18, 0.95, 0.019),
        ])],
        smooth_skin(rgb(0x50_3828), 0.012),
    );
    brush.body(
        &[
            ring(-0.06, 0.3, 0.07, 0.012),
            wire(&[(-0.06, 0.3), (-0.02, 0.16)], 0.011),
            slab(-0.07, 0.135, 0.04, 0.16, 0.01),
        ],
        smooth_skin(rgb(0xa8_acb0), 0.01),
    );
    brush.flat(
        &[
            wire(&[(-0.06, 0.37), (-0.52, 0.35)], 0.005),
            wire(&[(-0.06, 0.23), (-0.52, 0.29)], 0.005),
        ],
        rgb(0x50_5054),
    );
    if look.random.chance(0.6) {
        brush.body(&[slab(0.42, 0.7, 0.66, 0.9, 0.03)], surface(rgb(0xa0_7440), Grain::Wood, 0.03));
        for (x, y, c) in [(0.46, 0.94, 0xe8_5070), (0.53, 0.97, 0xf8_e8d0), (0.6, 0.94, 0xf0_a030)]
        {
            brush.body(&[oval(x, y, 0.045, 0.045)], smooth_skin(rgb(c), 0.03));
        }
    }
}
