//! Parsers of foreign text never panic and are unambiguous: the bounded, stable form of the targets in `fuzz/`. Parsers that
//! are private to a module have their properties beside them (`src/api/sas/filter/parse.rs`, `src/api/hexoskin/extract.rs`,
//! `src/api/authzen/paging.rs`, `src/mail/sanitize.rs`).

use countersign::auth::eluvio_token::Claims;
use countersign::config::{Config, Logo};
use countersign::domain::Address;
use countersign::http::json;
use countersign::i18n::Language;
use countersign::random::Rng;
use countersign::secret::{FreshSecret, Secret, SecretKind};
use proptest::prelude::*;

const KINDS: [SecretKind; 5] =
    [SecretKind::Redeem, SecretKind::Key, SecretKind::Access, SecretKind::Refresh, SecretKind::Session];

fn kind() -> impl Strategy<Value = SecretKind> {
    prop::sample::select(&KINDS[..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]


    #[test]
    fn a_secret_parses_to_itself_and_as_no_other_kind(kind in kind(), id in 1_i64.., seed: u64, other in kind()) {
        let secret = FreshSecret::draw(&Rng::seeded(seed)).unwrap();
        let hash = secret.hash();
        let shown = secret.with_id(kind, id).reveal();
        let read = Secret::parse(kind, &shown).expect("what was shown is read");
        prop_assert_eq!(read.id(), id);
        prop_assert!(read.matches(Some(hash.as_bytes())));
        prop_assert!(!read.matches(None));
        prop_assert_eq!(Secret::parse(other, &shown).is_some(), other == kind);
        prop_assert_eq!(read.reveal(), shown);
    }

    #[test]
    fn a_changed_secret_matches_nothing(id in 1_i64.., seed: u64, at in 4_usize..58, to in "[A-Za-z0-9_-]") {
        let secret = FreshSecret::draw(&Rng::seeded(seed)).unwrap();
        let hash = secret.hash();
        let shown = secret.with_id(SecretKind::Redeem, id).reveal().to_string();
        let mut changed = shown.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != shown);
        if let Some(read) = Secret::parse(SecretKind::Redeem, &changed) {
            prop_assert!(read.id() != id || !read.matches(Some(hash.as_bytes())), "two texts open one thing");
        }
    }

    #[test]
    fn any_text_is_at_most_one_kind_of_secret(kind in kind(), text in r"(cs[rkafs]_)?[A-Za-z0-9_=+/.-]{0,60}|\PC{0,60}") {
        if let Some(read) = Secret::parse(kind, &text) {
            prop_assert_eq!(read.reveal().to_string(), text);
        }
    }


    #[test]
    fn any_text_is_an_address_or_is_refused(text in r"\PC{0,40}@?\PC{0,40}|[ -~]{0,30}@[ -~]{0,30}|[a-z.+!'-]{1,20}@[a-zA-Z0-9.-]{1,30}") {
        if let Ok(address) = Address::parse(&text) {
            let written = address.as_str();
            prop_assert!(written.is_ascii() && written.len() <= 254);
            prop_assert_eq!(written.matches('@').count(), 1);
            prop_assert!(!written.bytes().any(|b| b.is_ascii_control() || b" ,;:<>()[]\\\"".contains(&b)), "{}", written);
            prop_assert_eq!(Address::parse(written), Ok(address.clone()), "it is its own canonical form");
            prop_assert_eq!(Address::parse(&written.to_ascii_uppercase()), Ok(address.clone()));
            let masked = address.masked();
            prop_assert!(masked.len() < 20 + written.len() && !masked.contains('\n'));
        }
    }


    #[test]
    fn any_bytes_are_an_object_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::object(&bytes);
    }

    #[test]
    fn an_object_has_each_name_once(text in r#"\{("[ab]":(1|"x"|\[1\]|\{"c":1\}|null),?){0,6}\}"#) {
        if let Ok(object) = json::object(text.as_bytes()) {
            let mut names: Vec<&str> = object.names().collect();
            let before = names.len();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(names.len(), before, "{}", text);
        }
    }


    #[test]
    fn any_bytes_are_a_logo_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in r#"(<(svg|g|use|style|!--|!\[CDATA\[|/)|>|-->|\]\]>| xmlns="http://www.w3.org/2000/svg"| href="\PC{0,9}"|url\(|\PC){0,30}"#,
    ) {
        let _ = Logo::read(bytes.clone());
        let _ = Logo::read([b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &bytes[..]].concat());
        let _ = Logo::read(format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{text}</svg>").into_bytes());
        let _ = Logo::read(text.into_bytes());
    }

    #[test]
    fn any_accept_language_header_selects_a_language(header in r"\PC{0,80}|[a-zA-Z0-9,;=.* -]{0,120}", zone in r"\PC{0,20}|Europe/Berlin|UTC") {
        let language = Language::accepted(&header, "en", &zone);
        prop_assert!(["en", "de", "fr"].iter().any(|code| language.code().starts_with(code)), "{}", language.code());
    }


    #[test]
    fn no_unsigned_text_is_a_claim(text in r"(acspjc|a[ct]spjc)?[1-9A-HJ-NP-Za-km-z]{0,300}|\PC{0,80}") {
        prop_assert_eq!(Claims::read(&text, "ispc218DCFBshzKJPLTiEoB9zEuUFpgh"), None);
    }


    #[test]
    fn an_own_domain_is_parsed_as_in_an_address(
        text in r"[a-zA-Z0-9-]{1,8}(\.[a-zA-Z0-9-]{1,6}){0,2}|[a-zäßçA-Z0-9.\u{3002}-]{1,20}|\PC{0,20}|localhost|127.0.0.1",
    ) {
        let own = toml::Value::try_from([text.trim()]).unwrap();
        let own = Config::build(Some(&format!("[limits]\nown_domains = {own}")), []).map(|config| config.limits.own_domains.to_vec());
        let address = Address::parse(&format!("a@{}", text.trim())).map(|address| vec![address.domain().to_owned()]);
        prop_assert_eq!(own.ok(), address.ok());
    }

    #[test]
    fn any_configuration_is_accepted_or_refused_with_a_message(
        text in r#"(\[(server|database|mail|limits|request|log|retention)\]\n([a-z_]{1,16} = ("[ -~&&[^"\\]]{0,20}"|-?[0-9]{1,20}|true|\[\])\n){0,3}){0,3}|\PC{0,80}"#,
    ) {
        if let Err(refused) = Config::build(Some(&text), []) {
            prop_assert!(!refused.to_string().is_empty());
        }
    }

    #[test]
    fn any_variable_is_accepted_or_refused_with_a_message(name in "[A-Z_]{0,30}", value in r"\PC{0,40}|[0-9]{1,25}[smhd]?") {
        let variables = [(format!("COUNTERSIGN__{name}"), value.clone()), ("COUNTERSIGN__REQUEST__TTL".to_owned(), value)];
        if let Err(refused) = Config::build(None, variables) {
            prop_assert!(!refused.to_string().is_empty());
        }
    }
}
