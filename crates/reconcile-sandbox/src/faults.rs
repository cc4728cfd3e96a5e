//! Faults and switches: everything about the sandbox that can be turned.
//!
//! A *transient fault* strikes a part of the requests and lets a client that
//! tries again get through; a *switch* changes how the gateway behaves for
//! good. Both have one syntax, `name` or `name=value`, in kebab-case, and are
//! of all gateways unless one is named: `gateway/name`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

mod catalogue;

pub use catalogue::FaultKind;
use catalogue::{Section, Spec, Values};

use crate::gateway::{GatewayId, UnknownGateway};

/// One fault or switch and its value, at all gateways or at one.
///
/// ```
/// use reconcile_sandbox::{Fault, FaultKind, GatewayId};
///
/// let fault: Fault = "max-rows=20".parse()?;
/// assert_eq!(fault.kind(), FaultKind::MaxRows);
/// assert_eq!(fault.to_string(), "max-rows=20");
/// assert_eq!(fault.only(GatewayId::Paywall).to_string(), "paywall/max-rows=20");
/// assert!("max-rows=many".parse::<Fault>().is_err());
/// # Ok::<(), reconcile_sandbox::FaultParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The gateway, where it is not all.
    gateway: Option<GatewayId>,
    kind: FaultKind,
    value: u64,
}

impl Fault {
    /// What is turned.
    #[must_use]
    pub fn kind(self) -> FaultKind {
        self.kind
    }

    /// The same at that gateway alone.
    #[must_use]
    pub fn only(self, gateway: GatewayId) -> Self {
        Self {
            gateway: Some(gateway),
            ..self
        }
    }

    /// Every fault and switch, for `--help`.
    pub fn all() -> impl Iterator<Item = FaultDescription> {
        FaultKind::ALL.iter().map(|kind| {
            let spec = kind.spec();
            FaultDescription {
                kind: *kind,
                name: spec.name,
                values: spec.values.hint(),
                about: spec.about,
                transient: spec.section == Section::Transient,
            }
        })
    }

    /// The same transient fault at every request, where that is offered
    /// (`name=always`); any other fault as it is.
    #[must_use]
    pub fn always(self) -> Self {
        match self.kind.spec().values {
            Values::Often => Self {
                value: ALWAYS,
                ..self
            },
            _ => self,
        }
    }
}

impl From<FaultKind> for Fault {
    /// The fault with the value that stands for its bare name.
    fn from(kind: FaultKind) -> Self {
        Self {
            gateway: None,
            kind,
            value: kind.spec().values.when_named(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spec { name, values, .. } = self.kind.spec();
        if let Some(gateway) = self.gateway {
            write!(out, "{gateway}/")?;
        }
        out.write_str(name)?;
        if self.value == values.when_named() {
            return Ok(());
        }
        match values {
            Values::Flag => Ok(()),
            Values::Often => out.write_str("=always"),
            Values::Number(_) => write!(out, "={}", self.value),
            Values::Choice(words) => {
                let index = usize::try_from(self.value).unwrap_or(usize::MAX);
                write!(out, "={}", words.split('|').nth(index).unwrap_or_default())
            }
        }
    }
}

impl FromStr for Fault {
    type Err = FaultParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (gateway, text) = match text.split_once('/') {
            Some((gateway, text)) => (Some(gateway.parse()?), text),
            None => (None, text),
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let kind = FaultKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.spec().name == name)
            .ok_or_else(|| FaultParseError::Unknown {
                name: name.to_owned(),
            })?;
        let Some(value) = value else {
            return Ok(Self {
                gateway,
                ..Self::from(kind)
            });
        };
        let values = kind.spec().values;
        let value = values.parse(value).ok_or_else(|| FaultParseError::Value {
            name: kind.spec().name,
            value: value.to_owned(),
            expected: values.hint().unwrap_or("no value"),
        })?;
        Ok(Self {
            gateway,
            kind,
            value,
        })
    }
}

/// Why a text names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultParseError {
    /// There is no fault of that name.
    #[error("there is no fault `{name}`")]
    Unknown {
        /// The name that was given.
        name: String,
    },
    /// There is no gateway of that name.
    #[error(transparent)]
    Gateway(#[from] UnknownGateway),
    /// The fault does not take that value.
    #[error("`{name}` takes {expected}, not `{value}`")]
    Value {
        /// The fault.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
}

/// One line of the list of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultDescription {
    /// What is turned.
    pub kind: FaultKind,
    /// Its name in kebab-case.
    pub name: &'static str,
    /// What may follow `=`, where something may.
    pub values: Option<&'static str>,
    /// What it does, in one line.
    pub about: &'static str,
    /// Whether it strikes a part of the requests only.
    pub transient: bool,
}

/// The faults and switches of one sandbox, and how often the transient ones
/// strike.
///
/// ```
/// use reconcile_sandbox::{Fault, FaultKind, Faults};
///
/// let faults = Faults::none()
///     .with(FaultKind::RateLimit)
///     .with("max-rows=20".parse::<Fault>()?)
///     .one_in(3);
/// assert!(faults.is_on(FaultKind::MaxRows));
/// # Ok::<(), reconcile_sandbox::FaultParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    seed: u64,
    one_in: u64,
    /// Of one gateway's and everybody's, the gateway's own counts there.
    on: BTreeMap<(Option<GatewayId>, FaultKind), u64>,
}

impl Faults {
    /// A gateway that behaves: every switch at its default, no fault.
    #[must_use]
    pub fn none() -> Self {
        Self {
            seed: 1,
            one_in: 7,
            on: BTreeMap::new(),
        }
    }

    /// Turns one on; of the same fault twice, the later value stays. A value
    /// for one gateway stands beside that for all, and counts there.
    #[must_use]
    pub fn with(mut self, fault: impl Into<Fault>) -> Self {
        let Fault {
            gateway,
            kind,
            value,
        } = fault.into();
        self.on.insert((gateway, kind), value);
        self
    }

    /// The faults and switches as that gateway has them.
    #[must_use]
    pub fn at(&self, gateway: GatewayId) -> Self {
        let of = |wanted: Option<GatewayId>| {
            let wanted = self
                .on
                .iter()
                .filter(move |((gateway, _), _)| *gateway == wanted);
            wanted.map(|((_, kind), value)| ((None, *kind), *value))
        };
        Self {
            on: of(None).chain(of(Some(gateway))).collect(),
            ..*self
        }
    }

    /// Which requests the transient faults strike; 1 unless told.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Transient faults strike about one request in `n`, 7 unless told, and
    /// never one and the same request more than twice in a row. With 1 every
    /// request is struck twice before it succeeds.
    #[must_use]
    pub fn one_in(mut self, n: u32) -> Self {
        self.one_in = u64::from(n.max(1));
        self
    }

    /// Whether it was turned on for all gateways.
    #[must_use]
    pub fn is_on(&self, kind: FaultKind) -> bool {
        self.on.contains_key(&(None, kind))
    }

    /// The faults and switches that were turned on.
    pub fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.on.iter().map(|((gateway, kind), value)| Fault {
            gateway: *gateway,
            kind: *kind,
            value: *value,
        })
    }

    /// The value of a switch at all gateways: what it was turned to, else its
    /// default.
    pub(crate) fn value(&self, kind: FaultKind) -> u64 {
        self.on
            .get(&(None, kind))
            .copied()
            .unwrap_or_else(|| kind.spec().values.when_absent())
    }

    /// The transient faults that share the struck requests among them.
    pub(crate) fn transient(&self) -> Vec<FaultKind> {
        self.on
            .keys()
            .map(|(_, kind)| *kind)
            .filter(|kind| kind.spec().section == Section::Transient)
            .collect()
    }

    /// The first transient fault that strikes every request.
    pub(crate) fn permanent(&self) -> Option<FaultKind> {
        let always = |kind: FaultKind, value: u64| {
            matches!(kind.spec().values, Values::Often) && value == ALWAYS
        };
        self.on
            .iter()
            .find(|((_, kind), value)| always(*kind, **value))
            .map(|((_, kind), _)| *kind)
    }

    pub(crate) fn strike_seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn strike_rate(&self) -> u64 {
        self.one_in
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        faults.into_iter().fold(Self::none(), Self::with)
    }
}

/// The value of `name=always`.
const ALWAYS: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_reads_back_what_it_prints() {
        for described in Fault::all() {
            let fault = Fault::from(described.kind);
            assert_eq!(fault.to_string(), described.name);
            assert_eq!(described.name.parse(), Ok(fault));
            let always = fault.always();
            assert_eq!(always.to_string().parse(), Ok(always));
        }
        for text in [
            "max-rows=20",
            "order=oldest",
            "latency=250",
            "repeat-page=always",
            "paywall/rate-limit",
            "streampay/max-rows=20",
        ] {
            assert_eq!(
                text.parse::<Fault>().map(|fault| fault.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_what_is_taken() {
        let message = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(message("ratelimit"), "there is no fault `ratelimit`");
        assert_eq!(
            message("alipay/order"),
            "there is no gateway `alipay`, only tupay, paywall, streampay"
        );
        assert_eq!(message("order=up"), "`order` takes newest|oldest, not `up`");
        assert_eq!(message("max-rows=0"), "`max-rows` takes ROWS, not `0`");
        assert_eq!(
            message("integers=always"),
            "`integers` takes no value, not `always`"
        );
    }

    #[test]
    fn a_gateway_has_everybodys_faults_and_its_own() {
        let faults: Faults = ["max-rows=20", "paywall/max-rows=30", "paywall/rate-limit"]
            .into_iter()
            .map(|text| text.parse::<Fault>().unwrap())
            .collect();
        let (tupay, paywall) = (faults.at(GatewayId::TuPay), faults.at(GatewayId::Paywall));
        assert_eq!(tupay.value(FaultKind::MaxRows), 20);
        assert_eq!(paywall.value(FaultKind::MaxRows), 30);
        assert!(paywall.is_on(FaultKind::RateLimit) && !tupay.is_on(FaultKind::RateLimit));
        assert!(!faults.is_on(FaultKind::RateLimit));
    }

    #[test]
    fn a_name_stands_for_one_fault() {
        let names: std::collections::BTreeSet<_> = Fault::all().map(|it| it.name).collect();
        assert_eq!(names.len(), FaultKind::ALL.len());
    }

    #[test]
    fn the_readme_lists_every_fault_as_it_is() {
        let readme = include_str!("../README.md");
        for FaultDescription {
            name,
            values,
            about,
            ..
        } in Fault::all()
        {
            let values = values.map(|values| format!("`{}` ", values.replace('|', "\\|")));
            let line = format!("| `{name}` | {}| {about} |", values.unwrap_or_default());
            assert!(readme.contains(&line), "missing or different: {line}");
        }
    }
}
