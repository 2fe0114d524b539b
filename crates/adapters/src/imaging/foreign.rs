//! What a file is that we do not read, by its first bytes: so that people can be told what to do with it.

/// The name of the format as people know it. `None` for what is nothing that we know.
pub(super) fn format_of(bytes: &[u8]) -> Option<&'static str> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(media_of(bytes));
    }
    let signatures: [(&[u8], &str); 11] = [
        (b"GIF8", "GIF"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"II+\0", "TIFF"),
        (b"BM", "BMP"),
        (b"\0\0\x01\0", "ICO"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"8BPS", "PSD"),
        (b"%PDF", "PDF"),
        (b"PK\x03\x04", "ZIP"),
    ];
    let found = signatures.iter().find(|(signature, _)| starts(signature));
    found.map(|(_, name)| *name).or_else(|| is_svg(bytes).then_some("SVG"))
}

/// ISO media files tell their brand, and then the brands that they can be read as.
fn media_of(bytes: &[u8]) -> &'static str {
    let length = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let brands = bytes.get(8..length.clamp(12, 256).min(bytes.len())).unwrap_or_default();
    let has = |names: &[&[u8; 4]]| {
        let (brands, _) = brands.as_chunks::<4>();
        names.iter().any(|name| brands.contains(*name))
    };
    if has(&[b"avif", b"avis"]) {
        "AVIF"
    } else if has(&[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"]) {
        "HEIC"
    } else if has(&[b"crx "]) {
        "CR3"
    } else {
        "MP4"
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    text.starts_with("<svg") || (text.starts_with('<') && text.contains("<svg"))
}
