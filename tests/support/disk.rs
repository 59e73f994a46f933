//! A disk for one test, which can fail as in a power cut: ext4 in a file, mounted as a loop device, and deleted with the tests.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::wait_until;

const SUPERVISOR: &str = include_str!("disk.py");

pub(crate) struct Disk {
    /// Its mount point.
    pub(crate) at: PathBuf,
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Disk {
    /// Makes one, or says why that is impossible here.
    pub(crate) fn of_megabytes(size: u32) -> Result<Self, String> {
        let mut command = Command::new("python3");
        command.args(["-c", SUPERVISOR, &size.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("python3: {error}"))?;
        let mut answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut said = String::new();
        answers.read_line(&mut said).map_err(|error| error.to_string())?;
        let at = PathBuf::from(said.trim_end());
        if at.is_dir() {
            return Ok(Self { at, child, answers });
        }
        let why = child.wait_with_output().map(|ended| String::from_utf8_lossy(&ended.stderr).trim().to_owned());
        Err(format!("no ext4 can be mounted here, which needs root and a loop device: {}", why.unwrap_or_default()))
    }

    /// The power fails: from now on nothing is written or read, and unwritten data is lost.
    pub(crate) fn cut(&mut self) {
        assert_eq!(self.ask("cut"), "cut");
    }

    /// The machine restarts. All files on it must be closed by then.
    pub(crate) fn come_back(&mut self) {
        wait_until("the disk to be nobody's", || (self.ask("away") == "away").then_some(()));
        assert_eq!(self.ask("back"), "back");
    }

    /// Makes it read only. All files must be closed for writing.
    pub(crate) fn become_read_only(&mut self) {
        wait_until("nobody to write", || (self.ask("read only") == "read only").then_some(()));
    }

    /// The kernel finds it damaged and makes it read only, as with `errors=remount-ro`; or says why it cannot. It stays so
    /// until it is mounted again: see [`Disk::come_back`].
    pub(crate) fn fail(&mut self) -> Result<(), String> {
        let said = self.ask("error");
        if said == "error" { Ok(()) } else { Err(said) }
    }

    fn ask(&mut self, command: &str) -> String {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{command}").expect("it listens");
        let mut said = String::new();
        self.answers.read_line(&mut said).expect("it answers");
        said.trim_end().to_owned()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Closing its standard input ends it.
        let _ = self.child.wait();
    }
}
