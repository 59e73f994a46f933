//! The power fails while many clients file and decide. The filesystem below the database forgets writes that were not on the
//! disk, the daemon is gone, and after the journal's replay every acknowledged change must be there. Killing the process alone
//! would not show this, since the kernel still writes its data.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::hands::Hands;
use super::{Client, Scene, skipped};
use crate::daemon::stage::Stage;
use crate::support::disk::Disk;
use crate::support::faulty_smtp::Act;
use crate::support::postgres::Cluster;

/// The jobs between two power cuts.
const JOBS: usize = 100;
/// A cut comes after this many answers, of some 210.
const ANSWERS: std::ops::Range<u64> = 10..160;

/// A database on a disk of its own, with its load.
struct Machine {
    scene: Scene,
    hands: Hands,
    disk: Disk,
    cluster: Option<Cluster>,
    /// Another database, for the client to use while its own is away.
    aside: String,
    /// Acknowledged changes that survived a cut.
    acks: usize,
    /// Cuts that left work undone. A fast disk may have finished everything before the cut.
    in_the_middle: usize,
}

impl Machine {
    fn of_sqlite() -> Result<Self, String> {
        let disk = Disk::of_megabytes(64)?;
        let database = format!("sqlite:{}", disk.at.join("power.db").display());
        Ok(Self::with(disk, database, None))
    }

    fn of_postgres() -> Result<Self, String> {
        let disk = Disk::of_megabytes(512)?;
        let cluster = Cluster::start_in(&disk.at);
        let database = cluster.create_empty_database();
        // The cluster's files were not synced when it was created.
        assert!(std::process::Command::new("sync").arg("-f").arg(&disk.at).status().unwrap().success());
        Ok(Self::with(disk, database, Some(cluster)))
    }

    fn with(disk: Disk, database: String, cluster: Option<Cluster>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let aside = format!("sqlite:{}", folder.path().join("aside.db").display());
        let mut scene = Scene::on(folder, database, |_, _| Act::Go);
        scene.client.is_outside = true;
        Self { scene, hands: Hands::default(), disk, cluster, aside, acks: 0, in_the_middle: 0 }
    }

    /// One cut after this many answers, and its checks.
    fn lose_power_after(&mut self, answers: usize) {
        self.scene.client.more();
        self.hands.more(&mut self.scene.client, JOBS);
        // Only the daemon has the file open, since our own writes would sync its writes too.
        self.scene.client.stage = Stage::set(&self.aside);
        let mut daemon = self.scene.daemon("");
        assert!(daemon.is_ready(), "{}", daemon.log());
        let (url, client, hands) = (daemon.url.clone(), &mut self.scene.client, &mut self.hands);
        let counts = [client.answers.clone(), hands.answers.clone()];
        let is_dark = client.is_dark.clone();
        let count = || counts.iter().map(|count| count.load(Ordering::SeqCst)).sum::<usize>();
        let before = count();
        let is_done = std::thread::scope(|scope| {
            let hands = scope.spawn(|| hands.work(&url));
            let client = scope.spawn(|| client.work(&url));
            crate::support::wait_until("so many answers", || (count() >= before + answers).then_some(()));
            // Before the cut, since a sync that runs while the filesystem goes away may report success, which a machine without
            // power could not.
            is_dark.store(true, Ordering::SeqCst);
            self.disk.cut();
            daemon.kill();
            [hands, client].map(|load| load.join().unwrap())
        });
        is_dark.store(false, Ordering::SeqCst);
        self.in_the_middle += usize::from(is_done.contains(&false));
        if let Some(cluster) = &self.cluster {
            cluster.kill();
        }
        self.disk.come_back();
        if let Some(cluster) = &self.cluster {
            cluster.recover();
        }
        self.scene.client.stage = Stage::set(&self.scene.database);
        self.scene.died(&mut daemon);
        self.acks = self.verify();
    }

    /// Compares every answer with the database, before any call is repeated. Returns how many there are.
    fn verify(&self) -> usize {
        if let Some(path) = self.scene.database.strip_prefix("sqlite:") {
            assert_eq!(Client::open_copy(path), "ok");
        }
        self.hands.verify(&self.scene.client)
    }

    /// Finishes all work and runs all checks. Returns how many acknowledged changes survived a cut.
    fn finish(mut self) -> usize {
        let mut daemon = self.scene.daemon("");
        assert!(daemon.is_ready() && self.hands.work(&daemon.url), "{}", daemon.log());
        assert_eq!(daemon.stop(), Some(0));
        self.verify();
        self.scene.finish();
        self.acks
    }
}

/// Several cuts of one machine, each after another number of answers. Returns how many acknowledged changes survived a cut.
fn run_cuts(mut machine: Machine, seed: u64, cuts: u64) -> usize {
    for cut in 0..cuts {
        let draw = seed.wrapping_add(cut).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let answers = ANSWERS.start + (draw >> 33) % (ANSWERS.end - ANSWERS.start);
        eprintln!("SEED={seed}, cut {cut}: after {answers} answers");
        machine.lose_power_after(usize::try_from(answers).unwrap());
    }
    assert!(machine.in_the_middle > 0, "the power failed under load");
    machine.finish()
}

/// In the long form, machine after machine for its time.
fn survives(what: &str, machine: fn() -> Result<Machine, String>, in_short: u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("SEED").unwrap_or(1);
    let end = number("FAULT_MINUTES").map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let each = if end.is_some() { 5 } else { in_short };
    let (mut cuts, mut acks) = (0, 0);
    loop {
        let machine = match machine() {
            Ok(machine) => machine,
            Err(why) => return skipped(&format!("power cuts under {what}"), &why),
        };
        acks += run_cuts(machine, seed.wrapping_add(cuts), each);
        cuts += each;
        if end.is_none_or(|end| Instant::now() > end) {
            break;
        }
    }
    eprintln!("{cuts} power cuts under {what} from seed {seed}: {acks} successes lived through one, none is lost");
}

#[test]
fn acknowledged_changes_survive_a_power_cut_on_sqlite() {
    survives("SQLite", Machine::of_sqlite, 2);
}

#[test]
fn acknowledged_changes_survive_a_power_cut_on_postgresql() {
    survives("PostgreSQL", Machine::of_postgres, 1);
}
