//! nginx before daemons, with the settings of `deploy/proxy` except TLS, which would be measured instead.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::process::{free_address, program};

pub(crate) struct Proxy {
    child: Child,
    pub(crate) at: SocketAddr,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its workers end with it.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Proxy {
    /// Starts one; none if nginx is not installed.
    pub(crate) fn start(folder: &Path, servers: &[SocketAddr]) -> Result<Option<Self>> {
        let Some(nginx) = program("nginx") else { return Ok(None) };
        let (at, folder) = (free_address()?, folder.join("nginx"));
        std::fs::create_dir_all(&folder)?;
        let mut upstream = String::new();
        for server in servers {
            let _ = write!(upstream, "server {server}; ");
        }
        let user = if std::fs::metadata("/proc/self")?.uid() == 0 { "user root;" } else { "" };
        let here = folder.display();
        let configuration = format!(
            "{user} daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log crit;
             events {{ worker_connections 1024; }}
             http {{
                 access_log off;
                 client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
                 uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
                 upstream countersign {{ {upstream} keepalive 64; }}
                 server {{
                     listen {at};
                     keepalive_requests 1000000;
                     location / {{
                         proxy_pass http://countersign;
                         proxy_http_version 1.1;
                         proxy_set_header Connection \"\";
                         proxy_set_header Host $host;
                         proxy_set_header X-Forwarded-For $remote_addr;
                         proxy_next_upstream off;
                     }}
                 }}
             }}
"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration)?;
        let mut command = Command::new(nginx);
        command.arg("-p").arg(&folder).arg("-c").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut proxy = Self { child: command.spawn()?, at };
        let end = Instant::now() + Duration::from_secs(5);
        while TcpStream::connect(at).is_err() {
            ensure!(proxy.child.try_wait()?.is_none() && Instant::now() < end, "nginx does not run; see {here}/error.log");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        Ok(Some(proxy))
    }

    /// The parent of its other processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}
