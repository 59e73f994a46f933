//! Response times reveal nothing to a guesser: comparing secrets takes as many instructions wherever they differ. Valgrind
//! counts them, since a clock would be too noisy.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use countersign::random::Rng;
use countersign::secret::{FreshSecret, Secret, SecretKind};

use crate::support::skipped;

/// Set in the process whose instructions are counted: the byte at which the two differ.
const COUNTED: &str = "COUNTED_COMPARISON";
const ITSELF: &str = "attacks::steps::comparing_secrets_takes_constant_time";
/// Positions in the stored hash; the last one is beyond it, so that both are equal.
const PLACES: [usize; 6] = [0, 1, 15, 30, 31, 32];

#[inline(never)]
fn counted_comparison(secret: &Secret, stored: &[u8]) -> bool {
    black_box(secret).matches(Some(black_box(stored)))
}

fn compare(place: usize) {
    let secret = FreshSecret::draw(&Rng::seeded(7)).unwrap().with_id(SecretKind::Redeem, 7);
    let mut stored = secret.hash().as_bytes().to_vec();
    if let Some(byte) = stored.get_mut(place) {
        *byte ^= 0x10;
    }
    assert_eq!(counted_comparison(&secret, &stored), place == stored.len());
}

/// The instructions of one comparison.
fn steps_at(place: usize, folder: &Path) -> u64 {
    let counts = folder.join(place.to_string());
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", counts.display()));
    valgrind.arg("--toggle-collect=*counted_comparison*").arg(std::env::current_exe().unwrap());
    let ended = valgrind.args(["--exact", ITSELF]).env(COUNTED, place.to_string()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let text = std::fs::read_to_string(counts).unwrap();
    text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap().trim().parse().unwrap()
}

#[test]
fn comparing_secrets_takes_constant_time() {
    if let Ok(place) = std::env::var(COUNTED) {
        return compare(place.parse().unwrap());
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        return skipped("the steps of a comparison", "valgrind is not there");
    }
    let folder = tempfile::tempdir().unwrap();
    let steps = PLACES.map(|place| steps_at(place, folder.path()));
    assert!(steps[0] > 1_000, "what is presented is hashed, too: {steps:?}");
    assert_eq!(steps, [steps[0]; PLACES.len()]);
}
