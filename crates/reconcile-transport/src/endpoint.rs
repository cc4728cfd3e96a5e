//! Which hosts may be called, and request URLs that cannot leave them.

use std::fmt::{self, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;

/// Where a provider lives: scheme, host and port, and nothing else.
///
/// Parsing is a policy, not a syntax check. A lenient parser accepts
/// `https://user:password@host/` and sends the password, reads `\` as `/`, and
/// takes `0x7f.1` for an address; each has been used to move credentials to
/// another host. Here a host is spelt the one canonical way or refused, and
/// plain `http` is for loopback only, so that no credential is ever attached
/// to a request in clear.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    scheme: &'static str,
    authority: String,
    loopback: bool,
}

/// Why a base URL or a request URL was refused. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The text does not start with `https://` or `http://`.
    Scheme,
    /// Plain `http` to a host that is not loopback.
    NotHttps,
    /// A user name or password is in the URL.
    UserInfo,
    /// A path, a query or a fragment follows the host.
    NotBare,
    /// White space, a control character, a backslash or a character outside ASCII.
    Character,
    /// The host is missing, misspelt, or not written in its canonical form.
    Host,
    /// The port is missing, zero or no number.
    Port,
    /// A path element is empty, `.`, `..`, or holds a character that ends an element.
    Segment,
    /// The assembled URL is no URL, for example because it is too long.
    Url,
}

impl BaseUrl {
    /// Parses `https://host[:port][/]`, or `http://` for a loopback host
    /// (`127.0.0.0/8`, `::1`, `localhost`).
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        if text.chars().any(|c| !c.is_ascii_graphic() || c == '\\') {
            return Err(EndpointError::Character);
        }
        let (scheme, rest) = split_scheme(text)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err(EndpointError::UserInfo);
        }
        if authority.contains(['/', '?', '#']) {
            return Err(EndpointError::NotBare);
        }
        let (host, port) = split_port(authority)?;
        let host = host.to_ascii_lowercase();
        let loopback = Host::parse(&host)?.is_loopback();
        if scheme == "http" && !loopback {
            return Err(EndpointError::NotHttps);
        }
        let authority = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        Ok(Self {
            scheme,
            authority,
            loopback,
        })
    }

    /// The URL of one request: each element of `path` is one segment, and both
    /// segments and query are percent-encoded.
    ///
    /// An identifier that is no single segment is refused rather than encoded:
    /// URL libraries drop `..` silently and would ask for the list above it.
    pub fn url(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<RequestUrl, EndpointError> {
        let mut target = String::new();
        for segment in path {
            check_segment(segment)?;
            target.push('/');
            encode(&mut target, segment);
        }
        if target.is_empty() {
            target.push('/');
        }
        let path_len = target.len();
        for (position, (name, value)) in query.iter().enumerate() {
            target.push(if position == 0 { '?' } else { '&' });
            encode(&mut target, name);
            target.push('=');
            encode(&mut target, value);
        }
        let shown = format!("{self}{}", target.get(..path_len).unwrap_or_default());
        let uri = Uri::builder()
            .scheme(self.scheme)
            .authority(self.authority.as_str())
            .path_and_query(target)
            .build()
            .map_err(|_| EndpointError::Url)?;
        Ok(RequestUrl { uri, shown })
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

impl std::str::FromStr for BaseUrl {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The URL of one request, made by [`BaseUrl::url`] only.
///
/// `Display` and `Debug` leave the query out: it may hold a person's document
/// number.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestUrl {
    uri: Uri,
    shown: String,
}

impl RequestUrl {
    /// The whole URL, with its query, for the HTTP client.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The path as sent, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }
}

impl fmt::Display for RequestUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for RequestUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestUrl({self})")
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "a base URL starts with https://",
            Self::NotHttps => "plain http is accepted for a loopback host only",
            Self::UserInfo => "a base URL holds no user name and no password",
            Self::NotBare => "a base URL ends after host and port",
            Self::Character => "a base URL is printable ASCII without spaces and backslashes",
            Self::Host => "the host is missing or not in its canonical form",
            Self::Port => "the port is not between 1 and 65535",
            Self::Segment => {
                "an identifier is empty or holds a character that has a meaning in a path"
            }
            Self::Url => "the request URL is not valid",
        })
    }
}

impl std::error::Error for EndpointError {}

enum Host {
    Name { localhost: bool },
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Host {
    fn parse(host: &str) -> Result<Self, EndpointError> {
        if let Some(inner) = host.strip_prefix('[') {
            let address: Ipv6Addr = inner
                .strip_suffix(']')
                .and_then(|inner| inner.parse().ok())
                .ok_or(EndpointError::Host)?;
            // One address has many spellings; only the shortest is what it seems.
            return if format!("[{address}]") == host {
                Ok(Self::V6(address))
            } else {
                Err(EndpointError::Host)
            };
        }
        let last = host.rsplit('.').next().unwrap_or_default();
        // A URL parser takes a host that ends in a number for an IPv4 address,
        // octal, hexadecimal or with parts left out.
        if last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit()) {
            return host.parse().map(Self::V4).map_err(|_| EndpointError::Host);
        }
        let labelled = host.len() <= 253 && host.split('.').all(is_label);
        if !labelled {
            return Err(EndpointError::Host);
        }
        Ok(Self::Name {
            localhost: host == "localhost",
        })
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::Name { localhost } => *localhost,
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
        }
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn split_scheme(text: &str) -> Result<(&'static str, &str), EndpointError> {
    let (scheme, rest) = text.split_once("://").ok_or(EndpointError::Scheme)?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(("https", rest)),
        "http" => Ok(("http", rest)),
        _ => Err(EndpointError::Scheme),
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), EndpointError> {
    let after_host = authority.rfind(']').map_or(0, |end| end + 1);
    let Some(colon) = authority.get(after_host..).and_then(|rest| rest.find(':')) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(after_host + colon);
    let port = port.trim_start_matches(':');
    // `u16::from_str` accepts a plus sign.
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(number)
            if digits
                && number != 0
                && authority.matches(':').count() == host.matches(':').count() + 1 =>
        {
            Ok((host, Some(number)))
        }
        _ => Err(EndpointError::Port),
    }
}

fn check_segment(segment: &str) -> Result<(), EndpointError> {
    let hostile = |c: char| c.is_control() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    if segment.is_empty() || segment == "." || segment == ".." || segment.contains(hostile) {
        return Err(EndpointError::Segment);
    }
    Ok(())
}

/// Percent-encodes all but the unreserved characters of RFC 3986, section 2.3.
fn encode(target: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            target.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(target, "%{byte:02X}");
        }
    }
}
