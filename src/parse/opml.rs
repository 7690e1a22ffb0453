//! OPML: a list of subscriptions in folders. http://opml.org/spec2.opml

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::error::{ParseError, excerpt};

/// A list of feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Opml {
    pub(crate) title: Option<String>,
    /// Those that name a feed, in the document's order.
    pub(crate) outlines: Vec<Outline>,
}

/// One feed of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// `xmlUrl` as written: a URL, or a path relative to the list.
    pub(crate) address: String,
    /// The address resolved against the list's location. `None` where it is relative and the list
    /// came from nowhere.
    pub(crate) url: Option<Url>,
    /// `title`, else `text`.
    pub(crate) title: Option<String>,
    /// The folders around it, outermost first, then the parts of `category`; none twice.
    pub(crate) tags: Vec<String>,
    /// `htmlUrl`.
    pub(crate) html_url: Option<String>,
}

/// Nobody sorts feeds into deeper folders; a hostile list would be all tags.
const MAX_DEPTH: usize = 100;
const MAX_TAGS: usize = 100;
/// Ten times what anybody reads.
const MAX_OUTLINES: usize = 50_000;

pub(super) fn read(text: &str, location: Option<&Url>) -> Result<Opml, ParseError> {
    let mut reader = Reader::from_str(text);
    // Lists written by hand close things wrongly; the outlines are read all the same.
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut list = Opml::default();
    let mut folders: Vec<Folder> = Vec::new();
    let mut in_title = false;
    let mut title = String::new();
    loop {
        let event = reader.read_event().map_err(|error| ParseError::Broken {
            format: "OPML",
            message: excerpt(&format!("{error} at byte {}", reader.error_position())),
        })?;
        if list.outlines.len() > MAX_OUTLINES {
            return Err(ParseError::TooMuch {
                what: "feeds",
                limit: MAX_OUTLINES,
            });
        }
        match event {
            Event::Start(tag) if is(&tag, "outline") => {
                if folders.len() >= MAX_DEPTH {
                    return Err(ParseError::TooMuch {
                        what: "folders inside one another",
                        limit: MAX_DEPTH,
                    });
                }
                let folder = take_outline(&tag, &folders, location, &mut list);
                folders.push(folder);
            }
            Event::Empty(tag) if is(&tag, "outline") => {
                take_outline(&tag, &folders, location, &mut list);
            }
            Event::Start(tag) => in_title = is(&tag, "title"),
            Event::End(tag) => {
                if tag.local_name().as_ref().eq_ignore_ascii_case("outline") {
                    folders.pop();
                }
                in_title = false;
            }
            Event::Text(text) if in_title => title.push_str(&text),
            Event::CData(text) if in_title => title.push_str(&text),
            Event::GeneralRef(reference) if in_title => {
                let name = reference.as_ref();
                title.push_str(&unescape(&format!("&{name};")));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    list.title = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
    Ok(list)
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref().eq_ignore_ascii_case(name)
}

/// What an open outline is.
enum Folder {
    Named(Option<String>),
    /// What stands inside a feed is its entries or its pages, and no subscription; what is commented out
    /// is none either.
    Feed,
}

/// Adds the outline to the list if it names a feed. Answers the folder it opens, if it is one.
fn take_outline(
    tag: &BytesStart<'_>,
    folders: &[Folder],
    location: Option<&Url>,
    list: &mut Opml,
) -> Folder {
    let (mut address, mut plain_url, mut title, mut text) = (None, None, None, None);
    let (mut html_url, mut category, mut kind, mut comment) = (None, None, None, None);
    let mut attributes = tag.attributes();
    // The check for doubled attributes is quadratic.
    attributes.with_checks(false);
    for attribute in attributes.flatten() {
        let slot = match attribute.key.as_ref().to_ascii_lowercase().as_str() {
            "xmlurl" => &mut address,
            "url" => &mut plain_url,
            "title" => &mut title,
            "text" => &mut text,
            "htmlurl" => &mut html_url,
            "category" => &mut category,
            "type" => &mut kind,
            "iscomment" => &mut comment,
            _ => continue,
        };
        let value = unescape(&attribute.value).trim().to_owned();
        if slot.is_none() && !value.is_empty() {
            *slot = Some(value);
        }
    }
    // OPML 2.0: whatever stands inside is commented out too.
    if comment.is_some_and(|comment: String| comment.eq_ignore_ascii_case("true")) {
        return Folder::Feed;
    }
    let is_feed = kind.is_some_and(|kind: String| {
        ["rss", "atom", "rss1", "feed"]
            .iter()
            .any(|known| kind.eq_ignore_ascii_case(known))
    });
    let title = title.or(text);
    let Some(address) = address.or(plain_url.filter(|_| is_feed)) else {
        return Folder::Named(title);
    };
    if folders.iter().any(|folder| matches!(folder, Folder::Feed)) {
        return Folder::Feed;
    }
    let mut tags: Vec<String> = Vec::new();
    let categories = category
        .iter()
        .flat_map(|category| category.split([',', '/']));
    for tag in folders
        .iter()
        .filter_map(|folder| match folder {
            Folder::Named(name) => name.as_deref(),
            Folder::Feed => None,
        })
        .chain(categories)
    {
        let tag = tag.trim();
        if !tag.is_empty() && tags.len() < MAX_TAGS && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    // Typed as people say it, without a scheme.
    let spoken = address
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("www."));
    let url = match location {
        _ if spoken => Url::parse(&format!("http://{address}")).ok(),
        Some(location) => location.join(&address).ok(),
        None => Url::parse(&address).ok(),
    };
    list.outlines.push(Outline {
        address,
        url,
        title,
        tags,
        html_url,
    });
    Folder::Feed
}

/// The five references XML has and the numeric ones; others stay as they are, nothing is expanded.
/// A bare `&`, common in addresses, means itself.
fn unescape(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(
        |_| value.replace("&amp;", "&"),
        std::borrow::Cow::into_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_are_read_with_folders_and_categories_as_tags() {
        let location = Url::parse("file:///lists/mine.opml").unwrap();
        let list = read(
            "<opml version='2.0'><head><title>Ann &amp; Bo</title></head><body>
             <outline text='Conferences'><outline text='Europe'>
               <outline text='Blog' title='The Blog' XMLURL='https://blog.example/feed?a=1&b=2' htmlUrl='https://blog.example/'/>
             </outline>
               <outline type='rss' text='Notes' xmlUrl='notes/' category='/Boston/Weather,Conferences'></outline>
             </outline>
             <outline type='link' text='A page' url='https://page.example/'/>
             <outline type='rss' text='Old' url='https://old.example/rss'/>
             </body></opml>",
            Some(&location),
        )
        .unwrap();
        assert_eq!(list.title.as_deref(), Some("Ann & Bo"));
        let found: Vec<_> = list
            .outlines
            .iter()
            .map(|o| {
                (
                    o.url.as_ref().map_or("", Url::as_str),
                    o.title.as_deref().unwrap_or(""),
                    o.tags.join(" "),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (
                    "https://blog.example/feed?a=1&b=2",
                    "The Blog",
                    "Conferences Europe".to_owned()
                ),
                (
                    "file:///lists/notes/",
                    "Notes",
                    "Conferences Boston Weather".to_owned()
                ),
                ("https://old.example/rss", "Old", String::new()),
            ]
        );
        assert_eq!(list.outlines[1].address, "notes/");
        assert_eq!(
            list.outlines[0].html_url.as_deref(),
            Some("https://blog.example/")
        );
    }

    #[test]
    fn a_relative_address_from_nowhere_is_kept_as_written() {
        let list = read("<opml><outline xmlUrl='a.xml'/></opml>", None).unwrap();
        assert_eq!(
            (list.outlines[0].address.as_str(), &list.outlines[0].url),
            ("a.xml", &None)
        );
    }

    #[test]
    fn entities_are_not_expanded() {
        let list = read(
            "<!DOCTYPE opml [<!ENTITY a 'aaaa'><!ENTITY b SYSTEM 'file:///etc/passwd'>]><opml><head><title>&a;&b;</title></head>
             <outline text='&a;' xmlUrl='https://x.example/&b;'/></opml>",
            None,
        )
        .unwrap();
        assert_eq!(list.title.as_deref(), Some("&a;&b;"));
        assert_eq!(list.outlines[0].address, "https://x.example/&b;");
    }

    #[test]
    fn deep_folders_are_refused_and_broken_lists_explained() {
        let deep = "<outline text='a'>".repeat(100_000);
        assert!(matches!(read(&deep, None), Err(ParseError::TooMuch { .. })));
        let error = read("<opml><outline xmlUrl='x'", None)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("the OPML document is broken: "),
            "{error}"
        );
    }
}
