//! Chance that repeats: the same seed gives the same numbers on every machine.

/// A stream of numbers (splitmix64: tiny, well mixed, and the same everywhere).
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream for one concern, so that one more tree does not move every cloud.
    pub(super) fn fork(&self, concern: &str) -> Self {
        Self::new(mix(self.state ^ hash(concern)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// In `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 16_777_216.0
    }

    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    pub(super) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// In `0..count`; 0 when there is nothing to choose from.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.next() % (count.max(1) as u64)) as usize
    }

    /// One of `choices`, which is not empty.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// FNV-1a, then mixed: short words must differ in every bit.
pub(super) fn hash(text: &str) -> u64 {
    mix(text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The value at one lattice point, `0.0..1.0`. 32-bit arithmetic only: it runs several times per pixel.
#[inline]
pub(super) fn lattice(x: i32, y: i32, salt: u32) -> f32 {
    settle(
        (x as u32).wrapping_mul(0x9e37_79b1)
            ^ (y as u32).wrapping_mul(0x85eb_ca6b).wrapping_add(salt),
    )
}

#[inline]
fn settle(h: u32) -> f32 {
    let h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    let h = (h ^ (h >> 13)).wrapping_mul(0x297a_2d39);
    (h >> 8) as f32 / 16_777_216.0
}

/// Smooth noise in `0.0..1.0`.
#[inline]
pub(super) fn noise(x: f32, y: f32, salt: u32) -> f32 {
    let (column, row) = (below(x), below(y));
    let (fx, fy) = (x - column as f32, y - row as f32);
    let (u, v) = (fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy));
    let left = (column as u32).wrapping_mul(0x9e37_79b1);
    let right = left.wrapping_add(0x9e37_79b1);
    let top = (row as u32).wrapping_mul(0x85eb_ca6b).wrapping_add(salt);
    let bottom = top.wrapping_add(0x85eb_ca6b);
    let (a, b) = (settle(left ^ top), settle(right ^ top));
    let (c, d) = (settle(left ^ bottom), settle(right ^ bottom));
    let upper = a + (b - a) * u;
    upper + (c + (d - c) * u - upper) * v
}

/// `floor` to a whole number; the library's is a call on machines without the instruction.
#[inline]
fn below(x: f32) -> i32 {
    let whole = x as i32;
    whole - i32::from(x < whole as f32)
}

/// Noise on noise, each octave twice as fine and half as strong; in `0.0..1.0`.
pub(super) fn layered(x: f32, y: f32, octaves: u32, salt: u32) -> f32 {
    let (mut sum, mut strength, mut total) = (0.0, 0.5, 0.0);
    let (mut x, mut y) = (x, y);
    for octave in 0..octaves {
        sum += strength * noise(x, y, salt.wrapping_add(octave.wrapping_mul(0x68bc_21eb)));
        total += strength;
        strength *= 0.5;
        // Turned a little each time, or the lattice shows.
        (x, y) = (1.6 * x + 1.2 * y + 3.7, 1.6 * y - 1.2 * x + 9.1);
    }
    if total > 0.0 { sum / total } else { 0.0 }
}
