//! The plans of the access queries on both databases: indexes from the subject to the resource.

use countersign::store::{access, visible_users};

use crate::support::fixture::{Fixture, Kind};

/// The statements with a number or a word for each parameter.
fn filled() -> Vec<(&'static str, String)> {
    let fill = |(name, text): (&'static str, &str)| {
        let mut text = text.to_owned();
        match name {
            "resources_of" => text = text.replace("$5", "'file'").replace("$6", "'record:'"),
            "on_resource" | "around_resource" | "on_bundle" | "on_person" => text = text.replace("$5", "FALSE"),
            "on_resources" => {
                for list in ["$1", "$2", "$3", "$4"] {
                    text = text.replace(list, "ARRAY['a']");
                }
            }
            _ => {}
        }
        // From the last on, so that `$1` is not found in `$10`.
        let text = (1..=9).rev().fold(text, |text, place| text.replace(&format!("${place}"), "CAST(7 AS BIGINT)"));
        (name, text)
    };
    access::statements().into_iter().map(fill).collect()
}

/// The indexes of each evaluation. The size of none depends on others' access.
const EVALUATIONS: [(&str, &[&str]); 4] = [
    ("on_resource", &["grant_resources_resource (resource_id=? AND grantee_id=?)"]),
    ("around_resource", &["grants_grantee (grantee_id=? AND bundle_id=?)"]),
    ("on_bundle", &["grants_grantee (grantee_id=? AND bundle_id=?)"]),
    ("on_person", &["grants_grantor (grantor_id=? AND grantee_id=?)"]),
];

/// SQLite numbers parameters by their order, whatever their names, and values are bound by number.
#[test]
fn the_places_of_a_text_come_in_their_order() {
    for (name, text) in access::statements() {
        let mut seen: Vec<u32> = Vec::new();
        for behind in text.split('$').skip(1) {
            let place = behind.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
            if !seen.contains(&place) {
                seen.push(place);
            }
        }
        assert!(seen.iter().copied().eq(1..=u32::try_from(seen.len()).unwrap()), "{name}: {seen:?}");
    }
}

#[test]
fn sqlite_uses_indexes() {
    let fixture = Fixture::new(Kind::Sqlite);
    for (name, text) in filled().into_iter().filter(|(name, _)| *name != "on_resources") {
        let plan = fixture.plan(&text, &[]);
        let steps = plan.split("; ").filter(|step| step.starts_with("SCAN") || step.contains("AUTOMATIC"));
        // Intermediate results of the statement itself, whose rows exist already.
        let own = ["here", "holder", "given", "owners", "found", "v", "f", "CONSTANT ROW", "(subquery"];
        let whole: Vec<&str> = steps
            .filter(|step| !own.iter().any(|own| step.strip_prefix("SCAN ").is_some_and(|of| of.starts_with(own))))
            .collect();
        assert!(whole.is_empty(), "{name}: {whole:?} in {plan}");
        for index in EVALUATIONS.iter().filter(|(of, _)| *of == name).flat_map(|(_, indexes)| *indexes) {
            assert!(plan.contains(index), "{name}: {index} is not in {plan}");
        }
    }
}

/// A popular approver has thousands of requests, and a filing asks whether its app may see them.
#[test]
fn whether_people_are_visible_is_found_by_what_they_decided() {
    let plan = Fixture::new(Kind::Sqlite).plan(visible_users::statement(), &["1", "2", "3", "4"]);
    assert_eq!(plan.matches("requests_decided (decided_by=?)").count(), 3, "{plan}");
    // The requests of the caller as an approver.
    assert_eq!(plan.matches("requests_target (target_id=?)").count(), 2, "{plan}");
    assert!(!plan.contains("requests_allowed"), "{plan}");
}

#[test]
fn postgres_uses_indexes() {
    let fixture = Fixture::new(Kind::Postgres);
    // Empty tables would be read whole, whatever indexes they have.
    fixture
        .sql(
            "CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql SET enable_seqscan = off AS \
             $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$",
        )
        .unwrap();
    for (name, text) in filled() {
        let plan = fixture.texts(&format!("SELECT plan($text${text}$text$) AS value")).join("\n");
        assert!(plan.contains("Index"), "{name}: {plan}");
        assert!(!plan.contains("Seq Scan"), "{name}: {plan}");
    }
}
