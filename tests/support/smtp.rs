//! A small SMTP server for misbehaviour that a real one cannot be asked for: it refuses, says "later",
//! dies in the middle of a message, or says nothing at all.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What to do with a message to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Take,
    /// Answers `RCPT TO` with this line.
    Answer(&'static str),
    /// Reads some of the message and closes the connection.
    DieInData,
    /// Takes the message and closes the connection instead of saying so.
    TakeAndDie,
    /// Never answers `RCPT TO`.
    Silence,
}

/// A message that was taken.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: String,
    pub data: Vec<u8>,
}

type Script = Box<dyn Fn(&str, usize) -> Behaviour + Send + Sync>;

#[derive(Default)]
struct Book {
    received: Vec<Received>,
    attempts: HashMap<String, usize>,
}

/// A server on a free port of this machine, until the process ends.
pub struct SmtpServer {
    pub port: u16,
    book: Arc<Mutex<Book>>,
}

impl SmtpServer {
    /// A server that takes everything.
    pub fn kind() -> Self {
        Self::start(|_, _| Behaviour::Take)
    }

    /// A server that does as `script` says, asked with the recipient and the number of this attempt,
    /// from 1.
    pub fn start(script: impl Fn(&str, usize) -> Behaviour + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let book = Arc::new(Mutex::new(Book::default()));
        let (script, shared): (Arc<Script>, _) = (Arc::new(Box::new(script)), Arc::clone(&book));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, book) = (Arc::clone(&script), Arc::clone(&shared));
                std::thread::spawn(move || {
                    let _ = talk(&stream, &script, &book);
                });
            }
        });
        Self { port, book }
    }

    /// What was taken so far.
    pub fn received(&self) -> Vec<Received> {
        self.book.lock().unwrap().received.clone()
    }

    /// Forgets everything: for the next database.
    pub fn clear(&self) {
        *self.book.lock().unwrap() = Book::default();
    }
}

fn talk(stream: &TcpStream, script: &Script, book: &Mutex<Book>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let say = |line: &str| -> std::io::Result<()> {
        let mut out = stream;
        out.write_all(format!("{line}\r\n").as_bytes())
    };
    say("220 test ESMTP")?;
    let (mut from, mut to, mut behaviour) = (String::new(), String::new(), Behaviour::Take);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or("")
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => say("250-test\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
            "MAIL" => {
                from = address(line);
                say("250 ok")?;
            }
            "RCPT" => {
                to = address(line);
                let attempt = {
                    let mut book = book.lock().unwrap();
                    let count = book.attempts.entry(to.clone()).or_default();
                    *count += 1;
                    *count
                };
                behaviour = script(&to, attempt);
                match behaviour {
                    Behaviour::Answer(answer) => say(answer)?,
                    Behaviour::Silence => std::thread::sleep(std::time::Duration::from_secs(60)),
                    _ => say("250 ok")?,
                }
            }
            "DATA" => {
                say("354 go on")?;
                let mut data = Vec::new();
                loop {
                    let mut line = Vec::new();
                    if reader.read_until(b'\n', &mut line)? == 0
                        || behaviour == Behaviour::DieInData
                    {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                    let dot = usize::from(line.starts_with(b".."));
                    data.extend_from_slice(&line[dot..]);
                }
                let taken = Received {
                    from: from.clone(),
                    to: to.clone(),
                    data,
                };
                book.lock().unwrap().received.push(taken);
                if behaviour == Behaviour::TakeAndDie {
                    return Ok(());
                }
                say("250 taken")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}

fn address(line: &str) -> String {
    let start = line.find('<').map_or(0, |at| at + 1);
    let end = line.find('>').unwrap_or(line.len());
    line[start..end].to_owned()
}
