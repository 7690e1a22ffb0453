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

    /// What is set for this address; credentials in it do not count.
    pub(crate) fn get(&self, url: &Url) -> Option<&T> {
        if self.exact.is_empty() && self.beginnings.is_empty() {
            return None;
        }
        let key: String = without_credentials(url).into();
        self.exact.get(&key).or_else(|| {
            let mut beginnings = self.beginnings.iter();
            beginnings
                .find(|(beginning, _)| key.starts_with(beginning))
                .map(|(_, value)| value)
        })
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
    fn what_is_no_address_comes_back() {
        for address in ["notes/", "https://*", "*", "ftp://blog.example/"] {
            let all = ByAddress::new([(address.to_owned(), ())]);
            assert_eq!(all.unwrap_err(), address);
        }
    }
}
