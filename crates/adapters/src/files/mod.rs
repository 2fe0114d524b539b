//! Blobs as files of one folder: what a laptop has instead of a storage account.

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::blobs::{Blobs, BlobsError, UploadUrl};
use jiff::Timestamp;

use crate::blob_key;
use crate::sas::{BlobSas, Links, Protocol, Window};

/// Where files are until they are whole: inside the container, because only a rename within one file system is
/// atomic. A key cannot name it, and one folder is cleaned at a start without walking through all pictures.
const INCOMING: &str = ".incoming";

/// Blobs as files `<folder>/<container>/<key>`, and links to whatever serves them under a public URL.
#[derive(Debug)]
pub struct FileBlobs {
    files: Arc<Files>,
    links: Links,
    sas: BlobSas,
}

/// The folder cannot be made, read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the folder `{}` for blobs", path.display())]
pub struct OpenError {
    path: PathBuf,
    source: io::Error,
}

impl FileBlobs {
    /// Opens the container, or makes it, and removes what a crash left unfinished.
    ///
    /// Links are `<public_url>/<container>/<key>?<query>`.
    pub fn open(
        folder: impl AsRef<Path>,
        container: &str,
        public_url: &str,
        sas: BlobSas,
    ) -> Result<Self, OpenError> {
        let root = folder.as_ref().join(container);
        let random = getrandom::u64().expect("the system has random numbers");
        let files = Files { root, random, next: AtomicU64::new(0) };
        files.prepare().map_err(|source| OpenError { path: files.root.clone(), source })?;
        let links = Links::new(public_url, container, Protocol::HttpsAndHttp);
        Ok(Self { files: Arc::new(files), links, sas })
    }

    /// File systems block, and an fsync blocks for milliseconds: so not on the threads that answer requests.
    async fn run<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Files, &str) -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobsError> {
        blob_key::check(key)?;
        let (files, key) = (Arc::clone(&self.files), key.to_owned());
        let done = tokio::task::spawn_blocking(move || work(&files, &key)).await;
        done.map_err(|e| BlobsError::Unavailable(e.into()))?.map_err(error)
    }
}

#[async_trait]
impl Blobs for FileBlobs {
    /// The content type is not stored: what serves the file tells it by the ending.
    async fn put(&self, key: &str, _: &str, bytes: Vec<u8>) -> Result<(), BlobsError> {
        self.run(key, move |files, key| files.put(key, &bytes)).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobsError> {
        self.run(key, |files, key| absent_is_none(fs::read(files.root.join(key)))).await
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, BlobsError> {
        self.run(key, |files, key| {
            let metadata = absent_is_none(fs::metadata(files.root.join(key)))?;
            Ok(metadata.filter(fs::Metadata::is_file).map(|it| it.len()))
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), BlobsError> {
        self.run(key, Files::delete).await
    }

    async fn read_url(
        &self,
        key: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, BlobsError> {
        blob_key::check(key)?;
        let window = Window::around(now, ttl).map_err(|e| BlobsError::Refused(e.into()))?;
        Ok(self.links.read(&self.sas, key, window))
    }

    async fn upload_url(
        &self,
        key: &str,
        content_type: &str,
        _limit: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<UploadUrl, BlobsError> {
        blob_key::check(key)?;
        let window = Window::from_now(now, ttl).map_err(|e| BlobsError::Refused(e.into()))?;
        Ok(self.links.upload(&self.sas, key, content_type, window))
    }
}

/// The folder of one container.
#[derive(Debug)]
struct Files {
    root: PathBuf,
    /// With `next`, a name that no other process has for what it writes.
    random: u64,
    next: AtomicU64,
}

impl Files {
    fn prepare(&self) -> io::Result<()> {
        let incoming = self.root.join(INCOMING);
        fs::create_dir_all(&incoming)?;
        for left in fs::read_dir(&incoming)? {
            let left = left?.path();
            // Its writer, if it lives, holds the lock: another process may use the same folder.
            if absent_is_none(File::open(&left))?.is_some_and(|file| file.try_lock().is_ok()) {
                absent_is_none(fs::remove_file(&left))?;
            }
        }
        sync_folders(&incoming, self.root.parent().unwrap_or(&self.root))
    }

    /// Whole or absent at every moment, and durable on return.
    fn put(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let incoming = self.root.join(INCOMING).join(format!("{:016x}-{n}", self.random));
        let done = self.write(&incoming, &self.root.join(key), bytes);
        if done.is_err() {
            // What cannot be removed now is removed at the next start.
            let _ = fs::remove_file(&incoming);
        }
        done
    }

    fn write(&self, incoming: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create_new(incoming)?;
        file.lock()?;
        file.write_all(bytes)?;
        // Before the rename: the new name must never show an empty file, not even after a power cut.
        file.sync_all()?;
        let folder = path.parent().expect("it lies in the container");
        fs::create_dir_all(folder)?;
        fs::rename(incoming, path)?;
        // The name is in the folder, and the folder's own name in the one above it.
        sync_folders(folder, &self.root)
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        let path = self.root.join(key);
        // A folder is no blob.
        if !path.is_file() {
            return Ok(());
        }
        if absent_is_none(fs::remove_file(&path))?.is_some() {
            sync_folders(path.parent().expect("it lies in the container"), &self.root)?;
        }
        Ok(())
    }
}

/// Writes the names of files to the disk, from `folder` up to `top`.
fn sync_folders(folder: &Path, top: &Path) -> io::Result<()> {
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(top)) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A name below a file, and a name that is a folder's, are absent too: a key is one name, not a path.
fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) => match e.kind() {
            ErrorKind::NotFound | ErrorKind::IsADirectory | ErrorKind::NotADirectory => Ok(None),
            _ => Err(e),
        },
    }
}

/// What the caller can do about an error of the file system.
fn error(source: io::Error) -> BlobsError {
    match source.kind() {
        // `a` and `a/b` cannot both be files; and folders that we may not write stay so.
        ErrorKind::IsADirectory
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists
        | ErrorKind::InvalidFilename
        | ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem => BlobsError::Refused(source.into()),
        _ => BlobsError::Unavailable(source.into()),
    }
}
