//! GUIDs as .NET writes them ("D" format): invocation ids, lock tokens, message ids.

/// A random GUID (version 4), in lower case with hyphens.
pub(crate) fn random() -> String {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            text.push(char::from_digit(u32::from(digit), 16).expect("four bits are one digit"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_guid_has_the_form_that_dotnet_prints() {
        let guid = super::random();
        let groups: Vec<usize> = guid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&guid[14..15], "4");
        assert_ne!(guid, super::random());
    }
}
