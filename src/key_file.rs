//! The instance's own key: 32 random bytes in a file beside the database. Values sealed with it (the bearer links of shares)
//! are derived from it and the database together, so a reader of the database, a backup or a log alone cannot make them.
//!
//! Losing or changing the key invalidates the links that were given out, and nothing else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::random::{Rng, RngError};
use crate::secret::{SECRET_BYTES, digest};
use crate::secret_file::{SecretFileError, read_secret};

/// The errors of a key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or written.
    #[error("the key file {path}: {reason}; see server.key_file")]
    File {
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The file contains something else.
    #[error("the key file {0} holds no key: 32 random bytes as base64, like `openssl rand -base64 32` makes them")]
    NoKey(PathBuf),
    /// The random generator.
    #[error(transparent)]
    Rng(#[from] RngError),
}

/// The key. Zeroized on drop; never printed.
pub struct ServerKey(Zeroizing<[u8; SECRET_BYTES]>);

impl ServerKey {
    /// Generates one.
    pub fn draw(rng: &Rng) -> Result<Self, RngError> {
        Ok(Self(rng.secret()?))
    }

    /// The key in a file; none if there is no such file.
    pub fn load(path: &Path) -> Result<Option<Self>, KeyFileError> {
        let none = || KeyFileError::NoKey(path.to_owned());
        let text = match read_secret(path) {
            Ok(text) => text,
            Err(SecretFileError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(SecretFileError::Unreadable(error)) => return Err(at(path)(error)),
            Err(_) => return Err(none()),
        };
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| none())?);
        let bytes: &[u8; SECRET_BYTES] = bytes.as_slice().try_into().map_err(|_| none())?;
        warn_if_open(path);
        Ok(Some(Self(Zeroizing::new(*bytes))))
    }

    /// The key in a file, which is created if missing: completely or not at all, and by only one of several concurrent callers.
    pub fn load_or_make(path: &Path, rng: &Rng) -> Result<Self, KeyFileError> {
        if let Some(key) = Self::load(path)? {
            return Ok(key);
        }
        let fresh = Self::draw(rng)?;
        let beside = beside(path, rng)?;
        fresh.write(&beside)?;
        // A link never replaces an existing file: of two concurrent callers, the second takes the first one's key.
        let linked = fs::hard_link(&beside, path);
        let _ = fs::remove_file(&beside);
        match linked {
            Ok(()) => keep_folder(path).map(|()| fresh),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::load(path)?.ok_or_else(|| KeyFileError::NoKey(path.to_owned()))
            }
            // Some file systems have no hard links.
            Err(_) => fresh.write(path).and_then(|()| keep_folder(path)).map(|()| fresh),
        }
    }

    /// Replaces the key in a file.
    pub fn replace(&self, path: &Path, rng: &Rng) -> Result<(), KeyFileError> {
        let beside = beside(path, rng)?;
        self.write(&beside)?;
        fs::rename(&beside, path).map_err(at(path))?;
        keep_folder(path)
    }

    /// Writes it to a new file that only its owner can read.
    fn write(&self, path: &Path) -> Result<(), KeyFileError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut text = Zeroizing::new(STANDARD.encode(self.0.as_ref()));
        text.push('\n');
        let write = |mut file: File| file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        options.open(path).and_then(write).map_err(at(path))
    }

    /// Identifies the key without revealing any of it.
    pub fn fingerprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&[b"countersign server key", self.0.as_ref()]))
    }

    /// An HMAC over `parts` for one purpose; it is invalid for any other purpose.
    pub fn seal(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let key: &[u8; SECRET_BYTES] = &self.0;
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&padded(key).into());
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// HMAC pads a key that is shorter than a block with zeros (RFC 2104).
fn padded(key: &[u8; SECRET_BYTES]) -> [u8; 64] {
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    block
}

fn at(path: &Path) -> impl Fn(io::Error) -> KeyFileError + '_ {
    |reason| KeyFileError::File { path: path.to_owned(), reason }
}

/// A new name in the same folder.
fn beside(path: &Path, rng: &Rng) -> Result<PathBuf, KeyFileError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}", u64::from_be_bytes(rng.bytes()?)));
    Ok(path.with_file_name(name))
}

fn keep_folder(path: &Path) -> Result<(), KeyFileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(path))
}

/// Only a warning, since some ways of passing secrets to a service do not let the operator choose permissions.
fn warn_if_open(path: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "others on this machine may read or change the key file; chmod 600 it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_hmac_sha_256_over_the_lengths_and_the_parts() {
        let key = ServerKey(Zeroizing::new(*b"0123456789abcdef0123456789abcdef"));
        // printf '\0\0\0\0\0\0\0\5share\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\2bc' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        let expected = "7a0bf5b566dea2ae27667131cb9feba0b6de0e52662de32cadca8281f2147019";
        let expected: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&expected[2 * i..2 * i + 2], 16).unwrap()).collect();
        assert_eq!(key.seal("share", &[b"a", b"bc"]).as_slice(), expected);
        for other in [key.seal("share", &[b"ab", b"c"]), key.seal("share", &[b"abc"]), key.seal("access", &[b"a", b"bc"])] {
            assert_ne!(other, key.seal("share", &[b"a", b"bc"]));
        }
    }

    #[test]
    fn a_missing_key_is_generated_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("countersign.key");
        assert!(ServerKey::load(&path).unwrap().is_none());
        let makers: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || ServerKey::load_or_make(&path, &Rng::System).unwrap().fingerprint())
            })
            .collect();
        let made: Vec<String> = makers.into_iter().map(|maker| maker.join().unwrap()).collect();
        let read = ServerKey::load(&path).unwrap().unwrap();
        assert!(made.iter().all(|made| *made == read.fingerprint()), "{made:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert!(!read.fingerprint().contains(text.trim()));

        let other = ServerKey::draw(&Rng::System).unwrap();
        other.replace(&path, &Rng::System).unwrap();
        assert_eq!(ServerKey::load(&path).unwrap().unwrap().fingerprint(), other.fingerprint());
        assert_ne!(other.fingerprint(), read.fingerprint());
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for text in ["", "\n", "c2hvcnQ=", "not base64 at all", &STANDARD.encode([7; 33])] {
            fs::write(&path, text).unwrap();
            assert!(matches!(ServerKey::load_or_make(&path, &Rng::System), Err(KeyFileError::NoKey(_))), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let nowhere = folder.path().join("none/key");
        assert!(matches!(ServerKey::load_or_make(&nowhere, &Rng::System), Err(KeyFileError::File { .. })));
    }
}
