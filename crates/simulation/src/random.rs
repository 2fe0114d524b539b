//! Chance from a seed: xoshiro256++, seeded by splitmix64. The same seed is the same run, on every machine.

/// One stream of chance. Streams of one seed do not disturb each other: what people wish for does not change when
/// the schedule does.
#[derive(Debug, Clone)]
pub(crate) struct Random([u64; 4]);

impl Random {
    pub(crate) fn new(seed: u64, stream: &str) -> Self {
        let mut state = stream.bytes().fold(seed, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(17)
        });
        Self([(); 4].map(|()| splitmix64(&mut state)))
    }

    pub(crate) fn number(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// 0 to `n` - 1; the bias of the remainder is far below what a run could show.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.number() % n.max(1)
    }

    /// `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True `n` times in ten thousand.
    pub(crate) fn chance(&mut self, n: u32) -> bool {
        self.below(10_000) < u64::from(n)
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(of.len() as u64)).expect("an index fits");
        &of[index]
    }
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_stream_repeat_and_others_differ() {
        let first = |seed, stream| Random::new(seed, stream).number();
        assert_eq!(first(7, "a"), first(7, "a"));
        assert_ne!(first(7, "a"), first(8, "a"));
        assert_ne!(first(7, "a"), first(7, "b"));
    }

    #[test]
    fn every_number_of_a_small_range_comes_up() {
        let mut random = Random::new(1, "range");
        let mut seen = [false; 5];
        (0..200).for_each(|_| seen[usize::try_from(random.between(0, 4)).expect("small")] = true);
        assert_eq!(seen, [true; 5]);
    }
}
