//! What an entry says beside its fields, made safe: texts plain, addresses absolute.

use url::Url;

use super::links::{self, Bases};
use super::text;
use crate::model::{
    Contributor, Extension, ExtraLink, Extras, InReplyTo, MediaObject, Person, SourceFacts, Text,
};

/// More of anything is no fact about an entry.
const MOST: usize = 200;

/// `contributors` are those of the entry that have no other field.
pub(super) fn extras(
    raw: Option<&Extras>,
    contributors: &[Person],
    bases: &Bases,
) -> Option<Box<Extras>> {
    let none = Extras::default();
    let raw = raw.unwrap_or(&none);
    let plain = contributors.iter().map(|person| Contributor {
        name: person.name.clone(),
        uri: person.uri.clone(),
        email: person.email.clone(),
        role: None,
    });
    let everybody: Vec<Contributor> = plain.chain(raw.contributors.iter().cloned()).collect();
    let safe = Extras {
        rights: html(raw.rights.as_ref()),
        licenses: addresses(&raw.licenses, bases),
        image: raw.image.as_deref().and_then(|url| bases.media(url)),
        contributors: people(&everybody, bases.base()),
        links: each(&raw.links, |link| self::link(link, bases)),
        in_reply_to: each(&raw.in_reply_to, |answered| in_reply_to(answered, bases)),
        comments: raw.comments,
        places: each(&raw.places, |place| place_line(place)),
        media: each(&raw.media, |file| media(file, bases)),
        source: raw.source.as_ref().map(|facts| source(facts, bases)),
        extensions: each(&raw.extensions, extension),
    };
    safe.some()
}

fn each<T, U>(raw: &[T], safe: impl Fn(&T) -> Option<U>) -> Vec<U> {
    raw.iter().take(MOST).filter_map(safe).collect()
}

fn html(raw: Option<&String>) -> Option<String> {
    text::summary(&Text::html(raw?.as_str()))
}

fn plain(raw: Option<&String>) -> Option<String> {
    text::name(raw?)
}

fn addresses(raw: &[String], bases: &Bases) -> Vec<String> {
    let mut safe = each(raw, |url| links::page(url, bases.base()));
    safe.dedup();
    safe
}

fn people(raw: &[Contributor], base: Option<&Url>) -> Vec<Contributor> {
    let mut people: Vec<Contributor> = Vec::new();
    for person in raw.iter().take(100) {
        let safe = Contributor {
            name: plain(person.name.as_ref()),
            uri: person
                .uri
                .as_deref()
                .and_then(|uri| links::contact(uri, base)),
            email: person.email.as_deref().and_then(text::email),
            role: plain(person.role.as_ref()),
        };
        let somebody = safe.name.is_some() || safe.uri.is_some() || safe.email.is_some();
        if somebody && !people.contains(&safe) {
            people.push(safe);
        }
    }
    people
}

fn link(raw: &ExtraLink, bases: &Bases) -> Option<ExtraLink> {
    Some(ExtraLink {
        rel: text::name(&raw.rel)?,
        url: bases.link(&raw.url)?,
        media_type: raw.media_type.as_deref().and_then(text::media_type),
        title: html(raw.title.as_ref()),
        language: raw.language.as_deref().and_then(text::language),
    })
}

fn in_reply_to(raw: &InReplyTo, bases: &Bases) -> Option<InReplyTo> {
    let page = |url: &Option<String>| {
        let url = url.as_deref()?;
        links::page(url, bases.base())
    };
    let safe = InReplyTo {
        id: raw.id.as_deref().map(text::guid),
        url: page(&raw.url),
        source: page(&raw.source),
    };
    (safe != InReplyTo::default()).then_some(safe)
}

/// A kind and numbers, else it is no place.
fn place_line(raw: &str) -> Option<String> {
    let (kind, numbers) = raw.split_once(' ')?;
    let numbers: Vec<f64> = numbers
        .split_whitespace()
        .map(|number| {
            number
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
        })
        .collect::<Option<_>>()?;
    let written: Vec<String> = numbers.iter().map(f64::to_string).collect();
    (numbers.len() >= 2).then(|| format!("{kind} {}", written.join(" ")))
}

fn media(raw: &MediaObject, bases: &Bases) -> Option<MediaObject> {
    let media = |url: &String| bases.media(url);
    let safe = MediaObject {
        url: raw.url.as_ref().and_then(media),
        media_type: raw.media_type.as_deref().and_then(text::media_type),
        medium: plain(raw.medium.as_ref()),
        duration: plain(raw.duration.as_ref()),
        width: raw.width,
        height: raw.height,
        title: html(raw.title.as_ref()),
        description: html(raw.description.as_ref()),
        thumbnails: each(&raw.thumbnails, media),
        keywords: each(&raw.keywords, |word| text::name(word)),
        player: raw.player.as_ref().and_then(media),
    };
    (safe != MediaObject::default()).then_some(safe)
}

fn source(raw: &SourceFacts, bases: &Bases) -> SourceFacts {
    let media = |url: &Option<String>| url.as_deref().and_then(|url| bases.media(url));
    SourceFacts {
        updated: raw.updated.clone(),
        subtitle: html(raw.subtitle.as_ref()),
        rights: html(raw.rights.as_ref()),
        language: raw.language.as_deref().and_then(text::language),
        generator: plain(raw.generator.as_ref()),
        icon: media(&raw.icon),
        logo: media(&raw.logo),
        authors: people(&raw.authors, bases.base()),
        contributors: people(&raw.contributors, bases.base()),
        categories: each(&raw.categories, |term| text::name(term)),
        links: each(&raw.links, |link| self::link(link, bases)),
    }
}

fn extension(raw: &Extension) -> Option<Extension> {
    let line = |text: &str| text::title(&Text::plain(text));
    let safe = Extension {
        name: text::name(&raw.name)?,
        value: raw.value.as_deref().and_then(line),
        attributes: raw
            .attributes
            .iter()
            .filter_map(|(name, value)| Some((text::name(name)?, line(value)?)))
            .collect(),
    };
    (safe.value.is_some() || !safe.attributes.is_empty()).then_some(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_publisher_adds_is_made_safe() {
        let raw = Extras {
            rights: Some("CC &amp; <b>others</b><script>x()</script>".to_owned()),
            licenses: vec!["javascript:x()".to_owned(), "/cc".to_owned()],
            image: Some("data:image/png;base64,AA".to_owned()),
            links: vec![ExtraLink {
                rel: "via".to_owned(),
                url: "javascript:x()".to_owned(),
                ..ExtraLink::default()
            }],
            places: vec!["point 1.50 x".to_owned(), "point 50.850 4.35".to_owned()],
            extensions: vec![Extension {
                name: "a:b".to_owned(),
                value: Some("\u{1b}[2Jred".to_owned()),
                ..Extension::default()
            }],
            ..Extras::default()
        };
        let site = Some("https://blog.example/");
        let bases = Bases::new(&[site], None, None);
        let safe = extras(Some(&raw), &[], &bases).unwrap();
        assert_eq!(safe.rights.as_deref(), Some("CC & others"));
        assert_eq!(safe.licenses, ["https://blog.example/cc"]);
        assert_eq!((safe.image.as_ref(), safe.links.len()), (None, 0));
        assert_eq!(safe.places, ["point 50.85 4.35"]);
        let value = safe.extensions[0].value.as_deref().unwrap();
        assert!(!value.contains('\u{1b}'), "{value:?}");
        assert_eq!(extras(None, &[], &bases), None);
    }
}
