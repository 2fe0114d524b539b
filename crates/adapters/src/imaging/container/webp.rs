//! WebP: a RIFF file of chunks ([container specification]).
//!
//! [container specification]: https://developers.google.com/speed/webp/docs/riff_container

use super::{Container, Notes, u32_le};
use crate::imaging::{ImagingError, OutputFormat};

// Bits of the first byte of a `VP8X` chunk.
const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
const HAS_XMP: u8 = 0x04;
const IS_ANIMATED: u8 = 0x02;

pub(super) fn open(bytes: &[u8]) -> Result<Container<'_>, ImagingError> {
    let riff = u32_le(bytes, 4).ok_or(ImagingError::Truncated)? as usize;
    let bytes = bytes.get(..riff.saturating_add(8)).ok_or(ImagingError::Truncated)?;
    let mut pieces = Vec::new();
    let (mut size, mut profile, mut exif, mut xmp) = (None, None, None, None);
    let mut alpha = false;
    let mut at = 12;
    while at < bytes.len() {
        let kind = bytes.get(at..at + 4).ok_or(ImagingError::Truncated)?;
        let length = u32_le(bytes, at + 4).ok_or(ImagingError::Truncated)? as usize;
        let end = (at + 8).saturating_add(length);
        let data = bytes.get(at + 8..end).ok_or(ImagingError::Truncated)?;
        match kind {
            b"VP8X" if data.first().is_some_and(|flags| flags & IS_ANIMATED != 0) => {
                return Err(ImagingError::Animated);
            }
            b"ANIM" | b"ANMF" => return Err(ImagingError::Animated),
            b"VP8 " | b"VP8L" if size.is_some() => {
                return Err(ImagingError::Damaged("it holds more than one picture"));
            }
            b"VP8 " => {
                size = Some(lossy_size(data)?);
                pieces.push(&bytes[at..end]);
            }
            b"VP8L" => {
                let (found, transparent) = lossless_size(data)?;
                (size, alpha) = (Some(found), transparent);
                // The lossless form carries its own transparency.
                pieces.clear();
                pieces.push(&bytes[at..end]);
            }
            b"ALPH" if size.is_none() && pieces.is_empty() => {
                alpha = true;
                pieces.push(&bytes[at..end]);
            }
            b"ICCP" => profile = profile.or(Some(data)),
            b"EXIF" => exif = exif.or(Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data))),
            b"XMP " => xmp = xmp.or(Some(data)),
            _ => {}
        }
        at = end + length % 2;
    }
    let (width, height) = size.ok_or(ImagingError::Truncated)?;
    Ok(Container {
        format: OutputFormat::Webp,
        width,
        height,
        pieces,
        place: 0,
        profile,
        alpha,
        ink: false,
        exif,
        xmp,
    })
}

/// The simple file format when there is nothing beside the picture, else the extended one.
pub(super) fn write(container: &Container<'_>, notes: Option<&Notes>) -> Vec<u8> {
    let pixels: usize = container.pieces.iter().map(|piece| piece.len() + 1).sum();
    let beside = container.profile.map_or(0, <[u8]>::len) + notes.map_or(0, |n| n.xmp.len());
    let mut file = Vec::with_capacity(pixels + beside + 64);
    file.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    let plain = notes.is_none() && container.profile.is_none() && container.pieces.len() == 1;
    if !plain {
        let mut flags = 0;
        flags |= if container.profile.is_some() { HAS_PROFILE } else { 0 };
        flags |= if container.alpha { HAS_ALPHA } else { 0 };
        flags |= if notes.is_some() { HAS_XMP } else { 0 };
        let mut header = vec![flags, 0, 0, 0];
        header.extend_from_slice(&(container.width - 1).to_le_bytes()[..3]);
        header.extend_from_slice(&(container.height - 1).to_le_bytes()[..3]);
        chunk(&mut file, *b"VP8X", &header);
    }
    if let Some(profile) = container.profile {
        chunk(&mut file, *b"ICCP", profile);
    }
    for piece in &container.pieces {
        file.extend_from_slice(piece);
        pad(&mut file);
    }
    if let Some(notes) = notes {
        chunk(&mut file, *b"XMP ", notes.xmp.as_bytes());
    }
    let riff =
        u32::try_from(file.len() - 8).expect("a picture of 25 megapixels is far below 4 GiB");
    file[4..8].copy_from_slice(&riff.to_le_bytes());
    file
}

/// From the header of a key frame (RFC 6386, section 9.1).
fn lossy_size(data: &[u8]) -> Result<(u32, u32), ImagingError> {
    let header = data.get(..10).ok_or(ImagingError::Truncated)?;
    if header[3..6] != [0x9d, 0x01, 0x2a] {
        return Err(ImagingError::Damaged("it does not begin with a key frame"));
    }
    let side = |at: usize| u32::from(u16::from_le_bytes([header[at], header[at + 1]]) & 0x3fff);
    Ok((side(6), side(8)))
}

/// Size and transparency from the header of a lossless picture (RFC 9649, section 3.4).
fn lossless_size(data: &[u8]) -> Result<((u32, u32), bool), ImagingError> {
    if data.first() != Some(&0x2f) {
        return Err(ImagingError::Damaged("it does not begin with the lossless signature"));
    }
    let bits = u32_le(data, 1).ok_or(ImagingError::Truncated)?;
    let size = ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    Ok((size, bits >> 28 & 1 == 1))
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("a picture of 25 megapixels is far below 4 GiB");
    file.extend_from_slice(&kind);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(data);
    pad(file);
}

/// Chunks begin at even places; what stands before them has an even length too.
fn pad(file: &mut Vec<u8>) {
    if file.len() % 2 == 1 {
        file.push(0);
    }
}
