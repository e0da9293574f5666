//! Isolated databases: a copied SQLite file, or a database of a private PostgreSQL cluster.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use passerelle::db::{Conn, Manager, migrate};

/// A database of one test, empty and migrated; gone or free again when dropped.
pub struct TestDatabase {
    /// Its address, as in the settings.
    pub url: String,
    /// Its kind, for messages.
    pub kind: &'static str,
    reuse: Option<String>,
    _dir: Option<tempfile::TempDir>,
}

fn connect(url: &str) -> Result<Conn, String> {
    Manager::new(url.to_owned().into())
        .connect_one()
        .map_err(|e| e.to_string())
}

fn execute(conn: &mut Conn, sql: &str) {
    conn.batch_execute(sql)
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

static TEMPLATE: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("template.db");
    let mut conn = connect(&format!("sqlite://{}", file.display())).unwrap();
    migrate::migrate(&mut conn).unwrap();
    execute(
        &mut conn,
        "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;",
    );
    (dir, file)
});

struct Cluster {
    url: String,
    bin: PathBuf,
    dir: PathBuf,
    port: u16,
    /// Whom PostgreSQL runs as, where this process is root.
    account: Option<(u32, u32)>,
    /// Shells that end their server when this process ends.
    guards: Mutex<Vec<Child>>,
}

static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(|| match Cluster::start() {
    Ok(cluster) => Some(cluster),
    Err(why) => {
        let must = std::env::var("PASSERELLE_TEST_POSTGRES").is_ok_and(|v| v == "must");
        assert!(!must, "PostgreSQL is required here: {why}");
        eprintln!("Databases tested: SQLite only ({why}).");
        None
    }
});

/// Whether tests run on PostgreSQL too.
pub fn postgres_is_here() -> bool {
    CLUSTER.is_some()
}

fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|e| e.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.reverse();
    folders.extend(
        std::env::var_os("PATH")
            .map(|p| std::env::split_paths(&p).collect::<Vec<_>>())
            .unwrap_or_default(),
    );
    folders
        .into_iter()
        .find(|d| d.join("initdb").is_file() && d.join("postgres").is_file())
}

impl Cluster {
    fn start() -> Result<Self, String> {
        let since = Instant::now();
        let bin = programs().ok_or("no initdb and postgres on this machine")?;
        let dir = tempfile::Builder::new()
            .prefix("passerelle-pg")
            .tempdir()
            .map_err(|e| e.to_string())?
            .keep();
        // PostgreSQL refuses to run as root: as root, it runs as the account `postgres` (or nobody).
        let root = is_root();
        let account = account("postgres")
            .or_else(|| account("nobody"))
            .filter(|_| root);
        if root && account.is_none() {
            return Err("running as root, and there is no account to run PostgreSQL as".into());
        }
        if let Some((user, group)) = account {
            std::os::unix::fs::chown(&dir, Some(user), Some(group)).map_err(|e| e.to_string())?;
        }
        let data = dir.join("data");
        let made = command(&bin, &dir, account, "initdb")
            .args([
                "-A",
                "trust",
                "-U",
                "postgres",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C",
                "-D",
            ])
            .arg(&data)
            .status()
            .map_err(|e| e.to_string())?;
        if !made.success() {
            return Err("initdb failed".into());
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .map_err(|e| e.to_string())?
            .port();
        let cluster = Self {
            url: format!("postgres://postgres@127.0.0.1:{port}"),
            bin,
            dir,
            port,
            account,
            guards: Mutex::default(),
        };
        let mut admin = cluster.up()?;
        execute(&mut admin, "CREATE DATABASE template_app");
        migrate::migrate(&mut connect(&format!("{}/template_app", cluster.url))?)
            .map_err(|e| e.to_string())?;
        eprintln!(
            "Databases tested: SQLite and PostgreSQL (cluster ready in {:?}).",
            since.elapsed()
        );
        Ok(cluster)
    }

    /// Starts the server and waits until it answers.
    fn up(&self) -> Result<Conn, String> {
        // The server and its files go when this process goes, however it ends: the shell waits on a pipe of ours.
        let script = r#""$1" -D "$2" -p "$3" -k "$4" -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 & p=$!; cat >/dev/null; kill -QUIT $p; wait $p; cd /; rm -rf "$4""#;
        let mut shell = Command::new("sh");
        shell
            .current_dir(&self.dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .args(["-c", script, "sh"])
            .arg(self.bin.join("postgres"))
            .arg(self.dir.join("data"))
            .arg(self.port.to_string())
            .arg(&self.dir);
        if let Some((user, group)) = self.account {
            shell.uid(user).gid(group);
        }
        let guard = shell.spawn().map_err(|e| e.to_string())?;
        self.guards.lock().unwrap().push(guard);
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match connect(&format!("{}/postgres", self.url)) {
                Ok(conn) => return Ok(conn),
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(30)),
            }
        }
    }

    /// Stops the server as an operator would who restarts it: sessions are ended, nothing is lost.
    fn down(&self) {
        let stopped = command(&self.bin, &self.dir, self.account, "pg_ctl")
            .args(["stop", "-m", "fast", "-w", "-D"])
            .arg(self.dir.join("data"))
            .status()
            .unwrap();
        assert!(stopped.success(), "PostgreSQL did not stop");
    }
}

fn command(bin: &Path, dir: &Path, account: Option<(u32, u32)>, name: &str) -> Command {
    let mut command = Command::new(bin.join(name));
    command
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}

/// A PostgreSQL of one test, which may be stopped and started again.
pub struct OwnPostgres(Cluster);

impl OwnPostgres {
    /// `None` where PostgreSQL is not on the machine.
    pub fn start() -> Option<Self> {
        postgres_is_here().then(|| Self(Cluster::start().unwrap()))
    }

    /// Its one database, migrated.
    pub fn database(&self) -> TestDatabase {
        TestDatabase {
            url: format!("{}/template_app", self.0.url),
            kind: "PostgreSQL",
            reuse: None,
            _dir: None,
        }
    }

    /// Stops it.
    pub fn down(&self) {
        self.0.down();
    }

    /// Starts it again.
    pub fn up(&self) {
        drop(self.0.up().unwrap());
    }
}

pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

pub fn account(name: &str) -> Option<(u32, u32)> {
    let table = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = table.lines().find(|l| l.starts_with(&format!("{name}:")))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

static MADE: AtomicU32 = AtomicU32::new(0);
static FREE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Empties every table: a few milliseconds, where TRUNCATE or a new database takes a hundred times that.
const RESET: &str = "DO $$ DECLARE r record; BEGIN PERFORM set_config('session_replication_role','replica',true); \
    FOR r IN SELECT tablename FROM pg_tables WHERE schemaname='public' AND tablename <> '__diesel_schema_migrations' \
    LOOP EXECUTE format('DELETE FROM %I', r.tablename); END LOOP; END $$";

impl TestDatabase {
    /// The same database again, for a second server; it must not outlive this one.
    pub fn shared(&self) -> Self {
        Self {
            url: self.url.clone(),
            kind: self.kind,
            reuse: None,
            _dir: None,
        }
    }

    /// A fresh SQLite file.
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("passerelle.db");
        std::fs::copy(&TEMPLATE.1, &file).unwrap();
        Self {
            url: format!("sqlite://{}", file.display()),
            kind: "SQLite",
            reuse: None,
            _dir: Some(dir),
        }
    }

    /// A database of the cluster, where there is one.
    pub fn postgres() -> Option<Self> {
        let cluster = CLUSTER.as_ref()?;
        let free = FREE.lock().unwrap().pop();
        let name = free.unwrap_or_else(|| {
            let name = format!("t{}", MADE.fetch_add(1, Ordering::Relaxed));
            let mut admin = connect(&format!("{}/postgres", cluster.url)).unwrap();
            execute(
                &mut admin,
                &format!("CREATE DATABASE {name} TEMPLATE template_app"),
            );
            name
        });
        let url = format!("{}/{name}", cluster.url);
        execute(&mut connect(&url).unwrap(), RESET);
        Some(Self {
            url,
            kind: "PostgreSQL",
            reuse: Some(name),
            _dir: None,
        })
    }
}

impl TestDatabase {
    /// The address of a new, empty PostgreSQL database without our schema, where there is a cluster.
    pub fn unmigrated_postgres() -> Option<String> {
        let cluster = CLUSTER.as_ref()?;
        let name = format!("bare{}", MADE.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(&format!("{}/postgres", cluster.url)).unwrap();
        execute(&mut admin, &format!("CREATE DATABASE {name}"));
        Some(format!("{}/{name}", cluster.url))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A failed test may have left transactions open: its database is not used again.
        if let Some(name) = self.reuse.take()
            && !std::thread::panicking()
        {
            FREE.lock().unwrap().push(name);
        }
    }
}
