//! Holds the queries to what keeps them prepared (`src/store/mod.rs` says why).

use std::collections::BTreeSet;
use std::path::Path;

/// Every source below a folder, by its path from there.
fn sources(top: &str) -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join(top);
    let (mut folders, mut found) = (vec![top.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn a_query_for_one_row_has_no_bound_limit() {
    for (path, text) in sources("src/store") {
        for (line, number) in text.lines().zip(1..) {
            let asks = line.contains(".first(c)") || line.contains(".first::<");
            assert!(!asks, "src/store/{path}:{number}: ask with `get_result`: `first` has SQLite plan the query anew");
        }
    }
}

/// What a replica tells may be old. A list that an app lets somebody in by is not among these, whatever it is called.
#[test]
fn only_what_people_look_through_may_be_told_by_a_replica() {
    let asks = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        ["store.list(", "call.list(", "visit.list(", "keeper.list("].iter().map(|call| text.matches(call).count()).sum::<usize>()
    };
    let found: BTreeSet<(String, usize)> = ["api", "auth", "mail", "pages", "server", "workflow", "cli"]
        .iter()
        .flat_map(|room| {
            sources(&format!("src/{room}")).into_iter().map(move |(path, text)| (format!("{room}/{path}"), asks(&text)))
        })
        .filter(|(_, times)| *times > 0)
        .collect();
    let expected = [
        // The way there: `Call::list`, `Visit::list` and `Keeper::list`.
        ("api/hexoskin/call.rs", 1),
        ("pages/admin/context.rs", 1),
        ("pages/context.rs", 1),
        ("api/hexoskin/bundles.rs", 1),
        ("api/hexoskin/requests.rs", 1),
        ("api/hexoskin/users.rs", 1),
        ("pages/admin/audit.rs", 1),
        ("pages/admin/bundles.rs", 1),
        ("pages/admin/grants.rs", 1),
        ("pages/admin/keys.rs", 1),
        ("pages/admin/overview.rs", 1),
        ("pages/admin/people.rs", 1),
        ("pages/admin/outbox.rs", 1),
        ("pages/admin/requests.rs", 1),
        ("pages/admin/search.rs", 1),
        ("pages/inbox/blocked.rs", 1),
        ("pages/inbox/export.rs", 1),
        ("pages/inbox/mod.rs", 1),
        ("server/health.rs", 1),
    ];
    assert_eq!(found, expected.map(|(path, times)| (path.to_owned(), times)).into());
}
