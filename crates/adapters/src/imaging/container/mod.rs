//! Picture files taken apart: what draws the picture is kept, what was written about it is not.
//!
//! Only what a viewer needs to draw the picture, colour profile included, survives [`Container::open`].
//! EXIF with its GPS, XMP, IPTC, comments, C2PA manifests (a changed file breaks their signature
//! anyway), embedded previews and whatever follows the end of the picture do not.

mod jpeg;
mod png;
mod webp;

use image::metadata::Orientation;

use imagegen_core::ports::imaging::Recipe;

use super::recipe::parameters;
use super::{Encoded, ImagingError, OutputFormat, encoded, xmp};

/// 32 MiB. FLUX delivers less than 10 MB; uploads are held to 10 MB before they come here.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// 25 megapixels: the limit for uploads, and far above what a model makes.
const MAX_PIXELS: u64 = 25_000_000;
/// WebP stores each side in 14 bits, so that nothing longer could be shown.
const MAX_SIDE: u32 = 16_383;

/// One still picture within our limits, as pieces of the file it came in.
///
/// The compressed pixels have not been looked at: that is decoding.
#[derive(Debug, Clone)]
pub(super) struct Container<'a> {
    format: OutputFormat,
    width: u32,
    height: u32,
    /// Everything that draws the picture, in the order of the file.
    pieces: Vec<&'a [u8]>,
    /// Metadata goes before the piece of this index (PNG, JPEG).
    place: usize,
    /// A colour profile that is a piece of its own making (WebP); elsewhere it is in `pieces`.
    profile: Option<&'a [u8]>,
    /// Whether pixels may be transparent (WebP writes it into its header).
    alpha: bool,
    /// Whether the numbers are amounts of ink (a CMYK JPEG).
    ink: bool,
    exif: Option<&'a [u8]>,
    xmp: Option<&'a [u8]>,
}

/// What is written into a file beside the picture.
struct Notes {
    xmp: String,
    /// The line that this field's other programs read, in PNG only.
    parameters: Option<String>,
}

impl<'a> Container<'a> {
    /// Takes a file apart. Its first bytes decide what it is, never a name or a header.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ImagingError> {
        let container = Self::open_any(bytes)?;
        // Ink needs its profile to become light; a formula without it gives other colours.
        if container.ink {
            return Err(ImagingError::Unsupported("CMYK pictures"));
        }
        Ok(container)
    }

    /// The same, and a picture in ink too: for a use where nearly the right colours are better than no picture.
    pub(super) fn open_any(bytes: &'a [u8]) -> Result<Self, ImagingError> {
        if bytes.len() > MAX_BYTES {
            return Err(ImagingError::TooLarge(format!("{} bytes", bytes.len())));
        }
        Self::take_apart(bytes)
    }

    /// The same for a file that we have just encoded, which may be longer than what we accept.
    pub(super) fn take_apart(bytes: &'a [u8]) -> Result<Self, ImagingError> {
        let container = if bytes.starts_with(png::SIGNATURE) {
            png::open(bytes)
        } else if bytes.starts_with(jpeg::SIGNATURE) {
            jpeg::open(bytes)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            webp::open(bytes)
        } else {
            Err(ImagingError::UnknownFormat)
        }?;
        check_size(container.width, container.height)?;
        Ok(container)
    }

    pub(super) fn format(&self) -> OutputFormat {
        self.format
    }

    /// As the header has it, before the picture is turned upright.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The XMP packet as it stands in the file, unchecked.
    pub(super) fn xmp(&self) -> Option<&'a [u8]> {
        self.xmp
    }

    /// How the pixels have to be turned to be looked at.
    pub(super) fn orientation(&self) -> Orientation {
        self.exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
    }

    pub(super) fn is_upright(&self) -> bool {
        self.orientation() == Orientation::NoTransforms
    }

    pub(super) fn is_opaque(&self) -> bool {
        !self.alpha
    }

    /// Gives a WebP the colour profile that its pixels are meant in.
    pub(super) fn set_profile(&mut self, profile: &'a [u8]) {
        debug_assert_eq!(self.format, OutputFormat::Webp, "the other encoders write profiles");
        self.profile = Some(profile);
    }

    /// The file with nothing but the picture: what a decoder is shown.
    pub(super) fn bare(&self) -> Vec<u8> {
        self.write(None)
    }

    /// The file with the picture and the whole recipe.
    ///
    /// A JPEG holds a packet of at most 65,504 bytes. One that is longer loses the prompt, and if
    /// that is not enough all but the mark: a shortened prompt would be a wrong recipe, a missing
    /// one is an incomplete recipe.
    pub(super) fn seal(&self, recipe: &Recipe) -> Encoded {
        let notes = Notes { xmp: xmp::packet(recipe), parameters: Some(parameters(recipe)) };
        if self.holds(&notes) {
            return encoded(self.format, self.write(Some(&notes)));
        }
        let recipe = Recipe { prompt: None, ..recipe.clone() };
        let notes = Notes { xmp: xmp::packet(&recipe), parameters: None };
        if self.holds(&notes) {
            return encoded(self.format, self.write(Some(&notes)));
        }
        self.seal_mark(&recipe.created_at)
    }

    /// The file with the picture and the mark that a model made it at `created_at` (RFC 3339,
    /// or empty when that is unknown).
    pub(super) fn seal_mark(&self, created_at: &str) -> Encoded {
        // No timestamp is longer; it may have been read from a stranger's file.
        let created_at = Some(created_at).filter(|time| time.len() <= 64).unwrap_or_default();
        let notes = Notes { xmp: xmp::mark(created_at), parameters: None };
        encoded(self.format, self.write(Some(&notes)))
    }

    fn holds(&self, notes: &Notes) -> bool {
        match self.format {
            OutputFormat::Jpeg => notes.xmp.len() <= jpeg::MAX_XMP,
            OutputFormat::Webp | OutputFormat::Png => true,
        }
    }

    fn write(&self, notes: Option<&Notes>) -> Vec<u8> {
        match self.format {
            OutputFormat::Webp => webp::write(self, notes),
            OutputFormat::Png => png::write(self, notes),
            OutputFormat::Jpeg => jpeg::write(self, notes),
        }
    }

    /// The kept pieces with `notes` in their place.
    fn join(&self, notes: &[u8]) -> Vec<u8> {
        let length: usize = self.pieces.iter().map(|piece| piece.len()).sum();
        let mut file = Vec::with_capacity(length + notes.len());
        for (index, piece) in self.pieces.iter().enumerate() {
            if index == self.place {
                file.extend_from_slice(notes);
            }
            file.extend_from_slice(piece);
        }
        file
    }
}

/// Refuses decompression bombs by what their header promises.
fn check_size(width: u32, height: u32) -> Result<(), ImagingError> {
    if width == 0 || height == 0 {
        return Err(ImagingError::Damaged("it has no width or no height"));
    }
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImagingError::TooLarge(format!("{width} × {height} pixels")));
    }
    Ok(())
}

/// Four bytes at `at`, most significant first.
fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Two bytes at `at`, most significant first.
fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Four bytes at `at`, least significant first.
fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    u32_be(bytes, at).map(u32::swap_bytes)
}
