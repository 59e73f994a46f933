//! A page of a list.

/// The requested page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The most rows.
    pub limit: i64,
    /// The rows to skip.
    pub offset: i64,
}

/// A page of a list, with the length of the whole list.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The whole list's length.
    pub total: i64,
}

impl<T> Slice<T> {
    /// Converts the rows.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice { items: self.items.into_iter().map(f).collect(), total: self.total }
    }
}
