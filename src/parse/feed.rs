//! Feeds in XML: Atom, RSS and CDF to one shape. They are read by `reader`, with feed-rs behind it.

mod guard;
mod guids;
mod map;
mod people;
mod reader;

use std::borrow::Cow;

use url::Url;

use crate::model::{FeedFormat, RawFeed};

use super::Telling;
use super::dates;
use super::error::{ParseError, excerpt};
use super::repair::{self, Repairs, Root, Rule};

/// Reads an Atom, RSS or CDF document whose root has been found.
pub(super) fn read_xml(
    text: &str,
    root: &Root<'_>,
    location: Option<&Url>,
    telling: Telling,
    repairs: &mut Repairs,
) -> Result<RawFeed, ParseError> {
    let mended = repair::characters(text, repairs);
    match &mended {
        Cow::Borrowed(_) => read_mended(text, root, location, telling, repairs),
        // What was left out before the root moved it.
        Cow::Owned(mended) => {
            let root = Root::find(mended).filter(|found| found.name == root.name);
            let root = root.or_else(|| Root::find_behind_junk(mended));
            let root = root.ok_or(ParseError::Hollow { format: "XML" })?;
            read_mended(mended, &root, location, telling, repairs)
        }
    }
}

fn read_mended(
    text: &str,
    root: &Root<'_>,
    location: Option<&Url>,
    telling: Telling,
    repairs: &mut Repairs,
) -> Result<RawFeed, ParseError> {
    let stream = repair::stream(text, root, repairs);
    let feed = reader::read(stream, location, telling, repairs);
    if !is_hollow(&feed) {
        return finish(feed, repairs);
    }
    let normalised = repair::normalised(text, root);
    let format = feed.format;
    match through_feed_rs(&normalised, location, name(format)) {
        Ok(parsed) => {
            let second = map::feed(parsed, format);
            if !is_hollow(&second) {
                repairs.count(Rule::SecondReader);
            }
            finish(second, repairs)
        }
        Err(_) => finish(feed, repairs),
    }
}

/// The document as the reader sees it.
pub(super) fn normalised(text: &str, root: &Root<'_>) -> String {
    let mended = repair::characters(text, &mut Repairs::default());
    let found = match &mended {
        Cow::Borrowed(_) => Some(*root),
        Cow::Owned(mended) => Root::find(mended).or_else(|| Root::find_behind_junk(mended)),
    };
    found.map_or_else(String::new, |root| repair::normalised(&mended, &root))
}

fn is_hollow(feed: &RawFeed) -> bool {
    feed.title.is_none() && feed.entries.is_empty() && feed.site_url.is_none()
}

/// What every feed needs in the end, whatever it was read from.
pub(super) fn finish(mut feed: RawFeed, repairs: &mut Repairs) -> Result<RawFeed, ParseError> {
    if is_hollow(&feed) {
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
