//! Words that look like prose to an index: few are frequent, most are rare, as in any language (Zipf).

/// A seeded sequence of numbers (splitmix64): the same on every machine, for ever.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to and without 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of `from..to`.
    pub(crate) fn between(&mut self, from: usize, to: usize) -> usize {
        from + (self.share() * (to - from) as f64) as usize
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    pub(crate) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.between(0, of.len())]
    }

    /// The bell curve of mean 0 and deviation 1 (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}

/// The words everybody uses, the most frequent first.
const FREQUENT: &str = "the of and to a in is that it for on with as was are be this by at from or an we not \
    have you can they but which their all more one has will if about when our there so what out up how into \
    who them than its some only then two also may like any new most after other time would such just where \
    should very make way each between work us same through now many first used even well need those must";

/// What conference notes talk about; each stands somewhere among the first thousands.
const SUBJECTS: &str = "database feed server query index parser latency archive compiler thread async memory \
    cache protocol kernel network cluster storage transaction schema replica consensus socket buffer \
    allocator runtime scheduler process container deploy pipeline release version commit review test \
    coverage benchmark profile trace metric alert incident outage migration backup restore snapshot \
    certificate browser render layout module package registry maintainer community governance funding \
    conference talk speaker slides hallway keynote workshop session panel audience question notes recording \
    track venue sponsor volunteer ownership macro closure iterator pattern reference vector tree graph queue \
    heap search filter stream batch partition shard leader quorum gossip clock isolation lock channel actor \
    event handler promise future interrupt driver hardware tensor model training dataset gradient optimizer \
    accessibility contrast keyboard heading caption localization unicode collation glyph encoding podcast \
    newsletter blog bookmark annotation summary digest reader subscription observability telemetry";

/// Words from beyond ASCII: one in seventy.
const FOREIGN: &[&str] = &[
    "Größe",
    "Übersicht",
    "naïve",
    "façade",
    "Zürich",
    "København",
    "Łódź",
    "Dvořák",
    "λόγος",
    "Москва",
    "данные",
    "会議",
    "記事",
    "東京",
    "中文",
    "회의",
    "שלום",
    "مرحبا",
    "हिन्दी",
    "🎉",
    "“quoted”",
    "…",
    "señor",
    "coração",
    "être",
];

const ONSETS: &[&str] = &[
    "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p",
    "pl", "pr", "r", "s", "sk", "sl", "sp", "st", "t", "th", "tr", "v", "w", "z",
];
const NUCLEI: &[&str] = &[
    "a", "e", "i", "o", "u", "ai", "ea", "ee", "io", "oa", "ou", "y",
];
const CODAS: &[&str] = &[
    "", "", "", "n", "r", "s", "t", "l", "m", "nd", "rt", "st", "ck",
];
const ENDINGS: &[&str] = &[
    "", "", "ing", "ed", "er", "s", "tion", "ment", "ness", "able", "ly", "al",
];

/// How many words the language has.
const WORDS: usize = 12_000;

pub(crate) struct Vocabulary {
    words: Vec<String>,
    /// Up to each word, the share of all text.
    cumulated: Vec<f64>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut random = Random::new(4_711, 0);
        let mut words: Vec<String> = FREQUENT.split_whitespace().map(str::to_owned).collect();
        let mut subjects = SUBJECTS.split_whitespace();
        while words.len() < WORDS {
            // Subjects are spread over the first two thousand ranks.
            if words.len().is_multiple_of(13)
                && let Some(subject) = subjects.next()
            {
                words.push(subject.to_owned());
                continue;
            }
            let mut word = String::new();
            for _ in 0..random.between(1, 4) {
                word.push_str(random.one(ONSETS));
                word.push_str(random.one(NUCLEI));
                word.push_str(random.one(CODAS));
            }
            word.push_str(random.one(ENDINGS));
            if (3..=16).contains(&word.len()) {
                words.push(word);
            }
        }
        let mut total = 0.0;
        let cumulated = (0..words.len())
            .map(|rank| {
                total += (rank as f64 + 3.5).powf(-1.02);
                total
            })
            .collect();
        Self { words, cumulated }
    }

    fn word(&self, random: &mut Random) -> &str {
        if random.chance(0.015) {
            return random.one(FOREIGN);
        }
        let total = self.cumulated.last().copied().unwrap_or_default();
        let wanted = random.share() * total;
        let at = self.cumulated.partition_point(|&up_to| up_to < wanted);
        &self.words[at.min(self.words.len() - 1)]
    }

    pub(crate) fn phrase(&self, random: &mut Random, words: usize) -> String {
        let mut phrase = String::new();
        for at in 0..words {
            if at > 0 {
                phrase.push(' ');
            }
            phrase.push_str(self.word(random));
        }
        phrase
    }

    /// With a capital and a full stop.
    pub(crate) fn sentence(&self, random: &mut Random) -> String {
        let words = random.between(5, 25);
        let mut sentence = capitalised(&self.phrase(random, words));
        sentence.push_str(random.one(&[".", ".", ".", "?", "!"]));
        sentence
    }
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
