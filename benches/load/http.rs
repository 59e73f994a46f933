//! The load: clients that each keep one connection and send the next request after the last answer, all on one thread, so that
//! the other cores are the daemon's. Requests are prepared bytes; of a response only the status is read, and the body is
//! skipped by its length.

use std::cell::Cell;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, LocalSet};

use crate::process::Own;

/// Requests, ready to be sent.
pub(crate) type Requests = Rc<Vec<Vec<u8>>>;

/// The measurements of some requests.
pub(crate) struct Took {
    /// From the first request to the last response.
    pub(crate) seconds: f64,
    /// The processor time of the load generator's thread meanwhile, and how long it waited for a processor.
    pub(crate) own: Own,
    /// The time of each request in milliseconds, ascending.
    latencies: Vec<f64>,
}

impl Took {
    /// The latency below which this share of the requests stayed, in milliseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
        let index = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(index.min(self.latencies.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// A request's bytes.
pub(crate) fn request(method: &str, path: &str, authorization: &str, body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    if !authorization.is_empty() {
        let _ = write!(text, "Authorization: {authorization}\r\n");
    }
    if method != "GET" {
        let _ = write!(text, "Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// The same request with these cookies.
pub(crate) fn with_cookies(request: &[u8], cookies: &str) -> Vec<u8> {
    with_header(request, &format!("Cookie: {cookies}"))
}

/// The same request with one more header.
pub(crate) fn with_header(request: &[u8], header: &str) -> Vec<u8> {
    let line_ends = request.iter().position(|b| *b == b'\n').map_or(request.len(), |at| at + 1);
    let (line, rest) = request.split_at(line_ends);
    [line, format!("{header}\r\n").as_bytes(), rest].concat()
}

/// The whole response to one request, with its head.
pub(crate) fn text(server: SocketAddr, request: &[u8]) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut client = Client::connect(server).await?;
        client.stream.write_all(request).await?;
        let status = client.answer().await?;
        let text = String::from_utf8_lossy(&client.buffer).into_owned();
        ensure!(status == 200, "answered {status}: {text}");
        Ok(text)
    })
}

/// Sends `total` of `requests` (in turn, and again from the start if there are fewer) from `clients` clients, distributed among
/// the servers. Fails unless every response has the status `expected`.
pub(crate) fn run(servers: &[SocketAddr], clients: usize, requests: &Requests, total: usize, expected: u16) -> Result<Took> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let next = Rc::new(Cell::new(0));
        let everybody = Rc::new(Barrier::new(clients + 1));
        let mut tasks = JoinSet::new();
        for &server in servers.iter().cycle().take(clients) {
            let (next, requests, everybody) = (Rc::clone(&next), Rc::clone(requests), Rc::clone(&everybody));
            tasks.spawn_local(async move {
                let client = Client::connect(server).await;
                everybody.wait().await;
                client?.work(&next, &requests, total, expected).await
            });
        }
        everybody.wait().await;
        let (start, busy) = (Instant::now(), Own::now()?);
        let mut latencies = Vec::with_capacity(total);
        while let Some(done) = tasks.join_next().await {
            latencies.extend(done??);
        }
        let (seconds, own) = (start.elapsed().as_secs_f64(), Own::now()?.since(busy));
        latencies.sort_unstable_by(f64::total_cmp);
        Ok(Took { seconds, own, latencies })
    })
}

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).await.with_context(|| format!("cannot reach {server}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8_192) })
    }

    async fn work(mut self, next: &Cell<usize>, requests: &[Vec<u8>], total: usize, expected: u16) -> Result<Vec<f64>> {
        let mut latencies = Vec::new();
        loop {
            let n = next.replace(next.get() + 1);
            if n >= total {
                return Ok(latencies);
            }
            let request = requests.get(n % requests.len().max(1)).context("there is no request to send")?;
            let start = Instant::now();
            self.stream.write_all(request).await?;
            let status = self.answer().await?;
            latencies.push(start.elapsed().as_secs_f64() * 1_000.0);
            if status != expected {
                let line = String::from_utf8_lossy(request.split(|b| *b == b'\r').next().unwrap_or_default()).into_owned();
                bail!("{line} was answered {status}, not {expected}: {}", String::from_utf8_lossy(&self.buffer));
            }
        }
    }

    /// Reads one whole response into the buffer.
    async fn answer(&mut self) -> Result<u16> {
        self.buffer.clear();
        let head = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server ended the connection");
            if let Some(at) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
        };
        let text = std::str::from_utf8(self.buffer.get(..head).unwrap_or_default())?;
        let status: u16 = text.get(9..12).context("the answer has no status")?.parse()?;
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
        });
        // 204 has no body and no length.
        let length = if status == 204 { 0 } else { length.context("the answer has no Content-Length")?? };
        let whole = head + 4 + length;
        while self.buffer.len() < whole {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server ended the connection in an answer");
        }
        Ok(status)
    }
}
