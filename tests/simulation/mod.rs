//! Deterministic simulation: histories drawn from seeds, run by the real core (store, operations, outbox) and by a small
//! independent model, and compared after each step and at the end.
//!
//! A history is some twenty steps of callers, workers, crashes, restores and a clock that is also set back. A failure prints
//! its seed and its steps; `SEED=… cargo test --test all simulation` repeats it. The long form is `scripts/faults --simulate N
//! --seed S`.

mod history;
mod model;
mod side;
mod world;

use std::time::{Duration, Instant};

use history::History;
use world::{Place, World};

/// One history in this many runs on a file with its WAL, through the writer's thread; the others run in memory, which takes
/// half the time.
const ON_FILE: u64 = 16;
/// A world is verified after this many histories: in memory, and on a file, where that also checks the state after a power cut.
const LOOKED_THROUGH: usize = 64;
const CUT_OFF: usize = 8;

/// Runs histories from `seed` on until there are enough or the time is over. Returns their number and their steps.
pub(crate) fn run_histories(seed: u64, most: u64, lasts: Duration) -> (u64, usize) {
    let begun = Instant::now();
    let mut memory = World::build(Place::in_memory(), seed);
    let mut file = World::build(Place::on_file(), seed);
    let (mut count, mut steps) = (0, 0);
    while count < most && begun.elapsed() < lasts {
        let seed = seed.wrapping_add(count);
        let is_on_file = seed.is_multiple_of(ON_FILE);
        let (world, often) = if is_on_file { (&mut file, CUT_OFF) } else { (&mut memory, LOOKED_THROUGH) };
        steps += History::play(world, seed);
        count += 1;
        if world.histories.is_multiple_of(often) {
            world.verify();
        }
    }
    memory.verify();
    file.verify();
    (count, steps)
}

#[test]
fn the_instance_and_the_model_agree_on_every_history() {
    let one: Option<u64> = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
    let (seed, most) = one.map_or((1, 800), |seed| (seed, 1));
    let (count, steps) = run_histories(seed, most, Duration::from_secs(12));
    eprintln!("{count} histories of {steps} steps");
    assert!(count == most || count >= 50, "{count} histories in twelve seconds are too few to show anything");
}
