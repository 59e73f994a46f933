//! Secrets in files, all read in one way, so that a byte order mark or a line end from an editor never becomes part of a
//! secret.

use std::fs;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

/// Why a file has no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(io::Error),
    #[error("it is not UTF-8 text; save it as UTF-8")]
    NotText,
    /// It, or its first line, is empty.
    #[error("it is empty")]
    Empty,
    /// A tab, a NUL or the like, which nobody types and which ends a password in some protocols.
    #[error("its first line has a control character")]
    ControlCharacter,
}

/// The secret in the first line of a file.
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, SecretFileError> {
    let bytes = fs::read(path).map(Zeroizing::new).map_err(SecretFileError::Unreadable)?;
    let line = first_line(str::from_utf8(&bytes).map_err(|_| SecretFileError::NotText)?);
    if line.is_empty() {
        return Err(SecretFileError::Empty);
    }
    if line.chars().any(char::is_control) {
        return Err(SecretFileError::ControlCharacter);
    }
    Ok(Zeroizing::new(line.to_owned()))
}

/// The first line without a byte order mark and the line end. Blanks stay, since a password may have them.
pub fn first_line(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.split('\n').next().unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_first_line_in_every_text_format() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for bytes in [
            &b"s\xc3\xa9cret x "[..],
            b"s\xc3\xa9cret x \n",
            b"s\xc3\xa9cret x \r\n",
            b"\xef\xbb\xbfs\xc3\xa9cret x \r\nanother\n",
            b"\xef\xbb\xbfs\xc3\xa9cret x ",
        ] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(read_secret(&path).unwrap().as_str(), "s\u{e9}cret x ", "{bytes:?}");
        }
        for (bytes, why) in [
            (&b""[..], "it is empty"),
            (b"\xef\xbb\xbf\r\n", "it is empty"),
            (b"\nsecret\n", "it is empty"),
            (b"s\0ecret", "control character"),
            (b"\xff\xfes\0e\0", "save it as UTF-8"),
        ] {
            fs::write(&path, bytes).unwrap();
            let error = read_secret(&path).unwrap_err().to_string();
            assert!(error.contains(why), "{bytes:?}: {error}");
        }
        assert!(matches!(read_secret(&folder.path().join("none")), Err(SecretFileError::Unreadable(_))));
    }
}
