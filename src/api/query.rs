//! A query string, as names and values.

use actix_web::HttpRequest;
use url::form_urlencoded;

/// The parameters of a request, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Those of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        Self(form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect())
    }

    /// A parameter's value; the last one where it is there several times.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameters' names, each once, in the order of their first place.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let is_first = |i: usize, name: &str| !self.0.iter().take(i).any(|(earlier, _)| earlier == name);
        self.0.iter().enumerate().filter(move |(i, (name, _))| is_first(*i, name)).map(|(_, (name, _))| name.as_str())
    }

    /// The query string again, with these parameters in place of their namesakes, at its end.
    pub fn with(&self, replaced: &[(&str, String)]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !replaced.iter().any(|(other, _)| other == name));
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(kept);
        text.extend_pairs(replaced);
        text.finish()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_last_of_several_counts_and_others_are_kept() {
        let query = Query::of(&TestRequest::with_uri("/x?limit=1&a=%26+b&limit=2&c=").to_http_request());
        assert_eq!(
            (query.get("limit"), query.get("a"), query.get("c"), query.get("z")),
            (Some("2"), Some("& b"), Some(""), None)
        );
        assert_eq!(query.names().collect::<Vec<_>>(), ["limit", "a", "c"]);
        assert_eq!(query.with(&[("limit", "9".into()), ("offset", "3".into())]), "a=%26+b&c=&limit=9&offset=3");
    }
}
