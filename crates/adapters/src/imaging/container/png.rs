//! PNG: a signature and chunks of length, type, data and CRC ([PNG, third edition], section 5).
//!
//! [PNG, third edition]: https://www.w3.org/TR/png-3/

use super::{Container, Notes, u32_be};
use crate::imaging::{ImagingError, OutputFormat};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks that decide how the picture looks. All others are notes about it.
const DRAWING: [&[u8; 4]; 10] =
    [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP"];

/// The keyword that marks an XMP packet (XMP specification part 3, section 1.1.5).
const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp";

pub(super) fn open(bytes: &[u8]) -> Result<Container<'_>, ImagingError> {
    let mut pieces = vec![&bytes[..SIGNATURE.len()]];
    let (mut size, mut place, mut exif, mut xmp) = (None, None, None, None);
    // An alpha channel by the colour type (section 11.2.1), or a colour that is transparent.
    let mut alpha = false;
    let mut at = SIGNATURE.len();
    loop {
        let length = u32_be(bytes, at).ok_or(ImagingError::Truncated)? as usize;
        let kind = bytes.get(at + 4..at + 8).ok_or(ImagingError::Truncated)?;
        let end = at.saturating_add(length).saturating_add(12);
        let chunk = bytes.get(at..end).ok_or(ImagingError::Truncated)?;
        let data = &chunk[8..8 + length];
        if size.is_none() && kind != b"IHDR" {
            return Err(ImagingError::Damaged("it does not begin with its header"));
        }
        match kind {
            b"IHDR" => {
                size = size.or(u32_be(data, 0).zip(u32_be(data, 4)));
                alpha |= data.get(9).is_some_and(|colour_type| colour_type & 4 != 0);
            }
            b"tRNS" => alpha = true,
            b"IDAT" => place = place.or(Some(pieces.len())),
            b"acTL" => return Err(ImagingError::Animated),
            b"eXIf" => exif = exif.or(Some(data)),
            b"iTXt" => xmp = xmp.or(xmp_of(data)),
            _ => {}
        }
        if DRAWING.iter().any(|drawing| drawing.as_slice() == kind) {
            pieces.push(chunk);
        }
        if kind == b"IEND" {
            break;
        }
        at = end;
    }
    let (width, height) = size.ok_or(ImagingError::Damaged("its header is too short"))?;
    Ok(Container {
        format: OutputFormat::Png,
        width,
        height,
        pieces,
        place: place.ok_or(ImagingError::Damaged("it has no pixels"))?,
        profile: None,
        alpha,
        ink: false,
        exif,
        xmp,
    })
}

pub(super) fn write(container: &Container<'_>, notes: Option<&Notes>) -> Vec<u8> {
    let mut chunks = Vec::new();
    if let Some(notes) = notes {
        chunk(&mut chunks, *b"iTXt", &international(XMP_KEYWORD, &notes.xmp));
        match &notes.parameters {
            // `tEXt` is Latin-1; the programs that read this line take either chunk.
            Some(line) if line.is_ascii() => {
                chunk(&mut chunks, *b"tEXt", &[b"parameters\0", line.as_bytes()].concat());
            }
            Some(line) => chunk(&mut chunks, *b"iTXt", &international(b"parameters", line)),
            None => {}
        }
    }
    container.join(&chunks)
}

/// The packet in an `iTXt` chunk, if it is one and not compressed. Ours never is, and so no
/// compressed text of a stranger is ever inflated.
fn xmp_of(data: &[u8]) -> Option<&[u8]> {
    let rest = data.strip_prefix(XMP_KEYWORD)?.strip_prefix(b"\0\0")?;
    // The compression method, then language and translated keyword, each ended by a zero byte.
    let rest = after_zero(rest.get(1..)?)?;
    after_zero(rest)
}

fn after_zero(bytes: &[u8]) -> Option<&[u8]> {
    let zero = bytes.iter().position(|byte| *byte == 0)?;
    bytes.get(zero + 1..)
}

/// `iTXt` data: uncompressed UTF-8, no language, no translated keyword.
fn international(keyword: &[u8], text: &str) -> Vec<u8> {
    [keyword, b"\0\0\0\0\0", text.as_bytes()].concat()
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("a recipe is far below 4 GiB");
    file.extend_from_slice(&length.to_be_bytes());
    let start = file.len();
    file.extend_from_slice(&kind);
    file.extend_from_slice(data);
    let crc = crc32fast::hash(&file[start..]);
    file.extend_from_slice(&crc.to_be_bytes());
}
