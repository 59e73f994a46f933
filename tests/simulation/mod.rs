//! Deterministic simulation: histories drawn from seeds, told to the real core (store, stories, outbox) and to a small model
//! that shares no line with it, and compared after each step and at the end.
//!
//! A history is some twenty steps of callers, workers, crashes, restores and a clock that also steps back. A failure prints
//! its seed and what happened; `SEED=… cargo test --test all simulation` tells that one again. The long form is
//! `scripts/faults --simulate N --seed S`.

mod history;
mod model;
mod world;

use std::time::{Duration, Instant};

pub(crate) use history::History;
pub(crate) use world::World;

/// Tells histories from `seed` on until so many are told, or the time is over; answers with how many, and their steps.
pub(crate) fn tell(seed: u64, most: u64, lasts: Duration) -> (u64, usize) {
    let begun = Instant::now();
    let mut world = World::build(seed);
    let (mut told, mut steps) = (0, 0);
    while told < most && begun.elapsed() < lasts {
        steps += History::tell(&mut world, seed.wrapping_add(told));
        told += 1;
        if told.is_multiple_of(64) {
            world.verify();
        }
    }
    world.verify();
    (told, steps)
}

#[test]
fn the_house_and_the_model_tell_the_same_histories() {
    let one: Option<u64> = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
    let (seed, most) = one.map_or((1, 400), |seed| (seed, 1));
    let (told, steps) = tell(seed, most, Duration::from_secs(12));
    eprintln!("{told} histories of {steps} steps");
    assert!(told == most || told >= 50, "{told} histories in twelve seconds are too few to show anything");
}
