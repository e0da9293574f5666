//! Somebody's calendar server on this machine, well behaved or hostile.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Handler = dyn Fn(&str, &mut TcpStream) + Send + Sync;

/// A server that answers each connection once; stops when dropped.
pub struct CalendarServer {
    pub port: u16,
    stopped: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
    handler: Arc<Mutex<Arc<Handler>>>,
}

impl CalendarServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let nothing: Arc<Handler> = Arc::new(|_: &str, _: &mut TcpStream| {});
        let this = Self {
            port,
            stopped: Arc::default(),
            asked: Arc::default(),
            handler: Arc::new(Mutex::new(nothing)),
        };
        let (stopped, asked) = (this.stopped.clone(), this.asked.clone());
        let handler = this.handler.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (asked, handler) = (asked.clone(), handler.lock().unwrap().clone());
                std::thread::spawn(move || serve(stream.unwrap(), &asked, &*handler));
            }
        });
        this
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What is answered from now on.
    pub fn answer(&self, handler: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) {
        *self.handler.lock().unwrap() = Arc::new(handler);
    }

    /// A calendar with an ETag, from now on; `304` for whoever has it.
    pub fn calendar(&self, text: &str, etag: &str) {
        let (text, etag) = (text.to_owned(), etag.to_owned());
        self.answer(move |request, stream| {
            let known = request.to_lowercase().contains("if-none-match:") && request.contains(&etag);
            let answer = if known {
                format!("HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n")
            } else {
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nETag: {etag}\r\nContent-Length: {}\r\n\r\n{text}",
                    text.len()
                )
            };
            let _ = stream.write_all(answer.as_bytes());
        });
    }

    /// These bytes, whoever asks for what.
    pub fn bytes(&self, answer: impl Into<Vec<u8>>) {
        let answer = answer.into();
        self.answer(move |_, stream| {
            let _ = stream.write_all(&answer);
        });
    }

    /// The requests since the last look.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Drop for CalendarServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<String>>, handler: &Handler) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    asked.lock().unwrap().push(request.clone());
    handler(&request, &mut stream);
    // Let the other side read before the connection is cut.
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read(&mut byte);
}

/// Bytes that a gzip decoder makes `length` zeros of, and then fails on.
pub fn gzip_bomb(length: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("x", options).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..length >> 20 {
        writer.write_all(&zeros).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    let number = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
    let begins = 30 + number(26) + number(28);
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend_from_slice(&archive[begins..]);
    out
}
