//! What access is asked for.

use super::{BundleId, Level, ResourceId, UserId};

/// A named set of resources. With an owner it is the owner's data; without one it is a relationship ("coach") that each
/// target consents to for their own data.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Its id.
    pub id: BundleId,
    /// Its name, unique among those that exist.
    pub name: String,
    /// Whose data it is; none for a relationship.
    pub owner: Option<UserId>,
    /// The level it is asked for at, unless the request says less or more.
    pub level: Level,
}

/// One thing that an app guards.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// What the app calls it.
    pub uri: String,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// Whose it is.
    pub owner: UserId,
}

crate::word_enum! {
    /// What a resource is; the words are Filr's and Eluvio's.
    ResourceKind {
        /// A folder.
        Folder = "folder",
        /// An entry in a folder.
        FolderEntry = "folderEntry",
        /// A file.
        File = "file",
        /// An object of Eluvio's content fabric.
        Fabric = "fabric",
    }
}
