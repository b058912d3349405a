//! The data folder: what stays between two starts.
//!
//! ```text
//! playground-data/
//!   lock         held while a playground runs; says where its page is
//!   key          encrypts the pretend workspace's token in the database
//!   database/    PostgreSQL's files
//!   calendar.json, time-sheet.json
//!                what the pretend Google Calendar and Harvest know
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A data folder that is ours as long as this value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
}

impl DataFolder {
    /// Takes the folder, and makes it when it is missing. Fails, with the address of its page, while another playground
    /// has it. The lock belongs to the process: it is gone when the process is, however that ends.
    pub fn take(path: &Path) -> Result<Self> {
        let shown = path.display();
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the data folder {shown}"))?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("lock"))
            .with_context(|| format!("cannot write to the data folder {shown}"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut page = String::new();
                // What it says is a kindness; that it is locked is the news.
                let _ = lock.read_to_string(&mut page);
                match page.trim() {
                    "" => {
                        bail!("a playground is starting or stopping with the data folder {shown}")
                    }
                    page => bail!(
                        "a playground already runs with the data folder {shown}: {page}\n\
                         Stop it first, or start this one with another folder: --data DIR"
                    ),
                }
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock the data folder {shown}"));
            }
        }
        lock.set_len(0)?;
        Ok(Self {
            path: path.to_owned(),
            lock,
        })
    }

    /// Notes the page's address for whoever starts a second playground.
    pub fn note_page(&mut self, url: &str) -> Result<()> {
        self.lock.set_len(0)?;
        self.lock.rewind()?;
        self.lock.write_all(url.as_bytes())?;
        Ok(())
    }

    /// Removes what a playground stored, and nothing else that may be in the folder.
    pub fn clear(&self) -> Result<()> {
        let forget = |result: std::io::Result<()>| match result {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        let files = [self.path.join("key"), self.calendar(), self.time_sheet()];
        forget(std::fs::remove_dir_all(self.database()))
            .and_then(|()| {
                files
                    .into_iter()
                    .try_for_each(|file| forget(std::fs::remove_file(file)))
            })
            .with_context(|| format!("cannot clear the data folder {}", self.path.display()))
    }

    /// Where PostgreSQL keeps its files.
    pub fn database(&self) -> PathBuf {
        self.path.join("database")
    }

    /// Where the pretend Google Calendar keeps its events.
    pub fn calendar(&self) -> PathBuf {
        self.path.join("calendar.json")
    }

    /// Where the pretend Harvest keeps its entries.
    pub fn time_sheet(&self) -> PathBuf {
        self.path.join("time-sheet.json")
    }

    /// The stored key, or a new one from `make`.
    pub fn key(&self, make: impl FnOnce() -> String) -> Result<String> {
        let path = self.path.join("key");
        match std::fs::read_to_string(&path) {
            Ok(key) => Ok(key.trim().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = make();
                std::fs::write(&path, &key)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                Ok(key)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // Nobody is here any more; the operating system takes the lock itself away.
        let _ = self.lock.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_playground_is_told_where_the_first_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = DataFolder::take(folder.path()).unwrap();
        let second = DataFolder::take(folder.path()).unwrap_err().to_string();
        assert!(second.starts_with("a playground is starting"), "{second}");
        first.note_page("http://127.0.0.1:4400").unwrap();
        let second = DataFolder::take(folder.path()).unwrap_err().to_string();
        assert!(second.contains("http://127.0.0.1:4400"), "{second}");
        drop(first);
        DataFolder::take(folder.path()).unwrap();
    }

    #[test]
    fn clearing_removes_only_what_the_playground_stored() {
        let path = tempfile::tempdir().unwrap();
        std::fs::write(path.path().join("mine.txt"), "keep me").unwrap();
        let folder = DataFolder::take(path.path()).unwrap();
        std::fs::create_dir_all(folder.database().join("base")).unwrap();
        std::fs::write(folder.calendar(), "[]").unwrap();
        std::fs::write(folder.time_sheet(), "{}").unwrap();
        assert_eq!(folder.key(|| "one".to_owned()).unwrap(), "one");
        assert_eq!(folder.key(|| "two".to_owned()).unwrap(), "one");
        folder.clear().unwrap();
        folder.clear().unwrap();
        assert!(!folder.database().exists());
        assert!(!folder.calendar().exists() && !folder.time_sheet().exists());
        assert!(path.path().join("mine.txt").exists());
        assert_eq!(folder.key(|| "two".to_owned()).unwrap(), "two");
    }
}
