//! Signs and words that divide a line.

/// Several of them, of two bytes or more each, looked for in one walk through a line.
pub(super) struct Dividers {
    pub(super) all: &'static [&'static str],
    /// The bytes that one of them begins with, and those that stand second in one: by these nearly all of a
    /// line is told from all of them.
    first: [bool; 256],
    second: [bool; 256],
}

impl Dividers {
    pub(super) const fn new(all: &'static [&'static str]) -> Self {
        let (mut first, mut second) = ([false; 256], [false; 256]);
        let mut n = 0;
        while n < all.len() {
            let bytes = all[n].as_bytes();
            first[bytes[0] as usize] = true;
            second[bytes[1] as usize] = true;
            n += 1;
        }
        Self { all, first, second }
    }

    /// Wherever one of them stands, and which, from left to right.
    pub(super) fn places<'l>(
        &'l self,
        line: &'l str,
    ) -> impl DoubleEndedIterator<Item = (usize, &'static str)> + 'l {
        let bytes = line.as_bytes();
        let may_stand =
            |pair: &[u8]| self.first[usize::from(pair[0])] & self.second[usize::from(pair[1])];
        let places = bytes.windows(2).enumerate();
        places
            .filter(move |(_, pair)| may_stand(pair))
            .flat_map(move |(at, _)| {
                let stands = move |sign: &&&str| bytes[at..].starts_with(sign.as_bytes());
                self.all.iter().filter(stands).map(move |sign| (at, *sign))
            })
    }

    pub(super) fn is_in(&self, line: &str) -> bool {
        self.places(line).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividers_are_found_from_both_ends() {
        static SIGNS: Dividers = Dividers::new(&[" - ", " – ", "——", " by "]);
        let line = "Pipes - tubes – hoses——by Ann by Bo";
        let places: Vec<_> = SIGNS.places(line).collect();
        assert_eq!(places, [(5, " - "), (13, " – "), (23, "——"), (35, " by ")]);
        assert_eq!(SIGNS.places(line).next_back(), Some((35, " by ")));
        assert!(SIGNS.is_in("a by b") && !SIGNS.is_in("a-by b —by") && !SIGNS.is_in(""));
    }
}
