//! A real mail server: postfix with TLS and, by dovecot, authentication, on loopback ports of its own and with all its files in
//! one temporary folder. One for the whole test process; each test has its own recipient.
//!
//! It ends with the process, however that ends: a shell starts it, waits on a pipe whose other end only this process has, and
//! stops it when that is closed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::wait_until;

/// The username for authentication.
pub(crate) const USERNAME: &str = "countersign";
/// Its password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// Every address here accepts emails, except the following.
pub(crate) const DOMAIN: &str = "example.test";
/// Answered 550 at RCPT.
pub(crate) const REJECTED: &str = "rejected@example.test";
/// Answered 451 at RCPT.
pub(crate) const LATER: &str = "later@example.test";
/// In another domain: relaying is denied.
pub(crate) const ELSEWHERE: &str = "somebody@elsewhere.test";

/// The running server.
pub(crate) struct MailServer {
    /// STARTTLS, with authentication.
    pub(crate) starttls_port: u16,
    /// TLS from the first byte, with authentication.
    pub(crate) implicit_port: u16,
    /// The authority that signed its certificate.
    pub(crate) ca_file: PathBuf,
    /// Another authority.
    pub(crate) other_ca_file: PathBuf,
    /// The first line is [`PASSWORD`].
    pub(crate) password_file: PathBuf,
    root: PathBuf,
    _keeper: Child,
}

impl MailServer {
    /// This process's server, started by the first test that needs it.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<MailServer> = OnceLock::new();
        SERVER.get_or_init(|| Self::start().unwrap_or_else(|problem| panic!("no mail server for the tests: {problem}")))
    }

    /// The emails to this address, once there are this many.
    pub(crate) fn emails(&self, to: &str, count: usize) -> Vec<Vec<u8>> {
        let mark = format!("Delivered-To: {to}\n");
        let read = || {
            let names = fs::read_dir(self.root.join("mail/new")).into_iter().flatten().flatten();
            let emails = names.filter_map(|entry| fs::read(entry.path()).ok());
            emails.filter(|email| String::from_utf8_lossy(email).contains(&mark)).collect::<Vec<_>>()
        };
        wait_until(&format!("{count} emails to {to}"), || Some(read()).filter(|emails| emails.len() >= count))
    }

    /// Its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.root.join("log/mail")).unwrap_or_default()
    }

    fn start() -> Result<Self, String> {
        for program in ["/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/bin/openssl"] {
            if !Path::new(program).exists() {
                return Err(format!("{program} is missing: apt-get install postfix dovecot-core openssl"));
            }
        }
        if said(Command::new("id").arg("-u"))?.trim() != "0" {
            return Err("postfix starts as root only; run the tests as root".into());
        }
        // Deleted by the shell below, since statics are never dropped.
        let root = tempfile::Builder::new().prefix("countersign-smtp-").tempdir().map_err(|e| e.to_string())?.keep();
        let [starttls_port, implicit_port] = free_ports();
        Self::write_files(&root, starttls_port, implicit_port).map_err(|e| e.to_string())?;
        certificates(&root)?;
        let admin = admin(&root)?;
        let server = Self {
            starttls_port,
            implicit_port,
            ca_file: root.join("tls/ca.pem"),
            other_ca_file: root.join("tls/other-ca.pem"),
            password_file: root.join("password"),
            root,
            _keeper: admin,
        };
        server.wait_for_it()?;
        Ok(server)
    }

    fn wait_for_it(&self) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(20);
        let is_up = |port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        while !(is_up(self.starttls_port) && is_up(self.implicit_port) && self.root.join("queue/private/auth").exists()) {
            if Instant::now() > end {
                let output = fs::read_to_string(self.root.join("log/start")).unwrap_or_default();
                return Err(format!("postfix or dovecot did not start:\n{output}\n{}", self.log()));
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(())
    }

    fn write_files(root: &Path, starttls_port: u16, implicit_port: u16) -> std::io::Result<()> {
        let at = root.display();
        for folder in ["", "etc", "queue", "data", "mail", "tls", "log", "dovecot"] {
            fs::create_dir_all(root.join(folder))?;
            fs::set_permissions(root.join(folder), fs::Permissions::from_mode(0o755))?;
        }
        fs::write(root.join("password"), format!("{PASSWORD}\n"))?;
        fs::write(root.join("users"), format!("{USERNAME}:{{PLAIN}}{PASSWORD}\n"))?;
        fs::write(
            root.join("etc/main.cf"),
            format!(
                "compatibility_level = 3.6\n\
                 queue_directory = {at}/queue\ndata_directory = {at}/data\n\
                 maillog_file_prefixes = {at}/log\nmaillog_file = {at}/log/mail\n\
                 myhostname = mail.{DOMAIN}\nmydestination =\nmynetworks = 192.0.2.1/32\n\
                 inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nalias_maps =\nalias_database =\nbiff = no\n\
                 virtual_mailbox_domains = {DOMAIN}\nvirtual_mailbox_base = {at}\nvirtual_mailbox_maps = static:mail/\n\
                 virtual_uid_maps = static:65534\nvirtual_gid_maps = static:65534\nvirtual_minimum_uid = 100\n\
                 smtpd_relay_restrictions = reject_unauth_destination\n\
                 smtpd_recipient_restrictions = check_recipient_access inline:{{ \
                 {{ {REJECTED} = 550 5.1.1 no such person }}, {{ {LATER} = 451 4.3.0 come back later }} }}\n\
                 smtpd_tls_cert_file = {at}/tls/server.pem\nsmtpd_tls_key_file = {at}/tls/server.key\n\
                 smtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\nsmtpd_tls_received_header = yes\n\
                 smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n\
                 smtpd_sasl_authenticated_header = yes\n\
                 smtpd_error_sleep_time = 0\nsmtpd_client_connection_count_limit = 0\n"
            ),
        )?;
        fs::write(
            root.join("etc/master.cf"),
            format!(
                "127.0.0.1:{starttls_port} inet n - n - - smtpd\n\
                 127.0.0.1:{implicit_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n\
                 pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
                 tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n\
                 defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nverify unix - - n - 1 verify\n\
                 flush unix n - n 1000? 0 flush\nproxymap unix - - n - - proxymap\nproxywrite unix - - n - 1 proxymap\n\
                 smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nshowq unix n - n - - showq\nerror unix - - n - - error\n\
                 retry unix - - n - - error\ndiscard unix - - n - - discard\nlocal unix - n n - - local\n\
                 virtual unix - n n - - virtual\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\n\
                 postlog unix-dgram n - n - 1 postlogd\n"
            ),
        )?;
        fs::write(
            root.join("etc/dovecot.conf"),
            format!(
                "protocols =\nssl = no\nbase_dir = {at}/dovecot\nlog_path = {at}/log/dovecot\n\
                 auth_mechanisms = plain login\nauth_failure_delay = 0 secs\n\
                 service anvil {{\n unix_listener anvil-auth-penalty {{\n  mode = 0\n }}\n}}\n\
                 passdb {{\n driver = passwd-file\n args = scheme=plain {at}/users\n}}\n\
                 userdb {{\n driver = static\n args = uid=65534 gid=65534 home=/nonexistent\n}}\n\
                 service auth {{\n unix_listener {at}/queue/private/auth {{\n  mode = 0660\n  user = postfix\n }}\n}}\n"
            ),
        )?;
        let owned = Command::new("chown").arg("postfix").arg(root.join("data")).status()?.success()
            && Command::new("chown").arg("65534:65534").arg(root.join("mail")).status()?.success();
        if owned { Ok(()) } else { Err(std::io::Error::other("chown failed")) }
    }
}

/// Starts both, waits for the end of this process, stops both, removes the folder.
fn admin(root: &Path) -> Result<Child, String> {
    let log = fs::File::create(root.join("log/start")).map_err(|e| e.to_string())?;
    let script = "trap '' INT TERM HUP
        postfix -c \"$1/etc\" start && dovecot -c \"$1/etc/dovecot.conf\"
        read -r _
        doveadm -c \"$1/etc/dovecot.conf\" stop; postfix -c \"$1/etc\" stop; rm -rf \"$1\"";
    Command::new("/bin/sh")
        .args(["-c", script, "keeper"])
        .arg(root)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::piped())
        .stdout(log.try_clone().map_err(|e| e.to_string())?)
        .stderr(log)
        .process_group(0)
        .spawn()
        .map_err(|e| e.to_string())
}

/// Two authorities, and a certificate of the first one for localhost, in `tls` below this folder.
pub(crate) fn certificates(root: &Path) -> Result<(), String> {
    let script = "set -e; cd \"$1/tls\"
        new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30'
        openssl req -x509 $new -keyout ca.key -out ca.pem -subj '/CN=Test authority'
        openssl req -x509 $new -keyout other-ca.key -out other-ca.pem -subj '/CN=Other authority'
        openssl req -x509 $new -keyout server.key -out server.pem -subj '/CN=localhost' -CA ca.pem -CAkey ca.key \
            -addext 'subjectAltName=DNS:localhost' -addext 'basicConstraints=critical,CA:FALSE'";
    said(Command::new("/bin/sh").args(["-c", script, "certificates"]).arg(root)).map(|_| ())
}

fn said(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("its address").port())
}
