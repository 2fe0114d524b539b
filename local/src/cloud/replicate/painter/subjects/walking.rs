//! Animals on four legs, seen from the side: one skeleton, one row of measures per species.

use super::super::brush::{Brush, Grain, Surface, fur, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, polygon, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::scene::Kind;
use super::Look;

/// Measures in units of the animal's height, ears included; it looks to the right.
#[derive(Debug, Clone, Copy)]
struct Build {
    coat: Rgb,
    belly: Rgb,
    dark: Rgb,
    grain: Grain,
    /// Rump, waist, chest: half the body's length, its height, its radii.
    length: f32,
    back: f32,
    rump: f32,
    waist: f32,
    chest: f32,
    leg: f32,
    hoof: bool,
    neck: f32,
    head: (f32, f32),
    skull: f32,
    snout: (f32, f32, f32),
}

fn build(kind: Kind, look: &mut Look) -> Build {
    let canine = Build {
        coat: rgb(0xdc_6a20),
        belly: rgb(0xfa_efe0),
        dark: rgb(0x2c_1e1c),
        grain: Grain::Fur,
        length: 0.33,
        back: 0.5,
        rump: 0.125,
        waist: 0.105,
        chest: 0.14,
        leg: 0.042,
        hoof: false,
        neck: 0.09,
        head: (0.47, 0.72),
        skull: 0.105,
        snout: (0.18, -0.055, 0.036),
    };
    let horse = Build {
        coat: look.random.pick(&[rgb(0x8c_5430), rgb(0x5c_3a28), rgb(0xb8_8454), rgb(0x48_403c)]),
        belly: rgb(0x8c_5430),
        dark: rgb(0x2c_201c),
        grain: Grain::Smooth,
        length: 0.25,
        back: 0.54,
        rump: 0.13,
        waist: 0.115,
        chest: 0.13,
        leg: 0.032,
        hoof: true,
        neck: 0.075,
        head: (0.46, 0.87),
        skull: 0.062,
        snout: (0.15, -0.13, 0.043),
    };
    let mut build = match kind {
        Kind::Wolf => {
            Build { coat: rgb(0x84_8890), belly: rgb(0xdc_dad6), dark: rgb(0x3c_3c44), ..canine }
        }
        Kind::Dog => Build {
            coat: look.random.pick(&[rgb(0xc4_8a4c), rgb(0x8a_5830), rgb(0xe4_c490)]),
            belly: rgb(0xf0_dcbc),
            snout: (0.17, -0.05, 0.05),
            ..canine
        },
        Kind::Cat => Build {
            coat: look.random.pick(&[
                rgb(0xe0_9040),
                rgb(0x7c_7a80),
                rgb(0x3a_3638),
                rgb(0xa8_7c58),
            ]),
            belly: rgb(0xec_dcc8),
            length: 0.32,
            back: 0.47,
            rump: 0.12,
            waist: 0.105,
            chest: 0.115,
            head: (0.43, 0.69),
            skull: 0.125,
            snout: (0.1, -0.045, 0.05),
            neck: 0.085,
            ..canine
        },
        Kind::Lion => Build {
            coat: rgb(0xd0_9c58),
            belly: rgb(0xec_d4a8),
            length: 0.4,
            back: 0.53,
            rump: 0.135,
            waist: 0.12,
            chest: 0.16,
            leg: 0.05,
            head: (0.52, 0.72),
            skull: 0.12,
            snout: (0.15, -0.05, 0.062),
            neck: 0.12,
            ..canine
        },
        Kind::Tiger => Build {
            coat: rgb(0xe0_8030),
            belly: rgb(0xfa_ecd8),
            length: 0.42,
            back: 0.53,
            rump: 0.135,
            waist: 0.125,
            chest: 0.155,
            leg: 0.052,
            head: (0.55, 0.7),
            skull: 0.125,
            snout: (0.14, -0.05, 0.065),
            neck: 0.12,
            ..canine
        },
        Kind::Bear => Build {
            coat: rgb(0x70_4a30),
            belly: rgb(0x8a_6040),
            length: 0.36,
            back: 0.56,
            rump: 0.2,
            waist: 0.2,
            chest: 0.2,
            leg: 0.075,
            head: (0.56, 0.68),
            skull: 0.14,
            snout: (0.18, -0.06, 0.065),
            neck: 0.14,
            ..canine
        },
        Kind::Horse => horse,
        Kind::Unicorn => {
            Build { coat: rgb(0xf6_f2f4), belly: rgb(0xf6_f2f4), dark: rgb(0xc0_a0c8), ..horse }
        }
        Kind::Deer => Build {
            coat: rgb(0xac_7444),
            belly: rgb(0xe8_d4b4),
            length: 0.23,
            back: 0.47,
            rump: 0.105,
            waist: 0.09,
            chest: 0.105,
            leg: 0.024,
            neck: 0.055,
            head: (0.36, 0.76),
            skull: 0.05,
            snout: (0.11, -0.06, 0.03),
            grain: Grain::Fur,
            ..horse
        },
        Kind::Cow => Build {
            coat: rgb(0xf2_eee8),
            belly: rgb(0xf2_eee8),
            length: 0.46,
            back: 0.62,
            rump: 0.19,
            waist: 0.19,
            chest: 0.19,
            leg: 0.05,
            neck: 0.12,
            head: (0.74, 0.8),
            skull: 0.1,
            snout: (0.16, -0.1, 0.075),
            ..horse
        },
        Kind::Sheep => Build {
            coat: rgb(0xf2_ece0),
            belly: rgb(0xf2_ece0),
            dark: rgb(0x38_3230),
            length: 0.34,
            back: 0.56,
            rump: 0.22,
            waist: 0.24,
            chest: 0.22,
            leg: 0.036,
            neck: 0.1,
            head: (0.6, 0.74),
            skull: 0.1,
            snout: (0.12, -0.08, 0.06),
            grain: Grain::Leaf,
            ..horse
        },
        Kind::Pig => Build {
            coat: rgb(0xf0_acac),
            belly: rgb(0xf4_bcb8),
            dark: rgb(0xb0_6c70),
            length: 0.42,
            back: 0.55,
            rump: 0.22,
            waist: 0.24,
            chest: 0.23,
            leg: 0.055,
            neck: 0.17,
            head: (0.66, 0.62),
            skull: 0.17,
            snout: (0.19, -0.03, 0.075),
            ..horse
        },
        Kind::Elephant => Build {
            coat: rgb(0x8c_8c94),
            belly: rgb(0x9a_989c),
            dark: rgb(0x5c_5c66),
            length: 0.34,
            back: 0.6,
            rump: 0.24,
            waist: 0.26,
            chest: 0.25,
            leg: 0.085,
            neck: 0.17,
            head: (0.56, 0.74),
            skull: 0.17,
            snout: (0.2, -0.12, 0.08),
            ..horse
        },
        _ => canine,
    };
    if let Some(colour) = look.colour {
        let natural = kind == Kind::Fox && colour.0 > colour.2 * 2.0;
        build.coat = if natural { build.coat.toward(colour, 0.3) } else { colour };
        build.belly = if kind == Kind::Cow {
            build.coat
        } else {
            build.belly.toward(colour, if build.hoof { 1.0 } else { 0.15 })
        };
    }
    build
}

pub(super) fn draw(kind: Kind, brush: &mut Brush, look: &mut Look) {
    let b = build(kind, look);
    let skin = Surface { grain: b.grain, ..surface(b.coat, b.grain, 0.12) };
    let step = look.random.between(0.03, 0.085);
    tail(kind, brush, b);
    for (x, lift) in [(-b.length + 0.05, step), (b.length * 0.92 - 0.04, -step * 0.8)] {
        leg(kind, brush, b, (x, lift), 0.62);
    }
    if kind == Kind::Elephant || kind == Kind::Lion {
        // Drawn later, over the neck.
    } else {
        ear(kind, brush, b, 0.75);
    }
    let (hx, hy) = b.head;
    let body = limb(&[
        (-b.length, b.back, b.rump),
        (0.0, b.back - 0.012, b.waist),
        (b.length * 0.92, b.back + 0.005, b.chest),
    ]);
    let neck = limb(&[
        (b.length * 0.9, b.back + 0.04, b.chest * 0.85),
        (blend2(b.length, hx, 0.55), blend2(b.back, hy, 0.5) + 0.02, b.neck * 1.12),
        (hx - b.skull * 0.15, hy, b.neck),
    ]);
    let thigh = tilted_oval(-b.length, b.back - 0.06, b.rump * 0.72, b.rump * 1.08, 0.2);
    let belly = blob(&[
        (-b.length, b.back - b.waist * 0.75),
        (0.0, b.back - b.waist * 0.45),
        (b.length, b.back - b.chest * 0.4),
        (b.length * 1.3, b.back + 0.06),
        (b.length * 1.2, b.back - b.chest * 1.4),
        (-b.length, b.back - b.waist * 1.6),
    ]);
    brush.model(&[body, neck, thigh], skin, &markings(kind, b, belly));
    for (x, lift) in [(-b.length - 0.01, -step * 0.8), (b.length * 0.92 + 0.02, step * 0.7)] {
        leg(kind, brush, b, (x, lift), 1.0);
    }
    if kind == Kind::Lion {
        let mane = blob(&[
            (hx - 0.03, hy + 0.21),
            (hx + 0.1, hy + 0.15),
            (hx + 0.12, hy - 0.06),
            (hx - 0.02, hy - 0.3),
            (hx - 0.2, hy - 0.28),
            (hx - 0.26, hy - 0.02),
            (hx - 0.18, hy + 0.16),
        ]);
        brush.body(&[mane], fur(rgb(0x84_4820), 0.1));
    }
    head(kind, brush, b);
}

fn blend2(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

fn markings(kind: Kind, b: Build, belly: Form) -> Vec<super::super::brush::Mark> {
    let mut marks = vec![mark([belly], b.belly, 0.03)];
    match kind {
        Kind::Cow => marks.push(mark(
            [
                blob(&[(-0.42, 0.8), (-0.2, 0.82), (-0.16, 0.6), (-0.36, 0.52)]),
                blob(&[(0.08, 0.84), (0.3, 0.84), (0.34, 0.62), (0.2, 0.5), (0.06, 0.64)]),
                oval(-0.02, 0.47, 0.1, 0.06),
            ],
            rgb(0x2c_2826),
            0.004,
        )),
        Kind::Tiger => {
            let stripes: Vec<Form> = (0..10)
                .map(|i| {
                    let x = -b.length - 0.08 + i as f32 * 0.105;
                    limb(&[
                        (x, b.back + 0.2, 0.015),
                        (x + 0.03, b.back + 0.04, 0.014),
                        (x - 0.01, b.back - 0.1, 0.004),
                    ])
                })
                .collect();
            marks.push(mark(stripes, b.dark, 0.003));
        }
        Kind::Deer => {
            let spots: Vec<Form> = (0..12)
                .map(|i| {
                    oval(
                        -0.28 + 0.045 * i as f32,
                        b.back + 0.03 + 0.028 * (i * 5 % 3) as f32,
                        0.011,
                        0.01,
                    )
                })
                .collect();
            marks.push(mark(spots, rgb(0xf4_e8d4), 0.003));
        }
        _ => {}
    }
    marks
}

fn leg(kind: Kind, brush: &mut Brush, b: Build, (x, lift): (f32, f32), shade: f32) {
    let hind = x < 0.0;
    let top = b.back - 0.06;
    let knee = if hind { x - lift * 0.3 - 0.02 } else { x + lift * 0.6 };
    let hock = if hind { -0.035 } else { 0.008 };
    let foot = x + lift * 1.15;
    let thick = if hind { b.leg * 1.9 } else { b.leg * 1.7 };
    let bones = limb(&[
        (x, top, thick),
        (knee + 0.01, top * 0.55, b.leg * 1.12),
        (foot + hock, top * 0.24, b.leg * 0.86),
        (foot, 0.045, b.leg * 0.82),
    ]);
    let paw = if b.hoof {
        oval(foot + 0.006, 0.03, b.leg * 0.95, 0.03)
    } else {
        oval(foot + b.leg * 0.5, 0.024, b.leg * 1.5, 0.027)
    };
    let mut marks = Vec::new();
    let low = |to: f32| polygon(&[(-1.0, -0.2), (1.0, -0.2), (1.0, to), (-1.0, to)]);
    match kind {
        Kind::Fox => marks.push(mark([low(0.24)], b.dark, 0.04)),
        Kind::Sheep => marks.push(mark([low(0.6)], b.dark, 0.0)),
        _ if b.hoof && kind != Kind::Elephant => marks.push(mark([low(0.045)], b.dark, 0.004)),
        Kind::Tiger => marks.push(mark(
            (0..3)
                .map(|i| {
                    limb(&[
                        (x - 0.1, 0.36 - 0.09 * i as f32, 0.012),
                        (x + 0.03, 0.34 - 0.09 * i as f32, 0.003),
                    ])
                })
                .collect::<Vec<_>>(),
            b.dark,
            0.003,
        )),
        _ => {}
    }
    let grain = if b.grain == Grain::Leaf { Grain::Smooth } else { b.grain };
    brush.model(&[bones, paw], surface(b.coat * shade, grain, 0.05), &marks);
}

fn tail(kind: Kind, brush: &mut Brush, b: Build) {
    let (x, y) = (-b.length - b.rump * 0.75, b.back + b.rump * 0.35);
    match kind {
        Kind::Fox | Kind::Wolf => {
            let sweep = limb(&[
                (x + 0.04, y, 0.045),
                (x - 0.12, y - 0.06, 0.085),
                (x - 0.26, y - 0.13, 0.1),
                (x - 0.4, y - 0.15, 0.07),
                (x - 0.48, y - 0.14, 0.015),
            ]);
            let tip = mark(
                [polygon(&[
                    (x - 0.33, y + 0.2),
                    (x - 0.31, y - 0.4),
                    (x - 0.8, y - 0.4),
                    (x - 0.8, y + 0.2),
                ])],
                b.belly,
                0.02,
            );
            brush.model(&[sweep], fur(b.coat, 0.08), &[tip]);
        }
        Kind::Horse | Kind::Unicorn => {
            brush.body(
                &[limb(&[
                    (x + 0.03, y + 0.02, 0.03),
                    (x - 0.06, y - 0.02, 0.045),
                    (x - 0.1, y - 0.2, 0.05),
                    (x - 0.09, y - 0.38, 0.012),
                ])],
                fur(b.dark, 0.05),
            );
        }
        Kind::Deer | Kind::Sheep | Kind::Bear => {
            brush.body(&[oval(x, y, 0.04, 0.05)], fur(b.belly, 0.04))
        }
        Kind::Pig => brush.body(
            &[limb(&[
                (x + 0.03, y, 0.014),
                (x - 0.04, y + 0.04, 0.013),
                (x - 0.06, y, 0.012),
                (x - 0.02, y - 0.005, 0.011),
                (x - 0.07, y + 0.07, 0.008),
            ])],
            smooth_skin(b.coat, 0.015),
        ),
        Kind::Cow | Kind::Elephant | Kind::Lion => {
            brush.body(
                &[limb(&[
                    (x + 0.02, y, 0.018),
                    (x - 0.06, y - 0.16, 0.014),
                    (x - 0.05, y - 0.32, 0.012),
                ])],
                smooth_skin(b.coat, 0.02),
            );
            brush.body(&[oval(x - 0.048, y - 0.36, 0.026, 0.05)], fur(b.dark, 0.03));
        }
        _ => {
            let high = limb(&[
                (x + 0.04, y, 0.035),
                (x - 0.1, y + 0.02, 0.034),
                (x - 0.2, y + 0.14, 0.032),
                (x - 0.19, y + 0.28, 0.022),
            ]);
            brush.body(&[high], fur(b.coat, 0.035));
        }
    }
}

fn ear(kind: Kind, brush: &mut Brush, b: Build, shade: f32) {
    let (hx, hy) = b.head;
    let s = b.skull;
    let back = if shade < 1.0 { s * 0.5 } else { 0.0 };
    let skin = surface(
        b.coat * shade,
        if b.grain == Grain::Fur { Grain::Fur } else { Grain::Smooth },
        0.03,
    );
    let x = hx + back;
    let form = match kind {
        Kind::Fox | Kind::Wolf | Kind::Cat => polygon(&[
            (x - s * 0.75, hy + s * 0.5),
            (x - s * 0.4, hy + s * 2.0),
            (x + s * 0.3, hy + s * 0.75),
        ]),
        Kind::Dog => blob(&[
            (x - s * 0.5, hy + s * 0.9),
            (x - s * 0.1, hy + s * 0.7),
            (x - s * 0.25, hy - s * 0.7),
            (x - s * 0.75, hy - s * 0.8),
            (x - s * 0.85, hy),
        ]),
        Kind::Horse | Kind::Unicorn => polygon(&[
            (x - s * 0.7, hy + s * 0.7),
            (x - s * 0.3, hy + s * 1.9),
            (x + s * 0.25, hy + s * 0.8),
        ]),
        Kind::Deer | Kind::Cow | Kind::Sheep => {
            tilted_oval(x - s * 0.95, hy + s * 0.75, s * 0.75, s * 0.32, -0.5)
        }
        Kind::Pig => blob(&[
            (x - s * 0.5, hy + s * 0.6),
            (x - s * 0.1, hy + s * 1.35),
            (x + s * 0.4, hy + s * 0.9),
            (x + s * 0.1, hy + s * 0.5),
        ]),
        _ => oval(x - s * 0.45, hy + s * 0.85, s * 0.36, s * 0.36),
    };
    let coat = if kind == Kind::Sheep { Surface { colour: b.dark, ..skin } } else { skin };
    let tip = mark(
        [polygon(&[
            (x - 1.0, hy + s * 1.5),
            (x + 1.0, hy + s * 1.5),
            (x + 1.0, hy + s * 3.0),
            (x - 1.0, hy + s * 3.0),
        ])],
        b.dark,
        0.01,
    );
    let marks = if kind == Kind::Fox { vec![tip] } else { Vec::new() };
    brush.model(&[form], coat, &marks);
}

fn head(kind: Kind, brush: &mut Brush, b: Build) {
    let (hx, hy) = b.head;
    let s = b.skull;
    let (dx, dy, r) = b.snout;
    if kind == Kind::Elephant {
        elephant_head(brush, b);
        return;
    }
    if matches!(kind, Kind::Deer | Kind::Cow | Kind::Unicorn) {
        horns(kind, brush, b);
    }
    let face = if kind == Kind::Sheep { b.dark } else { b.coat };
    let grain = if b.grain == Grain::Fur { Grain::Fur } else { Grain::Smooth };
    let skull = [
        oval(hx, hy, s, s * 0.95),
        limb(&[(hx + s * 0.2, hy - s * 0.1, s * 0.8), (hx + dx, hy + dy, r)]),
    ];
    let under = blob(&[
        (hx - s * 0.5, hy - s * 0.5),
        (hx + s * 0.3, hy - s * 0.22),
        (hx + dx * 0.8, hy + dy - r * 0.05),
        (hx + dx * 1.4, hy + dy - r * 0.6),
        (hx + dx, hy + dy - r * 3.0),
        (hx - s * 0.4, hy - s * 1.6),
    ]);
    let mut marks = Vec::new();
    if matches!(kind, Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Dog | Kind::Tiger | Kind::Lion) {
        marks.push(mark([under], b.belly, 0.012));
    }
    if matches!(kind, Kind::Horse | Kind::Cow | Kind::Bear | Kind::Deer) {
        let muzzle = if kind == Kind::Cow { rgb(0xe4_aca0) } else { b.coat.toward(b.dark, 0.45) };
        marks.push(mark([oval(hx + dx * 1.08, hy + dy * 1.08, r * 1.25, r * 1.3)], muzzle, 0.018));
    }
    if kind == Kind::Cow {
        marks.push(mark([oval(hx, hy + s * 0.2, s * 0.85, s * 0.7)], rgb(0x2c_2826), 0.004));
    }
    brush.model(&skull, surface(face, grain, s * 0.8), &marks);
    ear(kind, brush, b, 1.0);
    if matches!(kind, Kind::Horse | Kind::Unicorn) {
        let mane = blob(&[
            (hx + 0.01, hy + s * 1.15),
            (hx - s, hy + s * 0.9),
            (b.length + 0.02, b.back + 0.2),
            (b.length - 0.1, b.back + 0.1),
            (b.length - 0.06, b.back + 0.02),
            (b.length + 0.06, b.back + 0.1),
            (hx - s * 0.7, hy - s * 0.4),
            (hx - s * 0.1, hy + s * 0.4),
        ]);
        brush.body(&[mane], fur(b.dark, 0.04));
    }
    if kind == Kind::Sheep {
        brush.body(
            &[oval(hx - s * 0.35, hy + s * 0.75, s * 0.8, s * 0.55)],
            surface(b.coat, Grain::Leaf, 0.06),
        );
    }
    let eye = (hx + s * 0.42, hy + s * 0.2);
    let e = (s * 0.15).max(0.011);
    brush.flat(&[oval(eye.0, eye.1, e * 1.5, e * 1.35)], b.dark * 0.8);
    brush.body(
        &[oval(eye.0, eye.1, e * 1.1, e * 1.1)],
        smooth_skin(
            if matches!(kind, Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Tiger | Kind::Lion) {
                rgb(0xd8_a030)
            } else {
                rgb(0x30_1c14)
            },
            0.01,
        ),
    );
    brush.flat(&[oval(eye.0 + e * 0.1, eye.1, e * 0.6, e * 0.85)], rgb(0x08_0606));
    brush.shine(
        &[oval(eye.0 + e * 0.35, eye.1 + e * 0.4, e * 0.3, e * 0.3)],
        brush.light.flat(WHITE).lighter(0.3),
    );
    let tip = (hx + dx + r * 0.75, hy + dy + r * 0.25);
    if kind == Kind::Pig {
        brush.body(
            &[oval(tip.0, tip.1 - 0.01, r * 0.5, r * 0.95)],
            smooth_skin(b.dark.toward(b.coat, 0.5), 0.02),
        );
        brush.flat(
            &[
                oval(tip.0 + 0.008, tip.1 + r * 0.2, r * 0.12, r * 0.2),
                oval(tip.0 + 0.008, tip.1 - r * 0.4, r * 0.12, r * 0.2),
            ],
            b.dark * 0.7,
        );
    } else if b.hoof {
        brush.flat(
            &[tilted_oval(tip.0 - r * 0.1, tip.1 - r * 0.2, r * 0.2, r * 0.13, 0.6)],
            b.dark * 0.7,
        );
    } else {
        brush.body(
            &[oval(tip.0, tip.1, r * 0.62, r * 0.52)],
            smooth_skin(rgb(0x1c_1618), 0.015).shiny(0.5),
        );
    }
    if !matches!(kind, Kind::Bear) {
        brush.flat(
            &[limb(&[
                (hx + dx + r * 0.5, hy + dy - r * 0.45, 0.004),
                (hx + dx * 0.45, hy + dy * 0.5 - s * 0.42, 0.003),
            ])],
            b.dark.toward(b.coat, 0.3),
        );
    }
}

fn horns(kind: Kind, brush: &mut Brush, b: Build) {
    let (hx, hy) = b.head;
    let s = b.skull;
    match kind {
        Kind::Unicorn => brush.body(
            &[limb(&[(hx + s * 0.5, hy + s * 0.7, 0.018), (hx + s * 2.6, hy + s * 3.6, 0.002)])],
            smooth_skin(rgb(0xf0_d078), 0.015).shiny(0.6),
        ),
        Kind::Cow => brush.body(
            &[limb(&[
                (hx - s * 0.2, hy + s * 0.7, 0.026),
                (hx - s * 0.1, hy + s * 1.5, 0.018),
                (hx + s * 0.4, hy + s * 1.8, 0.006),
            ])],
            smooth_skin(rgb(0xe0_d4bc), 0.02),
        ),
        _ => {
            for (shift, tone) in [(s * 0.6, 0.7), (0.0, 1.0)] {
                let x = hx - s * 0.1 + shift;
                let y = hy + s * 0.7;
                let beam = [
                    limb(&[
                        (x, y, 0.014),
                        (x - 0.07, y + 0.1, 0.012),
                        (x - 0.05, y + 0.2, 0.009),
                        (x + 0.02, y + 0.27, 0.003),
                    ]),
                    limb(&[(x - 0.03, y + 0.05, 0.01), (x + 0.05, y + 0.12, 0.003)]),
                    limb(&[(x - 0.07, y + 0.12, 0.01), (x - 0.13, y + 0.22, 0.003)]),
                    limb(&[(x - 0.055, y + 0.18, 0.008), (x - 0.09, y + 0.28, 0.003)]),
                ];
                brush.body(&beam, smooth_skin(rgb(0x9a_7c58) * tone, 0.014));
            }
        }
    }
}

fn elephant_head(brush: &mut Brush, b: Build) {
    let (hx, hy) = b.head;
    let skin = surface(b.coat, Grain::Stone, 0.12);
    let trunk = limb(&[
        (hx + 0.1, hy - 0.02, 0.1),
        (hx + 0.2, hy - 0.2, 0.075),
        (hx + 0.21, hy - 0.42, 0.055),
        (hx + 0.26, hy - 0.58, 0.042),
        (hx + 0.34, hy - 0.58, 0.034),
    ]);
    brush.body(
        &[limb(&[
            (hx + 0.1, hy - 0.17, 0.03),
            (hx + 0.24, hy - 0.27, 0.022),
            (hx + 0.34, hy - 0.24, 0.006),
        ])],
        smooth_skin(rgb(0xf0_e8d4), 0.03),
    );
    brush.body(&[oval(hx, hy, 0.18, 0.2), trunk], skin);
    brush.body(
        &[blob(&[
            (hx - 0.04, hy + 0.17),
            (hx - 0.2, hy + 0.18),
            (hx - 0.3, hy + 0.02),
            (hx - 0.25, hy - 0.2),
            (hx - 0.12, hy - 0.24),
            (hx - 0.02, hy - 0.1),
        ])],
        surface(b.coat * 0.92, Grain::Stone, 0.05),
    );
    brush.flat(&[oval(hx + 0.09, hy + 0.03, 0.018, 0.018)], rgb(0x18_1414));
    brush.shine(&[oval(hx + 0.095, hy + 0.037, 0.005, 0.005)], WHITE);
}
