//! What the function's processes write to stdout and stderr.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::process::Stdio;

use super::random;

/// A file without a name: what a process has written is in it when the write returns, whatever
/// becomes of the process.
pub(super) struct Log(File);

impl Log {
    pub fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("lambda-log-{}", random::uuid()));
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create_new(true)
            .open(&path)?;
        std::fs::remove_file(path)?;
        Ok(Self(file))
    }

    pub fn writer(&self) -> io::Result<Stdio> {
        Ok(self.0.try_clone()?.into())
    }

    pub fn lines(&self) -> io::Result<Vec<String>> {
        let length = self.0.metadata()?.len();
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        self.0.read_exact_at(&mut bytes, 0)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().map(str::to_owned).collect())
    }

    pub fn clear(&self) -> io::Result<()> {
        self.0.set_len(0)
    }
}
