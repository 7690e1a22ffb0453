//! The namespaces that feeds use, by every address and prefix they are met under.

/// What vocabulary an element belongs to. Atom's and RSS's own differ only for printing: one reader
/// knows the names of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Namespace {
    /// RSS in all its versions, CDF, and whatever is in no namespace or in one nobody knows.
    Core,
    Atom,
    Rdf,
    Dc,
    DcTerms,
    Content,
    Itunes,
    Media,
    Slash,
    Syndication,
    Podcast,
    Xhtml,
    FeedBurner,
    Admin,
    CreativeCommons,
    Cc,
    Thread,
    Activity,
    GeoRss,
    Geo,
    Gml,
    CommentApi,
    Xml,
    /// With a prefix that means nothing here.
    Other,
}

/// Each with the prefix and the address it is printed under; Core and Atom have theirs from the root.
const PRINTED: [(Namespace, &str, &str); 22] = [
    (Namespace::Atom, "atom", "http://www.w3.org/2005/Atom"),
    (
        Namespace::Rdf,
        "rdf",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    ),
    (Namespace::Dc, "dc", "http://purl.org/dc/elements/1.1/"),
    (Namespace::DcTerms, "dcterms", "http://purl.org/dc/terms/"),
    (
        Namespace::Content,
        "content",
        "http://purl.org/rss/1.0/modules/content/",
    ),
    (
        Namespace::Itunes,
        "itunes",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
    ),
    (Namespace::Media, "media", "http://search.yahoo.com/mrss/"),
    (
        Namespace::Slash,
        "slash",
        "http://purl.org/rss/1.0/modules/slash/",
    ),
    (
        Namespace::Syndication,
        "sy",
        "http://purl.org/rss/1.0/modules/syndication/",
    ),
    (
        Namespace::Podcast,
        "podcast",
        "https://podcastindex.org/namespace/1.0",
    ),
    (Namespace::Xhtml, "xhtml", "http://www.w3.org/1999/xhtml"),
    (
        Namespace::FeedBurner,
        "feedburner",
        "http://rssnamespace.org/feedburner/ext/1.0",
    ),
    (Namespace::Admin, "admin", "http://webns.net/mvcb/"),
    (
        Namespace::CreativeCommons,
        "creativeCommons",
        "http://backend.userland.com/creativeCommonsRssModule",
    ),
    (Namespace::Cc, "cc", "http://web.resource.org/cc/"),
    (
        Namespace::Thread,
        "thr",
        "http://purl.org/syndication/thread/1.0",
    ),
    (
        Namespace::Activity,
        "activity",
        "http://activitystrea.ms/spec/1.0/",
    ),
    (Namespace::GeoRss, "georss", "http://www.georss.org/georss"),
    (
        Namespace::Geo,
        "geo",
        "http://www.w3.org/2003/01/geo/wgs84_pos#",
    ),
    (Namespace::Gml, "gml", "http://www.opengis.net/gml"),
    (
        Namespace::CommentApi,
        "wfw",
        "http://wellformedweb.org/CommentAPI/",
    ),
    (
        Namespace::Xml,
        "xml",
        "http://www.w3.org/XML/1998/namespace",
    ),
];

/// Addresses in lower case, without scheme and without `/` or `#` at the end: those are what publishers
/// get wrong.
const ADDRESSES: [(&str, Namespace); 47] = [
    ("", Namespace::Core),
    ("blogs.law.harvard.edu/tech/rss", Namespace::Core),
    ("purl.org/rss/1.0", Namespace::Core),
    ("purl.org/rss/2.0", Namespace::Core),
    ("purl.org/net/rss1.1", Namespace::Core),
    ("my.netscape.com/rdf/simple/0.9", Namespace::Core),
    ("channel.netscape.com/rdf/simple/0.9", Namespace::Core),
    (
        "my.netscape.com/publish/formats/rss-0.91.dtd",
        Namespace::Core,
    ),
    ("purl.org/rss/1.0/modules/rss091", Namespace::Core),
    ("www.w3.org/2005/atom", Namespace::Atom),
    ("purl.org/atom/ns", Namespace::Atom),
    ("purl.org/atom/1.0", Namespace::Atom),
    ("example.com/newformat", Namespace::Atom),
    ("example.com/necho", Namespace::Atom),
    ("purl.org/echo", Namespace::Atom),
    ("uri/of/echo/namespace", Namespace::Atom),
    ("purl.org/pie", Namespace::Atom),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", Namespace::Rdf),
    ("purl.org/dc/elements/1.1", Namespace::Dc),
    ("purl.org/dc/elements/1.0", Namespace::Dc),
    ("purl.org/dc/terms", Namespace::DcTerms),
    ("purl.org/rss/1.0/modules/dcterms", Namespace::DcTerms),
    ("purl.org/rss/1.0/modules/content", Namespace::Content),
    ("www.itunes.com/dtds/podcast-1.0.dtd", Namespace::Itunes),
    ("example.com/dtds/podcast-1.0.dtd", Namespace::Itunes),
    ("www.itunes.com/dtds/podcast-1.0", Namespace::Itunes),
    ("search.yahoo.com/mrss", Namespace::Media),
    ("tools.search.yahoo.com/mrss", Namespace::Media),
    ("video.search.yahoo.com/mrss", Namespace::Media),
    ("www.rssboard.org/media-rss", Namespace::Media),
    ("purl.org/rss/1.0/modules/slash", Namespace::Slash),
    (
        "purl.org/rss/1.0/modules/syndication",
        Namespace::Syndication,
    ),
    ("podcastindex.org/namespace/1.0", Namespace::Podcast),
    (
        "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
        Namespace::Podcast,
    ),
    ("www.w3.org/1999/xhtml", Namespace::Xhtml),
    ("rssnamespace.org/feedburner/ext/1.0", Namespace::FeedBurner),
    ("webns.net/mvcb", Namespace::Admin),
    (
        "backend.userland.com/creativecommonsrssmodule",
        Namespace::CreativeCommons,
    ),
    (
        "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html",
        Namespace::CreativeCommons,
    ),
    ("web.resource.org/cc", Namespace::Cc),
    ("creativecommons.org/ns", Namespace::Cc),
    ("purl.org/syndication/thread/1.0", Namespace::Thread),
    ("activitystrea.ms/spec/1.0", Namespace::Activity),
    ("www.georss.org/georss", Namespace::GeoRss),
    ("www.w3.org/2003/01/geo/wgs84_pos", Namespace::Geo),
    ("www.opengis.net/gml", Namespace::Gml),
    ("wellformedweb.org/commentapi", Namespace::CommentApi),
];

/// Prefixes that stand for something else than the printed ones, where nothing declares them.
const PREFIXES: [(&str, Namespace); 7] = [
    ("rss", Namespace::Core),
    ("a10", Namespace::Atom),
    ("dct", Namespace::DcTerms),
    ("xmedia", Namespace::Media),
    ("creativecommons", Namespace::CreativeCommons),
    ("html", Namespace::Xhtml),
    ("thread", Namespace::Thread),
];

impl Namespace {
    /// By its address; `None` for one that is not known.
    pub(in crate::parse) fn of_address(address: &str) -> Option<Self> {
        let lower = address.trim().to_ascii_lowercase();
        let bare = lower
            .strip_prefix("http://")
            .or_else(|| lower.strip_prefix("https://"))
            .unwrap_or(&lower)
            .trim_end_matches(['/', '#']);
        let known = ADDRESSES.iter().find(|(known, _)| *known == bare);
        if let Some((_, namespace)) = known {
            return Some(*namespace);
        }
        // Userland's grew with each version.
        bare.contains("backend.userland.com/rss")
            .then_some(Self::Core)
    }

    /// By the prefix it usually has; `Other` for one that is not known.
    pub(in crate::parse) fn of_prefix(prefix: &str) -> Self {
        let printed = PRINTED
            .iter()
            .find(|(_, known, _)| known.eq_ignore_ascii_case(prefix))
            .map(|(namespace, ..)| *namespace);
        printed
            .or_else(|| {
                PREFIXES
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(prefix))
                    .map(|(_, namespace)| *namespace)
            })
            .unwrap_or(Self::Other)
    }

    /// Whether an element of this vocabulary is one of Atom's or RSS's own.
    pub(in crate::parse) fn is_core(self) -> bool {
        matches!(self, Self::Core | Self::Atom)
    }

    /// The prefix it is known by; `None` for Atom's and RSS's own and for what is not known.
    pub(in crate::parse) fn prefix(self) -> Option<&'static str> {
        let printed = self.printed().filter(|_| !self.is_core());
        printed.map(|(prefix, _)| prefix)
    }

    /// The prefix and the address to print it with.
    pub(super) fn printed(self) -> Option<(&'static str, &'static str)> {
        PRINTED
            .iter()
            .find(|(namespace, ..)| *namespace == self)
            .map(|(_, prefix, address)| (*prefix, *address))
    }
}

/// Every namespace that is printed by a prefix of its own.
pub(super) fn all_printed() -> impl Iterator<Item = (Namespace, &'static str, &'static str)> {
    PRINTED.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_as_publishers_write_them() {
        for (address, namespace) in [
            ("http://www.w3.org/2005/Atom", Some(Namespace::Atom)),
            (" https://www.w3.org/2005/atom/ ", Some(Namespace::Atom)),
            ("http://purl.org/atom/ns#", Some(Namespace::Atom)),
            ("http://backend.userland.com/rss191", Some(Namespace::Core)),
            ("http://search.yahoo.com/mrss", Some(Namespace::Media)),
            (
                "HTTP://www.itunes.com/DTDs/Podcast-1.0.dtd",
                Some(Namespace::Itunes),
            ),
            ("http://wrong.example/", None),
        ] {
            assert_eq!(Namespace::of_address(address), namespace, "{address}");
        }
        assert_eq!(Namespace::of_prefix("DC"), Namespace::Dc);
        assert_eq!(Namespace::of_prefix("x"), Namespace::Other);
    }
}
