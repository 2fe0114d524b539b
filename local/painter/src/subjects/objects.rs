//! Things of a house and of a person.

use std::f32::consts::TAU;

use super::super::brush::{Brush, Grain, mark, smooth_skin, surface};
use super::super::geometry::at;
use super::super::outline::{Form, blob, limb, oval, polygon, ring, slab, wire};
use super::super::palette::{WHITE, rgb};
use super::Look;

pub(super) fn book(brush: &mut Brush, look: &mut Look) {
    let cover =
        look.colour_or_one_of(&[rgb(0x8c_2c30), rgb(0x28_4c70), rgb(0x38_6448), rgb(0x70_4828)]);
    brush.body(
        &[blob(&[(-0.86, 0.06), (0.0, 0.0), (0.86, 0.06), (0.8, 0.72), (0.0, 0.6), (-0.8, 0.72)])],
        smooth_skin(cover, 0.04),
    );
    for side in [1.0_f32, -1.0] {
        for (i, lift) in [0.0, 0.02, 0.04].iter().enumerate() {
            let page = blob(&[
                (side * 0.01, 0.06),
                (side * 0.4, 0.14 + lift),
                (side * 0.8, 0.1 + lift),
                (side * 0.745, 0.74 + lift),
                (side * 0.38, 0.8 + lift),
                (side * 0.01, 0.64),
            ]);
            let lines: Vec<Form> = (0..8)
                .map(|k| {
                    let y = 0.22 + 0.06 * k as f32;
                    limb(&[
                        (side * 0.1, y - 0.03, 0.006),
                        (side * 0.4, y + 0.03, 0.006),
                        (side * 0.66, y + 0.015, 0.005),
                    ])
                })
                .collect();
            let marks = if i == 2 { vec![mark(lines, rgb(0xa8_a098), 0.003)] } else { Vec::new() };
            brush.model(
                &[page],
                smooth_skin(rgb(0xf6_eedc) * (0.9 + 0.05 * i as f32), 0.08),
                &marks,
            );
        }
    }
    brush.veil(&[limb(&[(0.0, 0.06, 0.02), (0.0, 0.64, 0.02)])], rgb(0x50_4030), 0.4, 0.03);
    brush.body(
        &[polygon(&[(0.14, 0.72), (0.2, 0.73), (0.22, -0.06), (0.18, -0.02), (0.15, -0.05)])],
        smooth_skin(rgb(0xd0_3838), 0.01),
    );
}

pub(super) fn lamp(brush: &mut Brush, look: &mut Look) {
    let shade = look.colour_or(rgb(0xf0_d8a0));
    brush.body(&[oval(0.0, 0.04, 0.2, 0.045)], smooth_skin(rgb(0x9c_7438), 0.04).shiny(0.7));
    brush.body(
        &[blob(&[
            (-0.03, 0.04),
            (0.03, 0.04),
            (0.1, 0.2),
            (0.09, 0.36),
            (0.025, 0.5),
            (-0.025, 0.5),
            (-0.09, 0.36),
            (-0.1, 0.2),
        ])],
        smooth_skin(rgb(0xb8_8c48), 0.09).shiny(0.9),
    );
    brush.glow(0.0, 0.66, 0.28, rgb(0xff_d890), 0.75);
    brush.body(
        &[polygon(&[(-0.3, 0.48), (0.3, 0.48), (0.17, 0.94), (-0.17, 0.94)])],
        smooth_skin(shade, 0.14),
    );
    brush.veil(
        &[polygon(&[(-0.24, 0.49), (0.24, 0.49), (0.14, 0.86), (-0.14, 0.86)])],
        rgb(0xff_f0c8),
        0.75,
        0.06,
    );
    brush.flat(
        &[wire(&[(0.12, 0.48), (0.12, 0.36)], 0.003), oval(0.12, 0.35, 0.01, 0.01)],
        rgb(0xa0_7c40),
    );
}

pub(super) fn chair(brush: &mut Brush, look: &mut Look) {
    let cloth =
        look.colour_or_one_of(&[rgb(0x38_6c6c), rgb(0xb8_5c38), rgb(0x8c_3848), rgb(0xd0_a848)]);
    let soft = |c| surface(c, Grain::Smooth, 0.1);
    for x in [-0.3, 0.3, -0.2, 0.2] {
        brush.body(
            &[limb(&[(x, 0.2, 0.026), (x * 1.14, 0.0, 0.015)])],
            surface(rgb(0x6c_4428), Grain::Wood, 0.02),
        );
    }
    brush.body(
        &[blob(&[
            (-0.34, 0.3),
            (-0.36, 0.8),
            (-0.24, 0.98),
            (0.0, 1.02),
            (0.24, 0.98),
            (0.36, 0.8),
            (0.34, 0.3),
        ])],
        soft(cloth),
    );
    for (x, y) in [(-0.14, 0.8), (0.14, 0.8), (0.0, 0.68), (-0.14, 0.57), (0.14, 0.57)] {
        brush.veil(&[oval(x, y, 0.018, 0.018)], cloth * 0.4, 0.8, 0.014);
    }
    brush.body(
        &[blob(&[
            (-0.33, 0.2),
            (-0.34, 0.38),
            (0.0, 0.45),
            (0.34, 0.38),
            (0.33, 0.2),
            (0.0, 0.15),
        ])],
        soft(cloth.lighter(0.08)),
    );
    for side in [1.0, -1.0] {
        brush.body(
            &[limb(&[
                (side * 0.38, 0.2, 0.062),
                (side * 0.4, 0.42, 0.075),
                (side * 0.4, 0.5, 0.082),
            ])],
            soft(cloth * 0.92),
        );
    }
}

pub(super) fn clock(brush: &mut Brush, look: &mut Look) {
    let case = look.colour_or(rgb(0xc8_9838));
    for side in [1.0, -1.0] {
        brush.body(
            &[limb(&[(side * 0.22, 0.12, 0.035), (side * 0.32, 0.01, 0.03)])],
            smooth_skin(case * 0.8, 0.03).shiny(0.6),
        );
        brush.body(
            &[blob(&[
                (side * 0.1, 0.88),
                (side * 0.18, 1.0),
                (side * 0.34, 0.94),
                (side * 0.36, 0.8),
            ])],
            smooth_skin(case, 0.05).shiny(0.8),
        );
    }
    brush.body(&[limb(&[(0.0, 0.9, 0.03), (0.0, 1.0, 0.025)])], smooth_skin(case * 0.8, 0.02));
    brush.body(&[oval(0.0, 0.48, 0.44, 0.44)], smooth_skin(case, 0.07).shiny(0.8));
    brush.body(&[oval(0.0, 0.48, 0.365, 0.365)], smooth_skin(rgb(0xf8_f2e2), 0.03));
    for hour in 0..12 {
        let a = hour as f32 * TAU / 12.0;
        let (from, to) =
            (at(0.33, 0.0).turned(a), at(if hour % 3 == 0 { 0.26 } else { 0.3 }, 0.0).turned(a));
        brush.flat(
            &[wire(
                &[(from.x, 0.48 + from.y), (to.x, 0.48 + to.y)],
                if hour % 3 == 0 { 0.013 } else { 0.007 },
            )],
            rgb(0x2c_2824),
        );
    }
    let (long, short) = (
        at(0.27, 0.0).turned(look.random.between(0.0, TAU)),
        at(0.17, 0.0).turned(look.random.between(0.0, TAU)),
    );
    brush.flat(
        &[
            wire(&[(0.0, 0.48), (long.x, 0.48 + long.y)], 0.01),
            wire(&[(0.0, 0.48), (short.x, 0.48 + short.y)], 0.015),
            oval(0.0, 0.48, 0.026, 0.026),
        ],
        rgb(0x28_2420),
    );
    brush.veil(
        &[blob(&[(-0.26, 0.62), (-0.1, 0.77), (0.02, 0.76), (-0.2, 0.56)])],
        WHITE,
        0.4,
        0.02,
    );
}

pub(super) fn guitar(brush: &mut Brush, look: &mut Look) {
    let wood = look.colour_or(rgb(0xc8_7c38));
    let frame = brush.frame;
    brush.frame.tilt += 0.16;
    brush.body(&[slab(-0.032, 0.38, 0.032, 0.9, 0.0)], surface(rgb(0x4c_3020), Grain::Wood, 0.02));
    brush.body(
        &[blob(&[
            (-0.032, 0.88),
            (-0.055, 0.92),
            (-0.05, 1.02),
            (0.05, 1.02),
            (0.055, 0.92),
            (0.032, 0.88),
        ])],
        surface(rgb(0x6c_4428), Grain::Wood, 0.02),
    );
    let body = blob(&[
        (0.0, 0.52),
        (0.13, 0.49),
        (0.16, 0.41),
        (0.13, 0.33),
        (0.19, 0.24),
        (0.22, 0.13),
        (0.16, 0.02),
        (0.0, -0.01),
        (-0.16, 0.02),
        (-0.22, 0.13),
        (-0.19, 0.24),
        (-0.13, 0.33),
        (-0.16, 0.41),
        (-0.13, 0.49),
    ]);
    brush.body(std::slice::from_ref(&body), surface(wood * 0.45, Grain::Wood, 0.03));
    brush.body(
        &[body.moved(0.0, -0.26).scaled(0.94).moved(0.0, 0.26)],
        surface(wood, Grain::Wood, 0.04).shiny(0.4),
    );
    brush.flat(&[oval(0.0, 0.33, 0.066, 0.066)], rgb(0x24_1810));
    brush.flat(&[ring(0.0, 0.33, 0.074, 0.006)], rgb(0xf0_dca8));
    brush
        .body(&[slab(-0.085, 0.1, 0.085, 0.135, 0.01)], surface(rgb(0x40_2818), Grain::Wood, 0.01));
    brush.body(&[slab(-0.03, 0.36, 0.03, 0.88, 0.0)], surface(rgb(0x40_2818), Grain::Wood, 0.02));
    let frets: Vec<Form> = (0..11)
        .map(|i| wire(&[(-0.03, 0.86 - 0.042 * i as f32), (0.03, 0.86 - 0.042 * i as f32)], 0.0025))
        .collect();
    brush.flat(&frets, rgb(0xd8_d0c0));
    let strings: Vec<Form> = (0..6)
        .map(|i| {
            wire(&[((i as f32 - 2.5) * 0.0095, 0.12), ((i as f32 - 2.5) * 0.0085, 0.9)], 0.0014)
        })
        .collect();
    brush.flat(&strings, rgb(0xf0_ece0));
    for y in [0.935, 0.965, 0.995] {
        brush.flat(&[oval(-0.066, y, 0.014, 0.01), oval(0.066, y, 0.014, 0.01)], rgb(0xd8_d4c8));
    }
    brush.frame = frame;
}

pub(super) fn shoe(brush: &mut Brush, look: &mut Look) {
    let cloth =
        look.colour_or_one_of(&[rgb(0xd8_4038), rgb(0x28_5cb0), rgb(0x30_3034), rgb(0x3c_a080)]);
    brush.body(
        &[blob(&[
            (-0.78, 0.9),
            (-0.44, 0.94),
            (-0.3, 0.8),
            (0.1, 0.56),
            (0.5, 0.44),
            (0.82, 0.34),
            (0.9, 0.16),
            (0.6, 0.12),
            (-0.7, 0.12),
            (-0.8, 0.4),
        ])],
        smooth_skin(cloth, 0.2).shiny(0.25),
    );
    brush.flat(&[blob(&[(-0.7, 0.9), (-0.46, 0.93), (-0.36, 0.84), (-0.58, 0.83)])], cloth * 0.3);
    brush.body(
        &[blob(&[(0.5, 0.42), (0.8, 0.33), (0.88, 0.16), (0.58, 0.14), (0.46, 0.26)])],
        smooth_skin(WHITE * 0.95, 0.08),
    );
    brush.body(
        &[blob(&[(-0.82, 0.66), (-0.7, 0.7), (-0.64, 0.4), (-0.76, 0.2), (-0.82, 0.3)])],
        smooth_skin(cloth * 0.6, 0.05),
    );
    brush.body(
        &[limb(&[(-0.52, 0.24, 0.03), (-0.2, 0.26, 0.04), (0.2, 0.52, 0.012)])],
        smooth_skin(WHITE, 0.03),
    );
    for i in 0..4 {
        let (x, y) = (-0.22 + 0.15 * i as f32, 0.8 - 0.088 * i as f32);
        brush.body(
            &[limb(&[(x - 0.13, y - 0.06, 0.017), (x, y, 0.019), (x + 0.07, y - 0.02, 0.015)])],
            smooth_skin(WHITE, 0.015),
        );
    }
    brush.body(
        &[blob(&[
            (-0.84, 0.17),
            (-0.2, 0.15),
            (0.5, 0.15),
            (0.95, 0.19),
            (0.93, 0.05),
            (0.7, 0.0),
            (-0.7, 0.0),
            (-0.86, 0.04),
        ])],
        smooth_skin(rgb(0xf4_f2ec), 0.06),
    );
    brush.flat(&[limb(&[(-0.84, 0.07, 0.009), (0.0, 0.055, 0.009), (0.93, 0.085, 0.009)])], cloth);
}

pub(super) fn heart(brush: &mut Brush, look: &mut Look) {
    let colour = look.colour_or(rgb(0xd8_2844));
    brush.glow(0.0, 0.55, 0.2, colour.lighter(0.3), 0.4);
    brush.body(
        &[blob(&[
            (0.0, 0.76),
            (0.14, 0.92),
            (0.34, 0.93),
            (0.49, 0.78),
            (0.47, 0.55),
            (0.3, 0.3),
            (0.0, 0.02),
            (-0.3, 0.3),
            (-0.47, 0.55),
            (-0.49, 0.78),
            (-0.34, 0.93),
            (-0.14, 0.92),
        ])],
        smooth_skin(colour, 0.2).shiny(0.9),
    );
    brush.veil(
        &[blob(&[(-0.36, 0.78), (-0.26, 0.86), (-0.22, 0.8), (-0.34, 0.64)])],
        WHITE,
        0.6,
        0.02,
    );
}

pub(super) fn umbrella(brush: &mut Brush, look: &mut Look) {
    let cloth = look.colour_or(rgb(0xd0_3838));
    brush.body(
        &[limb(&[
            (0.0, 0.98, 0.012),
            (0.0, 0.1, 0.012),
            (0.03, 0.02, 0.014),
            (0.09, 0.02, 0.014),
            (0.11, 0.08, 0.013),
        ])],
        surface(rgb(0x7c_5030), Grain::Wood, 0.01),
    );
    let canopy = blob(&[
        (0.0, 0.97),
        (0.3, 0.88),
        (0.48, 0.66),
        (0.52, 0.5),
        (0.36, 0.57),
        (0.18, 0.5),
        (0.0, 0.57),
        (-0.18, 0.5),
        (-0.36, 0.57),
        (-0.52, 0.5),
        (-0.48, 0.66),
        (-0.3, 0.88),
    ]);
    let ribs = vec![
        limb(&[(0.0, 1.0, 0.004), (0.14, 0.76, 0.004), (0.18, 0.48, 0.004)]),
        limb(&[(0.0, 1.0, 0.004), (-0.14, 0.76, 0.004), (-0.18, 0.48, 0.004)]),
    ];
    let panel =
        blob(&[(0.0, 0.98), (0.14, 0.76), (0.18, 0.45), (0.0, 0.5), (-0.18, 0.45), (-0.14, 0.76)]);
    brush.model(
        &[canopy],
        smooth_skin(cloth, 0.16),
        &[mark([panel], cloth.lighter(0.12), 0.004), mark(ribs, cloth * 0.6, 0.002)],
    );
}

pub(super) fn crystal(brush: &mut Brush, look: &mut Look) {
    let colour = look.colour_or_one_of(&[rgb(0x60_b8f0), rgb(0xb0_78e8), rgb(0x60_d8b0)]);
    brush.glow(0.0, 0.5, 0.22, colour, 0.5);
    for (x, size, lean) in [(-0.2, 0.62, 0.28), (0.22, 0.7, -0.24), (0.0, 1.0, 0.02)] {
        let shaft = [(-0.12, 0.0), (-0.14, 0.66), (-0.02, 0.98), (0.13, 0.7), (0.12, 0.0)];
        let place = |points: &[(f32, f32)]| polygon(points).scaled(size).turned(lean).moved(x, 0.0);
        brush.body(&[place(&shaft)], smooth_skin(colour * 0.85, 0.03).shiny(0.5));
        brush.body(
            &[place(&[(-0.12, 0.0), (-0.14, 0.66), (-0.02, 0.98), (-0.03, 0.6), (-0.03, 0.0)])],
            smooth_skin(colour.lighter(0.4), 0.01),
        );
        brush.body(
            &[place(&[(0.04, 0.0), (0.04, 0.64), (-0.02, 0.98), (0.13, 0.7), (0.12, 0.0)])],
            smooth_skin(colour * 0.55, 0.01),
        );
        brush.veil(
            &[place(&[(-0.1, 0.1), (-0.115, 0.6), (-0.08, 0.64), (-0.07, 0.1)])],
            WHITE,
            0.5,
            0.008,
        );
    }
}
