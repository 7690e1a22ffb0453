//! Whether an entry still says what it said: letter by letter, and without what is [`noise`].

use std::hash::{BuildHasher, Hasher};

use chrono::{DateTime, Utc};

use super::attribution::Person;
use super::extras::Extras;
use super::ids::{ContentHash, Fingerprint};
use super::noise;
use super::raw::{Category, RawEntry, Text, TextKind};

impl RawEntry {
    /// The hash of what is said here; equal for two polls that found the same, and for two that differ by
    /// [`noise`] alone.
    pub(crate) fn hash(&self) -> ContentHash {
        let mut meaning = Meaning::default();
        self.say(&mut meaning);
        ContentHash(*meaning.0.finalize().as_bytes())
    }

    /// The same of every letter, at a tenth of the cost: what has the fingerprint it had needs no hash.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut letters = Letters(foldhash::quality::FixedState::default().build_hasher());
        self.say(&mut letters);
        Fingerprint(letters.0.finish())
    }

    /// * The guid is left out: it names what is said.
    /// * `updated` only counts where it is the sole date: generators set it to the time of their run.
    /// * An enclosure's length is left out: servers that put advertising in change it with every answer.
    fn say(&self, to: &mut impl Listener) {
        to.url(self.url.as_deref(), false);
        to.marked(self.title.as_ref());
        for people in [&self.authors, &self.contributors] {
            to.count(people.len());
            for person in people {
                say_person(person, to);
            }
        }
        let mut categories: Vec<_> = self.categories.iter().map(Category::parts).collect();
        categories.sort_unstable();
        categories.dedup();
        to.count(categories.len());
        for part in categories.into_iter().flatten() {
            to.plain(part);
        }
        to.instant(self.published);
        to.instant(self.updated.filter(|_| self.published.is_none()));
        to.marked(self.summary.as_ref());
        to.marked(self.content.as_ref());
        to.count(self.enclosures.len());
        for enclosure in &self.enclosures {
            to.url(Some(&enclosure.url), true);
            to.text(enclosure.media_type.as_deref());
        }
        to.text(self.language.as_deref());
        to.url(self.base.as_deref(), false);
        to.url(self.comments_url.as_deref(), false);
        let source = self.source.as_ref();
        to.text(source.and_then(|source| source.guid.as_deref()));
        to.plain(source.and_then(|source| source.title.as_deref()));
        to.url(source.and_then(|source| source.url.as_deref()), false);
        if let Some(extras) = &self.extras {
            say_extras(extras, to);
        }
    }
}

fn say_person(person: &Person, to: &mut impl Listener) {
    to.plain(person.name.as_deref());
    to.url(person.uri.as_deref(), false);
    to.plain(person.email.as_deref());
}

/// Only what stays when nobody edits the entry: counts of comments and views, signed addresses of pictures
/// and the date of an aggregated entry's feed change at every poll.
fn say_extras(extras: &Extras, to: &mut impl Listener) {
    to.text(extras.rights.as_deref());
    for texts in [&extras.licenses, &extras.places] {
        to.count(texts.len());
        for text in texts {
            to.text(Some(text));
        }
    }
    to.count(extras.links.len());
    for link in &extras.links {
        to.text(Some(&link.rel));
        to.url(Some(&link.url), false);
    }
    to.count(extras.in_reply_to.len());
    for answered in &extras.in_reply_to {
        to.text(answered.id.as_deref());
    }
}

/// Hears the fields of an entry in one order: each behind a mark for its presence and its length, so that no
/// text can pass from one field into its neighbour unseen.
trait Listener {
    fn number(&mut self, number: Option<u64>);

    /// What noise never reaches.
    fn text(&mut self, text: Option<&str>);

    fn plain(&mut self, text: Option<&str>);

    /// * `file`: as of [`noise::of_url`].
    fn url(&mut self, url: Option<&str>, file: bool);

    fn marked(&mut self, text: Option<&Text>);

    fn instant(&mut self, instant: Option<DateTime<Utc>>) {
        self.number(instant.map(|instant| instant.timestamp().cast_unsigned()));
    }

    fn count(&mut self, count: usize) {
        self.number(Some(count as u64));
    }
}

/// Takes noise out and hashes what is left.
#[derive(Default)]
struct Meaning(blake3::Hasher);

impl Listener for Meaning {
    fn number(&mut self, number: Option<u64>) {
        self.0.update(&[u8::from(number.is_some())]);
        self.0.update(&number.unwrap_or_default().to_le_bytes());
    }

    fn text(&mut self, text: Option<&str>) {
        self.number(text.map(|text| text.len() as u64));
        self.0.update(text.unwrap_or_default().as_bytes());
    }

    fn plain(&mut self, text: Option<&str>) {
        self.text(text.map(noise::of_plain).as_deref());
    }

    fn url(&mut self, url: Option<&str>, file: bool) {
        self.text(url.map(|url| noise::of_url(url, file)).as_deref());
    }

    fn marked(&mut self, text: Option<&Text>) {
        let normal = text.map(|text| match text.kind {
            TextKind::Plain => noise::of_plain(&text.value),
            TextKind::Html => noise::of_html(&text.value),
        });
        self.text(normal.as_deref());
    }
}

/// Hashes everything as it stands.
struct Letters(foldhash::quality::FoldHasher<'static>);

impl Listener for Letters {
    fn number(&mut self, number: Option<u64>) {
        self.0.write_u8(number.is_some().into());
        self.0.write_u64(number.unwrap_or_default());
    }

    fn text(&mut self, text: Option<&str>) {
        self.number(text.map(|text| text.len() as u64));
        self.0.write(text.unwrap_or_default().as_bytes());
    }

    fn plain(&mut self, text: Option<&str>) {
        self.text(text);
    }

    fn url(&mut self, url: Option<&str>, _: bool) {
        self.text(url);
    }

    fn marked(&mut self, text: Option<&Text>) {
        self.number(text.map(|text| u64::from(text.kind == TextKind::Html)));
        self.text(text.map(|text| text.value.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Enclosure, ExtraLink};

    fn entry(content: &str) -> RawEntry {
        RawEntry {
            guid: "a".to_owned(),
            content: Some(Text::html(content)),
            ..RawEntry::default()
        }
    }

    #[test]
    fn noise_changes_letters_and_no_meaning() {
        let said = entry("<p>One  talk.</p><!-- 12:00 -->");
        let noisy = entry("<p>One talk.</p><!-- 12:05 -->");
        let edited = entry("<p>Two talks.</p><!-- 12:00 -->");
        assert_eq!(said.fingerprint(), said.clone().fingerprint());
        assert_ne!(said.fingerprint(), noisy.fingerprint());
        assert_eq!(said.hash(), noisy.hash());
        assert_ne!(said.fingerprint(), edited.fingerprint());
        assert_ne!(said.hash(), edited.hash());
    }

    #[test]
    fn what_is_no_part_of_the_meaning_is_no_part_of_the_letters() {
        let mut said = entry("<p>One</p>");
        said.published = DateTime::from_timestamp(1_600_000_000, 0);
        let file = Enclosure {
            url: "https://a.example/a.mp3".to_owned(),
            media_type: None,
            length: Some(1),
        };
        said.enclosures.push(file);
        let mut again = said.clone();
        again.guid.push('b');
        again.updated = said.published;
        again.enclosures[0].length = Some(2);
        again.is_cut = true;
        let extras = Extras {
            comments: Some(7),
            ..Extras::default()
        };
        said.extras = Some(Box::default());
        again.extras = Some(Box::new(extras));
        assert_eq!(said.fingerprint(), again.fingerprint());
        assert_eq!(said.hash(), again.hash());
    }

    #[test]
    fn no_text_passes_from_one_field_into_the_next() {
        let mut one = entry("<p>One</p>");
        let mut other = one.clone();
        (one.language, one.base) = (Some("en".to_owned()), Some("a".to_owned()));
        (other.language, other.base) = (Some("ena".to_owned()), None);
        let link = |rel: &str, url: &str| {
            let link = ExtraLink {
                rel: rel.to_owned(),
                url: url.to_owned(),
                ..ExtraLink::default()
            };
            let mut linked = entry("");
            linked.extras = Some(Box::new(Extras {
                links: vec![link],
                ..Extras::default()
            }));
            linked
        };
        let mut plain = entry("<p>One</p>");
        plain.content = Some(Text::plain("<p>One</p>"));
        for (one, other) in [
            (one, other),
            (link("via", "x"), link("viax", "")),
            (entry("<p>One</p>"), plain),
        ] {
            assert_ne!(one.fingerprint(), other.fingerprint());
            assert_ne!(one.hash(), other.hash());
        }
    }
}
