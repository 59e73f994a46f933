//! The long form, for `FAULT_MINUTES` minutes: faults drawn from `SEED`, one after the other, each with all checks. Without it,
//! one fault.

use std::time::{Duration, Instant};

use super::Scene;

const POINTS: [&str; 9] = [
    "file.added",
    "redeem.decided",
    "revoke.ended",
    "commit.before",
    "commit.after",
    "email.claimed",
    "email.sent",
    "commit.before",
    "commit.after",
];

/// Several crashes of one scene, each at another point.
fn run_scene(seed: u64) -> usize {
    let mut draws = seed;
    let mut draw = |below: u64| {
        draws = draws.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (draws >> 33) % below
    };
    let mut scene = if draw(3) == 0 { Scene::on_postgres() } else { Scene::on_sqlite() };
    let crashes = 1 + draw(3);
    let mut died = 0;
    for _ in 0..crashes {
        let point = POINTS[usize::try_from(draw(9)).unwrap()];
        let crash = format!("{point}:{}", 1 + draw(9));
        eprintln!("SEED={seed}: {crash}");
        let mut daemon = scene.daemon(&crash);
        let _ = daemon.is_ready() && scene.client.work(&daemon.url);
        let end = Instant::now() + Duration::from_secs(1);
        while !daemon.has_ended() && Instant::now() < end {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        died += usize::from(daemon.has_ended());
        daemon.kill();
        scene.died(&mut daemon);
        scene.client.more();
    }
    scene.finish();
    died
}

#[test]
fn daemons_that_die_repeatedly_keep_every_acknowledged_change() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("SEED").unwrap_or(1);
    let Some(minutes) = number("FAULT_MINUTES") else {
        run_scene(seed);
        return;
    };
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let (mut scenes, mut died) = (0, 0);
    while Instant::now() < end {
        died += run_scene(seed.wrapping_add(scenes));
        scenes += 1;
    }
    eprintln!("{scenes} scenes from seed {seed}: {died} daemons died, no promise was broken");
}
