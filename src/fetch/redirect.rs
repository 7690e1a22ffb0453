//! Follows redirects from URL to URL: where to ask next, what may go along, and where the feed moved
//! for good. Pure; `http` does the asking.

use std::collections::HashSet;

use reqwest::StatusCode;
use url::Url;

use crate::source::{Failure, FailureKind};

/// Browsers stop at 20 as well.
const MOST_HOPS: usize = 20;

/// No feed needs a longer address, and the archive would keep it.
const LONGEST_LOCATION: usize = 8 * 1024;

/// The way from a subscription's URL to where its document is.
#[derive(Debug)]
pub(super) struct Hops {
    /// The subscription's URL with its credentials.
    first: Url,
    here: Url,
    seen: HashSet<Url>,
    /// Whether every hop so far was a permanent one.
    permanent: bool,
    moved_to: Option<Url>,
}

impl Hops {
    /// Begins at `first`, a feed's own URL or a page of it; `feed` is the feed's, with its credentials.
    pub(super) fn from(feed: &Url, first: &Url) -> Self {
        let mut here = first.clone();
        here.set_fragment(None);
        let mut hops = Self {
            first: feed.clone(),
            seen: HashSet::new(),
            here,
            permanent: true,
            moved_to: None,
        };
        hops.here = hops.with_credentials(hops.here.clone());
        hops.seen.insert(hops.here.clone());
        hops
    }

    /// Whether this is still the feed's own server: what a person gave for it may go there.
    pub(super) fn is_home(&self) -> bool {
        same_site(&self.first, &self.here)
    }

    /// Whether a redirect was followed.
    pub(super) fn led_away(&self) -> bool {
        self.seen.len() > 1
    }

    /// The URL to ask now, with credentials only where they belong.
    pub(super) fn here(&self) -> &Url {
        &self.here
    }

    /// The end of a chain of nothing but permanent hops. RFC 9110, 15.4: what stands behind a temporary
    /// one is temporary, and what stands before it has shown no feed.
    pub(super) fn moved_to(self) -> Option<Url> {
        self.moved_to.filter(|_| self.permanent)
    }

    /// Takes the hop that an answer with `status` and this `Location` asks for.
    pub(super) fn follow(
        &mut self,
        status: StatusCode,
        location: Option<&[u8]>,
    ) -> Result<(), Failure> {
        let next = self
            .target(location)
            .map_err(|message| refused(status, message))?;
        if self.seen.len() > MOST_HOPS {
            let message = format!("redirects more than {MOST_HOPS} times");
            return Err(refused(status, message));
        }
        if !self.seen.insert(next.clone()) {
            return Err(refused(status, "redirects in a circle".to_owned()));
        }
        self.permanent &= is_permanent(status);
        if self.permanent {
            self.moved_to = Some(next.clone());
        }
        self.here = next;
        Ok(())
    }

    fn target(&self, location: Option<&[u8]>) -> Result<Url, String> {
        let location = location.ok_or("redirects without saying where to")?;
        if location.len() > LONGEST_LOCATION {
            return Err("redirects to an address that is far too long".to_owned());
        }
        // A Location should be ASCII; those that are not are UTF-8 nearly always.
        let location = String::from_utf8_lossy(location);
        let mut next = self
            .here
            .join(&location)
            .map_err(|_| "redirects to something that is no URL")?;
        if !matches!(next.scheme(), "http" | "https") {
            return Err("redirects to an address that is neither http nor https".to_owned());
        }
        next.set_fragment(None);
        Ok(self.with_credentials(next))
    }

    fn with_credentials(&self, mut next: Url) -> Url {
        // A person's credentials go where the person sent them, and a server does not choose what
        // we log in with elsewhere. Neither call can fail: the URL has a host.
        let (user, password) = if same_site(&self.first, &next) {
            (self.first.username(), self.first.password())
        } else {
            ("", None)
        };
        let _ = next.set_username(user);
        let _ = next.set_password(password);
        next
    }
}

/// Whether an answer with this status is a redirect that a GET follows.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn is_permanent(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 308)
}

/// The same host and port, or the same host's step from http to https.
fn same_site(first: &Url, next: &Url) -> bool {
    let upgraded = first.scheme() == "http"
        && next.scheme() == "https"
        && first.port().is_none()
        && next.port().is_none();
    first.host() == next.host()
        && (upgraded
            || (first.scheme() == next.scheme()
                && first.port_or_known_default() == next.port_or_known_default()))
}

fn refused(status: StatusCode, message: String) -> Failure {
    Failure {
        http_status: Some(status.as_u16()),
        ..Failure::new(FailureKind::Redirect, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hops(first: &str) -> Hops {
        let first = Url::parse(first).unwrap();
        Hops::from(&first, &first)
    }

    fn go(hops: &mut Hops, status: u16, location: &str) -> Result<String, String> {
        hops.follow(
            StatusCode::from_u16(status).unwrap(),
            Some(location.as_bytes()),
        )
        .map(|()| hops.here().to_string())
        .map_err(|failure| failure.message)
    }

    #[test]
    fn a_location_is_resolved_against_the_hop_it_came_from() {
        let mut hops = hops("http://a.example/x/feed?q=1#top");
        assert_eq!(
            go(&mut hops, 302, "other").unwrap(),
            "http://a.example/x/other"
        );
        assert_eq!(
            go(&mut hops, 302, "?page=2").unwrap(),
            "http://a.example/x/other?page=2"
        );
        assert_eq!(
            go(&mut hops, 302, "//b.example/y/").unwrap(),
            "http://b.example/y/"
        );
        assert_eq!(
            go(&mut hops, 302, "z#part").unwrap(),
            "http://b.example/y/z"
        );
        assert_eq!(
            go(&mut hops, 302, "/ü b").unwrap(),
            "http://b.example/%C3%BC%20b"
        );
    }

    #[test]
    fn it_moved_to_the_end_of_the_permanent_hops() {
        let moved = |chain: &[(u16, &str)]| {
            let mut hops = hops("http://a.example/0");
            for (status, location) in chain {
                go(&mut hops, *status, location).unwrap();
            }
            hops.moved_to().map(String::from)
        };
        assert_eq!(moved(&[]), None);
        assert_eq!(
            moved(&[(301, "/1"), (308, "/2")]).unwrap(),
            "http://a.example/2"
        );
        assert_eq!(moved(&[(301, "/1"), (302, "/2"), (301, "/3")]), None);
        for temporary in [302, 303, 307] {
            assert_eq!(moved(&[(temporary, "/1"), (301, "/2")]), None);
        }
    }

    #[test]
    fn a_circle_is_seen_when_it_closes() {
        let mut hops = hops("http://a.example/0");
        go(&mut hops, 301, "/1").unwrap();
        assert_eq!(
            go(&mut hops, 302, "/0#again").unwrap_err(),
            "redirects in a circle"
        );
    }

    #[test]
    fn twenty_hops_are_followed_and_no_more() {
        let mut hops = hops("http://a.example/0");
        for hop in 1..=20 {
            go(&mut hops, 302, &format!("/{hop}")).unwrap();
        }
        assert_eq!(
            go(&mut hops, 302, "/21").unwrap_err(),
            "redirects more than 20 times"
        );
    }

    #[test]
    fn only_the_web_is_followed() {
        for location in [
            "file:///etc/passwd",
            "data:text/xml,<rss/>",
            "ftp://a.example/",
            "gopher:x",
        ] {
            let failure = hops("http://a.example/")
                .follow(StatusCode::FOUND, Some(location.as_bytes()))
                .unwrap_err();
            assert_eq!(failure.kind, FailureKind::Redirect, "{location}");
            assert_eq!(failure.http_status, Some(302));
        }
        let mut nowhere = hops("http://a.example/");
        assert!(nowhere.follow(StatusCode::FOUND, None).is_err());
        assert!(go(&mut nowhere, 302, "http://").is_err());
        assert!(go(&mut nowhere, 302, &"/a".repeat(500_000)).is_err());
    }

    #[test]
    fn credentials_stay_at_the_host_they_were_given_for() {
        let next =
            |location: &str| go(&mut hops("http://ann:pw@a.example/"), 301, location).unwrap();
        assert_eq!(next("/new"), "http://ann:pw@a.example/new");
        assert_eq!(next("http://a.example/new"), "http://ann:pw@a.example/new");
        assert_eq!(
            next("https://a.example/new"),
            "https://ann:pw@a.example/new"
        );
        assert_eq!(next("http://b.example/"), "http://b.example/");
        assert_eq!(next("//b.example/"), "http://b.example/");
        assert_eq!(next("http://a.example:81/"), "http://a.example:81/");
        assert_eq!(next("http://eve:x@b.example/"), "http://b.example/");
        let mut down = hops("https://ann:pw@a.example/");
        assert_eq!(
            go(&mut down, 301, "http://a.example/").unwrap(),
            "http://a.example/"
        );
        assert_eq!(
            go(&mut down, 302, "https://a.example/2").unwrap(),
            "https://ann:pw@a.example/2"
        );
    }
}
