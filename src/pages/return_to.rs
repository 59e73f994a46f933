//! The page after a sign-in: always one of our own paths, whatever the URL says.

const NEXT_BYTES: usize = 200;
const HOME: &str = "/inbox";

/// A path of ours, never one that a browser reads as another site.
pub(super) fn local(next: Option<&str>) -> String {
    next.filter(|path| path.len() <= NEXT_BYTES && is_local(path)).unwrap_or(HOME).to_owned()
}

/// The page on which a signed-in person proves their mailbox.
pub(super) const CONFIRM: &str = "/account/confirm";

/// A page of ours that continues at `next`.
pub(super) fn then(path: &str, next: &str) -> String {
    format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish())
}

/// Whether a browser resolves a text to a path of this site.
pub(super) fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_returned_to() {
        for path in ["/inbox", "/redeem", "/inbox?older=1#top"] {
            assert_eq!(local(Some(path)), path);
        }
        for odd in ["", "inbox", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nset-cookie: x", "/é", "/a b"]
        {
            assert_eq!(local(Some(odd)), HOME, "{odd:?}");
        }
        assert_eq!(local(None), HOME);
    }
}
