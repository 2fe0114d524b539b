//! The XMP packet: one for all three formats, because each of them has a place for it.
//!
//! Written by hand, as it is one fixed shape; read by `roxmltree`, because others rewrite it.
//! That reader is safe Rust, knows namespaces, refuses document type declarations (and with them
//! entity bombs) and bounds its nodes; a pull parser would leave the namespaces to us.

use std::borrow::Cow;
use std::fmt::Write as _;

use roxmltree::{Document, Node, ParsingOptions};

use imagegen_core::ports::imaging::Recipe;

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const IPTC_EXT: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
/// Our own names. It is an identifier; nothing is served there.
const IGAI: &str = "https://imagegenerator.example/ns/recipe/1.0/";

/// "Created using Generative AI" in [IPTC's vocabulary], the mark that platforms look for.
///
/// [IPTC's vocabulary]: https://cv.iptc.org/newscodes/digitalsourcetype/
const MADE_BY_MODEL: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
const CREATOR_TOOL: &str = "ImageGenerator AI";

/// A packet longer than this, in bytes, is not read: ours is a few thousand.
const MAX_READ: usize = 1024 * 1024;
/// Elements, attributes and texts that a packet may have to be read. Ours has about fifty.
const MAX_NODES: u32 = 10_000;

/// The packet with the whole recipe.
pub(super) fn packet(recipe: &Recipe) -> String {
    let mut body = String::new();
    if let Some(prompt) = &recipe.prompt {
        write!(
            body,
            "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:description>",
            escaped(prompt)
        )
        .expect("writing to a string");
    }
    let mut field = |name: &str, value: &str| {
        write!(body, "<igai:{name}>{}</igai:{name}>", escaped(value)).expect("writing to a string");
    };
    field("model", &recipe.model);
    field("seed", &recipe.seed.to_string());
    field("width", &recipe.width.to_string());
    field("height", &recipe.height.to_string());
    field("generation", &recipe.generation);
    field("index", &recipe.index.to_string());
    if let Some(parent) = &recipe.parent {
        field("parent", parent);
    }
    wrapped(&recipe.created_at, &body)
}

/// The packet that says that a model made the picture, and nothing of how.
pub(super) fn mark(created_at: &str) -> String {
    wrapped(created_at, "")
}

/// The recipe in a packet of ours. `None` for anything else.
pub(super) fn parse(packet: &[u8]) -> Option<Recipe> {
    let text = std::str::from_utf8(packet.get(..packet.len().min(MAX_READ + 1))?).ok()?;
    if text.len() > MAX_READ {
        return None;
    }
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_matches('\0'), options).ok()?;
    let number = |name| property(&document, IGAI, name)?.trim().parse::<u32>().ok();
    Some(Recipe {
        prompt: property(&document, DC, "description"),
        model: property(&document, IGAI, "model")?,
        seed: number("seed")?,
        width: number("width")?,
        height: number("height")?,
        parent: property(&document, IGAI, "parent"),
        generation: property(&document, IGAI, "generation")?,
        index: number("index")?,
        created_at: property(&document, XMP, "CreateDate")?,
    })
}

/// Text as it can stand in a file: without control characters (line ends and tabs stay) and
/// without the two code points that XML 1.0 forbids beside them.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    let unwanted = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(unwanted) {
        Cow::Owned(text.replace(unwanted, ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn wrapped(created_at: &str, body: &str) -> String {
    // The packet is marked read-only ("r"): a change in place would break a PNG's checksum.
    let date = if created_at.is_empty() {
        String::new()
    } else {
        format!("<xmp:CreateDate>{}</xmp:CreateDate>", escaped(created_at))
    };
    let ours = if body.is_empty() {
        String::new()
    } else {
        format!(" xmlns:dc=\"{DC}\" xmlns:igai=\"{IGAI}\"")
    };
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">\
         <rdf:Description rdf:about=\"\" xmlns:xmp=\"{XMP}\" xmlns:Iptc4xmpExt=\"{IPTC_EXT}\"{ours}>\
         <Iptc4xmpExt:DigitalSourceType>{MADE_BY_MODEL}</Iptc4xmpExt:DigitalSourceType>\
         <xmp:CreatorTool>{CREATOR_TOOL}</xmp:CreatorTool>{date}{body}\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    )
}

/// For an element's text. `>` too, because of `]]>`; a carriage return would else become a
/// line feed on reading.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#xD;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A property of the picture, in either form that RDF allows: an attribute or an element of
/// `rdf:Description`. A choice of languages gives its first.
fn property(document: &Document<'_>, namespace: &str, name: &str) -> Option<String> {
    document.descendants().filter(|node| node.has_tag_name((RDF, "Description"))).find_map(
        |description| {
            if let Some(value) = description.attribute((namespace, name)) {
                return Some(value.to_owned());
            }
            let element = description.children().find(|c| c.has_tag_name((namespace, name)))?;
            let item = element.descendants().find(|node| node.has_tag_name((RDF, "li")));
            Some(text_of(item.unwrap_or(element)))
        },
    )
}

fn text_of(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}
