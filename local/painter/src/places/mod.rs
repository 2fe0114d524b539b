//! Where it happens: the picture before anybody enters it.

mod abstraction;
mod city;
mod dunes;
mod interior;
mod land;
mod peaks;
mod space;
mod waters;
mod woods;

use super::canvas::Canvas;
use super::geometry::Point;
use super::light::Light;
use super::random::Random;
use super::scene::{Place, Scene};
use super::{sky, terrain};

/// What those who enter need to know of the place, in rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage {
    /// Where the nearest stand.
    pub(super) near: f32,
    /// Where the farthest stand.
    pub(super) far: f32,
    pub(super) horizon: f32,
}

pub(super) fn paint(canvas: &mut Canvas, scene: &Scene, light: &Light, random: &Random) -> Stage {
    let mut random = random.fork("place");
    match scene.place {
        Place::Meadow => land::meadow(canvas, scene, light, &mut random),
        Place::Forest => woods::forest(canvas, scene, light, &mut random),
        Place::Mountains => land::mountains(canvas, scene, light, &mut random),
        Place::Desert => dunes::desert(canvas, scene, light, &mut random),
        Place::Sea => waters::sea(canvas, scene, light, &mut random),
        Place::Beach => waters::beach(canvas, scene, light, &mut random),
        Place::Lake => waters::lake(canvas, scene, light, &mut random),
        Place::Underwater => waters::underwater(canvas, light, &mut random),
        Place::City => city::city(canvas, scene, light, &mut random),
        Place::Room => interior::room(canvas, scene, light, &mut random),
        Place::Studio => interior::studio(canvas, scene, light, &mut random),
        Place::Space => space::space(canvas, scene, &mut random),
        Place::Sky => space::clouds(canvas, scene, light, &mut random),
        Place::Abstract => abstraction::paint(canvas, scene, &mut random),
    }
}

/// Paints the sky down to `horizon` with its own stream of chance.
fn sky_above(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    horizon: f32,
    random: &Random,
) -> Point {
    sky::paint(canvas, scene, light, horizon, &mut random.fork("sky"))
}

fn row(canvas: &Canvas, share: f32) -> f32 {
    canvas.height as f32 * share
}

use terrain::{Ridge, below};
