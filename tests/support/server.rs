//! A feed server on 127.0.0.1 that does as it is told, and lies where it is told to.
//!
//! ```ignore
//! let server = Server::start();
//! server.reply("/feed", [
//!     Reply::ok("<rss/>").header("ETag", "\"1\"").conditional(),
//!     Reply::status(500),
//! ]);
//! ask(server.url("/feed"));
//! assert_eq!(server.requests("/feed")[0].header("If-None-Match"), None);
//! ```
//!
//! Each path has a queue of replies, taken one a request; the last one stays. What has no script is
//! answered 404. Plain threads and sockets: nothing between the script and the wire tidies what is
//! sent. It stops when dropped.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(
    clippy::panic,
    reason = "a server that cannot run fails the test at once"
)]

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often a thread that waits looks whether the server stops.
const TICK: Duration = Duration::from_millis(20);

/// Larger request heads are refused, so that a client gone wild does not fill the memory.
const LONGEST_HEAD: usize = 1 << 20;

/// One answer, as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// In this order. `Content-Length` is added where neither it nor `chunked` is asked for.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Before the first byte.
    pub(crate) delay: Duration,
    /// `Transfer-Encoding: chunked`, a kibibyte a chunk.
    pub(crate) chunked: bool,
    /// Close after so many bytes of the body, whatever its length was said to be.
    pub(crate) cut_after: Option<usize>,
    /// With `cut_after`: keep the connection open and send nothing more, instead of closing it.
    /// Alone: not a byte is sent at all.
    pub(crate) never_answer: bool,
    /// Sent instead of all the above; then the connection is closed.
    pub(crate) raw: Option<Vec<u8>>,
    /// With `raw`: sent behind it again and again, with so long a pause, until the client hangs up.
    pub(crate) again: Option<(Vec<u8>, Duration)>,
    /// Answer 304 when the request's validators equal the ones in `headers`.
    pub(crate) conditional: bool,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            chunked: false,
            cut_after: None,
            never_answer: false,
            raw: None,
            again: None,
            conditional: false,
        }
    }

    /// 200 with a body, without a `Content-Type`.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).body(body)
    }

    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("Location", location)
    }

    /// These bytes and no others, then the end of the connection.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            raw: Some(bytes.into()),
            ..Self::status(200)
        }
    }

    /// These bytes, then others without end.
    pub(crate) fn endless(first: &str, again: impl Into<Vec<u8>>, pause: Duration) -> Self {
        Self {
            again: Some((again.into(), pause)),
            ..Self::raw(first)
        }
    }

    /// Takes the request and says nothing, for as long as the client waits.
    pub(crate) fn never() -> Self {
        Self {
            never_answer: true,
            ..Self::status(200)
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(crate) fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self
    }

    pub(crate) fn stall_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self.never_answer = true;
        self
    }

    pub(crate) fn conditional(mut self) -> Self {
        self.conditional = true;
        self
    }

    fn has(&self, name: &str) -> bool {
        field(&self.headers, name).is_some()
    }

    /// Whether this reply is what the client already has. RFC 9110, 13.2.2: `If-None-Match` wins.
    fn is_known_to(&self, request: &Request) -> bool {
        let sent = |name| request.header(name);
        let own = |name| field(&self.headers, name);
        self.conditional
            && match sent("If-None-Match") {
                Some(etag) => own("ETag") == Some(etag),
                None => {
                    sent("If-Modified-Since").is_some()
                        && sent("If-Modified-Since") == own("Last-Modified")
                }
            }
    }
}

/// One request, as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The target byte for byte: `/feed?tag=a`, or a whole URL where the client takes this server for
    /// a proxy.
    pub(crate) target: String,
    /// In this order; each byte of a value a `char` below U+0100.
    pub(crate) headers: Vec<(String, String)>,
    /// When its head had been read.
    pub(crate) at: Instant,
}

impl Request {
    /// The first header of that name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        field(&self.headers, name)
    }

    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

fn field<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// The running server.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    scripts: Mutex<HashMap<String, VecDeque<Reply>>>,
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    stopping: AtomicBool,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    /// At another address, such as `0.0.0.0:0`: every `127.x.y.z` is a host of its own then.
    pub(crate) fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind(address)
            .unwrap_or_else(|error| panic!("no port on 127.0.0.1 for the feed server: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("the feed server's own address: {error}"));
        let shared = Arc::new(Shared::default());
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// Replaces the script of a path. A path with a query (`/feed?tag=a`) has a script of its own;
    /// one without serves every query that has none.
    pub(crate) fn reply(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.shared.scripts).insert(path.to_owned(), replies.into_iter().collect());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has been asked of a path, with any query, in order.
    pub(crate) fn requests(&self, path: &str) -> Vec<Request> {
        let mut requests = self.all_requests();
        requests.retain(|request| request.target == path || request.path() == path);
        requests
    }

    /// What has been asked at all, in order.
    pub(crate) fn all_requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// The most requests that were being answered at once.
    pub(crate) fn max_in_flight(&self) -> usize {
        self.shared.most_in_flight.load(Ordering::SeqCst)
    }

    /// How many connections have been opened.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // `accept` waits for a connection; this is one. Where it cannot be made, the thread is left to
        // end with the process rather than waited for.
        if TcpStream::connect(self.address).is_ok()
            && let Some(acceptor) = self.acceptor.take()
        {
            let _ = acceptor.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(shared);
        // A client that goes away in the middle is no error here: that is what the tests are about.
        thread::spawn(move || {
            let _ = shared.serve(&stream);
        });
    }
}

impl Shared {
    /// One connection with all its requests.
    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(TICK))?;
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while let Some(head) = self.read_head(&mut reader)? {
            let Some(request) = parse_head(&head) else {
                let mut stream = stream;
                return stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            };
            let count = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_in_flight.fetch_max(count, Ordering::SeqCst);
            lock(&self.requests).push(request.clone());
            let reply = self.next_reply(&request);
            let answered = self.answer(stream, &request, &reply);
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            if !answered? {
                break;
            }
        }
        Ok(())
    }

    /// Up to the empty line. `None` when the client has closed or the server stops.
    fn read_head(&self, reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Vec<u8>>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if self.stopping.load(Ordering::SeqCst) || head.len() > LONGEST_HEAD {
                return Ok(None);
            }
            // A TLS handshake; web servers answer it with a plain 400, as no head this is one as well.
            if head.first() == Some(&0x16) {
                return Ok(Some(head));
            }
            let mut limited = reader.by_ref().take(LONGEST_HEAD as u64);
            match limited.read_until(b'\n', &mut head) {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) if is_tick(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(head))
    }

    fn next_reply(&self, request: &Request) -> Reply {
        let mut scripts = lock(&self.scripts);
        let key = if scripts.contains_key(&request.target) {
            request.target.as_str()
        } else {
            request.path()
        };
        let Some(replies) = scripts.get_mut(key) else {
            return Reply::status(404);
        };
        if replies.len() > 1 {
            replies.pop_front().unwrap_or_else(|| Reply::status(404))
        } else {
            replies
                .front()
                .cloned()
                .unwrap_or_else(|| Reply::status(404))
        }
    }

    /// Whether the connection may be used again.
    fn answer(&self, mut stream: &TcpStream, request: &Request, reply: &Reply) -> io::Result<bool> {
        self.wait(stream, Some(reply.delay));
        if let Some(raw) = &reply.raw {
            stream.write_all(raw)?;
            while let Some((again, pause)) = &reply.again {
                if self.stopping.load(Ordering::SeqCst) {
                    break;
                }
                stream.write_all(again)?;
                thread::sleep(*pause);
            }
            return Ok(false);
        }
        if reply.never_answer && reply.cut_after.is_none() {
            self.wait(stream, None);
            return Ok(false);
        }
        let (status, body) = if reply.is_known_to(request) {
            (304, &[][..])
        } else {
            (reply.status, reply.body.as_slice())
        };
        let bodiless = status == 304 || status == 204 || request.method == "HEAD";
        let mut head = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
        for (name, value) in &reply.headers {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            // A char below U+0100 is the byte of that number, so that headers need not be UTF-8.
            head.extend(value.chars().map(|c| u8::try_from(c).unwrap_or(b'?')));
            head.extend_from_slice(b"\r\n");
        }
        if reply.chunked && !bodiless {
            head.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
        } else if !reply.has("Content-Length") && status != 304 {
            head.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        head.extend_from_slice(b"\r\n");
        stream.write_all(&head)?;
        if bodiless {
            return Ok(true);
        }
        let sent = &body[..reply.cut_after.unwrap_or(body.len()).min(body.len())];
        if reply.chunked {
            write_chunks(stream, sent)?;
        } else {
            stream.write_all(sent)?;
        }
        if reply.cut_after.is_some() {
            if reply.never_answer {
                self.wait(stream, None);
            }
            return Ok(false);
        }
        if reply.chunked {
            stream.write_all(b"0\r\n\r\n")?;
        }
        Ok(true)
    }

    /// Lets time pass, `None` for without end, but not beyond the server's or the connection's end.
    fn wait(&self, stream: &TcpStream, time: Option<Duration>) {
        let began = Instant::now();
        let mut left = time.unwrap_or(TICK);
        while !left.is_zero() && !self.stopping.load(Ordering::SeqCst) {
            thread::sleep(left.min(TICK));
            match time {
                Some(time) => left = time.saturating_sub(began.elapsed()),
                // Nobody waits any more: a closed connection reads as its end, an open one as a tick.
                None => match stream.peek(&mut [0]) {
                    Ok(0) => return,
                    Err(error) if !is_tick(&error) => return,
                    _ => {}
                },
            }
        }
    }
}

fn is_tick(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

fn write_chunks(mut stream: &TcpStream, body: &[u8]) -> io::Result<()> {
    for chunk in body.chunks(1024) {
        let mut size = String::new();
        let _ = write!(size, "{:x}\r\n", chunk.len());
        stream.write_all(size.as_bytes())?;
        stream.write_all(chunk)?;
        stream.write_all(b"\r\n")?;
    }
    Ok(())
}

fn parse_head(head: &[u8]) -> Option<Request> {
    let head: String = head.iter().copied().map(char::from).collect();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    Some(Request {
        method,
        target,
        headers,
        at: Instant::now(),
    })
}
