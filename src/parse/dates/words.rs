//! Months and weekdays by name, in the languages that blogs write their dates in.

/// What a word means in a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    Month(u32),
    /// Days since Monday.
    Weekday(u32),
}

/// A word of a date, by its beginning: names are cut short and misspelt behind it. The longest beginning
/// that fits counts, whatever its row. Small letters without accents, see `fold`.
///
/// Rows hold English, German, French, Spanish, Italian, Portuguese, Dutch, the Scandinavian languages,
/// Hungarian, Polish, Czech, Romanian, Turkish, Finnish, Greek, Russian and Ukrainian.
const MONTHS: [&str; 12] = [
    "jan ene gen ian led sty oca tammi ιαν янв січ",
    "feb fev fab uno lut sub helmi φεβ фев лют",
    "mar maa marz maer mrz mrt bre maalis μαρ μαω мар бер",
    "apr avr abr dub kwi nis huhti απρ апр кві",
    "may mai maj mau mei mag kve touko μαι май мая мае тра",
    "jun juin juny iun giu cerven cervn czerwi cze haz kesa ιουν ιον июн чер",
    "jul juil iul lug cervenec cervenc lip tem heina ιουλ ιολ июл лип",
    "aug aou ago srp sie agu elo αυγ авг серп",
    "sep set szep zar wrz eyl syys σεπ сен вер",
    "oct okt ott out rij paz eki loka οκτ окт жов",
    "nov lis kas marras νοε ноя лис",
    "dec dez dic des dek pros gru ara joulu δεκ дек гру",
];

const WEEKDAYS: [&str; 7] = [
    "mon lun seg montag maandag mandag ma mo hetf pon δευ пон пн",
    "tue die din tis tir marte mardi marted ter kedd wto ute τρι вто вт вів",
    "wed mit mer mie woe ons qua szer sro str τετ сре ср",
    "thu don jeu jue gio tor qui csut czw ctv πεμ чет чт",
    "fri fre ven vie vri sex pent piat pat παρ пят пт",
    "sat sam sab zat lor szom sob σαβ суб сб",
    "sun son dim dom zon vas nie ned κυρ вос вс нед",
];

pub(super) fn meaning(word: &str) -> Option<Meaning> {
    if word.len() > 30 {
        return None;
    }
    let months = (1..).zip(MONTHS).map(|(n, row)| (Meaning::Month(n), row));
    let weekdays = (0..)
        .zip(WEEKDAYS)
        .map(|(n, row)| (Meaning::Weekday(n), row));
    let mut best: Option<(usize, Meaning)> = None;
    for (meaning, row) in months.chain(weekdays) {
        for stem in row.split(' ') {
            // Two letters are too few to guess by.
            let fits = word == stem || (stem.len() > 2 && word.starts_with(stem));
            if fits && best.is_none_or(|(length, _)| stem.len() > length) {
                best = Some((stem.len(), meaning));
            }
        }
    }
    best.map(|(_, meaning)| meaning)
}

/// `mar.` is a Tuesday in French, Italian and Spanish, where another month follows.
pub(super) fn may_be_weekday(word: &str) -> bool {
    word == "mar"
}

/// Words that stand in dates and say nothing.
pub(super) fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 38] = [
        "t", "of", "de", "del", "di", "the", "at", "on", "um", "am", "le", "a", "el", "la", "den",
        "der", "st", "nd", "rd", "th", "er", "o", "m", "г", "в", "uhr", "uur", "h", "kl", "klo",
        "om", "the", "och", "z", "v", "do", "dne", "ad",
    ];
    FILLERS.contains(&word)
}
