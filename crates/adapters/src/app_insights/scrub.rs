//! What must not leave: the queries of addresses, which hold signatures, tokens, and e-mail addresses.
//!
//! Whoever writes to the log keeps them out; this is for what others put into their error messages.

/// What stands in place of what was taken out.
const GONE: char = '…';

/// `text` without them, at most `most` characters long.
pub(super) fn scrubbed(text: &str, most: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(most));
    let mut after_bearer = false;
    for word in text.split_inclusive(char::is_whitespace) {
        let (bare, space) = word.split_at(word.trim_end().len());
        let kept = if after_bearer { "" } else { keep(bare) };
        clean.push_str(kept);
        if kept.len() < bare.len() {
            clean.push(GONE);
        }
        clean.push_str(space);
        after_bearer =
            bare.eq_ignore_ascii_case("bearer") || bare.ends_with("SharedAccessSignature");
    }
    match clean.char_indices().nth(most) {
        Some((end, _)) => clean[..end].to_owned(),
        None => clean,
    }
}

/// As much of the beginning of a word as may be seen.
fn keep(word: &str) -> &str {
    let token = word.find("eyJ").filter(|_| word.matches('.').count() >= 2);
    let query = word.find('?').filter(|at| word[*at..].contains('='));
    let signature = word.find("sig=");
    let mail = word.find('@').filter(|at| word[*at..].contains('.')).map(|_| 0);
    let ends = [token, query, signature, mail];
    match ends.into_iter().flatten().min() {
        Some(end) => &word[..end],
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_passes() {
        for (text, kept) in [
            (
                "GET https://a.example/x/y.webp?sv=1&sig=abc%3D failed",
                "GET https://a.example/x/y.webp… failed",
            ),
            (
                "authorization: Bearer abc.def.ghi was refused",
                "authorization: Bearer … was refused",
            ),
            ("token eyJhbGciOi.eyJzdWIi.c2ln, and more", "token … and more"),
            ("(ada@example.com)", "…"),
            ("SharedAccessSignature sr=x&sig=y&se=1", "SharedAccessSignature …"),
            ("what? no = sign here", "what? no = sign here"),
            ("a plain  sentence\n", "a plain  sentence\n"),
        ] {
            assert_eq!(scrubbed(text, 1_000), kept, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(scrubbed("äöü", 2), "äö");
        assert_eq!(scrubbed("abc", 3), "abc");
    }
}
