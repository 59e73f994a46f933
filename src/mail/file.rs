//! Writes emails as files to a folder, for a mail system that collects them there. Files appear atomically, readable by their
//! owner only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::message::Mail;
use super::outcome::{Outcome, Problem, TransportError};

/// The folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Opens the folder, and creates it for its owner only if it does not exist.
    pub fn open(path: &Path) -> Result<Self, TransportError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|e| TransportError::Directory { path: path.to_owned(), reason: e.to_string() })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes `<Message-ID without its brackets>.eml`. The same email replaces its file.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        let bytes = match mail.rendered() {
            Ok(bytes) => bytes,
            Err(problem) => return problem.into(),
        };
        let (folder, name) = (self.0.clone(), file_name(&mail.message_id));
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes).map(|()| name)).await;
        match written.unwrap_or_else(|e| Err(io::Error::other(e))) {
            Ok(name) => Outcome::Delivered { response: format!("written to {name}") },
            Err(e) => {
                let problem = Problem::new(format!("the email could not be written to mail.directory: {e}"));
                match e.kind() {
                    io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound | io::ErrorKind::ReadOnlyFilesystem => {
                        Outcome::Misconfigured(problem)
                    }
                    _ => Outcome::Deferred(problem),
                }
            }
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &Zeroizing<Vec<u8>>) -> io::Result<()> {
    let temporary = folder.join(format!(".{name}.tmp"));
    // Left over from a crash; two workers never have the same lease.
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, folder.join(name)));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn file_name(message_id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') { c } else { '_' };
    let name: String = message_id.trim_matches(['<', '>']).chars().map(safe).collect();
    format!("{}.eml", name.trim_start_matches('.'))
}
