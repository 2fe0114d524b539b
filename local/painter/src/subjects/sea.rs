//! What swims.

use super::super::brush::{Brush, Grain, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, pair, polygon, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::Look;

fn eye(brush: &mut Brush, x: f32, y: f32, r: f32) {
    brush.flat(&[oval(x, y, r * 1.5, r * 1.5)], WHITE);
    brush.flat(&[oval(x + r * 0.15, y, r, r)], rgb(0x0c_0a10));
    brush.shine(&[oval(x + r * 0.45, y + r * 0.4, r * 0.35, r * 0.35)], WHITE);
}

pub(super) fn fish(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or_one_of(&[
        rgb(0xf0_7c28),
        rgb(0xf0_c838),
        rgb(0x38_90d0),
        rgb(0xe0_5068),
        rgb(0x50_b8a8),
    ]);
    let striped = look.random.chance(0.5);
    let fin = surface(coat.toward(rgb(0xff_e0a0), 0.3), Grain::Smooth, 0.04);
    brush.body(
        &[blob(&[
            (-0.5, 0.5),
            (-0.72, 0.72),
            (-0.88, 0.86),
            (-0.8, 0.55),
            (-0.78, 0.45),
            (-0.88, 0.14),
            (-0.7, 0.28),
        ])],
        fin,
    );
    brush.body(
        &[
            blob(&[(-0.3, 0.76), (-0.1, 0.98), (0.2, 0.94), (0.3, 0.78)]),
            blob(&[(-0.2, 0.24), (-0.25, 0.04), (0.0, 0.14), (0.1, 0.24)]),
        ],
        fin,
    );
    let body = blob(&[
        (0.72, 0.5),
        (0.56, 0.68),
        (0.2, 0.82),
        (-0.2, 0.76),
        (-0.56, 0.56),
        (-0.56, 0.44),
        (-0.2, 0.24),
        (0.2, 0.18),
        (0.56, 0.32),
    ]);
    let belly = blob(&[(0.8, 0.42), (0.2, 0.4), (-0.5, 0.42), (-0.3, 0.0), (0.4, 0.0)]);
    let bands: Vec<Form> = [0.34, -0.06, -0.42]
        .iter()
        .map(|x| limb(&[(*x, 0.95, 0.05), (x + 0.04, 0.5, 0.07), (*x, 0.05, 0.05)]))
        .collect();
    let mut marks = vec![mark([belly], coat.toward(WHITE, 0.6), 0.06)];
    if striped {
        marks.push(mark(bands, rgb(0xfa_f6ee), 0.006));
    }
    brush.model(&[body], surface(coat, Grain::Scale, 0.2).shiny(0.3), &marks);
    brush.body(
        &[blob(&[(0.16, 0.46), (0.02, 0.5), (-0.16, 0.38), (-0.06, 0.28), (0.1, 0.34)])],
        fin,
    );
    brush.veil(
        &[limb(&[(0.36, 0.68, 0.008), (0.3, 0.5, 0.01), (0.35, 0.34, 0.008)])],
        Rgb(0.1, 0.05, 0.05),
        0.35,
        0.006,
    );
    brush.flat(&[limb(&[(0.7, 0.46, 0.008), (0.6, 0.42, 0.008)])], coat * 0.5);
    eye(brush, 0.5, 0.58, 0.042);
}

/// Whale and shark share a back; what is under it differs.
pub(super) fn whale(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or(rgb(0x3c_6088));
    let skin = smooth_skin(coat, 0.2);
    brush.body(
        &[blob(&[
            (-0.84, 0.6),
            (-1.02, 0.78),
            (-1.2, 0.9),
            (-1.06, 0.66),
            (-1.1, 0.5),
            (-0.96, 0.5),
        ])],
        smooth_skin(coat * 0.85, 0.05),
    );
    brush.body(
        &[blob(&[(0.3, 0.24), (0.1, 0.16), (-0.1, -0.06), (-0.02, -0.1), (0.3, 0.04), (0.5, 0.2)])],
        smooth_skin(coat * 0.7, 0.05),
    );
    let body = blob(&[
        (0.98, 0.46),
        (0.9, 0.66),
        (0.6, 0.82),
        (0.1, 0.84),
        (-0.4, 0.74),
        (-0.84, 0.62),
        (-0.98, 0.6),
        (-0.84, 0.5),
        (-0.4, 0.34),
        (0.1, 0.18),
        (0.6, 0.18),
        (0.9, 0.28),
    ]);
    let belly = blob(&[
        (1.1, 0.42),
        (0.6, 0.42),
        (0.1, 0.38),
        (-0.5, 0.42),
        (-0.4, 0.1),
        (0.2, 0.0),
        (0.9, 0.0),
    ]);
    let grooves: Vec<Form> = (0..6)
        .map(|i| {
            limb(&[
                (0.94 - 0.02 * i as f32, 0.4 - 0.036 * i as f32, 0.004),
                (0.4, 0.37 - 0.036 * i as f32, 0.005),
                (0.05, 0.36 - 0.03 * i as f32, 0.002),
            ])
        })
        .collect();
    brush.model(
        &[body],
        skin,
        &[mark([belly], rgb(0xd8_e4ec), 0.03), mark(grooves, rgb(0x8c_a4b8), 0.002)],
    );
    brush.body(
        &[blob(&[(-0.3, 0.76), (-0.42, 0.88), (-0.5, 0.86), (-0.46, 0.74)])],
        smooth_skin(coat * 0.9, 0.04),
    );
    brush.body(
        &[blob(&[
            (0.44, 0.26),
            (0.26, 0.2),
            (0.04, -0.02),
            (0.12, -0.06),
            (0.42, 0.08),
            (0.58, 0.22),
        ])],
        smooth_skin(coat * 0.95, 0.05),
    );
    brush.flat(
        &[limb(&[(0.96, 0.44, 0.006), (0.76, 0.44, 0.007), (0.62, 0.5, 0.005)])],
        coat * 0.45,
    );
    brush.flat(&[oval(0.58, 0.55, 0.022, 0.018)], rgb(0x0c_1018));
    brush.shine(&[oval(0.586, 0.558, 0.006, 0.006)], WHITE);
}

pub(super) fn shark(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or(rgb(0x6c_7c8c));
    brush.body(
        &[polygon(&[(-0.86, 0.52), (-1.16, 0.92), (-1.04, 0.54), (-1.12, 0.26), (-0.88, 0.46)])],
        smooth_skin(coat * 0.85, 0.04),
    );
    brush.body(
        &[
            blob(&[(0.12, 0.7), (-0.06, 0.98), (-0.14, 1.0), (-0.16, 0.72)]),
            polygon(&[(-0.6, 0.58), (-0.74, 0.68), (-0.7, 0.56)]),
        ],
        smooth_skin(coat * 0.9, 0.04),
    );
    let body = blob(&[
        (1.02, 0.56),
        (0.7, 0.7),
        (0.2, 0.74),
        (-0.4, 0.62),
        (-0.92, 0.52),
        (-0.92, 0.46),
        (-0.4, 0.38),
        (0.2, 0.3),
        (0.7, 0.38),
    ]);
    let belly = blob(&[(1.1, 0.5), (0.4, 0.46), (-0.5, 0.44), (-0.2, 0.1), (0.7, 0.1)]);
    let gills: Vec<Form> = (0..4)
        .map(|i| {
            limb(&[(0.4 - 0.05 * i as f32, 0.6, 0.005), (0.37 - 0.05 * i as f32, 0.46, 0.005)])
        })
        .collect();
    brush.model(
        &[body],
        smooth_skin(coat, 0.16),
        &[mark([belly], rgb(0xe4_e8ea), 0.02), mark(gills, coat * 0.5, 0.002)],
    );
    brush.body(
        &[blob(&[(0.28, 0.42), (0.1, 0.18), (-0.06, 0.06), (-0.02, 0.24), (0.06, 0.4)])],
        smooth_skin(coat * 0.9, 0.04),
    );
    brush.flat(
        &[limb(&[(0.88, 0.47, 0.009), (0.74, 0.42, 0.009), (0.6, 0.44, 0.005)])],
        rgb(0x30_2020),
    );
    brush.flat(&[oval(0.72, 0.585, 0.024, 0.024)], rgb(0x0c_0c10));
}

pub(super) fn dolphin(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or(rgb(0x5c_84a4));
    brush.body(
        &[blob(&[
            (-0.62, 0.18),
            (-0.78, 0.2),
            (-0.94, 0.1),
            (-0.74, 0.04),
            (-0.72, -0.12),
            (-0.6, 0.04),
        ])],
        smooth_skin(coat * 0.85, 0.04),
    );
    brush.body(
        &[blob(&[(0.02, 0.82), (-0.12, 1.0), (-0.2, 0.98), (-0.2, 0.76)])],
        smooth_skin(coat * 0.9, 0.04),
    );
    let body = blob(&[
        (0.9, 0.48),
        (0.72, 0.56),
        (0.62, 0.7),
        (0.4, 0.82),
        (0.0, 0.82),
        (-0.4, 0.56),
        (-0.66, 0.16),
        (-0.6, 0.1),
        (-0.3, 0.36),
        (0.1, 0.52),
        (0.5, 0.5),
        (0.72, 0.47),
    ]);
    let belly =
        blob(&[(1.0, 0.44), (0.6, 0.58), (0.1, 0.62), (-0.3, 0.44), (-0.3, 0.2), (0.5, 0.3)]);
    brush.model(
        &[body],
        smooth_skin(coat, 0.14).shiny(0.3),
        &[mark([belly], rgb(0xe8_eef2), 0.03)],
    );
    brush.body(
        &[blob(&[(0.3, 0.58), (0.16, 0.36), (0.04, 0.28), (0.06, 0.44), (0.14, 0.58)])],
        smooth_skin(coat * 0.8, 0.04),
    );
    brush.flat(&[limb(&[(0.88, 0.485, 0.005), (0.66, 0.54, 0.005)])], coat * 0.5);
    brush.flat(&[oval(0.58, 0.65, 0.02, 0.02)], rgb(0x0c_1018));
}

pub(super) fn octopus(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or_one_of(&[rgb(0xd0_5c50), rgb(0xa0_5cb0), rgb(0xe0_8048)]);
    for (i, reach) in [
        (-3.0, 0.46),
        (3.0, 0.46),
        (-2.0, 0.4),
        (2.0, 0.4),
        (-1.0, 0.24),
        (1.0, 0.24),
        (-0.35, 0.1),
        (0.35, 0.1),
    ] {
        let side = f32::signum(i);
        let curl = look.random.between(-0.08, 0.08);
        let low = 0.02 + 0.05 * (3.0 - f32::abs(i));
        let arm = limb(&[
            (i * 0.035, 0.46, 0.085),
            (side * reach * 0.75, 0.3, 0.065),
            (side * reach + curl, 0.12 + low, 0.045),
            (side * (reach + 0.1) - curl, low, 0.03),
            (side * (reach + 0.03), low - 0.03, 0.012),
        ]);
        let tone = if f32::abs(i) > 1.5 { 0.8 } else { 1.0 };
        brush.body(&[arm], smooth_skin(coat * tone, 0.05).shiny(0.2));
    }
    brush.model(
        &[blob(&[
            (0.0, 1.02),
            (0.2, 0.96),
            (0.27, 0.78),
            (0.2, 0.58),
            (0.15, 0.42),
            (-0.15, 0.42),
            (-0.2, 0.58),
            (-0.27, 0.78),
            (-0.2, 0.96),
        ])],
        smooth_skin(coat, 0.15).shiny(0.3),
        &[mark(
            [
                oval(-0.1, 0.9, 0.03, 0.025),
                oval(0.12, 0.85, 0.022, 0.02),
                oval(0.02, 0.95, 0.018, 0.016),
            ],
            coat.lighter(0.35),
            0.008,
        )],
    );
    eye(brush, 0.09, 0.58, 0.032);
    eye(brush, -0.09, 0.58, 0.032);
}

pub(super) fn jellyfish(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or_one_of(&[rgb(0xe8_90d8), rgb(0x90_b0ff), rgb(0xff_b890)]);
    brush.glow(0.0, 0.75, 0.16, coat, 0.7);
    for i in 0..11 {
        let x = (i as f32 - 5.0) * 0.045;
        let (a, b) = (look.random.between(-0.07, 0.07), look.random.between(-0.12, 0.12));
        brush.veil(
            &[limb(&[
                (x, 0.64, 0.014),
                (x + a, 0.42, 0.011),
                (x - a, 0.2, 0.008),
                (x + b, -0.05, 0.003),
            ])],
            coat.lighter(0.4),
            0.7,
            0.002,
        );
    }
    brush.veil(
        &[blob(&[
            (0.0, 1.0),
            (0.22, 0.92),
            (0.32, 0.72),
            (0.28, 0.6),
            (0.14, 0.64),
            (0.0, 0.6),
            (-0.14, 0.64),
            (-0.28, 0.6),
            (-0.32, 0.72),
            (-0.22, 0.92),
        ])],
        coat,
        0.75,
        0.006,
    );
    brush.veil(
        &[blob(&[
            (0.0, 0.94),
            (0.13, 0.88),
            (0.18, 0.74),
            (0.0, 0.68),
            (-0.18, 0.74),
            (-0.13, 0.88),
        ])],
        coat.lighter(0.55),
        0.6,
        0.03,
    );
    brush.veil(&pair(tilted_oval(0.14, 0.88, 0.05, 0.02, -0.6)), WHITE, 0.55, 0.012);
}

pub(super) fn turtle(brush: &mut Brush, look: &mut Look) {
    let skin: Rgb = rgb(0x7c_9c5c);
    let shell = look.colour_or(rgb(0x6c_5030));
    brush.body(
        &[
            blob(&[(0.28, 0.4), (0.5, 0.2), (0.42, -0.06), (0.3, -0.1), (0.2, 0.26)]),
            blob(&[(-0.4, 0.38), (-0.66, 0.16), (-0.72, 0.04), (-0.5, 0.08), (-0.3, 0.26)]),
        ],
        surface(skin * 0.8, Grain::Scale, 0.05),
    );
    brush.body(
        &[limb(&[(0.4, 0.46, 0.1), (0.66, 0.58, 0.085)]), oval(0.76, 0.62, 0.14, 0.115)],
        surface(skin, Grain::Scale, 0.08),
    );
    let dome = blob(&[
        (0.56, 0.42),
        (0.44, 0.7),
        (0.12, 0.92),
        (-0.24, 0.88),
        (-0.54, 0.6),
        (-0.66, 0.38),
        (-0.3, 0.28),
        (0.2, 0.28),
    ]);
    let mut seams: Vec<Form> = Vec::new();
    for x in [-0.36_f32, -0.06, 0.24] {
        seams.push(limb(&[(x - 0.05, 1.0, 0.012), (x, 0.6, 0.012), (x + 0.05, 0.2, 0.012)]));
    }
    seams.push(limb(&[(-0.7, 0.55, 0.012), (-0.06, 0.62, 0.012), (0.6, 0.52, 0.012)]));
    brush.model(
        &[dome],
        surface(shell, Grain::Stone, 0.16),
        &[mark(seams, shell.toward(rgb(0xd8_c080), 0.6), 0.006)],
    );
    brush.body(
        &[blob(&[(0.34, 0.36), (0.62, 0.1), (0.56, -0.12), (0.42, -0.06), (0.2, 0.24)])],
        surface(skin, Grain::Scale, 0.05),
    );
    brush.flat(&[limb(&[(0.88, 0.58, 0.005), (0.76, 0.56, 0.005)])], skin * 0.4);
    eye(brush, 0.8, 0.66, 0.022);
}
