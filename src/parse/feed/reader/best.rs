//! The best of several elements that say the same thing, and which of them it was.

use std::borrow::Cow;

/// An element as it is written, and the attribute of it that says something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) prefix: &'a str,
    pub(super) written: &'a str,
    pub(super) attribute: &'static str,
}

impl<'a> Name<'a> {
    pub(super) fn attribute(self, attribute: &'static str) -> Self {
        Self { attribute, ..self }
    }

    /// For people: `dc:date`, `link href`.
    pub(super) fn told(self) -> Cow<'static, str> {
        let mut told = String::new();
        if !self.prefix.is_empty() {
            told.push_str(self.prefix);
            told.push(':');
        }
        told.push_str(self.written);
        if !self.attribute.is_empty() {
            if !told.is_empty() {
                told.push(' ');
            }
            told.push_str(self.attribute);
        }
        told.into()
    }
}

/// A field with the rank of what it was read from: the lowest rank wins, of equals the first.
#[derive(Debug, Clone)]
pub(super) struct Best<'a, T> {
    value: Option<T>,
    rank: u8,
    from: Name<'a>,
}

impl<T> Default for Best<'_, T> {
    fn default() -> Self {
        Self {
            value: None,
            rank: u8::MAX,
            from: Name::default(),
        }
    }
}

impl<'a, T> Best<'a, T> {
    pub(super) fn put(&mut self, value: Option<T>, rank: u8, from: Name<'a>) {
        if value.is_some() && (self.value.is_none() || rank < self.rank) {
            self.value = value;
            self.rank = rank;
            self.from = from;
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.value.is_none()
    }

    pub(super) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Where the value was read.
    pub(super) fn from(&self) -> Option<Name<'a>> {
        self.value.is_some().then_some(self.from)
    }

    pub(super) fn take(&mut self) -> Option<T> {
        self.value.take()
    }
}
