//! What a person set for single web addresses.

use std::collections::HashMap;

use url::Url;

use super::{Source, without_credentials};

/// A value for each of some addresses: for one of them exactly, or for all that begin alike
/// (`https://blog.example/*`). The exact one wins, then the longest beginning.
#[derive(Debug, Clone)]
pub(crate) struct ByAddress<T> {
    exact: HashMap<String, T>,
    /// The longest first.
    beginnings: Vec<(String, T)>,
}

impl<T> Default for ByAddress<T> {
    fn default() -> Self {
        Self {
            exact: HashMap::new(),
            beginnings: Vec::new(),
        }
    }
}

impl<T> ByAddress<T> {
    /// Takes addresses as people write them. The first that is none comes back.
    pub(crate) fn new(values: impl IntoIterator<Item = (String, T)>) -> Result<Self, String> {
        let mut all = Self::default();
        for (address, value) in values {
            let (whole, is_beginning) = match address.strip_suffix('*') {
                Some(beginning) => (beginning, true),
                None => (address.as_str(), false),
            };
            let Some(Source::Http(url)) = Source::from_web_address(whole) else {
                return Err(address);
            };
            let key = without_credentials(&url).into();
            if is_beginning {
                all.beginnings.push((key, value));
            } else {
                all.exact.insert(key, value);
            }
        }
        all.beginnings
            .sort_by_key(|(beginning, _)| std::cmp::Reverse(beginning.len()));
        Ok(all)
    }

    /// The same for an address that a feed has moved to, as it was for its older one: what is set for the
    /// newer one exactly goes before it, and for one that begins like it, unless the older one's was exact.
    /// `adapt` makes the value of the newer one.
    pub(crate) fn moved(&mut self, from: &Url, to: &Url, adapt: impl FnOnce(&T) -> T) {
        let (from, to) = [from, to]
            .map(|url| String::from(without_credentials(url)))
            .into();
        let value = match self.exact.get(&from) {
            Some(value) => value,
            None => match (self.begun(&from), self.begun(&to)) {
                (Some(value), None) => value,
                _ => return,
            },
        };
        let value = adapt(value);
        self.exact.entry(to).or_insert(value);
    }

    /// With each value made into another; without those that come to nothing.
    pub(crate) fn filter_map<U>(self, make: impl Fn(T) -> Option<U>) -> ByAddress<U> {
        let make = |(address, value)| Some((address, make(value)?));
        ByAddress {
            exact: self.exact.into_iter().filter_map(make).collect(),
            beginnings: self.beginnings.into_iter().filter_map(make).collect(),
        }
    }

    fn begun(&self, key: &str) -> Option<&T> {
        let mut beginnings = self.beginnings.iter();
        beginnings
            .find(|(beginning, _)| key.starts_with(beginning))
            .map(|(_, value)| value)
    }

    /// What is set for this address; credentials in it do not count.
    pub(crate) fn get(&self, url: &Url) -> Option<&T> {
        if self.exact.is_empty() && self.beginnings.is_empty() {
            return None;
        }
        let key: String = without_credentials(url).into();
        self.exact.get(&key).or_else(|| self.begun(&key))
    }

    /// What is set for this source; nothing for what needs no network.
    pub(crate) fn of(&self, source: &Source) -> Option<&T> {
        match source {
            Source::Http(url) => self.get(url),
            Source::File(_) | Source::Folder(_) | Source::Stdin => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str) -> Option<u8> {
        let values = [
            ("https://blog.example/*", 1),
            ("https://blog.example/private/*", 2),
            ("HTTPS://Blog.example:443/private/feed#top", 3),
        ];
        let all = ByAddress::new(values.map(|(address, value)| (address.to_owned(), value)));
        all.unwrap().get(&Url::parse(url).unwrap()).copied()
    }

    #[test]
    fn the_exact_address_wins_then_the_longest_beginning() {
        assert_eq!(found("https://blog.example/private/feed"), Some(3));
        assert_eq!(found("https://ann:pw@blog.example/private/feed"), Some(3));
        assert_eq!(found("https://blog.example/private/feed?a"), Some(2));
        assert_eq!(found("https://blog.example/feed"), Some(1));
        assert_eq!(found("https://blog.example.evil.example/feed"), None);
        assert_eq!(found("http://blog.example/feed"), None);
    }

    #[test]
    fn a_feed_that_moved_keeps_what_was_set_for_it() {
        let values = [
            ("https://old.example/feed", 1),
            ("https://new.example/set", 2),
            ("https://new.example/*", 3),
            ("https://many.example/*", 4),
        ];
        let mut all =
            ByAddress::new(values.map(|(address, value)| (address.to_owned(), value))).unwrap();
        let url = |text: &str| Url::parse(text).unwrap();
        for (from, to, expected) in [
            ("https://old.example/feed", "https://new.example/feed", 11),
            ("https://new.example/feed", "https://newer.example/", 21),
            ("https://old.example/feed", "https://new.example/set", 2),
            ("https://many.example/feed", "https://new.example/a", 3),
            ("https://many.example/feed", "https://other.example/", 14),
        ] {
            all.moved(&url(from), &url(to), |value| value + 10);
            assert_eq!(all.get(&url(to)), Some(&expected), "{from} {to}");
        }
        all.moved(
            &url("https://nothing.example/"),
            &url("https://b.example/"),
            |n| *n,
        );
        assert_eq!(all.get(&url("https://b.example/")), None);
    }

    #[test]
    fn what_is_no_address_comes_back() {
        for address in ["notes/", "https://*", "*", "ftp://blog.example/"] {
            let all = ByAddress::new([(address.to_owned(), ())]);
            assert_eq!(all.unwrap_err(), address);
        }
    }
}
