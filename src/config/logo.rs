//! The instance's logo: an SVG or PNG file. Browsers and mail programs of strangers show it, so a file that could do more than
//! that is refused.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::svg::{self, BadSvg};

/// The signature of PNG (PNG specification, section 5.2).
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A checked logo. Clones share its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    bytes: Arc<[u8]>,
    kind: LogoKind,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logo").field("kind", &self.kind).field("bytes", &self.bytes.len()).finish()
    }
}

/// The format of a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoKind {
    /// Scalable; only on pages, since mail programs do not show it.
    Svg,
    /// Pixels, with width and height.
    Png(u32, u32),
}

/// Why a file cannot be the logo, and what to change.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLogo {
    /// Neither SVG nor PNG.
    #[error("the file is neither SVG nor PNG; save the logo in one of these formats")]
    Format,
    /// Too many bytes.
    #[error("the file has {0} bytes; at most {most} are accepted", most = Logo::MOST_BYTES)]
    Size(usize),
    /// Too many pixels, or too few.
    #[error("the image has {0} × {1} pixels; each side needs 16 to {most}", most = Logo::MOST_PIXELS)]
    Pixels(u32, u32),
    /// Broken off, or followed by something else.
    #[error("the PNG file is damaged or has something behind its end; save it again")]
    Png,
    /// An SVG file with something that is not accepted.
    #[error(transparent)]
    Svg(#[from] BadSvg),
}

impl Logo {
    /// The limit of bytes of the file.
    pub const MOST_BYTES: u64 = 100 * 1024;
    /// The limit of bytes in each email.
    pub const MOST_MAIL_BYTES: usize = 20 * 1024;
    /// The limit of pixels of each side.
    pub const MOST_PIXELS: u32 = 2_000;

    /// Checks the content of a file.
    pub fn read(bytes: Vec<u8>) -> Result<Self, BadLogo> {
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > Self::MOST_BYTES {
            return Err(BadLogo::Size(bytes.len()));
        }
        let kind = if let Some(chunks) = bytes.strip_prefix(SIGNATURE) {
            let (width, height) = size_of(chunks).ok_or(BadLogo::Png)?;
            if [width, height].iter().any(|side| !(16..=Self::MOST_PIXELS).contains(side)) {
                return Err(BadLogo::Pixels(width, height));
            }
            LogoKind::Png(width, height)
        } else {
            let is_markup = |text: &&str| text.trim_start_matches('\u{FEFF}').trim_start().starts_with('<');
            svg::check(str::from_utf8(&bytes).ok().filter(is_markup).ok_or(BadLogo::Format)?)?;
            LogoKind::Svg
        };
        Ok(Self { bytes: bytes.into(), kind })
    }

    /// The content of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its format.
    pub fn kind(&self) -> LogoKind {
        self.kind
    }

    /// The Content-ID of its part in an email: unique, since it names the content.
    pub fn content_id(&self) -> String {
        let hash = Sha256::digest(&self.bytes);
        hash.iter().take(8).fold("logo-".to_owned(), |id, byte| format!("{id}{byte:02x}")) + "@countersign"
    }

    /// Width and height in an email, at most 40 pixels high and 240 wide; none for a logo that no email contains.
    pub fn size_in_emails(&self) -> Option<(u32, u32)> {
        let LogoKind::Png(width, height) = self.kind else { return None };
        let shown_height = height.min(40).min(height * 240 / width).max(1);
        (self.bytes.len() <= Self::MOST_MAIL_BYTES).then(|| (width * shown_height / height, shown_height))
    }
}

/// Width and height of a PNG. None unless it is a header, then whole chunks to the end of the file, the last of them its end.
fn size_of(mut rest: &[u8]) -> Option<(u32, u32)> {
    let (mut size, mut has_pixels) = (None, false);
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let (_checksum, after) = after.split_first_chunk::<4>()?;
        match kind {
            b"IHDR" if size.is_none() && data.len() == 13 => {
                let (width, data) = data.split_first_chunk::<4>()?;
                let (height, _) = data.split_first_chunk::<4>()?;
                size = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)));
            }
            _ if size.is_none() => return None,
            b"IDAT" => has_pixels = true,
            b"IEND" => return size.filter(|_| has_pixels && data.is_empty() && after.is_empty()),
            _ => {}
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG of this size in its header, with so many bytes of pixels.
    fn png(width: u32, height: u32, pixels: usize) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            [&length[..], kind, data, &[0; 4]].concat()
        };
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
        [SIGNATURE, &chunk(b"IHDR", &header), &chunk(b"IDAT", &vec![0; pixels]), &chunk(b"IEND", &[])].concat()
    }

    #[test]
    fn a_png_is_accepted_with_its_size() {
        let logo = Logo::read(png(480, 120, 900)).unwrap();
        assert_eq!(logo.kind(), LogoKind::Png(480, 120));
        assert_eq!(logo.size_in_emails(), Some((160, 40)));
        assert_eq!(Logo::read(png(1200, 100, 900)).unwrap().size_in_emails(), Some((240, 20)));
        assert_eq!(Logo::read(png(20, 20, 900)).unwrap().size_in_emails(), Some((20, 20)));
        assert_eq!(Logo::read(png(2000, 16, 900)).unwrap().size_in_emails(), Some((125, 1)));
    }

    #[test]
    fn an_email_contains_no_png_above_20_kb() {
        let most = Logo::MOST_MAIL_BYTES - png(64, 64, 0).len();
        assert!(Logo::read(png(64, 64, most)).unwrap().size_in_emails().is_some());
        assert!(Logo::read(png(64, 64, most + 1)).unwrap().size_in_emails().is_none());
    }

    #[test]
    fn a_png_that_is_damaged_or_has_something_behind_it_is_refused() {
        let whole = png(64, 64, 900);
        for cut in 8..whole.len() {
            assert_eq!(Logo::read(whole[..cut].to_vec()), Err(BadLogo::Png), "{cut}");
        }
        for more in [&b"\n"[..], b"<html><script>alert(1)</script>", &whole] {
            assert_eq!(Logo::read([&whole[..], more].concat()), Err(BadLogo::Png));
        }
        let headless = [SIGNATURE, &whole[33..]].concat();
        assert_eq!(Logo::read(headless), Err(BadLogo::Png));
        let endless: Vec<u8> = [&whole[..33], &u32::MAX.to_be_bytes(), b"IDAT", b"x"].concat();
        assert_eq!(Logo::read(endless), Err(BadLogo::Png));
    }

    #[test]
    fn a_logo_has_limits() {
        for (width, height) in [(0, 64), (64, 0), (15, 64), (2001, 64), (64, u32::MAX)] {
            assert_eq!(Logo::read(png(width, height, 1)), Err(BadLogo::Pixels(width, height)));
        }
        assert_eq!(Logo::read(vec![b' '; 102_401]), Err(BadLogo::Size(102_401)));
    }

    #[test]
    fn other_formats_are_refused() {
        for other in [&b"\xff\xd8\xff\xe0JFIF"[..], b"GIF89a\x01\x00", b"RIFF\x00\x00\x00\x00WEBP", b"\x1f\x8b\x08\x00"] {
            assert_eq!(Logo::read(other.to_vec()), Err(BadLogo::Format));
        }
        assert!(Logo::read(Vec::new()).is_err());
    }
}
