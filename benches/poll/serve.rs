//! The publishers' side: serves the set on every loopback address, with ETag, Last-Modified and 304, in a
//! process of its own, so that its CPU is nobody else's.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Whatever is asked from here on is answered with the second version, where there is one; asked again, with
/// the first as before.
pub(crate) const CHANGE: &str = "/change";

/// Request heads are short; what is longer is no client of ours.
const LONGEST_HEAD: usize = 16 << 10;

struct Page {
    etag: String,
    body: Vec<u8>,
}

struct Pages {
    first: HashMap<String, Page>,
    second: HashMap<String, Page>,
    changed: AtomicBool,
}

/// Prints its port on a line of its own, then serves until it is killed.
pub(crate) fn serve(folder: &Path) -> io::Result<()> {
    let pages = Arc::new(Pages {
        first: load(&folder.join("1"), "1")?,
        second: load(&folder.join("2"), "2")?,
        changed: AtomicBool::new(false),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("0.0.0.0:0").await?;
        println!("{}", listener.local_addr()?.port());
        io::stdout().flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(answer_all(stream, Arc::clone(&pages)));
        }
    })
}

fn load(folder: &Path, version: &str) -> io::Result<HashMap<String, Page>> {
    let mut pages = HashMap::new();
    for file in fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        let page = Page {
            etag: format!("\"{version}-{name}\""),
            body: fs::read(file.path())?,
        };
        pages.insert(format!("/{name}"), page);
    }
    Ok(pages)
}

/// A client that hangs up ends it.
async fn answer_all(mut stream: TcpStream, pages: Arc<Pages>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&head[..end]).into_owned();
            head.drain(..end + 4);
            if answer(&mut stream, &text, &pages).await.is_err() {
                return;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 && head.len() < LONGEST_HEAD => head.extend(&buffer[..read]),
            _ => return,
        }
    }
}

async fn answer(stream: &mut TcpStream, head: &str, pages: &Pages) -> io::Result<()> {
    let path = head.split_ascii_whitespace().nth(1).unwrap_or("/");
    if path == CHANGE {
        pages.changed.fetch_xor(true, Ordering::Relaxed);
    }
    let changed = pages.changed.load(Ordering::Relaxed);
    let second = pages.second.get(path).filter(|_| changed);
    let Some(page) = second.or_else(|| pages.first.get(path)) else {
        return stream
            .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            .await;
    };
    let etag = &page.etag;
    let known = head.lines().any(|line| {
        line.split_once(':').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("if-none-match") && value.trim() == etag
        })
    });
    let modified = "Last-Modified: Mon, 02 Mar 2026 07:00:00 GMT";
    if known {
        let head = format!("HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n{modified}\r\n\r\n");
        return stream.write_all(head.as_bytes()).await;
    }
    let length = page.body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\nETag: {etag}\r\n{modified}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&page.body).await
}
