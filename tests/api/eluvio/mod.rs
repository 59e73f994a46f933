//! Eluvio's share API: `/config` and `/as/`.

mod signer;
mod tokens;
