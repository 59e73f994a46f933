//! The application on a port of its own, and a client that sends exactly the given bytes.

use std::fmt;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::auth::oidc::Providers;
use countersign::auth::{Authenticator, Passwords};
use countersign::domain::{Caller, KeyId, Scope, User};
use countersign::http::rate_limit::Rates;
use countersign::http::wait::Waits;
use countersign::random::Rng;
use countersign::server::{self, App};
use countersign::store::Tx;
use countersign::workflow::accounts::{self, NewKey};

use super::daemon::free_port;
use super::fixture::Fixture;
use super::proxies::{Beside, nginx_below};

/// The password of every person.
pub(crate) const PASSWORD: &str = "correct horse";

/// Without limits of emails and rates, for tests of other things.
pub(crate) const NO_LIMITS: &str = "[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\napp_daily = 0\ndomain_hourly = 0\n\
                         redeem_per_minute = 0\nbad_tokens_per_hour = 0\nsign_ins = 0\n";

/// An instance with a port.
pub(crate) struct Site {
    pub(crate) fixture: Fixture,
    pub(crate) address: SocketAddr,
    /// The calls that wait for a change.
    pub(crate) waits: Arc<Waits>,
    server: ServerHandle,
}

impl Drop for Site {
    fn drop(&mut self) {
        // It stops at once, without waiting.
        drop(self.server.stop(false));
    }
}

impl Site {
    /// Without limits.
    pub(crate) fn new(fixture: &Fixture) -> Self {
        Self::with(fixture, NO_LIMITS)
    }

    /// With these settings.
    pub(crate) fn with(fixture: &Fixture, settings: &str) -> Self {
        let fixture = fixture.with(settings);
        let app = App {
            config: Arc::clone(&fixture.config),
            store: fixture.store.clone(),
            auth: Arc::new(Authenticator::new(fixture.store.clone(), Rng::System, &fixture.config.limits).unwrap()),
            providers: Providers::new(&fixture.config.sign_in.oidc).unwrap(),
            outbox: fixture.outbox.clone(),
            mailbox: Some(fixture.mailbox.clone()),
            rates: Arc::new(Rates::new(&fixture.config)),
            waits: Arc::default(),
            links: Some(fixture.links.clone()),
            metrics: None,
        };
        let waits = Arc::clone(&app.waits);
        let (send, started) = mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || server::build(&app)).workers(1).disable_signals();
                let server = server.bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
                let address = server.addrs()[0];
                let running = server.run();
                send.send((address, running.handle())).unwrap();
                running.await.unwrap();
            });
        });
        let (address, server) = started.recv().unwrap();
        Self { fixture, address, waits, server }
    }

    /// Without limits, below a path, behind nginx, which removes the path. Calls go to nginx.
    pub(crate) fn below(fixture: &Fixture, path: &str) -> (Self, Beside) {
        let port = free_port();
        let settings = format!("{NO_LIMITS}[server]\npublic_url = \"http://127.0.0.1:{port}{path}\"");
        let mut site = Self::with(fixture, &settings);
        let nginx = nginx_below(path, port, &format!("http://{}", site.address));
        site.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        (site, nginx)
    }

    /// A person with a password, named after the address.
    pub(crate) fn user(&self, email: &str) -> User {
        self.fixture.add_user(email, |new| new.password_hash = Some(password_hash()))
    }

    /// A person with a password and a username.
    pub(crate) fn named(&self, email: &str, username: &str) -> User {
        self.fixture.add_user(email, |new| {
            new.password_hash = Some(password_hash());
            new.username = Some(username.to_owned());
        })
    }

    /// An admin with a password.
    pub(crate) fn admin(&self, email: &str) -> User {
        self.fixture.add_user(email, |new| {
            new.password_hash = Some(password_hash());
            new.is_admin = true;
        })
    }

    /// An API key: its id, and `Bearer` with the key itself.
    pub(crate) fn key(&self, user: Option<&User>, scopes: &[Scope], redeem_urls: &[&str]) -> (KeyId, String) {
        let redeem_urls = redeem_urls.iter().map(|url| (*url).to_owned()).collect();
        let scopes = scopes.iter().copied().collect();
        let new = NewKey { name: "App".into(), app: None, user: user.map(|user| user.id), scopes, redeem_urls };
        let add = move |tx: &mut Tx<'_>| accounts::add_key(tx, &Caller::operator(), &Rng::System, &new);
        let secret = self.fixture.write(add).unwrap();
        (KeyId(secret.id()), format!("Bearer {}", secret.reveal().as_str()))
    }

    /// Sends a request. `who` is an address (Basic), `Bearer …`, or empty; a body is sent as JSON.
    pub(crate) fn send(&self, who: &str, method: &str, path: &str, body: &str) -> Answer {
        let headers = if body.is_empty() { &[][..] } else { &[("Content-Type", "application/json")][..] };
        self.send_with(who, method, path, headers, body)
    }

    /// Like [`Site::send`], with these headers and no other.
    pub(crate) fn send_with(&self, who: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), format!("Host: {}", self.address), "Connection: close".into()];
        match who {
            "" => {}
            who if who.contains(' ') => lines.push(format!("Authorization: {who}")),
            who => lines.push(format!("Authorization: {}", basic(who, PASSWORD))),
        }
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        self.raw(&format!("{}\r\n\r\n{body}", lines.join("\r\n")))
    }

    /// Sends these bytes and reads to the end.
    pub(crate) fn raw(&self, text: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        // A server that refuses a body early may reset the connection; what it sent before counts.
        let _ = stream.read_to_end(&mut bytes);
        Answer::parse(&String::from_utf8_lossy(&bytes))
    }
}

/// The Basic header of a name and a password.
pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

pub(crate) fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| Passwords::hash(&Rng::System, PASSWORD).unwrap()).clone()
}

/// The response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let status = status.unwrap_or_else(|| panic!("no answer: {text:?}"));
        let (headers, mut body): (Vec<_>, _) = (headers.collect(), body.to_owned());
        // Each error of our APIs that has the id of the request repeats the one in its header. No other text is random.
        if let Some((rest, id)) = body.strip_suffix("\"}").and_then(|rest| rest.split_once(",\"request_id\":\"")) {
            let own = headers.iter().find(|(name, _)| name == "x-request-id").map(|(_, value)| value.as_str());
            assert!(own == Some(id) || (id.len() == 36 && own.is_some_and(|own| own.len() != 36)), "{text}");
            body = format!("{rest}}}");
        }
        Self { status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The status and body on one line, for tables.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.status, self.body).trim_end().to_owned()
    }
}

/// The status, the relevant headers, the body.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MATTER: [&str; 7] =
            ["allow", "content-type", "idempotent-replayed", "location", "retry-after", "www-authenticate", "pragma"];
        writeln!(f, "{}", self.status)?;
        for name in MATTER {
            if let Some(value) = self.header(name) {
                writeln!(f, "{name}: {value}")?;
            }
        }
        match serde_json::from_str::<serde_json::Value>(&self.body) {
            Ok(json) => write!(f, "{json:#}"),
            Err(_) => f.write_str(&self.body),
        }
    }
}
