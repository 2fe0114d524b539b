//! Where the package comes from, and whose data folder it is served with.

use std::fs::File;
use std::path::{Path, PathBuf};

use tokio::process::Command;

/// Held as long as this process lives; the operating system lets go of it however that ends.
#[derive(Debug)]
pub(crate) struct Claim {
    _lock: File,
}

/// Makes `data` ours: two local clouds on one folder would deliver each message twice.
///
/// # Errors
/// A sentence when it cannot be written or another `imagegen-local` has it.
pub(crate) fn claim(data: &Path) -> Result<(PathBuf, Claim), String> {
    let unwritable =
        |e: std::io::Error| format!("cannot write the data folder {}: {e}", data.display());
    std::fs::create_dir_all(data).map_err(unwritable)?;
    // The handler gets paths into it and has another working directory.
    let data = data.canonicalize().map_err(unwritable)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data.join("lock"))
        .map_err(unwritable)?;
    match lock.try_lock() {
        Ok(()) => Ok((data, Claim { _lock: lock })),
        Err(std::fs::TryLockError::WouldBlock) => Err(format!(
            "another imagegen-local uses the data folder {}: end it, or choose another with --data",
            data.display()
        )),
        Err(std::fs::TryLockError::Error(e)) => Err(unwritable(e)),
    }
}

/// Writes `<data>/port`, in one step, for scripts and tests.
///
/// # Errors
/// A sentence when it cannot be written.
pub(crate) fn announce(data: &Path, port: u16) -> Result<(), String> {
    let (file, draft) = (data.join("port"), data.join("port.new"));
    std::fs::write(&draft, port.to_string())
        .and_then(|()| std::fs::rename(&draft, &file))
        .map_err(|e| format!("cannot write {}: {e}", file.display()))
}

/// The folder to serve: `given`, or one staged by `<handler> package`.
///
/// # Errors
/// A sentence when there is nothing to serve or the staging failed.
pub(crate) async fn folder(
    given: Option<&Path>,
    handler: Option<&Path>,
    data: &Path,
) -> Result<PathBuf, String> {
    if let Some(folder) = given {
        return folder
            .canonicalize()
            .map_err(|e| format!("cannot read the package {}: {e}", folder.display()));
    }
    let handler = match handler {
        Some(file) => file.to_owned(),
        None => beside_us("imagegen")?,
    };
    if !handler.is_file() {
        return Err(format!(
            "the handler's binary {} is missing: build it, or name it with --handler",
            handler.display()
        ));
    }
    let package = data.join("package");
    stage(&handler, &package).await?;
    Ok(package)
}

fn beside_us(name: &str) -> Result<PathBuf, String> {
    let ours =
        std::env::current_exe().map_err(|e| format!("cannot tell where this program lies: {e}"))?;
    Ok(ours.with_file_name(name))
}

async fn stage(handler: &Path, package: &Path) -> Result<(), String> {
    // A function that has gone from the table must not stay in the folder.
    match std::fs::remove_dir_all(package) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("cannot clear {}: {e}", package.display()));
        }
        Ok(()) | Err(_) => {}
    }
    let output = Command::new(handler)
        .arg("package")
        .arg("--out")
        .arg(package)
        .output()
        .await
        .map_err(|e| format!("cannot run {}: {e}", handler.display()))?;
    if output.status.success() {
        Ok(())
    } else {
        let words = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} package ended with {}: {}", handler.display(), output.status, words.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::folder as temporary;

    #[test]
    fn a_data_folder_has_one_owner_at_a_time() {
        let data = temporary();
        let (path, first) = claim(data.path()).expect("nobody has it");
        assert!(path.is_absolute());
        let error = claim(data.path()).expect_err("it is taken");
        assert!(error.contains("another imagegen-local"), "{error}");
        drop(first);
        assert!(claim(data.path()).is_ok());
    }

    #[test]
    fn a_data_folder_that_cannot_be_written_is_named() {
        let data = temporary();
        let file = data.path().join("file");
        std::fs::write(&file, "").expect("the temporary folder is writable");
        let error = claim(&file).expect_err("it is a file");
        assert!(error.contains("cannot write the data folder"), "{error}");
    }

    #[tokio::test]
    async fn a_missing_handler_is_named() {
        let data = temporary();
        let missing = data.path().join("nothing");
        let error = folder(None, Some(&missing), data.path()).await.expect_err("it is missing");
        assert!(error.contains("is missing"), "{error}");
    }
}
