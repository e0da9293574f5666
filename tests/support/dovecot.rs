//! A real IMAP server: Dovecot on this machine, on free ports, with a mailbox of its own, as whoever runs the tests
//! (as root: as somebody else). Without Dovecot these tests say so and pass, unless `PASSERELLE_TEST_IMAP=must`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use passerelle::kernel::Settings;
use passerelle::kernel::settings::ImapSecurity;

use super::databases::{account, is_root};

static PROGRAM: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let paths = [
        "/usr/sbin/dovecot",
        "/usr/local/sbin/dovecot",
        "/usr/bin/dovecot",
    ];
    let found = paths.iter().map(PathBuf::from).find(|path| path.is_file());
    let imap = Path::new("/usr/lib/dovecot/imap").is_file()
        || Path::new("/usr/libexec/dovecot/imap").is_file();
    let found = found.filter(|_| imap);
    if found.is_none() {
        let must = std::env::var("PASSERELLE_TEST_IMAP").is_ok_and(|v| v == "must");
        assert!(!must, "Dovecot with IMAP is required here");
        eprintln!("Not tested with a real IMAP server: no Dovecot.");
    }
    found
});

/// A running server; stops when dropped.
pub struct Dovecot {
    child: Child,
    folder: tempfile::TempDir,
    pub port: u16,
    pub tls_port: u16,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Dovecot {
    /// Starts one; `None` where there is no Dovecot.
    pub fn start() -> Option<Self> {
        let program = PROGRAM.clone()?;
        let folder = tempfile::Builder::new()
            .prefix("passerelle-imap")
            .tempdir()
            .unwrap();
        let other = account("nobody")
            .or_else(|| account("postgres"))
            .filter(|_| is_root());
        let (port, tls_port) = (free_port(), free_port());
        std::fs::write(
            folder.path().join("dovecot.conf"),
            configuration(folder.path(), port, tls_port, other),
        )
        .unwrap();
        certificate(folder.path());
        if let Some((user, group)) = other {
            for path in ["", "cert.pem", "key.pem", "dovecot.conf"] {
                std::os::unix::fs::chown(folder.path().join(path), Some(user), Some(group))
                    .unwrap();
            }
        }
        // The server goes when this process goes, however it ends: the shell waits on a pipe of ours.
        let script = r#""$1" -F -c "$2" & p=$!; cat >/dev/null; kill $p; wait $p"#;
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, "sh"])
            .arg(program)
            .arg(folder.path().join("dovecot.conf"))
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        if let Some((user, group)) = other {
            shell.uid(user).gid(group);
        }
        let child = shell.spawn().unwrap();
        let this = Self {
            child,
            folder,
            port,
            tls_port,
        };
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = std::fs::read_to_string(this.folder.path().join("log")).unwrap_or_default();
            assert!(Instant::now() < until, "Dovecot does not answer: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(this)
    }

    /// Has the program read this mailbox, at `port` (the server's own, or a proxy's).
    pub fn settings(&self, security: ImapSecurity, port: u16) -> impl Fn(&mut Settings) {
        let ca_file = self.folder.path().join("cert.pem").display().to_string();
        move |settings| {
            let imap = &mut settings.mail.inbound.imap;
            imap.host = "localhost".into();
            imap.port = port;
            imap.security = security;
            imap.user = "answers".into();
            imap.password = "secret-word".to_owned().into();
            imap.poll_seconds = 1;
            imap.timeout_seconds = 20;
            imap.ca_file.clone_from(&ca_file);
        }
    }

    pub fn client(&self) -> Client {
        Client::connect(self.port)
    }
}

fn configuration(folder: &Path, port: u16, tls_port: u16, other: Option<(u32, u32)>) -> String {
    let folder = folder.display();
    let id = |flag: &str| {
        let output = Command::new("id").arg(flag).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let name = |flag: &str, number: Option<u32>| match number {
        None => id(flag),
        Some(number) => {
            let database = if flag == "-un" { "passwd" } else { "group" };
            let output = Command::new("getent")
                .args([database, &number.to_string()])
                .output()
                .unwrap();
            let line = String::from_utf8_lossy(&output.stdout).into_owned();
            line.split(':').next().unwrap().to_owned()
        }
    };
    let user = name("-un", other.map(|(user, _)| user));
    let group = name("-gn", other.map(|(_, group)| group));
    format!(
        "base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/log\nprotocols = imap\n\
         listen = 127.0.0.1\ndefault_internal_user = {user}\ndefault_internal_group = {group}\n\
         default_login_user = {user}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\ndisable_plaintext_auth = no\n\
         ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n\
         mail_location = maildir:{folder}/mail\nmail_fsync = never\nmail_max_userip_connections = 100\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n  \
         inet_listener imaps {{\n    port = {tls_port}\n    ssl = yes\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n\
         passdb {{\n  driver = static\n  args = password=secret-word\n}}\n\
         userdb {{\n  driver = static\n  args = uid={user} gid={group} home={folder}/home\n}}\n"
    )
}

fn certificate(folder: &Path) {
    let done = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args([
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args([
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
}

/// As much of IMAP as a test needs to put messages into the mailbox and to look at their marks.
pub struct Client {
    stream: BufReader<TcpStream>,
    tag: u32,
}

impl Client {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut this = Self {
            stream: BufReader::new(stream),
            tag: 0,
        };
        this.line();
        this.say("LOGIN answers \"secret-word\"");
        this.say("SELECT INBOX");
        this
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line
    }

    /// Sends a command and gives the answer's lines; fails unless the server says OK.
    pub fn say(&mut self, command: &str) -> Vec<String> {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        let out = self.stream.get_mut();
        out.write_all(format!("{tag} {command}\r\n").as_bytes())
            .unwrap();
        self.answer(&tag)
    }

    fn answer(&mut self, tag: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if let Some(end) = line.strip_prefix(&format!("{tag} ")) {
                assert!(end.starts_with("OK"), "{end}");
                return lines;
            }
            assert!(!line.is_empty(), "the connection was closed: {lines:?}");
            lines.push(line);
        }
    }

    /// Delivers a message.
    pub fn append(&mut self, raw: &[u8]) {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        let out = self.stream.get_mut();
        out.write_all(format!("{tag} APPEND INBOX {{{}+}}\r\n", raw.len()).as_bytes())
            .unwrap();
        out.write_all(raw).unwrap();
        out.write_all(b"\r\n").unwrap();
        self.answer(&tag);
    }

    /// The UIDs that a search finds.
    pub fn search(&mut self, what: &str) -> Vec<u32> {
        let lines = self.say(&format!("UID SEARCH {what}"));
        let found = lines.iter().find_map(|line| line.strip_prefix("* SEARCH"));
        let numbers = found.unwrap_or("").split_whitespace();
        numbers.map(|number| number.parse().unwrap()).collect()
    }
}

/// What the proxy does with a piece of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    On,
    /// Hold it, and everything after it, for ever.
    Hold,
    /// Cut the connection in the middle of it.
    Cut,
}

/// A proxy before the server, which looks at each piece: whether it comes from the server, and its bytes.
pub fn proxy(server: u16, judge: impl Fn(bool, &[u8]) -> Pass + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let judge = std::sync::Arc::new(judge);
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(("127.0.0.1", server)) else {
                continue;
            };
            for (from_server, from, to) in [
                (false, near.try_clone().unwrap(), far.try_clone().unwrap()),
                (true, far, near),
            ] {
                let judge = std::sync::Arc::clone(&judge);
                std::thread::spawn(move || carry(from_server, from, to, &*judge));
            }
        }
    });
    port
}

fn carry(
    from_server: bool,
    mut from: TcpStream,
    mut to: TcpStream,
    judge: &dyn Fn(bool, &[u8]) -> Pass,
) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        match judge(from_server, &piece[..read]) {
            Pass::On => {
                if to.write_all(&piece[..read]).is_err() {
                    break;
                }
            }
            Pass::Hold => loop {
                std::thread::park();
            },
            Pass::Cut => {
                let _ = to.write_all(&piece[..read / 2]);
                break;
            }
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
    let _ = from.shutdown(std::net::Shutdown::Both);
}
