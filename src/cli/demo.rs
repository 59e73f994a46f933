//! `demo`: a daemon on a throw-away database with people, data and an email. All of it is real: the request goes to this daemon
//! over HTTP, Ann gets the email, and its link works.

mod people;

use std::fs::{self, DirBuilder};
use std::io::{self, IsTerminal};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use tokio::sync::oneshot;
use url::Url;

use self::people::People;
use super::{health, say, serve};
use crate::clock::Clock;
use crate::config::{Config, TransportKind};
use crate::random::Rng;
use crate::server::{self, App};

const REQUESTS: &str = "/api/bundle_permission_request/";
/// The email takes milliseconds; this limit is for a very busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn run(config: Config) -> anyhow::Result<()> {
    let rng = Rng::default();
    let folder = Folder::new(&rng)?;
    let config = throw_away(config, &folder.0)?;
    serve::runtime()?.block_on(async {
        let (failed, failure) = oneshot::channel();
        let daemon = server::run(config, Clock::default(), rng.clone(), |app, address| {
            let app = app.clone();
            tokio::spawn(async move {
                if let Err(error) = present(&app, &rng, address).await {
                    let _ = failed.send(error);
                }
            });
        });
        tokio::select! {
            ended = daemon => Ok(ended?),
            Ok(error) = failure => Err(error.context("the demo could not be set up")),
        }
    })
}

/// The operator's settings, with those of the demo over them.
fn throw_away(mut config: Config, folder: &Path) -> anyhow::Result<Config> {
    let port = free_port(config.server.listen.port()).context("there is no free port on 127.0.0.1")?;
    config.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    config.server.public_url = Url::parse(&format!("http://127.0.0.1:{port}"))?;
    config.database.url = format!("sqlite:{}", folder.join("demo.db").display());
    config.server.key_file = Some(folder.join("demo.key"));
    config.mail.transport = TransportKind::Capture;
    // Somebody who tries it out files more often than the limits allow.
    config.limits.target_letters = 0;
    Ok(config)
}

/// The preferred port, or any free one.
fn free_port(wanted: u16) -> io::Result<u16> {
    let try_port = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr();
    Ok(try_port(wanted).or_else(|_| try_port(0))?.port())
}

/// Adds the people, files the request, waits for the email and prints the page.
async fn present(app: &App, rng: &Rng, address: SocketAddr) -> anyhow::Result<()> {
    let people = people::add(&app.store, rng).await?;
    let mailbox = app.mailbox.as_ref().context("there is no mailbox")?;
    let body = json!({
        "user_target": people.ann.email,
        "user_allowed": people.bob.email,
        "bundle": people.sleep,
        "message": "Hi Ann, may I look at your nights before we talk on Thursday?",
    });
    let url = format!("http://{address}{REQUESTS}");
    let login = format!("Basic {}", STANDARD.encode(people.bob.login()));
    let post = move || {
        let request = health::agent().post(url).header("authorization", login).header("content-type", "application/json");
        let mut answer = request.send(body.to_string())?;
        Ok::<_, ureq::Error>((answer.status().as_u16(), answer.body_mut().read_to_string()?))
    };
    let (status, answer) = tokio::task::spawn_blocking(post).await?.context("the request was not answered")?;
    if status != 201 {
        bail!("the request was answered {status}: {answer}");
    }
    let mut arrivals = mailbox.arrivals();
    let arrived = tokio::time::timeout(PATIENCE, arrivals.wait_for(|count| *count > 0)).await;
    arrived.context("the email did not arrive")?.context("the mailbox is gone")?;
    let email = mailbox.list().into_iter().next().context("the mailbox is empty")?;
    let link = email.text.lines().map(str::trim).find(|line| line.contains("?token=")).context("the email has no link")?;
    let token = link.rsplit("token=").next().unwrap_or_default();
    say(&page(&app.config.instance.name, &format!("http://{address}"), &people, &email.subject, link, token))
}

/// The text that the demo prints.
fn page(name: &str, base: &str, people: &People, subject: &str, link: &str, token: &str) -> String {
    let is_terminal = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (bold, dim, plain) = if is_terminal { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    let People { ann, bob, sleep, coach, key } = people;
    let more = json!({ "user_target": ann.email, "user_allowed": bob.email, "bundle": coach });
    format!(
        "\
{bold}{name}, in two minutes.{plain} Nothing is sent to anybody, and all of it is gone when you stop it with Ctrl-C.

{bold}What just happened{plain}
  Ann Lee <{ann_email}> has a bundle of data here: \"Sleep data\" ({sleep}).
  Bob Marsh <{bob_email}> asked to see it: POST {REQUESTS} was answered 201.
  An email went to Ann:
  {subject}

{bold}Answer it as Ann{plain}
  Her email:   {base}/mailbox
  Its link:    {link}
  Sign in:     {ann_email}   password  {ann_password}

{bold}Or answer it from a shell{plain}
  {dim}# what Ann is asked{plain}
  curl -u '{ann_login}' {base}{REQUESTS}
  {dim}# look at the request behind the link: changes nothing, and works for Ann alone{plain}
  curl -u '{ann_login}' {base}{REQUESTS}{token}/
  {dim}# approve it, once; a second time is answered 410{plain}
  curl -u '{ann_login}' -X PUT -H 'Content-Type: application/json' {base}{REQUESTS}{token}/
  {dim}# what Bob may see now{plain}
  curl -u '{bob_login}' {base}/api/bundle_permission/

{bold}Ask for more{plain}
  {dim}# the app \"Sleep Diary\" asks for Bob to become Ann's coach{plain}
  curl -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
       -d '{more}' {base}{REQUESTS}
  {dim}# its email is in the mailbox: {base}/mailbox{plain}
",
        ann_email = ann.email,
        bob_email = bob.email,
        ann_password = ann.password,
        ann_login = ann.login(),
        bob_login = bob.login(),
        key = key.as_str(),
    )
}

/// A temporary folder, deleted on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(rng: &Rng) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("countersign-demo-{}", random(rng)?));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Twelve characters that cannot be guessed.
fn random(rng: &Rng) -> anyhow::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(rng.bytes::<9>()?))
}
