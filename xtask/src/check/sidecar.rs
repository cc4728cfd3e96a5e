//! Whether sidecars say all that they must, and nothing that cannot be.

use std::collections::BTreeMap;

use serde::{
    Deserialize as _,
    de::{IntoDeserializer as _, value},
};

use super::{Findings, Subject};
use crate::{
    fixture::{Body, Fixture, HEADERS, Origin, Provenance, Request, Sidecar},
    json::{self, Value},
    overrides::Privacy,
    redact,
};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ENVIRONMENTS: [&str; 3] = ["simulator", "staging", "production"];

pub(super) fn look(subject: &Subject, findings: &mut Findings<'_>) {
    for fixture in &subject.fixtures {
        for fault in faults(fixture) {
            findings.find(&fixture.sidecar_path(), fault);
        }
    }
}

fn faults(fixture: &Fixture) -> Vec<String> {
    let Sidecar {
        body,
        provenance,
        request,
        response,
    } = &fixture.sidecar;
    let mut faults = Vec::new();
    provenance_faults(provenance, &mut faults);
    redaction_faults(provenance, &mut faults);
    match request {
        Some(request) => request_faults(request, &mut faults),
        None if *body == Body::Response && response.is_none() => {}
        None => faults.push("has no `[request]`; only what a webhook brings has none".to_owned()),
    }
    match (body, response) {
        (Body::Request, Some(_)) => faults.push("a request has no `[response]`".to_owned()),
        (Body::Request, None) => {}
        (_, Some(response)) => {
            if !status_fits(fixture, response.status) {
                faults.push(format!(
                    "status {} does not fit `body = \"{}\"`",
                    response.status,
                    if *body == Body::Error {
                        "error"
                    } else {
                        "response"
                    }
                ));
            }
            header_faults(&response.headers, &mut faults);
        }
        (Body::Response, None) if request.is_none() => {}
        (_, None) => faults.push("has no `[response]`".to_owned()),
    }
    faults
}

fn provenance_faults(provenance: &Provenance, faults: &mut Vec<String>) {
    if provenance.source.trim().is_empty() {
        faults.push("`source` says nothing".to_owned());
    }
    let environment = provenance.environment.as_deref();
    if provenance.kind == Origin::Recorded {
        if provenance.recorded.is_none() {
            faults.push("a recorded body has the day: `recorded = \"2026-11-21\"`".to_owned());
        }
        if !environment.is_some_and(|known| ENVIRONMENTS.contains(&known)) {
            faults.push(format!(
                "a recorded body has an `environment`, one of {}",
                ENVIRONMENTS.join(", ")
            ));
        }
    } else if provenance.recorded.is_some() || environment.is_some() {
        faults.push("only a recorded body has `recorded` and `environment`".to_owned());
    }
    match (&provenance.published, provenance.repairs.as_slice()) {
        (None, [_, ..]) => {
            faults.push("`repairs` without the `published` text that they mend".to_owned());
        }
        (Some(_), []) => {
            faults.push("a `published` text that needs no repair is not kept".to_owned());
        }
        (Some(_), _) if provenance.kind != Origin::Documented => {
            faults.push("only a documented body was `published`".to_owned());
        }
        _ => {}
    }
}

fn redaction_faults(provenance: &Provenance, faults: &mut Vec<String>) {
    for (class, count) in &provenance.redactions {
        let named: Result<Privacy, value::Error> =
            Privacy::deserialize(class.as_str().into_deserializer());
        if named.is_err() && class != redact::OTHER {
            faults.push(format!("`redactions` names no class `{class}`"));
        }
        if *count == 0 {
            faults.push(format!("`redactions` counts no {class}: leave it out"));
        }
    }
}

fn request_faults(request: &Request, faults: &mut Vec<String>) {
    if !METHODS.contains(&request.method.as_str()) {
        faults.push(format!("`method` is one of {}", METHODS.join(", ")));
    }
    let Some(path) = request.path.strip_prefix('/') else {
        faults.push("`path` begins with `/`".to_owned());
        return;
    };
    for segment in path.split('/') {
        if !is_segment(segment) {
            faults.push(format!(
                "`path` has a segment that is neither a word nor a parameter `{{name}}`: {}",
                if segment.is_empty() {
                    "an empty one"
                } else {
                    "an identifier?"
                }
            ));
        }
    }
}

/// A word of a route, or a parameter. An identifier has digits, and is data.
fn is_segment(segment: &str) -> bool {
    /// `v1`, and room for `v10`.
    const MOST_DIGITS: usize = 2;
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let inner = segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    inner.map_or(is_word(segment) && digits <= MOST_DIGITS, is_word)
}

/// An error has a status of its own, or an envelope that says so: some
/// providers answer 200 whatever happened.
fn status_fits(fixture: &Fixture, status: u16) -> bool {
    match fixture.sidecar.body {
        Body::Error if (200..300).contains(&status) => says_no(&fixture.body),
        Body::Error => (400..600).contains(&status),
        Body::Response | Body::Request => (200..300).contains(&status),
    }
}

/// Whether a flag at the top of the body is false.
fn says_no(body: &[u8]) -> bool {
    json::read(body).is_ok_and(|node| {
        let mut members = node.members().iter();
        members.any(|member| member.node.value == Value::Bool(false))
    })
}

fn header_faults(headers: &BTreeMap<String, String>, faults: &mut Vec<String>) {
    for name in headers.keys() {
        if !HEADERS.contains(&name.as_str()) {
            faults.push(format!(
                "header `{name}` is not one that may be told: {}",
                HEADERS.join(", ")
            ));
        }
    }
}
