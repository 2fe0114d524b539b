//! A person from the chest up.

use super::super::brush::{Brush, Frame, fur, mark, smooth_skin};
use super::super::canvas::Canvas;
use super::super::geometry::at;
use super::super::light::Light;
use super::super::outline::{Form, blob, limb, oval, pair, polygon, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::random::Random;
use super::super::scene::{Actor, Kind};
use super::{Look, people};

/// What one face is made of.
struct Face {
    skin: Rgb,
    hair: Rgb,
    coat: Rgb,
    iris: Rgb,
    old: bool,
    beard: bool,
    long_hair: bool,
}

pub(in super::super) fn portrait(
    canvas: &mut Canvas,
    light: &Light,
    actor: Actor,
    random: &mut Random,
) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let mut look = Look {
        colour: actor.colour,
        old: actor.old,
        lit: light.dark,
        random: random.fork("portrait"),
    };
    // Room above the head for what is worn on it.
    let crowned = matches!(actor.kind, Kind::Sailor | Kind::King | Kind::Queen | Kind::Wizard);
    let scale = (height * if crowned { 0.87 } else { 0.98 }).min(width * 1.12);
    let frame = Frame {
        origin: at(width * random.between(0.46, 0.54), height * 1.02),
        scale,
        flip: random.chance(0.5),
        tilt: 0.0,
    };
    let female = matches!(actor.kind, Kind::Woman | Kind::Queen);
    let face = Face {
        skin: people::skin_tone(&mut look),
        hair: people::hair_colour(&mut look),
        coat: look.colour.unwrap_or(match actor.kind {
            Kind::Sailor => rgb(0x22_3458),
            Kind::King => rgb(0x8c_2030),
            Kind::Queen => rgb(0x60_2c70),
            Kind::Knight => rgb(0x8c_949c),
            Kind::Wizard => rgb(0x34_3880),
            _ => random.pick(&[
                rgb(0x3c_5070),
                rgb(0x70_4030),
                rgb(0x40_5c48),
                rgb(0x94_3c40),
                rgb(0x4c_4860),
            ]),
        }),
        iris: random.pick(&[rgb(0x4c_80a8), rgb(0x5c_8450), rgb(0x6c_4428), rgb(0x58_6c78)]),
        old: look.old,
        beard: !female
            && actor.kind != Kind::Child
            && (look.old
                || matches!(actor.kind, Kind::Sailor | Kind::King | Kind::Wizard)
                || random.chance(0.35)),
        long_hair: female,
    };
    let mut brush = Brush { canvas, frame, light, distance: 0.0, salt: random.next() as u32 };
    if face.long_hair {
        brush.body(
            &[blob(&[
                (0.0, 0.97),
                (0.2, 0.92),
                (0.27, 0.72),
                (0.26, 0.42),
                (0.2, 0.2),
                (-0.2, 0.2),
                (-0.26, 0.42),
                (-0.27, 0.72),
                (-0.2, 0.92),
            ])],
            fur(face.hair * 0.8, 0.12),
        );
    }
    shoulders(&mut brush, actor.kind, &face);
    head(&mut brush, &face);
    features(&mut brush, &face);
    if face.beard {
        beard(&mut brush, &face);
    }
    hair(&mut brush, &face);
    headgear(&mut brush, actor.kind, &face);
}

fn shoulders(brush: &mut Brush, kind: Kind, face: &Face) {
    let cloth = smooth_skin(face.coat, 0.13);
    brush.body(&[limb(&[(0.0, 0.5, 0.105), (0.0, 0.3, 0.12)])], smooth_skin(face.skin * 0.8, 0.09));
    let torso = blob(&[
        (-0.11, 0.37),
        (-0.28, 0.29),
        (-0.46, 0.17),
        (-0.54, -0.1),
        (0.54, -0.1),
        (0.46, 0.17),
        (0.28, 0.29),
        (0.11, 0.37),
        (0.0, 0.25),
    ]);
    let knit: Vec<Form> = (0..22)
        .map(|i| {
            let x = (i as f32 - 10.5) * 0.048;
            limb(&[(x * 0.62, 0.34, 0.004), (x, -0.1, 0.005)])
        })
        .collect();
    brush.model(&[torso], cloth, &[mark(knit, face.coat * 0.8, 0.004)]);
    match kind {
        Kind::Sailor | Kind::Person | Kind::Child => {
            brush.body(
                &[blob(&[
                    (-0.15, 0.4),
                    (-0.1, 0.45),
                    (0.0, 0.42),
                    (0.1, 0.45),
                    (0.15, 0.4),
                    (0.14, 0.3),
                    (0.0, 0.27),
                    (-0.14, 0.3),
                ])],
                smooth_skin(face.coat * 1.12, 0.05),
            );
        }
        Kind::King | Kind::Queen => brush.body(
            &[blob(&[
                (-0.3, 0.3),
                (-0.1, 0.4),
                (0.0, 0.28),
                (0.1, 0.4),
                (0.3, 0.3),
                (0.2, 0.14),
                (0.0, 0.12),
                (-0.2, 0.14),
            ])],
            fur(rgb(0xf2_eee4), 0.06),
        ),
        _ => {
            for form in pair(polygon(&[(0.02, 0.26), (0.12, 0.4), (0.2, 0.28), (0.08, 0.08)])) {
                brush.body(&[form], smooth_skin(face.coat * 0.75, 0.03));
            }
        }
    }
    if kind == Kind::Sailor {
        for y in [0.14, 0.02] {
            for side in [1.0, -1.0] {
                brush.body(
                    &[oval(side * 0.1, y, 0.026, 0.026)],
                    smooth_skin(rgb(0xe0_b850), 0.02).shiny(0.9),
                );
            }
        }
    }
}

fn head(brush: &mut Brush, face: &Face) {
    for form in pair(tilted_oval(0.2, 0.635, 0.034, 0.06, -0.15)) {
        brush.body(&[form], smooth_skin(face.skin * 0.9, 0.03));
    }
    let jaw = if face.long_hair { 0.115 } else { 0.135 };
    let skull = blob(&[
        (0.0, 0.91),
        (0.12, 0.885),
        (0.19, 0.79),
        (0.195, 0.66),
        (0.17, 0.53),
        (jaw, 0.455),
        (0.05, 0.41),
        (-0.05, 0.41),
        (-jaw, 0.455),
        (-0.17, 0.53),
        (-0.195, 0.66),
        (-0.19, 0.79),
        (-0.12, 0.885),
    ]);
    let blush = pair(oval(0.115, 0.575, 0.05, 0.035));
    let sockets = pair(oval(0.08, 0.68, 0.055, 0.032));
    let mut marks = vec![
        mark(blush, face.skin.toward(rgb(0xd0_5848), 0.35), 0.025),
        mark(sockets, face.skin * 0.78, 0.016),
    ];
    if face.old {
        let mut lines: Vec<Form> = vec![
            limb(&[(-0.1, 0.795, 0.003), (0.0, 0.803, 0.004), (0.1, 0.795, 0.003)]),
            limb(&[(-0.08, 0.825, 0.003), (0.0, 0.833, 0.003), (0.08, 0.825, 0.003)]),
        ];
        lines.extend(pair(limb(&[
            (0.05, 0.575, 0.004),
            (0.088, 0.54, 0.0045),
            (0.092, 0.5, 0.003),
        ])));
        lines.extend(pair(limb(&[
            (0.045, 0.648, 0.003),
            (0.085, 0.635, 0.0035),
            (0.118, 0.65, 0.003),
        ])));
        for dy in [0.0, 0.018, -0.018] {
            lines
                .extend(pair(limb(&[(0.142, 0.675 + dy * 0.4, 0.0028), (0.17, 0.68 + dy, 0.002)])));
        }
        marks.push(mark(lines, face.skin * 0.62, 0.004));
    }
    brush.model(&[skull], smooth_skin(face.skin, 0.17), &marks);
}

fn features(brush: &mut Brush, face: &Face) {
    for side in [1.0_f32, -1.0] {
        let x = side * 0.08;
        brush.flat(
            &[blob(&[(x - 0.042, 0.672), (x, 0.692), (x + 0.042, 0.672), (x, 0.656)])],
            rgb(0xf4_eee6),
        );
        brush.flat(&[oval(x, 0.674, 0.0185, 0.0185)], face.iris);
        brush.flat(&[oval(x, 0.674, 0.009, 0.009)], rgb(0x0c_0a0c));
        brush.shine(&[oval(x + 0.006, 0.68, 0.0045, 0.0045)], WHITE);
        brush.body(
            &[limb(&[(x - 0.046, 0.672, 0.005), (x, 0.695, 0.0075), (x + 0.046, 0.672, 0.005)])],
            smooth_skin(face.skin * 0.72, 0.008),
        );
        let brow = if face.old { face.hair } else { face.hair * 0.85 };
        brush.body(
            &[limb(&[
                (x - side * 0.045, 0.722, 0.012),
                (x, 0.74, 0.014),
                (x + side * 0.055, 0.722, 0.006),
            ])],
            fur(brow, 0.012),
        );
    }
    let nose = [
        limb(&[(0.0, 0.69, 0.015), (0.004, 0.61, 0.021), (0.006, 0.57, 0.032)]),
        oval(0.03, 0.562, 0.019, 0.017),
        oval(-0.022, 0.562, 0.019, 0.017),
    ];
    brush.model(&nose, smooth_skin(face.skin.toward(rgb(0xd8_7858), 0.12), 0.03), &[]);
    for side in [1.0, -1.0] {
        brush.flat(&[oval(side * 0.02 + 0.004, 0.549, 0.0075, 0.005)], face.skin * 0.45);
    }
    let lips = if face.long_hair { rgb(0xb8_4048) } else { face.skin.toward(rgb(0xa0_4840), 0.55) };
    brush.body(
        &[blob(&[
            (-0.062, 0.492),
            (-0.02, 0.505),
            (0.0, 0.5),
            (0.02, 0.505),
            (0.062, 0.492),
            (0.025, 0.474),
            (0.0, 0.471),
            (-0.025, 0.474),
        ])],
        smooth_skin(lips, 0.014),
    );
    brush.flat(
        &[limb(&[(-0.062, 0.493, 0.0028), (0.0, 0.49, 0.0036), (0.062, 0.493, 0.0028)])],
        lips * 0.5,
    );
}

fn beard(brush: &mut Brush, face: &Face) {
    let full = blob(&[
        (-0.192, 0.64),
        (-0.17, 0.53),
        (-0.1, 0.525),
        (-0.065, 0.468),
        (0.0, 0.458),
        (0.065, 0.468),
        (0.1, 0.525),
        (0.17, 0.53),
        (0.192, 0.64),
        (0.205, 0.5),
        (0.165, 0.37),
        (0.08, 0.28),
        (0.0, 0.25),
        (-0.08, 0.28),
        (-0.165, 0.37),
        (-0.205, 0.5),
    ]);
    brush.body(&[full], fur(face.hair, 0.09));
    for side in [1.0, -1.0] {
        brush.body(
            &[blob(&[
                (0.0, 0.535),
                (side * 0.06, 0.535),
                (side * 0.12, 0.49),
                (side * 0.1, 0.475),
                (side * 0.045, 0.502),
                (0.0, 0.512),
            ])],
            fur(face.hair * 1.04, 0.025),
        );
    }
}

fn hair(brush: &mut Brush, face: &Face) {
    let top = if face.long_hair {
        blob(&[
            (0.0, 0.97),
            (0.15, 0.94),
            (0.225, 0.8),
            (0.24, 0.6),
            (0.225, 0.42),
            (0.19, 0.5),
            (0.185, 0.68),
            (0.12, 0.82),
            (-0.03, 0.86),
            (-0.14, 0.8),
            (-0.185, 0.68),
            (-0.19, 0.5),
            (-0.225, 0.42),
            (-0.24, 0.6),
            (-0.225, 0.8),
            (-0.15, 0.94),
        ])
    } else {
        blob(&[
            (0.0, 0.965),
            (0.14, 0.935),
            (0.215, 0.83),
            (0.212, 0.64),
            (0.188, 0.7),
            (0.165, 0.8),
            (0.06, 0.85),
            (-0.08, 0.84),
            (-0.165, 0.79),
            (-0.188, 0.7),
            (-0.212, 0.64),
            (-0.215, 0.83),
            (-0.14, 0.935),
        ])
    };
    brush.body(&[top], fur(face.hair, 0.08));
}

fn headgear(brush: &mut Brush, kind: Kind, face: &Face) {
    match kind {
        Kind::Sailor => {
            brush.body(
                &[blob(&[
                    (-0.255, 0.87),
                    (-0.27, 0.97),
                    (-0.15, 1.05),
                    (0.0, 1.065),
                    (0.15, 1.05),
                    (0.27, 0.97),
                    (0.255, 0.87),
                    (0.0, 0.9),
                ])],
                smooth_skin(WHITE * 0.95, 0.1),
            );
            brush.body(
                &[blob(&[
                    (-0.225, 0.895),
                    (0.0, 0.925),
                    (0.225, 0.895),
                    (0.22, 0.815),
                    (0.0, 0.85),
                    (-0.22, 0.815),
                ])],
                smooth_skin(rgb(0x1a_2440), 0.04),
            );
            brush.body(
                &[blob(&[
                    (-0.2, 0.825),
                    (0.0, 0.865),
                    (0.2, 0.825),
                    (0.15, 0.785),
                    (0.0, 0.775),
                    (-0.15, 0.785),
                ])],
                smooth_skin(rgb(0x14_1418), 0.03).shiny(0.8),
            );
            let gold = smooth_skin(rgb(0xe8_c050), 0.02).shiny(0.8);
            brush.body(
                &[
                    limb(&[(0.0, 0.925, 0.008), (0.0, 0.86, 0.008)]),
                    limb(&[(-0.026, 0.905, 0.006), (0.026, 0.905, 0.006)]),
                    limb(&[(-0.036, 0.882, 0.006), (0.0, 0.858, 0.007), (0.036, 0.882, 0.006)]),
                ],
                gold,
            );
        }
        Kind::King | Kind::Queen => {
            brush.body(
                &[polygon(&[
                    (-0.2, 0.85),
                    (-0.225, 1.02),
                    (-0.12, 0.94),
                    (0.0, 1.06),
                    (0.12, 0.94),
                    (0.225, 1.02),
                    (0.2, 0.85),
                    (0.0, 0.88),
                ])],
                smooth_skin(rgb(0xf0_c038), 0.05).shiny(0.9),
            );
            for (x, c) in [(-0.12, 0x28_70d0), (0.0, 0xd0_2038), (0.12, 0x28_a060)] {
                brush.body(&[oval(x, 0.9, 0.022, 0.024)], smooth_skin(rgb(c), 0.02).shiny(1.0));
            }
        }
        Kind::Wizard => {
            brush.body(
                &[blob(&[(-0.19, 0.85), (-0.12, 1.05), (0.04, 1.3), (0.1, 1.2), (0.19, 0.85)])],
                smooth_skin(face.coat, 0.1),
            );
            brush.body(&[oval(0.0, 0.855, 0.34, 0.055)], smooth_skin(face.coat * 0.9, 0.04));
        }
        Kind::Knight => brush.body(
            &[blob(&[
                (0.0, 1.0),
                (0.17, 0.95),
                (0.235, 0.8),
                (0.235, 0.5),
                (0.19, 0.46),
                (0.175, 0.72),
                (0.0, 0.79),
                (-0.175, 0.72),
                (-0.19, 0.46),
                (-0.235, 0.5),
                (-0.235, 0.8),
                (-0.17, 0.95),
            ])],
            smooth_skin(rgb(0x9c_a4b0), 0.09).shiny(0.9),
        ),
        _ => {}
    }
}
