mod sitting;
use super::brush::Brush;
use super::palette::Rgb;
use super::random::Random;
use super::scene::Kind;
#[derive(Debug, Clone)]
pub(super) struct Look { pub(super) colour: Option<Rgb>, pub(super) old: bool, pub(super) lit: bool, pub(super) random: Random }
pub(super) fn cactus(brush: &mut Brush, _c: Option<Rgb>) {}
pub(super) fn portrait(canvas: &mut super::canvas::Canvas, light: &super::light::Light, actor: super::scene::Actor, random: &mut Random) {}
pub(super) fn draw(kind: Kind, brush: &mut Brush, look: &mut Look) { sitting::draw(kind, brush, look) }
