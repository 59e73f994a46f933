//! An SMTP client that sends emails one after the other over a connection.
//!
//! The conversation is run step by step, so that after any failure it is known whether the server may have accepted the email.
//! lettre implements the protocol over our own stream.

use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Auth, Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use zeroize::Zeroizing;

use super::data::Parcel;
use super::reply::{Failure, Phase, shown, too_late};
use super::stream::{Protection, SmtpStream, WriteProgress, reach};
use crate::config::{self, Tls, is_local};
use crate::mail::message::{Mail, Sender};
use crate::mail::outcome::{Outcome, TransportError};
use crate::secret_file::read_secret;

/// The time limit of QUIT, on which no email depends.
const PARTING: Duration = Duration::from_secs(2);

/// The common SASL mechanisms; TLS protects both.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// The mail server. Clones share its settings.
#[derive(Clone)]
pub struct Smtp(Arc<Server>);

struct Server {
    host: String,
    port: u16,
    timeout: Duration,
    /// None: unencrypted, to this machine only.
    protection: Option<(Protection, Tls)>,
    sign_in: Option<(String, PathBuf)>,
    /// Our name for EHLO: the sender's domain. None if it means nothing to other machines (`localhost`).
    domain: Option<String>,
}

/// A sender's connection to the mail server, opened on demand.
pub struct Connection {
    server: Smtp,
    session: Option<Box<Session>>,
}

/// An open and authenticated connection.
struct Session {
    connection: AsyncSmtpConnection,
    written: WriteProgress,
    has_pipelining: bool,
    needs_reset: bool,
    /// Whether the server expects message data that will not be sent.
    is_spent: bool,
}

/// The progress of a conversation, which remains readable after it is cancelled.
struct Progress(AtomicU8);

impl Progress {
    fn enter(&self, phase: Phase) -> Phase {
        self.0.store(phase as u8, Ordering::Relaxed);
        phase
    }

    fn phase(&self) -> Phase {
        const ALL: [Phase; 8] =
            [Phase::Connect, Phase::Tls, Phase::Hello, Phase::Auth, Phase::Sender, Phase::Recipient, Phase::Data, Phase::Body];
        let reached = self.0.load(Ordering::Relaxed);
        ALL.into_iter().find(|phase| *phase as u8 == reached).unwrap_or(Phase::Dot)
    }
}

impl Smtp {
    /// Checks everything possible without the network; the first email connects.
    pub fn new(settings: &config::Smtp, sender: &Sender) -> Result<Self, TransportError> {
        let protection = match settings.tls {
            Tls::None if is_local(&settings.host) => None,
            Tls::None => return Err(TransportError::Clear(settings.host.clone())),
            kind => Some((Protection::new(&settings.host, settings.ca_file.as_deref())?, kind)),
        };
        let sign_in = settings.username.clone().zip(settings.password_file.clone());
        if let Some((_, path)) = &sign_in {
            password(path).map_err(|reason| TransportError::Password { path: path.clone(), reason })?;
        }
        let domain = sender.address.domain();
        Ok(Self(Arc::new(Server {
            host: settings.host.clone(),
            port: settings.port,
            timeout: settings.timeout.duration(),
            protection,
            sign_in,
            domain: domain.contains('.').then(|| domain.to_owned()),
        })))
    }

    /// A new connection, not yet open.
    pub fn connection(&self) -> Connection {
        Connection { server: self.clone(), session: None }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("host", &self.0.host).field("port", &self.0.port).finish_non_exhaustive()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("server", &self.server).field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

impl Connection {
    /// Sends an email within `mail.smtp.timeout`.
    pub async fn send(&mut self, mail: &Mail) -> Outcome {
        let parcel = match Parcel::of(mail) {
            Ok(parcel) => parcel,
            Err(e) => return e.into(),
        };
        let (progress, limit) = (Progress(AtomicU8::new(Phase::Connect as u8)), self.server.0.timeout);
        match tokio::time::timeout(limit, self.exchange(&parcel, &progress)).await {
            Ok(Ok(response)) => Outcome::Delivered { response },
            Ok(Err(failure)) => failure.outcome(),
            Err(_) => too_late(progress.phase(), limit),
        }
    }

    /// Whether the next email can reuse the connection.
    pub fn is_open(&self) -> bool {
        self.session.is_some()
    }

    /// Ends the connection with QUIT.
    pub async fn close(self) {
        if let Some(mut session) = self.session {
            let _ = tokio::time::timeout(PARTING, session.connection.quit()).await;
        }
    }

    /// Runs the conversation over the open session, or over a new one if it is stale. The session is stored again only after
    /// its last reply, so that nothing follows a cancelled conversation.
    async fn exchange(&mut self, parcel: &Parcel, progress: &Progress) -> Result<String, Failure> {
        if let Some(session) = self.session.take() {
            match self.converse(session, parcel, progress).await {
                Err(failure) if failure.is_staleness() => {}
                answered => return answered,
            }
        }
        let session = Box::new(self.server.0.connect(progress).await?);
        self.converse(session, parcel, progress).await
    }

    async fn converse(&mut self, mut session: Box<Session>, parcel: &Parcel, progress: &Progress) -> Result<String, Failure> {
        let answered = session.converse(parcel, progress).await;
        session.needs_reset = answered.is_err();
        let goes_on = answered.as_ref().map_or_else(Failure::leaves_connection, |_| true);
        if goes_on && !session.is_spent {
            self.session = Some(session);
        }
        answered
    }
}

impl Server {
    async fn connect(&self, progress: &Progress) -> Result<Session, Failure> {
        progress.enter(Phase::Connect);
        let tcp = reach(&self.host, self.port, self.timeout).await?;
        let local = tcp.local_addr().map_err(|e| Failure::lost(Phase::Connect, &e))?;
        let hello = hello_name(self.domain.as_deref(), local);
        progress.enter(Phase::Tls);
        let mut stream = match &self.protection {
            None => SmtpStream::clear(tcp)?,
            Some((protection, Tls::Implicit)) => SmtpStream::implicit(tcp, protection).await?,
            Some((protection, _)) => SmtpStream::starttls(tcp, protection, &hello.to_string()).await?,
        };
        let written = stream.written();
        let phase = progress.enter(Phase::Hello);
        let offer = stream.hello(&hello.to_string()).await?;
        let connected = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await;
        let mut connection = connected.map_err(|e| Failure::of(phase, &e))?;
        if let Some((username, path)) = &self.sign_in {
            let phase = progress.enter(Phase::Auth);
            let Some(mechanism) = MECHANISMS.into_iter().find(|known| offer.mechanisms.contains(known)) else {
                let text = "the mail server offers no sign-in by PLAIN or LOGIN here; check mail.smtp.port, or leave mail.smtp.username empty";
                return Err(Failure::setting(phase, text));
            };
            let file = path.clone();
            // Reads the file for each connection, so that a corrected file needs no restart and no copy stays in memory.
            let read = tokio::task::spawn_blocking(move || password(&file)).await.map_err(|e| Failure::lost(phase, &e))?;
            let password =
                read.map_err(|reason| Failure::setting(phase, format!("mail.smtp.password_file cannot be used: {reason}")))?;
            let credentials = Credentials::new(username.clone(), password.to_string());
            judged(sign_in(&mut connection, mechanism, &credentials).await, 200..=299, phase)?;
        }
        Ok(Session { connection, written, has_pipelining: offer.has_pipelining, needs_reset: false, is_spent: false })
    }
}

/// Answers the server's challenges: none for PLAIN, two for LOGIN.
async fn sign_in(
    connection: &mut AsyncSmtpConnection,
    mechanism: Mechanism,
    credentials: &Credentials,
) -> Result<Response, lettre::transport::smtp::Error> {
    let mut said = connection.command(Auth::new(mechanism, credentials.clone(), None)?).await?;
    for _ in 0..2 {
        if said.has_code(334) {
            said = connection.command(Auth::new_from_response(mechanism, credentials.clone(), &said)?).await?;
        }
    }
    Ok(said)
}

impl Session {
    async fn converse(&mut self, parcel: &Parcel, progress: &Progress) -> Result<String, Failure> {
        if self.needs_reset {
            let phase = progress.enter(Phase::Sender);
            self.connection.command(Rset).await.map_err(|e| Failure::lost(phase, &e))?;
            self.needs_reset = false;
        }
        if self.has_pipelining {
            self.announce_at_once(parcel, progress).await?;
        } else {
            self.announce(parcel, progress).await?;
        }
        let response = self.hand_over(&parcel.text, progress).await.map_err(|e| Failure::of(progress.phase(), &e))?;
        expect(&response, 200..=299, Phase::Dot)?;
        let words = response.message().collect::<Vec<_>>().join(" ");
        Ok(shown(&format!("{} {words}", response.code())))
    }

    /// Sends the message with its final dot, in one write if the system accepts it. `progress` must show when the dot is sent,
    /// so it is checked after each step, and no failure is handled in between.
    async fn hand_over(&mut self, text: &str, progress: &Progress) -> Result<Response, lettre::transport::smtp::Error> {
        progress.enter(Phase::Body);
        self.written.begin();
        let written = &self.written;
        // lettre's own method would scan each byte again and write the dot separately.
        let mut answered = pin!(self.connection.command(text));
        poll_fn(|cx| {
            let polled = answered.as_mut().poll(cx);
            if written.is_whole() {
                progress.enter(Phase::Dot);
            }
            polled
        })
        .await
    }

    /// Sends MAIL, RCPT and DATA one after the other.
    async fn announce(&mut self, parcel: &Parcel, progress: &Progress) -> Result<(), Failure> {
        let phase = progress.enter(Phase::Sender);
        let said = self.connection.command(MailFrom::new(Some(parcel.from.clone()), vec![])).await;
        expect(&said.map_err(|e| Failure::of(phase, &e))?, 250..=250, phase)?;
        let phase = progress.enter(Phase::Recipient);
        let said = self.connection.command(Rcpt::new(parcel.to.clone(), vec![])).await;
        expect(&said.map_err(|e| Failure::of(phase, &e))?, 250..=252, phase)?;
        let phase = progress.enter(Phase::Data);
        let said = self.connection.command(Data).await;
        expect(&said.map_err(|e| Failure::of(phase, &e))?, 354..=354, phase)
    }

    /// Sends all three in one write (RFC 2920) and reads all three replies, in one round trip instead of three.
    async fn announce_at_once(&mut self, parcel: &Parcel, progress: &Progress) -> Result<(), Failure> {
        let phase = progress.enter(Phase::Sender);
        let (from, to) = (MailFrom::new(Some(parcel.from.clone()), vec![]), Rcpt::new(parcel.to.clone(), vec![]));
        let first = self.connection.command(format!("{from}{to}{Data}")).await;
        let sender = judged(first, 250..=250, phase);
        if let Err(failure) = &sender
            && !failure.leaves_connection()
        {
            return sender;
        }
        let phase = progress.enter(Phase::Recipient);
        let recipient = judged(self.connection.read_response().await, 250..=252, phase);
        if let Err(failure) = &recipient
            && !failure.leaves_connection()
        {
            return sender.and(recipient);
        }
        let phase = progress.enter(Phase::Data);
        let data = judged(self.connection.read_response().await, 354..=354, phase);
        match (sender.and(recipient), data) {
            // The server expects a message without recipients, so the connection is closed instead of sending one.
            (Err(refusal), Ok(())) => {
                self.is_spent = true;
                Err(refusal)
            }
            (announced, data) => announced.and(data),
        }
    }
}

fn judged(
    said: Result<Response, lettre::transport::smtp::Error>,
    codes: std::ops::RangeInclusive<u16>,
    phase: Phase,
) -> Result<(), Failure> {
    expect(&said.map_err(|e| Failure::of(phase, &e))?, codes, phase)
}

/// Checks the reply code, because lettre accepts any 2xx and 3xx.
fn expect(said: &Response, codes: std::ops::RangeInclusive<u16>, phase: Phase) -> Result<(), Failure> {
    let code = u16::from(said.code());
    if codes.contains(&code) { Ok(()) } else { Err(Failure::lost(phase, &format!("it said {code}, which is no answer here"))) }
}

/// Our name for EHLO: the sender's domain, or our address as the server sees it (RFC 5321 §4.1.4).
fn hello_name(domain: Option<&str>, local: SocketAddr) -> ClientId {
    match (domain, local) {
        (Some(domain), _) => ClientId::Domain(domain.to_owned()),
        (None, SocketAddr::V4(local)) => ClientId::Ipv4(*local.ip()),
        (None, SocketAddr::V6(local)) => ClientId::Ipv6(*local.ip()),
    }
}

fn password(path: &Path) -> Result<Zeroizing<String>, String> {
    read_secret(path).map_err(|error| error.to_string())
}
