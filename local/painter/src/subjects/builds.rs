//! The measures of animals on four legs.

use super::super::brush::Grain;
use super::super::palette::{Rgb, rgb};
use super::super::scene::Kind;
use super::Look;

/// Measures in units of the animal's height, ears included; it looks to the right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Build {
    pub(super) coat: Rgb,
    pub(super) belly: Rgb,
    pub(super) dark: Rgb,
    pub(super) grain: Grain,
    /// Rump, waist, chest: half the body's length, its height, its radii.
    pub(super) length: f32,
    pub(super) back: f32,
    pub(super) rump: f32,
    pub(super) waist: f32,
    pub(super) chest: f32,
    pub(super) leg: f32,
    pub(super) hoof: bool,
    pub(super) neck: f32,
    pub(super) head: (f32, f32),
    pub(super) skull: f32,
    pub(super) snout: (f32, f32, f32),
}

pub(super) fn build(kind: Kind, look: &mut Look) -> Build {
    let canine = Build {
        coat: rgb(0xdc_6a20),
        belly: rgb(0xfa_efe0),
        dark: rgb(0x2c_1e1c),
        grain: Grain::Fur,
        length: 0.28,
        back: 0.5,
        rump: 0.125,
        waist: 0.105,
        chest: 0.14,
        leg: 0.042,
        hoof: false,
        neck: 0.09,
        head: (0.42, 0.72),
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
