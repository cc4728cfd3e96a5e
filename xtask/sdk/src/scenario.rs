//! The calls that are performed to see what a provider sends. A new provider is
//! one more file here and one more line in [`SCENARIOS`].

mod paywall;
mod streampay;
mod tupay;

use std::{fmt, future::Future, num::NonZeroUsize, pin::Pin, sync::Arc};

use reconcile_transport::{BaseUrl, ErrorKind, RetryPolicy, Tap, Transport};
use xtask::{Error, json::Node};

/// Every provider that can be asked.
pub const SCENARIOS: &[Scenario] = &[paywall::SCENARIO, streampay::SCENARIO, tupay::SCENARIO];

/// What is asked of one provider.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// The provider, as `fixtures` calls it.
    pub provider: &'static str,
    /// What is asked.
    pub operations: &'static [Operation],
    /// The environments whose hosts are published.
    pub environments: &'static [Environment],
    /// Whether a body refuses, though its status is one of success.
    pub refuses: fn(&Node<'_>) -> bool,
    /// Performs the calls, one after the other; the failure of one does not keep
    /// the others from being made.
    pub perform: fn(Run) -> Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

/// An environment of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// Its name in the settings.
    pub name: &'static str,
    /// Its base URL.
    pub base_url: &'static str,
    /// What a sidecar calls it: `staging` or `production`.
    pub kind: &'static str,
}

/// How the calls of a run went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What could not be asked, or was refused.
    pub troubles: Vec<Trouble>,
    /// The operations that answered what their model does not read.
    pub unread: Vec<&'static str>,
}

impl Outcome {
    /// Whether everything so far was answered and read.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.troubles.is_empty() && self.unread.is_empty()
    }

    /// What an operation answered, if it did and its model reads it.
    fn settle<T, E: Refusal>(
        &mut self,
        operation: &'static str,
        result: Result<T, E>,
    ) -> Option<T> {
        match result {
            Ok(value) => return Some(value),
            // It came: what is odd about it is told by its shape.
            Err(error) if error.is_unread() => self.unread.push(operation),
            Err(error) => self.troubles.push(error.trouble()),
        }
        None
    }
}

/// An error of a provider's crate, as a run looks at it.
trait Refusal: std::error::Error {
    /// Whether an answer came which its model does not read.
    fn is_unread(&self) -> bool;

    /// The error without the provider's words, which may repeat what was sent.
    fn trouble(&self) -> Trouble;
}

/// One call, as a fixture may tell it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its name, as `fixtures` calls it.
    pub name: &'static str,
    /// Its name as the client's errors have it, with `-` for blanks.
    pub call: &'static str,
    /// Its path, with `{name}` for parameters.
    pub path: &'static str,
    /// The parameters of the query whose values are nobody's.
    pub query: &'static [&'static str],
    /// Whether credentials are sent in its body, which is then never kept.
    pub sends_credentials: bool,
}

impl Operation {
    const fn new(name: &'static str, path: &'static str, query: &'static [&'static str]) -> Self {
        Self {
            name,
            call: name,
            path,
            query,
            sends_credentials: false,
        }
    }
}

/// One run of a scenario.
#[derive(Debug)]
pub struct Run {
    /// What is set.
    pub settings: Settings,
    /// Where the provider is.
    pub base_url: BaseUrl,
    /// Through what everything goes.
    pub transport: Transport,
    /// The same without a tap: what is only looked for teaches nothing.
    pub unobserved: Transport,
    /// The only operation that is wanted, if any.
    pub only: Option<String>,
    /// The end of the time that is asked for.
    pub until: jiff::Timestamp,
}

impl Run {
    /// Whether the operation is wanted.
    #[must_use]
    pub fn wants(&self, operation: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == operation)
    }

    /// Whether calls may be made that change something: those of a simulator
    /// only.
    #[must_use]
    pub fn may_act(&self) -> bool {
        self.base_url.is_loopback()
    }
}

impl Scenario {
    /// The scenario of a provider.
    pub fn find(provider: &str) -> Result<Self, Error> {
        let mut scenarios = SCENARIOS.iter();
        let found = scenarios.find(|scenario| scenario.provider == provider);
        found.copied().ok_or_else(|| {
            let known: Vec<_> = SCENARIOS.iter().map(|one| one.provider).collect();
            Error::Unknown {
                what: "provider that can be asked",
                name: provider.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Result<&'static Operation, Error> {
        let found = self.operations.iter().find(|one| one.name == name);
        found.ok_or_else(|| {
            let known: Vec<_> = self.operations.iter().map(|one| one.name).collect();
            Error::Unknown {
                what: "operation that can be asked",
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The operation that the client calls so.
    #[must_use]
    pub fn of_call(&self, call: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|one| one.call == call)
    }

    /// What a sidecar calls the environment at a base URL.
    #[must_use]
    pub fn environment(&self, url: &BaseUrl) -> &'static str {
        if url.is_loopback() {
            return "simulator";
        }
        let url = url.to_string();
        let mut environments = self.environments.iter();
        let known = environments.find(|environment| environment.base_url == url);
        known.map_or("production", |environment| environment.kind)
    }

    /// Where the provider is: the base URL that is set, or else that of the
    /// environment that is named.
    fn base_url(&self, settings: &Settings) -> Result<BaseUrl, Trouble> {
        if let Some(url) = settings.url("base_url")? {
            return Ok(url);
        }
        let named = settings
            .get("environment")
            .ok_or_else(|| settings.missing("base_url"))?;
        let mut environments = self.environments.iter();
        let Some(known) = environments.find(|environment| environment.name == named) else {
            let published: Vec<_> = self.environments.iter().map(|known| known.name).collect();
            return Err(Trouble::new(
                format!(
                    "{} is no environment whose host is published",
                    settings.variable("environment")
                ),
                format!("published are {}; or give --base-url", published.join(", ")),
            ));
        };
        BaseUrl::parse(known.base_url).map_err(|error| Trouble::of(&error, None))
    }

    /// Performs the calls under the eyes of `tap`.
    pub async fn perform(
        &self,
        settings: &Settings,
        until: jiff::Timestamp,
        only: Option<&str>,
        tap: Arc<dyn Tap>,
    ) -> Result<(BaseUrl, Outcome), Trouble> {
        let base_url = self.base_url(settings)?;
        // One after the other, so that a recording is the same each time.
        let builder = || {
            let builder = Transport::builder().concurrency(NonZeroUsize::MIN);
            builder.retry(settings.retry)
        };
        let transport = builder().tap(tap).build();
        let unobserved = builder().build();
        let refuse = |error| Trouble::of(&error, None);
        let (transport, unobserved) = (transport.map_err(refuse)?, unobserved.map_err(refuse)?);
        let run = Run {
            settings: settings.clone(),
            base_url: base_url.clone(),
            transport,
            unobserved,
            only: only.map(str::to_owned),
            until,
        };
        Ok((base_url, (self.perform)(run).await))
    }
}

/// From the name of an environment variable to its value.
type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The settings of a provider: the environment that the `reconcile` command
/// reads, too. `Debug` shows no value.
#[derive(Clone)]
pub struct Settings {
    provider: &'static str,
    base_url: Option<String>,
    lookup: Arc<Lookup>,
    retry: RetryPolicy,
}

impl Settings {
    /// The settings that `lookup` gives by name of an environment variable;
    /// `base_url` goes before what is set.
    pub fn new(
        provider: &'static str,
        base_url: Option<String>,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            provider,
            base_url,
            lookup: Arc::new(lookup),
            retry: RetryPolicy::default(),
        }
    }

    /// Sets how often and how patiently a call is repeated.
    #[must_use]
    pub const fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The environment variable of a key.
    #[must_use]
    pub fn variable(&self, key: &str) -> String {
        format!("RECONCILE_{}_{key}", self.provider).to_uppercase()
    }

    /// What sets a key: the option, or else the variable.
    fn origin(&self, key: &str) -> String {
        match &self.base_url {
            Some(_) if key == "base_url" => "--base-url".to_owned(),
            _ => self.variable(key),
        }
    }

    /// The value, if it is set and not empty.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        let given = (key == "base_url").then(|| self.base_url.clone()).flatten();
        given
            .or_else(|| (self.lookup)(&self.variable(key)))
            .filter(|value| !value.is_empty())
    }

    /// The value, or how to set it.
    pub fn require(&self, key: &str) -> Result<String, Trouble> {
        self.get(key).ok_or_else(|| self.missing(key))
    }

    /// How to set a value that is missing.
    #[must_use]
    pub fn missing(&self, key: &str) -> Trouble {
        Trouble::new(
            format!("{} is not set", self.variable(key)),
            "set it in the environment, as for the `reconcile` command; `reconcile sandbox` \
             prints what the simulator needs",
        )
    }

    /// The value as a base URL.
    pub fn url(&self, key: &str) -> Result<Option<BaseUrl>, Trouble> {
        let Some(text) = self.get(key) else {
            return Ok(None);
        };
        BaseUrl::parse(&text).map(Some).map_err(|error| Trouble {
            causes: vec![error.to_string()],
            ..Trouble::new(
                format!("{} is no usable base URL", self.origin(key)),
                "it is scheme, host and port, such as http://127.0.0.1:8080",
            )
        })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// Why something could not be done: one line, causes, and what to do. It holds
/// no value of a request or an answer, and nothing of a provider's own words,
/// which may repeat one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What could not be done.
    pub line: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Trouble {
    /// A trouble without a cause.
    #[must_use]
    pub fn new(line: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            causes: Vec::new(),
            hint: Some(hint.into()),
        }
    }

    /// An error with its causes.
    #[must_use]
    pub fn of(error: &dyn std::error::Error, hint: Option<String>) -> Self {
        let causes = std::iter::successors(error.source(), |error| error.source());
        let line = error.to_string();
        let mut causes: Vec<_> = causes.map(ToString::to_string).collect();
        causes.dedup();
        if causes.first() == Some(&line) {
            causes.remove(0);
        }
        Self { line, causes, hint }
    }

    /// An error of a provider's crate, with its hint. What never left is mostly
    /// a matter of where it was to go.
    fn of_call(
        error: &dyn std::error::Error,
        kind: Option<ErrorKind>,
        hint: Option<String>,
    ) -> Self {
        let hint = hint.or_else(|| match kind? {
            ErrorKind::NotSent => Some(
                "check the base URL, and that what is there runs; `reconcile sandbox` starts the \
                 simulator, on another port each time"
                    .to_owned(),
            ),
            ErrorKind::Timeout | ErrorKind::Broken => Some("try again later".to_owned()),
            ErrorKind::Redirected => Some(
                "check the base URL: redirects are never followed, for credentials would go along"
                    .to_owned(),
            ),
            _ => None,
        });
        Self::of(error, hint)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::of(&error, None)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.line)?;
        for cause in &self.causes {
            writeln!(f, "  because: {cause}")?;
        }
        match &self.hint {
            Some(hint) => writeln!(f, "hint: {hint}"),
            None => Ok(()),
        }
    }
}
