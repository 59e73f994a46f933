//! Checks the rules that keep queries prepared (`src/store/mod.rs` explains them).

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
