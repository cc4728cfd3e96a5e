//! Which base URLs are accepted, and what identifiers become in a path.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use proptest::prelude::*;
use reconcile_transport::{BaseUrl, EndpointError};

const ACCEPTED: [(&str, &str); 18] = [
    (
        "https://merchants-api.example.com",
        "https://merchants-api.example.com",
    ),
    (
        "https://merchants-api.example.com/",
        "https://merchants-api.example.com",
    ),
    (
        "HTTPS://Merchants-API.Example.com",
        "https://merchants-api.example.com",
    ),
    ("https://example.com:8443", "https://example.com:8443"),
    ("https://example.com:443/", "https://example.com:443"),
    ("https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com"),
    ("https://203.0.113.7", "https://203.0.113.7"),
    ("https://203.0.113.7:444", "https://203.0.113.7:444"),
    ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
    ("https://localhost", "https://localhost"),
    ("http://localhost", "http://localhost"),
    ("http://localhost:8080/", "http://localhost:8080"),
    ("http://LOCALHOST:1", "http://localhost:1"),
    ("http://127.0.0.1", "http://127.0.0.1"),
    ("http://127.0.0.1:65535", "http://127.0.0.1:65535"),
    ("http://127.255.0.3:9000", "http://127.255.0.3:9000"),
    ("http://[::1]:9000", "http://[::1]:9000"),
];

const REFUSED: [(&str, EndpointError); 46] = [
    ("", EndpointError::Scheme),
    ("example.com", EndpointError::Scheme),
    ("//example.com", EndpointError::Scheme),
    ("https:/example.com", EndpointError::Scheme),
    ("ftp://example.com", EndpointError::Scheme),
    ("file:///etc/passwd", EndpointError::Scheme),
    ("javascript://example.com", EndpointError::Scheme),
    ("https//example.com", EndpointError::Scheme),
    ("http://example.com", EndpointError::NotHttps),
    ("http://203.0.113.7", EndpointError::NotHttps),
    ("http://169.254.169.254", EndpointError::NotHttps),
    ("http://0.0.0.0", EndpointError::NotHttps),
    ("http://localhost.example.com", EndpointError::NotHttps),
    ("http://127.0.0.1.example.com", EndpointError::NotHttps),
    ("http://[::ffff:7f00:1]", EndpointError::Host),
    ("http://[::ffff:127.0.0.1]", EndpointError::NotHttps),
    ("https://user@example.com", EndpointError::UserInfo),
    ("https://user:secret@example.com", EndpointError::UserInfo),
    ("https://:secret@example.com", EndpointError::UserInfo),
    ("https://example.com@evil.example", EndpointError::UserInfo),
    ("https://example.com/v1", EndpointError::NotBare),
    ("https://example.com//", EndpointError::NotBare),
    ("https://example.com?a=b", EndpointError::NotBare),
    ("https://example.com/?a=b", EndpointError::NotBare),
    ("https://example.com#top", EndpointError::NotBare),
    (" https://example.com", EndpointError::Character),
    ("https://example.com ", EndpointError::Character),
    ("https://exam ple.com", EndpointError::Character),
    ("https://example.com\r\nx: y", EndpointError::Character),
    ("https://exa\tmple.com", EndpointError::Character),
    ("https://h\\@evil.example", EndpointError::Character),
    ("https:\\\\example.com", EndpointError::Character),
    // The first letter is Cyrillic.
    ("https://\u{430}pple.com", EndpointError::Character),
    ("https://", EndpointError::Host),
    ("https:///example.com", EndpointError::NotBare),
    ("https://.example.com", EndpointError::Host),
    ("https://example..com", EndpointError::Host),
    ("https://-example.com", EndpointError::Host),
    ("https://exa_mple.com", EndpointError::Host),
    ("https://%65xample.com", EndpointError::Host),
    ("https://0x7f.1", EndpointError::Host),
    ("http://127.1", EndpointError::Host),
    ("http://2130706433", EndpointError::Host),
    ("http://0177.0.0.1", EndpointError::Host),
    ("https://[2001:DB8:0::1]", EndpointError::Host),
    ("https://[::1", EndpointError::Port),
];

const BAD_PORTS: [&str; 8] = [
    "https://example.com:",
    "https://example.com:0",
    "https://example.com:65536",
    "https://example.com:+443",
    "https://example.com:44x",
    "https://example.com::443",
    "https://example.com:1:2",
    "https://[::1]:",
];

#[test]
fn the_base_url_policy_accepts_these_and_shows_them_without_more() {
    for (text, shown) in ACCEPTED {
        let base = BaseUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(base.to_string(), shown);
        assert_eq!(format!("{base:?}"), format!("BaseUrl({shown})"));
        // The URL on the wire has the very same origin.
        let url = base.url(&["v1"], &[]).unwrap();
        assert_eq!(url.uri().to_string(), format!("{shown}/v1"));
    }
}

#[test]
fn the_base_url_policy_refuses_these() {
    for (text, error) in REFUSED {
        assert_eq!(BaseUrl::parse(text), Err(error), "{text:?}");
    }
    for text in BAD_PORTS {
        assert_eq!(BaseUrl::parse(text), Err(EndpointError::Port), "{text:?}");
    }
}

#[test]
fn a_query_is_sent_and_never_shown() {
    let base = BaseUrl::parse("https://example.com").unwrap();
    let query = [
        ("clienteDocument", "12 345&x=é".to_owned()),
        ("page", "0".to_owned()),
    ];
    let url = base.url(&["v1", "deposits"], &query).unwrap();
    assert_eq!(
        url.uri().to_string(),
        "https://example.com/v1/deposits?clienteDocument=12%20345%26x%3D%C3%A9&page=0"
    );
    assert_eq!(url.to_string(), "https://example.com/v1/deposits");
    assert_eq!(
        format!("{url:?}"),
        "RequestUrl(https://example.com/v1/deposits)"
    );
}

#[test]
fn identifiers_that_are_no_single_segment_are_refused() {
    let base = BaseUrl::parse("https://example.com").unwrap();
    for id in [
        "", ".", "..", "a/b", "/", "a\\b", "a?b", "a#b", "%2e%2e", "a\tb", "a\r\nb", "\0",
    ] {
        assert_eq!(
            base.url(&["v1", id], &[]),
            Err(EndpointError::Segment),
            "{id:?}"
        );
    }
}

proptest! {
    #[test]
    fn an_identifier_is_refused_or_stays_one_segment(id in r"(?s)[./\\?#%@:;=&é\x00-\x20a-z]{0,8}|\PC*") {
        let base = BaseUrl::parse("https://example.com").unwrap();
        if let Ok(url) = base.url(&["v1", &id, "end"], &[]) {
            let wire = url.uri().to_string();
            let rest = wire.strip_prefix("https://example.com/v1/").unwrap();
            let segment = rest.strip_suffix("/end").unwrap();
            prop_assert!(!segment.is_empty() && segment != "." && segment != "..");
            prop_assert!(segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
            prop_assert_eq!(url.uri().query(), None);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic_or_moves_the_host(text in r"(https?://)?\PC*") {
        if let Ok(base) = BaseUrl::parse(&text) {
            let again = BaseUrl::parse(&base.to_string());
            prop_assert_eq!(again, Ok(base));
        }
    }
}
