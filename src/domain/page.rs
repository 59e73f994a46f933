//! A part of a list.

/// Which part is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many at most.
    pub limit: i64,
    /// How many to pass over.
    pub offset: i64,
}

/// A part of a list, and how long the whole is.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The part.
    pub items: Vec<T>,
    /// The whole list's length.
    pub total: i64,
}

impl<T> Slice<T> {
    /// The same part of another type.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice { items: self.items.into_iter().map(f).collect(), total: self.total }
    }
}
