//! `cargo xtask record` and `cargo xtask drift`: asks a provider, or reads what
//! was kept of one, and compares with what is known.

mod files;
mod keep;

use std::{io::Write, num::NonZeroU32, path::Path, sync::Arc};

use jiff::Timestamp;
use xtask::{
    Workspace,
    drift::{Known, Report, Seen, Severity},
    fixture::Body,
    json::{self, Node},
    models::{self, Mode},
    redact::Redactor,
};

use crate::{
    observe::{Answer, Observer},
    scenario::{Operation, Outcome, Scenario, Settings, Trouble},
};
use keep::Keeper;

/// How a provider is asked.
#[derive(Debug)]
pub struct Asked {
    /// The provider.
    pub provider: String,
    /// Its settings.
    pub settings: Settings,
    /// The only operation that counts, if any.
    pub only: Option<String>,
    /// The end of the time that is asked for, and the day of a recording.
    pub until: Timestamp,
}

/// What becomes of what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is compared, and forgotten.
    Compare,
    /// It becomes fixtures, amounts multiplied by this.
    Update(Option<NonZeroU32>),
    /// Its shapes are added to the lock.
    LearnShapes,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How a command ends: its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is different, or everything was written.
    Same,
    /// Something is different.
    Differs,
    /// Something could not be done.
    Trouble,
}

impl Ending {
    /// The exit status.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Differs => 1,
            Self::Trouble => 2,
        }
    }
}

/// Asks a provider and makes `use_` of what it answers. The report goes to `out`.
pub async fn record(
    workspace: &Workspace,
    asked: &Asked,
    use_: Use,
    out: &mut (impl Write + Send),
) -> Result<Ending, Vec<Trouble>> {
    let known = known(workspace, &asked.provider)?;
    let asking = ask(asked).await?;
    let scale = match use_ {
        Use::Update(scale) => scale,
        Use::Compare | Use::LearnShapes => None,
    };
    let gathered = gather(&known, asked, &asking, scale)?;
    let (report, troubles) = judge(&known, asked, asking.outcome, &gathered.seen);
    tell(out, &report.to_string())?;
    if !troubles.is_empty() {
        if use_ != Use::Compare {
            tell(out, "nothing was written\n")?;
        }
        return Err(troubles);
    }
    match use_ {
        Use::Compare if report.is_same() => Ok(Ending::Same),
        Use::Compare => Ok(Ending::Differs),
        Use::Update(_) => {
            for path in gathered.keeper.write(workspace)? {
                tell(out, &format!("wrote {}\n", path.display()))?;
            }
            make_models(workspace, &asked.provider, out)?;
            Ok(Ending::Same)
        }
        Use::LearnShapes => {
            let path = files::learn(workspace, &known, &gathered.seen)?;
            let path = workspace.shown(&path).display().to_string();
            tell(out, &format!("wrote {path}\nrun: {}\n", models::COMMAND))?;
            Ok(Ending::Same)
        }
    }
}

/// Asks a provider and says what is different from what is known.
pub async fn drift(
    workspace: &Workspace,
    asked: &Asked,
    format: Format,
    out: &mut (impl Write + Send),
) -> Result<Ending, Vec<Trouble>> {
    let known = known(workspace, &asked.provider)?;
    let asking = ask(asked).await?;
    let gathered = gather(&known, asked, &asking, None)?;
    let (report, troubles) = judge(&known, asked, asking.outcome, &gathered.seen);
    tell_report(out, &report, format)?;
    if troubles.is_empty() {
        Ok(ending(&report))
    } else {
        Err(troubles)
    }
}

/// Says what is different in bodies that lie in a folder, as
/// `<operation>/<case>.json`, with or without sidecars.
pub fn drift_of_folder(
    workspace: &Workspace,
    provider: &str,
    folder: &Path,
    format: Format,
    out: &mut impl Write,
) -> Result<Ending, Vec<Trouble>> {
    let known = known(workspace, provider)?;
    let seen = files::read(&known, folder)?;
    let report = Report::new(&known, &seen);
    if report.compared.is_empty() {
        return Err(vec![Trouble::new(
            format!("{} has no body of {provider}", folder.display()),
            files::LAYOUT,
        )]);
    }
    tell_report(out, &report, format)?;
    Ok(ending(&report))
}

fn known(workspace: &Workspace, provider: &str) -> Result<Known, Vec<Trouble>> {
    Known::read(workspace, provider).map_err(|error| vec![error.into()])
}

const fn ending(report: &Report) -> Ending {
    if report.is_same() {
        Ending::Same
    } else {
        Ending::Differs
    }
}

/// What was asked, and what came.
struct Asking {
    scenario: Scenario,
    environment: &'static str,
    outcome: Outcome,
    answers: Vec<Answer>,
}

async fn ask(asked: &Asked) -> Result<Asking, Vec<Trouble>> {
    let refuse = |error: xtask::Error| vec![Trouble::from(error)];
    let scenario = Scenario::find(&asked.provider).map_err(refuse)?;
    if let Some(only) = &asked.only {
        scenario.operation(only).map_err(refuse)?;
    }
    let (observer, answers) = Observer::collecting();
    let observer = Arc::new(observer);
    let performed = scenario.perform(
        &asked.settings,
        asked.until,
        asked.only.as_deref(),
        Arc::clone(&observer) as _,
    );
    let (base_url, mut outcome) = performed.await.map_err(|trouble| vec![trouble])?;
    let lost = observer.failed().into_iter().map(|operation| {
        let line = format!("{operation}: its answer could not be looked at");
        Trouble::new(line, "this is a bug in xtask: please report it")
    });
    outcome.troubles.extend(lost);
    Ok(Asking {
        environment: scenario.environment(&base_url),
        scenario,
        outcome,
        answers: answers.take(),
    })
}

/// What the answers show, and what of them may be kept.
struct Gathered {
    seen: Seen,
    keeper: Keeper,
}

/// Looks at every answer. One that holds a full card number, or a key that may
/// be data, ends the run before anything is told or written.
fn gather(
    known: &Known,
    asked: &Asked,
    asking: &Asking,
    scale: Option<NonZeroU32>,
) -> Result<Gathered, Vec<Trouble>> {
    let mut redactor = Redactor::new(&known.overrides);
    if let Some(factor) = scale {
        redactor = redactor.scale_amounts(factor);
    }
    let mut gathered = Gathered {
        seen: Seen::default(),
        keeper: Keeper::new(&asked.provider, asking.environment, asked.until),
    };
    let mut troubles = Vec::new();
    for answer in &asking.answers {
        let Some(operation) = asking.scenario.of_call(&answer.operation) else {
            continue;
        };
        let is_wanted = asked
            .only
            .as_ref()
            .is_none_or(|only| only == operation.name);
        // What is repeated by itself says how the provider fares today.
        let is_passing = answer.status == 429 || answer.status >= 500;
        if is_wanted && !is_passing {
            let refuses = asking.scenario.refuses;
            let looked = look(
                known,
                operation,
                refuses,
                answer,
                &mut redactor,
                &mut gathered,
            );
            troubles.extend(looked.err());
        }
    }
    if troubles.is_empty() {
        Ok(gathered)
    } else {
        Err(troubles)
    }
}

fn look(
    known: &Known,
    operation: &Operation,
    refuses: fn(&Node<'_>) -> bool,
    answer: &Answer,
    redactor: &mut Redactor<'_>,
    gathered: &mut Gathered,
) -> Result<(), Trouble> {
    let name = operation.name;
    let body = json::read(&answer.body).map_err(|error| Trouble {
        causes: vec![error.to_string()],
        ..Trouble::new(
            format!("{name}: the answer ({}) is no JSON", answer.status),
            "check that the base URL is that of the provider",
        )
    })?;
    let kind = if answer.is_success() && !refuses(&body) {
        Body::Response
    } else {
        Body::Error
    };
    let root = kind.root(name);
    let redacted = redactor.body(&root, &body).map_err(|findings| Trouble {
        causes: findings.iter().map(ToString::to_string).collect(),
        ..Trouble::new(
            format!("{name}: the answer must not be kept; nothing was written"),
            "a field that may hold it is declared in overrides.toml, with its `privacy`; \
             a full card number must not be sent at all: tell the provider",
        )
    })?;
    gathered.seen.body(known, &root, &body);
    if kind == Body::Response {
        gathered.seen.status(name, answer.status);
    }
    if known.has_root(&root) {
        let keeper = &mut gathered.keeper;
        keeper.answer(operation, answer, kind, &body, redacted, redactor)?;
    }
    let request = Body::Request.root(name);
    if known.has_root(&request) && !operation.sends_credentials {
        gathered
            .keeper
            .request(operation, answer, &request, redactor)?;
    }
    Ok(())
}

/// The differences, and what could not be compared.
fn judge(known: &Known, asked: &Asked, outcome: Outcome, seen: &Seen) -> (Report, Vec<Trouble>) {
    let report = Report::new(known, seen);
    let mut troubles = outcome.troubles;
    for operation in outcome.unread {
        let is_told = report.differences.iter().any(|difference| {
            difference.severity == Severity::Error
                && difference.place.starts_with(&format!("{operation}:"))
        });
        if !is_told && asked.only.as_ref().is_none_or(|only| only == operation) {
            troubles.push(Trouble::new(
                format!("{operation}: the model does not read what came, and no shape says why"),
                format!(
                    "keep a body, and run: cargo xtask try {} {operation} FILE",
                    asked.provider
                ),
            ));
        }
    }
    (report, troubles)
}

fn make_models(
    workspace: &Workspace,
    provider: &str,
    out: &mut impl Write,
) -> Result<(), Vec<Trouble>> {
    let stale = models::run(workspace, Some(provider), Mode::Write).map_err(|error| {
        vec![Trouble::of(
            &error,
            Some(format!(
                "the fixtures are written; decide in overrides.toml, then run: {}",
                models::COMMAND
            )),
        )]
    })?;
    for file in stale {
        tell(out, &format!("wrote {}\n", file.path.display()))?;
    }
    Ok(())
}

fn tell_report(out: &mut impl Write, report: &Report, format: Format) -> Result<(), Vec<Trouble>> {
    match format {
        Format::Text => tell(out, &report.to_string()),
        Format::Json => tell(out, &report.json()),
    }
}

fn tell(out: &mut impl Write, text: &str) -> Result<(), Vec<Trouble>> {
    out.write_all(text.as_bytes()).map_err(|error| {
        vec![Trouble {
            causes: vec![error.to_string()],
            ..Trouble::new(
                "the report cannot be written",
                "check where the output goes",
            )
        }]
    })
}
