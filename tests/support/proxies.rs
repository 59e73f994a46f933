//! The servers around several daemons: nginx before them, pgbouncer behind them. Real ones, on free loopback ports, ended with
//! the test.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::daemon::free_port;
use super::wait_until;

/// A server and the folder with its configuration.
pub(crate) struct Beside {
    child: Child,
    /// Its URL.
    pub(crate) url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // SIGTERM also ends its workers.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

/// nginx, which distributes requests among these daemons in turn and pauses one that does not answer.
pub(crate) fn nginx(daemons: &[&str]) -> Beside {
    nginx_with(daemons, "")
}

/// The same with more settings.
pub(crate) fn nginx_with(daemons: &[&str], more: &str) -> Beside {
    let servers: Vec<_> = daemons.iter().map(|url| format!("server {};", url.trim_start_matches("http://"))).collect();
    let servers = servers.join(" ");
    let port = free_port();
    let folder = open_folder();
    let configuration = format!(
        "daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit; events {{ worker_connections 512; }}
         http {{ access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
           upstream countersign {{ {servers} }} {more}
           server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://countersign; proxy_set_header Host $host; }} }} }}"
    );
    std::fs::write(folder.path().join("nginx.conf"), configuration).expect("the configuration is written");
    let mut command = Command::new(program("nginx"));
    command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "stderr"]);
    start(command, port, format!("http://127.0.0.1:{port}"), folder)
}

/// nginx with a file of ours in its HTTP section, which listens without TLS on this port.
pub(crate) fn nginx_of(http: &str, port: u16) -> Beside {
    let folder = open_folder();
    let configuration = format!(
        "daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit; events {{ worker_connections 512; }}
         http {{ client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n{http}\n}}"
    );
    std::fs::write(folder.path().join("nginx.conf"), configuration).expect("the configuration is written");
    let mut command = Command::new(program("nginx"));
    command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "stderr"]);
    start(command, port, format!("http://127.0.0.1:{port}"), folder)
}

/// Caddy with a file of ours, which listens without TLS on this port.
pub(crate) fn caddy_of(file: &str, port: u16) -> Beside {
    let folder = open_folder();
    std::fs::write(folder.path().join("Caddyfile"), file).expect("the configuration is written");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.path().join("Caddyfile"));
    command.env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
    start(command, port, format!("http://127.0.0.1:{port}"), folder)
}

/// nginx that serves a daemon below a path and removes the path, and passes redirects unchanged. `/api/` of the host leads to
/// it too.
pub(crate) fn nginx_below(path: &str, port: u16, daemon: &str) -> Beside {
    let location = format!(
        "access_log off; server {{ listen 127.0.0.1:{port}; proxy_redirect off; proxy_set_header Host $http_host;
           location {path}/ {{ proxy_pass {daemon}/; }} location /api/ {{ proxy_pass {daemon}; }} }}"
    );
    let mut beside = nginx_of(&location, port);
    beside.url.push_str(path);
    beside
}

/// pgbouncer in transaction mode before the database at `url`, with fewer connections than its clients.
pub(crate) fn pgbouncer(url: &str) -> Beside {
    pgbouncer_with(url, "", &[])
}

/// The same with more settings, and copies of these files in its folder, by their names there.
pub(crate) fn pgbouncer_with(url: &str, more: &str, files: &[(&str, String)]) -> Beside {
    let url = url::Url::parse(url).expect("a URL of ours");
    let port = free_port();
    let folder = open_folder();
    let configuration = format!(
        "[databases]\n* = host=127.0.0.1 port={} user=countersign\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\n{more}",
        url.port().expect("a port")
    );
    for (name, from) in files {
        let text = std::fs::read(from).expect("a file of ours");
        // Another user than ours reads it.
        std::fs::write(folder.path().join(name), text).expect("it is written");
    }
    let file = folder.path().join("pgbouncer.ini");
    std::fs::write(&file, configuration).expect("the configuration is written");
    let mut command = Command::new(program("pgbouncer"));
    // It does not run as root, but accepts a user to run as.
    if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        command.args(["-u", "nobody"]);
    }
    command.arg(file).current_dir(folder.path());
    start(command, port, format!("postgres://countersign@127.0.0.1:{port}{}?sslmode=disable", url.path()), folder)
}

/// Servers are in sbin, which is not in every path.
fn program(name: &str) -> String {
    let places = ["/usr/sbin", "/usr/local/sbin"].map(|folder| format!("{folder}/{name}"));
    places.into_iter().find(|place| Path::new(place).exists()).unwrap_or_else(|| name.to_owned())
}

/// A folder that another user can read.
fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("its rights");
    folder
}

fn start(mut command: Command, port: u16, url: String, folder: tempfile::TempDir) -> Beside {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.unwrap_or_else(|error| panic!("{command:?}: {error}; scripts/test installs it"));
    let mut beside = Beside { child, url, _folder: folder };
    wait_until("a server to listen", || {
        let ended = beside.child.try_wait().expect("its state");
        assert!(ended.is_none(), "{command:?} ended at once: {ended:?}");
        TcpStream::connect(("127.0.0.1", port)).ok()
    });
    beside
}
