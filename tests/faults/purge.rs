//! A purge of many thousand rows while people file, decide and revoke: it delays nobody, and deletes nothing of theirs.

use std::collections::BTreeMap;

use super::Scene;
use super::hands::Hands;
use crate::support::{over, wait_until};

const OVER: usize = 20_000;
/// The most rows in one transaction, with pauses between them, so that there is time for other calls.
const BATCH: usize = 100;
/// One in this many ended requests had a grant. A grant outlives its request.
const EACH: usize = 10;

fn takes_only_what_is_over(mut scene: Scene) {
    scene.client.sql(&over::sql(OVER));
    scene.client.sql(&format!(
        "INSERT INTO grants (id, public_id, request_id, grantor_id, grantee_kind, grantee_id, bundle_id, level, reshare, starts_at,
            is_enabled, comment, version, created_by, created_at, updated_at)
         SELECT id, 'over-' || id, id, target_id, 'user', allowed_id, (SELECT min(id) FROM bundles), 'view', 0, 0, true, '', 1,
            target_id, 0, 0 FROM requests WHERE {} AND id % {EACH} = 0",
        over::REQUESTS
    ));
    let settings = [("COUNTERSIGN__RETENTION__PURGE_EVERY", "1s"), ("COUNTERSIGN__RETENTION__BATCH", &BATCH.to_string())];
    let mut daemon = scene.daemon_with(&scene.database, "", &settings);
    assert!(daemon.is_ready(), "{}", daemon.log());
    let left = |scene: &Scene| scene.client.count("requests", over::REQUESTS);
    wait_until("the purge to begin", || (left(&scene) < OVER).then_some(()));
    let (mut hands, mut rounds) = (Hands::default(), 0);
    while left(&scene) > 0 {
        scene.client.more();
        hands.more(&mut scene.client, 20);
        let (client, url) = (&mut scene.client, &daemon.url);
        let is_done = std::thread::scope(|scope| {
            let hands = scope.spawn(|| hands.work(url));
            client.work(url) && hands.join().unwrap()
        });
        assert!(is_done, "each is answered: {}", scene.client.transcript());
        rounds += 1;
    }
    assert!(rounds > 0, "people were at work beside it");
    wait_until("the rest to go", || (scene.client.count("idempotency_keys", "caller = 'over'") == 0).then_some(()));

    let purges: Vec<BTreeMap<String, usize>> = scene
        .client
        .texts("SELECT detail AS value FROM audit WHERE event = 'purged'")
        .iter()
        .map(|detail| serde_json::from_str(detail).unwrap())
        .collect();
    let sum = |kind: &str| purges.iter().map(|gone| gone[kind]).sum::<usize>();
    assert_eq!(["requests", "tokens", "letters", "answers"].map(sum), [OVER, OVER, OVER + OVER / 2, OVER / 2]);
    // An email of each request, and as many without a request.
    let is_bounded = |gone: &BTreeMap<String, usize>| {
        ["requests", "tokens", "answers"].iter().all(|kind| gone[*kind] <= BATCH) && gone["letters"] <= 2 * BATCH
    };
    assert!(purges.iter().all(is_bounded), "{purges:?}");
    assert_eq!(scene.client.count("grants", "public_id LIKE 'over-%' AND revoked_at IS NULL"), OVER / EACH);
    hands.verify(&scene.client);
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

#[test]
fn during_a_large_purge_all_calls_are_answered_and_nothing_live_is_deleted_on_sqlite() {
    takes_only_what_is_over(Scene::on_sqlite());
}

#[test]
fn during_a_large_purge_all_calls_are_answered_and_nothing_live_is_deleted_on_postgresql() {
    takes_only_what_is_over(Scene::on_postgres());
}
