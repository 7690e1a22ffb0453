//! A mail (RFC 5322, MIME): the answer as text and as a page, ready for `sendmail -t` or `msmtp -t`.
//!
//! Written by hand, as mail libraries put the clock and chance into what must be the same bytes each time.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Format, Settings, renderer};
use crate::model::{ArchivedEntry, Talk};
use crate::query::{Digest, DigestHead, Item};

/// What most mail readers show without folding.
const WIDTH: usize = 72;
/// Of text in one encoded word, in bytes: RFC 2047 allows 75 characters with all around it.
const WORD: usize = 42;

pub(super) struct Eml<'a> {
    settings: &'a Settings,
    out: &'a mut dyn Write,
    head: DigestHead,
    /// Kept, as each part of the mail goes through all of them.
    items: Vec<(ArchivedEntry, Option<Talk>)>,
}

impl<'a> Eml<'a> {
    pub(super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        Self {
            settings,
            out,
            head: DigestHead::default(),
            items: Vec::new(),
        }
    }

    fn part(&self, format: Format) -> io::Result<Vec<u8>> {
        let settings = Settings {
            width: WIDTH,
            style: super::Style::default(),
            ..self.settings.clone()
        };
        let mut body = Vec::new();
        let mut digest = renderer(format, &settings, &mut body);
        digest.begin(&self.head)?;
        for (entry, talk) in &self.items {
            digest.item(match talk {
                Some(talk) => Item::Talk(entry, talk),
                None => Item::Entry(entry),
            })?;
        }
        digest.end()?;
        drop(digest);
        Ok(body)
    }
}

impl Digest for Eml<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.head = head.clone();
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.items.push(match item {
            Item::Entry(entry) => (entry.clone(), None),
            Item::Talk(entry, talk) => (entry.clone(), Some(talk.clone())),
        });
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let text = self.part(Format::Text)?;
        let html = self.part(Format::Html)?;
        let to = self.settings.to.as_deref().unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        for part in [to.as_bytes(), self.head.title.as_bytes(), &text, &html] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let hash = hasher.finalize().to_hex();
        // Base64 holds no underscore, so the boundary stands in no part.
        let boundary = format!("_hallway_{}", &hash[..32]);
        let date = self.head.updated.unwrap_or_default().to_rfc2822();
        if !to.is_empty() {
            // To whom it may concern, from the same: a digest one sends oneself.
            let from = to.split(',').next().unwrap_or_default().trim();
            write!(self.out, "From: hallway <{from}>\r\nTo: {to}\r\n")?;
        }
        write!(
            self.out,
            "Subject: {subject}\r\nDate: {date}\r\nMessage-ID: <{id}@hallway.example>\r\n\
             Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n\r\n",
            subject = encoded(&self.head.title),
            id = &hash[..32],
        )?;
        // The last one that a mail reader can show is the one it shows.
        for (kind, body) in [("plain", text), ("html", html)] {
            write!(
                self.out,
                "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n"
            )?;
            // Lines of 57 bytes are 76 characters, RFC 2045's most.
            for line in body.chunks(57) {
                write!(self.out, "{}\r\n", STANDARD.encode(line))?;
            }
        }
        write!(self.out, "--{boundary}--\r\n")
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
    use super::super::samples;
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
