//! JPEG: markers, most with a length, and compressed data after each start of scan
//! (ITU-T T.81, annex B).

use super::{Container, Notes, u16_be};
use crate::imaging::{ImagingError, OutputFormat};

pub(super) const SIGNATURE: &[u8] = b"\xff\xd8\xff";

/// Starts the `APP1` segment of an XMP packet (XMP specification part 3, section 1.1.3).
const XMP_HEADER: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// A segment's length is two bytes and counts itself.
pub(super) const MAX_XMP: usize = 0xffff - 2 - XMP_HEADER.len();

/// A progressive file may repeat scans without end, each as costly as the whole picture;
/// encoders make about ten.
const MAX_SCANS: usize = 100;

pub(super) fn open(bytes: &[u8]) -> Result<Container<'_>, ImagingError> {
    let mut pieces = vec![&bytes[..2]];
    let (mut size, mut exif, mut xmp) = (None, None, None);
    let (mut place, mut scans, mut ink) = (1, 0, false);
    let mut at = 2;
    loop {
        let Marker { kind, start } = next_marker(bytes, at)?;
        match kind {
            // End of the picture. Without it the file is cut off, which the decoder would fill in.
            0xd9 => {
                pieces.push(b"\xff\xd9");
                break;
            }
            0x01 | 0xd0..=0xd7 => {
                at = start + 2;
                continue;
            }
            0x00 | 0xd8 => return Err(ImagingError::Damaged("a marker is out of place")),
            _ => {}
        }
        let length = usize::from(u16_be(bytes, start + 2).ok_or(ImagingError::Truncated)?);
        if length < 2 {
            return Err(ImagingError::Damaged("a segment is shorter than its length"));
        }
        let mut end = start + 2 + length;
        let data = bytes.get(start + 4..end).ok_or(ImagingError::Truncated)?;
        if is_frame(kind) {
            // Four components are ink.
            ink = data.get(5) == Some(&4);
            if size.replace(frame(data)?).is_some() {
                return Err(ImagingError::Damaged("it holds more than one picture"));
            }
        }
        match kind {
            0xda => {
                scans += 1;
                end = scan_end(bytes, end);
            }
            0xe1 => {
                exif = exif.or(data.strip_prefix(b"Exif\0\0"));
                xmp = xmp.or(data.strip_prefix(XMP_HEADER));
            }
            _ => {}
        }
        if scans > MAX_SCANS {
            return Err(ImagingError::Unsupported("JPEG pictures of more than 100 scans"));
        }
        if draws(kind, data) {
            pieces.push(&bytes[start..end]);
        }
        if kind == 0xe0 && pieces.len() == 2 {
            // JFIF asks to come first.
            place = 2;
        }
        at = end;
    }
    let (width, height) = size.filter(|_| scans > 0).ok_or(ImagingError::Truncated)?;
    Ok(Container {
        format: OutputFormat::Jpeg,
        width,
        height,
        pieces,
        place,
        profile: None,
        alpha: false,
        ink,
        exif,
        xmp,
    })
}

pub(super) fn write(container: &Container<'_>, notes: Option<&Notes>) -> Vec<u8> {
    let mut segment = Vec::new();
    if let Some(notes) = notes {
        let length = u16::try_from(2 + XMP_HEADER.len() + notes.xmp.len())
            .expect("`seal` asks whether it fits, and a mark does");
        segment.extend_from_slice(b"\xff\xe1");
        segment.extend_from_slice(&length.to_be_bytes());
        segment.extend_from_slice(XMP_HEADER);
        segment.extend_from_slice(notes.xmp.as_bytes());
    }
    container.join(&segment)
}

struct Marker {
    kind: u8,
    /// Where its `0xff` is.
    start: usize,
}

/// The marker at `at`, after any fill bytes.
fn next_marker(bytes: &[u8], at: usize) -> Result<Marker, ImagingError> {
    let mut at = at;
    if *bytes.get(at).ok_or(ImagingError::Truncated)? != 0xff {
        return Err(ImagingError::Damaged("a marker is missing"));
    }
    loop {
        match *bytes.get(at + 1).ok_or(ImagingError::Truncated)? {
            0xff => at += 1,
            kind => return Ok(Marker { kind, start: at }),
        }
    }
}

/// Where the compressed data that begins at `at` ends: before a marker that is no restart.
fn scan_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(offset) = bytes[at..].iter().position(|byte| *byte == 0xff) {
        at += offset;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
            None => break,
        }
    }
    bytes.len()
}

/// Whether a marker starts a frame; 0xc4, 0xc8 and 0xcc share the row and are tables.
fn is_frame(kind: u8) -> bool {
    matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc)
}

/// Width and height from a start of frame.
fn frame(data: &[u8]) -> Result<(u32, u32), ImagingError> {
    let height = u16_be(data, 1).ok_or(ImagingError::Truncated)?;
    let width = u16_be(data, 3).ok_or(ImagingError::Truncated)?;
    Ok((u32::from(width), u32::from(height)))
}

/// Whether the picture needs this segment: everything but notes. Of the application segments
/// that is the plain JFIF header, the colour profile and Adobe's word on the colour transform.
fn draws(kind: u8, data: &[u8]) -> bool {
    match kind {
        0xe0 => data.starts_with(b"JFIF\0") && data.len() == 14,
        0xe2 => data.starts_with(b"ICC_PROFILE\0"),
        0xee => data.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}
