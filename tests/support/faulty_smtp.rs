//! A scripted mail server on loopback, which records all it receives. Without TLS; emails reach it with `mail.smtp.tls =
//! "none"`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A point of the conversation at which the script is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Greeting,
    Hello,
    Starttls,
    Sender,
    Recipient,
    Data,
    Dot,
    Other,
}

/// Its action.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Replies as servers do.
    Go,
    /// Replies with this and a CRLF.
    Say(&'static str),
    /// Replies with this, then closes the connection.
    SayAndDrop(&'static str),
    /// Replies with this, a byte a second.
    Crawl(&'static str),
    /// Sends nothing more.
    Hang,
    /// Closes the connection.
    Drop,
}

/// Everything that it received.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// The number of connections.
    pub(crate) connections: usize,
    /// Commands, one a line, without the emails.
    pub(crate) commands: Vec<String>,
    /// Emails up to their final dot, as transmitted.
    pub(crate) emails: Vec<String>,
}

impl Heard {
    /// The number of commands that begin like this.
    pub(crate) fn count(&self, start: &str) -> usize {
        self.commands.iter().filter(|command| command.starts_with(start)).count()
    }
}

/// The server. It stops when dropped.
pub(crate) struct FaultySmtp {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    heard: Arc<Mutex<Heard>>,
    is_over: Arc<AtomicBool>,
}

impl FaultySmtp {
    /// Starts one. `script` gets the moment and the number of connections so far, with this one.
    pub(crate) fn start(script: impl Fn(Moment, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::start_keeping(script, |email| email)
    }

    /// The same, whose script also gets the client's last command.
    pub(crate) fn start_listening(script: impl Fn(Moment, &str) -> Act + Send + Sync + 'static) -> Self {
        Self::start_all(move |moment, _, said| script(moment, said), |email| email)
    }

    /// The same, which keeps only the result of `keep` for each email, for tens of thousands of them.
    pub(crate) fn start_keeping(
        script: impl Fn(Moment, usize) -> Act + Send + Sync + 'static,
        keep: impl Fn(String) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::start_all(move |moment, connection, _| script(moment, connection), keep)
    }

    fn start_all(
        script: impl Fn(Moment, usize, &str) -> Act + Send + Sync + 'static,
        keep: impl Fn(String) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let (heard, is_over) = (Arc::new(Mutex::new(Heard::default())), Arc::new(AtomicBool::new(false)));
        let (script, ear, end) = (Arc::new(script), Arc::clone(&heard), Arc::clone(&is_over));
        let keep = Arc::new(keep);
        std::thread::spawn(move || {
            for peer in listener.incoming().flatten() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let number = {
                    let mut heard = ear.lock().unwrap_or_else(PoisonError::into_inner);
                    heard.connections += 1;
                    heard.connections
                };
                let (script, ear, keep) = (Arc::clone(&script), Arc::clone(&ear), Arc::clone(&keep));
                std::thread::spawn(move || converse(&peer, &ear, &|moment, said| script(moment, number, said), &*keep));
            }
        });
        Self { port, heard, is_over }
    }

    /// One that replies as servers do, except at one moment.
    pub(crate) fn that(at: Moment, act: Act) -> Self {
        Self::start(move |moment, _| if moment == at { act.clone() } else { Act::Go })
    }

    /// Everything that it received so far.
    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FaultySmtp {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn converse(
    mut peer: &TcpStream,
    ear: &Mutex<Heard>,
    script: &dyn Fn(Moment, &str) -> Act,
    keep: &dyn Fn(String) -> String,
) -> io::Result<()> {
    peer.set_nodelay(true)?;
    let mut lines = BufReader::new(peer);
    let (mut moment, mut command) = (Moment::Greeting, String::new());
    loop {
        let usual = match moment {
            Moment::Greeting => "220 faulty.test ESMTP",
            Moment::Starttls => "454 no",
            Moment::Data => "354 go on",
            _ => "250 2.0.0 ok",
        };
        let said = match script(moment, command.trim_end()) {
            Act::Go => usual,
            Act::Say(words) => words,
            Act::SayAndDrop(words) => return peer.write_all(format!("{words}\r\n").as_bytes()),
            Act::Drop => return Ok(()),
            Act::Hang => return lines.read_to_end(&mut Vec::new()).map(|_| ()),
            Act::Crawl(words) => {
                for byte in words.bytes() {
                    peer.write_all(&[byte])?;
                    std::thread::park_timeout(Duration::from_secs(1));
                }
                "\r\n"
            }
        };
        peer.write_all(format!("{said}\r\n").as_bytes())?;
        if moment == Moment::Data && said.starts_with("354") {
            let email = keep(until_the_dot(&mut lines)?);
            ear.lock().unwrap_or_else(PoisonError::into_inner).emails.push(email);
            moment = Moment::Dot;
            continue;
        }
        command.clear();
        if lines.read_line(&mut command)? == 0 {
            return Ok(());
        }
        moment = match command.split([' ', '\r']).next().unwrap_or_default() {
            "EHLO" => Moment::Hello,
            "STARTTLS" => Moment::Starttls,
            "MAIL" => Moment::Sender,
            "RCPT" => Moment::Recipient,
            "DATA" => Moment::Data,
            _ => Moment::Other,
        };
        ear.lock().unwrap_or_else(PoisonError::into_inner).commands.push(command.trim_end().to_owned());
    }
}

fn until_the_dot(lines: &mut impl BufRead) -> io::Result<String> {
    let mut email = String::new();
    while !email.ends_with("\r\n.\r\n") {
        if lines.read_line(&mut email)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(email)
}
