//! Feeds in XML, through feed-rs: Atom and RSS to one shape. What feed-rs leaves out is read beside it in
//! `facts`.

mod facts;
mod guard;
mod guids;
mod map;
mod people;

use std::borrow::Cow;

use url::Url;

use crate::model::{FeedFormat, RawFeed};

use super::dates;
use super::error::{ParseError, excerpt};
use super::repair::{Repairs, Root, mend};

/// Reads an Atom or RSS document whose root has been found.
pub(super) fn read_xml(
    text: &str,
    root: &Root<'_>,
    location: Option<&Url>,
    repairs: &mut Repairs,
) -> Result<RawFeed, ParseError> {
    let format = format_of(root)?;
    let mended = mend(text, root, repairs);
    let facts = facts::read(&mended, location)?;
    let ready = fit_root(&mended, repairs);
    let parsed = through_feed_rs(&ready, location, name(format))?;
    let mut feed = map::feed(parsed, format);
    facts.add_to(&mut feed);
    finish(feed, repairs)
}

/// What every feed needs in the end, whatever it was read from.
pub(super) fn finish(mut feed: RawFeed, repairs: &mut Repairs) -> Result<RawFeed, ParseError> {
    if feed.title.is_none() && feed.entries.is_empty() && feed.site_url.is_none() {
        return Err(ParseError::Hollow {
            format: name(feed.format),
        });
    }
    people::mend_all(&mut feed, repairs);
    guids::assign(&mut feed.entries, repairs);
    Ok(feed)
}

fn through_feed_rs(
    text: &str,
    location: Option<&Url>,
    format: &'static str,
) -> Result<feed_rs::model::Feed, ParseError> {
    let parser = feed_rs::parser::Builder::new()
        // feed-rs would make up ids, some of them random; `guids` makes ours once all fields are known.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(dates::instant)
        .sanitize_content(false)
        .base_uri(location.map(Url::as_str))
        .build();
    match guard::silently(|| parser.parse(text.as_bytes())) {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => Err(ParseError::Broken {
            format,
            message: excerpt(&error.to_string()),
        }),
        Err(message) => Err(ParseError::Panicked {
            format,
            message: excerpt(&message),
        }),
    }
}

fn format_of(root: &Root<'_>) -> Result<FeedFormat, ParseError> {
    let version = root
        .attribute("version")
        .map_or("", |(_, version)| version)
        .trim();
    match root.name.to_ascii_lowercase().as_str() {
        "feed" | "entry" if root.tag.contains("purl.org/atom/ns#") => {
            Err(ParseError::Unsupported("Atom 0.3"))
        }
        "feed" | "entry" => Ok(FeedFormat::Atom10),
        "rdf"
            if NETSCAPE
                .iter()
                .any(|namespace| root.tag.contains(namespace)) =>
        {
            Ok(FeedFormat::Rss090)
        }
        "rdf" => Ok(FeedFormat::Rss10),
        "rss" => Ok(match version {
            "0.90" => FeedFormat::Rss090,
            "0.91" => FeedFormat::Rss091,
            "0.92" => FeedFormat::Rss092,
            "0.93" => FeedFormat::Rss093,
            "0.94" => FeedFormat::Rss094,
            _ => FeedFormat::Rss20,
        }),
        _ => Err(ParseError::Unsupported(
            "the Channel Definition Format (CDF)",
        )),
    }
}

/// RSS 0.90's namespaces.
const NETSCAPE: [&str; 2] = [
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
];

/// Puts the root so that feed-rs takes it: it wants one of three versions of RSS exactly, and knows
/// RSS 0.90's elements by RSS 1.0's namespace only.
fn fit_root<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    let Some(root) = Root::find(text) else {
        return Cow::Borrowed(text);
    };
    let rest = &text[root.start + root.tag.len()..];
    if root.name == "RDF" {
        return match NETSCAPE
            .iter()
            .find(|namespace| root.tag.contains(*namespace))
        {
            Some(namespace) => {
                Cow::Owned(root.tag.replace(namespace, "http://purl.org/rss/1.0/") + rest)
            }
            None => Cow::Borrowed(text),
        };
    }
    if root.name != "rss" {
        return Cow::Borrowed(text);
    }
    let Some((at, version)) = root.attribute("version") else {
        repairs.add("rss-version", 1);
        let name_end = root.tag.find("rss").map_or(0, |at| at + "rss".len());
        let (before, after) = root.tag.split_at(name_end);
        return Cow::Owned(format!("{before} version=\"2.0\"{after}{rest}"));
    };
    match version {
        "2.0" | "0.91" | "0.92" => return Cow::Borrowed(text),
        "0.90" | "0.93" | "0.94" => {}
        _ => repairs.add("rss-version", 1),
    }
    let (before, after) = (&root.tag[..at], &root.tag[at + version.len()..]);
    Cow::Owned(format!("{before}2.0{after}{rest}"))
}

fn name(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Atom03 | FeedFormat::Atom10 => "Atom",
        FeedFormat::JsonFeed10 | FeedFormat::JsonFeed11 => "JSON Feed",
        FeedFormat::Cdf => "CDF",
        FeedFormat::Markdown => "Markdown",
        _ => "RSS",
    }
}

#[cfg(test)]
mod tests;
