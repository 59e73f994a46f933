//! Idle connections, as a proxy keeps them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::daemon::Daemon;

fn ask(connection: &mut TcpStream) -> String {
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let (mut said, mut part) = (String::new(), [0; 1024]);
    while !said.contains("\r\n\r\n") {
        let length = connection.read(&mut part).unwrap();
        assert!(length > 0, "closed after {said:?}");
        said.push_str(&String::from_utf8_lossy(&part[..length]));
    }
    said
}

#[test]
fn a_proxys_idle_connection_is_kept_and_delays_no_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start(&format!("sqlite:{}", folder.path().join("kept.db").display()), &[]);
    let mut connection = TcpStream::connect(daemon.url.trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    assert!(ask(&mut connection).starts_with("HTTP/1.1 200"));
    // The framework's default of five seconds, and one more.
    std::thread::park_timeout(Duration::from_secs(6));
    assert!(ask(&mut connection).starts_with("HTTP/1.1 200"));
    let begun = Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(connection.read(&mut [0; 16]).unwrap_or_default(), 0, "and it is closed");
}
