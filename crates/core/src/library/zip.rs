//! Zip files, written front to back: files are stored as they are, because pictures are compressed already. The format
//! is PKWARE's APPNOTE 6.3; without ZIP64, so up to 4 GiB and 65,535 files.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A zip on its way out: what was written so far, as far as its directory needs it.
#[derive(Debug, Default)]
pub(super) struct Zip {
    offset: u32,
    directory: Vec<u8>,
    files: u16,
}

/// Made on Unix, by 2.0: else a reader takes the attributes for those of DOS.
const MADE_BY: u16 = 0x0314;
const NEEDS: u16 = 20;
/// The name is UTF-8.
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;
/// A file that its owner reads and writes, and others read.
const ATTRIBUTES: u32 = 0o100_644 << 16;

impl Zip {
    /// What goes out before `bytes`. `None`: it does not fit any more, and is to be left out.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8], at: Timestamp) -> Option<Vec<u8>> {
        let mut facts = Vec::with_capacity(26);
        let (time, date) = dos_time(at);
        for half in [NEEDS, FLAGS, STORED, time, date] {
            facts.extend(half.to_le_bytes());
        }
        let size = u32::try_from(bytes.len()).ok()?;
        for word in [crc32fast::hash(bytes), size, size] {
            facts.extend(word.to_le_bytes());
        }
        facts.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
        // No extra field.
        facts.extend([0; 2]);

        let mut header = b"PK\x03\x04".to_vec();
        header.extend(&facts);
        header.extend(name.as_bytes());
        let mut entry = b"PK\x01\x02".to_vec();
        entry.extend(MADE_BY.to_le_bytes());
        entry.extend(&facts);
        // No comment; on the first disk; not a text as such.
        entry.extend([0; 6]);
        entry.extend(ATTRIBUTES.to_le_bytes());
        entry.extend(self.offset.to_le_bytes());
        entry.extend(name.as_bytes());

        let written = u32::try_from(header.len()).ok()?.checked_add(size)?;
        let offset = self.offset.checked_add(written)?;
        let files = self.files.checked_add(1).filter(|files| *files < u16::MAX)?;
        // The directory has to begin below 4 GiB as well, and to end there.
        let directory = u32::try_from(self.directory.len() + entry.len() + 22).ok()?;
        offset.checked_add(directory)?;
        (self.offset, self.files) = (offset, files);
        self.directory.extend(entry);
        Some(header)
    }

    /// What goes out last.
    pub(super) fn end(self) -> Vec<u8> {
        let length = u32::try_from(self.directory.len()).expect("each file made sure");
        let mut end = self.directory;
        end.extend(b"PK\x05\x06\0\0\0\0");
        end.extend(self.files.to_le_bytes());
        end.extend(self.files.to_le_bytes());
        end.extend(length.to_le_bytes());
        end.extend(self.offset.to_le_bytes());
        // No comment.
        end.extend([0; 2]);
        end
    }
}

/// In UTC, to two seconds; from 1980 on, as there is nothing earlier.
fn dos_time(at: Timestamp) -> (u16, u16) {
    let at = at.to_zoned(TimeZone::UTC);
    let part = |n: i8| u16::try_from(n).expect("parts of a time are not negative");
    let time = (part(at.hour()) << 11) | (part(at.minute()) << 5) | (part(at.second()) / 2);
    let year = u16::try_from((at.year() - 1980).clamp(0, 127)).expect("it is clamped");
    (time, (year << 9) | (part(at.month()) << 5) | part(at.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_is_as_the_format_has_it() {
        let mut zip = Zip::default();
        let at = "2026-11-22T14:30:06Z".parse().expect("a time");
        let mut bytes = zip.file("a.txt", b"hello", at).expect("it fits");
        bytes.extend(b"hello");
        bytes.extend(zip.end());
        // CRC-32 of `hello` is 0x3610a686.
        let facts =
            b"\x14\0\0\x08\0\0\xc3\x73\x76\x5d\x86\xa6\x10\x36\x05\0\0\0\x05\0\0\0\x05\0\0\0";
        let mut wanted = b"PK\x03\x04".to_vec();
        wanted.extend(facts);
        wanted.extend(b"a.txthello");
        wanted.extend(b"PK\x01\x02\x14\x03");
        wanted.extend(facts);
        wanted.extend(b"\0\0\0\0\0\0\0\0\xa4\x81\0\0\0\0a.txt");
        wanted.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0\x28\0\0\0\0\0");
        assert_eq!(bytes, wanted);
    }

    #[test]
    fn what_would_pass_four_gibibytes_is_left_out() {
        let mut zip = Zip { offset: u32::MAX - 100, ..Zip::default() };
        assert_eq!(zip.file("a", &[0; 100], Timestamp::UNIX_EPOCH), None);
        assert_eq!((zip.files, zip.directory.len()), (0, 0), "nothing of it stays");
        let mut zip = Zip { files: u16::MAX - 1, ..Zip::default() };
        assert_eq!(zip.file("a", b"", Timestamp::UNIX_EPOCH), None);
    }
}
