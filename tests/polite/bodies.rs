//! Codings, chunks, media types.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::{ONE, Scene, feed, well};
use crate::support::server::Reply;

fn encoded(coding: &str) -> Vec<u8> {
    let body = feed(&[ONE]).into_bytes();
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&body).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&body).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut coded = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 5, 22);
            encoder.write_all(&body).unwrap();
            drop(encoder);
            coded
        }
        _ => zstd::encode_all(&body[..], 3).unwrap(),
    }
}

#[test]
fn each_coding_that_is_asked_for_is_read() {
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let reply = Reply::ok(encoded(coding)).header("Content-Encoding", coding);
        let mut scene = Scene::of([reply]);
        assert_eq!(scene.status(0), "new", "{coding}");
        assert_eq!(scene.titles(), ["First Evening"]);
    }
}

#[test]
fn a_chunked_body_is_read_whole() {
    let mut scene = Scene::of([well().chunked()]);
    assert_eq!(scene.status(0), "new");
    assert_eq!(scene.titles(), ["First Evening"]);
}

#[test]
fn a_feed_is_one_whatever_its_label() {
    for label in [
        Some("text/html"),
        Some("text/plain"),
        Some("application/octet-stream"),
        Some("nonsense"),
        None,
    ] {
        let reply = match label {
            Some(label) => well().header("Content-Type", label),
            None => well(),
        };
        assert_eq!(Scene::of([reply]).status(0), "new", "{label:?}");
    }
}
