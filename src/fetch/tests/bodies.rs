//! Content codings, lengths that lie, and the size limit.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::*;
use crate::source::FailureKind;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut encoded, 4096, 5, 22);
    encoder.write_all(bytes).unwrap();
    drop(encoder);
    encoded
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

type Encode = fn(&[u8]) -> Vec<u8>;

const CODINGS: [(&str, Encode); 4] = [
    ("gzip", gzip),
    ("deflate", deflate),
    ("br", brotli),
    ("zstd", zstd),
];

#[tokio::test]
async fn every_coding_that_is_asked_for_is_read() {
    for (coding, encode) in CODINGS {
        let reply = Reply::ok(encode(FEED.as_bytes())).header("Content-Encoding", coding);
        let (_server, url) = serve([reply.clone(), reply.chunked()]);
        assert_eq!(text(ask(&url).await.unwrap()), FEED, "{coding}");
        assert_eq!(text(ask(&url).await.unwrap()), FEED, "{coding}, chunked");
    }
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_limit_of_the_decoded_body() {
    for (coding, encode) in CODINGS {
        let bomb = encode(&vec![b'x'; 8 << 20]);
        assert!(
            bomb.len() < 64 * 1024,
            "{coding} is to fit the limit as sent"
        );
        let (_server, url) = serve([Reply::ok(bomb).header("Content-Encoding", coding)]);
        let failure = ask(&url).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::TooLarge, "{coding}");
        assert_eq!(failure.message, "is larger than 64 KiB");
        assert!(failure.hint.unwrap().contains("`max_size`"));
    }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger() {
    let limit = 64 * 1024;
    for (size, chunked) in [
        (limit, false),
        (limit, true),
        (limit + 1, false),
        (limit + 1, true),
    ] {
        let mut reply = Reply::ok(vec![b'x'; size]);
        reply.chunked = chunked;
        let (_server, url) = serve([reply]);
        match ask(&url).await {
            Ok(answer) => assert_eq!((text(answer).len(), size), (limit, limit)),
            Err(failure) => {
                assert_eq!((failure.kind, size), (FailureKind::TooLarge, limit + 1));
            }
        }
    }
}

#[tokio::test]
async fn a_body_cut_short_is_a_failure() {
    let gzipped = gzip(FEED.as_bytes());
    let mut bad_sum = gzipped.clone();
    let at = bad_sum.len() - 6;
    bad_sum[at] ^= 0xff;
    let coded = |body: Vec<u8>| Reply::ok(body).header("Content-Encoding", "gzip");
    let cuts = [
        ("by length", Reply::ok(FEED).cut_after(10)),
        ("in chunks", Reply::ok(FEED).chunked().cut_after(10)),
        ("in gzip by length", coded(gzipped.clone()).cut_after(20)),
        ("in gzip, length as cut", coded(gzipped[..20].to_vec())),
        ("with a wrong sum", coded(bad_sum)),
    ];
    for (case, reply) in cuts {
        let (_server, url) = serve([reply]);
        let failure = ask(&url).await.expect_err(case);
        assert_eq!(failure.kind, FailureKind::Truncated, "{case}");
        assert_eq!(failure.http_status, Some(200), "{case}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_coded_as_its_label_says_is_a_failure() {
    for (coding, _) in CODINGS {
        let (_server, url) = serve([Reply::ok(FEED).header("Content-Encoding", coding)]);
        assert_eq!(
            ask(&url).await.unwrap_err().kind,
            FailureKind::Truncated,
            "{coding}"
        );
    }
}

#[tokio::test]
async fn a_coding_that_was_not_asked_for_is_a_failure_and_a_plain_body_is_read_all_the_same() {
    let twice = Reply::ok(gzip(&gzip(FEED.as_bytes()))).header("Content-Encoding", "gzip, gzip");
    let plain = Reply::ok(FEED).header("Content-Encoding", "utf-8");
    let (_server, url) = serve([twice, plain]);
    let failure = ask(&url).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Truncated);
    assert_eq!(
        failure.message,
        "the body has a content coding that was not asked for"
    );
    assert_eq!(text(ask(&url).await.unwrap()), FEED);
}

#[tokio::test]
async fn an_empty_body_is_a_document_without_bytes() {
    let (_server, url) = serve([Reply::ok("").header("Content-Type", "text/xml; charset=utf-8")]);
    let document = documents(ask(&url).await.unwrap()).remove(0);
    assert_eq!(document.bytes, b"");
    assert_eq!(
        document.content_type.as_deref(),
        Some("text/xml; charset=utf-8")
    );
}
