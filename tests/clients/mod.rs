//! Real clients, or recordings of them where they are in no registry.

mod eluvio;
mod hexoskin;
mod locks;
mod restaf;
mod sasctl;
mod schemathesis;
pub(crate) mod stage;
