//! A TCP proxy on loopback that forwards everything until it is told to cut or stall.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The treatment of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Forwards it.
    Through,
    /// Closes the connection when the client sends this for the Nth time, and then continues as [`Rule::Through`].
    Cut { at: &'static str, after: usize, moment: Cut },
    /// Receives everything and forwards nothing.
    Stall,
}

/// The moment of a cut, relative to the client's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server never receives it.
    Before,
    /// The server receives and answers it, and the client never receives the answer.
    BeforeTheAnswer,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    to: SocketAddr,
    rule: Mutex<Rule>,
    cuts: AtomicUsize,
    said: AtomicUsize,
    /// Connections so far, and how many of the first were stalled for ever.
    connections: AtomicUsize,
    deserted: AtomicUsize,
    /// Data on those connections that was not forwarded.
    held: AtomicUsize,
    is_over: AtomicBool,
}

impl Proxy {
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let shared = Arc::new(Shared {
            to: SocketAddr::from(([127, 0, 0, 1], port)),
            rule: Mutex::new(Rule::Through),
            cuts: AtomicUsize::new(0),
            said: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            deserted: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let port = listener.local_addr().expect("its address").port();
        let its = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if its.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let its = Arc::clone(&its);
                std::thread::spawn(move || its.carry(&client));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn follow(&self, rule: Rule) {
        *self.shared.rule.lock().expect("no carrier panics") = rule;
    }

    /// Receives everything on the present connections and forwards nothing for ever, like a balancer whose other side is gone.
    /// New connections are forwarded. Returns how many there were.
    pub(crate) fn desert(&self) -> usize {
        let all = self.connections();
        self.shared.deserted.store(all, Ordering::SeqCst);
        all
    }

    /// The number of connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How often data came on stalled connections.
    pub(crate) fn held(&self) -> usize {
        self.shared.held.load(Ordering::SeqCst)
    }

    /// The number of cuts.
    pub(crate) fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// How often clients have sent data: for one that waits for each response, the number of its requests.
    pub(crate) fn said(&self) -> usize {
        self.shared.said.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn carry(self: &Arc<Self>, client: &TcpStream) {
        let Ok(server) = TcpStream::connect(self.to) else { return };
        let number = self.connections.fetch_add(1, Ordering::SeqCst);
        // Set when the server's next data is to be lost.
        let is_lost = Arc::new(AtomicBool::new(false));
        let (Ok(from), Ok(to)) = (server.try_clone(), client.try_clone()) else { return };
        let (its, lost) = (Arc::clone(self), Arc::clone(&is_lost));
        std::thread::spawn(move || its.pass(number, &from, &to, &mut |_, _| !lost.load(Ordering::SeqCst)));
        self.pass(number, client, &server, &mut |shared, said| {
            shared.said.fetch_add(1, Ordering::SeqCst);
            let mut rule = shared.rule.lock().expect("no carrier panics");
            let Rule::Cut { at, after, moment } = &mut *rule else { return true };
            if !said.windows(at.len()).any(|window| window == at.as_bytes()) {
                return true;
            }
            if *after > 1 {
                *after -= 1;
                return true;
            }
            let moment = *moment;
            *rule = Rule::Through;
            shared.cuts.fetch_add(1, Ordering::SeqCst);
            is_lost.store(true, Ordering::SeqCst);
            moment == Cut::BeforeTheAnswer
        });
    }

    /// Forwards data that `is_passed` permits; closes both directions at other data.
    fn pass(&self, number: usize, mut from: &TcpStream, mut to: &TcpStream, is_passed: &mut dyn FnMut(&Self, &[u8]) -> bool) {
        let mut piece = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            while self.is(Rule::Stall) {
                std::thread::park_timeout(Duration::from_millis(5));
            }
            if number < self.deserted.load(Ordering::SeqCst) {
                self.held.fetch_add(1, Ordering::SeqCst);
                continue;
            }
            if !is_passed(self, &piece[..length]) || to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }

    fn is(&self, rule: Rule) -> bool {
        !self.is_over.load(Ordering::SeqCst) && *self.rule.lock().expect("no carrier panics") == rule
    }
}
