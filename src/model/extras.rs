//! What an entry says beside the fields that every format has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Kept so that nothing published is lost; the archive holds it as one JSON text.
///
/// In a `RawEntry` the texts are HTML and the addresses may be relative; in an `Entry` the texts are plain
/// and the addresses absolute and of a safe scheme. What is empty was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Extras {
    /// Atom `rights`, `dc:rights`, `media:copyright`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rights: Option<String>,
    /// Addresses: `creativeCommons:license`, `cc:license`, Atom `link rel=license`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) licenses: Vec<String>,
    /// `itunes:image`, RSS `image` in an item, `media:thumbnail`, JSON Feed `image`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<String>,
    /// Atom `contributor`, `dc:contributor`, `dc:publisher`, `podcast:person`, `media:credit`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) contributors: Vec<Contributor>,
    /// Atom `link` of every relation that has no field of its own (`via`, `related`, …), several pages of
    /// one entry, `wfw:commentRss` (`replies`), `podcast:transcript`, `podcast:chapters`, JSON Feed
    /// `external_url` (`related`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<ExtraLink>,
    /// Atom `thr:in-reply-to`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) in_reply_to: Vec<InReplyTo>,
    /// `slash:comments`, `thr:total`, `thr:count` of a `link rel=replies`: as of the poll that last
    /// changed the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comments: Option<u64>,
    /// `georss:point` and its kin, `geo:lat` with `geo:long`, each with its numbers: `point 50.85 4.35`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) places: Vec<String>,
    /// Media RSS `content`, in or out of a `group`, with what is said of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) media: Vec<MediaObject>,
    /// Atom `source`, but for what `EntrySource` holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<SourceFacts>,
    /// Elements of other vocabularies: iTunes' `duration`, `activity:verb`, whatever a publisher adds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) extensions: Vec<Extension>,
}

/// Somebody who is no author.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Contributor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    /// As published: `guest`. `None` for a plain contributor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
}

/// A link with all that it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ExtraLink {
    pub(crate) rel: String,
    pub(crate) url: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
}

/// RFC 4685, 3.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct InReplyTo {
    /// `ref`: the id of what is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The feed that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
}

/// One file of Media RSS. What a group or the item says of all its files stands with each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct MediaObject {
    /// `None` where something is said of no file in particular.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) media_type: Option<String>,
    /// `image`, `video`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) medium: Option<String>,
    /// In seconds, as published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) thumbnails: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) keywords: Vec<String>,
    /// `media:player url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) player: Option<String>,
}

/// What a feed said of itself in an entry that was copied from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SourceFacts {
    /// RFC 3339, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subtitle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rights: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logo: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) authors: Vec<Contributor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) contributors: Vec<Contributor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) categories: Vec<String>,
    /// All of them, `EntrySource::url` too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<ExtraLink>,
}

/// An element nothing else is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Extension {
    /// With its vocabulary's usual prefix: `itunes:duration`; `a:b/a:c` where it stands in another.
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Extras {
    /// Nothing, where nothing was said.
    pub(crate) fn some(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
