//! Animals that sit and look at you: one body, one table of heads.

use super::super::brush::{Brush, Mark, fur, mark, smooth_skin};
use super::super::outline::{Form, blob, limb, oval, pair, polygon, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::scene::Kind;
use super::Look;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ears {
    Pointed,
    Round,
    Long,
    Floppy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    Brush,
    Long,
    Short,
}

/// What makes a species of the one body.
#[derive(Debug, Clone, Copy)]
struct Breed {
    coat: Rgb,
    pale: Rgb,
    dark: Rgb,
    eye: Rgb,
    ears: Ears,
    tail: Tail,
    /// Half the head's width at the cheeks.
    cheek: f32,
    /// Half the muzzle's width; a wide one is a bear's.
    muzzle: f32,
    /// How far down the chin is drawn out.
    chin: f32,
    plump: f32,
}

fn breed(kind: Kind, look: &mut Look) -> Breed {
    let fox = Breed {
        coat: rgb(0xdc_6a20),
        pale: rgb(0xfc_f2e4),
        dark: rgb(0x2c_1e1c),
        eye: rgb(0xd8_9020),
        ears: Ears::Pointed,
        tail: Tail::Brush,
        cheek: 0.245,
        muzzle: 0.06,
        chin: 0.535,
        plump: 1.0,
    };
    let mut breed = match kind {
        Kind::Wolf => Breed {
            coat: rgb(0x84_8890),
            pale: rgb(0xe8_e6e2),
            dark: rgb(0x36_363c),
            eye: rgb(0xe8_c050),
            cheek: 0.235,
            chin: 0.54,
            muzzle: 0.07,
            plump: 1.06,
            ..fox
        },
        Kind::Cat => Breed {
            coat: look.random.pick(&[
                rgb(0xe0_9040),
                rgb(0x7c_7a80),
                rgb(0x3a_3638),
                rgb(0xe8_dcc8),
                rgb(0xa8_7c58),
            ]),
            pale: rgb(0xf8_f0e6),
            eye: look.random.pick(&[rgb(0x8c_c050), rgb(0xe0_b838), rgb(0x60_a8d8)]),
            tail: Tail::Long,
            cheek: 0.205,
            muzzle: 0.055,
            chin: 0.565,
            plump: 0.88,
            ..fox
        },
        Kind::Dog => Breed {
            coat: look.random.pick(&[
                rgb(0xc4_8a4c),
                rgb(0x8a_5830),
                rgb(0xe4_c490),
                rgb(0x54_463e),
            ]),
            pale: rgb(0xfa_f0e0),
            eye: rgb(0x5c_3820),
            ears: Ears::Floppy,
            tail: Tail::Long,
            cheek: 0.195,
            muzzle: 0.088,
            chin: 0.53,
            plump: 1.0,
            ..fox
        },
        Kind::Rabbit => Breed {
            coat: look.random.pick(&[rgb(0xb0_8c68), rgb(0xe8_e2da), rgb(0x98_9494)]),
            pale: rgb(0xfa_f6f0),
            eye: rgb(0x3c_2820),
            ears: Ears::Long,
            tail: Tail::Short,
            cheek: 0.185,
            muzzle: 0.06,
            chin: 0.56,
            plump: 0.98,
            ..fox
        },
        Kind::Mouse => Breed {
            coat: rgb(0xa0_9890),
            pale: rgb(0xec_e4dc),
            eye: rgb(0x20_1818),
            ears: Ears::Round,
            tail: Tail::Long,
            cheek: 0.18,
            muzzle: 0.05,
            chin: 0.55,
            plump: 0.9,
            ..fox
        },
        Kind::Bear => Breed {
            coat: rgb(0x74_4c30),
            pale: rgb(0xb8_8c60),
            eye: rgb(0x24_1814),
            ears: Ears::Round,
            tail: Tail::Short,
            cheek: 0.225,
            muzzle: 0.105,
            chin: 0.545,
            plump: 1.3,
            ..fox
        },
        Kind::Panda => Breed {
            coat: rgb(0xf2_f0ea),
            pale: rgb(0xfa_f8f4),
            dark: rgb(0x20_2022),
            eye: rgb(0x18_1414),
            ears: Ears::Round,
            tail: Tail::Short,
            cheek: 0.24,
            muzzle: 0.095,
            chin: 0.55,
            plump: 1.32,
            ..fox
        },
        Kind::Lion => Breed {
            coat: rgb(0xd4_a05c),
            pale: rgb(0xf0_dcb4),
            dark: rgb(0x40_2c20),
            eye: rgb(0xc8_8c28),
            ears: Ears::Round,
            tail: Tail::Long,
            cheek: 0.2,
            muzzle: 0.088,
            chin: 0.53,
            plump: 1.12,
            ..fox
        },
        Kind::Tiger => Breed {
            coat: rgb(0xe0_8030),
            eye: rgb(0xd8_b840),
            ears: Ears::Round,
            tail: Tail::Long,
            cheek: 0.225,
            muzzle: 0.088,
            chin: 0.535,
            plump: 1.1,
            ..fox
        },
        _ => fox,
    };
    if let Some(colour) = look.colour {
        // A red fox is a fox's red, and a blue one is blue.
        let natural = kind == Kind::Fox && colour.0 > colour.2 * 2.0;
        breed.coat = if natural { breed.coat.toward(colour, 0.3) } else { colour };
        if breed.coat.luminance() > 0.8 {
            breed.pale = WHITE;
        }
    }
    breed
}

pub(super) fn draw(kind: Kind, brush: &mut Brush, look: &mut Look) {
    let breed = breed(kind, look);
    tail(brush, breed);
    if kind == Kind::Panda {
        panda_body(brush, breed)
    } else {
        body(kind, brush, breed)
    }
    // A little turn of the head makes two of them a conversation.
    let turn = look.random.between(-0.07, 0.07);
    let frame = brush.frame;
    brush.frame.origin = brush.frame.pixel(super::super::geometry::at(0.0, 0.62));
    brush.frame.tilt += turn;
    brush.frame.origin = brush.frame.pixel(super::super::geometry::at(0.0, -0.62));
    head(kind, brush, breed);
    brush.frame = frame;
}

fn tail(brush: &mut Brush, b: Breed) {
    match b.tail {
        Tail::Brush => {
            let sweep = limb(&[
                (0.12, 0.1, 0.07),
                (0.3, 0.07, 0.1),
                (0.43, 0.16, 0.125),
                (0.46, 0.32, 0.1),
                (0.41, 0.46, 0.02),
            ]);
            let tip = mark(
                [blob(&[(0.3, 0.4), (0.4, 0.33), (0.56, 0.38), (0.5, 0.55), (0.3, 0.55)])],
                b.pale,
                0.015,
            );
            brush.model(&[sweep], fur(b.coat, 0.1), &[tip]);
        }
        Tail::Long => {
            let sweep = limb(&[
                (0.12, 0.05, 0.045),
                (0.3, 0.03, 0.045),
                (0.42, 0.1, 0.042),
                (0.42, 0.24, 0.038),
                (0.36, 0.3, 0.03),
            ]);
            brush.body(&[sweep], fur(b.coat * 0.9, 0.045));
        }
        Tail::Short => brush.body(&[oval(0.24, 0.1, 0.08, 0.075)], fur(b.pale, 0.07)),
    }
}

fn body(kind: Kind, brush: &mut Brush, b: Breed) {
    let w = b.plump;
    let torso = blob(&[
        (0.0, 0.66),
        (0.12 * w, 0.58),
        (0.155 * w, 0.42),
        (0.21 * w, 0.24),
        (0.2 * w, 0.06),
        (0.0, 0.02),
        (-0.2 * w, 0.06),
        (-0.21 * w, 0.24),
        (-0.155 * w, 0.42),
        (-0.12 * w, 0.58),
    ]);
    let stripes = if kind == Kind::Tiger { stripes_on_body(b) } else { Vec::new() };
    let bib = blob(&[
        (0.0, 0.62),
        (0.09 * w, 0.56),
        (0.105 * w, 0.42),
        (0.05, 0.28),
        (0.0, 0.22),
        (-0.05, 0.28),
        (-0.105 * w, 0.42),
        (-0.09 * w, 0.56),
    ]);
    let mut marks = vec![mark(stripes.clone(), b.dark, 0.004), mark([bib], b.pale, 0.025)];
    if matches!(kind, Kind::Bear | Kind::Cat | Kind::Mouse) {
        marks.truncate(1);
    }
    brush.model(&[torso], fur(b.coat, 0.15), &marks);
    for side in [1.0, -1.0] {
        let thigh = tilted_oval(side * 0.17 * w, 0.14, 0.1 * w, 0.125, side * -0.25);
        brush.model(&[thigh], fur(b.coat, 0.09), &[mark(stripes.clone(), b.dark, 0.004)]);
        brush.body(&[oval(side * 0.19 * w, 0.03, 0.085, 0.038)], fur(b.coat * 0.95, 0.035));
    }
    let black_socks = matches!(kind, Kind::Fox);
    let sock = if black_socks { b.dark } else { b.pale };
    for side in [1.0, -1.0] {
        let leg = limb(&[
            (side * 0.075 * w, 0.42, 0.05 * w),
            (side * 0.078 * w, 0.2, 0.047 * w),
            (side * 0.082 * w, 0.05, 0.043 * w),
        ]);
        let paw = oval(side * 0.085 * w, 0.025, 0.062 * w, 0.036);
        let mut marks = Vec::new();
        if kind != Kind::Bear {
            let top = if black_socks { 0.2 } else { 0.09 };
            marks.push(mark(
                [polygon(&[(-0.4, -0.1), (0.4, -0.1), (0.4, top), (-0.4, top)])],
                sock,
                0.02,
            ));
        }
        brush.model(&[leg, paw], fur(b.coat, 0.05), &marks);
        for toe in [-0.02, 0.02] {
            let x = side * 0.085 * w + toe;
            brush.flat(&[limb(&[(x, 0.032, 0.004), (x, 0.0, 0.004)])], b.dark * 0.8);
        }
    }
    if kind == Kind::Lion {
        let mane = blob(&[
            (0.0, 1.06),
            (0.2, 1.0),
            (0.31, 0.82),
            (0.28, 0.6),
            (0.15, 0.42),
            (0.0, 0.36),
            (-0.15, 0.42),
            (-0.28, 0.6),
            (-0.31, 0.82),
            (-0.2, 1.0),
        ]);
        brush.body(&[mane], fur(rgb(0x8c_4c20), 0.12));
    }
}

fn stripes_on_body(b: Breed) -> Vec<Form> {
    let mut forms = Vec::new();
    for i in 0..5 {
        let y = 0.14 + 0.1 * i as f32;
        forms.extend(pair(limb(&[(0.26 * b.plump, y + 0.03, 0.016), (0.14 * b.plump, y, 0.004)])));
    }
    forms
}

fn panda_body(brush: &mut Brush, b: Breed) {
    let torso = blob(&[
        (0.0, 0.62),
        (0.2, 0.52),
        (0.28, 0.3),
        (0.24, 0.08),
        (0.0, 0.02),
        (-0.24, 0.08),
        (-0.28, 0.3),
        (-0.2, 0.52),
    ]);
    let shoulders = polygon(&[(-0.5, 0.45), (0.5, 0.45), (0.5, 0.7), (-0.5, 0.7)]);
    brush.model(&[torso], fur(b.coat, 0.16), &[mark([shoulders], b.dark, 0.03)]);
    for side in [1.0, -1.0] {
        brush.body(
            &[limb(&[
                (side * 0.19, 0.5, 0.08),
                (side * 0.26, 0.34, 0.075),
                (side * 0.14, 0.22, 0.07),
            ])],
            fur(b.dark * 1.2, 0.07),
        );
        brush.body(
            &[limb(&[(side * 0.2, 0.1, 0.1), (side * 0.28, 0.09, 0.09)])],
            fur(b.dark * 1.2, 0.09),
        );
        brush.body(&[oval(side * 0.31, 0.1, 0.05, 0.065)], fur(rgb(0x50_4a4a), 0.05));
    }
}

fn head(kind: Kind, brush: &mut Brush, b: Breed) {
    ears(kind, brush, b);
    let c = b.cheek;
    let skull = blob(&[
        (0.0, 0.945),
        (c * 0.55, 0.92),
        (c * 0.88, 0.83),
        (c, 0.71),
        (c * 0.62, 0.61),
        (b.muzzle * 0.95, b.chin + 0.018),
        (0.0, b.chin),
        (-b.muzzle * 0.95, b.chin + 0.018),
        (-c * 0.62, 0.61),
        (-c, 0.71),
        (-c * 0.88, 0.83),
        (-c * 0.55, 0.92),
    ]);
    brush.model(&[skull], fur(b.coat, 0.13), &face_marks(kind, b));
    let soft = matches!(kind, Kind::Bear | Kind::Panda | Kind::Dog | Kind::Lion | Kind::Tiger);
    if soft {
        let muzzle = oval(0.0, b.chin + 0.062, b.muzzle * 1.08, 0.072);
        brush.body(
            &[muzzle],
            fur(if kind == Kind::Dog { b.pale.toward(b.coat, 0.25) } else { b.pale }, 0.06),
        );
    }
    eyes(kind, brush, b);
    nose(kind, brush, b);
}

fn face_marks(kind: Kind, b: Breed) -> Vec<Mark> {
    let c = b.cheek;
    match kind {
        Kind::Fox | Kind::Wolf => vec![
            mark(
                pair(blob(&[
                    (0.028, 0.655),
                    (0.09, 0.705),
                    (c * 1.05, 0.715),
                    (c * 0.75, 0.6),
                    (0.04, 0.5),
                    (0.0, 0.52),
                    (0.0, 0.585),
                ])),
                b.pale,
                0.012,
            ),
            mark(
                pair(tilted_oval(0.075, 0.79, 0.034, 0.016, 0.3)),
                b.pale.toward(b.coat, 0.4),
                0.012,
            ),
            mark([oval(0.0, 0.69, 0.03, 0.1)], b.coat * 0.9, 0.02),
        ],
        Kind::Panda => {
            vec![mark(pair(tilted_oval(0.098, 0.735, 0.052, 0.068, 0.5)), b.dark, 0.006)]
        }
        Kind::Tiger => {
            let mut stripes = vec![limb(&[(0.0, 0.95, 0.014), (0.0, 0.84, 0.004)])];
            for (x, y, l) in
                [(0.08, 0.94, 0.09), (0.19, 0.8, 0.08), (0.23, 0.72, 0.08), (0.22, 0.65, 0.07)]
            {
                stripes.extend(pair(limb(&[(x, y, 0.013), (x - l * 0.7, y - l * 0.25, 0.003)])));
            }
            vec![
                mark(pair(oval(0.11, 0.61, 0.1, 0.06)), b.pale, 0.02),
                mark(pair(oval(0.085, 0.8, 0.04, 0.028)), b.pale, 0.012),
                mark(stripes, b.dark, 0.003),
            ]
        }
        Kind::Cat => {
            let mut lines = Vec::new();
            for x in [0.0, 0.045] {
                lines.extend(pair(limb(&[(x, 0.93, 0.009), (x * 0.8, 0.83, 0.003)])));
            }
            for y in [0.73, 0.69] {
                lines.extend(pair(limb(&[(0.205, y, 0.009), (0.14, y - 0.012, 0.002)])));
            }
            vec![
                mark([oval(0.0, 0.605, 0.085, 0.055)], b.pale, 0.02),
                mark(lines, b.coat * 0.6, 0.003),
            ]
        }
        Kind::Dog => vec![mark(
            [limb(&[(0.0, 0.93, 0.02), (0.0, 0.72, 0.03), (0.0, 0.6, 0.06)])],
            b.pale.toward(b.coat, 0.2),
            0.02,
        )],
        Kind::Bear => Vec::new(),
        _ => vec![mark([oval(0.0, 0.605, b.muzzle * 1.6, 0.06)], b.pale, 0.025)],
    }
}

fn ears(kind: Kind, brush: &mut Brush, b: Breed) {
    for side in [1.0_f32, -1.0] {
        let flip = |form: Form| if side < 0.0 { form.mirrored() } else { form };
        match b.ears {
            Ears::Pointed => {
                let (tip, wide) = if kind == Kind::Cat { (1.05, 0.0) } else { (1.1, 0.015) };
                let ear = flip(blob(&[
                    (0.05, 0.89),
                    (0.1, 1.0),
                    (0.165 + wide, tip),
                    (0.2 + wide, 0.97),
                    (0.205 + wide, 0.82),
                    (0.12, 0.84),
                ]));
                let inner = flip(blob(&[
                    (0.098, 0.9),
                    (0.125, 0.99),
                    (0.163 + wide, tip - 0.035),
                    (0.185 + wide, 0.95),
                    (0.18, 0.86),
                ]));
                let dark_tip = flip(polygon(&[
                    (0.0, tip - 0.065),
                    (0.3, tip - 0.085),
                    (0.3, tip + 0.1),
                    (0.0, tip + 0.1),
                ]));
                let tips = if kind == Kind::Fox {
                    vec![mark([dark_tip], b.dark, 0.015)]
                } else {
                    Vec::new()
                };
                brush.model(&[ear], fur(b.coat, 0.05), &tips);
                let lining =
                    if kind == Kind::Cat { rgb(0xd8_9890) } else { b.dark.toward(b.pale, 0.35) };
                brush.body(&[inner], fur(lining, 0.03));
            }
            Ears::Round => {
                let (x, y, r) = if kind == Kind::Mouse {
                    (0.17, 0.94, 0.12)
                } else {
                    (b.cheek * 0.74, 0.915, 0.073)
                };
                let outer = if kind == Kind::Panda { b.dark } else { b.coat };
                brush.body(&[oval(side * x, y, r, r)], fur(outer, 0.05));
                let lining =
                    if kind == Kind::Mouse { rgb(0xe0_a8a0) } else { outer.toward(b.dark, 0.5) };
                brush.body(&[oval(side * x, y - r * 0.12, r * 0.62, r * 0.62)], fur(lining, 0.03));
            }
            Ears::Long => {
                brush.body(
                    &[flip(blob(&[
                        (0.03, 0.88),
                        (0.03, 1.08),
                        (0.075, 1.28),
                        (0.125, 1.26),
                        (0.135, 1.08),
                        (0.115, 0.87),
                    ]))],
                    fur(b.coat, 0.05),
                );
                brush.body(
                    &[flip(blob(&[
                        (0.06, 0.92),
                        (0.058, 1.08),
                        (0.084, 1.22),
                        (0.108, 1.2),
                        (0.112, 1.08),
                        (0.1, 0.92),
                    ]))],
                    fur(rgb(0xe4_aca4), 0.03),
                );
            }
            Ears::Floppy => {
                brush.body(
                    &[flip(blob(&[
                        (0.09, 0.93),
                        (0.19, 0.92),
                        (0.25, 0.8),
                        (0.255, 0.66),
                        (0.21, 0.6),
                        (0.17, 0.68),
                        (0.15, 0.82),
                    ]))],
                    fur(b.coat * 0.68, 0.05),
                );
            }
        }
    }
}

fn eyes(kind: Kind, brush: &mut Brush, b: Breed) {
    let (x, y, r) = match kind {
        Kind::Fox | Kind::Wolf => (0.088, 0.738, 0.026),
        Kind::Cat => (0.085, 0.735, 0.036),
        Kind::Panda => (0.094, 0.742, 0.026),
        Kind::Mouse | Kind::Rabbit => (0.1, 0.745, 0.034),
        _ => (0.082, 0.745, 0.028),
    };
    for side in [1.0, -1.0] {
        let tilt = if matches!(kind, Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Tiger | Kind::Lion)
        {
            side * 0.3
        } else {
            0.0
        };
        brush.flat(&[tilted_oval(side * x, y, r * 1.38, r * 1.12, tilt)], b.dark * 0.7);
        brush.body(
            &[tilted_oval(side * x, y, r * 1.1, r * 0.92, tilt)],
            smooth_skin(b.eye, 0.012).shiny(0.4),
        );
        let slit = if matches!(kind, Kind::Cat | Kind::Fox) { 0.42 } else { 0.62 };
        brush.flat(&[oval(side * x, y, r * slit, r * 0.88)], rgb(0x08_0608));
        brush.shine(
            &[oval(side * x - r * 0.3, y + r * 0.36, r * 0.24, r * 0.24)],
            brush.light.flat(WHITE).lighter(0.4),
        );
    }
}

fn nose(kind: Kind, brush: &mut Brush, b: Breed) {
    let pink = matches!(kind, Kind::Cat | Kind::Rabbit | Kind::Mouse);
    let colour = if pink { rgb(0xd0_8080) } else { rgb(0x1c_1618) };
    let big = matches!(kind, Kind::Bear | Kind::Panda | Kind::Dog | Kind::Lion | Kind::Tiger);
    let (y, r) = if big {
        (b.chin + 0.096, 0.042)
    } else if pink {
        (0.638, 0.02)
    } else {
        (b.chin + 0.048, 0.032)
    };
    let form = blob(&[
        (-r, y + r * 0.5),
        (0.0, y + r * 0.72),
        (r, y + r * 0.5),
        (r * 0.5, y - r * 0.4),
        (0.0, y - r * 0.75),
        (-r * 0.5, y - r * 0.4),
    ]);
    if big || pink {
        let drop = r * 1.5;
        let mouth = pair(limb(&[
            (0.0, y - r * 0.6, 0.0045),
            (0.004, y - drop, 0.0045),
            (r * 1.1, y - drop - r * 0.4, 0.0035),
        ]));
        brush.flat(&mouth, b.dark);
    }
    brush.body(&[form], smooth_skin(colour, 0.02).shiny(0.5));
    if pink {
        for side in [1.0, -1.0] {
            for i in 0..3 {
                let fall = (i as f32 - 1.0) * 0.035;
                brush.veil(
                    &[limb(&[
                        (side * 0.05, 0.625 + fall * 0.2, 0.0022),
                        (side * 0.16, 0.635 + fall, 0.0018),
                        (side * 0.26, 0.62 + fall * 1.7, 0.0008),
                    ])],
                    WHITE,
                    0.75,
                    0.0,
                );
            }
        }
    }
}
