//! Certificates made by openssl, and a PostgreSQL cluster that presents them.

use std::path::Path;
use std::process::Command;

use diesel::{Connection, PgConnection};

use super::postgres::{Cluster, Durability};
use super::smtp::certificates;
use super::wait_until;

/// The roles that may connect, and their authentication. `countersign` is the superuser.
const HBA: &str = "hostnossl all countersign 127.0.0.1/32 trust\n\
    hostssl all countersign 127.0.0.1/32 trust\n\
    host all scram 127.0.0.1/32 scram-sha-256\n\
    hostssl all bearer 127.0.0.1/32 cert\n";

/// A cluster with TLS, and the folder with the certificates. The server's is for `localhost`.
pub(crate) struct TlsCluster {
    pub(crate) cluster: Cluster,
    folder: tempfile::TempDir,
}

impl TlsCluster {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("tls")).expect("a folder in it");
        certificates(folder.path()).expect("certificates");
        more_certificates(folder.path());
        let this = Self { cluster: Cluster::start(Durability::None), folder };
        this.show("server.pem", "server.key");
        this.cluster.write_file("ca.crt", &this.text("ca.pem"));
        this.cluster.write_file("pg_hba.conf", HBA);
        for sql in [
            "CREATE ROLE scram LOGIN PASSWORD 'secret'",
            "CREATE ROLE bearer LOGIN",
            "ALTER SYSTEM SET ssl_ca_file = 'ca.crt'",
            "ALTER SYSTEM SET ssl = on",
            "SELECT pg_reload_conf()",
        ] {
            this.cluster.run(sql);
        }
        let encrypted = this.url("postgres", "countersign", "sslmode=require");
        wait_until("the server to speak TLS", || PgConnection::establish(&encrypted).ok());
        this
    }

    /// Makes the server present this certificate from its next start or reload on.
    pub(crate) fn show(&self, certificate: &str, key: &str) {
        self.cluster.write_file("server.crt", &self.text(certificate));
        self.cluster.write_file("server.key", &self.text(key));
    }

    /// The URL of a database there, for `user` (and their password), with these parameters.
    pub(crate) fn url(&self, database: &str, user: &str, parameters: &str) -> String {
        let port = self.cluster.port;
        format!("postgres://{user}@localhost:{port}/{database}?hostaddr=127.0.0.1&{parameters}")
    }

    /// The path of a certificate or key.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join("tls").join(name).display().to_string()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file of ours")
    }
}

/// A server certificate that has expired; a client certificate for the role `bearer`, one for another role, and one of an
/// unknown authority.
fn more_certificates(root: &Path) {
    let script = "set -e; cd \"$1/tls\"
        key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
        openssl req -new $key -keyout expired.key -out expired.csr -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost'
        openssl x509 -req -in expired.csr -CA ca.pem -CAkey ca.key -days 0 -copy_extensions copy -out expired.pem
        client() {
            openssl req -x509 $key -days 30 -keyout \"$1.key\" -out \"$1.pem\" -subj \"/CN=$2\" -CA \"$3.pem\" -CAkey \"$3.key\" \
                -addext 'basicConstraints=critical,CA:FALSE'
        }
        client bearer bearer ca
        client somebody somebody ca
        client stranger bearer other-ca";
    let made = Command::new("/bin/sh").args(["-c", script, "certificates"]).arg(root).output().expect("a shell");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
