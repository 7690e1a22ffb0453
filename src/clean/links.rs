//! Addresses: resolved against the entry's bases, and let through by their scheme alone.

use url::Url;

use crate::model::{address_as_meant, without_tracking};

/// Schemes that a click may follow. None of them runs anything in the page.
const LINKS: [&str; 5] = ["http", "https", "mailto", "tel", "ftp"];
/// Schemes that a page may load or show from.
const MEDIA: [&str; 2] = ["http", "https"];
/// What stands beside a note on a person's own disk.
const BESIDE: &str = "file";
/// Longer ones are no addresses but contents.
const LONGEST: usize = 8 * 1024;

/// What an entry's relative addresses are resolved against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bases {
    /// For all but fragments.
    base: Option<Url>,
    /// The entry itself, for `#section`.
    entry: Option<Url>,
    /// The content is a note's on this disk, and may lead to what is beside it.
    is_on_disk: bool,
}

impl Bases {
    /// The first of `candidates`, best first, that leads to an address; each may be relative to those
    /// behind it.
    pub(crate) fn new(
        candidates: &[Option<&str>],
        location: Option<&Url>,
        entry: Option<&str>,
    ) -> Self {
        let entry = entry.and_then(|entry| Url::parse(entry).ok());
        Self {
            base: first_base(candidates, location).filter(is_base),
            entry,
            is_on_disk: false,
        }
    }

    /// The bases of a note called `name` below `location`, a folder or a file on this disk.
    pub(crate) fn of_note(name: &str, location: &Url) -> Self {
        // Of a single file the name is the last part of its location.
        let own = location.join(
            &name
                .replace('%', "%25")
                .replace('?', "%3F")
                .replace('#', "%23"),
        );
        let base = own.ok().filter(|own| own.scheme() == BESIDE);
        Self {
            base: base.or_else(|| Some(location.clone())),
            entry: None,
            is_on_disk: true,
        }
    }

    /// A link in content.
    pub(crate) fn link_within(&self, reference: &str) -> Option<String> {
        self.link(reference).or_else(|| self.beside(reference))
    }

    /// A picture or the like in content.
    pub(crate) fn media_within(&self, reference: &str) -> Option<String> {
        self.media(reference).or_else(|| self.beside(reference))
    }

    /// A file on this disk; `file://host/` and `//host/` would ask another machine.
    fn beside(&self, reference: &str) -> Option<String> {
        let url = parse(
            reference.trim(),
            self.base.as_ref().filter(|_| self.is_on_disk),
        )?;
        let fits = self.is_on_disk && url.host().is_none() && !reference.trim().starts_with('#');
        checked(url, &[BESIDE]).filter(|_| fits)
    }

    pub(crate) fn base(&self) -> Option<&Url> {
        self.base.as_ref()
    }

    /// An address to click on.
    pub(crate) fn link(&self, reference: &str) -> Option<String> {
        let reference = reference.trim();
        let fragment = reference.starts_with('#').then_some(self.entry.as_ref());
        let base = fragment.flatten().or(self.base.as_ref());
        let mut url = parse(reference, base)?;
        // The content as it was published stays in the archive.
        without_tracking(&mut url);
        checked(url, &LINKS)
    }

    /// An address to load or to show from: an image, a video, an enclosure.
    pub(crate) fn media(&self, reference: &str) -> Option<String> {
        checked(parse(reference, self.base.as_ref())?, &MEDIA)
    }

    /// Each candidate of a `srcset`, as the HTML standard divides it.
    pub(crate) fn srcset(&self, value: &str) -> Option<String> {
        let mut safe: Vec<String> = Vec::new();
        let mut rest = value;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
            if rest.is_empty() || safe.len() == 20 {
                break;
            }
            let end = rest
                .find(|c: char| c.is_ascii_whitespace())
                .unwrap_or(rest.len());
            let (reference, after) = rest.split_at(end);
            let bare = reference.trim_end_matches(',');
            let mut descriptor = "";
            rest = after;
            if bare.len() == reference.len() {
                let end = after.find(',').unwrap_or(after.len());
                descriptor = after[..end].trim();
                rest = &after[end..];
            }
            let width = descriptor.trim_end_matches(['x', 'w']);
            if !width.chars().all(|c| c.is_ascii_digit() || c == '.') {
                continue;
            }
            if let Some(url) = self.media(bare) {
                safe.push(
                    format!("{} {descriptor}", url.replace(',', "%2C"))
                        .trim_end()
                        .to_owned(),
                );
            }
        }
        (!safe.is_empty()).then(|| safe.join(", "))
    }
}

fn first_base(candidates: &[Option<&str>], location: Option<&Url>) -> Option<Url> {
    let Some((first, behind)) = candidates.split_first() else {
        return location.cloned();
    };
    let Some(candidate) = first else {
        return first_base(behind, location);
    };
    // A whole address, as nearly all are, is relative to nothing.
    let is_whole = candidate.starts_with("https://") || candidate.starts_with("http://");
    if is_whole && let Some(whole) = parse(candidate, None).filter(is_base) {
        return Some(whole);
    }
    let behind = first_base(behind, location);
    let resolved = parse(candidate, behind.as_ref()).filter(is_base);
    resolved.or(behind)
}

/// A permalink, site or author address, outside content.
pub(crate) fn page(reference: &str, base: Option<&Url>) -> Option<String> {
    checked(parse(reference, base)?, &MEDIA)
}

/// As [`page`], where a mail address is fine, too.
pub(crate) fn contact(reference: &str, base: Option<&Url>) -> Option<String> {
    checked(parse(reference, base)?, &LINKS)
}

fn parse(reference: &str, base: Option<&Url>) -> Option<Url> {
    if reference.len() > LONGEST {
        return None;
    }
    let mended = address_as_meant(reference);
    let reference = mended.as_ref();
    if reference.is_empty() {
        return None;
    }
    let parsed = Url::options().base_url(base).parse(reference);
    if let (Err(_), None, true) = (&parsed, base, reference.starts_with("//")) {
        return Url::parse(&format!("https:{reference}")).ok();
    }
    parsed.ok()
}

/// `file` is a base for what stands beside a note, but no address to give away.
fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "file")
}

fn checked(mut url: Url, schemes: &[&str]) -> Option<String> {
    if !schemes.contains(&url.scheme()) || url.as_str().len() > LONGEST {
        return None;
    }
    // A subscription's password would travel along with every relative link; elsewhere
    // `https://bank.example@evil.example/` is a disguise.
    if url.has_authority() && (!url.username().is_empty() || url.password().is_some()) {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(candidates: &[Option<&str>]) -> Bases {
        let location = Url::parse("https://ann:secret@notes.example/feed.xml").unwrap();
        Bases::new(
            candidates,
            Some(&location),
            Some("https://notes.example/2019/ghent/"),
        )
    }

    #[test]
    fn the_best_base_wins_and_may_be_relative() {
        let all = [
            Some("img/"),
            Some("/2019/ghent/"),
            Some("https://site.example/"),
        ];
        assert_eq!(
            bases(&all).media("a.png").unwrap(),
            "https://site.example/2019/ghent/img/a.png"
        );
        assert_eq!(
            bases(&[Some("javascript:x"), None]).media("a.png").unwrap(),
            "https://notes.example/a.png"
        );
        assert_eq!(Bases::default().link("a.html"), None);
        assert_eq!(
            Bases::default().link("https://a.example").unwrap(),
            "https://a.example/"
        );
    }

    #[test]
    fn a_fragment_points_into_the_entry() {
        let base = bases(&[Some("https://cdn.example/")]);
        assert_eq!(
            base.link("#q").unwrap(),
            "https://notes.example/2019/ghent/#q"
        );
        assert_eq!(base.link("x#q").unwrap(), "https://cdn.example/x#q");
    }

    #[test]
    fn schemes_are_read_as_browsers_read_them() {
        let base = bases(&[]);
        for bad in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "JAVASCRIPT:x",
            "data:text/html,x",
            "vbscript:x",
            "blob:https://a.example/1",
            "file:///etc/passwd",
            "view-source:x",
            "https://",
            "http://[",
            "",
        ] {
            assert_eq!(base.link(bad), None, "{bad:?}");
        }
        assert_eq!(
            base.link("mailto:ann@a.example").unwrap(),
            "mailto:ann@a.example"
        );
        assert_eq!(base.media("mailto:ann@a.example"), None);
    }

    #[test]
    fn passwords_do_not_travel() {
        assert_eq!(bases(&[]).link("/a").unwrap(), "https://notes.example/a");
        assert_eq!(
            bases(&[])
                .link("https://bank.example@evil.example/")
                .unwrap(),
            "https://evil.example/"
        );
    }

    #[test]
    fn a_srcset_is_resolved_candidate_by_candidate() {
        assert_eq!(
            bases(&[])
                .srcset("a.png 1x, javascript:x 2x,b,c.png 3x , d.png onerror=x")
                .unwrap(),
            "https://notes.example/a.png 1x, https://notes.example/b%2Cc.png 3x"
        );
        assert_eq!(bases(&[]).srcset("data:x 1x"), None);
    }

    #[test]
    fn addresses_are_read_as_they_were_meant() {
        let base = bases(&[]);
        for (written, meant) in [
            (
                "https://a.example/x?a=1&amp;b=2&amp;amp;c=3",
                "https://a.example/x?a=1&b=2&c=3",
            ),
            ("/x?a=1&#038;b=2", "https://notes.example/x?a=1&b=2"),
            (
                "https://a.example/long/\n      path/",
                "https://a.example/long/path/",
            ),
            (
                "\u{200b} https://a.example/\u{0}a\u{8}b\t",
                "https://a.example/ab",
            ),
            (
                "https://a.example/my talk.mp3",
                "https://a.example/my%20talk.mp3",
            ),
            (
                "https://bücher.example/größe",
                "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe",
            ),
            ("//cdn.example/a.png", "https://cdn.example/a.png"),
            ("feed://a.example/rss", "http://a.example/rss"),
            ("feed:https://a.example/rss", "https://a.example/rss"),
            ("http:\\\\a.example\\b", "http://a.example/b"),
            ("http://https://a.example/b", "https://a.example/b"),
            ("www.a.example/b", "http://www.a.example/b"),
            ("<https://a.example/b>", "https://a.example/b"),
            ("<![CDATA[ https://a.example/b ]]>", "https://a.example/b"),
            ("HTTPS://A.example/B", "https://a.example/B"),
        ] {
            assert_eq!(base.link(written).as_deref(), Some(meant), "{written:?}");
        }
        assert_eq!(
            page("//a.example/", None).as_deref(),
            Some("https://a.example/")
        );
        assert_eq!(page("feed:javascript:alert(1)", None), None);
        assert_eq!(page("java&amp;script:x", None), None);
    }
}
