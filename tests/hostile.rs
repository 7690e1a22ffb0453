//! Servers and documents that mean harm, against the real binary: each time the other feed is kept, one line
//! names the bad one, the exit code is 3, and the operating system's own figure of memory stays bounded.
//! What the single stages do is tested beside them.

#[path = "hostile/large.rs"]
mod large;
#[path = "hostile/lists.rs"]
mod lists;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom};

/// The most memory a run may ever hold, in KiB.
const MOST_MEMORY: u64 = 512 * 1024;

/// The most of the processor a run may ever take, in a debug build.
const MOST_TIME: Duration = Duration::from_secs(90);

/// By the clock, on a machine with other work.
const LONGEST: Duration = Duration::from_secs(400);

/// Times short enough for a test.
const CONFIG: &str = "[fetch]\ntimeout = \"4s\"\n";

const GOOD: (&str, &str, &str) = ("good", "A Good Evening", "<p>Kept.</p>");

struct Run {
    status: Option<i32>,
    out: String,
    err: String,
    /// The largest memory, in KiB.
    memory: u64,
    /// Of the processor.
    time: Duration,
}

/// Runs it to its end, or kills it where it has none.
fn measured(hall: &Hall, arguments: &[&str]) -> Run {
    let files = [hall.path("out"), hall.path("err")];
    let [out, err] = [0, 1].map(|file: usize| fs::File::create(&files[file]).unwrap());
    let began = Instant::now();
    let mut child = hall
        .command()
        .arg("--archive")
        .arg(hall.archive())
        .args(["--config", "hallway.toml"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .unwrap();
    let mut memory = 0;
    let mut time = Duration::ZERO;
    let status = loop {
        memory = peak(child.id()).unwrap_or(memory).max(memory);
        time = taken(child.id()).unwrap_or(time).max(time);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{arguments:?} did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let [out, err] = files.map(|file| fs::read_to_string(file).unwrap());
    Run {
        status: status.code(),
        out,
        err,
        memory,
        time,
    }
}

/// `VmHWM` of a process that runs: the kernel's own figure.
fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What a process that runs has had of the processor, for itself and in the kernel: fields 14 and 15, in
/// hundredths of a second, the second field being a name in brackets.
fn taken(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .map_while(|field| field.parse::<u64>().ok())
        .sum();
    Some(Duration::from_millis(ticks * 10))
}

/// A run with a good feed and this one. The good one is there afterwards, and the archive is sound.
fn beside_a_good_one(server: &Server, bad: &str) -> Run {
    server.reply("/good", [Reply::ok(atom("Good", &[GOOD]))]);
    let hall = Hall::new();
    hall.write("hallway.toml", CONFIG);
    let run = measured(&hall, &["run", &server.url("/good"), bad]);
    assert!(run.memory < MOST_MEMORY, "{} KiB for {bad}", run.memory);
    assert!(run.time < MOST_TIME, "{:?} for {bad}", run.time);
    assert!(run.out.contains("A Good Evening"), "{bad}: {}", run.out);
    let text = format!("{}{}", run.out, run.err);
    let controls = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(controls), "{bad}: {text:?}");
    hall.run(["check"]).status(0);
    run
}

/// The bad feed fails, and one line says which and why.
#[track_caller]
fn fails(server: &Server, path: &str, why: &str) {
    let url = server.url(path);
    let run = beside_a_good_one(server, &url);
    assert_eq!(run.status, Some(3), "{path}: {}", run.err);
    let named: Vec<&str> = run.err.lines().filter(|line| line.contains(&url)).collect();
    assert_eq!(named.len(), 1, "{path}: {}", run.err);
    assert!(named[0].contains(why), "{path}: {}", named[0]);
    assert!(named[0].len() < 1_000, "{path}: {} bytes", named[0].len());
}

/// The bad feed is read as far as it can be, or fails in one line; nothing else.
#[track_caller]
fn is_survived(server: &Server, path: &str) -> Run {
    let run = beside_a_good_one(server, &server.url(path));
    assert!(
        matches!(run.status, Some(0 | 3)),
        "{path}: {:?} {}",
        run.status,
        run.err
    );
    assert_eq!(
        run.status == Some(3),
        !run.err.is_empty(),
        "{path}: {}",
        run.err
    );
    assert!(run.err.lines().count() <= 3, "{path}: {}", run.err);
    run
}

fn serve(path: &str, body: impl Into<Vec<u8>>) -> Server {
    let server = Server::start();
    server.reply(path, [Reply::ok(body)]);
    server
}

fn feed(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Bad</title><id>urn:x:bad</id>\
         <updated>2026-11-20T00:00:00Z</updated>{entries}</feed>"
    )
}

fn entry(id: &str, title: &str, content: &str) -> String {
    format!(
        "<entry><id>{id}</id><title>{title}</title><updated>2026-11-20T00:00:00Z</updated><content type=\"html\">{content}</content></entry>"
    )
}

#[test]
fn entities_are_never_resolved_and_never_multiply() {
    let server = Server::start();
    server.reply("/canary", [Reply::ok("CANARY")]);
    let hall = Hall::new();
    hall.write("secret", "CANARY");
    let file = hall.path("secret").display().to_string();
    let web = server.url("/canary");
    let body = |doctype: &str, uses: &str| {
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE feed {doctype}><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{uses}</title>\
             <id>urn:x</id><updated>2026-11-20T00:00:00Z</updated>{}</feed>",
            entry("urn:1", uses, uses)
        )
    };
    let mut laughs = String::from("[<!ENTITY l0 \"haha\">");
    for level in 1..12 {
        let _ = write!(
            laughs,
            "<!ENTITY l{level} \"{}\">",
            format!("&l{};", level - 1).repeat(10)
        );
    }
    for (name, doctype, uses) in [
        (
            "file",
            format!("[<!ENTITY x SYSTEM \"file://{file}\">]"),
            "&x;",
        ),
        ("web", format!("[<!ENTITY x SYSTEM \"{web}\">]"), "&x;"),
        ("public", format!("PUBLIC \"-//x//y\" \"{web}\""), "x"),
        (
            "parameter",
            format!("[<!ENTITY % p SYSTEM \"{web}\">%p;]"),
            "&x;",
        ),
        ("laughs", format!("{laughs}]"), "&l11;"),
        (
            "loop",
            "[<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]".to_owned(),
            "&a;",
        ),
        (
            "blowup",
            format!("[<!ENTITY a \"{}\">]", "haha".repeat(10_000)),
            &"&a;".repeat(10_000),
        ),
    ] {
        let path = format!("/{name}");
        server.reply(&path, [Reply::ok(body(&doctype, uses))]);
        let run = is_survived(&server, &path);
        assert!(!run.out.contains("CANARY"), "{name}: {}", run.out);
    }
    let include = feed(&format!(
        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{web}\"/><?xml-stylesheet href=\"{web}\"?>"
    ));
    server.reply("/include", [Reply::ok(include)]);
    is_survived(&server, "/include");
    assert_eq!(server.requests("/canary").len(), 0);
}

/// Half a gibibyte of blanks in the codings that are asked for.
#[test]
fn bombs_of_every_coding_are_stopped_early() {
    const MEBIBYTES: usize = 512;
    let blanks = vec![b' '; 1 << 20];
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
    let mut br = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut br, 1 << 16, 3, 24);
        for _ in 0..MEBIBYTES {
            gzip.write_all(&blanks).unwrap();
            deflate.write_all(&blanks).unwrap();
            writer.write_all(&blanks).unwrap();
        }
    }
    let mut zstd = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    for _ in 0..MEBIBYTES {
        zstd.write_all(&blanks).unwrap();
    }
    let server = Server::start();
    for (coding, body) in [
        ("gzip", gzip.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("br", br),
        ("zstd", zstd.finish().unwrap()),
    ] {
        assert!(body.len() < 4 << 20, "{coding}: {}", body.len());
        let path = format!("/{coding}");
        server.reply(&path, [Reply::ok(body).header("Content-Encoding", coding)]);
        fails(&server, &path, "larger than");
    }
}

/// A feed that is packed twice is none; one layer of each coding is taken off, and no more.
#[test]
fn codings_in_codings_are_refused_and_broken_ones_do_no_harm() {
    let pack = |bytes: &[u8]| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let plain = feed(&entry("urn:1", "Packed", "x"));
    let one = pack(plain.as_bytes());
    let two = pack(&one);
    let ten = (0..8).fold(two.clone(), |inner, _| pack(&inner));
    let bomb = pack(&pack(&vec![b' '; 256 << 20]));
    let coded = |body: &[u8], coding: &str| Reply::ok(body).header("Content-Encoding", coding);
    let server = Server::start();
    let tenfold = ["gzip"; 10].join(", ");
    for (path, reply) in [
        ("/two", coded(&two, "gzip, gzip")),
        (
            "/lines",
            coded(&two, "gzip").header("Content-Encoding", "gzip"),
        ),
        ("/ten", coded(&ten, &tenfold)),
        ("/bomb", coded(&bomb, "gzip, gzip")),
        ("/hidden", coded(&two, "gzip")),
        ("/mixed", coded(&two, "deflate, gzip")),
        ("/unknown", coded(&one, "snappy")),
        ("/cut", coded(&one[..one.len() / 2], "gzip")),
        // A window of two gibibytes, said in the second byte behind the magic number.
        (
            "/window",
            coded(b"\x28\xb5\x2f\xfd\x00\xa8\x29\x00\x00<rss/>", "zstd"),
        ),
        ("/noise", coded(&[0x55; 10_000], "br")),
        ("/wrong", coded(&one, "zstd")),
    ] {
        server.reply(path, [reply]);
        fails(&server, path, "");
    }
    let mut bad_sum = one.clone();
    let sum = bad_sum.len() - 8;
    bad_sum[sum] ^= 0xff;
    for (path, reply) in [
        ("/sum", coded(&bad_sum, "gzip")),
        (
            "/junk",
            coded(&[&one[..], b"junk behind it"].concat(), "gzip"),
        ),
        ("/plain", coded(plain.as_bytes(), "gzip")),
        ("/label", coded(plain.as_bytes(), "utf-8")),
        ("/empty", coded(b"", "gzip")),
    ] {
        server.reply(path, [reply]);
        is_survived(&server, path);
    }
}

#[test]
fn bodies_heads_and_redirects_without_end_are_given_up() {
    let server = Server::start();
    server.reply("/stalls", [Reply::ok(feed("")).stall_after(40)]);
    server.reply("/silent", [Reply::never()]);
    server.reply("/cut", [Reply::ok(feed("")).cut_after(40)]);
    let many: String = (0..20_000).map(|n| format!("X-{n}: {n}\r\n")).collect();
    server.reply(
        "/heads",
        [Reply::raw(format!("HTTP/1.1 200 OK\r\n{many}\r\n"))],
    );
    server.reply(
        "/huge",
        [Reply::raw(format!(
            "HTTP/1.1 200 OK\r\nX: {}\r\n\r\n",
            "x".repeat(2 << 20)
        ))],
    );
    let none = Duration::ZERO;
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let piece = format!("10000\r\n{}\r\n", "x".repeat(1 << 16));
    server.reply("/endless", [Reply::endless(chunked, piece, none)]);
    let open = "HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\n\r\n<feed>";
    server.reply("/open", [Reply::endless(open, vec![b' '; 1 << 16], none)]);
    let slowly = Duration::from_millis(50);
    server.reply("/trickle", [Reply::endless(open, "x", slowly)]);
    server.reply(
        "/trickled-chunks",
        [Reply::endless(chunked, "1\r\nx\r\n", slowly)],
    );
    server.reply(
        "/trickled-head",
        [Reply::endless("HTTP/1.1 200 OK\r\nX: ", "x", slowly)],
    );
    server.reply(
        "/endless-head",
        [Reply::endless(
            "HTTP/1.1 200 OK\r\n",
            "X: y\r\n".repeat(1000),
            none,
        )],
    );
    server.reply(
        "/endless-header",
        [Reply::endless(
            "HTTP/1.1 200 OK\r\nX: ",
            "y".repeat(1 << 16),
            none,
        )],
    );
    server.reply(
        "/endless-chunk",
        [Reply::endless(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "f".repeat(1 << 16),
            none,
        )],
    );
    server.reply(
        "/endless-trailer",
        [Reply::endless(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            "X: y\r\n".repeat(1000),
            none,
        )],
    );
    server.reply(
        "/continue",
        [Reply::endless(
            "",
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(100),
            Duration::from_millis(1),
        )],
    );
    server.reply(
        "/hints",
        [Reply::endless(
            "",
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
            slowly,
        )],
    );
    server.reply("/loop", [Reply::redirect(302, "/loop")]);
    server.reply("/a", [Reply::redirect(301, "/b")]);
    server.reply("/b", [Reply::redirect(301, "/a")]);
    let ever = (0..40).map(|n| Reply::redirect(302, &format!("/ever?{n}")));
    server.reply("/ever", ever);
    server.reply("/file", [Reply::redirect(301, "file:///etc/passwd")]);
    server.reply("/data", [Reply::redirect(302, "data:text/xml,<rss/>")]);
    server.reply("/script", [Reply::redirect(302, "javascript:x")]);
    server.reply(
        "/long",
        [Reply::redirect(302, &format!("/{}", "x".repeat(1 << 20)))],
    );
    server.reply("/escapes", [Reply::redirect(302, "/%1b[31m/../%0d%0a")]);
    server.reply(
        "/length",
        [Reply::raw(
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n<rss/>",
        )],
    );
    server.reply(
        "/minus",
        [Reply::raw(
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<rss/>",
        )],
    );
    server.reply(
        "/junk",
        [Reply::raw("HTTP/9.9 abc \u{1b}[31m\r\n\r\n<rss/>")],
    );
    server.reply(
        "/nul",
        [Reply::raw("HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n<rss/>")],
    );
    for path in [
        "/stalls",
        "/silent",
        "/cut",
        "/heads",
        "/huge",
        "/endless",
        "/open",
        "/trickle",
        "/trickled-chunks",
        "/trickled-head",
        "/endless-head",
        "/endless-header",
        "/endless-chunk",
        "/endless-trailer",
        "/continue",
        "/hints",
        "/loop",
        "/a",
        "/ever",
        "/file",
        "/data",
        "/script",
        "/long",
        "/escapes",
        "/length",
        "/minus",
        "/junk",
        "/nul",
    ] {
        fails(&server, path, "");
    }
}

#[test]
fn depth_is_no_danger() {
    let deep = |tag: &str| format!("&lt;{tag}&gt;").repeat(200_000);
    for (path, body) in [
        ("/xml", feed(&"<a>".repeat(1_000_000))),
        (
            "/closed",
            feed(&format!(
                "{}{}",
                "<a>".repeat(300_000),
                "</a>".repeat(300_000)
            )),
        ),
        (
            "/attributes",
            feed(&format!(
                "<a {}/>",
                (0..200_000)
                    .map(|n| format!("a{n}='' "))
                    .collect::<String>()
            )),
        ),
        (
            "/spaces",
            feed(&format!(
                "<a {}/>",
                (0..200_000)
                    .map(|n| format!("xmlns:a{n}='' "))
                    .collect::<String>()
            )),
        ),
        ("/name", feed(&format!("<{}/>", "a".repeat(5 << 20)))),
        ("/div", feed(&entry("urn:1", "Deep", &deep("div")))),
        (
            "/format",
            feed(&entry("urn:1", "Deep", &deep("b&gt;&lt;p"))),
        ),
        ("/table", feed(&entry("urn:1", "Deep", &deep("table")))),
        ("/svg", feed(&entry("urn:1", "Deep", &deep("svg")))),
        (
            "/signs",
            feed(&entry("urn:1", "Deep", &"&lt;".repeat(1_000_000))),
        ),
        (
            "/json",
            format!(
                "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":{}",
                "[".repeat(1_000_000)
            ),
        ),
        (
            "/xhtml",
            feed(&format!(
                "<entry><id>x</id><title>t</title><content type=\"xhtml\">{}</content></entry>",
                "<div xmlns=\"http://www.w3.org/1999/xhtml\">".repeat(50_000)
            )),
        ),
    ] {
        is_survived(&serve(path, body), path);
    }
}

#[test]
fn size_is_no_danger() {
    let many: String = (0..10_000)
        .map(|n| format!("<entry><id>u{n}</id></entry>"))
        .collect();
    for (path, body) in [
        ("/entries", feed(&many)),
        (
            "/one",
            feed(&entry(
                "urn:1",
                "Large",
                &"words and words ".repeat(50 << 16),
            )),
        ),
        (
            "/title",
            feed(&entry("urn:1", &"title ".repeat(3 << 20), "x")),
        ),
        (
            "/id",
            feed(
                &(0..9)
                    .map(|n| entry(&format!("{}{n}", "i".repeat(1 << 20)), "t", "x"))
                    .collect::<String>(),
            ),
        ),
        ("/same", feed(&entry("urn:same", "t", "x").repeat(5_000))),
        (
            "/tags",
            feed(&format!(
                "<entry><id>x</id>{}</entry>",
                "<category term=\"a\"/>".repeat(100_000)
            )),
        ),
        (
            "/links",
            feed(&format!(
                "<entry><id>x</id>{}</entry>",
                "<link href=\"https://a.example/\"/>".repeat(100_000)
            )),
        ),
    ] {
        is_survived(&serve(path, body), path);
    }
}

#[test]
fn bytes_and_dates_that_lie_are_read_as_far_as_they_go() {
    let utf16: Vec<u8> = feed(&entry("urn:1", "Wide", "x"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut dates = String::new();
    for (number, date) in [
        "-0001-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "99999-01-01",
        "1e9",
        "\u{1b}[31m",
    ]
    .iter()
    .enumerate()
    {
        let _ = write!(
            dates,
            "<entry><id>d{number}</id><title>Dated {number}</title><updated>{date}</updated><published>{date}</published></entry>"
        );
    }
    for (path, body) in [
        (
            "/nul",
            feed(&entry("u\u{0}rn", "a\u{0}b\u{1b}[31m", "c\u{0}")).into_bytes(),
        ),
        ("/dates", feed(&dates).into_bytes()),
        ("/wide", utf16.clone()),
        ("/odd", utf16[..utf16.len() - 1].to_vec()),
        ("/bom", [b"\xff\xfe", utf16.as_slice()].concat()),
        (
            "/lie",
            feed(&entry("urn:1", "Lie", "x"))
                .replace("1.0\"?", "1.0\" encoding=\"utf-16\"?")
                .into_bytes(),
        ),
        (
            "/none",
            feed(&entry("urn:1", "Lie", "x"))
                .replace("1.0\"?", "1.0\" encoding=\"no-such\"?")
                .into_bytes(),
        ),
        (
            "/utf7",
            feed(&entry("urn:1", "+ADw-script+AD4-", "x"))
                .replace("1.0\"?", "1.0\" encoding=\"utf-7\"?")
                .into_bytes(),
        ),
        (
            "/invalid",
            [feed("").as_bytes(), b"\xff\xfe\xc0\x80\xed\xa0\x80"].concat(),
        ),
    ] {
        is_survived(&serve(path, body), path);
    }
}
