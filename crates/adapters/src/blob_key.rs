//! What a key of a blob may be, in every store.

use imagegen_core::ports::blobs::BlobsError;

/// Segments of `A-Z a-z 0-9 _ - .` joined by `/`, none starting with a dot: so a key is the same text in a URL, in a
/// signature and on a disk, and leads nowhere else.
pub(crate) fn check(key: &str) -> Result<(), BlobsError> {
    // A file name has 255 bytes at most, Azure's blob name 1,024 characters.
    let fine = |segment: &str| {
        (1..=255).contains(&segment.len())
            && !segment.starts_with('.')
            && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    if key.len() <= 1024 && key.split('/').all(fine) {
        Ok(())
    } else {
        Err(BlobsError::Refused(format!("`{key}` is no key of a blob").into()))
    }
}
