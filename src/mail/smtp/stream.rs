//! The stream of the SMTP connection: TCP without Nagle's algorithm, and verified TLS.
//!
//! STARTTLS is implemented here and not by lettre. lettre retains the clear text after the server's reply and reads it as
//! replies inside TLS, so an attacker in the middle could say "accepted" in the server's name. Here such bytes end the
//! connection. The greeting and EHLO are implemented here too: lettre compares the keywords of the reply with their case, and
//! does not support servers without EHLO.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::reply::{Cause, Failure, Phase, shown};
use crate::certificates;
use crate::mail::outcome::TransportError;

/// The limit of a reply before TLS.
const REPLY_BYTES: usize = 16 * 1024;
/// Replaces the greeting and the EHLO reply for lettre, because this module has already read both.
const SPOKEN: &[u8] = b"220 ready\r\n250 ready\r\n";

/// The TLS settings for a host.
#[derive(Clone)]
pub(in crate::mail) struct Protection {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protection").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Protection {
    /// Trusts only the authorities of `ca_file`, or those of the machine.
    pub(in crate::mail) fn new(host: &str, ca_file: Option<&Path>) -> Result<Self, TransportError> {
        let bare = host.trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(bare).map_err(|_| TransportError::Host(host.to_owned()))?;
        let roots = match ca_file {
            Some(path) => authorities_of(path)?,
            None => authorities_of_the_machine()?,
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config =
            versions.map_err(|e| TransportError::Tls(e.to_string()))?.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    async fn protect(&self, tcp: TcpStream) -> Result<Box<TlsStream<TcpStream>>, Failure> {
        let connected = self.connector.connect(self.name.clone(), tcp).await;
        connected.map(Box::new).map_err(|e| match e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(error @ rustls::Error::InvalidCertificate(why)) => {
                let what = certificates::explain(error, &self.name.to_str()).unwrap_or_else(|| shown(&why.to_string()));
                let text = format!(
                    "the mail server's certificate is not to be trusted: {what}; check mail.smtp.host and mail.smtp.ca_file"
                );
                Failure::setting(Phase::Tls, text)
            }
            _ => Failure::lost(Phase::Tls, &e),
        })
    }
}

fn authorities_of(path: &Path) -> Result<RootCertStore, TransportError> {
    let bad = |reason: String| TransportError::Authority { path: path.to_owned(), reason };
    let mut roots = RootCertStore::empty();
    for certificate in certificates::read(path).map_err(bad)? {
        roots.add(certificate).map_err(|e| bad(e.to_string()))?;
    }
    Ok(roots)
}

fn authorities_of_the_machine() -> Result<RootCertStore, TransportError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    let problems = || found.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if roots.is_empty() { Err(TransportError::NoAuthorities(problems())) } else { Ok(roots) }
}

/// Connects to the host, trying each of its addresses. Disables Nagle's algorithm (lettre does not), which costs 40 ms for each
/// email if the peer delays acknowledgements.
pub(in crate::mail) async fn reach(host: &str, port: u16, within: Duration) -> Result<TcpStream, Failure> {
    let bare = host.trim_matches(['[', ']']);
    let found = tokio::net::lookup_host((bare, port)).await;
    let addresses: Vec<SocketAddr> =
        found.map_err(|e| Failure::lost(Phase::Connect, &format!("{host} is not found: {e}")))?.collect();
    // Divides the time, so that a silent address leaves time for the next.
    let each = within / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let mut last = format!("{host} has no address");
    for address in addresses {
        match tokio::time::timeout(each, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                tcp.set_nodelay(true).map_err(|e| Failure::lost(Phase::Connect, &e))?;
                return Ok(tcp);
            }
            Ok(Err(e)) => last = format!("{address}: {e}"),
            Err(_) => last = format!("{address} does not answer"),
        }
    }
    Err(Failure::lost(Phase::Connect, &last))
}

/// The stream under lettre's conversation.
#[derive(Debug)]
pub(in crate::mail) struct SmtpStream {
    inner: Inner,
    peer: SocketAddr,
    /// Read before any received bytes.
    spoken: &'static [u8],
    /// The next write is lettre's EHLO, which is dropped.
    skips_hello: bool,
    /// The server does not greet again after STARTTLS.
    is_greeted: bool,
    written: WriteProgress,
}

/// The extensions in the server's EHLO reply. Keywords are case-insensitive (RFC 5321 §2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::mail) struct Offer {
    pub(in crate::mail) has_starttls: bool,
    pub(in crate::mail) has_pipelining: bool,
    /// The SASL mechanisms, in the server's order.
    pub(in crate::mail) mechanisms: Vec<Mechanism>,
}

impl Offer {
    /// Reads a whole reply.
    fn parse(reply: &str) -> Self {
        let mut offer = Self::default();
        for line in reply.lines().skip(1).filter_map(|line| line.get(4..)) {
            // Servers older than RFC 4954 write `AUTH=LOGIN`.
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty()).map(str::to_ascii_uppercase);
            match words.next().as_deref() {
                Some("STARTTLS") => offer.has_starttls = true,
                Some("PIPELINING") => offer.has_pipelining = true,
                Some("AUTH") => offer.mechanisms.extend(words.filter_map(|word| match word.as_str() {
                    "PLAIN" => Some(Mechanism::Plain),
                    "LOGIN" => Some(Mechanism::Login),
                    _ => None,
                })),
                _ => {}
            }
        }
        offer
    }
}

/// Whether the last byte of a write was handed to the system: from then on the server may have it.
#[derive(Clone, Debug, Default)]
pub(in crate::mail) struct WriteProgress(Arc<AtomicBool>);

impl WriteProgress {
    /// Resets it for the next write.
    pub(in crate::mail) fn begin(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    pub(in crate::mail) fn is_whole(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
enum Inner {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl SmtpStream {
    /// Unencrypted, for this machine only.
    pub(in crate::mail) fn clear(tcp: TcpStream) -> Result<Self, Failure> {
        let peer = tcp.peer_addr().map_err(|e| Failure::lost(Phase::Connect, &e))?;
        Ok(Self::over(Inner::Clear(tcp), peer))
    }

    /// TLS from the first byte.
    pub(in crate::mail) async fn implicit(tcp: TcpStream, protection: &Protection) -> Result<Self, Failure> {
        let peer = tcp.peer_addr().map_err(|e| Failure::lost(Phase::Connect, &e))?;
        Ok(Self::over(Inner::Tls(protection.protect(tcp).await?), peer))
    }

    fn over(inner: Inner, peer: SocketAddr) -> Self {
        Self { inner, peer, spoken: &[], skips_hello: false, is_greeted: false, written: WriteProgress::default() }
    }

    /// The progress of writing, to see when the last byte of an email is sent.
    pub(in crate::mail) fn written(&self) -> WriteProgress {
        self.written.clone()
    }

    /// STARTTLS. A server that does not offer it gets no email.
    pub(in crate::mail) async fn starttls(mut tcp: TcpStream, protection: &Protection, hello: &str) -> Result<Self, Failure> {
        answer(&mut tcp, Phase::Hello).await?;
        if !say_hello(&mut tcp, hello).await?.has_starttls {
            return Err(Failure::setting(
                Phase::Tls,
                "the mail server offers no STARTTLS, and emails are sent over TLS only; check mail.smtp.port and mail.smtp.tls, \
                 and who sits between us",
            ));
        }
        ask(&mut tcp, "STARTTLS\r\n", Phase::Tls).await?;
        Ok(Self { is_greeted: true, ..Self::implicit(tcp, protection).await? })
    }

    /// Reads the greeting and sends EHLO, after which lettre takes over.
    pub(in crate::mail) async fn hello(&mut self, name: &str) -> Result<Offer, Failure> {
        if !self.is_greeted {
            answer(self, Phase::Hello).await?;
        }
        let offer = say_hello(self, name).await?;
        (self.spoken, self.skips_hello) = (SPOKEN, true);
        Ok(offer)
    }
}

/// Sends EHLO, or HELO to a server without EHLO, which has no extensions (RFC 5321 §3.2).
async fn say_hello(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), name: &str) -> Result<Offer, Failure> {
    match ask(stream, &format!("EHLO {name}\r\n"), Phase::Hello).await {
        Ok(reply) => Ok(Offer::parse(&reply)),
        Err(Failure { cause: Cause::Reply(500 | 501 | 502 | 504, _), .. }) => {
            ask(stream, &format!("HELO {name}\r\n"), Phase::Hello).await.map(|_| Offer::default())
        }
        Err(failure) => Err(failure),
    }
}

async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), command: &str, phase: Phase) -> Result<String, Failure> {
    let sent = async {
        stream.write_all(command.as_bytes()).await?;
        stream.flush().await
    };
    sent.await.map_err(|e| Failure::lost(phase, &e))?;
    answer(stream, phase).await
}

/// Reads one whole 2xx reply, and not a byte more.
async fn answer(stream: &mut (impl AsyncRead + Unpin), phase: Phase) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.map_err(|e| Failure::lost(phase, &e))? == 0 {
            return Err(Failure::lost(phase, &"it ended the connection"));
        }
        let text = str::from_utf8(&bytes).unwrap_or("?");
        match whole_reply(text) {
            Reply::Partial if bytes.len() < REPLY_BYTES => {}
            Reply::Whole(200..=299) => return Ok(text.to_owned()),
            Reply::Whole(code) => {
                let words = text.lines().filter_map(|line| line.get(4..)).collect::<Vec<_>>().join(" ");
                return Err(Failure { phase, cause: Cause::Reply(code, words) });
            }
            Reply::Partial | Reply::Wrong => return Err(Failure::lost(phase, &"what it said is no SMTP")),
        }
    }
}

enum Reply {
    Partial,
    Whole(u16),
    Wrong,
}

/// Checks the received part of a reply (RFC 5321 §4.2.1): `250-` lines, then one with a space, then nothing.
fn whole_reply(text: &str) -> Reply {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        let code = line.get(..3).and_then(|code| code.parse().ok()).filter(|code| (200..600).contains(code));
        match (code, line.as_bytes().get(3)) {
            (Some(_), Some(b'-')) => rest = after,
            (Some(code), Some(b' ' | b'\r') | None) if after.is_empty() => return Reply::Whole(code),
            _ => return Reply::Wrong,
        }
    }
    if rest.is_empty() || rest.bytes().take(3).all(|b| b.is_ascii_digit()) { Reply::Partial } else { Reply::Wrong }
}

impl AsyncTokioStream for SmtpStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for SmtpStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.spoken.is_empty() {
            let (now, later) = self.spoken.split_at(self.spoken.len().min(buf.remaining()));
            buf.put_slice(now);
            self.spoken = later;
            return Poll::Ready(Ok(()));
        }
        match &mut self.inner {
            Inner::Clear(stream) => Pin::new(stream).poll_read(cx, buf),
            Inner::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for SmtpStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if std::mem::take(&mut self.skips_hello) {
            return Poll::Ready(Ok(buf.len()));
        }
        let written = match &mut self.inner {
            Inner::Clear(stream) => Pin::new(stream).poll_write(cx, buf),
            Inner::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        };
        self.written.0.store(matches!(written, Poll::Ready(Ok(length)) if length == buf.len()), Ordering::Relaxed);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Clear(stream) => Pin::new(stream).poll_flush(cx),
            Inner::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Clear(stream) => Pin::new(stream).poll_shutdown(cx),
            Inner::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_read_without_case_and_as_old_servers_write_it() {
        let (plain, login) = (Mechanism::Plain, Mechanism::Login);
        for (reply, mechanisms) in [
            ("250-a\r\n250 AUTH PLAIN LOGIN\r\n", vec![plain, login]),
            ("250-a\r\n250-auth login\r\n250 starttls\r\n", vec![login]),
            ("250-a\r\n250 AUTH=LOGIN\r\n", vec![login]),
            ("250-a\r\n250 Auth= Login Plain\r\n", vec![login, plain]),
            ("250-AUTH.example.org PLAIN\r\n250 AUTHPLAIN\r\n", vec![]),
            ("250 AUTH PLAIN\r\n", vec![]),
        ] {
            assert_eq!(Offer::parse(reply).mechanisms, mechanisms, "{reply}");
        }
        let all = Offer::parse("250-a\r\n250-StartTLS\r\n250 pipelining\r\n");
        assert!(all.has_starttls && all.has_pipelining);
    }
}
