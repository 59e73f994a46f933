//! Django with django-invitations behind gunicorn with four workers, on the cluster that we use too: one signed-in person files
//! an invitation, another accepts it, and a row records the access. Its project is in `peers/django`; its packages come from
//! `PyPI` into `target/load/django`, pinned by hash.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use serde::Deserialize;

use crate::cluster::Cluster;
use crate::http::{self, Requests};
use crate::load::{Load, Target};
use crate::process::{Server, free_address, program};
use crate::report::Report;
use crate::scenario::Place;
use crate::{folder, say};

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/peers/django");
const REQUIREMENTS: &str = include_str!("django/requirements.txt");
const DATABASE: &str = "django";
const PEOPLE: usize = 64;

/// The output of `prepare.py`.
#[derive(Deserialize)]
struct Prepared {
    sessions: Vec<String>,
    csrf: String,
    keys: Vec<String>,
}

pub(crate) struct Django {
    server: Server,
    prepared: Prepared,
    count: usize,
    filed: usize,
    accepted: usize,
}

impl Django {
    /// Installs it if needed, and starts it; none if Python is missing, or its packages cannot be downloaded.
    pub(crate) fn start(place: &Place<'_>, cluster: &Cluster, waiting: u64) -> Result<Option<Self>> {
        let Some(binaries) = installed(place.log)? else {
            say("Python 3 with venv is missing, or PyPI out of reach: Django is not measured")?;
            return Ok(None);
        };
        cluster.add_database(DATABASE)?;
        let secret = FreshSecret::draw(&Rng::System)?.with_id(SecretKind::Key, 1).reveal().to_string();
        let port = cluster.port().to_string();
        let environment = [
            ("PEER_SECRET", secret.as_str()),
            ("PEER_PORT", &port),
            ("PEER_DATABASE", DATABASE),
            ("PYTHONDONTWRITEBYTECODE", "1"),
        ];
        let count = place.count(64) / 16;
        let (waiting, open, people) = (waiting.to_string(), (count * place.plan.rounds).to_string(), PEOPLE.to_string());
        let mut prepare = Command::new(binaries.join("python"));
        prepare.arg("prepare.py").args([waiting, open, people]).current_dir(PROJECT).envs(environment);
        let output = prepare.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "Django's database could not be prepared");
        let prepared = serde_json::from_slice(&output.stdout)?;

        let at = free_address()?;
        let mut command = Command::new(binaries.join("gunicorn"));
        command.args(["--workers=4", "--worker-class=gthread", "--threads=4", "--keep-alive=75", "--log-level=error"]);
        command.arg(format!("--bind={at}")).arg("wsgi:application").current_dir(PROJECT).envs(environment);
        let server = Server::start(command, at, place.log)?.ended_gently();
        Ok(Some(Self { server, prepared, count, filed: 0, accepted: 0 }))
    }

    /// Files some, and accepts some.
    pub(crate) fn round(&mut self, report: &mut Report, cluster: &Cluster) -> Result<()> {
        let (clients, total) = (super::CLIENTS, self.count);
        let target = Target { cluster: Some(cluster), ..Target::from(&self.server) };
        let filings = self.filings()?;
        Load { clients, requests: &filings, total, status: 201 }.measure(report, target.clone(), "Django, file")?;
        let accepts = self.accepts()?;
        Load { clients, requests: &accepts, total, status: 302 }.measure(report, target, "Django, accept")?;
        self.filed += total;
        self.accepted += total;
        report.add("Django, memory of all workers", "MB", self.server.family_megabytes()?);
        report.add("Django, exec to ready", "ms", self.server.ready_after.as_secs_f64() * 1_000.0);
        Ok(())
    }

    fn session(&self, n: usize) -> Result<&str> {
        self.prepared.sessions.get(n % PEOPLE).map(String::as_str).context("nobody is signed in")
    }

    fn filings(&self) -> Result<Requests> {
        let csrf = &self.prepared.csrf;
        let filing = |n: usize| {
            let request = http::request("POST", "/invitations/send-json-invite/", "", &format!(r#"["new{n}@mail.example"]"#));
            let request = http::with_header(&request, &format!("X-CSRFToken: {csrf}"));
            Ok(http::with_cookies(&request, &format!("sessionid={}; csrftoken={csrf}", self.session(n)?)))
        };
        (self.filed..self.filed + self.count).map(filing).collect::<Result<_>>().map(Rc::new)
    }

    fn accepts(&self) -> Result<Requests> {
        let accept = |n: usize| {
            let key = self.prepared.keys.get(n).context("every invitation is accepted")?;
            let request = http::request("GET", &format!("/invitations/accept-invite/{key}"), "", "");
            Ok(http::with_cookies(&request, &format!("sessionid={}", self.session(n)?)))
        };
        (self.accepted..self.accepted + self.count).map(accept).collect::<Result<_>>().map(Rc::new)
    }
}

/// The folder of its programs, which are installed unless they were with exactly these requirements.
fn installed(log: &Path) -> Result<Option<PathBuf>> {
    let (venv, binaries) = (folder().join("django"), folder().join("django/bin"));
    let done = venv.join("requirements.txt");
    if std::fs::read_to_string(&done).ok().as_deref() == Some(REQUIREMENTS) {
        return Ok(Some(binaries));
    }
    let Some(python) = program("python3") else { return Ok(None) };
    say("installing Django and what it needs under target/load/django")?;
    let run = |command: &mut Command| -> Result<bool> {
        let file = File::options().create(true).append(true).open(log)?;
        Ok(command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).status()?.success())
    };
    let mut pip = Command::new(binaries.join("pip"));
    pip.args(["install", "--quiet", "--require-hashes", "--only-binary=:all:", "-r"]).arg(format!("{PROJECT}/requirements.txt"));
    if !run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&venv))? || !run(&mut pip)? {
        return Ok(None);
    }
    std::fs::write(done, REQUIREMENTS)?;
    Ok(Some(binaries))
}
