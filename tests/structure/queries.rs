//! Holds the queries to what keeps them prepared (`src/store/mod.rs` says why).

use std::path::Path;

#[test]
fn a_query_for_one_row_has_no_bound_limit() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (line, number) in text.lines().zip(1..) {
                let asks = line.contains(".first(c)") || line.contains(".first::<");
                assert!(!asks, "{}:{number}: ask with `get_result`: `first` has SQLite plan the query anew", path.display());
            }
        }
    }
}
