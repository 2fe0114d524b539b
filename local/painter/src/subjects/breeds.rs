//! What makes a fox of the body that cats, dogs and bears share when they sit.

use super::super::palette::{Rgb, WHITE, rgb};
use super::super::scene::Kind;
use super::Look;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ears {
    Pointed,
    Round,
    Long,
    Floppy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    Brush,
    Long,
    Short,
}

/// What makes a species of the one body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Breed {
    pub(super) coat: Rgb,
    pub(super) pale: Rgb,
    pub(super) dark: Rgb,
    pub(super) eye: Rgb,
    pub(super) ears: Ears,
    pub(super) tail: Tail,
    /// Half the head's width at the cheeks.
    pub(super) cheek: f32,
    /// Half the muzzle's width; a wide one is a bear's.
    pub(super) muzzle: f32,
    /// How far down the chin is drawn out.
    pub(super) chin: f32,
    pub(super) plump: f32,
}

pub(super) fn breed(kind: Kind, look: &mut Look) -> Breed {
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
