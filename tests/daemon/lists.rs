//! Eight concurrent lists of the largest size: the daemon's memory stays below the limit in OPERATING.md.

use countersign::domain::{Caller, GranteeKind, Level, ResourceKind};
use countersign::store::grants::{self, NewGrant};
use countersign::store::{StoreError, Tx};
use countersign::workflow::accounts;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, agent, basic};

const TENANT: &str = "iten4TXq7en3qtu3JREnE5tSLRf9zLod";
/// Shares of 16 KiB: 40 MB, of which a list once kept several copies.
const COUNT: usize = 2_500;
/// Megabytes, for any number of concurrent lists.
const MOST: usize = 300;

/// The daemon's peak memory in megabytes, without the database file: each reader maps it, and the system can reclaim its pages.
fn most_used(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap()
    };
    (kilobytes("VmHWM:") - kilobytes("RssFile:")) / 1_024
}

#[test]
fn eight_concurrent_lists_of_large_shares_stay_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("lists.db").display());
    let stage = Stage::set(&database);
    let ann = stage.user("ann@example.org").id;
    stage
        .store
        .write_sync(move |tx| accounts::add_resource(tx, &Caller::operator(), "iq__film", "", ResourceKind::Fabric, ann))
        .unwrap();
    let add = move |tx: &mut Tx<'_>| {
        let film = countersign::store::bundles::find_resource(tx, "iq__film")?.unwrap().id;
        let attributes = serde_json::json!({ "note": "x".repeat(16_000) }).to_string();
        for _ in 0..COUNT {
            let new = NewGrant {
                request: None,
                parent: None,
                grantor: ann,
                owner: ann,
                grantee_kind: GranteeKind::PublicLink,
                grantee: None,
                grantee_as: None,
                bundle: None,
                resources: &[film],
                level: Level::View,
                reshare: 0,
                starts_at: None,
                ends_at: None,
                is_enabled: true,
                comment: "",
                tenant: Some(TENANT),
                attributes: Some(&attributes),
                created_by: Some(ann),
            };
            grants::add(tx, &new)?;
        }
        Ok::<_, StoreError>(())
    };
    stage.store.write_sync(add).unwrap();
    let url = stage.database().to_owned();
    drop(stage);
    // The stage's writer may still be closing the file.
    let sql = format!("PRAGMA busy_timeout = 5000; UPDATE users SET tenant = '{TENANT}'");
    {
        use diesel::Connection;
        use diesel::connection::SimpleConnection;
        let mut conn = diesel::SqliteConnection::establish(url.trim_start_matches("sqlite:")).unwrap();
        conn.batch_execute(&sql).unwrap();
    }
    let daemon = Daemon::start(&url, &[]);
    let ask = |path: &str| {
        let get = agent().get(format!("{}{path}", daemon.url)).header("authorization", basic("ann@example.org", PASSWORD));
        let mut answer = get.call().unwrap();
        let status = answer.status().as_u16();
        (status, answer.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec().unwrap().len())
    };
    let list = format!("/as/sharing/{TENANT}/shares?limit=10000");
    for path in [list.as_str(), "/authorization/shares?limit=5000"] {
        std::thread::scope(|scope| {
            let lists: Vec<_> = (0..8).map(|_| scope.spawn(|| ask(path))).collect();
            for list in lists {
                let (status, bytes) = list.join().unwrap();
                assert_eq!(status, 200, "{path}");
                assert!(bytes < 8 * 1024 * 1024, "{bytes}");
            }
        });
        let size = most_used(daemon.pid());
        assert!(size < MOST, "{path}: {size} MB");
    }
}
