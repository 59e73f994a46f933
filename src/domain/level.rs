//! How much a grant lets its holder do.

crate::word_enum! {
    /// `view < edit < contribute`: each holds what is before it.
    Level {
        /// Read.
        View = "view",
        /// Read and change.
        Edit = "edit",
        /// Read, change, add and remove.
        Contribute = "contribute",
    }
}
