//! Which addresses the platform may ask for a calendar. An address is typed by a person, so it is a way to make
//! a server of ours knock where that person cannot: on machines of its own network, on itself, on a cloud's
//! metadata. It is checked as text here, and again as the network address that a connection is made to, for
//! every redirect anew ([`allowed`], asked by the resolver of [`super::fetch`]).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

use super::model::Trouble;
use crate::kernel::Settings;
use crate::kernel::settings::Profile;

/// The longest address.
const LONGEST: usize = 2000;

/// An address that may be asked, as text goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Uri);

/// An address is a key to somebody's calendar.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.shown())
    }
}

impl Address {
    /// Reads what a person typed; `webcal://` is `https://`.
    ///
    /// # Errors
    /// [`Trouble::NotAllowed`], [`Trouble::Ours`].
    pub fn parse(text: &str, settings: &Settings) -> Result<Self, Trouble> {
        let text = text.trim();
        let text = text.split('#').next().unwrap_or_default();
        let scheme_is = |scheme: &str| {
            let head = text.get(..scheme.len()).unwrap_or_default();
            head.eq_ignore_ascii_case(scheme)
        };
        let text = match ["webcal://", "webcals://"]
            .iter()
            .find(|one| scheme_is(one))
        {
            Some(scheme) => format!("https://{}", text.get(scheme.len()..).unwrap_or_default()),
            None => text.to_owned(),
        };
        if text.len() > LONGEST {
            return Err(Trouble::NotAllowed);
        }
        let uri: Uri = text.parse().map_err(|_| Trouble::NotAllowed)?;
        Self::of(uri, settings)
    }

    fn of(uri: Uri, settings: &Settings) -> Result<Self, Trouble> {
        let rules = &settings.calendars;
        let scheme = uri.scheme_str().unwrap_or_default();
        let usual = match scheme {
            "https" => 443,
            "http" if settings.profile != Profile::Production => 80,
            _ => return Err(Trouble::NotAllowed),
        };
        let authority = uri.authority().ok_or(Trouble::NotAllowed)?;
        let host = authority.host().trim_end_matches('.');
        let port = authority.port_u16().unwrap_or(usual);
        // Names and passwords in an address end in logs of proxies.
        if authority.as_str().contains('@') || host.is_empty() || !rules.ports.contains(&port) {
            return Err(Trouble::NotAllowed);
        }
        let own: Option<Uri> = settings.public_url().parse().ok();
        let own_port = own.as_ref().and_then(Uri::port_u16);
        if own.as_ref().and_then(Uri::host).is_some_and(|own| {
            own.eq_ignore_ascii_case(host) && own_port.is_none_or(|own| own == port)
        }) {
            return Err(Trouble::Ours);
        }
        Ok(Self(uri))
    }

    /// Where a redirect leads from here, checked as if it had been typed. From `https` it never leads to `http`.
    ///
    /// # Errors
    /// [`Trouble::NotAllowed`], [`Trouble::Ours`].
    pub fn follow(&self, location: &str, settings: &Settings) -> Result<Self, Trouble> {
        let location = location.trim();
        let location = location.split('#').next().unwrap_or_default();
        let scheme = self.0.scheme_str().unwrap_or("https");
        let authority = self
            .0
            .authority()
            .map_or("", |authority| authority.as_str());
        let text = if location.contains("://") {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.starts_with('/') {
            format!("{scheme}://{authority}{location}")
        } else {
            let folder = self
                .0
                .path()
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            format!("{scheme}://{authority}{folder}/{location}")
        };
        let next: Uri = text.parse().map_err(|_| Trouble::NotAllowed)?;
        if scheme == "https" && next.scheme_str() != Some("https") {
            return Err(Trouble::NotAllowed);
        }
        Self::of(next, settings)
    }

    /// The whole address, to ask it and to seal it.
    pub fn expose(&self) -> String {
        self.0.to_string()
    }

    /// As it may be shown: the host, without the secret behind it.
    pub fn shown(&self) -> String {
        let scheme = self.0.scheme_str().unwrap_or("https");
        format!("{scheme}://{}/…", self.0.host().unwrap_or_default())
    }
}

/// Whether a connection to `address` leaves for the public internet: no private, loopback, link-local, shared
/// (RFC 6598), unique-local, documentation, benchmark, multicast or reserved network, and none that carries an
/// IPv4 address inside (mapped, NAT64, 6to4, Teredo).
#[must_use]
pub fn allowed(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => allowed_v4(v4),
        IpAddr::V6(v6) => allowed_v6(v6),
    }
}

fn allowed_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
    );
    !special
}

fn allowed_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast, and in it: protocol assignments with Teredo, documentation, 6to4.
    (0x2000..=0x3fff).contains(&a)
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let mut settings = Settings::defaults().unwrap();
        settings.server.public_url = "https://mentors.example.org".into();
        settings.profile = Profile::Production;
        settings
    }

    fn parse(text: &str) -> Result<String, Trouble> {
        Address::parse(text, &settings()).map(|address| address.expose())
    }

    #[test]
    fn a_calendar_address_is_https_or_webcal_on_the_usual_port_without_a_password() {
        let good = "https://calendar.google.com/calendar/ical/x%40y/private-1/basic.ics?a=b";
        assert_eq!(parse(&format!("  {good}#part ")).unwrap(), good);
        assert_eq!(parse(&good.replace("https", "WebCal")).unwrap(), good);
        for bad in [
            "http://calendar.example.com/a.ics",
            "ftp://calendar.example.com/a.ics",
            "file:///etc/passwd",
            "https://me:secret@calendar.example.com/a.ics",
            "https://calendar.example.com:8443/a.ics",
            "https:///a.ics",
            "calendar.example.com/a.ics",
            "https://calendar.example.com/a b.ics",
            "",
        ] {
            assert_eq!(parse(bad), Err(Trouble::NotAllowed), "{bad}");
        }
        assert_eq!(
            parse("https://Mentors.Example.org./feeds/x.ics"),
            Err(Trouble::Ours)
        );
    }

    #[test]
    fn an_address_does_not_print_and_shows_its_host_only() {
        let address = Address::parse("https://c.example.com/secret.ics", &settings()).unwrap();
        assert_eq!(address.shown(), "https://c.example.com/…");
        assert_eq!(format!("{address:?}"), "Address(https://c.example.com/…)");
    }

    #[test]
    fn a_redirect_is_checked_like_an_address_and_never_loses_the_encryption() {
        let settings = settings();
        let from = Address::parse("https://c.example.com/a/b.ics", &settings).unwrap();
        let to = |location: &str| from.follow(location, &settings).map(|next| next.expose());
        assert_eq!(to("/x.ics").unwrap(), "https://c.example.com/x.ics");
        assert_eq!(to("x.ics").unwrap(), "https://c.example.com/a/x.ics");
        assert_eq!(to("//d.example.com/x").unwrap(), "https://d.example.com/x");
        assert_eq!(to("http://c.example.com/x"), Err(Trouble::NotAllowed));
        assert_eq!(to("https://mentors.example.org/x"), Err(Trouble::Ours));
        assert_eq!(to("https://c.example.com:22/"), Err(Trouble::NotAllowed));
    }

    #[test]
    fn no_private_shared_local_mapped_or_reserved_network_is_public() {
        let is = |text: &str| allowed(text.parse().unwrap());
        for public in [
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "192.1.0.1",
            "2606:4700::1",
            "2001:4860::8",
        ] {
            assert!(is(public), "{public}");
        }
        for local in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.9.9.9",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.9.9",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!is(local), "{local}");
        }
    }
}
