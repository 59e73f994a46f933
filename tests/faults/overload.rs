//! More calls, connections and bodies at once than the limits permit: every refusal says when to retry, none is an internal
//! error, and memory stays within its limit.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Scene;
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{agent, basic};

/// Concurrent callers of each kind, each with this many calls.
const CALLERS: usize = 80;
const CALLS: usize = 5;
/// Far below the demand of these callers.
const SETTINGS: [(&str, &str); 4] = [
    ("COUNTERSIGN__LIMITS__HASHING_SLOTS", "1"),
    ("COUNTERSIGN__LIMITS__WRITE_QUEUE", "4"),
    ("COUNTERSIGN__LIMITS__BODY_BYTES", "2048"),
    ("COUNTERSIGN__DATABASE__CONNECTIONS", "2"),
];
/// The need of a debug build with one hashing slot, doubled.
const MEGABYTES: usize = 300;
/// One worker for each core, and the threads of the store and the runtime; none for each caller.
const THREADS: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    /// Signing in with a wrong password, which is hashed too.
    SignIn,
    /// A place in the queue of writes.
    Write,
    /// A connection for reading.
    List,
    /// A body beyond the limit.
    BodySize,
}

impl Want {
    const ALL: [Self; 4] = [Self::SignIn, Self::Write, Self::List, Self::BodySize];

    /// The status without overload.
    const fn due(self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::Write => 404,
            Self::List => 200,
            Self::BodySize => 413,
        }
    }

    /// The status, and whether there is a `Retry-After`.
    fn ask(self, agent: &ureq::Agent, url: &str, number: usize) -> (u16, bool) {
        let ann = basic("ann@example.org", PASSWORD);
        let list = format!("{url}/api/bundle_permission_request/");
        // A well-formed token that does not exist.
        let token = format!("{list}csr_{}/", "AAAAAAAB".repeat(7).split_at(54).0);
        let answer = match self {
            Self::SignIn => agent.get(list).header("authorization", basic("ann@example.org", &format!("wrong {number}"))).call(),
            Self::Write => agent.put(token).header("authorization", ann).send_empty(),
            Self::List => agent.get(list).header("authorization", ann).call(),
            Self::BodySize => {
                let post = agent.post(list).header("authorization", ann).header("content-type", "application/json");
                post.send(" ".repeat(4096))
            }
        };
        let answer = answer.unwrap_or_else(|error| panic!("{self:?} got no answer: {error}"));
        (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
    }
}

/// Resident megabytes, and threads.
fn size(pid: u32) -> (usize, usize) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let number = |name: &str| -> usize {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    (number("VmRSS:") / 1_024, number("Threads:"))
}

fn a_refused_caller_learns_when_to_retry(mut scene: Scene) {
    let mut daemon = scene.daemon_with(&scene.database, "", &SETTINGS);
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.transcript());
    // They send half of a request, and keep their connection.
    let address = daemon.url.trim_start_matches("http://").to_owned();
    let slow: Vec<TcpStream> = (0..CALLERS)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(b"GET /api/bundle/ HTTP/1.1\r\nHost: ").unwrap();
            stream
        })
        .collect();

    let answers: Mutex<BTreeMap<(Want, u16), usize>> = Mutex::default();
    let is_over = AtomicBool::new(false);
    let largest = std::thread::scope(|scope| {
        let (answers, is_over, url, pid) = (&answers, &is_over, daemon.url.as_str(), daemon.pid());
        let measured = scope.spawn(move || {
            let mut largest = (0, 0);
            while !is_over.load(Ordering::Relaxed) {
                let (megabytes, threads) = size(pid);
                largest = (megabytes.max(largest.0), threads.max(largest.1));
                std::thread::park_timeout(Duration::from_millis(5));
            }
            largest
        });
        let callers: Vec<_> = (0..CALLERS)
            .flat_map(|caller| Want::ALL.map(|want| (caller, want)))
            .map(|(caller, want)| {
                scope.spawn(move || {
                    let agent = agent();
                    for call in 0..CALLS {
                        let (status, says_when) = want.ask(&agent, url, caller * CALLS + call);
                        assert!(status == want.due() || matches!(status, 429 | 503) && says_when, "{want:?}: {status}");
                        *answers.lock().unwrap().entry((want, status)).or_default() += 1;
                    }
                })
            })
            .collect();
        let ended: Vec<_> = callers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::Relaxed);
        for ended in ended {
            ended.unwrap();
        }
        measured.join().unwrap()
    });
    drop(slow);

    let answers = answers.into_inner().unwrap();
    let all = |is_counted: &dyn Fn(&(Want, u16)) -> bool| -> usize {
        answers.iter().filter(|(answer, _)| is_counted(answer)).map(|(_, count)| count).sum()
    };
    assert_eq!(all(&|_| true), Want::ALL.len() * CALLERS * CALLS, "each is answered: {answers:?}");
    for want in Want::ALL {
        assert!(all(&|(of, status)| *of == want && *status == want.due()) > 0, "{want:?}: {answers:?}");
    }
    assert!(all(&|(want, status)| *want == Want::Write && *status == 503) > 0, "no limit was reached: {answers:?}");
    let (megabytes, threads) = largest;
    assert!(megabytes < MEGABYTES && threads < THREADS, "{megabytes} MB, {threads} threads");
    assert!(!daemon.has_ended() && !daemon.log().contains("a panic"), "{}", daemon.log());
    scene.client.more();
    scene.is_well_within(Duration::from_mins(1), &daemon);
    assert_eq!(daemon.stop(), Some(0));
    scene.finish();
}

#[test]
fn under_overload_every_refusal_says_when_to_retry_on_sqlite() {
    a_refused_caller_learns_when_to_retry(Scene::on_sqlite());
}

#[test]
fn under_overload_every_refusal_says_when_to_retry_on_postgresql() {
    a_refused_caller_learns_when_to_retry(Scene::on_postgres());
}
