//! Every queue is bounded, and every wait for a client has a time limit.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::auth::{AuthError, Authenticator};

use crate::support::daemon::Daemon;
use crate::support::fixture::{Fixture, Kind, runtime};

#[test]
fn sign_ins_beyond_the_hashing_queue_are_refused_at_once() {
    const ALL: usize = 200;
    let fixture = Fixture::new(Kind::Sqlite).with("[limits]\nhashing_slots = 1\nsign_ins = 0");
    let auth = Arc::new(Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap());
    let sign_in = |number: usize| {
        let auth = Arc::clone(&auth);
        let pair = STANDARD.encode(format!("nobody{number}@example.org:wrong"));
        async move { auth.from_header(&format!("Basic {pair}"), None).await }
    };
    let (wrong, overloaded) = runtime().block_on(async {
        let all: Vec<_> = (0..ALL).map(|number| tokio::spawn(sign_in(number))).collect();
        let (mut wrong, mut overloaded) = (0, 0);
        for one in all {
            match one.await.unwrap() {
                Err(AuthError::Wrong) => wrong += 1,
                Err(AuthError::Overloaded) => overloaded += 1,
                other => panic!("{other:?}"),
            }
        }
        (wrong, overloaded)
    });
    // 64 are queued at once, and few places became free: each hash takes longer than all these calls.
    assert!((64..ALL / 2).contains(&wrong) && wrong + overloaded == ALL, "{wrong} had their turn, {overloaded} had none");
    assert!(matches!(runtime().block_on(sign_in(0)), Err(AuthError::Wrong)), "and then there is room again");
}

#[test]
fn a_missing_head_times_out() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(&format!("sqlite:{}", folder.path().join("head.db").display()), &[]);
    let address = daemon.url.strip_prefix("http://").unwrap();
    for begun in ["", "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(begun.as_bytes()).unwrap();
        let since = Instant::now();
        let mut answer = Vec::new();
        // The connection may be reset or closed in order.
        let is_over = stream.read_to_end(&mut answer).map_or_else(|e| e.kind() == std::io::ErrorKind::ConnectionReset, |_| true);
        assert!(is_over && since.elapsed() < Duration::from_secs(20), "{begun:?}: {:?}", since.elapsed());
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}
