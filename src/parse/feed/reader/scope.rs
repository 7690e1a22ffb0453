//! `xml:base` and `xml:lang` as far as they reach.

use url::Url;

use crate::model::address_as_meant;
use crate::parse::repair::Attribute;

use super::get;

/// Longer ones, made of relative ones inside one another, are no addresses.
const LONGEST: usize = 2048;

#[derive(Debug)]
pub(super) struct Scopes {
    location: Option<Url>,
    /// Each with the number of elements round the one it was written at.
    bases: Vec<(usize, String)>,
    languages: Vec<(usize, String)>,
}

impl Scopes {
    pub(super) fn new(location: Option<&Url>) -> Self {
        Self {
            location: location.cloned(),
            bases: Vec::new(),
            languages: Vec::new(),
        }
    }

    /// `depth`: how many elements stand round the one with these attributes.
    pub(super) fn open(&mut self, depth: usize, attributes: &[Attribute<'_>]) {
        if attributes.is_empty() {
            return;
        }
        if let Some(written) = get(attributes, "base") {
            let base = self.resolve(written);
            if base.len() <= LONGEST {
                self.bases.push((depth, base));
            }
        }
        if let Some(language) = get(attributes, "lang") {
            self.languages.push((depth, language.to_owned()));
        }
    }

    pub(super) fn close(&mut self, depth: usize) {
        self.bases.pop_if(|(at, _)| *at >= depth);
        self.languages.pop_if(|(at, _)| *at >= depth);
    }

    /// The `xml:base` in scope, as far as it could be resolved.
    pub(super) fn base(&self) -> Option<&str> {
        self.bases.last().map(|(_, base)| base.as_str())
    }

    /// What a text's own relative addresses begin from.
    pub(super) fn around(&self) -> Option<Url> {
        match self.base() {
            Some(base) => Url::parse(base).ok(),
            None => self.location.clone(),
        }
    }

    /// The `xml:lang` in scope that is not that of the whole document.
    pub(super) fn language_inside(&self) -> Option<&str> {
        let inside = self.languages.last().filter(|(depth, _)| *depth > 0);
        inside.map(|(_, language)| language.as_str())
    }

    /// An address by the base in scope; as written where there is none or it needs none.
    pub(super) fn resolve(&self, address: &str) -> String {
        let address = address_as_meant(address);
        let address = address.as_ref();
        if address.starts_with("http://") || address.starts_with("https://") {
            return address.to_owned();
        }
        let base = match self.base() {
            Some(base) => Url::parse(base).ok(),
            None => self.location.clone(),
        };
        match base {
            Some(base) if Url::parse(address).is_err() => base
                .join(address)
                .map_or_else(|_| address.to_owned(), String::from),
            _ => address.to_owned(),
        }
    }
}
