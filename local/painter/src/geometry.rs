//! Points and the few curves a painter needs.
//!
//! Only arithmetic that IEEE fixes to the last bit: the platform's `sin` or `powf` may differ in it, and the same
//! prompt and seed must give the same bytes everywhere.

use std::f32::consts::TAU;
use std::ops::{Add, Mul, Sub};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

pub(super) const fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Point {
    pub(super) fn length(self) -> f32 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    pub(super) fn toward(self, other: Self, share: f32) -> Self {
        self + (other - self) * share
    }

    /// Turned around the origin, counter-clockwise where y points up.
    pub(super) fn turned(self, angle: f32) -> Self {
        let (s, c) = (sin(angle), cos(angle));
        at(self.x * c - self.y * s, self.x * s + self.y * c)
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        at(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        at(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        at(self.x * factor, self.y * factor)
    }
}

/// A parabola bent twice: within a thousandth of the sine.
pub(super) fn sin(radians: f32) -> f32 {
    let turns = radians / TAU;
    let t = turns - (turns + 0.5).floor();
    let bow = 8.0 * t - 16.0 * t * t.abs();
    0.225 * (bow * bow.abs() - bow) + bow
}

pub(super) fn cos(radians: f32) -> f32 {
    sin(radians + TAU / 4.0)
}

pub(super) fn blend(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

pub(super) fn unit(value: f32) -> f32 {
    value.clamp(0.0, 1.0)
}

/// 0 below `low`, 1 above `high`, an S between. `low` may be the larger: then it falls.
pub(super) fn smooth(low: f32, high: f32, value: f32) -> f32 {
    let t = unit((value - low) / (high - low));
    t * t * (3.0 - 2.0 * t)
}

/// 1 at zero, a half at one, gone far away: how light fades.
pub(super) fn fade(distance: f32) -> f32 {
    1.0 / (1.0 + distance * distance)
}
