//! What is kept of a run, until all of it can be written.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use xtask::{
    Workspace,
    fixture::{Body, Origin, Provenance, Request, Response, Sidecar},
    json::{self, Node},
    redact::{Redacted, Redactor},
    scan,
    shape::Shape,
};

use super::files;
use crate::{
    observe::Answer,
    scenario::{Operation, Trouble},
};

/// The answers that become fixtures, one an operation and status.
#[derive(Debug)]
pub(super) struct Keeper {
    provider: String,
    environment: &'static str,
    day: Date,
    kept: BTreeMap<(String, String), Kept>,
}

#[derive(Debug)]
struct Kept {
    text: String,
    sidecar: Sidecar,
    /// How many places it shows something of.
    places: usize,
}

impl Keeper {
    pub(super) fn new(provider: &str, environment: &'static str, now: Timestamp) -> Self {
        Self {
            provider: provider.to_owned(),
            environment,
            day: now.to_zoned(TimeZone::UTC).date(),
            kept: BTreeMap::new(),
        }
    }

    /// Keeps an answer, unless one was kept that shows as much.
    pub(super) fn answer(
        &mut self,
        operation: &Operation,
        answer: &Answer,
        kind: Body,
        body: &Node<'_>,
        redacted: Redacted,
        redactor: &mut Redactor<'_>,
    ) -> Result<(), Trouble> {
        let case = match (kind, answer.status) {
            (Body::Error, 200) => "recorded-refusal".to_owned(),
            (_, 200) => "recorded".to_owned(),
            (_, status) => format!("recorded-{status}"),
        };
        let response = Response {
            status: answer.status,
            headers: answer.headers.iter().cloned().collect(),
        };
        let sidecar = Sidecar {
            body: kind,
            provenance: self.provenance(redacted.replaced),
            request: Some(request(operation, answer, redactor)?),
            response: Some(response),
        };
        self.keep(operation.name, case, redacted.text, sidecar, body);
        Ok(())
    }

    /// Keeps what was sent, sanitised as answers are.
    pub(super) fn request(
        &mut self,
        operation: &Operation,
        answer: &Answer,
        root: &str,
        redactor: &mut Redactor<'_>,
    ) -> Result<(), Trouble> {
        let refuse = |causes: Vec<String>| Trouble {
            causes,
            ..Trouble::new(
                format!(
                    "{}: what was sent must not be kept; nothing was written",
                    operation.name
                ),
                "declare its fields in overrides.toml",
            )
        };
        let body = json::read(&answer.sent).map_err(|error| refuse(vec![error.to_string()]))?;
        let redacted = redactor
            .body(root, &body)
            .map_err(|findings| refuse(findings.iter().map(ToString::to_string).collect()))?;
        let sidecar = Sidecar {
            body: Body::Request,
            provenance: self.provenance(redacted.replaced),
            request: Some(request(operation, answer, redactor)?),
            response: None,
        };
        let case = "recorded-request".to_owned();
        self.keep(operation.name, case, redacted.text, sidecar, &body);
        Ok(())
    }

    /// Writes everything, or nothing. The files, below the checkout.
    pub(super) fn write(self, workspace: &Workspace) -> Result<Vec<PathBuf>, Vec<Trouble>> {
        let folder = workspace.fixtures(&self.provider);
        let mut texts = Vec::new();
        for ((operation, case), kept) in self.kept {
            let path = folder.join(operation).join(case);
            let sidecar = sidecar(&kept.sidecar).map_err(|trouble| vec![trouble])?;
            texts.push((with_ending(&path, "json"), kept.text));
            texts.push((with_ending(&path, "meta.toml"), sidecar));
        }
        files::write_all(&texts)?;
        let written = texts.into_iter().map(|(path, _)| path);
        Ok(written
            .map(|path| workspace.shown(&path).to_owned())
            .collect())
    }

    fn keep(
        &mut self,
        operation: &str,
        case: String,
        text: String,
        sidecar: Sidecar,
        body: &Node<'_>,
    ) {
        let mut places = 0;
        let here = xtask::place::Place::root(operation);
        Shape::of(body).walk(&here, &mut |_, _| places += 1);
        let key = (operation.to_owned(), case);
        if self.kept.get(&key).is_none_or(|kept| kept.places < places) {
            let kept = Kept {
                text,
                sidecar,
                places,
            };
            self.kept.insert(key, kept);
        }
    }

    fn provenance(&self, redactions: BTreeMap<String, u64>) -> Provenance {
        Provenance {
            kind: Origin::Recorded,
            source: format!("cargo xtask record {}", self.provider),
            recorded: Some(self.day),
            environment: Some(self.environment.to_owned()),
            published: None,
            repairs: Vec::new(),
            redactions,
        }
    }
}

/// The text of a sidecar, searched as bodies are.
fn sidecar(sidecar: &Sidecar) -> Result<String, Trouble> {
    let text = toml::to_string(sidecar).map_err(|error| Trouble::of(&error, None))?;
    let findings = scan::lines(&text);
    if findings.is_empty() {
        return Ok(text);
    }
    Err(Trouble {
        causes: findings.iter().map(ToString::to_string).collect(),
        ..Trouble::new(
            "a sidecar must not be kept; nothing was written",
            "the scenario of the provider says which parameters may be told",
        )
    })
}

/// What was asked: the path by its template, parameters as they may be kept.
fn request(
    operation: &Operation,
    answer: &Answer,
    redactor: &mut Redactor<'_>,
) -> Result<Request, Trouble> {
    if !is_path(operation.path, &answer.path) {
        return Err(Trouble::new(
            format!(
                "{}: it was asked at another path than {}",
                operation.name, operation.path
            ),
            "mend the path in the scenario of the provider",
        ));
    }
    let parameters = answer.query.iter().map(|(name, value)| {
        let is_harmless = operation.query.contains(&name.as_str());
        let value = if is_harmless {
            value.clone()
        } else {
            redactor.text(value)
        };
        (name.clone(), value)
    });
    Ok(Request {
        method: answer.method.clone(),
        path: operation.path.to_owned(),
        query: parameters.collect(),
    })
}

fn is_path(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(wanted, segment)| wanted.starts_with('{') || wanted == segment)
}

/// `Path::with_extension` would take `.5` of a name for one.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use xtask::overrides::Overrides;

    use super::*;
    use crate::scenario::Scenario;

    /// What is told of a request with this path and query.
    fn told(path: &str, query: &[(&str, &str)]) -> Result<Request, Trouble> {
        let workspace = Workspace::here();
        let overrides = Overrides::read(&workspace.overrides("tupay")).unwrap();
        let deposits = Scenario::find("tupay").unwrap().operation("deposits");
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let answer = Answer {
            operation: "deposits".to_owned(),
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.iter().map(own).collect(),
            sent: Bytes::new(),
            status: 200,
            headers: Vec::new(),
            body: Bytes::new(),
        };
        request(deposits.unwrap(), &answer, &mut Redactor::new(&overrides))
    }

    #[test]
    fn of_a_query_only_what_is_declared_to_be_nobodys_is_told() {
        let query = [("page", "0"), ("clientDocument", "78596049")];
        let told = told("/v1/deposits", &query).unwrap();
        assert_eq!(told.query["page"], "0");
        assert_eq!(told.query["clientDocument"], "10000001");
    }

    #[test]
    fn a_path_that_is_not_that_of_the_scenario_is_not_told() {
        let trouble = told("/v1/deposits/78596049", &[]).unwrap_err();
        assert!(!trouble.to_string().contains("78596049"));
    }
}
