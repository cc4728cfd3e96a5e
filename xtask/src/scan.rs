//! Finds what must not be written down: card numbers, addresses of people,
//! secrets.
//!
//! These are detectors, the second line: [`redact`](crate::redact) lets nothing
//! pass that nobody declared harmless. A finding says where and what kind of
//! thing, never the value.

mod detect;

use std::fmt;

use crate::{
    json::{Member, Node, Value},
    overrides::{Field, Kind, Overrides, Privacy},
    place::Place,
    redact::{Decision, Rules},
    shape::ANY_KEY,
};

pub(crate) use detect::is_uuid;

/// What a text can hold that must not be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leak {
    /// A card number of 13 to 19 digits, none of them masked.
    CardNumber,
    /// An e-mail address outside the domains that RFC 2606 sets aside.
    Email,
    /// A telephone number in the form of E.164; `+999` is nobody's.
    Phone,
    /// A key or certificate in PEM.
    Pem,
    /// A JSON web token.
    Jwt,
    /// What reads like an API key or a session token.
    Token,
    /// An IBAN whose check digits are right.
    Iban,
    /// A public IPv4 address outside the blocks that RFC 5737 sets aside.
    Address,
    /// A key that is data itself, such as an e-mail address or an id.
    DataKey,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CardNumber => "a full card number",
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
            Self::Pem => "a key in PEM",
            Self::Jwt => "a JSON web token",
            Self::Token => "what looks like an API key or token",
            Self::Iban => "an IBAN",
            Self::Address => "a public internet address",
            Self::DataKey => "a key that may be data",
        })
    }
}

/// A leak and where it is. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The place in a body, or `line 3` of another file.
    pub place: String,
    /// What is there.
    pub leak: Leak,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.leak)
    }
}

/// What is in the keys, texts and numbers of a body.
#[must_use]
pub fn body(root: &str, node: &Node<'_>, overrides: &Overrides) -> Vec<Finding> {
    let mut scan = Scan {
        rules: Rules::new(overrides),
        findings: Vec::new(),
    };
    scan.node(&Place::root(root), Decision::default(), node);
    scan.findings
}

/// What is in a text of any kind, each kind once.
#[must_use]
pub fn text(text: &str) -> Vec<Leak> {
    detect::all(text)
}

/// What is in the lines of a file that is no body.
#[must_use]
pub fn lines(text: &str) -> Vec<Finding> {
    let mut findings: Vec<_> = text
        .lines()
        .enumerate()
        .flat_map(|(index, line)| {
            let place = format!("line {}", index + 1);
            detect::all(line).into_iter().map(move |leak| Finding {
                place: place.clone(),
                leak,
            })
        })
        .collect();
    // Key material goes over several lines.
    if detect::pem(text) && findings.iter().all(|finding| finding.leak != Leak::Pem) {
        findings.push(Finding {
            place: "several lines".to_owned(),
            leak: Leak::Pem,
        });
    }
    findings
}

struct Scan<'a> {
    rules: Rules<'a>,
    findings: Vec<Finding>,
}

impl<'a> Scan<'a> {
    fn node(&mut self, place: &Place, decision: Decision<'a>, node: &Node<'_>) {
        match &node.value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(lexeme) => self.leaf(place, decision.field, integer_part(lexeme)),
            Value::Text(text) => self.leaf(place, decision.field, &text.decode()),
            Value::Array(items) => {
                let elements = place.elements();
                for item in items {
                    self.node(&elements, decision, item);
                }
            }
            Value::Object(members) => {
                for member in members {
                    self.member(place, decision, member);
                }
            }
        }
    }

    fn member(&mut self, object: &Place, above: Decision<'a>, member: &Member<'_>) {
        let key = member.key.decode();
        for leak in detect::all(&key) {
            self.found(object, leak);
        }
        let place = object.key(shown(&key, above));
        let decision = self.rules.below(object, above, &key);
        self.node(&place, decision, &member.node);
    }

    fn leaf(&mut self, place: &Place, field: Option<&Field>, text: &str) {
        let leaks = detect::all(text);
        for leak in &leaks {
            if !field.is_some_and(|field| is_expected(field, *leak, text)) {
                self.found(place, *leak);
            }
        }
        // No pseudonym hides it where words may be kept.
        if leaks.is_empty() && field.is_some_and(is_vocabulary) && holds_random_word(text) {
            self.found(place, Leak::Token);
        }
    }

    fn found(&mut self, place: &Place, leak: Leak) {
        self.findings.push(Finding {
            place: place.to_string(),
            leak,
        });
    }
}

/// Whether what looks like a leak is what the field is declared to hold.
fn is_expected(field: &Field, leak: Leak, text: &str) -> bool {
    let hex = || text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match leak {
        Leak::CardNumber => is_identifier(field),
        Leak::Token => field.keep && hex(),
        _ => false,
    }
}

/// Whether the field is an identifier that may have as many digits as a card
/// number, one in ten of which pass its check.
fn is_identifier(field: &Field) -> bool {
    match field.kind {
        Some(Kind::Text) => field.keep || field.privacy == Some(Privacy::Id),
        Some(Kind::U64 | Kind::I64) => field.privacy == Some(Privacy::Id),
        _ => false,
    }
}

/// Whether the field holds words of the provider's that stay as they are.
fn is_vocabulary(field: &Field) -> bool {
    field.keep && field.privacy.is_none() && matches!(field.kind, None | Some(Kind::Text))
}

/// Whether a word changes as none of a language does, however short it is for a
/// token. Hexadecimal digits are how card networks write their codes.
fn holds_random_word(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| {
            let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
            !is_hex && detect::is_random(word, 12)
        })
}

/// The digits of a fraction are no number of anything.
fn integer_part(lexeme: &str) -> &str {
    lexeme.split(['.', 'e', 'E']).next().unwrap_or(lexeme)
}

/// A key as it may stand in a message and in evidence.
pub(crate) fn shown<'k>(key: &'k str, object: Decision<'_>) -> &'k str {
    if !object.is_map && is_plain_key(key) {
        key
    } else {
        ANY_KEY
    }
}

/// Whether a key is a name, rather than data that became a key.
pub(crate) fn is_plain_key(key: &str) -> bool {
    let mut characters = key.chars();
    let named = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_');
    named && key.len() <= 64 && !detect::is_random(key, 12) && detect::all(key).is_empty()
}
