//! The connection under the conversation: TCP without Nagle's delay, and TLS over it, verified.
//!
//! STARTTLS is spoken here and not by lettre, which keeps what came in clear text behind the server's "go ahead" and takes
//! it for answers inside TLS: whoever sits in between could so say "accepted" in the server's name. Here such bytes end
//! the connection.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::mail::outcome::TransportError;
use crate::mail::verdict::{Cause, Failure, Phase, shown};

/// The most that a server may say to one command before TLS.
const REPLY_BYTES: usize = 16 * 1024;
/// What stands in for the greeting that a server does not repeat after STARTTLS, and lettre waits for.
const GREETING: &[u8] = b"220 protected\r\n";

/// How to protect a connection to one host.
#[derive(Clone)]
pub(super) struct Protection {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protection").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Protection {
    /// Trusts the authorities of `ca_file` alone, or the machine's.
    pub(super) fn new(host: &str, ca_file: Option<&Path>) -> Result<Self, TransportError> {
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
            Some(rustls::Error::InvalidCertificate(why)) => Failure::setting(
                Phase::Tls,
                format!(
                    "the mail server's certificate is not to be trusted ({}); check mail.smtp.host and mail.smtp.ca_file",
                    shown(&why.to_string())
                ),
            ),
            _ => Failure::lost(Phase::Tls, &e),
        })
    }
}

fn authorities_of(path: &Path) -> Result<RootCertStore, TransportError> {
    let bad = |reason: String| TransportError::Authority { path: path.to_owned(), reason };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| bad(e.to_string()))? {
        roots.add(certificate.map_err(|e| bad(e.to_string()))?).map_err(|e| bad(e.to_string()))?;
    }
    if roots.is_empty() { Err(bad("there is none in it".into())) } else { Ok(roots) }
}

fn authorities_of_the_machine() -> Result<RootCertStore, TransportError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    let problems = || found.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if roots.is_empty() { Err(TransportError::NoAuthorities(problems())) } else { Ok(roots) }
}

/// Reaches the host, trying each of its addresses. Small writes leave at once (lettre leaves Nagle's delay on, which costs
/// 40 ms a letter with a peer that delays its acknowledgements).
pub(super) async fn reach(host: &str, port: u16, within: Duration) -> Result<TcpStream, Failure> {
    let bare = host.trim_matches(['[', ']']);
    let found = tokio::net::lookup_host((bare, port)).await;
    let addresses: Vec<SocketAddr> =
        found.map_err(|e| Failure::lost(Phase::Connect, &format!("{host} is not found: {e}")))?.collect();
    // An address that swallows packets leaves time for the next one.
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

/// The stream that lettre converses over.
#[derive(Debug)]
pub(super) struct Wire {
    inner: Inner,
    peer: SocketAddr,
    greeting: &'static [u8],
    gone: Gone,
}

/// Whether the end of what is being written has been handed over: from then on the server may have it.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone(Arc<AtomicBool>);

impl Gone {
    /// Nothing has, of what is written next.
    pub(super) fn begin(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_whole(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
enum Inner {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// In the clear: to this machine only.
    pub(super) fn clear(tcp: TcpStream) -> Result<Self, Failure> {
        let peer = tcp.peer_addr().map_err(|e| Failure::lost(Phase::Connect, &e))?;
        Ok(Self::over(Inner::Clear(tcp), peer))
    }

    /// TLS from the first byte.
    pub(super) async fn implicit(tcp: TcpStream, protection: &Protection) -> Result<Self, Failure> {
        let peer = tcp.peer_addr().map_err(|e| Failure::lost(Phase::Connect, &e))?;
        Ok(Self::over(Inner::Tls(protection.protect(tcp).await?), peer))
    }

    fn over(inner: Inner, peer: SocketAddr) -> Self {
        Self { inner, peer, greeting: &[], gone: Gone::default() }
    }

    /// To see when the last byte of a letter is gone.
    pub(super) fn gone(&self) -> Gone {
        self.gone.clone()
    }

    /// TLS after the server agreed to it. A server that does not offer it gets nothing from us.
    pub(super) async fn starttls(mut tcp: TcpStream, protection: &Protection, hello: &str) -> Result<Self, Failure> {
        answer(&mut tcp, Phase::Hello).await?;
        let offer = ask(&mut tcp, &format!("EHLO {hello}\r\n"), Phase::Hello).await?;
        if !offer.lines().any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"))) {
            return Err(Failure::setting(
                Phase::Tls,
                "the mail server offers no STARTTLS, and letters leave by TLS only; check mail.smtp.port and mail.smtp.tls, \
                 and who sits between us",
            ));
        }
        ask(&mut tcp, "STARTTLS\r\n", Phase::Tls).await?;
        Ok(Self { greeting: GREETING, ..Self::implicit(tcp, protection).await? })
    }
}

async fn ask(tcp: &mut TcpStream, command: &str, phase: Phase) -> Result<String, Failure> {
    tcp.write_all(command.as_bytes()).await.map_err(|e| Failure::lost(phase, &e))?;
    answer(tcp, phase).await
}

/// One whole reply of the 2xx kind, and not a byte more.
async fn answer(tcp: &mut TcpStream, phase: Phase) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    loop {
        if tcp.read_buf(&mut bytes).await.map_err(|e| Failure::lost(phase, &e))? == 0 {
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

/// Judges what has come so far (RFC 5321 §4.2.1): `250-` lines, then one with a space, then nothing.
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

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.greeting.is_empty() {
            let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
            buf.put_slice(now);
            self.greeting = later;
            return Poll::Ready(Ok(()));
        }
        match &mut self.inner {
            Inner::Clear(stream) => Pin::new(stream).poll_read(cx, buf),
            Inner::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = match &mut self.inner {
            Inner::Clear(stream) => Pin::new(stream).poll_write(cx, buf),
            Inner::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        };
        self.gone.0.store(matches!(written, Poll::Ready(Ok(length)) if length == buf.len()), Ordering::Relaxed);
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
