//! What the bench of the intake sends: pages and forms one after another, and signed events by many senders, made ready before the clock runs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One connection to the console.
pub struct Client {
    port: u16,
    stream: BufReader<TcpStream>,
}

impl Client {
    pub async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the console listens");
        stream.set_nodelay(true).expect("a socket");
        Self { port, stream: BufReader::new(stream) }
    }

    /// Status, cookie and body of the answer.
    pub async fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
        let length = body.len();
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{headers}content-length: {length}\r\n\r\n{body}", self.port);
        self.stream.get_mut().write_all(request.as_bytes()).await.expect("sent");
        let (mut status, mut cookie, mut left) = (0, String::new(), Some(0));
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("an answer");
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(code) = line.strip_prefix("HTTP/1.1 ") {
                status = code[..3].parse().expect("a status");
            } else if let Some(length) = line.strip_prefix("content-length: ") {
                left = Some(length.parse().expect("a length"));
            } else if line.starts_with("transfer-encoding: chunked") {
                left = None;
            } else if let Some(set) = line.strip_prefix("set-cookie: ").filter(|set| set.starts_with("trtc_session=")) {
                cookie = set.split(';').next().unwrap_or_default().to_owned();
            }
        }
        let mut body = Vec::new();
        if let Some(length) = left {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).await.expect("a body");
        } else {
            loop {
                let mut size = String::new();
                self.stream.read_line(&mut size).await.expect("a chunk");
                let size = usize::from_str_radix(size.trim(), 16).expect("a size");
                let from = body.len();
                body.resize(from + size + 2, 0);
                self.stream.read_exact(&mut body[from..]).await.expect("a chunk");
                body.truncate(from + size);
                if size == 0 {
                    break;
                }
            }
        }
        (status, cookie, String::from_utf8_lossy(&body).into_owned())
    }

    pub async fn post(&mut self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = format!("content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\ncookie: {cookie}\r\n");
        self.ask("POST", path, &headers, &body).await
    }
}

/// Signed requests, byte for byte, and who takes which of them.
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    next: AtomicUsize,
    /// How they are to be answered.
    status: &'static str,
}

impl Requests {
    pub fn ready(port: u16, app: i64, key: &str, bodies: impl Iterator<Item = String>, status: &'static str) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key");
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for body in bodies {
            let mut mac = mac.clone();
            mac.update(body.as_bytes());
            let (sign, length) = (STANDARD.encode(mac.finalize().into_bytes()), body.len());
            let head = format!(
                "POST /callbacks/trtc HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\nsdkappid: {app}\r\nsign: {sign}\r\ncontent-length: {length}\r\n\r\n"
            );
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(body.as_bytes());
            ends.push(bytes.len());
        }
        Self { bytes, ends, next: AtomicUsize::new(0), status }
    }

    fn take(&self) -> Option<&[u8]> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let end = *self.ends.get(at)?;
        Some(&self.bytes[at.checked_sub(1).map_or(0, |before| self.ends[before])..end])
    }
}

/// Sends what is ready over so many connections, for so long; with an interval each connection sends once in it, not all at once. The senders
/// have one thread together. Gives how long each took that was answered as it is to be, and how long all of it.
pub async fn send_all(port: u16, requests: Requests, senders: u32, seconds: u64, every: Option<Duration>) -> (Vec<Duration>, Duration) {
    let sent = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (requests, mut streams) = (Arc::new(requests), Vec::new());
            for _ in 0..senders {
                streams.push(TcpStream::connect(("127.0.0.1", port)).await.expect("the console listens"));
            }
            let begun = Instant::now();
            let mut sending = JoinSet::new();
            for (at, stream) in (0..).zip(streams) {
                let begins = begun + every.map_or(Duration::ZERO, |every| every * at / senders);
                sending.spawn(send(stream, requests.clone(), begins, begun + Duration::from_secs(seconds), every));
            }
            let took = sending.join_all().await.into_iter().flatten().collect();
            (took, begun.elapsed())
        })
    });
    sent.await.expect("sent")
}

/// One sender: the next event as soon as the last one is answered, or so often. Gives how long each took that was answered as it is to be.
async fn send(mut stream: TcpStream, requests: Arc<Requests>, begins: Instant, until: Instant, every: Option<Duration>) -> Vec<Duration> {
    stream.set_nodelay(true).expect("a socket");
    let (mut took, mut answer, mut next) = (Vec::new(), [0; 4_096], begins);
    if every.is_some() {
        tokio::time::sleep_until(begins.into()).await;
    }
    while Instant::now() < until
        && let Some(request) = requests.take()
    {
        let sent = Instant::now();
        stream.write_all(request).await.expect("sent");
        let mut length = 0;
        while !is_whole(&answer[..length]) {
            let read = stream.read(&mut answer[length..]).await.expect("an answer");
            assert_ne!(read, 0, "the console hung up");
            length += read;
        }
        if answer[9..].starts_with(requests.status.as_bytes()) {
            took.push(sent.elapsed());
        } else {
            assert!(answer.starts_with(b"HTTP/1.1 503"), "{}", String::from_utf8_lossy(&answer[..length]));
        }
        if let Some(every) = every {
            next += every;
            tokio::time::sleep_until(next.into()).await;
        }
    }
    took
}

/// Whether an answer is there to its end. Ours are a JSON object, and no header has a brace.
fn is_whole(answer: &[u8]) -> bool {
    answer.last() == Some(&b'}')
}
