//! Owl, songbird, the one that soars, duck, penguin.

use super::super::brush::{Brush, Grain, fur, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, pair, polygon, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::Look;

pub(super) fn owl(brush: &mut Brush, look: &mut Look) {
    let coat =
        look.colour_or_one_of(&[rgb(0x8c_6440), rgb(0x74_6454), rgb(0xa8_8058), rgb(0xe0_dcd4)]);
    let pale = coat.toward(rgb(0xf8_ecd8), 0.72);
    branch(brush, 0.07);
    for side in [1.0, -1.0] {
        brush.body(
            &[polygon(&[
                (side * 0.02, 0.12),
                (side * 0.13, 0.14),
                (side * 0.1, -0.1),
                (side * 0.02, -0.08),
            ])],
            surface(coat * 0.7, Grain::Feather, 0.03),
        );
    }
    let body = blob(&[
        (0.0, 0.72),
        (0.17, 0.66),
        (0.25, 0.46),
        (0.23, 0.24),
        (0.12, 0.08),
        (0.0, 0.05),
        (-0.12, 0.08),
        (-0.23, 0.24),
        (-0.25, 0.46),
        (-0.17, 0.66),
    ]);
    let breast = oval(0.0, 0.34, 0.17, 0.27);
    let mut flecks: Vec<Form> = Vec::new();
    for row in 0..6 {
        for column in 0..5 {
            let x = (column as f32 - 2.0) * 0.062 + if row % 2 == 0 { 0.0 } else { 0.031 };
            flecks.push(limb(&[
                (x, 0.52 - row as f32 * 0.068, 0.011),
                (x, 0.49 - row as f32 * 0.068, 0.003),
            ]));
        }
    }
    brush.model(
        &[body],
        surface(coat, Grain::Feather, 0.14),
        &[mark([breast], pale, 0.03), mark(flecks, coat * 0.7, 0.002)],
    );
    for side in [1.0_f32, -1.0] {
        let wing = blob(&[
            (side * 0.17, 0.6),
            (side * 0.27, 0.5),
            (side * 0.29, 0.3),
            (side * 0.2, 0.08),
            (side * 0.16, 0.06),
            (side * 0.17, 0.3),
        ]);
        let bars: Vec<Form> = (0..5)
            .map(|i| {
                limb(&[
                    (side * 0.14, 0.2 + 0.075 * i as f32, 0.009),
                    (side * 0.3, 0.16 + 0.075 * i as f32, 0.009),
                ])
            })
            .collect();
        brush.model(
            &[wing],
            surface(coat * 0.8, Grain::Feather, 0.06),
            &[mark(bars, pale.toward(coat, 0.4), 0.004)],
        );
    }
    for form in pair(blob(&[(0.1, 0.92), (0.2, 1.03), (0.225, 0.98), (0.2, 0.84)])) {
        brush.body(&[form], fur(coat * 0.85, 0.03));
    }
    let skull = blob(&[
        (0.0, 0.93),
        (0.15, 0.94),
        (0.225, 0.84),
        (0.235, 0.7),
        (0.15, 0.58),
        (0.0, 0.55),
        (-0.15, 0.58),
        (-0.235, 0.7),
        (-0.225, 0.84),
        (-0.15, 0.94),
    ]);
    brush.body(&[skull], surface(coat, Grain::Fur, 0.1));
    for side in [1.0, -1.0] {
        brush.body(&[oval(side * 0.105, 0.745, 0.112, 0.118)], fur(pale, 0.04));
        brush.flat(&[oval(side * 0.1, 0.75, 0.072, 0.072)], coat * 0.35);
        brush.body(
            &[oval(side * 0.1, 0.75, 0.063, 0.063)],
            smooth_skin(rgb(0xf4_a820), 0.03).shiny(0.5),
        );
        brush.flat(&[oval(side * 0.096, 0.75, 0.035, 0.036)], rgb(0x08_0608));
        brush.shine(
            &[oval(side * 0.1 - 0.014, 0.768, 0.013, 0.013)],
            brush.light.flat(WHITE).lighter(0.5),
        );
        brush.body(
            &[limb(&[
                (side * 0.012, 0.79, 0.016),
                (side * 0.1, 0.855, 0.02),
                (side * 0.2, 0.9, 0.006),
            ])],
            fur(coat * 0.75, 0.02),
        );
        for toe in [-0.03, 0.0, 0.03] {
            brush.body(
                &[limb(&[(side * 0.09 + toe, 0.09, 0.016), (side * 0.09 + toe, 0.04, 0.012)])],
                smooth_skin(rgb(0xc8_9840), 0.012),
            );
        }
    }
    brush.body(
        &[blob(&[
            (-0.03, 0.72),
            (0.0, 0.745),
            (0.03, 0.72),
            (0.014, 0.66),
            (0.0, 0.635),
            (-0.014, 0.66),
        ])],
        smooth_skin(rgb(0x48_4038), 0.02).shiny(0.4),
    );
}

/// What a bird sits on.
fn branch(brush: &mut Brush, y: f32) {
    let bark = surface(rgb(0x60_4834), Grain::Wood, 0.035);
    brush.body(
        &[
            limb(&[
                (-0.75, y - 0.1, 0.05),
                (-0.3, y - 0.03, 0.042),
                (0.2, y - 0.04, 0.036),
                (0.7, y + 0.04, 0.022),
                (0.95, y + 0.12, 0.006),
            ]),
            limb(&[(0.45, y, 0.022), (0.62, y + 0.14, 0.008)]),
        ],
        bark,
    );
    // The branch grows from somewhere: a bough down to the ground.
    brush.body(
        &[limb(&[
            (-0.72, -0.1, 0.075),
            (-0.74, y - 0.1, 0.06),
            (-0.8, y + 0.5, 0.05),
            (-0.78, y + 1.1, 0.03),
        ])],
        bark,
    );
    for (x, dy, a) in [
        (0.62, 0.16, 0.9),
        (0.9, 0.14, 0.2),
        (0.78, 0.0, -0.5),
        (-0.45, 0.05, 1.9),
        (-0.95, 0.5, 2.6),
        (-0.66, 0.75, 0.6),
    ] {
        brush.body(
            &[tilted_oval(x, y + dy, 0.07, 0.026, a)],
            surface(rgb(0x5c_8c3c), Grain::Smooth, 0.02),
        );
    }
}

pub(super) fn songbird(brush: &mut Brush, look: &mut Look) {
    let back =
        look.colour_or_one_of(&[rgb(0x3c_74b8), rgb(0xc0_502c), rgb(0xd8_a830), rgb(0x4c_8c5c)]);
    branch(brush, 0.13);
    brush.body(
        &[polygon(&[(-0.3, 0.4), (-0.22, 0.28), (-0.72, 0.02), (-0.76, 0.1)])],
        surface(back * 0.6, Grain::Feather, 0.03),
    );
    for x in [-0.02, 0.09] {
        brush.body(
            &[limb(&[(x, 0.28, 0.018), (x + 0.01, 0.14, 0.013), (x + 0.06, 0.125, 0.01)])],
            smooth_skin(rgb(0x9c_6c3c), 0.015),
        );
    }
    let body = blob(&[
        (0.12, 0.98),
        (0.29, 0.95),
        (0.36, 0.81),
        (0.3, 0.62),
        (0.27, 0.42),
        (0.1, 0.24),
        (-0.14, 0.25),
        (-0.34, 0.38),
        (-0.2, 0.6),
        (-0.02, 0.82),
    ]);
    let breast = blob(&[
        (0.2, 0.78),
        (0.4, 0.78),
        (0.4, 0.4),
        (0.1, 0.15),
        (-0.1, 0.2),
        (0.08, 0.42),
        (0.16, 0.6),
    ]);
    let belly = if back.0 > back.2 { rgb(0xf8_ead4) } else { rgb(0xf0_a860) };
    brush.model(&[body], fur(back, 0.13), &[mark([breast], belly, 0.02)]);
    let wing = blob(&[
        (0.04, 0.64),
        (0.13, 0.5),
        (0.02, 0.34),
        (-0.3, 0.22),
        (-0.48, 0.2),
        (-0.26, 0.42),
        (-0.12, 0.58),
    ]);
    let feathers: Vec<Form> = (0..4)
        .map(|i| {
            limb(&[
                (0.06 - 0.05 * i as f32, 0.42 - 0.03 * i as f32, 0.006),
                (-0.36, 0.24 - 0.008 * i as f32, 0.003),
            ])
        })
        .collect();
    brush.model(
        &[wing],
        surface(back * 0.72, Grain::Feather, 0.06),
        &[mark(feathers, back.lighter(0.4), 0.002)],
    );
    brush.body(
        &[polygon(&[(0.345, 0.87), (0.5, 0.815), (0.34, 0.79)])],
        smooth_skin(rgb(0xe8_a030), 0.02),
    );
    eye(brush, 0.25, 0.855, 0.03);
}

fn eye(brush: &mut Brush, x: f32, y: f32, r: f32) {
    brush.flat(&[oval(x, y, r * 1.25, r * 1.25)], rgb(0xf0_e8dc));
    brush.body(&[oval(x, y, r, r)], smooth_skin(rgb(0x14_1014), 0.02).shiny(0.5));
    brush.shine(
        &[oval(x + r * 0.3, y + r * 0.35, r * 0.28, r * 0.28)],
        brush.light.flat(WHITE).lighter(0.4),
    );
}

/// Wings spread, seen from the side and a little below.
pub(super) fn soaring(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or(rgb(0x6c_4a30));
    let lift = look.random.between(0.15, 0.4);
    let wing = |side: f32, tone: f32, brush: &mut Brush| {
        let up = |y: f32| 0.5 + y * lift / 0.3;
        let mut edge = vec![
            (side * 0.04, 0.6),
            (side * 0.4, up(0.34)),
            (side * 0.8, up(0.3)),
            (side * 1.08, up(0.4)),
        ];
        // Fingers at the tip.
        for i in 0..5 {
            let t = i as f32 / 4.0;
            edge.push((side * (1.06 - 0.12 * t), up(0.3 - 0.1 * t)));
            edge.push((side * (0.95 - 0.14 * t), up(0.24 - 0.09 * t)));
        }
        edge.extend([(side * 0.3, up(0.02)), (side * 0.06, 0.42)]);
        let tips = mark(
            [polygon(&[
                (side * 0.72, -1.0),
                (side * 2.0, -1.0),
                (side * 2.0, 2.0),
                (side * 0.72, 2.0),
            ])],
            coat * 0.5,
            0.12,
        );
        brush.model(&[polygon(&edge)], surface(coat * tone, Grain::Feather, 0.06), &[tips]);
    };
    wing(-1.0, 0.85, brush);
    brush.body(
        &[polygon(&[
            (-0.06, 0.48),
            (0.06, 0.48),
            (0.14, 0.18),
            (0.05, 0.14),
            (0.0, 0.16),
            (-0.05, 0.14),
            (-0.14, 0.18),
        ])],
        surface(WHITE * 0.95, Grain::Feather, 0.04),
    );
    wing(1.0, 1.0, brush);
    brush.body(
        &[blob(&[
            (0.0, 0.74),
            (0.085, 0.6),
            (0.07, 0.42),
            (0.0, 0.32),
            (-0.07, 0.42),
            (-0.085, 0.6),
        ])],
        surface(coat, Grain::Feather, 0.07),
    );
    brush.body(&[oval(0.01, 0.72, 0.072, 0.078)], fur(rgb(0xf4_f0e8), 0.06));
    brush.body(
        &[blob(&[(0.05, 0.75), (0.13, 0.72), (0.12, 0.66), (0.05, 0.69)])],
        smooth_skin(rgb(0xf0_b028), 0.02),
    );
    brush.flat(&[oval(0.04, 0.74, 0.012, 0.012)], rgb(0x10_0c0c));
}

pub(super) fn duck(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or_one_of(&[rgb(0xf4_f0e8), rgb(0xa0_8468), rgb(0xf0_d058)]);
    let body = blob(&[
        (-0.58, 0.34),
        (-0.3, 0.36),
        (0.0, 0.36),
        (0.3, 0.36),
        (0.46, 0.2),
        (0.34, 0.02),
        (0.0, -0.04),
        (-0.36, 0.0),
        (-0.52, 0.14),
    ]);
    let neck = limb(&[(0.34, 0.24, 0.13), (0.38, 0.5, 0.085), (0.4, 0.72, 0.085)]);
    brush.body(&[body, neck], surface(coat, Grain::Feather, 0.14));
    let mallard = look.colour.is_none() && coat.luminance() < 0.6;
    let head = if mallard { rgb(0x1c_6c48) } else { coat };
    brush.body(&[oval(0.41, 0.82, 0.135, 0.13)], fur(head, 0.1));
    if mallard {
        brush.body(&[limb(&[(0.31, 0.63, 0.02), (0.47, 0.63, 0.02)])], smooth_skin(WHITE, 0.02));
    }
    brush.body(
        &[blob(&[(0.5, 0.86), (0.62, 0.8), (0.73, 0.79), (0.7, 0.745), (0.52, 0.75)])],
        smooth_skin(rgb(0xf0_9420), 0.03),
    );
    brush.body(
        &[blob(&[
            (0.2, 0.32),
            (0.22, 0.16),
            (-0.1, 0.07),
            (-0.5, 0.26),
            (-0.62, 0.42),
            (-0.2, 0.37),
        ])],
        surface(coat * 0.86, Grain::Feather, 0.06),
    );
    eye(brush, 0.45, 0.855, 0.022);
}

pub(super) fn penguin(brush: &mut Brush, look: &mut Look) {
    let coat: Rgb = look.colour_or(rgb(0x24_2a38));
    for side in [1.0, -1.0] {
        brush.body(&[oval(side * 0.1, 0.025, 0.1, 0.035)], smooth_skin(rgb(0xf0_9828), 0.03));
        brush.body(
            &[limb(&[
                (side * 0.2, 0.62, 0.05),
                (side * 0.3, 0.42, 0.045),
                (side * 0.31, 0.25, 0.012),
            ])],
            fur(coat, 0.04),
        );
    }
    let body = blob(&[
        (0.0, 1.0),
        (0.14, 0.95),
        (0.17, 0.8),
        (0.23, 0.55),
        (0.23, 0.22),
        (0.12, 0.04),
        (-0.12, 0.04),
        (-0.23, 0.22),
        (-0.23, 0.55),
        (-0.17, 0.8),
        (-0.14, 0.95),
    ]);
    let bib = blob(&[
        (0.0, 0.68),
        (0.12, 0.62),
        (0.17, 0.4),
        (0.14, 0.14),
        (0.0, 0.07),
        (-0.14, 0.14),
        (-0.17, 0.4),
        (-0.12, 0.62),
    ]);
    let cheeks = pair(oval(0.075, 0.84, 0.068, 0.085));
    let gold = pair(oval(0.11, 0.73, 0.035, 0.045));
    brush.model(
        &[body],
        fur(coat, 0.13),
        &[mark([bib], WHITE, 0.012), mark(cheeks, WHITE, 0.01), mark(gold, rgb(0xf0_b838), 0.015)],
    );
    brush.body(
        &[polygon(&[(-0.035, 0.83), (0.035, 0.83), (0.0, 0.74)])],
        smooth_skin(rgb(0xf0_9828), 0.02),
    );
    eye(brush, 0.07, 0.87, 0.02);
    eye(brush, -0.07, 0.87, 0.02);
}
