//! `backup` and `restore`: a backup loses nothing, and a restore invalidates all earlier links.

use countersign::clock::Clock;
use countersign::domain::{Caller, Credential};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::outbox::{self, NewToken};
use countersign::store::{StoreError, tokens};
use countersign::workflow::requests::decide;
use countersign::workflow::{Closed, WorkflowError};

use super::Desk;

#[test]
fn a_restored_backup_has_its_data_and_invalidates_earlier_links() {
    let desk = Desk::new();
    let view = desk.filed(Clock::System);
    let secret = FreshSecret::draw(&Rng::System).unwrap();
    let (hash, ann) = (secret.hash(), view.target.clone());
    let reader = ann.clone();
    let minted = desk.store(Clock::System).write_sync(move |tx| {
        let new = NewToken { request: view.request.id, user: &reader, secret: hash };
        Ok::<_, StoreError>(outbox::add_tokens(tx, &[new])?[0])
    });
    let token = secret.with_id(SecretKind::Redeem, minted.unwrap().0).reveal();
    let check = || {
        let caller = Caller::person(ann.id, false, Credential::Password);
        desk.store(Clock::System).read_sync(|tx| decide::check(tx, &caller, &token))
    };
    assert!(check().is_ok());

    assert!(desk.run(&["backup", "copy.db"]).json()["bytes"].as_u64().unwrap() > 0);
    desk.add(&["user", "add", "late@example.org"]);
    let restored = desk.run(&["restore", "copy.db"]).json();
    assert_eq!((&restored["epoch"], &restored["restored"]), (&2.into(), &"countersign.db".into()));
    let people = desk.run(&["user", "list"]).out;
    assert!(people.contains("bob@example.org") && !people.contains("late@example.org"), "{people}");
    assert!(matches!(check(), Err(WorkflowError::Closed(Closed::Restored))), "{:?}", check());
    assert!(desk.run(&["audit", "export"]).out.contains("database.restored"));
    desk.run(&["audit", "verify"]).json();
    assert!(desk.path("countersign.db.before-restore").exists());
    let again = desk.run(&["restore", "copy.db"]).refusal();
    assert_eq!(again, "1: countersign: countersign.db.before-restore is still there from the last restore; move it away first");
}

#[test]
fn a_damaged_database_can_be_replaced_and_a_damaged_backup_replaces_nothing() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    desk.run(&["backup", "copy.db"]).json();
    std::fs::write(desk.path("junk.db"), "this is no database, however long it may be").unwrap();
    assert!(desk.run(&["restore", "junk.db"]).refusal().starts_with("1: countersign: this is no backup of ours"));
    assert!(desk.run(&["restore", "none.db"]).refusal().starts_with("1: countersign: there is no file none.db"));
    assert_eq!(desk.run(&["user", "list"]).out.lines().count(), 1, "nothing was touched");

    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(desk.path(&format!("countersign.db{end}")));
    }
    std::fs::copy(desk.path("junk.db"), desk.path("countersign.db")).unwrap();
    assert!(desk.run(&["user", "list"]).refusal().contains("put back a copy made by `countersign backup`"));
    assert_eq!(desk.run(&["restore", "copy.db"]).json()["epoch"], 2);
    assert_eq!(desk.run(&["user", "list"]).out.lines().count(), 1);
    let left: Vec<_> = std::fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        left.iter().all(|name| !name.to_string_lossy().contains("restor") || name == "countersign.db.before-restore"),
        "{left:?}"
    );
}

#[test]
fn a_backup_overwrites_nothing() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    desk.run(&["backup", "copy.db"]).json();
    assert_eq!(desk.run(&["backup", "copy.db"]).refusal(), "1: countersign: copy.db exists already; name a new file");
}

#[test]
fn a_database_restored_by_other_means_gets_its_epoch_by_command() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    assert_eq!(desk.run(&["restore"]).json()["epoch"], 2);
    let epoch = desk.store(Clock::System).read_sync(tokens::epoch).unwrap();
    assert_eq!(epoch, 2);
}

#[test]
fn a_backup_into_a_missing_folder_says_so() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    assert_eq!(
        desk.run(&["backup", "nowhere/copy.db"]).refusal(),
        "1: countersign: there is no folder nowhere for nowhere/copy.db; make it, or name another"
    );
    assert!(!desk.path("nowhere").exists());
}
