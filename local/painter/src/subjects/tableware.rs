//! What stands on a table.

use super::super::brush::{Brush, mark, smooth_skin};
use super::super::outline::{Form, blob, limb, oval, ring, slab, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::Look;

fn glazes(look: &mut Look) -> Rgb {
    look.colour_or_one_of(&[
        rgb(0x38_7c8c),
        rgb(0xd8_7c50),
        rgb(0xe8_e0d0),
        rgb(0x6c_8c60),
        rgb(0x48_5c90),
        rgb(0xd8_a848),
    ])
}

fn steam(brush: &mut Brush, x: f32, y: f32) {
    for (shift, strength) in [(0.0, 0.4), (0.09, 0.28)] {
        let wisp = limb(&[
            (x + shift, y, 0.012),
            (x + shift + 0.06, y + 0.12, 0.022),
            (x + shift - 0.03, y + 0.25, 0.03),
            (x + shift + 0.05, y + 0.4, 0.014),
        ]);
        brush.veil(&[wisp], WHITE, strength, 0.02);
    }
}

pub(super) fn teapot(brush: &mut Brush, look: &mut Look) {
    let glaze = glazes(look);
    let china = smooth_skin(glaze, 0.22).shiny(0.85);
    brush.body(
        &[limb(&[
            (-0.36, 0.62, 0.04),
            (-0.6, 0.7, 0.044),
            (-0.72, 0.52, 0.044),
            (-0.62, 0.3, 0.042),
            (-0.38, 0.22, 0.036),
        ])],
        smooth_skin(glaze * 0.92, 0.05).shiny(0.7),
    );
    brush.body(
        &[limb(&[(0.34, 0.3, 0.12), (0.52, 0.38, 0.085), (0.62, 0.56, 0.058), (0.76, 0.7, 0.046)])],
        smooth_skin(glaze, 0.09).shiny(0.8),
    );
    brush.flat(&[tilted_oval(0.79, 0.735, 0.05, 0.02, -0.75)], glaze * 0.3);
    brush.body(&[slab(-0.24, 0.0, 0.24, 0.07, 0.03)], smooth_skin(glaze * 0.85, 0.05));
    let belly = blob(&[
        (0.0, 0.74),
        (0.28, 0.7),
        (0.46, 0.54),
        (0.5, 0.36),
        (0.38, 0.14),
        (0.2, 0.04),
        (-0.2, 0.04),
        (-0.38, 0.14),
        (-0.5, 0.36),
        (-0.46, 0.54),
        (-0.28, 0.7),
    ]);
    let trim = glaze.toward(WHITE, 0.75);
    let mut pattern: Vec<Form> = vec![
        limb(&[(-0.6, 0.47, 0.007), (0.0, 0.42, 0.008), (0.6, 0.47, 0.007)]),
        limb(&[(-0.6, 0.27, 0.007), (0.0, 0.2, 0.008), (0.6, 0.27, 0.007)]),
    ];
    for i in 0..9 {
        let x = (i as f32 - 4.0) * 0.1;
        let y = 0.315 + x * x * 0.2;
        pattern.push(oval(x, y, 0.022, 0.034));
        pattern.push(oval(x + 0.05, y + 0.01, 0.008, 0.012));
    }
    brush.model(&[belly], china, &[mark(pattern, trim, 0.002)]);
    brush.body(
        &[blob(&[(-0.25, 0.71), (0.25, 0.71), (0.16, 0.8), (0.0, 0.84), (-0.16, 0.8)])],
        smooth_skin(glaze, 0.08).shiny(0.8),
    );
    brush.flat(
        &[limb(&[(-0.25, 0.705, 0.006), (0.0, 0.695, 0.007), (0.25, 0.705, 0.006)])],
        glaze * 0.45,
    );
    brush.body(&[oval(0.0, 0.89, 0.06, 0.058)], smooth_skin(trim, 0.05).shiny(0.9));
    brush.veil(
        &[blob(&[(-0.3, 0.58), (-0.2, 0.64), (-0.26, 0.5), (-0.36, 0.36), (-0.38, 0.46)])],
        WHITE,
        0.5,
        0.02,
    );
    steam(brush, 0.82, 0.78);
}

pub(super) fn cup(brush: &mut Brush, look: &mut Look) {
    let glaze = glazes(look);
    brush.body(&[oval(0.0, 0.06, 0.62, 0.085)], smooth_skin(glaze.lighter(0.2), 0.06).shiny(0.5));
    brush.body(&[oval(0.0, 0.075, 0.42, 0.045)], smooth_skin(glaze * 0.85, 0.03));
    brush.body(&[ring(0.42, 0.42, 0.16, 0.04)], smooth_skin(glaze * 0.95, 0.04).shiny(0.6));
    brush.body(
        &[blob(&[
            (-0.42, 0.72),
            (-0.38, 0.4),
            (-0.26, 0.14),
            (-0.12, 0.075),
            (0.12, 0.075),
            (0.26, 0.14),
            (0.38, 0.4),
            (0.42, 0.72),
        ])],
        smooth_skin(glaze, 0.2).shiny(0.8),
    );
    brush.body(&[oval(0.0, 0.72, 0.43, 0.1)], smooth_skin(glaze.lighter(0.35), 0.03).shiny(0.4));
    brush.flat(&[oval(0.0, 0.715, 0.385, 0.078)], glaze * 0.5);
    brush.body(&[oval(0.0, 0.7, 0.37, 0.066)], smooth_skin(rgb(0x5c_3420), 0.03).shiny(0.3));
    brush.veil(
        &[limb(&[
            (-0.16, 0.71, 0.014),
            (0.0, 0.735, 0.02),
            (0.14, 0.7, 0.016),
            (0.0, 0.685, 0.014),
        ])],
        rgb(0xe8_cca0),
        0.8,
        0.012,
    );
    steam(brush, -0.08, 0.78);
}

pub(super) fn vase(brush: &mut Brush, look: &mut Look) {
    let glaze = glazes(look);
    for i in 0..7 {
        let a = (i as f32 - 3.0) * 0.115;
        let top = 0.94 - a.abs() * 0.35;
        brush.body(
            &[limb(&[(a * 0.15, 0.45, 0.009), (a * 0.6, 0.66, 0.008), (a, top, 0.007)])],
            smooth_skin(rgb(0x4c_8840), 0.01),
        );
        brush.body(
            &[tilted_oval(a * 0.75 + 0.03, 0.68, 0.06, 0.022, 0.8 - a * 3.0)],
            smooth_skin(rgb(0x58_9848), 0.02),
        );
        let petal = look.random.pick(&[
            rgb(0xe8_5070),
            rgb(0xf4_d060),
            rgb(0xf4_f0ea),
            rgb(0xb0_70d0),
            rgb(0xf0_8c50),
        ]);
        for k in 0..6 {
            let p = super::super::geometry::at(0.042, 0.0).turned(k as f32 * 1.047 + a);
            brush.body(&[oval(a + p.x, top + p.y, 0.042, 0.038)], smooth_skin(petal, 0.03));
        }
        brush.body(&[oval(a, top, 0.024, 0.024)], smooth_skin(rgb(0xf0_b830), 0.02));
    }
    let bands: Vec<Form> = [0.12, 0.34]
        .iter()
        .map(|y| limb(&[(-0.4, y + 0.02, 0.011), (0.0, *y, 0.012), (0.4, y + 0.02, 0.011)]))
        .collect();
    brush.model(
        &[blob(&[
            (-0.1, 0.5),
            (-0.07, 0.43),
            (-0.19, 0.3),
            (-0.2, 0.16),
            (-0.1, 0.01),
            (0.1, 0.01),
            (0.2, 0.16),
            (0.19, 0.3),
            (0.07, 0.43),
            (0.1, 0.5),
        ])],
        smooth_skin(glaze, 0.15).shiny(0.85),
        &[mark(bands, glaze.toward(WHITE, 0.7), 0.003)],
    );
}

pub(super) fn bottle(brush: &mut Brush, look: &mut Look) {
    let glass = look.colour_or_one_of(&[rgb(0x2c_6848), rgb(0x7c_3c28), rgb(0x30_5890)]);
    brush.body(&[slab(-0.036, 0.9, 0.036, 1.0, 0.01)], smooth_skin(rgb(0xc0_9464), 0.03));
    brush.body(
        &[blob(&[
            (-0.05, 0.94),
            (-0.048, 0.76),
            (-0.08, 0.66),
            (-0.16, 0.56),
            (-0.17, 0.3),
            (-0.165, 0.04),
            (-0.1, 0.0),
            (0.1, 0.0),
            (0.165, 0.04),
            (0.17, 0.3),
            (0.16, 0.56),
            (0.08, 0.66),
            (0.048, 0.76),
            (0.05, 0.94),
        ])],
        smooth_skin(glass, 0.13).shiny(1.0),
    );
    brush.body(&[slab(-0.167, 0.16, 0.167, 0.42, 0.01)], smooth_skin(rgb(0xf0_e8d4), 0.12));
    brush.body(&[oval(0.0, 0.29, 0.06, 0.06)], smooth_skin(glass.saturated(1.2), 0.02));
    brush.veil(
        &[limb(&[
            (-0.115, 0.08, 0.012),
            (-0.12, 0.52, 0.014),
            (-0.055, 0.66, 0.008),
            (-0.028, 0.84, 0.006),
        ])],
        WHITE,
        0.65,
        0.008,
    );
}

pub(super) fn candle(brush: &mut Brush, look: &mut Look) {
    let wax = look.colour_or(rgb(0xf4_ead4));
    brush.body(&[oval(0.0, 0.06, 0.3, 0.06)], smooth_skin(rgb(0xb8_8c48), 0.05).shiny(0.8));
    brush.body(
        &[
            blob(&[
                (-0.11, 0.06),
                (0.11, 0.06),
                (0.112, 0.4),
                (0.11, 0.62),
                (0.05, 0.64),
                (0.0, 0.62),
                (-0.05, 0.645),
                (-0.11, 0.62),
                (-0.112, 0.4),
            ]),
            limb(&[(0.1, 0.6, 0.024), (0.108, 0.48, 0.022)]),
            limb(&[(-0.098, 0.6, 0.022), (-0.106, 0.53, 0.022)]),
        ],
        smooth_skin(wax, 0.1),
    );
    brush.flat(&[limb(&[(0.0, 0.62, 0.007), (0.006, 0.7, 0.006)])], rgb(0x30_2820));
    brush.glow(0.0, 0.76, 0.18, rgb(0xff_b850), 0.95);
    brush.veil(
        &[blob(&[
            (0.0, 0.95),
            (0.045, 0.8),
            (0.036, 0.7),
            (0.0, 0.665),
            (-0.036, 0.7),
            (-0.045, 0.8),
        ])],
        rgb(0xff_b030),
        1.0,
        0.008,
    );
    brush.veil(
        &[blob(&[(0.0, 0.88), (0.026, 0.78), (0.0, 0.69), (-0.026, 0.78)])],
        rgb(0xff_f8d8),
        1.0,
        0.008,
    );
}

pub(super) fn cake(brush: &mut Brush, look: &mut Look) {
    let icing =
        look.colour_or_one_of(&[rgb(0xf8_c8d4), rgb(0xf8_f0e0), rgb(0x6c_4030), rgb(0xc8_e0d0)]);
    brush.body(&[oval(0.0, 0.05, 0.66, 0.07)], smooth_skin(rgb(0xe8_e8ec), 0.05).shiny(0.6));
    for (half, low, high, sponge) in
        [(0.5, 0.07, 0.36, rgb(0xd8_a868)), (0.36, 0.36, 0.6, rgb(0xe0_b478))]
    {
        brush.body(
            &[blob(&[
                (-half, low + 0.05),
                (-half * 0.5, low),
                (0.0, low - 0.015),
                (half * 0.5, low),
                (half, low + 0.05),
                (half, high),
                (-half, high),
            ])],
            smooth_skin(sponge, 0.14),
        );
        let mut forms = vec![blob(&[
            (-half * 1.02, high - 0.05),
            (-half * 1.02, high + 0.03),
            (0.0, high + 0.07),
            (half * 1.02, high + 0.03),
            (half * 1.02, high - 0.05),
            (0.0, high - 0.07),
        ])];
        for i in 0..7 {
            let x = (i as f32 - 3.0) / 3.0 * half * 0.94;
            forms.push(limb(&[
                (x, high - 0.03, 0.045),
                (x, high - 0.08 - look.random.between(0.0, 0.09), 0.034),
            ]));
        }
        brush.body(&forms, smooth_skin(icing, 0.06).shiny(0.4));
    }
    for (x, c) in [(-0.2, 0xe8_4858), (0.0, 0x48_90d8), (0.2, 0xf0_b830)] {
        brush.body(&[slab(x - 0.018, 0.62, x + 0.018, 0.82, 0.008)], smooth_skin(rgb(c), 0.015));
        brush.glow(x, 0.87, 0.035, rgb(0xff_c050), 0.8);
        brush.veil(
            &[blob(&[(x, 0.94), (x + 0.02, 0.86), (x, 0.83), (x - 0.02, 0.86)])],
            rgb(0xff_d860),
            1.0,
            0.004,
        );
    }
    for i in 0..5 {
        let x = (i as f32 - 2.0) * 0.19;
        brush.body(
            &[oval(x, 0.4 - x.abs() * 0.06, 0.042, 0.042)],
            smooth_skin(rgb(0xc8_2038), 0.03).shiny(0.8),
        );
    }
}

pub(super) fn apple(brush: &mut Brush, look: &mut Look) {
    let skin = look.colour_or_one_of(&[rgb(0xc8_2c28), rgb(0x8c_b838), rgb(0xd8_5030)]);
    let body = blob(&[
        (0.0, 0.78),
        (0.2, 0.85),
        (0.42, 0.74),
        (0.46, 0.48),
        (0.34, 0.16),
        (0.14, 0.02),
        (0.0, 0.05),
        (-0.14, 0.02),
        (-0.34, 0.16),
        (-0.46, 0.48),
        (-0.42, 0.74),
        (-0.2, 0.85),
    ]);
    let blush: Vec<Form> = (0..16)
        .map(|i| {
            let x = (i as f32 - 7.5) * 0.055;
            limb(&[(x * 0.4, 0.82, 0.008), (x * 1.1, 0.55, 0.01), (x * 0.8, 0.25, 0.002)])
        })
        .collect();
    brush.model(
        &[body],
        smooth_skin(skin, 0.24).shiny(0.9),
        &[
            mark(blush, skin.toward(rgb(0xf0_d060), 0.55), 0.012),
            mark([oval(0.0, 0.8, 0.14, 0.05)], skin * 0.55, 0.03),
        ],
    );
    brush.body(
        &[limb(&[(0.0, 0.77, 0.018), (0.03, 0.89, 0.016), (0.08, 0.98, 0.02)])],
        smooth_skin(rgb(0x5c_3c24), 0.015),
    );
    brush.body(
        &[blob(&[(0.04, 0.87), (0.16, 0.99), (0.34, 0.98), (0.24, 0.88)])],
        smooth_skin(rgb(0x58_9838), 0.04).shiny(0.3),
    );
}
