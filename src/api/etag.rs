//! Entity tags (RFC 9110 §8.8.3) and the conditions on them: `If-Match` and `If-None-Match`.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;

/// What a condition names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: whatever there is.
    Any,
    /// These; true where one is weak.
    Listed(Vec<(bool, String)>),
}

/// A header that names no entity tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("send the ETag as it came, quotes and all, several with commas between, or *")]
pub struct BadTags;

impl Tags {
    /// Those that a request's header names; none where there is no such header.
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
            let (is_weak, after) = rest.strip_prefix("W/").map_or((false, rest), |after| (true, after));
            let (tag, after) = after.strip_prefix('"').and_then(|after| after.split_once('"')).ok_or(BadTags)?;
            tags.push((is_weak, tag.to_owned()));
            rest = after.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start_matches([',', ' ', '\t']),
                None if rest.is_empty() => rest,
                None => return Err(BadTags),
            };
        }
        if tags.is_empty() { Err(BadTags) } else { Ok(Self::Listed(tags)) }
    }

    /// Whether one of them is strong and is `tag`: for `If-Match`.
    pub fn has_strongly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|(is_weak, listed)| !is_weak && listed == tag),
        }
    }

    /// Whether one of them, weak or not, is `tag`: for `If-None-Match`.
    pub fn has_weakly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|(_, listed)| listed == tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_names_tags() {
        let listed =
            |tags: &[(bool, &str)]| Ok(Tags::Listed(tags.iter().map(|(weak, tag)| (*weak, (*tag).to_owned())).collect()));
        assert_eq!(Tags::parse(" * "), Ok(Tags::Any));
        assert_eq!(Tags::parse("\"a\""), listed(&[(false, "a")]));
        assert_eq!(Tags::parse("W/\"a\" ,\"b,c\",, \"\""), listed(&[(true, "a"), (false, "b,c"), (false, "")]));
        for bad in ["", "a", "\"a", "a\"", "\"a\" \"b\"", "w/\"a\"", "*, \"a\"", ","] {
            assert_eq!(Tags::parse(bad), Err(BadTags), "{bad:?}");
        }
    }

    #[test]
    fn a_weak_tag_is_good_for_reading_only() {
        let tags = Tags::parse("W/\"a\", \"b\"").unwrap();
        assert!(!tags.has_strongly("a") && tags.has_strongly("b") && !tags.has_strongly("c"));
        assert!(tags.has_weakly("a") && tags.has_weakly("b") && !tags.has_weakly("c"));
        assert!(Tags::Any.has_strongly("x") && Tags::Any.has_weakly("x"));
    }
}
