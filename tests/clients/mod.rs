//! Real clients, or recordings of them where they are in no registry.

mod eluvio;
mod filr;
mod hexoskin;
mod locks;
pub(crate) mod oidc;
mod restaf;
mod sasctl;
mod schemathesis;
mod seeds;
pub(crate) mod stage;
