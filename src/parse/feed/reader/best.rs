//! The best of several elements that say the same thing.

/// A field with the rank of what it was read from: the lowest rank wins, of equals the first.
#[derive(Debug, Clone)]
pub(super) struct Best<T> {
    value: Option<T>,
    rank: u8,
}

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self {
            value: None,
            rank: u8::MAX,
        }
    }
}

impl<T> Best<T> {
    pub(super) fn put(&mut self, value: Option<T>, rank: u8) {
        if value.is_some() && (self.value.is_none() || rank < self.rank) {
            self.value = value;
            self.rank = rank;
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.value.is_none()
    }

    pub(super) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    pub(super) fn take(&mut self) -> Option<T> {
        self.value.take()
    }
}
