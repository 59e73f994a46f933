//! Entity tags (RFC 9110 §8.8.3) and the conditions on them: `If-Match` and `If-None-Match`.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;

/// The entity tags of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any version.
    Any,
    /// A list of tags, weak or not.
    Listed(Vec<String>),
}

/// A malformed condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("send the ETag as it came, quotes and all, several with commas between, or *")]
pub struct BadTags;

impl Tags {
    /// The tags of a request's header; none without the header.
    pub fn of(request: &HttpRequest, header: &HeaderName) -> Result<Option<Self>, BadTags> {
        let lines: Vec<&str> =
            request.headers().get_all(header).map(|value| value.to_str().map_err(|_| BadTags)).collect::<Result<_, _>>()?;
        if lines.is_empty() { Ok(None) } else { Self::parse(&lines.join(",")).map(Some) }
    }

    fn parse(text: &str) -> Result<Self, BadTags> {
        let mut rest = text.trim();
        if rest == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        while !rest.is_empty() {
            let (tag, after) = rest
                .strip_prefix("W/")
                .unwrap_or(rest)
                .strip_prefix('"')
                .and_then(|after| after.split_once('"'))
                .ok_or(BadTags)?;
            tags.push(tag.to_owned());
            rest = after.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start_matches([',', ' ', '\t']),
                None if rest.is_empty() => rest,
                None => return Err(BadTags),
            };
        }
        if tags.is_empty() { Err(BadTags) } else { Ok(Self::Listed(tags)) }
    }

    /// Whether any of these tags is the version `tag`, for `If-Match` and `If-None-Match`.
    ///
    /// By RFC 9110 §8.8.3.2 a weak tag never matches here, because the bytes may differ. Our tags identify the stored version
    /// and not the bytes of a response. Proxies that compress add `W/` before a tag or a coding after it (§8.8.3.3), but the
    /// version stays the same. So a client that read this version may change it.
    pub fn has_version(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|listed| is_coded(listed, tag)),
        }
    }
}

/// Whether `listed` is `tag`, optionally with the suffix of a coding as Apache (`-gzip`), Jetty (`--gzip`), Caddy and others
/// add it. No tag of ours has such a suffix.
fn is_coded(listed: &str, tag: &str) -> bool {
    const CODINGS: [&str; 4] = ["gzip", "br", "zstd", "deflate"];
    let Some(coding) = listed.strip_prefix(tag) else { return false };
    let coding = coding.strip_prefix(['-', ';']).map_or(coding, |coding| coding.strip_prefix('-').unwrap_or(coding));
    listed == tag || (listed.len() > tag.len() + coding.len() && CODINGS.contains(&coding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_names_tags() {
        let listed = |tags: &[&str]| Ok(Tags::Listed(tags.iter().map(|tag| (*tag).to_owned()).collect()));
        assert_eq!(Tags::parse(" * "), Ok(Tags::Any));
        assert_eq!(Tags::parse("\"a\""), listed(&["a"]));
        assert_eq!(Tags::parse("W/\"a\" ,\"b,c\",, \"\""), listed(&["a", "b,c", ""]));
        for bad in ["", "a", "\"a", "a\"", "\"a\" \"b\"", "w/\"a\"", "*, \"a\"", ","] {
            assert_eq!(Tags::parse(bad), Err(BadTags), "{bad:?}");
        }
    }

    #[test]
    fn a_tag_names_a_version_whatever_a_compressing_proxy_made_of_it() {
        for text in
            ["\"a\"", "W/\"a\"", "\"a-gzip\"", "W/\"a-gzip\"", "\"a--gzip\"", "\"a;gzip\"", "\"a-br\"", "\"x\", \"a-zstd\""]
        {
            let tags = Tags::parse(text).unwrap();
            assert!(tags.has_version("a"), "{text}");
        }
        for text in ["\"b\"", "W/\"b-gzip\"", "\"a-\"", "\"agzip\"", "\"a-lzma\"", "\"a-gzip-gzip\"", "\"\"", "\"-gzip\""] {
            let tags = Tags::parse(text).unwrap();
            assert!(!tags.has_version("a"), "{text}");
        }
        assert!(Tags::Any.has_version("x"));
    }
}
