//! Bundles and resources, to which people request access.

use super::{BundleId, Level, ResourceId, UserId};

/// A named set of resources. With an owner it is the owner's data. Without one it is a relationship ("coach") that each
/// approver consents to for their own data.
#[derive(Clone, Debug)]
pub struct Bundle {
    pub id: BundleId,
    /// Its name, unique among existing bundles.
    pub name: String,
    /// The owner; none for a relationship.
    pub owner: Option<UserId>,
    /// The requested level, unless a request has its own.
    pub level: Level,
}

/// One resource that an app guards.
#[derive(Clone, Debug)]
pub struct Resource {
    pub id: ResourceId,
    /// The URI by which the app identifies it.
    pub uri: String,
    /// Its name for people.
    pub name: String,
    pub kind: ResourceKind,
    pub owner: UserId,
}

crate::word_enum! {
    /// The kind of a resource, in the terms of Filr and Eluvio.
    ResourceKind {
        Folder = "folder",
        FolderEntry = "folderEntry",
        File = "file",
        /// An object of Eluvio's content fabric.
        Fabric = "fabric",
    }
}
