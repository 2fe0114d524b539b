//! People from head to foot, by what they wear.

use super::super::brush::{Brush, Surface, fur, mark, smooth_skin};
use super::super::outline::{blob, limb, oval, polygon, slab, tilted_oval, wire};
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::scene::Kind;
use super::Look;

pub(super) fn skin_tone(look: &mut Look) -> Rgb {
    look.random.pick(&[
        rgb(0xf0_c8a4),
        rgb(0xd8_a078),
        rgb(0xa8_7048),
        rgb(0x74_4a30),
        rgb(0xf4_d4b8),
    ])
}

pub(super) fn hair_colour(look: &mut Look) -> Rgb {
    if look.old {
        rgb(0xe4_e2de)
    } else {
        look.random.pick(&[
            rgb(0x2c_201c),
            rgb(0x5c_3820),
            rgb(0xc8_9850),
            rgb(0x94_4820),
            rgb(0x18_1618),
        ])
    }
}

/// The colour of the coat a role is known by.
fn coat(kind: Kind, look: &mut Look) -> Rgb {
    let usual = match kind {
        Kind::Sailor => rgb(0x24_3860),
        Kind::King => rgb(0x98_2030),
        Kind::Queen => rgb(0x6c_2c78),
        Kind::Knight => rgb(0x9c_a4b0),
        Kind::Wizard => rgb(0x34_3880),
        Kind::Child => rgb(0xf0_c838),
        Kind::Woman => {
            look.random.pick(&[rgb(0xb8_3c48), rgb(0x38_7078), rgb(0xd8_9c40), rgb(0x6c_5c98)])
        }
        _ => look.random.pick(&[
            rgb(0x3c_5878),
            rgb(0x70_4c38),
            rgb(0x50_6848),
            rgb(0xa8_4838),
            rgb(0x40_4048),
        ]),
    };
    look.colour_or(usual)
}

pub(super) fn person(kind: Kind, brush: &mut Brush, look: &mut Look) {
    let skin = skin_tone(look);
    let hair = hair_colour(look);
    let cloth = coat(kind, look);
    let step = look.random.between(0.0, 0.06);
    let gown = matches!(kind, Kind::Woman | Kind::Queen | Kind::Wizard | Kind::King);
    let metal = kind == Kind::Knight;
    let dress = Surface { shine: if metal { 0.8 } else { 0.0 }, ..smooth_skin(cloth, 0.07) };
    if matches!(kind, Kind::King | Kind::Queen | Kind::Knight) {
        brush.body(
            &[blob(&[
                (-0.1, 0.8),
                (0.1, 0.8),
                (0.2, 0.3),
                (0.24, 0.03),
                (-0.24, 0.03),
                (-0.2, 0.3),
            ])],
            smooth_skin(if kind == Kind::Knight { rgb(0x9c_2830) } else { rgb(0x58_1828) }, 0.06),
        );
    }
    if matches!(kind, Kind::Woman | Kind::Queen) {
        brush.body(
            &[blob(&[
                (0.0, 0.99),
                (0.085, 0.95),
                (0.1, 0.8),
                (0.09, 0.68),
                (-0.09, 0.68),
                (-0.1, 0.8),
                (-0.085, 0.95),
            ])],
            fur(hair, 0.05),
        );
    }
    if !gown {
        let trousers = if metal { cloth * 0.8 } else { cloth.toward(rgb(0x30_3440), 0.75) };
        for (x, swing) in [(0.05, step), (-0.05, -step)] {
            brush.body(
                &[limb(&[
                    (x, 0.48, 0.062),
                    (x + swing * 0.7, 0.26, 0.05),
                    (x + swing * 1.4, 0.06, 0.04),
                ])],
                smooth_skin(trousers, 0.05),
            );
            brush.body(
                &[oval(x + swing * 1.4 + 0.02, 0.03, 0.06, 0.034)],
                smooth_skin(rgb(0x34_2820), 0.03),
            );
        }
    }
    for side in [1.0, -1.0] {
        let swing = step * side * 1.4;
        brush.body(
            &[limb(&[
                (side * 0.115, 0.77, 0.045),
                (side * 0.165 + swing * 0.3, 0.6, 0.038),
                (side * 0.15 + swing, 0.46, 0.03),
            ])],
            Surface { colour: cloth * 0.88, puff: 0.045, ..dress },
        );
        brush.body(
            &[oval(side * 0.15 + swing, 0.435, 0.028, 0.032)],
            smooth_skin(if metal { cloth } else { skin }, 0.025),
        );
    }
    let torso = if gown {
        blob(&[
            (0.0, 0.83),
            (0.1, 0.81),
            (0.135, 0.74),
            (0.09, 0.58),
            (0.14, 0.36),
            (0.22, 0.03),
            (0.0, 0.0),
            (-0.22, 0.03),
            (-0.14, 0.36),
            (-0.09, 0.58),
            (-0.135, 0.74),
            (-0.1, 0.81),
        ])
    } else if kind == Kind::Person {
        // A long coat: read as a person also when it is small and dark.
        blob(&[
            (0.0, 0.835),
            (0.09, 0.815),
            (0.135, 0.76),
            (0.115, 0.6),
            (0.14, 0.4),
            (0.165, 0.2),
            (0.05, 0.185),
            (0.0, 0.25),
            (-0.05, 0.185),
            (-0.165, 0.2),
            (-0.14, 0.4),
            (-0.115, 0.6),
            (-0.135, 0.76),
            (-0.09, 0.815),
        ])
    } else {
        blob(&[
            (0.0, 0.83),
            (0.1, 0.81),
            (0.14, 0.75),
            (0.125, 0.6),
            (0.125, 0.44),
            (0.0, 0.42),
            (-0.125, 0.44),
            (-0.125, 0.6),
            (-0.14, 0.75),
            (-0.1, 0.81),
        ])
    };
    let belt = mark(
        [slab(-0.3, 0.54, 0.3, 0.575, 0.0)],
        if gown { rgb(0xe0_b850) } else { cloth * 0.5 },
        0.002,
    );
    let front = mark([wire(&[(0.0, 0.56), (0.0, 0.82)], 0.004)], cloth * 0.6, 0.002);
    let fur_hem = mark([slab(-0.4, -0.1, 0.4, 0.055, 0.0)], rgb(0xf4_f0e8), 0.004);
    let marks = if matches!(kind, Kind::King | Kind::Queen) {
        vec![belt, fur_hem]
    } else {
        vec![belt, front]
    };
    brush.model(&[torso], dress, &marks);
    face(kind, brush, look, (skin, hair, cloth));
    carried(kind, brush, look);
}

fn face(kind: Kind, brush: &mut Brush, look: &mut Look, (skin, hair, cloth): (Rgb, Rgb, Rgb)) {
    let big = if kind == Kind::Child { 1.18 } else { 1.0 };
    brush.body(&[limb(&[(0.0, 0.86, 0.034), (0.0, 0.81, 0.04)])], smooth_skin(skin * 0.85, 0.03));
    brush.body(&[oval(0.0, 0.915, 0.068 * big, 0.08 * big)], smooth_skin(skin, 0.06));
    if kind == Kind::Knight {
        brush.body(
            &[blob(&[
                (0.0, 1.02),
                (0.08, 0.98),
                (0.088, 0.88),
                (0.05, 0.83),
                (-0.05, 0.83),
                (-0.088, 0.88),
                (-0.08, 0.98),
            ])],
            smooth_skin(cloth, 0.06).shiny(0.8),
        );
        brush.flat(
            &[slab(-0.06, 0.915, 0.06, 0.93, 0.005), wire(&[(0.0, 0.91), (0.0, 0.85)], 0.004)],
            rgb(0x18_181c),
        );
        brush.body(
            &[limb(&[(0.0, 1.02, 0.02), (-0.06, 1.08, 0.026), (-0.13, 1.04, 0.016)])],
            fur(rgb(0xc0_2c30), 0.03),
        );
        return;
    }
    for side in [1.0, -1.0] {
        brush.flat(&[oval(side * 0.026, 0.92, 0.0085, 0.011)], rgb(0x20_1814));
        brush.veil(&[oval(side * 0.04, 0.895, 0.016, 0.011)], rgb(0xe0_7060), 0.35, 0.006);
    }
    brush.flat(
        &[limb(&[(-0.018, 0.882, 0.003), (0.0, 0.877, 0.0035), (0.018, 0.882, 0.003)])],
        rgb(0x8c_4038),
    );
    if kind == Kind::Wizard || look.old && matches!(kind, Kind::Person | Kind::King | Kind::Sailor)
    {
        let white = if kind == Kind::Wizard { rgb(0xe8_e6e2) } else { hair };
        brush.body(
            &[blob(&[(-0.062, 0.9), (0.062, 0.9), (0.055, 0.8), (0.0, 0.7), (-0.055, 0.8)])],
            fur(white, 0.04),
        );
        brush.flat(&[oval(0.0, 0.878, 0.018, 0.005)], rgb(0x8c_4038));
    }
    hat(kind, brush, hair, cloth);
}

fn hat(kind: Kind, brush: &mut Brush, hair: Rgb, cloth: Rgb) {
    let fringe = blob(&[
        (-0.074, 0.91),
        (-0.08, 0.975),
        (0.0, 1.015),
        (0.08, 0.975),
        (0.074, 0.91),
        (0.045, 0.955),
        (-0.02, 0.965),
        (-0.055, 0.945),
    ]);
    match kind {
        Kind::Sailor => {
            brush.body(&[fringe], fur(hair, 0.03));
            brush.body(
                &[blob(&[(-0.1, 0.985), (-0.09, 1.045), (0.0, 1.06), (0.09, 1.045), (0.1, 0.985)])],
                smooth_skin(WHITE * 0.96, 0.04),
            );
            brush.body(
                &[limb(&[(-0.075, 0.98, 0.018), (0.0, 0.972, 0.02), (0.075, 0.98, 0.018)])],
                smooth_skin(rgb(0x1c_2844), 0.02),
            );
        }
        Kind::King | Kind::Queen => {
            brush.body(&[fringe], fur(hair, 0.03));
            brush.body(
                &[polygon(&[
                    (-0.075, 0.97),
                    (-0.085, 1.06),
                    (-0.04, 1.01),
                    (0.0, 1.08),
                    (0.04, 1.01),
                    (0.085, 1.06),
                    (0.075, 0.97),
                ])],
                smooth_skin(rgb(0xf0_c038), 0.03).shiny(0.8),
            );
            brush.flat(&[oval(0.0, 0.993, 0.013, 0.013)], rgb(0xd8_2038));
        }
        Kind::Wizard => {
            brush.body(
                &[blob(&[
                    (-0.07, 0.97),
                    (-0.05, 1.1),
                    (0.03, 1.25),
                    (0.09, 1.22),
                    (0.05, 1.12),
                    (0.07, 0.97),
                ])],
                smooth_skin(cloth, 0.05),
            );
            brush.body(&[oval(0.0, 0.975, 0.15, 0.03)], smooth_skin(cloth * 0.9, 0.02));
            brush.shine(
                &[oval(-0.01, 1.06, 0.01, 0.01), oval(0.02, 1.13, 0.008, 0.008)],
                rgb(0xff_e080),
            );
        }
        Kind::Person => {
            brush.body(&[fringe], fur(hair, 0.03));
            brush.body(
                &[blob(&[
                    (-0.065, 0.975),
                    (-0.06, 1.05),
                    (0.0, 1.065),
                    (0.06, 1.05),
                    (0.065, 0.975),
                ])],
                smooth_skin(cloth * 0.55, 0.04),
            );
            brush.body(&[oval(0.0, 0.975, 0.115, 0.02)], smooth_skin(cloth * 0.5, 0.015));
        }
        Kind::Child => {
            brush.body(&[fringe.scaled(1.1).moved(0.0, -0.092)], fur(hair, 0.03));
            brush.body(
                &[blob(&[
                    (-0.085, 0.965),
                    (-0.07, 1.04),
                    (0.0, 1.065),
                    (0.07, 1.04),
                    (0.085, 0.965),
                ])],
                smooth_skin(rgb(0xd8_4840), 0.05),
            );
            brush.body(&[oval(0.0, 1.075, 0.026, 0.026)], fur(WHITE, 0.02));
        }
        _ => brush.body(&[fringe], fur(hair, 0.03)),
    }
}

fn carried(kind: Kind, brush: &mut Brush, look: &mut Look) {
    match kind {
        Kind::Wizard => {
            brush.body(
                &[limb(&[(0.22, 0.0, 0.013), (0.19, 0.5, 0.013), (0.2, 1.0, 0.014)])],
                smooth_skin(rgb(0x6c_4828), 0.01),
            );
            brush.shine(&[oval(0.2, 1.04, 0.034, 0.034)], rgb(0xa0_e8ff));
            brush.glow(0.2, 1.04, 0.06, rgb(0x80_d8ff), 0.9);
        }
        Kind::Knight => {
            brush.body(
                &[polygon(&[
                    (0.185, 0.46),
                    (0.2, 0.05),
                    (0.21, 0.01),
                    (0.22, 0.05),
                    (0.215, 0.46),
                ])],
                smooth_skin(rgb(0xd0_d8e0), 0.01).shiny(0.9),
            );
            brush.body(
                &[
                    wire(&[(0.15, 0.47), (0.25, 0.47)], 0.012),
                    wire(&[(0.2, 0.47), (0.2, 0.54)], 0.011),
                ],
                smooth_skin(rgb(0xc8_9c38), 0.01),
            );
            brush.body(
                &[blob(&[(-0.27, 0.66), (-0.09, 0.66), (-0.09, 0.5), (-0.18, 0.36), (-0.27, 0.5)])],
                smooth_skin(rgb(0x28_4888), 0.04).shiny(0.5),
            );
            brush.body(
                &[
                    wire(&[(-0.18, 0.64), (-0.18, 0.42)], 0.012),
                    wire(&[(-0.25, 0.57), (-0.11, 0.57)], 0.012),
                ],
                smooth_skin(rgb(0xe8_c858), 0.01),
            );
        }
        Kind::Person | Kind::Child if look.lit && look.random.chance(0.5) => {
            brush.shine(&[oval(0.16, 0.38, 0.022, 0.03)], rgb(0xff_e098));
            brush.glow(0.16, 0.38, 0.08, rgb(0xff_c060), 0.9);
        }
        _ => {}
    }
}

pub(super) fn astronaut(brush: &mut Brush, look: &mut Look) {
    let suit = look.colour_or(rgb(0xf0_f0f0));
    let white = smooth_skin(suit, 0.09);
    brush.body(&[slab(-0.2, 0.42, 0.2, 0.76, 0.06)], smooth_skin(suit * 0.72, 0.06));
    for side in [1.0, -1.0] {
        let spread = look.random.between(0.0, 0.1);
        brush.body(
            &[limb(&[
                (side * 0.085, 0.44, 0.085),
                (side * (0.11 + spread), 0.24, 0.075),
                (side * (0.12 + spread), 0.08, 0.07),
            ])],
            white,
        );
        brush.body(
            &[oval(side * (0.13 + spread), 0.04, 0.09, 0.055)],
            smooth_skin(suit * 0.6, 0.04),
        );
        let lift = look.random.between(-0.2, 0.28);
        brush.body(
            &[limb(&[
                (side * 0.16, 0.68, 0.07),
                (side * 0.3, 0.6 + lift * 0.5, 0.06),
                (side * 0.38, 0.52 + lift * 1.4, 0.052),
            ])],
            white,
        );
        brush.body(
            &[oval(side * 0.39, 0.5 + lift * 1.45, 0.055, 0.055)],
            smooth_skin(suit * 0.6, 0.04),
        );
    }
    brush.body(
        &[blob(&[
            (0.0, 0.78),
            (0.16, 0.75),
            (0.19, 0.6),
            (0.16, 0.4),
            (0.0, 0.37),
            (-0.16, 0.4),
            (-0.19, 0.6),
            (-0.16, 0.75),
        ])],
        smooth_skin(suit, 0.12),
    );
    brush.body(&[slab(-0.08, 0.52, 0.08, 0.64, 0.02)], smooth_skin(rgb(0x98_a0a8), 0.02));
    brush.shine(&[oval(-0.04, 0.6, 0.013, 0.013)], rgb(0xff_5040));
    brush.shine(&[oval(0.0, 0.6, 0.013, 0.013)], rgb(0x50_d8ff));
    brush.body(&[oval(0.0, 0.87, 0.17, 0.165)], smooth_skin(suit, 0.12).shiny(0.4));
    brush.body(&[oval(0.0, 0.87, 0.128, 0.112)], smooth_skin(rgb(0x24_2c50), 0.1).shiny(1.0));
    brush.veil(&[tilted_oval(-0.05, 0.91, 0.042, 0.02, 0.6)], rgb(0xf0_d890), 0.8, 0.006);
    brush.veil(
        &[limb(&[(0.0, 0.785, 0.006), (0.07, 0.805, 0.007), (0.105, 0.86, 0.004)])],
        rgb(0x80_b0ff),
        0.6,
        0.006,
    );
}
