//! What the hour and the weather do to every colour.

use super::geometry::{smooth, unit};
use super::palette::{Rgb, rgb};
use super::random::Random;
use super::scene::{Hour, Place, Scene, Weather};

#[derive(Debug, Clone)]
pub(super) struct Light {
    /// Toward the sun or moon: to the right, downwards, to the viewer.
    pub(super) toward: [f32; 3],
    pub(super) direct: Rgb,
    pub(super) ambient: Rgb,
    /// Light that catches edges from behind.
    pub(super) rim: Rgb,
    /// What distance fades to.
    pub(super) haze: Rgb,
    pub(super) dark: bool,
}

impl Light {
    pub(super) fn of(scene: &Scene, random: &mut Random) -> Self {
        let side = if random.chance(0.5) { -1.0 } else { 1.0 };
        let side = side * random.between(0.45, 0.75);
        let mut light = match scene.hour {
            Hour::Night => Self {
                toward: [side, -0.5, 0.45],
                direct: rgb(0x7f_92c8) * 0.85,
                ambient: rgb(0x35_4370),
                rim: rgb(0x9f_b4f0) * 0.55,
                haze: rgb(0x22_2f57),
                dark: true,
            },
            Hour::Sunrise => Self {
                toward: [side, -0.35, 0.35],
                direct: rgb(0xff_c9a0) * 0.85,
                ambient: rgb(0x86_7f9e),
                rim: rgb(0xff_c48a) * 0.6,
                haze: rgb(0xf2_c1b0),
                dark: false,
            },
            Hour::Sunset => Self {
                toward: [side, -0.3, 0.3],
                direct: rgb(0xff_a866) * 0.9,
                ambient: rgb(0x6f_5f80),
                rim: rgb(0xff_a050) * 0.75,
                haze: rgb(0xe0_906c),
                dark: false,
            },
            Hour::Dusk => Self {
                toward: [side, -0.45, 0.4],
                direct: rgb(0xc5_a0c0) * 0.75,
                ambient: rgb(0x57_5a88),
                rim: rgb(0xf0_a0a0) * 0.5,
                haze: rgb(0x7c_74a4),
                dark: true,
            },
            Hour::Day | Hour::Noon => Self {
                toward: [side, -0.62, 0.55],
                direct: rgb(0xff_f2dc) * 0.66,
                ambient: rgb(0x7e_889c),
                rim: rgb(0xff_ffff) * 0.18,
                haze: rgb(0xc2_d8e8),
                dark: false,
            },
        };
        light.weathered(scene.weather);
        light.placed(scene.place);
        light
    }

    fn weathered(&mut self, weather: Weather) {
        let (grey, keep): (f32, f32) = match weather {
            Weather::Clear | Weather::Cloudy => return,
            Weather::Fog => (0.6, 0.45),
            Weather::Rain | Weather::Storm => (0.6, 0.4),
            Weather::Snow => (0.35, 0.7),
        };
        // A dark sky cannot get much darker and still show anything.
        let keep = if self.dark { keep.max(0.7) } else { keep };
        self.direct = self.direct.saturated(1.0 - grey) * keep;
        self.rim = self.rim * keep;
        self.ambient = self.ambient.saturated(1.0 - grey) * 1.12;
        self.haze = self.haze.saturated(1.0 - grey);
    }

    fn placed(&mut self, place: Place) {
        match place {
            Place::Underwater => {
                self.toward = [self.toward[0] * 0.4, -0.85, 0.4];
                self.direct = rgb(0xa8_f0e8) * 0.75;
                self.ambient = rgb(0x4a_86a8);
                self.haze = rgb(0x1a_6c94);
                self.rim = rgb(0x80_e8ff) * 0.2;
            }
            Place::Space => {
                self.toward = [self.toward[0] * 1.2, -0.4, 0.4];
                self.direct = rgb(0xff_f4e4) * 0.95;
                self.ambient = rgb(0x50_4c78);
                self.haze = rgb(0x1c_1638);
                self.rim = rgb(0x8c_7cff) * 0.5;
                self.dark = true;
            }
            Place::Studio | Place::Room => {
                self.toward = [self.toward[0], -0.55, 0.55];
                self.direct = rgb(0xff_f0dc) * 0.85;
                self.ambient = rgb(0x7a_7680);
                self.rim = rgb(0xff_ffff) * 0.35;
            }
            _ => {}
        }
    }

    /// A body's colour where its front has this slope.
    pub(super) fn shade(&self, colour: Rgb, (right, down): (f32, f32), shine: f32) -> Rgb {
        // Height falls toward the edge, so the front leans the way it falls.
        let length = (right * right + down * down + 1.0).sqrt();
        let (nx, ny, nz) = (-right / length, -down / length, 1.0 / length);
        let [lx, ly, lz] = self.toward;
        let facing = nx * lx + ny * ly + nz * lz;
        let direct = unit(facing * 0.68 + 0.32);
        let from_above = 0.86 - 0.2 * ny;
        let mut lit = colour * (self.ambient * from_above + self.direct * direct);
        let edge = unit(1.0 - nz);
        let behind = unit(nx * lx * 1.4 + ny * ly);
        lit = lit + self.rim * (edge * edge * behind);
        if shine > 0.0 {
            // Half way between light and eye.
            let half = (lx * lx + ly * ly + (lz + 1.0) * (lz + 1.0)).sqrt();
            let glint = unit((nx * lx + ny * ly + nz * (lz + 1.0)) / half);
            let (g2, g4) = (glint * glint, glint * glint * glint * glint);
            let sharp = g4 * g4 * g4 * g4 * g2;
            let sharp = smooth(0.35, 1.0, sharp) + 0.2 * sharp;
            lit = lit + (self.direct + self.rim) * (sharp * shine);
        }
        lit
    }

    pub(super) fn flat(&self, colour: Rgb) -> Rgb {
        colour * (self.ambient * 0.85 + self.direct * 0.6)
    }
}
