//! The normalised document: what the reader sees, as well-formed XML in the dialect of today.

use super::namespaces::{Namespace as Ns, all_printed};
use super::stream::{Element, Event, Stream};

/// Atom 0.3's names for what Atom 1.0 calls otherwise, and the names of RSS that have capitals.
const NAMES: [(Ns, &str, &str); 14] = [
    (Ns::Atom, "tagline", "subtitle"),
    (Ns::Atom, "copyright", "rights"),
    (Ns::Atom, "modified", "updated"),
    (Ns::Atom, "issued", "published"),
    (Ns::Core, "pubdate", "pubDate"),
    (Ns::Core, "lastbuilddate", "lastBuildDate"),
    (Ns::Core, "managingeditor", "managingEditor"),
    (Ns::Core, "webmaster", "webMaster"),
    (Ns::Core, "textinput", "textInput"),
    (Ns::Core, "skiphours", "skipHours"),
    (Ns::Core, "skipdays", "skipDays"),
    (Ns::Rdf, "rdf", "RDF"),
    (Ns::Rdf, "seq", "Seq"),
    (Ns::Rdf, "description", "Description"),
];

const RSS10: &str = "http://purl.org/rss/1.0/";

struct Printer {
    out: String,
    names: Vec<String>,
    /// What an element without prefix belongs to.
    own: Ns,
    /// Atom's vocabulary is read by its own names whatever it is declared as.
    is_atom: bool,
}

/// Prints a stream to its end.
pub(super) fn print(stream: &mut Stream<'_>) -> String {
    let mut printer = Printer {
        out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
        names: Vec::new(),
        own: Ns::Core,
        is_atom: false,
    };
    while let Some(event) = stream.next() {
        match event {
            Event::Start(element) => printer.start(&element, stream),
            Event::Text(text) => escape(&text, &mut printer.out),
            // There is one root: what stands behind its end is printed in it.
            Event::End if printer.names.len() > 1 => printer.end(),
            Event::End | Event::Cut => {}
        }
    }
    printer.end();
    printer.out.push('\n');
    printer.out
}

impl Printer {
    fn end(&mut self) {
        if let Some(name) = self.names.pop() {
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
    }

    fn start(&mut self, element: &Element<'_>, stream: &Stream<'_>) {
        let is_root = self.names.is_empty();
        if is_root {
            self.is_atom = matches!(&*element.local, "feed" | "entry");
            self.own = if self.is_atom { Ns::Atom } else { Ns::Core };
        }
        let mut namespace = element.namespace;
        if self.is_atom && namespace == Ns::Core {
            namespace = Ns::Atom;
        } else if is_root && matches!(&*element.local, "rss" | "channel") {
            namespace = Ns::Core;
        }
        if &*element.local == "rdf" && is_root {
            namespace = Ns::Rdf;
        }
        let local = NAMES
            .iter()
            .find(|(known, name, _)| *known == namespace && *name == element.local)
            .map(|(_, _, now)| *now);
        let plain = if namespace.is_core() {
            &*element.local
        } else {
            element.written
        };
        let local = tidy(local.unwrap_or(plain));
        let prefix = tidy(element.prefix);
        let name = match namespace.printed() {
            _ if namespace == self.own => local,
            Some((prefix, _)) => format!("{prefix}:{local}"),
            None if prefix.is_empty() => local,
            None => format!("{prefix}:{local}"),
        };
        self.out.push('<');
        self.out.push_str(&name);
        if is_root {
            self.declare_all(element, stream);
        }
        let unknown = namespace == Ns::Other && !prefix.is_empty();
        if unknown {
            self.attribute(&format!("xmlns:{prefix}"), &format!("urn:prefix:{prefix}"));
        }
        self.attributes(stream, namespace, is_root, &prefix);
        self.out.push('>');
        self.names.push(name);
    }

    fn declare_all(&mut self, element: &Element<'_>, stream: &Stream<'_>) {
        for (namespace, prefix, address) in all_printed() {
            if namespace == Ns::Xml {
                continue;
            }
            if namespace == self.own {
                self.attribute("xmlns", address);
            } else {
                self.attribute(&format!("xmlns:{prefix}"), address);
            }
        }
        if &*element.local == "rdf" {
            self.attribute("xmlns", RSS10);
        }
        if &*element.local == "rss" {
            let version = stream
                .attributes()
                .iter()
                .find(|attribute| attribute.name.eq_ignore_ascii_case("version"))
                .map(|attribute| attribute.value.trim());
            let version = version.filter(|version| matches!(*version, "0.91" | "0.92"));
            self.attribute("version", version.unwrap_or("2.0"));
        }
    }

    fn attributes(&mut self, stream: &Stream<'_>, namespace: Ns, is_root: bool, own: &str) {
        let mut seen: Vec<String> = Vec::new();
        for attribute in stream.attributes() {
            let (prefix, local) = attribute
                .name
                .split_once(':')
                .unwrap_or(("", attribute.name));
            if attribute.name.starts_with("xmlns") || (is_root && local == "version") {
                continue;
            }
            let name = match Ns::of_prefix(prefix).printed() {
                _ if prefix.is_empty() => tidy(local),
                Some((prefix, _)) => format!("{prefix}:{}", tidy(local)),
                None if prefix == own => format!("{own}:{}", tidy(local)),
                None => tidy(local),
            };
            if name.is_empty() || seen.contains(&name) {
                continue;
            }
            let value = match (&*name, namespace) {
                ("type", Ns::Atom) => modern_type(&attribute.value),
                ("mode", Ns::Atom) => continue,
                _ => &attribute.value,
            };
            self.attribute(&name, value);
            seen.push(name);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(value, &mut self.out);
        self.out.push('"');
    }
}

/// Atom 0.3 wrote media types where 1.0 has words.
fn modern_type(written: &str) -> &str {
    match written.trim().to_ascii_lowercase().as_str() {
        "text/plain" => "text",
        "text/html" => "html",
        "application/xhtml+xml" => "xhtml",
        _ => written,
    }
}

/// A name that XML takes.
fn tidy(name: &str) -> String {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.chars().all(fine)
        && !name.starts_with(|c: char| c.is_numeric() || matches!(c, '-' | '.'))
    {
        return name.to_owned();
    }
    let tidied: String = name
        .chars()
        .map(|c| if fine(c) { c } else { '_' })
        .collect();
    format!("_{tidied}")
}

fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            c if super::entities::is_xml(c) => into.push(c),
            _ => {}
        }
    }
}
