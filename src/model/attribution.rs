//! Who wrote an entry, and what came with it.

/// Somebody who wrote something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// `None` where only an address is known.
    pub(crate) name: Option<String>,
    pub(crate) uri: Option<String>,
    pub(crate) email: Option<String>,
}

/// A file that belongs to an entry: audio, slides, a video.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Enclosure {
    pub(crate) url: String,
    /// The media type: Atom `link type`, RSS `enclosure type`, JSON Feed `mime_type`.
    pub(crate) media_type: Option<String>,
    /// In bytes. Publishers who do not know write 0; that is `None` here.
    pub(crate) length: Option<u64>,
}
