//! Media RSS: files, what is said of each, and what a group or an item says of all its files.
//! <https://www.rssboard.org/media-rss>

use crate::model::MediaObject;
use crate::parse::repair::Attribute;

use super::{Place, Reader, What, get};

/// More files than any entry has.
const MOST: usize = 200;
const LONGEST: usize = 4096;

impl<'a> Reader<'a> {
    pub(super) fn open_media(&mut self, attributes: &[Attribute<'_>]) -> What<'a> {
        if self.place() != Place::Entry || self.entry_mut().media.len() >= MOST {
            return What::Group;
        }
        let text = |name: &str| get(attributes, name).map(str::to_owned);
        let number = |name: &str| get(attributes, name).and_then(|value| value.parse().ok());
        let url = get(attributes, "url").map(|url| self.scopes.resolve(url));
        let object = MediaObject {
            url,
            media_type: text("type"),
            medium: text("medium"),
            duration: text("duration"),
            width: number("width"),
            height: number("height"),
            ..MediaObject::default()
        };
        let entry = self.entry_mut();
        entry.media.push(object);
        What::Media(entry.media.len() - 1)
    }

    /// What the elements that are open now speak of: a file, a group, or all of the entry.
    pub(super) fn media_mut(&mut self) -> Option<&mut MediaObject> {
        if self.place() != Place::Entry {
            return None;
        }
        let open = self.frames.iter().rev().find_map(|frame| match frame.what {
            What::Media(at) => Some(Some(at)),
            What::Place(_) => Some(None),
            _ => None,
        });
        let entry = self.entry_mut();
        match open.flatten() {
            Some(at) => entry.media.get_mut(at),
            None => Some(&mut entry.media_of_all),
        }
    }

    /// A group that ends passes on what it said to each of its files.
    pub(super) fn close_media(&mut self, at: usize) {
        let media = &mut self.entry_mut().media;
        if at + 1 < media.len() && media.get(at).is_some_and(|group| group.url.is_none()) {
            let group = media.remove(at);
            for file in media.iter_mut().skip(at) {
                inherit(file, &group);
            }
        }
    }
}

/// The files of an entry, each with what is said of all.
pub(super) fn all(mut media: Vec<MediaObject>, of_all: MediaObject) -> Vec<MediaObject> {
    if of_all != MediaObject::default() {
        if media.is_empty() {
            media.push(of_all);
        } else {
            media.iter_mut().for_each(|file| inherit(file, &of_all));
        }
    }
    media.retain(|file| *file != MediaObject::default());
    media
}

/// What stands nearer to a file goes before what is said of all.
fn inherit(file: &mut MediaObject, from: &MediaObject) {
    let own = |own: &mut Option<String>, other: &Option<String>| {
        if own.is_none() {
            own.clone_from(other);
        }
    };
    own(&mut file.title, &from.title);
    // A long one would be kept as often as there are files.
    if from
        .description
        .as_ref()
        .is_some_and(|text| text.len() < LONGEST)
    {
        own(&mut file.description, &from.description);
    }
    own(&mut file.player, &from.player);
    for (own, other) in [
        (&mut file.thumbnails, &from.thumbnails),
        (&mut file.keywords, &from.keywords),
    ] {
        if own.is_empty() {
            own.clone_from(other);
        }
    }
}
