//! Colours: their arithmetic, their names, and the harmonies a picture without named colours takes.

use std::ops::{Add, Mul};

use super::geometry::{blend, unit};
use super::random::Random;

/// Red, green, blue, `0.0..=1.0` as displayed. Light may push them over; the canvas brings them back.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rgb(pub(super) f32, pub(super) f32, pub(super) f32);

impl Add for Rgb {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1, self.2 + other.2)
    }
}

impl Mul<f32> for Rgb {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        Self(self.0 * factor, self.1 * factor, self.2 * factor)
    }
}

impl Mul for Rgb {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1, self.2 * other.2)
    }
}

impl Rgb {
    pub(super) fn toward(self, other: Self, share: f32) -> Self {
        Self(
            blend(self.0, other.0, share),
            blend(self.1, other.1, share),
            blend(self.2, other.2, share),
        )
    }

    pub(super) fn luminance(self) -> f32 {
        0.3 * self.0 + 0.59 * self.1 + 0.11 * self.2
    }

    pub(super) fn darker(self, share: f32) -> Self {
        self * (1.0 - share)
    }

    pub(super) fn lighter(self, share: f32) -> Self {
        self.toward(WHITE, share)
    }

    /// 0 is grey, 1 as it is, above more colourful.
    pub(super) fn saturated(self, amount: f32) -> Self {
        let grey = self.luminance();
        Self(grey, grey, grey).toward(self, amount)
    }

    pub(super) fn clamped(self) -> Self {
        Self(unit(self.0), unit(self.1), unit(self.2))
    }

    pub(super) fn distance(self, other: Self) -> f32 {
        let (r, g, b) = (self.0 - other.0, self.1 - other.1, self.2 - other.2);
        r * r * 0.3 + g * g * 0.59 + b * b * 0.2
    }

    /// Hue in turns (`0.0` red, `0.33` green, `0.66` blue), the others `0.0..=1.0`.
    pub(super) fn from_hue(hue: f32, saturation: f32, lightness: f32) -> Self {
        let channel = |shift: f32| {
            let h = hue + shift - (hue + shift).floor();
            let wave = unit((h * 6.0 - 3.0).abs() - 1.0);
            let strength = saturation * (1.0 - (2.0 * lightness - 1.0).abs());
            lightness + strength * (wave - 0.5)
        };
        Self(channel(0.0), channel(2.0 / 3.0), channel(1.0 / 3.0))
    }
}

/// `0xrrggbb`, as colours are written everywhere.
pub(super) const fn rgb(code: u32) -> Rgb {
    Rgb(
        ((code >> 16) & 255) as f32 / 255.0,
        ((code >> 8) & 255) as f32 / 255.0,
        (code & 255) as f32 / 255.0,
    )
}

pub(super) const WHITE: Rgb = rgb(0xff_ffff);

/// Five colours that go together, from dark to light.
#[derive(Debug, Clone, Copy)]
pub(super) struct Harmony(pub(super) [Rgb; 5]);

impl Harmony {
    /// The colour at `share` of the way from dark to light.
    pub(super) fn ramp(&self, share: f32) -> Rgb {
        let place = unit(share) * 3.999;
        let step = place as usize;
        self.0[step].toward(self.0[step + 1], place - step as f32)
    }

    /// For words that name no colour: made from what they hash to.
    pub(super) fn from_chance(random: &mut Random) -> Self {
        let hue = random.unit();
        let turn = random.pick(&[0.08, 0.12, 0.42, 0.5, 0.58, -0.1]);
        let rich = random.between(0.35, 0.75);
        Self([
            Rgb::from_hue(hue, rich * 0.8, 0.13),
            Rgb::from_hue(hue + turn * 0.3, rich, 0.33),
            Rgb::from_hue(hue + turn, rich, 0.52),
            Rgb::from_hue(hue + turn * 1.15, rich, 0.72),
            Rgb::from_hue(hue + turn * 0.5, rich * 0.8, 0.9),
        ])
    }

    /// Around the colours somebody asked for.
    pub(super) fn around(colours: &[Rgb], random: &mut Random) -> Self {
        let first = colours.first().copied().unwrap_or(WHITE);
        let second =
            colours.get(1).copied().unwrap_or_else(|| first.lighter(random.between(0.25, 0.45)));
        let third = colours.get(2).copied().unwrap_or_else(|| second.lighter(0.55));
        Self([first.darker(0.75), first.darker(0.3), first, second, third])
    }
}
