//! Settings: `config/default.toml` (embedded), then a file, then `PASSERELLE__SECTION__KEY` variables.
//! Secrets are types that do not print. [`Settings::check`] says what is wrong before anything starts.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The documented defaults, as they stand in `config/default.toml`.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// How strict the program is with its own configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Lenient: a machine of one's own.
    Development,
    /// As development, with the demonstration's data.
    Demo,
    /// Refuses what would put people at risk.
    Production,
}

/// All settings; each field is documented where its default stands, in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub profile: Profile,
    pub server: Server,
    pub database: Database,
    pub security: Security,
    pub mail: Mail,
    pub meetings: Meetings,
    pub digest: Digest,
    pub calendars: Calendars,
    pub worker: Worker,
    pub retention: Retention,
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub public_url: String,
    pub workers: usize,
    pub max_body_bytes: usize,
    pub max_import_bytes: usize,
    pub shutdown_seconds: u64,
    #[serde(deserialize_with = "list")]
    pub cors_origins: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<String>,
    pub rate_per_minute_anonymous: u32,
    pub rate_per_minute_account: u32,
    pub metrics_token: SecretString,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: SecretString,
    pub url_file: String,
    pub pool_size: u32,
    pub wait_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    pub secret: SecretString,
    pub secret_file: String,
    pub access_token_minutes: u32,
    pub refresh_token_days: u32,
    pub invitation_hours: u32,
    pub reset_hours: u32,
    pub signing_key_days: u32,
    pub sign_in_attempts: u32,
}

/// The most requests a minute that a limit can count (one in ten microseconds).
const RATE_MOST: u32 = 6_000_000;

/// How long is kept what is needed for a while only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub import_rows_days: u32,
    pub done_jobs_days: u32,
}

/// Where mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Kept in the outbox and shown at `/mailbox`.
    Mailbox,
    /// `.eml` files in a folder.
    Files,
    /// An SMTP server.
    Smtp,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub transport: Transport,
    pub folder: PathBuf,
    pub from_name: String,
    pub from_address: String,
    pub return_address: String,
    pub domain: String,
    pub templates_folder: String,
    pub max_attempts: u32,
    pub keep_sent_days: u32,
    pub dkim: Dkim,
    pub smtp: Smtp,
    pub inbound: Inbound,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    pub domain: String,
    pub selector: String,
    pub key: SecretString,
    pub key_file: String,
}

/// How a connection to the SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    Starttls,
    Tls,
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub user: String,
    pub password: SecretString,
    pub password_file: String,
    pub timeout_seconds: u64,
    pub ca_file: String,
}

/// Mail that comes in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    pub keep_days: u32,
    pub authserv_id: String,
    pub imap: Imap,
    pub webhook: Webhook,
}

/// How a connection to the IMAP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapSecurity {
    /// From the first byte.
    Tls,
    Starttls,
    None,
}

/// What becomes of a message in the mailbox once it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterTaking {
    /// It is marked as read.
    Seen,
    /// It goes to another folder.
    Move,
    /// It is deleted.
    Delete,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    pub host: String,
    pub port: u16,
    pub security: ImapSecurity,
    pub user: String,
    pub password: SecretString,
    pub password_file: String,
    pub folder: String,
    pub after: AfterTaking,
    pub done_folder: String,
    pub poll_seconds: u64,
    pub idle: bool,
    pub timeout_seconds: u64,
    pub ca_file: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub secret: SecretString,
    pub secret_file: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meetings {
    #[serde(deserialize_with = "list")]
    pub reminders_minutes: Vec<u32>,
    pub follow_up_minutes: u32,
    pub nudge_after_minutes: u32,
    pub nudge_least_left_minutes: u32,
    pub minimum_notice_minutes: u32,
    pub horizon_days: u32,
    pub buffer_minutes: u32,
    pub daily_maximum: u32,
    pub weekly_maximum: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    pub hour: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendars {
    pub poll_minutes: u32,
    pub timeout_seconds: u64,
    pub max_bytes: u32,
    #[serde(deserialize_with = "list")]
    pub ports: Vec<u16>,
    pub allow_private: bool,
    pub mail_after_failures: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    pub poll_seconds: u64,
    pub lease_seconds: u32,
    pub batch: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

/// The settings could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A syntax error, an unknown key, a value of the wrong type.
    #[error("{0}")]
    Unreadable(#[from] config::ConfigError),
    /// A `…_file` that cannot be read.
    #[error("{key} names {path}, which cannot be read: {cause}")]
    SecretFile {
        key: &'static str,
        path: String,
        cause: std::io::Error,
    },
}

/// Something in the settings that should be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the program refuses to start.
    pub fatal: bool,
    /// The setting, as `section.key`.
    pub setting: &'static str,
    /// For the operator, in English like the log.
    pub reason: String,
}

/// A list in a file, or a text with commas in a variable. Variables are texts and stay texts: a password of
/// digits keeps its zeros.
fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de> + std::str::FromStr,
    D: Deserializer<'de>,
{
    struct List<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de> + std::str::FromStr> Visitor<'de> for List<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list, or its items with commas between them")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            let unread = |item: &str| E::custom(format!("`{item}` is not such an item"));
            items
                .map(|item| item.parse().map_err(|_| unread(item)))
                .collect()
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                list.push(item);
            }
            Ok(list)
        }
    }
    deserializer.deserialize_any(List(std::marker::PhantomData))
}

impl Settings {
    /// Reads the defaults, then `file` where given, then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let environment = config::Environment::with_prefix("PASSERELLE")
            .prefix_separator("__")
            .separator("__");
        Self::from_sources(file, environment)
    }

    /// The defaults alone, whatever the environment says: for tests and tools.
    pub fn defaults() -> Result<Self, SettingsError> {
        let nothing = config::Environment::default().source(Some(config::Map::new()));
        Self::from_sources(None, nothing)
    }

    fn from_sources(
        file: Option<&Path>,
        environment: config::Environment,
    ) -> Result<Self, SettingsError> {
        let mut builder = config::Config::builder()
            .add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        if let Some(path) = file {
            builder = builder.add_source(config::File::from(path).format(config::FileFormat::Toml));
        }
        let mut settings: Self = builder.add_source(environment).build()?.try_deserialize()?;
        settings.read_secret_files()?;
        Ok(settings)
    }

    fn read_secret_files(&mut self) -> Result<(), SettingsError> {
        let read = |key: &'static str, path: &str, into: &mut SecretString| {
            if path.is_empty() {
                return Ok(());
            }
            let text =
                std::fs::read_to_string(path).map_err(|cause| SettingsError::SecretFile {
                    key,
                    path: path.to_owned(),
                    cause,
                })?;
            *into = SecretString::from(text.trim().to_owned());
            Ok(())
        };
        read(
            "database.url_file",
            &self.database.url_file,
            &mut self.database.url,
        )?;
        read(
            "security.secret_file",
            &self.security.secret_file,
            &mut self.security.secret,
        )?;
        read(
            "mail.smtp.password_file",
            &self.mail.smtp.password_file,
            &mut self.mail.smtp.password,
        )?;
        let inbound = &mut self.mail.inbound;
        read(
            "mail.inbound.imap.password_file",
            &inbound.imap.password_file,
            &mut inbound.imap.password,
        )?;
        read(
            "mail.inbound.webhook.secret_file",
            &inbound.webhook.secret_file,
            &mut inbound.webhook.secret,
        )?;
        read(
            "mail.dkim.key_file",
            &self.mail.dkim.key_file,
            &mut self.mail.dkim.key,
        )
    }

    /// The address that people see, without a slash at the end.
    pub fn public_url(&self) -> String {
        if self.server.public_url.is_empty() {
            format!("http://{}:{}", self.server.host, self.server.port)
        } else {
            self.server.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// Whether pages are reached over TLS, so that cookies may insist on it.
    pub fn is_https(&self) -> bool {
        self.server.public_url.starts_with("https://")
    }

    /// Everything that is wrong or unwise, the fatal first.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let strict = self.profile == Profile::Production;
        let mut say = |fatal: bool, setting: &'static str, reason: &str| {
            findings.push(Finding {
                fatal,
                setting,
                reason: reason.to_owned(),
            });
        };
        self.check_secret(strict, &mut say);
        self.check_addresses(strict, &mut say);
        self.check_mail(strict, &mut say);
        self.check_inbound(&mut say);
        self.check_calendars(strict, &mut say);
        self.check_dkim(&mut say);
        self.check_ranges(&mut say);
        findings.sort_by_key(|f| !f.fatal);
        findings
    }

    fn check_secret(&self, strict: bool, say: &mut impl FnMut(bool, &'static str, &str)) {
        let secret = self.security.secret.expose_secret();
        let distinct = secret
            .chars()
            .collect::<std::collections::BTreeSet<_>>()
            .len();
        if secret.is_empty() {
            say(
                strict,
                "security.secret",
                "is empty; set 32 random characters or more (openssl rand -base64 48)",
            );
        } else if secret.len() < 32 || distinct < 10 {
            say(
                strict,
                "security.secret",
                "is weak; use 32 random characters or more (openssl rand -base64 48)",
            );
        }
        let lowered = secret.to_lowercase();
        if ["change", "secret", "password", "passerelle", "example"]
            .iter()
            .any(|word| lowered.contains(word))
        {
            say(
                strict,
                "security.secret",
                "contains a common word; generate it (openssl rand -base64 48)",
            );
        }
    }

    fn check_addresses(&self, strict: bool, say: &mut impl FnMut(bool, &'static str, &str)) {
        let url = self.database.url.expose_secret();
        if !["sqlite://", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            say(
                true,
                "database.url",
                "must begin with sqlite:// or postgres://",
            );
        }
        if strict && !self.is_https() {
            say(
                true,
                "server.public_url",
                "must begin with https:// in production: links in mails and cookies depend on it",
            );
        }
        for origin in &self.server.cors_origins {
            if origin == "*" || (strict && !origin.starts_with("https://")) {
                say(
                    true,
                    "server.cors_origins",
                    "must be a list of https:// origins, without a wildcard",
                );
            }
        }
        for proxy in &self.server.trusted_proxies {
            if proxy.parse::<std::net::IpAddr>().is_err() {
                say(
                    true,
                    "server.trusted_proxies",
                    "must be a list of IP addresses",
                );
            }
        }
    }

    fn check_calendars(&self, strict: bool, say: &mut impl FnMut(bool, &'static str, &str)) {
        if self.calendars.allow_private {
            say(
                strict,
                "calendars.allow_private",
                "lets anybody with an account have this server knock on machines of its own network",
            );
        }
        if !(5..=120).contains(&self.calendars.timeout_seconds) {
            say(
                true,
                "calendars.timeout_seconds",
                "must lie between 5 and 120",
            );
        }
    }

    fn check_mail(&self, strict: bool, say: &mut impl FnMut(bool, &'static str, &str)) {
        if strict && self.mail.transport == Transport::Mailbox {
            say(
                true,
                "mail.transport",
                "is mailbox, which shows everybody's mail; use smtp (or files)",
            );
        }
        if self.mail.transport == Transport::Smtp && self.mail.smtp.host.is_empty() {
            say(
                true,
                "mail.smtp.host",
                "is empty while mail.transport is smtp",
            );
        }
        let host = self.mail.smtp.host.as_str();
        let local = matches!(host, "" | "localhost" | "127.0.0.1" | "::1");
        if self.mail.smtp.security == SmtpSecurity::None && !local {
            say(
                strict,
                "mail.smtp.security",
                "is none: mail and password would cross the network in clear",
            );
        }
        if !self.mail.from_address.contains('@') {
            say(true, "mail.from_address", "must be a mail address");
        }
        if strict
            && (self.mail.domain.ends_with(".invalid")
                || self.mail.from_address.ends_with(".invalid"))
        {
            say(
                true,
                "mail.domain",
                "and mail.from_address must be of a domain that is yours",
            );
        }
    }

    fn check_inbound(&self, say: &mut impl FnMut(bool, &'static str, &str)) {
        let Inbound { imap, webhook, .. } = &self.mail.inbound;
        let local = matches!(
            imap.host.as_str(),
            "" | "localhost" | "127.0.0.1" | "::1" | "[::1]"
        );
        if imap.security == ImapSecurity::None && !local {
            say(
                true,
                "mail.inbound.imap.security",
                "is none, which is for a server on this machine only: the password would cross the network in clear",
            );
        }
        if !imap.host.is_empty() && imap.user.is_empty() {
            say(
                true,
                "mail.inbound.imap.user",
                "is empty while mail.inbound.imap.host is set",
            );
        }
        if imap.after == AfterTaking::Move && imap.done_folder.trim().is_empty() {
            say(
                true,
                "mail.inbound.imap.done_folder",
                "is empty while mail.inbound.imap.after is move",
            );
        }
        let secret = webhook.secret.expose_secret();
        if !secret.is_empty() && secret.len() < 32 {
            say(
                true,
                "mail.inbound.webhook.secret",
                "is short; use 32 random characters or more (openssl rand -base64 48)",
            );
        }
    }

    fn check_dkim(&self, say: &mut impl FnMut(bool, &'static str, &str)) {
        let dkim = &self.mail.dkim;
        let name = |text: &str| {
            let sane = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            !text.is_empty() && text.len() <= 200 && text.chars().all(sane)
        };
        if dkim.key.expose_secret().is_empty() {
            if !dkim.domain.is_empty() {
                say(
                    false,
                    "mail.dkim.domain",
                    "is set without a key: mail leaves without a signature",
                );
            }
            return;
        }
        if !name(&dkim.domain) {
            say(true, "mail.dkim.domain", "must be the domain that signs");
        }
        if !name(&dkim.selector) {
            say(
                true,
                "mail.dkim.selector",
                "must be the name under which the key is published",
            );
        }
        let from = self.mail.from_address.rsplit_once('@');
        let of_from = from.is_some_and(|(_, from)| {
            let (from, domain) = (from.to_ascii_lowercase(), dkim.domain.to_ascii_lowercase());
            from == domain || from.ends_with(&format!(".{domain}"))
        });
        if !of_from {
            say(
                false,
                "mail.dkim.domain",
                "is not that of mail.from_address: the signature will not count for DMARC",
            );
        }
    }

    fn check_ranges(&self, say: &mut impl FnMut(bool, &'static str, &str)) {
        let mut within = |setting, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                say(
                    true,
                    setting,
                    &format!("must lie between {least} and {most}"),
                );
            }
        };
        within(
            "security.access_token_minutes",
            self.security.access_token_minutes,
            1,
            60,
        );
        within(
            "security.refresh_token_days",
            self.security.refresh_token_days,
            1,
            90,
        );
        within(
            "security.invitation_hours",
            self.security.invitation_hours,
            1,
            24 * 60,
        );
        within("security.reset_hours", self.security.reset_hours, 1, 48);
        within(
            "security.signing_key_days",
            self.security.signing_key_days,
            1,
            730,
        );
        within(
            "security.sign_in_attempts",
            self.security.sign_in_attempts,
            3,
            100,
        );
        within(
            "server.rate_per_minute_anonymous",
            self.server.rate_per_minute_anonymous,
            1,
            RATE_MOST,
        );
        within(
            "server.rate_per_minute_account",
            self.server.rate_per_minute_account,
            1,
            RATE_MOST,
        );
        within("database.pool_size", self.database.pool_size, 1, 200);
        within("meetings.horizon_days", self.meetings.horizon_days, 1, 365);
        within(
            "meetings.buffer_minutes",
            self.meetings.buffer_minutes,
            0,
            240,
        );
        within("meetings.daily_maximum", self.meetings.daily_maximum, 1, 24);
        within(
            "meetings.weekly_maximum",
            self.meetings.weekly_maximum,
            1,
            100,
        );
        within("mail.max_attempts", self.mail.max_attempts, 1, 50);
        within("mail.keep_sent_days", self.mail.keep_sent_days, 1, 3650);
        within(
            "retention.import_rows_days",
            self.retention.import_rows_days,
            1,
            3650,
        );
        within(
            "retention.done_jobs_days",
            self.retention.done_jobs_days,
            30,
            3650,
        );
        let inbound = &self.mail.inbound;
        within("mail.inbound.keep_days", inbound.keep_days, 1, 3650);
        within("digest.hour", self.digest.hour, 0, 23);
        within(
            "meetings.nudge_after_minutes",
            self.meetings.nudge_after_minutes,
            0,
            40_320,
        );
        within(
            "meetings.nudge_least_left_minutes",
            self.meetings.nudge_least_left_minutes,
            0,
            20_160,
        );
        within("worker.lease_seconds", self.worker.lease_seconds, 10, 3600);
        let calendars = &self.calendars;
        within("calendars.poll_minutes", calendars.poll_minutes, 15, 1440);
        within(
            "calendars.max_bytes",
            calendars.max_bytes,
            64 * 1024,
            64 * 1024 * 1024,
        );
        within(
            "calendars.mail_after_failures",
            calendars.mail_after_failures,
            1,
            100,
        );
        within("worker.batch", self.worker.batch, 1, 500);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let map = variables
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        let environment = config::Environment::with_prefix("PASSERELLE")
            .prefix_separator("__")
            .separator("__")
            .source(Some(map));
        Settings::from_sources(None, environment)
    }

    #[test]
    fn a_variable_is_a_text_so_that_a_password_of_digits_keeps_its_zeros() {
        let settings = with(&[
            ("PASSERELLE__MAIL__SMTP__PASSWORD", "007123"),
            ("PASSERELLE__SERVER__PORT", "9000"),
            ("PASSERELLE__MEETINGS__REMINDERS_MINUTES", "60"),
        ])
        .unwrap();
        assert_eq!(settings.mail.smtp.password.expose_secret(), "007123");
        assert_eq!(settings.server.port, 9000);
        assert_eq!(settings.meetings.reminders_minutes, [60]);
        assert!(with(&[("PASSERELLE__MEETINGS__REMINDERS_MINUTES", "soon")]).is_err());
    }

    #[test]
    fn the_defaults_are_read_and_secrets_do_not_print() {
        let settings = with(&[("PASSERELLE__SECURITY__SECRET", "tell-nobody")]).unwrap();
        assert_eq!(settings.meetings.reminders_minutes, [1440, 60]);
        assert!(!format!("{settings:?}").contains("tell-nobody"));
    }

    #[test]
    fn a_variable_overrides_and_an_unknown_key_is_refused() {
        let settings = with(&[
            ("PASSERELLE__SERVER__PORT", "9000"),
            ("PASSERELLE__MEETINGS__REMINDERS_MINUTES", "30,5"),
        ])
        .unwrap();
        assert_eq!(settings.server.port, 9000);
        assert_eq!(settings.meetings.reminders_minutes, [30, 5]);
        assert!(with(&[("PASSERELLE__SERVER__PROT", "9000")]).is_err());
    }

    #[test]
    fn production_refuses_empty_weak_and_common_secrets_and_the_local_mailbox() {
        for secret in ["", "short", "change-me-change-me-change-me-change-me"] {
            let settings = with(&[
                ("PASSERELLE__PROFILE", "production"),
                ("PASSERELLE__SECURITY__SECRET", secret),
            ])
            .unwrap();
            let fatal: Vec<_> = settings
                .check()
                .into_iter()
                .filter(|f| f.fatal)
                .map(|f| f.setting)
                .collect();
            assert!(fatal.contains(&"security.secret"), "{secret}");
            assert!(fatal.contains(&"mail.transport"));
            assert!(fatal.contains(&"server.public_url"));
        }
    }

    #[test]
    fn a_limit_that_limits_nothing_or_everything_is_refused() {
        for (name, value) in [
            ("SERVER__RATE_PER_MINUTE_ANONYMOUS", "0"),
            ("SERVER__RATE_PER_MINUTE_ACCOUNT", "4000000000"),
            ("RETENTION__IMPORT_ROWS_DAYS", "0"),
            ("RETENTION__DONE_JOBS_DAYS", "1"),
            ("MAIL__KEEP_SENT_DAYS", "0"),
        ] {
            let settings = with(&[(format!("PASSERELLE__{name}").as_str(), value)]).unwrap();
            let setting = name.to_lowercase().replace("__", ".");
            let found = settings.check().into_iter();
            let fatal: Vec<_> = found.filter(|f| f.fatal).map(|f| f.setting).collect();
            assert!(fatal.contains(&setting.as_str()), "{setting}: {fatal:?}");
        }
    }

    #[test]
    fn a_sound_production_configuration_has_no_finding() {
        let settings = with(&[
            ("PASSERELLE__PROFILE", "production"),
            (
                "PASSERELLE__SECURITY__SECRET",
                "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1",
            ),
            (
                "PASSERELLE__SERVER__PUBLIC_URL",
                "https://mentorat.example.org",
            ),
            ("PASSERELLE__MAIL__TRANSPORT", "smtp"),
            ("PASSERELLE__MAIL__SMTP__HOST", "mail.example.org"),
            ("PASSERELLE__MAIL__DOMAIN", "mentorat.example.org"),
            (
                "PASSERELLE__MAIL__FROM_ADDRESS",
                "passerelle@mentorat.example.org",
            ),
        ])
        .unwrap();
        assert_eq!(settings.check(), []);
    }

    #[test]
    fn a_mailbox_needs_tls_beyond_this_machine_and_a_webhook_a_real_secret() {
        let fatal = |variables: &[(&str, &str)]| -> Vec<&'static str> {
            let findings = with(variables).unwrap().check();
            let fatal = findings.into_iter().filter(|finding| finding.fatal);
            fatal.map(|finding| finding.setting).collect()
        };
        let host = "PASSERELLE__MAIL__INBOUND__IMAP__HOST";
        let user = ("PASSERELLE__MAIL__INBOUND__IMAP__USER", "answers");
        let plain = ("PASSERELLE__MAIL__INBOUND__IMAP__SECURITY", "none");
        assert!(fatal(&[(host, "127.0.0.1"), user, plain]).is_empty());
        let setting = ["mail.inbound.imap.security"];
        assert_eq!(fatal(&[(host, "imap.example.org"), user, plain]), setting);
        assert_eq!(
            fatal(&[(host, "imap.example.org")]),
            ["mail.inbound.imap.user"]
        );
        let secret = "PASSERELLE__MAIL__INBOUND__WEBHOOK__SECRET";
        let setting = ["mail.inbound.webhook.secret"];
        assert_eq!(fatal(&[(secret, "short")]), setting);
        assert!(fatal(&[(secret, "w7Gm2Kq9Zx4Rt8Vb3Nc6Yf1Hd5Js0Lp2")]).is_empty());
    }
}
