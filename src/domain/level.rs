//! The level of a grant.

crate::word_enum! {
    /// `view < edit < contribute`: each includes those before it.
    Level {
        /// Read.
        View = "view",
        /// Read and change.
        Edit = "edit",
        /// Read, change, add and remove.
        Contribute = "contribute",
    }
}
