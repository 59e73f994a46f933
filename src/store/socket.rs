//! Finds the sockets of PostgreSQL connections, and shuts them down from outside.
//!
//! libpq does not expose its socket, and a thread that waits in libpq waits for ever if the peer acknowledges without
//! answering. So the socket of a connection is identified as the one that appeared while it was opened, and shut down by its
//! number. libpq then reports the end of the connection and closes it. Without `/proc` no socket is found.

use std::os::fd::RawFd;
use std::path::{Path, PathBuf};

use nix::sys::socket::{Shutdown, SockaddrIn, SockaddrIn6, SockaddrStorage, getpeername, shutdown};
use url::Url;

/// An open socket of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Socket {
    number: RawFd,
    /// The name in `/proc`. The system reuses the numbers.
    name: PathBuf,
}

impl Socket {
    /// Shuts down both directions; false if the socket is gone.
    pub(super) fn shut(&self) -> bool {
        name(self.number).as_ref() == Some(&self.name) && shutdown(self.number, Shutdown::Both).is_ok()
    }
}

/// The addresses of a database.
pub(super) struct Peers {
    ports: Vec<u16>,
}

impl Peers {
    /// The addresses of a URL, which may have several.
    pub(super) fn of(url: &str) -> Self {
        let url = Url::parse(url).ok();
        let more = url.iter().flat_map(Url::query_pairs).filter(|(key, _)| key == "port");
        let more: Vec<u16> = more.flat_map(|(_, value)| value.split(',').map(str::parse).collect::<Vec<_>>()).flatten().collect();
        let usual = std::env::var("PGPORT").ok().and_then(|port| port.parse().ok()).unwrap_or(5432);
        Self { ports: url.iter().filter_map(Url::port).chain(more).chain([usual]).collect() }
    }

    /// The open connected sockets.
    pub(super) fn list(&self) -> Vec<Socket> {
        let Ok(all) = std::fs::read_dir("/proc/self/fd") else { return Vec::new() };
        let numbers = all.flatten().filter_map(|one| one.file_name().to_str()?.parse::<RawFd>().ok());
        numbers.filter(|number| self.is_one(*number)).filter_map(|number| Some(Socket { number, name: name(number)? })).collect()
    }

    fn is_one(&self, number: RawFd) -> bool {
        let Ok(peer) = getpeername::<SockaddrStorage>(number) else { return false };
        let port = peer.as_sockaddr_in().map(SockaddrIn::port).or_else(|| peer.as_sockaddr_in6().map(SockaddrIn6::port));
        let path = peer.as_unix_addr().and_then(|to| to.path()).and_then(Path::file_name);
        port.is_some_and(|port| self.ports.contains(&port))
            || path.is_some_and(|file| file.as_encoded_bytes().starts_with(b".s.PGSQL."))
    }
}

fn name(number: RawFd) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{number}"))
        .ok()
        .filter(|name| name.as_os_str().as_encoded_bytes().starts_with(b"socket:"))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;

    #[test]
    fn a_socket_is_known_by_where_it_leads_and_ends_for_both_sides() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let peers = Peers::of(&format!("postgres:///house?host=127.0.0.1,127.0.0.1&port=1,{port}"));
        assert_eq!(peers.list(), []);
        let mut ours = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut theirs, _) = listener.accept().unwrap();
        let all = peers.list();
        assert_eq!(all.len(), 1, "the other end leads elsewhere: {all:?}");
        assert!(all[0].shut());
        assert_eq!((ours.read(&mut [0]).unwrap(), theirs.read(&mut [0]).unwrap()), (0, 0));
        drop(ours);
        assert!(!all[0].shut() && peers.list().is_empty(), "it is gone");

        // A local database has a file as its socket. One test covers both kinds, because the list is of the whole process.
        let folder = tempfile::tempdir().unwrap();
        let [other, file] = ["other", ".s.PGSQL.5432"].map(|name| folder.path().join(name));
        let listeners = [&other, &file].map(|path| UnixListener::bind(path).unwrap());
        let [_other, mut ours] = [&other, &file].map(|path| UnixStream::connect(path).unwrap());
        let all = peers.list();
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].shut());
        assert_eq!(ours.read(&mut [0]).unwrap(), 0);
        drop(listeners);
    }
}
