//! Deterministic simulation: histories drawn from seeds, told to the real core (store, operations, outbox) and to a small model
//! that shares no line with it, and compared after each step and at the end.
//!
//! A history is some twenty steps of callers, workers, crashes, restores and a clock that also steps back. A failure prints
//! its seed and what happened; `SEED=… cargo test --test all simulation` tells that one again. The long form is
//! `scripts/faults --simulate N --seed S`.

mod history;
mod model;
mod side;
mod world;

use std::time::{Duration, Instant};

use history::History;
use world::{Place, World};

/// One history in so many is told on a file with its log, through the thread that writes; the others in memory, which takes half
/// the time.
const ON_FILE: u64 = 16;
/// A world is looked through after so many histories of its own: in memory, and on a file, where it is a look at what a power
/// cut would leave.
const LOOKED_THROUGH: usize = 64;
const CUT_OFF: usize = 8;

/// Tells histories from `seed` on until so many are told, or the time is over; answers with how many, and their steps.
pub(crate) fn tell(seed: u64, most: u64, lasts: Duration) -> (u64, usize) {
    let begun = Instant::now();
    let mut memory = World::build(Place::in_memory(), seed);
    let mut file = World::build(Place::on_file(), seed);
    let (mut told, mut steps) = (0, 0);
    while told < most && begun.elapsed() < lasts {
        let seed = seed.wrapping_add(told);
        let is_on_file = seed.is_multiple_of(ON_FILE);
        let (world, often) = if is_on_file { (&mut file, CUT_OFF) } else { (&mut memory, LOOKED_THROUGH) };
        steps += History::tell(world, seed);
        told += 1;
        if world.histories.is_multiple_of(often) {
            world.verify();
        }
    }
    memory.verify();
    file.verify();
    (told, steps)
}

#[test]
fn the_instance_and_the_model_agree_on_every_history() {
    let one: Option<u64> = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
    let (seed, most) = one.map_or((1, 800), |seed| (seed, 1));
    let (told, steps) = tell(seed, most, Duration::from_secs(12));
    eprintln!("{told} histories of {steps} steps");
    assert!(told == most || told >= 50, "{told} histories in twelve seconds are too few to show anything");
}
