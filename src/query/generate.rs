//! Queries by the thousand for tests, the same ones each time.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Asked, Filter, Words};
use crate::model::{Tag, TalkKind};

/// A small generator of numbers (splitmix64).
pub(super) struct Generator(u64);

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    pub(super) fn asked(&mut self) -> Asked {
        let nothing = self.below(20) == 0;
        Asked {
            filter: if nothing { Filter::All } else { self.filter(4) },
            limit: (self.below(4) == 0).then(|| self.next() % 1_000 + 1),
            since_last: self.below(4) == 0,
        }
    }

    fn filter(&mut self, depth: usize) -> Filter {
        if depth == 0 || self.below(3) == 0 {
            return self.leaf();
        }
        match self.below(3) {
            0 => Filter::Not(Box::new(self.filter(depth - 1))),
            1 => Filter::And(self.some(depth - 1)),
            _ => Filter::Or(self.some(depth - 1)),
        }
    }

    fn some(&mut self, depth: usize) -> Vec<Filter> {
        let count = self.below(3) + 2;
        (0..count).map(|_| self.filter(depth)).collect()
    }

    fn leaf(&mut self) -> Filter {
        match self.below(16) {
            0..=2 => Filter::Text(self.words()),
            3 => Filter::Title(self.words()),
            4 => Filter::Author(self.words()),
            5 => Filter::Speaker(self.words()),
            6 => Filter::Tag {
                key: Tag::key(&self.text()),
                prefix: false,
            },
            7 => Filter::Tag {
                key: Tag::key(self.pick(&["dev", "c+", "日本", ""])),
                prefix: true,
            },
            8 => Filter::Feed(self.text()),
            9 => Filter::Event(self.text()),
            10 => Filter::Url(self.text()),
            11 => Filter::Lang(self.text()),
            12 => Filter::Kind(self.pick(&[TalkKind::OpenSpace, TalkKind::Keynote])),
            13 => self.flag(),
            14 => Filter::And(vec![
                Filter::From(self.instant()),
                Filter::Until(self.instant()),
            ]),
            _ => match self.below(2) {
                0 => Filter::From(self.instant()),
                _ => Filter::Until(self.instant()),
            },
        }
    }

    fn flag(&mut self) -> Filter {
        match self.below(7) {
            0 => Filter::HasEnclosure,
            1 => Filter::HasTalks,
            2 => Filter::HasSpeaker,
            3 => Filter::HasEvent,
            4 => Filter::IsRevised,
            5 => Filter::IsUndated,
            _ => Filter::IsBackfilled,
        }
    }

    fn instant(&mut self) -> DateTime<Utc> {
        let days = i64::try_from(self.below(20_000)).unwrap();
        let seconds = self.pick(&[0, 0, 0, 1, 3_600, 86_399]);
        let odd = self.pick(&[0, 0, 0, 1, 250_000_000, 999_999_999]);
        DateTime::UNIX_EPOCH + TimeDelta::new(days * 86_400 + seconds, odd).unwrap()
    }

    fn words(&mut self) -> Words {
        let exact = self.below(2) == 0;
        let text = if exact {
            self.pick(&[
                "a",
                "state file",
                "-x",
                "tag:x",
                "(y)",
                "OR",
                "dep*",
                " two\tx ",
            ])
        } else {
            self.pick(&[
                "a",
                "ORACLE",
                "https://a.example/x:y",
                "it's",
                "x-y",
                "日本",
                "a1:b",
                "Or",
            ])
        };
        Words {
            text: text.to_owned(),
            prefix: !exact && self.below(2) == 0,
            exact,
        }
    }

    fn text(&mut self) -> String {
        let odd = [
            "x",
            "two words",
            "C++",
            "(z)",
            "-#y",
            "a*",
            "OR",
            "-",
            "a\tb",
            "\u{3000}x",
            "ß",
            "#-",
        ];
        self.pick(&odd).to_owned()
    }

    /// Pieces of queries in any order.
    pub(super) fn nonsense(&mut self) -> String {
        let pieces = [
            "tag:",
            "on:",
            "2018-10",
            "7d",
            "(",
            ")",
            "-",
            "OR",
            "AND",
            "NOT",
            " ",
            " ",
            " ",
            "\"",
            "*",
            "word",
            "speaker:\"ann poe\"",
            "is:revised",
            "日本",
            "\n",
            "\0",
            "feed:x",
            "a b",
            "title:",
            ":",
            "since:yesterday",
            "http://a.example",
        ];
        let count = self.below(9);
        (0..count).map(|_| self.pick(&pieces)).collect()
    }
}
