//! Where a sign-in leads on to: a path of ours, whatever the address bar says.

const NEXT_BYTES: usize = 200;
const HOME: &str = "/inbox";

/// A path of ours, and nothing that a browser reads as another site.
pub(super) fn local(next: Option<&str>) -> String {
    let is_local = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.len() <= NEXT_BYTES
            && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
    };
    next.filter(is_local).unwrap_or(HOME).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_gone_on_to() {
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
