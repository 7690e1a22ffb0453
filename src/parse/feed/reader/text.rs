//! Texts: what they hold, as plain text or as HTML.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use url::Url;

use crate::model::Text;
use crate::parse::repair::{Attribute, Element, is_void};

use super::fields::TextField;
use super::markup::looks_like_html;

/// Base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How a text's characters are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Nominally plain, which RSS's publishers ignore: HTML where it looks so.
    Guess,
    /// Escaped markup.
    Html,
    /// Elements.
    Markup,
    Base64,
    /// A picture or the like.
    Binary,
}

/// A text that is being read, with the elements found in it written out again.
#[derive(Debug)]
pub(super) struct Construct<'a> {
    value: Cow<'a, str>,
    kind: Kind,
    /// Whether text has to be escaped to stay itself.
    markup: bool,
    depth: usize,
    /// Whether all stands in one `div`, and where its content begins.
    wrapper: Option<usize>,
    elements: usize,
    /// What stands round the text, and every `xml:base` inside it with the depth it was written at.
    around: Option<Url>,
    bases: Vec<(usize, Url)>,
    pub(super) src: Option<String>,
}

impl<'a> Construct<'a> {
    pub(super) fn new(
        field: Option<TextField>,
        attributes: &[Attribute<'_>],
        is_atom: bool,
        around: Option<Url>,
    ) -> Self {
        let get = |name: &str| {
            attributes
                .iter()
                .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
                .map(|attribute| attribute.value.trim().to_ascii_lowercase())
        };
        let kind = kind(field, get("type"), get("mode").as_deref(), is_atom);
        Self {
            value: Cow::Borrowed(""),
            kind,
            markup: kind == Kind::Markup,
            depth: 0,
            wrapper: None,
            elements: 0,
            around,
            bases: Vec::new(),
            src: attributes
                .iter()
                .find(|attribute| attribute.name == "src")
                .map(|attribute| attribute.value.trim().to_owned()),
        }
    }

    pub(super) fn text(&mut self, text: Cow<'a, str>) {
        if self.depth == 0 && self.elements > 0 && !text.trim().is_empty() {
            self.wrapper = None;
        }
        if self.markup {
            escape(&text, false, self.value.to_mut());
        } else if self.value.is_empty() {
            self.value = text;
        } else {
            self.value.to_mut().push_str(&text);
        }
    }

    pub(super) fn start(&mut self, element: &Element<'_>, attributes: &[Attribute<'_>]) {
        if !self.markup {
            // Declared as text or as escaped markup, and yet here are elements.
            self.markup = true;
            if self.kind != Kind::Html && !self.value.trim().is_empty() {
                let before = std::mem::take(&mut self.value);
                let escaped = self.value.to_mut();
                escape(&before, false, escaped);
            }
        }
        let first = self.depth == 0 && self.elements == 0 && self.value.trim().is_empty();
        let name = element.written;
        self.open_base(attributes);
        let base = self.bases.last().map(|(_, base)| base);
        let out = self.value.to_mut();
        out.push('<');
        out.push_str(name);
        for attribute in attributes {
            if attribute.name.starts_with("xmlns") {
                continue;
            }
            out.push(' ');
            out.push_str(
                attribute
                    .name
                    .strip_prefix("xhtml:")
                    .unwrap_or(attribute.name),
            );
            out.push_str("=\"");
            let resolved = base
                .filter(|_| ADDRESSES.contains(&attribute.name))
                .and_then(|base| resolved(&attribute.value, base));
            escape(resolved.as_deref().unwrap_or(&attribute.value), true, out);
            out.push('"');
        }
        out.push('>');
        if first && name.eq_ignore_ascii_case("div") {
            self.wrapper = Some(out.len());
        } else if self.depth == 0 {
            self.wrapper = None;
        }
        self.elements += 1;
        self.depth += 1;
    }

    /// `xml:base` inside XHTML: whoever reads the text later sees only the one round it.
    fn open_base(&mut self, attributes: &[Attribute<'_>]) {
        let Some(written) = attributes.iter().find(|known| known.name == "xml:base") else {
            return;
        };
        let outer = self
            .bases
            .last()
            .map(|(_, base)| base)
            .or(self.around.as_ref());
        let base = match outer {
            Some(outer) => outer.join(written.value.trim()),
            None => Url::parse(written.value.trim()),
        };
        if let Ok(base) = base
            && base.as_str().len() <= 2048
        {
            self.bases.push((self.depth, base));
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.bases.pop_if(|(depth, _)| *depth >= self.depth);
        if !is_void(name) {
            let out = self.value.to_mut();
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }

    /// The text, if there is any.
    pub(super) fn finish(self) -> Option<Text> {
        if self.markup {
            let inside = self
                .wrapper
                .and_then(|start| self.value.get(start..)?.trim_end().strip_suffix("</div>"));
            return non_empty(inside.unwrap_or(&self.value)).map(Text::html);
        }
        match self.kind {
            Kind::Binary => None,
            Kind::Base64 => {
                let packed: String = self.value.split_whitespace().collect();
                let bytes = LENIENT.decode(packed.as_bytes()).ok();
                let decoded = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                // What is no base64 after all is the text itself.
                guess(&decoded.unwrap_or_else(|| self.value.into_owned()))
            }
            Kind::Guess => guess(&self.value),
            Kind::Html | Kind::Markup => own(self.value).map(Text::html),
            Kind::Plain => own(self.value).map(Text::plain),
        }
    }
}

/// Attributes that hold one address.
const ADDRESSES: [&str; 6] = ["href", "src", "cite", "poster", "longdesc", "data"];

fn resolved(address: &str, base: &Url) -> Option<String> {
    let address = address.trim();
    // What points into the same text, or stands for itself already.
    if address.is_empty() || address.starts_with('#') || Url::parse(address).is_ok() {
        return None;
    }
    base.join(address).ok().map(String::from)
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Trimmed, and not copied where nothing was to trim.
pub(super) fn own(text: Cow<'_, str>) -> Option<String> {
    let trimmed = non_empty(&text)?;
    Some(if trimmed.len() == text.len() {
        text.into_owned()
    } else {
        trimmed.to_owned()
    })
}

fn guess(text: &str) -> Option<Text> {
    let text = non_empty(text)?;
    Some(if looks_like_html(text) {
        Text::html(text)
    } else {
        Text::plain(text)
    })
}

fn kind(
    field: Option<TextField>,
    declared: Option<String>,
    mode: Option<&str>,
    is_atom: bool,
) -> Kind {
    if mode == Some("base64") {
        return Kind::Base64;
    }
    let escaped = mode == Some("escaped");
    let guess = if is_atom { Kind::Plain } else { Kind::Guess };
    let declared = declared.filter(|declared| !declared.is_empty());
    let Some(declared) = declared else {
        return match field {
            Some(TextField::Description | TextField::FullContent) => Kind::Html,
            Some(TextField::Body) => Kind::Markup,
            // Where the mode says how, the type is to be seen.
            _ if escaped => Kind::Guess,
            _ => guess,
        };
    };
    let bare = declared.split(';').next().unwrap_or_default().trim();
    match bare {
        "html" | "text/html" => Kind::Html,
        "xhtml" | "application/xhtml+xml" | "text/xhtml" if escaped => Kind::Html,
        "xhtml" | "application/xhtml+xml" | "text/xhtml" => Kind::Markup,
        "text" | "plain" | "text/plain" => guess,
        _ if bare.ends_with("+xml") || bare.ends_with("/xml") => Kind::Markup,
        _ if bare.starts_with("text/") => guess,
        _ if ["image/", "audio/", "video/", "font/"]
            .iter()
            .any(|kind| bare.starts_with(kind)) =>
        {
            Kind::Binary
        }
        // RFC 4287, 4.1.3.3: anything else is base64. A word that is no media type is nonsense.
        _ if bare.contains('/') && field == Some(TextField::Content) => Kind::Base64,
        _ => Kind::Guess,
    }
}

/// Writes text so that HTML reads it as itself.
pub(super) fn escape(text: &str, in_attribute: bool, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        into.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'&' => into.push_str("&amp;"),
            b'<' => into.push_str("&lt;"),
            b'>' => into.push_str("&gt;"),
            _ if in_attribute => into.push_str("&quot;"),
            _ => into.push('"'),
        }
        rest = &rest[at + 1..];
    }
    into.push_str(rest);
}
