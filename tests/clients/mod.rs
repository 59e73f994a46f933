//! Real clients, or recordings of those in no registry.

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
