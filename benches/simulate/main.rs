//! The long form of the simulation: `scripts/faults --simulate N --seed S`, which is `cargo bench --bench simulate --
//! --histories N [--seed S] [--seconds T]`.
//!
//! Each core runs histories of its own in a database of its own. History number `k` has the seed `S + k` on any core, so that
//! `SEED=… cargo test --test all simulation` repeats it.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a broken promise is a panic")]
#![expect(clippy::print_stdout, reason = "what it is for")]

#[path = "../../tests/simulation/mod.rs"]
mod simulation;

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

fn main() {
    let (mut histories, mut seed, mut seconds) = (100_000_u64, 1_u64, u64::MAX / 4);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let place = match name.as_str() {
            "--histories" => &mut histories,
            "--seed" => &mut seed,
            "--seconds" => &mut seconds,
            // Cargo's own argument.
            "--bench" => continue,
            other => panic!("unknown argument {other}: --histories N --seed S --seconds T"),
        };
        *place = arguments.next().and_then(|value| value.parse().ok()).expect("a number after each argument");
    }
    let begun = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, |cores| u64::try_from(cores.get()).unwrap());
    let share = histories.div_ceil(cores);
    let counted = std::thread::scope(|scope| {
        let cores: Vec<_> = (0..cores)
            .map(|core| {
                let first = seed.wrapping_add(core * share);
                let most = share.min(histories.saturating_sub(core * share));
                scope.spawn(move || simulation::run_histories(first, most, Duration::from_secs(seconds)))
            })
            .collect();
        let joined = cores.into_iter().map(|core| core.join().unwrap_or_else(|broken| resume_unwind(broken)));
        joined.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    });
    let took = begun.elapsed().as_secs_f64();
    println!("{} histories of {} steps in {took:.1} s, from seed {seed}: no promise was broken", counted.0, counted.1);
}
