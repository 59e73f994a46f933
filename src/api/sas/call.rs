//! Reads calls, and chooses the media type of responses.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;

use super::problem::{Problem, Sas};
use super::wire;
use crate::http::call::{self, AppState, Calls};

pub(super) type State = AppState<Sas>;
pub(super) type Call = call::Call<Sas>;

impl Calls for Sas {
    /// A body must be JSON or a share by its Content-Type, or have none.
    fn check_media_type(given: Option<&str>, _: &[u8]) -> Result<(), Problem> {
        match given {
            Some(given) if !is_json(given) => Err(Problem::unsupported(format_args!(
                "{given:?} is not read; send application/json or application/vnd.sas.authorization.share+json"
            ))),
            _ => Ok(()),
        }
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.strip_suffix("+json").unwrap_or(media_type) == wire::SHARE
}

/// The media type of a response: plain JSON if the client accepts that and not the specific type.
pub(super) fn content_type(request: &HttpRequest, own: &'static str) -> String {
    let accepted: Vec<String> = request
        .headers()
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect();
    let names = |wanted: &str| accepted.iter().any(|range| range == wanted);
    let own = format!("{own}+json");
    if names("application/json") && !names(&own) { "application/json".into() } else { own }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn plain_json_is_for_whoever_asks_for_it() {
        let answered =
            |accept: &str| content_type(&TestRequest::default().insert_header((ACCEPT, accept)).to_http_request(), wire::API);
        assert_eq!(content_type(&TestRequest::default().to_http_request(), wire::API), "application/vnd.sas.api+json");
        assert_eq!(answered("*/*"), "application/vnd.sas.api+json");
        assert_eq!(answered("application/json"), "application/json");
        assert_eq!(answered("text/plain, Application/JSON;q=0.5"), "application/json");
        assert_eq!(answered("application/json, application/vnd.sas.api+json"), "application/vnd.sas.api+json");
    }
}
