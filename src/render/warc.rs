//! WARC 1.1 (ISO 28500:2017): raw answers for web archives.
//!
//! The bodies are kept decoded, so the headers that tell of codings and of the length on the wire would lie;
//! they are written under `X-Archive-Orig-`, as other archives do, and the length is the body's.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use ring::digest::{SHA256, digest};

use crate::model::RawAnswer;

/// Of the wire, not of the body that is kept.
const OF_THE_WIRE: [&str; 3] = ["content-encoding", "transfer-encoding", "content-length"];

pub(crate) struct Warc<'a> {
    out: &'a mut dyn Write,
    /// Each record a gzip member of its own, so that readers can begin at any.
    gzip: bool,
}

impl<'a> Warc<'a> {
    /// Begins the file with its `warcinfo`.
    pub(crate) fn begin(
        out: &'a mut dyn Write,
        gzip: bool,
        file_name: &str,
        now: DateTime<Utc>,
    ) -> io::Result<Self> {
        let mut warc = Self { out, gzip };
        let info = format!(
            "software: hallway/{}\r\nformat: WARC File Format 1.1\r\n\
             conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
            env!("CARGO_PKG_VERSION")
        );
        let name: String = file_name.chars().filter(|c| !c.is_control()).collect();
        let id = record_id(&["warcinfo", &name, &date(now)], info.as_bytes());
        let fields = [
            ("WARC-Filename", name),
            ("Content-Type", "application/warc-fields".to_owned()),
        ];
        warc.record("warcinfo", &id, now, &fields, info.as_bytes())?;
        Ok(warc)
    }

    /// The response and the request that it answers.
    pub(crate) fn write(&mut self, answer: &RawAnswer) -> io::Result<()> {
        let mut response = bytes_of(&kept_head(&answer.response, answer.body.len()));
        let mut request = bytes_of(&answer.request);
        request.extend(b"\r\n");
        response.extend(b"\r\n");
        let payload = digest_of(&answer.body);
        response.extend(&answer.body);
        let at = date(answer.at);
        let response_id = record_id(&["response", &answer.url, &at], &response);
        let request_id = record_id(&["request", &answer.url, &at], &request);
        let fields = |kind: &str, other: &str| {
            vec![
                ("WARC-Target-URI", answer.url.clone()),
                ("WARC-Concurrent-To", other.to_owned()),
                ("Content-Type", format!("application/http; msgtype={kind}")),
            ]
        };
        let mut of_response = fields("response", &request_id);
        of_response.push(("WARC-Payload-Digest", payload));
        self.record("response", &response_id, answer.at, &of_response, &response)?;
        let of_request = fields("request", &response_id);
        self.record("request", &request_id, answer.at, &of_request, &request)
    }

    fn record(
        &mut self,
        kind: &str,
        id: &str,
        at: DateTime<Utc>,
        fields: &[(&str, String)],
        block: &[u8],
    ) -> io::Result<()> {
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {}\r\n",
            date(at)
        );
        for (name, value) in fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "WARC-Block-Digest: {}\r\nContent-Length: {}\r\n\r\n",
            digest_of(block),
            block.len()
        ));
        let parts = [head.as_bytes(), block, b"\r\n\r\n"];
        if self.gzip {
            let mut member = GzEncoder::new(&mut *self.out, Compression::default());
            for part in parts {
                member.write_all(part)?;
            }
            member.finish()?;
        } else {
            for part in parts {
                self.out.write_all(part)?;
            }
        }
        Ok(())
    }
}

fn kept_head(head: &str, length: usize) -> String {
    let mut kept = String::with_capacity(head.len() + 64);
    for line in head.split_inclusive("\r\n") {
        let name = line.split(':').next().unwrap_or_default();
        if OF_THE_WIRE
            .iter()
            .any(|wire| wire.eq_ignore_ascii_case(name))
        {
            kept.push_str("X-Archive-Orig-");
        }
        kept.push_str(line);
    }
    kept.push_str(&format!("Content-Length: {length}\r\n"));
    kept
}

/// Each `char` is a byte.
fn bytes_of(head: &str) -> Vec<u8> {
    head.chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect()
}

fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(digest(&SHA256, bytes).as_ref()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A UUID of version 8 (RFC 9562, 5.8) made of what the record says, so that exporting twice gives the same
/// file.
fn record_id(facts: &[&str], block: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    for fact in facts {
        hasher.update(fact.as_bytes());
        hasher.update(&[0]);
    }
    hasher.update(block);
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    id[6] = (id[6] & 0x0f) | 0x80;
    id[8] = (id[8] & 0x3f) | 0x80;
    let hex = hex(&id);
    format!(
        "<urn:uuid:{}-{}-{}-{}-{}>",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
