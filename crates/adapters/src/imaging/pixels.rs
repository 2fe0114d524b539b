//! Decoded pictures: eight bits a channel, upright, and no larger than the header promised.

use std::borrow::Cow;
use std::io::Cursor;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use moxcms::{ColorProfile, TransformOptions};

use super::container::Container;
use super::{ImagingError, OutputFormat};

/// Memory that one decoder may take, in bytes: 25 megapixels of 16-bit RGBA are 200 MB.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Rgb,
    Rgba,
}

/// Rows from the top, without padding. Transparency is not premultiplied.
#[derive(Debug, Clone)]
pub(super) struct Pixels {
    width: u32,
    height: u32,
    layout: Layout,
    data: Vec<u8>,
    /// The ICC profile the numbers are meant in. `None` is sRGB, as everywhere on the web.
    ///
    /// Nothing is converted and nothing is dropped: a profile goes where its pixels go, because
    /// without it they would be shown in other colours, and a conversion would be a loss that
    /// nobody asked for. What models make has none.
    profile: Option<Vec<u8>>,
}

impl Pixels {
    /// Decodes a picture whose header has passed the limits, and holds the decoder to them.
    ///
    /// The decoder sees the bare picture only, so that no stranger's metadata reaches it.
    pub(super) fn decode(container: &Container<'_>) -> Result<Self, ImagingError> {
        let (width, height) = container.size();
        let mut limits = Limits::default();
        limits.max_image_width = Some(width);
        limits.max_image_height = Some(height);
        limits.max_alloc = Some(MAX_MEMORY);

        let bare = container.bare();
        let format = match container.format() {
            OutputFormat::Webp => ImageFormat::WebP,
            OutputFormat::Png => ImageFormat::Png,
            OutputFormat::Jpeg => ImageFormat::Jpeg,
        };
        let mut reader = ImageReader::with_format(Cursor::new(bare.as_slice()), format);
        reader.limits(limits.clone());
        let mut decoder = reader.into_decoder().map_err(ImagingError::Decode)?;
        if decoder.dimensions() != (width, height) {
            return Err(ImagingError::Damaged("its sizes contradict each other"));
        }
        limits.reserve(decoder.total_bytes()).map_err(ImagingError::Decode)?;
        let profile = decoder.icc_profile().ok().flatten().filter(|profile| describes_rgb(profile));
        let mut picture = DynamicImage::from_decoder(decoder).map_err(ImagingError::Decode)?;
        picture.apply_orientation(container.orientation());
        Ok(Self::of(picture, profile))
    }

    fn of(picture: DynamicImage, profile: Option<Vec<u8>>) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let (layout, data) = if picture.color().has_alpha() {
            let data = picture.into_rgba8().into_raw();
            // Many tools write an alpha channel that hides nothing; it would be encoded again.
            if data.iter().skip(3).step_by(4).all(|alpha| *alpha == 255) {
                (Layout::Rgb, without_alpha(&data))
            } else {
                (Layout::Rgba, data)
            }
        } else {
            (Layout::Rgb, picture.into_rgb8().into_raw())
        };
        Self { width, height, layout, data, profile }
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn height(&self) -> u32 {
        self.height
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }

    pub(super) fn profile(&self) -> Option<&[u8]> {
        self.profile.as_deref()
    }

    /// The channels of the pixel in column `x` and row `y`, if there is one.
    pub(super) fn at_mut(&mut self, x: i64, y: i64) -> Option<&mut [u8]> {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        if x >= self.width || y >= self.height {
            return None;
        }
        let channels = self.layout.channels();
        let start = (y as usize * self.width as usize + x as usize) * channels;
        self.data.get_mut(start..start + channels)
    }

    /// The picture scaled to a longest side of `side` pixels, or itself when it is no larger.
    pub(super) fn within(&self, side: u32) -> Result<Cow<'_, Self>, ImagingError> {
        let longest = self.width.max(self.height);
        if longest <= side {
            return Ok(Cow::Borrowed(self));
        }
        let scaled = |length: u32| {
            let rounded = (u64::from(length) * u64::from(side) * 2 + u64::from(longest))
                / (u64::from(longest) * 2);
            u32::try_from(rounded).expect("not longer than before").max(1)
        };
        let (width, height) = (scaled(self.width), scaled(self.height));
        let kind = match self.layout {
            Layout::Rgb => PixelType::U8x3,
            Layout::Rgba => PixelType::U8x4,
        };
        let refused = |error: &dyn std::fmt::Display| ImagingError::Encode {
            format: "a smaller picture",
            reason: error.to_string(),
        };
        let source = ImageRef::new(self.width, self.height, &self.data, kind)
            .map_err(|error| refused(&error))?;
        let mut target = Image::new(width, height, kind);
        // Catmull-Rom: as sharp as Lanczos to the eye at these ratios, without its halos, and
        // a third less work.
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        Resizer::new().resize(&source, &mut target, &options).map_err(|error| refused(&error))?;
        Ok(Cow::Owned(Self {
            width,
            height,
            layout: self.layout,
            data: target.into_vec(),
            profile: self.profile.clone(),
        }))
    }

    /// The same colours in the numbers of sRGB, which is what models take every picture for.
    ///
    /// A profile that cannot be read, or is larger than any real one, is passed over: the picture then looks as in a
    /// program that knows no profiles.
    pub(super) fn in_srgb(mut self) -> Self {
        /// Bytes. A profile of a camera or screen has a few hundred to a few thousand.
        const LARGEST_PROFILE: usize = 1024 * 1024;
        let profile = self.profile.take().filter(|profile| profile.len() <= LARGEST_PROFILE);
        let converted = profile.and_then(|profile| {
            let source = ColorProfile::new_from_slice(&profile).ok()?;
            let layout = match self.layout {
                Layout::Rgb => moxcms::Layout::Rgb,
                Layout::Rgba => moxcms::Layout::Rgba,
            };
            let (target, options) = (ColorProfile::new_srgb(), TransformOptions::default());
            let transform = source.create_transform_8bit(layout, &target, layout, options).ok()?;
            let mut converted = vec![0; self.data.len()];
            let row = self.width as usize * self.layout.channels();
            for (from, to) in self.data.chunks_exact(row).zip(converted.chunks_exact_mut(row)) {
                transform.transform(from, to).ok()?;
            }
            Some(converted)
        });
        if let Some(converted) = converted {
            self.data = converted;
        }
        self
    }

    /// The picture on white paper, as pixels that nothing shines through.
    pub(super) fn flat(self) -> Self {
        match self.layout {
            Layout::Rgb => self,
            Layout::Rgba => {
                Self { layout: Layout::Rgb, data: self.on_white().into_owned(), ..self }
            }
        }
    }

    /// The picture on white paper, for a format without transparency.
    pub(super) fn on_white(&self) -> Cow<'_, [u8]> {
        match self.layout {
            Layout::Rgb => Cow::Borrowed(&self.data),
            Layout::Rgba => Cow::Owned(
                self.data
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .flat_map(|[r, g, b, a]| [r, g, b].map(|channel| over_white(*channel, *a)))
                    .collect(),
            ),
        }
    }
}

impl Layout {
    fn channels(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

fn without_alpha(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect()
}

fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).expect("a mean of bytes")
}

/// Whether an ICC profile is for the numbers that we hold (ICC.1, section 7.2.6): a grey
/// picture's own profile says nothing about the RGB that it has become.
fn describes_rgb(profile: &[u8]) -> bool {
    profile.get(16..20) == Some(b"RGB ")
}
