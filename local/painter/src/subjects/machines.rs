//! The robot.

use super::super::brush::{Brush, mark, smooth_skin};
use super::super::outline::{limb, oval, ring, slab, wire};
use super::super::palette::{WHITE, rgb};
use super::Look;

pub(super) fn robot(brush: &mut Brush, look: &mut Look) {
    let paint =
        look.colour_or_one_of(&[rgb(0xa8_b4bc), rgb(0xd8_8c40), rgb(0x6c_98a8), rgb(0xd8_d0c0)]);
    let metal = smooth_skin(paint, 0.08).shiny(0.6);
    let joint = smooth_skin(rgb(0x50_565c), 0.04).shiny(0.4);
    let eye = look.random.pick(&[rgb(0x50_e0ff), rgb(0xff_c840), rgb(0x70_ff90)]);
    let wave = look.random.chance(0.5);
    for side in [1.0, -1.0] {
        brush.body(&[limb(&[(side * 0.11, 0.34, 0.04), (side * 0.12, 0.2, 0.036)])], joint);
        brush.body(&[slab(side * 0.12 - 0.06, 0.07, side * 0.12 + 0.06, 0.22, 0.03)], metal);
        brush.body(
            &[slab(side * 0.13 - 0.1, 0.0, side * 0.13 + 0.1, 0.08, 0.04)],
            smooth_skin(paint * 0.7, 0.04).shiny(0.4),
        );
        let up = wave && side > 0.0;
        let (elbow, hand) = if up {
            ((0.4, 0.5), (0.44, 0.74))
        } else {
            ((side * 0.33, 0.42), (side * 0.33, 0.26))
        };
        brush.body(&[limb(&[(side * 0.22, 0.58, 0.04), (elbow.0, elbow.1, 0.034)])], joint);
        brush.body(&[oval(side * 0.225, 0.585, 0.068, 0.068)], metal);
        brush.body(&[limb(&[(elbow.0, elbow.1, 0.05), (hand.0, hand.1, 0.044)])], metal);
        for (dx, dy) in [(-0.035, 0.0), (0.035, 0.0)] {
            let down = if up { 0.09 } else { -0.09 };
            brush.body(
                &[limb(&[
                    (hand.0, hand.1 + down * 0.3, 0.024),
                    (hand.0 + dx, hand.1 + down * 0.8 + dy, 0.018),
                    (hand.0 + dx * 0.7, hand.1 + down * 1.3, 0.012),
                ])],
                joint,
            );
        }
    }
    let rivets = [(-0.17, 0.62), (0.17, 0.62), (-0.17, 0.36), (0.17, 0.36)]
        .map(|(x, y)| oval(x, y, 0.012, 0.012));
    brush.model(
        &[slab(-0.21, 0.32, 0.21, 0.66, 0.06)],
        smooth_skin(paint, 0.13).shiny(0.6),
        &[
            mark(rivets, paint * 0.5, 0.002),
            mark([wire(&[(-0.3, 0.4), (0.3, 0.4)], 0.004)], paint * 0.5, 0.002),
        ],
    );
    brush.body(&[slab(-0.12, 0.44, 0.12, 0.6, 0.02)], smooth_skin(rgb(0x2c_343c), 0.02));
    brush.shine(&[oval(-0.065, 0.555, 0.02, 0.02)], rgb(0xff_6048));
    brush.shine(&[oval(-0.005, 0.555, 0.02, 0.02)], rgb(0xff_d048));
    brush.shine(&[oval(0.055, 0.555, 0.02, 0.02)], rgb(0x60_e878));
    brush.shine(
        &[wire(
            &[
                (-0.095, 0.49),
                (-0.05, 0.49),
                (-0.03, 0.515),
                (-0.01, 0.46),
                (0.02, 0.49),
                (0.095, 0.49),
            ],
            0.005,
        )],
        eye,
    );
    brush.body(&[slab(-0.06, 0.64, 0.06, 0.7, 0.01)], joint);
    brush.body(&[oval(0.235, 0.81, 0.035, 0.055), oval(-0.235, 0.81, 0.035, 0.055)], joint);
    brush.body(&[wire(&[(0.0, 0.9), (0.0, 1.02)], 0.01)], joint);
    brush.shine(&[oval(0.0, 1.035, 0.026, 0.026)], rgb(0xff_5040));
    brush.glow(0.0, 1.035, 0.03, rgb(0xff_5040), 0.6);
    brush.body(&[slab(-0.22, 0.68, 0.22, 0.94, 0.08)], smooth_skin(paint, 0.12).shiny(0.7));
    brush.body(
        &[slab(-0.175, 0.735, 0.175, 0.895, 0.06)],
        smooth_skin(rgb(0x20_262c), 0.03).shiny(0.5),
    );
    for side in [1.0, -1.0] {
        brush.shine(&[oval(side * 0.08, 0.825, 0.042, 0.042)], eye);
        brush.glow(side * 0.08, 0.825, 0.045, eye, 0.6);
        brush.shine(&[oval(side * 0.08 + 0.012, 0.84, 0.012, 0.012)], WHITE);
        brush.flat(&[ring(side * 0.08, 0.825, 0.05, 0.004)], paint);
    }
    brush.shine(&[limb(&[(-0.05, 0.765, 0.006), (0.0, 0.757, 0.006), (0.05, 0.765, 0.006)])], eye);
}
