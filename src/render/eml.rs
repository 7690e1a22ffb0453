//! A mail (RFC 5322, MIME): the answer as text and as a page, ready for `sendmail -t` or `msmtp -t`.
//!
//! Written by hand, as mail libraries put the clock and chance into what must be the same bytes each time.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::SpooledTempFile;

use super::Settings;
use super::held;
use super::html::Html;
use super::text::Text;
use crate::query::{Digest, DigestHead, Item};

/// What most mail readers show without folding.
const WIDTH: usize = 72;
/// Of text in one encoded word, in bytes: RFC 2047 allows 75 characters with all around it.
const WORD: usize = 42;

pub(super) struct Eml<'a> {
    settings: &'a Settings,
    out: &'a mut dyn Write,
    head: DigestHead,
    text: Part,
    html: Part,
    /// Each writes into its part.
    digests: [Box<dyn Digest>; 2],
}

impl<'a> Eml<'a> {
    pub(super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        let (text, html) = (Part::new(), Part::new());
        let plain = Settings {
            width: WIDTH,
            style: super::Style::default(),
            ..settings.clone()
        };
        Self {
            digests: [
                Box::new(Text::new(&plain, Box::new(text.clone()))),
                Box::new(Html::new(&plain, Box::new(html.clone()))),
            ],
            settings,
            out,
            head: DigestHead::default(),
            text,
            html,
        }
    }

    fn head(&mut self, hash: &str) -> io::Result<()> {
        let to = self.settings.to.as_deref().map(str::trim);
        // To whom it may concern, from the same: a digest one sends oneself. A mail must have a sender;
        // where nobody is named, the program that sends it on knows better.
        let first = to.and_then(|to| to.split(',').next()).map(str::trim);
        let from = self.settings.from.as_deref().or(first);
        write!(
            self.out,
            "From: hallway <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n\
             Message-ID: <{hash}@hallway.example>\r\nAuto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n",
            from = from.unwrap_or("hallway@localhost"),
            to = to.unwrap_or("undisclosed-recipients:;"),
            subject = encoded(&self.head.title),
            date = self.head.updated.unwrap_or_default().to_rfc2822(),
        )
    }
}

impl Digest for Eml<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.head = head.clone();
        self.digests
            .iter_mut()
            .try_for_each(|digest| digest.begin(head))
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.digests
            .iter_mut()
            .try_for_each(|digest| digest.item(item))
    }

    fn group(&mut self, heading: &str) -> io::Result<()> {
        self.digests
            .iter_mut()
            .try_for_each(|digest| digest.group(heading))
    }

    fn end(&mut self) -> io::Result<()> {
        for digest in &mut self.digests {
            digest.end()?;
        }
        let mut hasher = blake3::Hasher::new();
        let to = self.settings.to.as_deref().unwrap_or_default();
        for part in [to.as_bytes(), self.head.title.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        for part in [&self.text, &self.html] {
            hasher.update(part.hash().as_bytes());
        }
        let hash = hasher.finalize().to_hex();
        self.head(&hash[..32])?;
        // Base64 holds no underscore, so the boundary stands in no part.
        let boundary = format!("_hallway_{}", &hash[..32]);
        write!(
            self.out,
            "Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n\r\n"
        )?;
        // The last one that a mail reader can show is the one it shows.
        for (kind, part) in [("plain", &self.text), ("html", &self.html)] {
            write!(
                self.out,
                "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n"
            )?;
            let mut lines = Base64Lines::new(&mut *self.out);
            part.copy(&mut lines)?;
            lines.finish()?;
        }
        write!(self.out, "--{boundary}--\r\n")
    }
}

/// A part of the mail while it grows; not in memory where it is long.
#[derive(Clone)]
struct Part(Rc<RefCell<(SpooledTempFile, blake3::Hasher)>>);

impl Part {
    fn new() -> Self {
        Self(Rc::new(RefCell::new((
            held::spool(),
            blake3::Hasher::new(),
        ))))
    }

    fn hash(&self) -> blake3::Hash {
        self.0.borrow().1.finalize()
    }

    fn copy(&self, out: &mut dyn Write) -> io::Result<()> {
        held::copy_from_start(&mut self.0.borrow_mut().0, out)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (spool, hasher) = &mut *self.0.borrow_mut();
        let written = spool.write(bytes)?;
        hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Encodes in lines of 76 characters, RFC 2045's most.
struct Base64Lines<'a> {
    out: &'a mut dyn Write,
    rest: Vec<u8>,
}

impl<'a> Base64Lines<'a> {
    const BYTES: usize = 57;

    fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            rest: Vec::new(),
        }
    }

    fn finish(self) -> io::Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        write!(self.out, "{}\r\n", STANDARD.encode(&self.rest))
    }
}

impl Write for Base64Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend(bytes);
        let whole = self.rest.len() - self.rest.len() % Self::BYTES;
        for line in self.rest[..whole].chunks(Self::BYTES) {
            write!(self.out, "{}\r\n", STANDARD.encode(line))?;
        }
        self.rest.drain(..whole);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A header's text: as it is where it is plain and short, else as encoded words (RFC 2047), which also
/// keep a line's end from beginning a header of its own.
fn encoded(text: &str) -> String {
    let is_plain = text.len() <= 60
        && !text.contains("=?")
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_plain {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for character in text.chars().filter(|c| !c.is_control()) {
        match words.last_mut() {
            Some(word) if word.len() + character.len_utf8() <= WORD => word.push(character),
            _ => words.push(character.to_string()),
        }
    }
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)))
        .collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::super::{Format, samples};
    use super::*;

    #[test]
    fn a_mail_has_a_head_and_two_parts() {
        let settings = Settings {
            to: Some("ann@blog.example, bob@blog.example".into()),
            ..Settings::default()
        };
        let mail = samples::rendered(Format::Eml, &settings, &samples::both());
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(
            "From: hallway <ann@blog.example>\r\nTo: ann@blog.example, bob@blog.example\r\n\
             Subject: tag:devops\r\nDate: Fri, 1 Nov 2019 08:30:00 +0000\r\n"
        ));
        let parts: Vec<String> = body
            .split("\r\n\r\n")
            .skip(1)
            .map(|part| {
                let lines: String = part.lines().take_while(|l| !l.starts_with("--")).collect();
                String::from_utf8(STANDARD.decode(lines).unwrap()).unwrap()
            })
            .collect();
        assert!(parts[0].contains("Runbooks") && !parts[0].contains("<html"));
        assert!(parts[1].starts_with("<!DOCTYPE html>") || parts[1].starts_with("<!doctype html>"));
        assert!(mail.lines().all(|line| line.len() <= 78), "{mail}");
    }

    #[test]
    fn a_mail_for_nobody_yet_is_still_a_mail() {
        let mail = samples::rendered(Format::Eml, &Settings::default(), &samples::talks());
        assert!(mail.starts_with(
            "From: hallway <hallway@localhost>\r\nTo: undisclosed-recipients:;\r\nSubject: "
        ));
        let settings = Settings {
            to: Some("ann@blog.example".into()),
            from: Some("cron@blog.example".into()),
            ..Settings::default()
        };
        let mail = samples::rendered(Format::Eml, &settings, &samples::talks());
        assert!(mail.starts_with("From: hallway <cron@blog.example>\r\nTo: ann@blog.example\r\n"));
    }

    #[test]
    fn a_subject_in_any_script_stays_one_header() {
        let subject = encoded("Überblick\r\nBcc: eve@evil.example — 日本語のタイトル、長い長い");
        assert!(
            subject
                .split("\r\n ")
                .all(|word| word.len() <= 75 && word.starts_with("=?"))
        );
        assert!(!subject.contains("Bcc"));
        assert_eq!(encoded("tag:devops"), "tag:devops");
    }
}
