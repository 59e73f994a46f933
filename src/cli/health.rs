//! `health`: whether the daemon on this machine is ready, for a container's health check and for the eyes. Images without a
//! shell or curl have nothing else to ask with.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

use super::say;
use crate::config::Config;
use crate::server::reachable;

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let address = reachable(config.server.listen);
    let (status, body) = ask(address).with_context(|| format!("no daemon answers on {address} (server.listen)"))?;
    if status != "200" {
        bail!("the daemon on {address} is not ready ({status}): {body}");
    }
    say(&body)
}

fn ask(address: SocketAddr) -> anyhow::Result<(String, String)> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("what answers is no HTTP server")?;
    let status = head.split(' ').nth(1).context("what answers is no HTTP server")?;
    Ok((status.to_owned(), body.to_owned()))
}
