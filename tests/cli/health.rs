//! `health`: the health check of a container.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::Desk;
use super::daemon::Running;

fn asked(desk: &Desk, listen: &str) -> super::Said {
    desk.run_with(&["health"], &[("COUNTERSIGN__SERVER__LISTEN", listen), ("COUNTERSIGN__MAIL__TRANSPORT", "file")])
}

#[test]
fn a_ready_daemon_is_healthy_at_every_address() {
    let desk = Desk::new();
    let running = Running::start(&desk, &[]);
    let address = running.url.trim_start_matches("http://").to_owned();
    let port = address.rsplit(':').next().unwrap();
    for listen in [&address, &format!("0.0.0.0:{port}")] {
        let said = asked(&desk, listen).json();
        assert_eq!((&said["status"], &said["database"]), (&"ready".into(), &"ok".into()));
    }
    assert_eq!(running.stop("-TERM").0, Some(0));
    let gone = asked(&desk, &address).refusal();
    assert!(gone.starts_with(&format!("1: countersign: no daemon answers on {address} (server.listen): ")), "{gone}");
}

#[test]
fn a_daemon_that_is_not_ready_is_unhealthy() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let answers = ["HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"not ready\"}", "SSH-2.0-other\r\n"];
    let thread = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = other.accept().unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let desk = Desk::new();
    let not_ready = format!("1: countersign: the daemon on {address} is not ready (503): {{\"status\":\"not ready\"}}");
    assert_eq!(asked(&desk, &address).refusal(), not_ready);
    assert!(asked(&desk, &address).refusal().ends_with("what answers is no HTTP server"));
    thread.join().unwrap();
}
