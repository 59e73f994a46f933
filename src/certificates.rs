//! Certificates of authorities that the operator names, and advice about a server's certificate that is refused.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};

/// The certificates in a PEM file, at least one.
pub fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = found.map_err(|error| error.to_string())?;
    if found.is_empty() { Err("there is none in it".to_owned()) } else { Ok(found) }
}

/// Advice about a server's certificate that TLS refused; none if the error has another cause. `host` is the server's name.
pub fn explain(error: &Error, host: &str) -> Option<String> {
    match error {
        Error::InvalidCertificate(why) if is_authority(why) => Some(format!(
            "the server shows a certificate that is marked as an authority (CA:TRUE), as `openssl req -x509` makes it by itself; \
             make it again with {}, and name the new file as ca_file",
            options(host)
        )),
        Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            Some(format!(
                "the server's certificate is not for {host}; names count as subjectAltName only, not as CN: for one that you make \
             yourself, with {}",
                options(host)
            ))
        }
        _ => None,
    }
}

/// Refuses a `ca_file` with a server's own certificate that is marked as an authority, since every connection would fail.
pub fn check(path: &Path, host: &str) -> Result<(), String> {
    let Ok(name) = ServerName::try_from(bare(host).to_owned()) else { return Ok(()) };
    let certificates = read(path)?;
    let names_the_server = |certificate: &&CertificateDer<'_>| {
        ParsedCertificate::try_from(*certificate).is_ok_and(|parsed| rustls::client::verify_server_name(&parsed, &name).is_ok())
    };
    let Some(own) = certificates.iter().find(names_the_server) else { return Ok(()) };
    let mut roots = RootCertStore::empty();
    roots.add(own.clone()).map_err(|error| error.to_string())?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider())).build();
    let verifier = verifier.map_err(|error| error.to_string())?;
    match verifier.verify_server_cert(own, &[], &name, &[], UnixTime::now()) {
        Err(error @ Error::InvalidCertificate(_)) if is_marked(&error) => {
            Err(explain(&error, host).unwrap_or_else(|| error.to_string()))
        }
        _ => Ok(()),
    }
}

fn is_marked(error: &Error) -> bool {
    matches!(error, Error::InvalidCertificate(why) if is_authority(why))
}

/// rustls has no error of its own for this; the cause is the error of the library below it.
fn is_authority(why: &CertificateError) -> bool {
    matches!(why, CertificateError::Other(_)) && format!("{why:?}").contains("CaUsedAsEndEntity")
}

fn options(host: &str) -> String {
    let host = bare(host);
    let kind = if host.parse::<std::net::IpAddr>().is_ok() { "IP" } else { "DNS" };
    format!("`-addext basicConstraints=critical,CA:FALSE -addext subjectAltName={kind}:{host}`")
}

fn bare(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}
