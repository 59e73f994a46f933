//! Parses query strings.

use actix_web::HttpRequest;
use url::form_urlencoded;

/// A repeated parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is there twice; send it once")]
pub struct Twice(pub String);

/// The parameters of a request, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Parses the query of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        Self(form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect())
    }

    /// The value of a parameter. A repeated one is an error, because two readers could choose differently.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, Twice> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() { Err(Twice(name.to_owned())) } else { Ok(first) }
    }

    /// All values of a parameter, where the original accepts several.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The names of the parameters, each once, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let is_first = |i: usize, name: &str| !self.0.iter().take(i).any(|(earlier, _)| earlier == name);
        self.0.iter().enumerate().filter(move |(i, (name, _))| is_first(*i, name)).map(|(_, (name, _))| name.as_str())
    }

    /// The query string with only the known parameters, followed by these, which replace those of the same name.
    pub fn with(&self, is_known: impl Fn(&str) -> bool, replaced: &[(&str, String)]) -> String {
        let is_kept = |name: &str| is_known(name) && !replaced.iter().any(|(other, _)| *other == name);
        let kept = self.0.iter().filter(|(name, _)| is_kept(name));
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
    fn one_that_is_there_twice_is_refused_or_gathered_and_what_means_nothing_is_not_kept() {
        let query = Query::of(&TestRequest::with_uri("/x?limit=1&a=%26+b&limit=2&c=&utm=1").to_http_request());
        assert_eq!(query.one("limit"), Err(Twice("limit".into())));
        assert_eq!((query.one("a"), query.one("c"), query.one("z")), (Ok(Some("& b")), Ok(Some("")), Ok(None)));
        assert_eq!(query.all("limit").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(query.names().collect::<Vec<_>>(), ["limit", "a", "c", "utm"]);
        let replaced = [("limit", "9".into()), ("offset", "3".into())];
        assert_eq!(query.with(|name| name != "utm", &replaced), "a=%26+b&c=&limit=9&offset=3");
    }
}
