//! What is no talk though it looks like one: days, tracks, food, thanks, lists of links.

/// Lines that are furniture when nothing else stands on them, but for numbers, dates and signs.
const LINES: &str = "\
    introduction, intro, context, about, overview, preface, foreword, background, opening, opening remarks, \
    welcome, closing, closing remarks, closing words, closing thoughts, conclusion, conclusions, wrap up, \
    wrapup, wrapping up, summary, tldr, the end, end, final thoughts, thoughts, overall, overall thoughts, \
    general thoughts, general notes, general, notes, misc, miscellaneous, other, others, the conference, \
    conference, the event, event, other conferences, other talks, the talks, talks, talk, sessions, the \
    sessions, presentations, schedule, agenda, program, programme, attendees, participants, organisation, \
    organization, organizers, organisers, next year, next time, next steps, see you next year, feedback, \
    retrospective, the good, the bad, impressions, highlights, table of contents, contents, toc, disclaimer, \
    update, updates, venue, the venue, location, travel, getting there, hotel, food, the food, lunch, dinner, \
    speaker dinner, speakers dinner, breakfast, coffee, coffee break, break, breaks, party, after party, \
    afterparty, drinks, social, social event, networking, hallway track, sponsors, sponsor, the sponsors, swag, \
    merch, exhibition, expo hall, inclusivity, inclusion, diversity, inclusivity and diversity, diversity and \
    inclusion, accessibility, atmosphere, community, people, the people, thanks, thank you, acknowledgements, \
    credits, registration, speakers, keynotes, ignites, ignite, ignite talks, the ignites, lightning talks, \
    lightning talk, open space, open spaces, openspace, openspaces, the open spaces, open space sessions, open \
    sessions, workshops, panels, panel discussions, tutorials, tracks, main stage, main track, day, morning, \
    afternoon, evening, morning sessions, afternoon sessions, takeaways, key takeaways, my takeaways, main \
    takeaways, conference takeaways, takeaway, lessons learned, action items, actions, action points, todo, to \
    do, todos, epiphanies, all topics, topics, proposed topics, topic ideas, parking lot, follow up, questions, \
    q a, q and a, links, resources, references, further reading, reading list, books, slides, videos, video, \
    recordings, photos, pictures, tweets, tools, related posts, comments, einleitung, einführung, fazit, \
    zusammenfassung, danke, dank, mittagessen, pause, sponsoren, anreise, ort, inledning, sammanfattning, \
    slutsats, tack, lunsj, innledning, oppsummering, takk, middag, sponsorer, konklusjon, länkar, lenker, inhalt";

/// First words of a line that is furniture, whatever follows.
const BEGINNINGS: &[&str] = &[
    "notes by ",
    "day ",
    "dag ",
    "tag ",
    "track ",
    "room ",
    "raum ",
    "sal ",
    "rom ",
    "stage ",
    "block ",
    "slot ",
    "thoughts on the ",
    "my thoughts",
    "my impressions",
    "about the ",
    "what i ",
    "things i ",
    "how i got ",
    "thanks to ",
    "thank you ",
    "lunch ",
    "dinner ",
    "break ",
    "after the ",
    "before the ",
];

/// Words for days, months and times: a line of nothing but these is a date.
const DATE_WORDS: &str = "\
    monday, tuesday, wednesday, thursday, friday, saturday, sunday, mon, tue, wed, thu, fri, sat, sun, january, \
    february, march, april, may, june, july, august, september, october, november, december, jan, feb, mar, apr, \
    jun, jul, aug, sep, sept, oct, nov, dec, am, pm, st, nd, rd, th, the, of, montag, dienstag, mittwoch, \
    donnerstag, freitag, samstag, sonntag, måndag, mandag, tisdag, tirsdag, onsdag, torsdag, fredag, lördag, \
    lørdag, söndag, søndag, one, two, three, first, second, third, part, day";

/// Beginnings and words of titles of posts that hold no notes.
const OTHER_POSTS: &[&str] = &[
    "podcasts ",
    "podcast ",
    "books ",
    "upcoming ",
    "how to ",
    "tips for ",
    "tutorial",
    "lesson ",
    "conferences to ",
    "conferences i ",
    "talks to ",
    "my talks",
    "speaking",
    "call for ",
    "recommended ",
    "reading list",
];

pub(super) fn is_furniture(line: &str) -> bool {
    let bare = bare(line);
    if bare.is_empty() {
        return true;
    }
    let undated: Vec<&str> = bare
        .split(' ')
        .filter(|word| !word.chars().all(|c| c.is_ascii_digit()))
        .collect();
    let joined = undated.join(" ");
    is_listed(LINES, &joined)
        || undated
            .iter()
            .all(|word| is_listed(DATE_WORDS, ordinal(word)))
        || (undated.len() <= 4
            && BEGINNINGS
                .iter()
                .any(|start| format!("{joined} ").starts_with(start)))
}

pub(super) fn is_about_other_things(title: &str) -> bool {
    let title = bare(title);
    OTHER_POSTS.iter().any(|start| title.starts_with(start))
}

/// Whether a table, its items divided by a comma, holds this.
pub(super) fn is_listed(table: &str, wanted: &str) -> bool {
    table.split(", ").any(|item| item == wanted)
}

/// `2nd` without its digit.
fn ordinal(word: &str) -> &str {
    word.trim_start_matches(|c: char| c.is_ascii_digit())
}

/// Lower case, letters and digits alone, single spaces.
pub(super) fn bare(line: &str) -> String {
    let letters: String = line
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    letters
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_is_told_from_talks() {
        for line in [
            "Wrap-up",
            "Day 1",
            "Thursday, 3rd May 2018",
            "Key takeaways:",
            "Ignites",
            "Q&A",
            "Track B",
            "Fazit",
            "—",
        ] {
            assert!(is_furniture(line), "{line}");
        }
        for line in [
            "Days of Our Pipelines",
            "Lunch with Kafka - Ann Poe of Acme",
            "Questions to ask a queue",
            "Trackers everywhere",
        ] {
            assert!(!is_furniture(line), "{line}");
        }
    }
}
